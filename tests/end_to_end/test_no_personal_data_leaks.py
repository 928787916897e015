"""Personal data lives in intake and nowhere else: canaries live through everything, and are listened for everywhere."""

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client

from clew.lead.v1.lead_pb2 import LeadState
from cli.calling import Clew
from cli.stack.stack import Stack
from tests.end_to_end.birds import (
    FIELDS,
    Birds,
    claim,
    held_noted_and_converted,
    refused_as_input,
    said_twice_and_reviewed,
    said_where_it_does_not_belong,
    said_while_something_is_broken,
    submit,
)
from tests.end_to_end.conftest import eventually
from tests.end_to_end.looking import heard, histories, log_files, rows, tables_of, visibility
from tests.end_to_end.people import PassTime, a_rep, in_state, let_it_fall_due
from tests.otlp import Collector


@pytest.fixture(scope="module")
async def birds(clew: Clew, database: AsyncEngine, temporal_client: Client) -> Birds:
    """Said in every way in which something personal can be said, by people who do everything that can be done."""
    birds = Birds()
    rep = await a_rep(clew)
    await said_twice_and_reviewed(clew, birds)
    await refused_as_input(clew, birds)
    await said_while_something_is_broken(clew, birds, database)
    await held_noted_and_converted(clew, birds, rep, database, temporal_client)
    await said_where_it_does_not_belong(clew, birds, rep)
    return birds


async def test_a_recalled_lead_is_silent_too(clew: Clew, birds: Birds, pass_time: PassTime) -> None:
    """The last that happens to a bird before all is listened to."""
    rep = await a_rep(clew)
    lead_id = (await submit(clew, **birds.a_person())).lead_id
    await in_state(clew, lead_id, LeadState.LEAD_STATE_POOLED)
    holding = await claim(clew, lead_id, rep)

    await let_it_fall_due(clew, pass_time, holding)

    await in_state(clew, lead_id, LeadState.LEAD_STATE_POOLED)


async def test_temporal_knows_nothing_personal(temporal_client: Client, birds: Birds) -> None:
    seen = [one async for one in histories(temporal_client)] + [one async for one in visibility(temporal_client)]

    assert any(where.startswith("history of conversion/") for where, _ in seen)
    assert heard(birds.songs, seen) == set()


async def test_logs_tell_nothing_personal_also_of_failures(stack: Stack, birds: Birds) -> None:
    seen = dict(log_files(stack.folder / "logs"))

    assert {"intake.log", "routing.log", "worker-1.log", "temporal.log", "postgres.log"} <= set(seen)
    assert b"call_failed" in seen["intake.log"]
    assert heard(birds.songs, seen.items()) == set()


async def test_spans_and_metrics_tell_nothing_personal(collector: Collector, birds: Birds) -> None:
    # What is exported last of all that a bird went through: then the rest is here as well.
    async def last() -> bool:
        return any(span.name.endswith("ConversionService/CompleteConversion") for span in collector.spans())

    await eventually(last, bool, "the spans of the last call")

    assert len(collector.metrics) > 10
    assert heard(birds.songs, collector.everything()) == set()


async def test_refusals_and_steps_that_wait_tell_nothing_personal(birds: Birds) -> None:
    assert len(birds.told) > 10
    assert heard(birds.songs, birds.told) == set()


async def test_no_outbox_and_no_table_of_another_service_has_anything_personal(
    database: AsyncEngine, birds: Birds
) -> None:
    tables = [*await tables_of(database, but_for="intake"), "intake.event"]
    seen = [one async for one in rows(database, tables)]

    assert {"intake.event", "routing.event", "scoring.event", "conversion.event", "routing.lead"} <= {
        where for where, _ in seen
    }
    assert heard(birds.songs, seen) == set()


async def test_the_birds_did_sing(database: AsyncEngine, birds: Birds) -> None:
    """Of the first of them all is found in intake: else the silence elsewhere would mean little."""
    tables = [table for table in await tables_of(database) if table.startswith("intake.")]
    first = birds.songs[: len(FIELDS)]

    found = heard(first, [seen async for seen in rows(database, tables)])

    assert {song for _, song in found} == set(first)
