"""Many leads through every process: a public data set, and a crash in the middle of a batch."""

import asyncio
import csv
import functools
import operator
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from clew.intake.v1 import intake_pb2
from clew.lead.v1.lead_pb2 import Source, SourceKind
from clew.routing.v1 import roster_pb2
from cli.calling import Clew, new_request_id
from cli.stack.stack import Stack
from services.shared.channels import caller_metadata
from tests.end_to_end.conftest import eventually
from tests.end_to_end.people import a_submission

OLIST = Path(__file__).parents[3] / "shared/data/olist/olist_marketing_qualified_leads_dataset.csv"
ROWS = 1_000
BATCH = 100


def of_olist(row: dict[str, str]) -> intake_pb2.SubmitLeadRequest:
    """A row of the data set: who is known only by the id of the marketing-qualified lead."""
    submission = intake_pb2.SubmitLeadRequest(
        request_id=new_request_id(),
        source=Source(
            kind=SourceKind.SOURCE_KIND_INDIRECT,
            channel=row["origin"] or "not_said",
            detail_code=row["landing_page_id"],
        ),
        source_event_id=row["mql_id"],
        person=intake_pb2.Person(wecom_id=row["mql_id"]),
        attributes=intake_pb2.Attributes(country="BR"),
    )
    first_contact = datetime.fromisoformat(row["first_contact_date"]).replace(tzinfo=UTC)
    submission.occurred_at.FromDatetime(first_contact)
    return submission


async def submitted(clew: Clew, rows: Sequence[intake_pb2.SubmitLeadRequest]) -> list[intake_pb2.SubmitLeadResponse]:
    batch = intake_pb2.BatchSubmitLeadsRequest(rows=rows)
    answer = await clew.intake.BatchSubmitLeads(batch, timeout=60, metadata=caller_metadata(clew.caller))
    assert [outcome.error.message for outcome in answer.outcomes if outcome.HasField("error")] == []
    return [outcome.response for outcome in answer.outcomes]


async def routed(database: AsyncEngine, lead_ids: Sequence[str]) -> int:
    """How many of these leads routing has routed."""
    async with database.connect() as db:
        count = await db.scalar(
            text(
                "select count(*) from routing.lead where lead_id = any(cast(:ids as uuid[])) "
                "and state in ('POOLED', 'HELD')"
            ),
            {"ids": list(lead_ids)},
        )
    return int(count or 0)


async def all_routed(database: AsyncEngine, lead_ids: Sequence[str]) -> None:
    """Wait until every lead is routed. On a busy machine many take long: what is asked is that it goes on."""
    so_far = 0
    while so_far < len(lead_ids):
        more = functools.partial(operator.lt, so_far)
        so_far = await eventually(lambda: routed(database, lead_ids), more, f"more than {so_far} leads routed")


@pytest.mark.timeout(300)
@pytest.mark.skipif(not OLIST.exists(), reason="the folder of public data sets is not beside this checkout")
async def test_a_thousand_leads_of_a_real_marketplace_are_created_once_and_routed(
    clew: Clew, database: AsyncEngine
) -> None:
    with OLIST.open(newline="", encoding="utf-8") as file:
        rows = [of_olist(row) for row in islice(csv.DictReader(file), ROWS)]
    batches = [rows[start : start + BATCH] for start in range(0, ROWS, BATCH)]

    answers = [answer for batch in batches for answer in await submitted(clew, batch)]
    again = await submitted(clew, batches[0])

    assert {answer.outcome for answer in answers} == {intake_pb2.OUTCOME_CREATED}
    lead_ids = [answer.lead_id for answer in answers]
    assert len(set(lead_ids)) == ROWS
    assert [answer.lead_id for answer in again] == lead_ids[:BATCH]
    await all_routed(database, lead_ids)


async def test_a_batch_that_intake_is_killed_under_is_taken_once_when_it_is_sent_again(
    stack: Stack, clew: Clew, database: AsyncEngine
) -> None:
    rows = [a_submission() for _ in range(200)]
    addresses = {row.person.email for row in rows}
    first = asyncio.ensure_future(submitted(clew, rows))
    await asyncio.sleep(0.15)

    await stack.kill("intake")
    await asyncio.gather(first, return_exceptions=True)
    await stack.until_ready("intake")
    answers = await submitted(clew, rows)

    assert {answer.outcome for answer in answers} == {intake_pb2.OUTCOME_CREATED}
    assert len({answer.lead_id for answer in answers}) == len(addresses)
    lead_ids = [answer.lead_id for answer in answers]
    await all_routed(database, lead_ids)


async def test_leads_go_on_when_a_worker_and_routing_are_killed_in_the_middle_of_a_burst(
    stack: Stack, clew: Clew, database: AsyncEngine
) -> None:
    answers = await submitted(clew, [a_submission() for _ in range(60)])
    await stack.kill("worker-1")
    await stack.kill("routing")

    await stack.until_ready("routing")
    answers += await submitted(clew, [a_submission() for _ in range(60)])

    lead_ids = [answer.lead_id for answer in answers]
    await all_routed(database, lead_ids)
    async with database.connect() as db:
        decisions = await db.scalar(
            text(
                "select count(*) from routing.decision where lead_id = any(cast(:ids as uuid[])) and verb = 'RouteLead'"
            ),
            {"ids": lead_ids},
        )
    assert decisions == len(lead_ids)


async def test_pools_count_what_waits_in_them(clew: Clew, database: AsyncEngine) -> None:
    async with database.connect() as db:
        waiting = await db.scalar(text("select count(*) from routing.lead where state = 'POOLED'"))
    listed = await clew.call(clew.roster.ListPools, roster_pb2.ListPoolsRequest())

    assert sum(pool.waiting for pool in listed.pools) == waiting
