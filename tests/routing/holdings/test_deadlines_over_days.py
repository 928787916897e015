"""Deadlines lived through, days at a time: holidays, leave, a new policy under live holdings, an outage."""

from datetime import datetime, timedelta, timezone
from uuid import UUID, uuid4

import pytest
import structlog

from clew.routing.v1 import holdings_pb2 as pb
from services.routing.calendars.calendar import parse_spans
from services.routing.calendars.china import china
from services.routing.calendars.imported import Imported
from services.routing.calendars.store import add_default, import_calendar, newest_calendar
from services.routing.calendars.store_leave import cancel_leave, set_leave
from services.routing.calendars.working_time import WorkingTime
from services.routing.holdings.store_rebasing import ask_rebasing, preview, rebase
from services.routing.policy import AfterPercent, BeforeDeadline, Period, Policy, Unwarned
from services.shared.callers import Caller, Role, set_caller
from tests.routing.holdings.scenes import DAY, HOUR, Pool, Rep, Scene, instant

WORKING = Policy(
    calendar="cn",
    first_response=Period(working_time=timedelta(hours=2)),
    protection=Period(working_days=10),
    extension=Period(working_days=3),
    attempt_extension=Period(working_days=1),
    maximum=Period(working_days=30),
    reminders=(),
)


@pytest.fixture
async def calendar(scene: Scene) -> None:
    set_caller(Caller("wang", Role.MANAGER))
    async with scene.engine.begin() as db:
        await add_default(db, china())


async def time_of(scene: Scene) -> WorkingTime:
    async with scene.engine.begin() as db:
        return WorkingTime(await newest_calendar(db, "cn"))


async def until_swept(scene: Scene) -> None:
    """All re-basings that were asked for are done."""
    for _ in range(200):
        await scene.sweep()
        [row] = await scene.run("select count(*) from routing.rebasing where finished_at is null")
        if row[0] == 0:
            return
    raise AssertionError("a rebasing does not end")


async def pass_until(scene: Scene, when: datetime) -> None:
    await scene.pass_time(when - await scene.now())


async def a_holding(scene: Scene, policy: Policy) -> tuple[Rep, Pool, pb.Holding]:
    rep, pool = await scene.a_rep(), await scene.a_pool(policy)
    return rep, pool, await scene.claim(rep, await scene.a_lead(pool))


def test_thirty_working_days_over_new_year_and_the_spring_festival() -> None:
    """Counted by hand: 3 until New Year's Day 2025, 2 after it, 15 in three weeks, Sunday 26 and Monday 27 January;
    28 January to 4 February are 春节; 3 more, Saturday 8 February, and 4 in the week after."""
    time = WorkingTime(china().resolved(1, None))
    in_shanghai = timezone(timedelta(hours=8))
    start = datetime(2024, 12, 26, 10, 30, tzinfo=in_shanghai)

    due = Period(working_days=30).after(start, time)

    assert due == datetime(2025, 2, 13, 10, 30, tzinfo=in_shanghai)
    assert [stop.why for stop in time.passed_over(start, due)] == ["元旦", "春节"]


@pytest.mark.usefixtures("calendar")
async def test_a_lead_is_recalled_at_its_working_deadline_and_not_before(scene: Scene) -> None:
    rep, _, holding = await a_holding(scene, WORKING)
    await scene.follow_up(rep, holding)
    due_at = instant((await scene.schedule(holding)).schedule.due_at)
    time = await time_of(scene)
    assert due_at == Period(working_days=10).after(instant(holding.started_at), time)

    await pass_until(scene, due_at - timedelta(minutes=5))
    await scene.sweep()
    before = await scene.state(holding.lead_id)
    await pass_until(scene, due_at + timedelta(seconds=2))
    await scene.sweep()

    assert (before, await scene.state(holding.lead_id)) == ("HELD", "POOLED")


@pytest.mark.usefixtures("calendar")
async def test_leave_in_the_middle_gives_back_as_much_working_time_and_its_end_leaves_a_floor(scene: Scene) -> None:
    rep, _, holding = await a_holding(scene, WORKING)
    await scene.follow_up(rep, holding)
    before = instant((await scene.schedule(holding)).schedule.due_at)
    time = await time_of(scene)
    # From an opening on: of a day that is on leave in part, the rest is all of that day.
    in_two_days = (await scene.now() + 2 * DAY).astimezone(timezone(8 * HOUR))
    starts_at = time.next_open(in_two_days.replace(hour=0, minute=0) + DAY)
    ends_at = Period(working_days=4).after(starts_at, time)
    async with scene.engine.begin() as db:
        leave = await set_leave(db, rep.rep_id, starts_at, ends_at, "wang")
        await ask_rebasing(db, f"leave of {rep.code}", rep_id=rep.rep_id)
    await until_swept(scene)
    during = (await scene.schedule(holding)).schedule

    assert instant(during.due_at) == Period(working_days=4).after(before, time)
    assert [stop.why for stop in during.passed_over if stop.why == "leave"] == ["leave"]
    assert [entry.kind for entry in during.entries] == ["FOLLOW_UP", "REBASED"]
    *_, decision = await scene.decisions(holding.lead_id)
    assert (decision.verb, decision.reason) == ("Rebase", f"leave of {rep.code}")
    assert (await scene.events(holding.lead_id))[-1].wakes == "lead"

    await pass_until(scene, before - HOUR)
    async with scene.engine.begin() as db:
        await cancel_leave(db, leave.leave_id, "wang")
        await ask_rebasing(db, f"leave of {rep.code}", rep_id=rep.rep_id)
    cancelled_at = await scene.now()
    await until_swept(scene)
    after = instant((await scene.schedule(holding)).schedule.due_at)

    assert timedelta(0) <= after - cancelled_at - DAY < HOUR


async def many_held(scene: Scene, policy: Policy, count: int) -> tuple[Pool, list[pb.Holding]]:
    pool, rep = await scene.a_pool(policy), await scene.a_rep(limit=count)
    return pool, [await scene.claim(rep, lead_id) for lead_id in await scene.leads(count, pool)]


CALM_TEN = Policy(first_response=Period(9 * DAY), protection=Period(10 * DAY), reminders=())
STRICT = Policy(first_response=Period(3 * HOUR), protection=Period(5 * DAY), reminders=())


@pytest.mark.parametrize("with_floor", [True, False])
async def test_a_policy_changed_under_200_live_holdings_does_what_its_preview_said(
    scene: Scene, with_floor: bool
) -> None:
    set_caller(Caller("wang", Role.MANAGER))
    pool, held = await many_held(scene, CALM_TEN, 200)
    await scene.pass_time(DAY)
    async with scene.engine.begin() as db:
        said = await preview(db, pool.policy_code, STRICT, with_floor=with_floor, live=True)
    await scene.publish(STRICT, pool)
    async with scene.engine.begin() as db:
        await ask_rebasing(db, f"{pool.policy_code}@2", policy=(pool.policy_code, 2), with_floor=with_floor)
    await until_swept(scene)
    await scene.sweep()

    states = [await scene.state(holding.lead_id) for holding in held]
    assert (said.open_holdings, said.computed, said.earlier) == (200, 200, 200)
    assert said.recalled_at_once == (0 if with_floor else 200)
    assert states == ["HELD" if with_floor else "POOLED"] * 200
    rebased = await scene.run(
        "select count(*) from routing.decision where verb = 'Rebase' and reason = :cause",
        cause=f"{pool.policy_code}@2",
    )
    assert rebased[0][0] == 200


async def test_grandfathered_holdings_keep_their_version(scene: Scene) -> None:
    pool, [holding] = await many_held(scene, CALM_TEN, 1)
    await scene.publish(STRICT, pool)
    await until_swept(scene)

    assert (await scene.schedule(holding)).schedule.policy_version == f"{pool.policy_code}@1"


async def test_a_rebasing_that_is_cut_off_goes_on_where_it_was(scene: Scene) -> None:
    pool, held = await many_held(scene, CALM_TEN, 210)
    set_caller(Caller("wang", Role.MANAGER))
    await scene.publish(STRICT, pool)
    async with scene.engine.begin() as db:
        await ask_rebasing(db, f"{pool.policy_code}@2", policy=(pool.policy_code, 2))

    async with scene.engine.connect() as db:
        async with db.begin() as cut_off:
            await rebase(db)
            await cut_off.rollback()
        async with db.begin():
            await rebase(db)
    await until_swept(scene)

    versions = {(await scene.schedule(holding)).schedule.policy_version for holding in held}
    assert versions == {f"{pool.policy_code}@2"}
    events = await scene.run(
        "select count(*) from routing.event where kind = 'deadline_rebased' and lead_id = any(:leads)",
        leads=[UUID(holding.lead_id) for holding in held],
    )
    assert events[0][0] == 210


async def open_for(scene: Scene, code: str, span: str) -> None:
    """The calendar's next version: open on Mondays alone, for this span."""
    week = (parse_spans((span,)), (), (), (), (), (), ())
    imported = Imported(code, "", "Asia/Shanghai", "", week, {}, frozenset())
    set_caller(Caller("wang", Role.MANAGER))
    async with scene.engine.begin() as db:
        await import_calendar(db, imported, "wang")
        await ask_rebasing(db, f"calendar {code}", calendar_code=code)


async def test_a_calendar_with_too_little_open_time_keeps_no_other_rebasing_waiting(scene: Scene) -> None:
    code = f"c{uuid4().hex[:8]}"
    await open_for(scene, code, "09:00-18:00")
    working = Policy(calendar=code, first_response=Period(working_time=20 * HOUR), maximum=Period(360 * DAY))
    _, _, starved = await a_holding(scene, working)
    pool, [other] = await many_held(scene, CALM_TEN, 1)
    await scene.publish(STRICT, pool)
    await until_swept(scene)
    before = (await scene.schedule(starved)).schedule.due_at

    await open_for(scene, code, "09:00-09:01")
    async with scene.engine.begin() as db:
        await ask_rebasing(db, f"{pool.policy_code}@2", policy=(pool.policy_code, 2))
    with structlog.testing.capture_logs() as logged:
        await until_swept(scene)

    assert [line["holding_id"] for line in logged if line["event"] == "holding_not_rebased"] == [starved.holding_id]
    assert (await scene.schedule(starved)).schedule.due_at == before
    assert (await scene.schedule(other)).schedule.policy_version == f"{pool.policy_code}@2"


async def test_what_is_asked_for_at_once_is_done_at_once_and_named_together(scene: Scene) -> None:
    code = f"c{uuid4().hex[:8]}"
    await open_for(scene, code, "09:00-18:00")
    working = Policy(calendar=code, first_response=Period(working_time=20 * HOUR), maximum=Period(360 * DAY))
    rep, _, holding = await a_holding(scene, working)
    _, _, other = await a_holding(scene, working)
    await until_swept(scene)

    await open_for(scene, code, "09:00-13:00")
    now = await scene.now()
    async with scene.engine.begin() as db:
        await set_leave(db, rep.rep_id, now + DAY, now + 9 * DAY, "wang")
        await ask_rebasing(db, f"leave of {rep.code}", rep_id=rep.rep_id)
    await until_swept(scene)

    async def reasons(one: pb.Holding) -> list[str]:
        return [decision.reason for decision in await scene.decisions(one.lead_id) if decision.verb == "Rebase"]

    assert await reasons(holding) == [f"calendar {code}, leave of {rep.code}"]
    assert await reasons(other) == [f"calendar {code}"]
    assert (await scene.schedule(holding)).schedule.entries[-1].words.count(rep.code) == 1


async def test_a_year_that_is_published_moves_nothing_and_takes_the_flag_away(scene: Scene) -> None:
    code = f"c{uuid4().hex[:8]}"
    week = (parse_spans(("09:00-18:00",)),) * 7
    year = (await scene.now()).year

    async def published(*years: int) -> None:
        set_caller(Caller("wang", Role.MANAGER))
        async with scene.engine.begin() as db:
            imported = Imported(code, "", "Asia/Shanghai", "", week, {}, frozenset(years))
            await import_calendar(db, imported, "wang")
            await ask_rebasing(db, f"calendar {code}", calendar_code=code)
        await until_swept(scene)

    await published(year - 1)
    policy = Policy(calendar=code, first_response=Period(HOUR), protection=Period(2 * HOUR), maximum=Period(DAY))
    _, _, holding = await a_holding(scene, policy)
    flagged = (await scene.schedule(holding)).schedule
    await published(*range(year - 1, year + 3))
    known = (await scene.schedule(holding)).schedule

    assert year in flagged.provisional_years
    assert (list(known.provisional_years), known.due_at) == ([], flagged.due_at)


REMINDING = Policy(first_response=Period(4 * DAY), reminders=(AfterPercent(50), BeforeDeadline(Period(DAY))))


async def test_with_the_worker_away_for_two_days_the_sweep_is_on_time_and_dates_nothing_back(scene: Scene) -> None:
    rep, _, holding = await a_holding(scene, REMINDING)
    for _ in range(5):
        await scene.pass_time(DAY + timedelta(seconds=2))
        await scene.sweep()

    reminders = [notice for notice in await scene.notices(rep) if notice.kind == "REMINDER"]
    [recall] = [one for one in await scene.decisions(holding.lead_id) if one.verb == "Recall"]
    assert [notice.step for notice in reminders] == ["50%", "1d before"]
    assert timedelta(0) <= recall.decided_at - instant(holding.due_at) < timedelta(minutes=1)
    assert recall.done_by == "SWEEP"
    rows = await scene.run(
        "select created_at, due_at from routing.notice where holding_id = :id and kind = 'REMINDER'",
        id=UUID(holding.holding_id),
    )
    assert all(row.created_at < row.due_at for row in rows)


async def test_with_routing_away_too_the_holder_is_warned_first_and_once(scene: Scene) -> None:
    rep, _, holding = await a_holding(scene, REMINDING)
    await scene.pass_time(6 * DAY)
    back_at = await scene.now()
    await scene.sweep()

    shown = (await scene.schedule(holding)).schedule
    *_, warned = [notice for notice in await scene.notices(rep) if notice.kind == "REMINDER"]
    assert await scene.state(holding.lead_id) == "HELD"
    assert timedelta(0) <= instant(shown.due_at) - back_at - DAY < timedelta(minutes=1)
    assert (warned.step, warned.due_at) == ("1d before", instant(shown.due_at))
    assert [entry.kind for entry in shown.entries] == ["UNWARNED"]
    assert [one.verb for one in await scene.decisions(holding.lead_id)][-1] == "Postpone"

    await scene.pass_time(3 * DAY)
    await scene.sweep()
    assert await scene.state(holding.lead_id) == "POOLED"


async def test_a_policy_may_recall_the_unwarned_all_the_same(scene: Scene) -> None:
    policy = Policy(first_response=Period(4 * DAY), reminders=REMINDING.reminders, unwarned=Unwarned.RECALL)
    _, _, holding = await a_holding(scene, policy)
    await scene.pass_time(6 * DAY)
    await scene.sweep()

    assert await scene.state(holding.lead_id) == "POOLED"


@pytest.mark.usefixtures("calendar")
async def test_a_deadline_in_a_year_that_is_not_published_says_so(scene: Scene) -> None:
    policy = Policy(calendar="cn", first_response=Period(300 * DAY), maximum=Period(360 * DAY), reminders=())
    _, _, holding = await a_holding(scene, policy)

    years = (await scene.schedule(holding)).schedule.provisional_years

    published = set(china().published)
    due = instant(holding.due_at)
    assert list(years) == [
        year for year in range(instant(holding.started_at).year, due.year + 1) if year not in published
    ]


async def test_who_was_warned_rescues_nothing_by_a_follow_up_after_the_deadline(scene: Scene) -> None:
    rep, _, holding = await a_holding(scene, REMINDING)
    for _ in range(2):
        await scene.pass_time(2 * DAY - HOUR)
        await scene.sweep()
    await scene.pass_time(3 * HOUR)
    noted = await scene.follow_up(rep, holding)
    await scene.pass_time(HOUR)
    await scene.sweep()

    assert [notice.step for notice in await scene.notices(rep) if notice.kind == "REMINDER"] == ["1d before"]
    assert list(noted.because) == ["AFTER_THE_END"]
    assert await scene.state(holding.lead_id) == "POOLED"


async def test_who_was_postponed_once_is_not_postponed_again_by_a_new_version(scene: Scene) -> None:
    _, pool, holding = await a_holding(scene, REMINDING)
    await scene.pass_time(6 * DAY)
    await scene.sweep()
    set_caller(Caller("wang", Role.MANAGER))
    await scene.publish(Policy(first_response=Period(3 * DAY), reminders=REMINDING.reminders), pool)
    async with scene.engine.begin() as db:
        await ask_rebasing(db, f"{pool.policy_code}@2", policy=(pool.policy_code, 2))
    await until_swept(scene)
    held = await scene.state(holding.lead_id)
    await scene.pass_time(6 * DAY)
    await scene.sweep()

    assert (held, await scene.state(holding.lead_id)) == ("HELD", "POOLED")
