"""What routing tells those who watch it, against what is so."""

from datetime import timedelta
from uuid import UUID

import pytest

from clew.routing.v1 import roster_pb2
from services.routing import store_figures
from services.routing.holdings import store_recall
from services.routing.holdings.store_recall import One, Overdue, recall, remind
from services.routing.ledger import DoneBy
from services.routing.notices.notice import NoticeKind
from services.routing.queue.store import REASONS
from services.shared import gauges
from services.shared.callers import Caller, Role, set_caller
from services.shared.gauges import Question
from tests.measured import Measured
from tests.routing.office import MINUTE, SECOND, Office, fresh, lasting
from tests.routing.queue.waiting import an_unassigned_lead


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> dict[str, Measured]:
    """Every instrument of routing's, by its name in the code."""
    names = {
        store_figures: ("pool_depth", "queue_depth", "places_used", "places", "reps_full", "unacknowledged"),
        store_recall: ("recall_lateness", "reminder_lateness"),
        gauges: ("overdue",),
    }
    made: dict[str, Measured] = {}
    for module, instruments in names.items():
        for name in instruments:
            monkeypatch.setattr(module, name, made.setdefault(name, Measured()))
    return made


async def ask(office: Office, question: Question) -> None:
    async with office.engine.begin() as db:
        await question(db)


def brief(after: timedelta, *, reminders: bool = False) -> roster_pb2.Policy:
    """A first response is due after this time, with a reminder half-way or none."""
    half = [roster_pb2.Reminder(percent=50)] if reminders else []
    return roster_pb2.Policy(first_response=lasting(after), reminders=half)


async def test_a_pools_depth_is_how_many_leads_wait_in_it(office: Office, measured: dict[str, Measured]) -> None:
    pool, empty = await office.a_pool(), await office.a_pool()
    rep = await office.a_rep()
    for _ in range(3):
        await office.a_pooled_lead(pool)
    await office.a_held_lead(rep, pool)

    await ask(office, store_figures.ask_pools)

    assert measured["pool_depth"].last(pool) == 3
    assert measured["pool_depth"].last(empty) == 0


async def test_the_queues_depth_is_told_of_each_reason(office: Office, measured: dict[str, Measured]) -> None:
    for _ in range(2):
        await an_unassigned_lead(office, await office.a_team())

    await ask(office, store_figures.ask_queue)

    assert {reason: measured["queue_depth"].last(reason) for reason in REASONS} == {
        "NOBODY_HAS_ROOM": 2,
        "NOBODY_ANSWERED": 0,
        "TOO_MANY_HOLDINGS": 0,
        "TOO_OLD": 0,
    }


async def test_a_pools_count_ends_somewhere(
    office: Office, measured: dict[str, Measured], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_figures, "COUNTED_TO", 2)
    pool = await office.a_pool()
    for _ in range(3):
        await office.a_pooled_lead(pool)

    await ask(office, store_figures.ask_pools)

    assert measured["pool_depth"].last(pool) == 2


async def test_limits_tell_places_used_places_there_are_and_who_is_full(
    office: Office, measured: dict[str, Measured]
) -> None:
    team = await office.a_team(limit=5)
    full, free = await office.a_rep(team, limit=1), await office.a_rep(team)
    pool = await office.a_pool()
    await office.set_limit(free, 4, pool)
    await office.a_held_lead(full)
    await office.a_held_lead(free, pool)

    await ask(office, store_figures.ask_limits)

    def seen(scope: str) -> tuple[float | None, ...]:
        return tuple(measured[name].last(scope, team) for name in ("places_used", "places", "reps_full"))

    assert seen("REP") == (2, 6, 1)
    assert seen("POOL") == (1, 4, 0)


async def test_notices_count_until_they_are_acknowledged(office: Office, measured: dict[str, Measured]) -> None:
    rep = await office.a_rep()
    await ask(office, store_figures.ask_notices)
    before = measured["unacknowledged"].last("FIRST_RESPONSE_DUTY") or 0
    await office.a_held_lead(rep)
    await ask(office, store_figures.ask_notices)
    told = measured["unacknowledged"].last("FIRST_RESPONSE_DUTY")
    await office.run("update routing.notice set acknowledged_at = clew.clew_now() where acknowledged_at is null")
    await ask(office, store_figures.ask_notices)

    assert {kind for (kind,) in measured["unacknowledged"].values} == set(NoticeKind)
    assert told == before + 1
    assert measured["unacknowledged"].last("FIRST_RESPONSE_DUTY") == 0


async def test_what_is_some_seconds_late_is_overdue_by_its_kind(office: Office, measured: dict[str, Measured]) -> None:
    rep = await office.a_rep()
    pool = await office.a_pool(brief(MINUTE))
    await office.a_held_lead(rep, pool)
    _, leased = await office.a_held_lead(rep)
    await office.lease(leased, fresh())
    await office.open()
    await ask(office, store_figures.ask_what_is_overdue)
    before = {kind: measured["overdue"].last(kind) for kind in ("HOLDING", "LEASE", "LEAD_TO_ROUTE")}

    await office.pass_time(2 * MINUTE + 6 * SECOND)
    await ask(office, store_figures.ask_what_is_overdue)

    assert before == {"HOLDING": 0, "LEASE": 0, "LEAD_TO_ROUTE": 0}
    assert {kind: measured["overdue"].last(kind) for kind in before} == {"HOLDING": 1, "LEASE": 1, "LEAD_TO_ROUTE": 1}


async def test_recalls_and_reminders_tell_how_late_they_were_and_who_made_them(
    office: Office, measured: dict[str, Measured]
) -> None:
    set_caller(Caller("tests", Role.SERVICE))
    rep = await office.a_rep()
    pool = await office.a_pool(brief(20 * MINUTE, reminders=True))
    (_, by_timer), by_sweep = await office.a_held_lead(rep, pool), await office.a_held_lead(rep, pool)
    one, everything = One(UUID(by_timer.holding_id)), Overdue(timedelta(0), 1_000)
    assert by_sweep

    for act, past in ((remind, 11 * MINUTE), (recall, 10 * MINUTE)):
        await office.pass_time(past)
        async with office.engine.begin() as db:
            await act(db, one, DoneBy.TIMER)
            await act(db, everything, DoneBy.SWEEP)

    for name in ("recall_lateness", "reminder_lateness"):
        for done_by in ("TIMER", "SWEEP"):
            late = measured[name].last(done_by)
            assert late is not None
            assert 60 <= late < 120, (name, done_by)


async def test_a_step_that_does_nothing_measures_nothing(office: Office, measured: dict[str, Measured]) -> None:
    set_caller(Caller("tests", Role.SERVICE))
    _, holding = await office.a_held_lead(await office.a_rep())
    async with office.engine.begin() as db:
        await remind(db, One(UUID(holding.holding_id)), DoneBy.TIMER)
        await recall(db, One(UUID(holding.holding_id)), DoneBy.TIMER)

    assert measured["recall_lateness"].values == {}
    assert measured["reminder_lateness"].values == {}
