"""Events: numbered per lead without gap or repeat, and part of the transaction that they tell of."""

import asyncio
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from services.shared import outbox
from services.shared.callers import Caller, Role, set_caller
from services.shared.outbox import Event, list_events, lock_timeline, record
from tests.shared.sample import events


async def write(engine: AsyncEngine, *told: Event) -> None:
    set_caller(Caller("L007", Role.REP))
    async with engine.begin() as db:
        for event in told:
            await lock_timeline(db, events, event.lead_id)
            await record(db, events, event)


async def test_events_of_one_lead_written_at_once_are_numbered_without_gap_or_repeat(engine: AsyncEngine) -> None:
    lead = uuid4()

    await asyncio.gather(*(write(engine, Event(lead, "note_added"), Event(lead, "lead_claimed")) for _ in range(12)))

    async with engine.connect() as db:
        told = await list_events(db, events, lead, 0, 100)
    assert [event.seq for event in told] == list(range(1, 25))


async def test_an_event_says_who_did_what_and_why(engine: AsyncEngine) -> None:
    lead = uuid4()
    await write(engine, Event(lead, "lead_returned", {"to": "华东"}, reason="NO_BUDGET", rule_version="standard@2"))

    async with engine.connect() as db:
        (told,) = await list_events(db, events, lead, 0, 10)

    assert (told.kind, told.actor_id, told.actor_role) == ("lead_returned", "L007", "rep")
    assert (told.reason, told.rule_version, told.data) == ("NO_BUDGET", "standard@2", {"to": "华东"})
    assert told.recorded_at.tzinfo is not None


async def test_a_timeline_is_read_page_by_page(engine: AsyncEngine) -> None:
    lead = uuid4()
    await write(engine, *(Event(lead, "note_added") for _ in range(5)))

    async with engine.connect() as db:
        first = await list_events(db, events, lead, 0, 3)
        rest = await list_events(db, events, lead, first[-1].seq, 3)

    assert [event.seq for event in [*first, *rest]] == [1, 2, 3, 4, 5]


async def test_an_event_of_a_transaction_that_is_rolled_back_never_was(engine: AsyncEngine) -> None:
    lead = uuid4()
    await write(engine, Event(lead, "lead_created"))
    async with engine.connect() as db:
        await record(db, events, Event(lead, "lead_claimed"))
        await db.rollback()

    await write(engine, Event(lead, "lead_returned"))

    async with engine.connect() as db:
        told = await list_events(db, events, lead, 0, 10)
    assert [(event.seq, event.kind) for event in told] == [(1, "lead_created"), (2, "lead_returned")]


@pytest.mark.parametrize(
    ("event", "wakes"),
    [
        (Event(UUID(int=1), "lead_claimed"), ("lead", UUID(int=1))),
        (Event(UUID(int=2), "lead_routed", by_run=True), ("none", None)),
        (Event(UUID(int=3), "note_added"), ("none", None)),
        (Event(UUID(int=4), "conversion_requested", wake_id=UUID(int=5)), ("conversion", UUID(int=5))),
    ],
    ids=lambda one: one.kind if isinstance(one, Event) else "",
)
async def test_an_event_wakes_whom_its_kind_says_and_not_the_run_that_wrote_it(
    engine: AsyncEngine, event: Event, wakes: tuple[str, UUID | None]
) -> None:
    await write(engine, event)

    async with engine.connect() as db:
        row = (
            await db.execute(select(events.c.wakes, events.c.wake_id).where(events.c.lead_id == event.lead_id))
        ).one()

    assert tuple(row) == wakes


async def test_relays_are_rung_for_at_most_ten_times_a_second(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "RING_EVERY_SECONDS", 3_600.0)
    monkeypatch.setattr(outbox, "_rang_at", {})
    heard = 0
    async with engine.connect() as db:
        connection = (await db.get_raw_connection()).driver_connection
        assert connection is not None
        await connection.set_autocommit(True)
        await connection.execute("listen clew_sample")
        await write(engine, *(Event(uuid4(), "lead_claimed") for _ in range(5)))
        async for _ in connection.notifies(timeout=0.5):
            heard += 1
        await connection.execute("unlisten *")
        await connection.set_autocommit(False)

    assert heard == 1


async def test_what_wakes_nobody_rings_for_nobody(engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "_rang_at", {})

    await write(engine, Event(uuid4(), "note_added"))

    assert outbox._rang_at == {}


async def test_a_set_based_statement_may_leave_the_delivery_columns_out(engine: AsyncEngine) -> None:
    leads = [uuid4() for _ in range(3)]
    async with engine.begin() as db:
        await db.exec_driver_sql(
            """
            insert into sample.event (event_id, lead_id, seq, kind, wakes, wake_id, actor_id, actor_role, recorded_at)
            select gen_random_uuid(), id,
                   (select coalesce(max(seq), 0) + 1 from sample.event e where e.lead_id = id),
                   'lead_recalled', 'lead', id, 'sample', 'service', clew.clew_now()
            from unnest(%(ids)s::uuid[]) id
            """,
            {"ids": leads},
        )
        owed = await db.scalar(select(func.count()).where(events.c.lead_id.in_(leads), events.c.delivered_at.is_(None)))

    assert owed == 3
