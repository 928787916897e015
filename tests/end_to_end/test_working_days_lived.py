"""Thirty working days, lived through by a lead's run: over two holidays and a make-up day, and with leave in between.

Counted by hand from a Monday at 10:30, the days after it numbered from 1:

    week 1   Tue–Fri               1  2  3  4            4 working days
    week 2   Mon–Wed               7  8  9               7       Thursday 10 and Friday 11 are 中秋
    week 3   Mon–Fri              14 … 18               12
    week 4                                                       Monday 21 to Friday 25 are 国庆
    week 5   Mon–Fri, and Sat     28 … 32, 33           18       Saturday 33 is worked instead (调休)
    week 6   Mon–Fri              35 … 39               23
    week 7   Mon–Fri              42 … 46               28
    week 8   Mon, Tue             49, 50                30       so it is due on Tuesday, day 50, at 10:30

The 15th of them, when half of the working time is over, is Wednesday, day 30. Leave from Monday 35 to Friday 39 takes
five of them away: then it is due on Tuesday, day 57.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client

from clew.lead.v1.lead_pb2 import LeadState
from clew.routing.v1 import calendars_pb2, holdings_pb2, leads_pb2
from cli.calling import Clew, new_request_id
from services.shared.clock import move
from tests.end_to_end.conftest import eventually
from tests.end_to_end.deadlines import (
    a_holding,
    a_policy,
    decisions,
    instant,
    schedule,
    until_all_is_rebased,
    until_reminded,
    until_the_run_sleeps_to,
)
from tests.end_to_end.people import ARep, PassTime, in_state

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
SHANGHAI = ZoneInfo("Asia/Shanghai")
HOURS = ["09:00-12:00", "13:00-18:00"]


async def next_monday(database: AsyncEngine) -> datetime:
    """Midnight of it; by PostgreSQL's clock it is 10:30 then."""
    async with database.connect() as db:
        now: datetime = await db.scalar(text("select clew.clew_now()"))
    here = now.astimezone(SHANGHAI)
    midnight = datetime(here.year, here.month, here.day, tzinfo=SHANGHAI) + (7 - here.weekday()) * DAY
    await move(database, midnight + timedelta(hours=10, minutes=30) - now)
    return midnight


async def a_calendar(clew: Clew, database: AsyncEngine, monday: datetime) -> str:
    def on(day: int) -> str:
        return (monday + day * DAY).date().isoformat()

    holidays = [(day, "中秋节") for day in (10, 11)] + [(day, "国庆节") for day in range(21, 26)]
    days = [calendars_pb2.ImportedDate(date=on(day), kind="DATE_KIND_HOLIDAY", name=name) for day, name in holidays]
    request = calendars_pb2.ImportCalendarRequest(
        request_id=new_request_id(),
        code=f"two-holidays-{uuid4().hex[:8]}",
        name="两个长假",
        zone="Asia/Shanghai",
        week=[calendars_pb2.WeekdayHours(weekday=weekday, spans=HOURS) for weekday in range(1, 6)],
        days=[*days, calendars_pb2.ImportedDate(date=on(33), kind="DATE_KIND_MAKE_UP", name="国庆节")],
        published_years=[monday.year, monday.year + 1],
    )
    await clew.call(clew.calendars.ImportCalendar, request)
    await until_all_is_rebased(database)
    return request.code


async def held_for_thirty_working_days(
    clew: Clew, database: AsyncEngine, monday: datetime
) -> tuple[ARep, holdings_pb2.Holding]:
    policy = a_policy("50%", first_response="30wd", protection="30wd", maximum="30wd")
    policy.calendar_code = await a_calendar(clew, database, monday)
    rep, _, holding = await a_holding(clew, policy)
    return rep, holding


@asynccontextmanager
async def locked_by_somebody(database: AsyncEngine, lead_id: str) -> AsyncIterator[None]:
    """Until a call waits for the lead. The sweep passes over what is locked, so whoever waits is the run."""
    async with database.begin() as db:
        await db.execute(text("select from routing.lead where lead_id = :id for no key update"), {"id": lead_id})
        yield

        async def waiting() -> bool:
            question = "select exists(select from pg_stat_activity where pg_backend_pid() = any(pg_blocking_pids(pid)))"
            return bool(await db.scalar(text(question)))

        await eventually(waiting, bool, "the run, which waits for its lead")


async def test_a_run_sleeps_through_thirty_working_days_and_two_holidays(
    clew: Clew, database: AsyncEngine, temporal_client: Client, pass_time: PassTime
) -> None:
    monday = await next_monday(database)
    _, holding = await held_for_thirty_working_days(clew, database, monday)
    run, started_at = f"lead/{holding.lead_id}", instant(holding.started_at)
    shown = await schedule(clew, holding)

    assert instant(shown.due_at) == started_at + 50 * DAY
    assert shown.due_cause == holdings_pb2.DUE_CAUSE_FIRST_RESPONSE
    assert [(stop.why, instant(stop.starts_at), instant(stop.ends_at)) for stop in shown.passed_over] == [
        ("中秋节", monday + 10 * DAY, monday + 14 * DAY),
        ("国庆节", monday + 19 * DAY, monday + 28 * DAY),
    ]
    assert [instant(reminder.at) for reminder in shown.reminders] == [started_at + 30 * DAY]
    assert list(shown.provisional_years) == []
    await until_the_run_sleeps_to(temporal_client, database, holding.lead_id, started_at + 30 * DAY)

    await pass_time(run, 30 * DAY)
    await until_reminded(clew, holding)
    await until_the_run_sleeps_to(temporal_client, database, holding.lead_id, started_at + 50 * DAY)
    await pass_time(run, 19 * DAY)
    still = await in_state(clew, holding.lead_id, LeadState.LEAD_STATE_HELD)
    async with locked_by_somebody(database, holding.lead_id):
        await pass_time(run, DAY)
    await in_state(clew, holding.lead_id, LeadState.LEAD_STATE_POOLED)

    assert still.holding.holding_id == holding.holding_id
    [recall] = await decisions(clew, holding.lead_id, "Recall")
    assert (recall.reason, recall.done_by) == ("FIRST_RESPONSE", leads_pb2.DONE_BY_TIMER)
    assert instant(recall.due_at) == started_at + 50 * DAY <= instant(recall.decided_at)


async def test_leave_in_the_middle_of_thirty_working_days_takes_none_of_them(
    clew: Clew, database: AsyncEngine, temporal_client: Client, pass_time: PassTime
) -> None:
    monday = await next_monday(database)
    rep, holding = await held_for_thirty_working_days(clew, database, monday)
    run, started_at = f"lead/{holding.lead_id}", instant(holding.started_at)
    await until_the_run_sleeps_to(temporal_client, database, holding.lead_id, started_at + 30 * DAY)
    await pass_time(run, 30 * DAY)
    await until_reminded(clew, holding)
    await until_the_run_sleeps_to(temporal_client, database, holding.lead_id, started_at + 50 * DAY)

    leave = calendars_pb2.SetLeaveRequest(
        request_id=new_request_id(),
        rep_code=rep.code,
        starts_at=monday + 35 * DAY,
        ends_at=monday + 40 * DAY,
    )
    await clew.call(clew.calendars.SetLeave, leave)

    await until_the_run_sleeps_to(temporal_client, database, holding.lead_id, started_at + 57 * DAY)
    shown = await schedule(clew, holding)
    assert [stop.why for stop in shown.passed_over] == ["中秋节", "国庆节", "leave"]
    [rebased] = await decisions(clew, holding.lead_id, "Rebase")
    assert (rebased.reason, instant(rebased.due_at)) == (f"leave of {rep.code}", started_at + 57 * DAY)
    await pass_time(run, 20 * DAY)
    await in_state(clew, holding.lead_id, LeadState.LEAD_STATE_HELD)
    await pass_time(run, 7 * DAY)
    await in_state(clew, holding.lead_id, LeadState.LEAD_STATE_POOLED)
    [recall] = await decisions(clew, holding.lead_id, "Recall")
    assert instant(recall.due_at) == started_at + 57 * DAY <= instant(recall.decided_at)
