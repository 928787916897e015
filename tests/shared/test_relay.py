"""Nudges: at least once, never by two relays at a time, late when Temporal is away and never lost."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.service import RPCStatusCode

from services.shared import relay as shared_relay
from services.shared.outbox import Event
from services.shared.owed import BATCH
from services.shared.relay import TemporalAway
from tests.measured import Measured
from tests.shared.relaying import (
    Recorder,
    claimed_leads,
    deliver,
    end_leases,
    refusal,
    still_owed,
    write,
)

pytestmark = pytest.mark.usefixtures("nothing_owed")


async def test_an_event_is_sent_once_and_marked(engine: AsyncEngine) -> None:
    temporal = Recorder()
    ids = await write(engine, Event(uuid4(), "lead_claimed"))

    assert [await deliver(engine, temporal), await deliver(engine, temporal)] == [1, 0]
    assert temporal.sent == ids
    assert await still_owed(engine) == []


async def test_events_of_one_run_that_wait_together_are_one_signal_of_the_newest(engine: AsyncEngine) -> None:
    temporal, lead = Recorder(), uuid4()
    ids = await write(
        engine, Event(lead, "lead_claimed"), Event(lead, "follow_up_logged"), Event(lead, "lead_returned")
    )

    assert await deliver(engine, temporal) == 3
    assert temporal.sent == ids[-1:]
    assert await still_owed(engine) == []


async def test_what_wakes_nobody_is_not_sent(engine: AsyncEngine) -> None:
    temporal = Recorder()
    await write(engine, Event(uuid4(), "note_added"), Event(uuid4(), "lead_routed", by_run=True))

    assert await deliver(engine, temporal) == 0
    assert temporal.sent == []


async def test_a_relay_killed_between_sending_and_marking_sends_again(engine: AsyncEngine) -> None:
    temporal = Recorder()
    ids = await write(engine, Event(uuid4(), "lead_claimed"))

    class Killed(Recorder):
        async def start_workflow(self, *args: Any, **kwargs: Any) -> None:
            await super().start_workflow(*args, **kwargs)
            raise asyncio.CancelledError

    killed = Killed()
    with pytest.raises(asyncio.CancelledError):
        await deliver(engine, killed)
    assert killed.sent == ids
    assert await deliver(engine, temporal) == 0, "the lease holds"
    await end_leases(engine)

    assert await deliver(engine, temporal) == 1
    assert temporal.sent == ids


async def test_two_relays_never_have_the_same_event_in_hand(engine: AsyncEngine) -> None:
    temporal = Recorder(takes=0.002)
    ids = await write(engine, *claimed_leads(3 * BATCH))

    async def work() -> None:
        while await deliver(engine, temporal):
            pass

    await asyncio.gather(*(work() for _ in range(4)))

    assert sorted(temporal.sent) == sorted(ids)


async def test_an_event_that_somebody_else_has_locked_holds_no_other_back(engine: AsyncEngine) -> None:
    temporal = Recorder()
    locked, *others = await write(engine, *claimed_leads(3))
    async with engine.begin() as db:
        await db.execute(text("select 1 from sample.event where event_id = :id for update"), {"id": locked})

        assert await deliver(engine, temporal) == 2

    assert sorted(temporal.sent) == sorted(others)


async def test_no_more_than_so_many_are_under_way_at_once(engine: AsyncEngine) -> None:
    temporal = Recorder(takes=0.01)
    await write(engine, *claimed_leads(BATCH))

    await deliver(engine, temporal)

    assert temporal.most_at_once == shared_relay.IN_FLIGHT


async def test_a_run_that_cannot_be_nudged_waits_longer_each_time_and_stops_no_other(engine: AsyncEngine) -> None:
    poisoned, *others = claimed_leads(5)
    temporal = Recorder(refuse={f"lead/{poisoned.lead_id}": refusal(RPCStatusCode.INVALID_ARGUMENT)})
    ids = await write(engine, poisoned, *others)

    assert await deliver(engine, temporal) == 4
    assert sorted(temporal.sent) == sorted(ids[1:])
    waits = []
    for _ in range(6):
        async with engine.begin() as db:
            row = await db.execute(
                text("select extract(epoch from claimed_until - now()) from sample.event where event_id = :id"),
                {"id": ids[0]},
            )
            waits.append(round(float(row.scalar_one())))
        await end_leases(engine)
        await deliver(engine, temporal)

    assert waits == [1, 2, 4, 8, 10, 10]


async def test_an_outage_ends_the_batch_and_gives_back_what_was_not_tried(engine: AsyncEngine) -> None:
    temporal = Recorder(takes=0.01)
    told = claimed_leads(BATCH)
    temporal.refuse = {f"lead/{event.lead_id}": refusal(RPCStatusCode.UNAVAILABLE) for event in told}
    await write(engine, *told)

    with pytest.raises(TemporalAway):
        await deliver(engine, temporal)

    async with engine.connect() as db:
        rows = await db.execute(
            text(
                "select attempts, claimed_until is null, count(*) from sample.event "
                "where delivered_at is null group by 1, 2"
            )
        )
        assert {tuple(row) for row in rows} == {
            (1, False, shared_relay.IN_FLIGHT),
            (0, True, BATCH - shared_relay.IN_FLIGHT),
        }


async def test_a_slow_server_gets_fewer_nudges_at_a_time_and_none_is_cut_off(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_relay, "BEGIN_WITHIN_SECONDS", 0.1)
    temporal = Recorder(takes=0.3)
    ids = await write(engine, *claimed_leads(2 * shared_relay.IN_FLIGHT))

    first = await deliver(engine, temporal)
    second = await deliver(engine, temporal)

    assert (first, second) == (shared_relay.IN_FLIGHT, shared_relay.IN_FLIGHT)
    assert sorted(temporal.sent) == sorted(ids)


async def test_a_relay_takes_nothing_from_another_whose_lease_came_after_its_own(engine: AsyncEngine) -> None:
    (event,) = claimed_leads(1)
    await write(engine, event)

    class Outlived(Recorder):
        async def start_workflow(self, *args: Any, **kwargs: Any) -> None:
            async with engine.begin() as db:
                await db.execute(
                    text("update sample.event set claimed_until = now() + interval '1 hour' where delivered_at is null")
                )
            raise refusal(RPCStatusCode.INVALID_ARGUMENT)

    await deliver(engine, Outlived())

    async with engine.connect() as db:
        left = await db.scalar(
            text("select extract(epoch from claimed_until - now()) from sample.event where delivered_at is null")
        )
    assert float(left or 0) > 3_000


async def test_what_became_of_events_is_counted(engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_relay, "nudges", counted := Measured())
    good, bad = claimed_leads(2), Event(uuid4(), "lead_claimed")
    await write(engine, *good, bad)

    await deliver(engine, Recorder(refuse={f"lead/{bad.lead_id}": refusal(RPCStatusCode.INVALID_ARGUMENT)}))

    assert {outcome: counted.last(outcome) for outcome in ("SENT", "FAILED", "UNTRIED")} == {
        "SENT": 2,
        "FAILED": 1,
        "UNTRIED": 0,
    }
