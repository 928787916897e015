"""What GetSchedule shows where a calendar is hard to count by: instants worked out by hand.

Each lead is claimed in closed time, so that counting begins with the next opening, on the second.
"""

from datetime import UTC, datetime, timedelta

import pytest

from clew.routing.v1 import calendars_pb2 as pb
from clew.routing.v1 import holdings_pb2, roster_pb2
from cli.periods import period, reminder
from services.shared.clock import move
from tests.examples import as_manager
from tests.routing.calendars.desk import OFFICE_HOURS, a_calendar, holiday, imported
from tests.routing.office import Office, instant

NIGHTS = [pb.WeekdayHours(weekday=weekday, spans=["00:00-06:00"]) for weekday in range(1, 8)]
OFFICE_WEEK = [pb.WeekdayHours(weekday=weekday, spans=OFFICE_HOURS) for weekday in range(1, 6)]


def utc(month: int, day: int, hour: int, minute: int = 0, *, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


async def claimed(office: Office, now: datetime, calendar: str, first_response: str) -> holdings_pb2.Holding:
    """At that instant, under a policy that counts by the calendar."""
    await move(office.engine, now - await office.now())
    pool = await office.a_pool(
        roster_pb2.Policy(
            first_response=period(first_response),
            protection=period("60d"),
            maximum=period("60d"),
            reminders=[reminder("50%")],
            calendar_code=calendar,
        )
    )
    return await office.claim(await office.a_rep(), await office.a_pooled_lead(pool))


async def schedule(office: Office, holding: holdings_pb2.Holding) -> holdings_pb2.Schedule:
    request = holdings_pb2.GetScheduleRequest(holding_id=holding.holding_id)
    return (await office.holdings.GetSchedule(request, metadata=as_manager())).schedule


@pytest.mark.parametrize(
    ("zone", "claimed_at", "first_response", "reminded_at", "due_at"),
    [
        # Put on from 02:00 to 03:00. Open from 23:00 UTC: two hours until 02:00, and two more until 05:00.
        pytest.param("Europe/Berlin", utc(3, 28, 11), "4wh", utc(3, 29, 1), utc(3, 29, 3), id="put on"),
        # That night has five hours, and half of them are over at 03:30.
        pytest.param("Europe/Berlin", utc(3, 28, 11), "1wd", utc(3, 29, 1, 30), utc(3, 29, 4), id="put on, a day"),
        # Put back from 02:00 to 01:00. Open from 04:00 UTC: the fourth hour of the night ends at 03:00.
        pytest.param("America/New_York", utc(10, 31, 16), "4wh", utc(11, 1, 6), utc(11, 1, 8), id="put back"),
        # That night has seven hours, and half of them are over at 02:30.
        pytest.param(
            "America/New_York", utc(10, 31, 16), "1wd", utc(11, 1, 7, 30), utc(11, 1, 11), id="put back, a day"
        ),
    ],
)
async def test_a_clock_that_is_changed_in_working_hours_gives_and_takes_none(
    office: Office,
    zone: str,
    claimed_at: datetime,
    first_response: str,
    reminded_at: datetime,
    due_at: datetime,
) -> None:
    calendar = await a_calendar(office, zone=zone, week=NIGHTS, days=[], published_years=[2026])

    shown = await schedule(office, await claimed(office, claimed_at, calendar, first_response))

    assert ([instant(one.at) for one in shown.reminders], instant(shown.due_at)) == ([reminded_at], due_at)


async def test_a_deadline_in_a_year_that_is_not_published_is_flagged_until_it_is(office: Office) -> None:
    """Sunday 27 December; five working days are over when the office closes on Friday, the first of January."""
    calendar = await a_calendar(office, week=OFFICE_WEEK, days=[], published_years=[2026])
    holding = await claimed(office, utc(12, 27, 4), calendar, "5wd")

    flagged = await schedule(office, holding)
    await imported(
        office,
        calendar,
        week=OFFICE_WEEK,
        days=[holiday("2027-01-01", "元旦")],
        published_years=[2026, 2027],
    )
    await office.sweep()
    known = await schedule(office, holding)

    assert (instant(flagged.due_at), list(flagged.provisional_years)) == (utc(1, 1, 10, year=2027), [2027])
    assert (instant(known.due_at), list(known.provisional_years)) == (utc(1, 4, 10, year=2027), [])
    shanghai_midnight = utc(12, 31, 16)
    assert [(stop.why, instant(stop.starts_at), instant(stop.ends_at)) for stop in known.passed_over] == [
        ("元旦", shanghai_midnight, shanghai_midnight + timedelta(days=3))
    ]
