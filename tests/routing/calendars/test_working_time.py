"""The measure of time by which deadlines are computed, held against walking through it minute by minute."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.routing.calendars.calendar import Day, parse_spans
from services.routing.calendars.working_time import Absence, OutOfReach, Stop, WorkingTime
from services.shared.refusals import InvalidInput
from tests.routing.calendars.calendars import (
    a_calendar,
    in_shanghai,
    instants,
    working_times,
)

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
HOLIDAY = Day((), "国庆节")
CHINA = WorkingTime(a_calendar())
HOLIDAY_TRIP = WorkingTime(a_calendar(), (Absence(in_shanghai(11, 11), in_shanghai(11, 13)),))


# Named examples


@pytest.mark.parametrize(
    ("start", "days", "due_at"),
    [
        # A plain week: Friday the 7th to Monday the 10th of November.
        (in_shanghai(11, 7, 10, 30), 1, in_shanghai(11, 10, 10, 30)),
        (in_shanghai(11, 7, 20), 1, in_shanghai(11, 10, 18)),
        (in_shanghai(11, 8, 12), 2, in_shanghai(11, 11, 18)),
        (in_shanghai(11, 7, 8), 1, in_shanghai(11, 7, 18)),
        # At half past twelve a lunch is under way: three of eight hours are over, as at twelve.
        (in_shanghai(11, 6, 12, 30), 1, in_shanghai(11, 7, 12)),
        # The make-up Sunday before, the holidays, and the make-up Saturday after them.
        (in_shanghai(9, 26, 10), 1, in_shanghai(9, 28, 10)),
        (in_shanghai(9, 30, 10), 1, in_shanghai(10, 9, 10)),
        (in_shanghai(9, 30, 10), 3, in_shanghai(10, 11, 10)),
        (in_shanghai(1, 27, 17), 1, in_shanghai(2, 5, 17)),
        (in_shanghai(1, 24, 9, 30), 30, in_shanghai(3, 13, 9, 30)),
    ],
)
def test_working_days_are_counted_by_the_part_of_a_day_that_is_over(
    start: datetime, days: int, due_at: datetime
) -> None:
    assert CHINA.working_days_after(start, days) == due_at


@pytest.mark.parametrize(
    ("leave", "due_at"),
    [
        # Four days from one morning to another move it by four.
        (Absence(in_shanghai(11, 4, 9, 30), in_shanghai(11, 10, 9, 30)), in_shanghai(11, 12, 10)),
        # A day from ten to ten, and an afternoon.
        (Absence(in_shanghai(11, 4, 10), in_shanghai(11, 5, 10)), in_shanghai(11, 7, 10)),
        (Absence(in_shanghai(11, 4, 13), in_shanghai(11, 4, 18)), in_shanghai(11, 6, 16)),
    ],
)
def test_leave_within_a_day_takes_that_part_of_it(leave: Absence, due_at: datetime) -> None:
    time = WorkingTime(CHINA.calendar, (leave,))

    assert CHINA.working_days_after(in_shanghai(11, 3, 10), 3) == in_shanghai(11, 6, 10)
    assert time.working_days_after(in_shanghai(11, 3, 10), 3) == due_at


@pytest.mark.parametrize(
    ("deadline", "days", "reminder"),
    [
        (in_shanghai(11, 10, 10, 30), 1, in_shanghai(11, 7, 10, 30)),
        (in_shanghai(11, 10, 18), 1, in_shanghai(11, 10, 9)),
        (in_shanghai(11, 9, 12), 1, in_shanghai(11, 7, 9)),
        (in_shanghai(10, 9, 10), 1, in_shanghai(9, 30, 10)),
    ],
)
def test_a_reminder_one_working_day_before_looks_back_over_holidays(
    deadline: datetime, days: int, reminder: datetime
) -> None:
    assert CHINA.working_days_before(deadline, days) == reminder


def test_working_hours_begin_with_the_next_opening() -> None:
    # A lead of Saturday evening with an hour to answer: not Tuesday, not Monday afternoon.
    assert CHINA.working_time_after(in_shanghai(11, 8, 20), HOUR) == in_shanghai(11, 10, 10)
    assert CHINA.working_time_after(in_shanghai(11, 7, 17), 2 * HOUR) == in_shanghai(11, 10, 10)
    assert CHINA.working_time_after(in_shanghai(11, 7, 17), HOUR) == in_shanghai(11, 7, 18)
    assert CHINA.working_time_before(in_shanghai(11, 10, 10), 2 * HOUR) == in_shanghai(11, 7, 17)


def test_elapsed_time_stands_still_in_closures_longer_than_three_days_only() -> None:
    assert CHINA.elapsed_after(in_shanghai(9, 30, 10), 3 * DAY) == in_shanghai(10, 11, 10)
    assert CHINA.elapsed_before(in_shanghai(10, 11, 10), 3 * DAY) == in_shanghai(9, 30, 10)
    # A weekend with a Friday before it is three days: they pass. With a Monday after it, it is four.
    short = WorkingTime(a_calendar(days={date(2025, 11, 7): HOLIDAY}))
    long = WorkingTime(a_calendar(days={date(2025, 11, 7): HOLIDAY, date(2025, 11, 10): HOLIDAY}))
    assert short.elapsed_after(in_shanghai(11, 6, 10), 5 * DAY) == in_shanghai(11, 11, 10)
    assert long.elapsed_after(in_shanghai(11, 6, 10), 5 * DAY) == in_shanghai(11, 15, 10)


def test_a_clock_put_back_over_midnight_loses_no_time() -> None:
    # At 00:01 on 7 November 2010 it was 23:01 on the 6th once more.
    always = WorkingTime(a_calendar(ZoneInfo("America/St_Johns"), (parse_spans(["00:00-24:00"]),) * 7, {}))
    again = datetime(2010, 11, 7, 3, tzinfo=UTC)

    assert again.astimezone(ZoneInfo("America/St_Johns")).day == 6
    assert always.working_time_before(again, 20 * MINUTE) == again - 20 * MINUTE
    assert always.working_time_after(again, 20 * MINUTE) == again + 20 * MINUTE
    assert always.elapsed_before(again, 20 * MINUTE) == again - 20 * MINUTE


def test_leave_stops_every_measure() -> None:
    monday = in_shanghai(11, 10, 10)

    assert HOLIDAY_TRIP.elapsed_after(monday, 2 * DAY) == in_shanghai(11, 14, 10)
    assert HOLIDAY_TRIP.working_time_after(monday, 8 * HOUR) == in_shanghai(11, 13, 10)
    assert HOLIDAY_TRIP.working_days_after(monday, 1) == in_shanghai(11, 13, 10)
    assert HOLIDAY_TRIP.working_days_before(in_shanghai(11, 13, 10), 1) == monday
    assert WorkingTime(None, HOLIDAY_TRIP.absences).elapsed_after(monday, 2 * DAY) == in_shanghai(11, 14, 10)


def test_the_share_of_a_time_is_of_its_working_time() -> None:
    thursday, tuesday = in_shanghai(11, 6, 9), in_shanghai(11, 11, 18)

    assert CHINA.share_after(thursday, tuesday, 50) == in_shanghai(11, 7, 18)
    assert WorkingTime(None).share_after(thursday, tuesday, 50) == thursday + (tuesday - thursday) / 2
    # On a weekend no working time passes: it is half of what elapses.
    assert CHINA.share_after(in_shanghai(11, 8, 10), in_shanghai(11, 8, 12), 50) == in_shanghai(11, 8, 11)
    on_leave = WorkingTime(None, (Absence(thursday, tuesday),))
    assert on_leave.share_after(thursday, tuesday, 50) == tuesday


def test_what_a_deadline_was_carried_over_is_told_without_plain_weekends() -> None:
    start, end = in_shanghai(9, 1, 10), in_shanghai(11, 14, 10)

    assert HOLIDAY_TRIP.passed_over(start, end) == (
        Stop(in_shanghai(10, 1), in_shanghai(10, 9), "国庆节"),
        Stop(in_shanghai(11, 11), in_shanghai(11, 13), "leave"),
    )
    assert CHINA.passed_over(in_shanghai(10, 2, 12), in_shanghai(10, 3)) == (
        Stop(in_shanghai(10, 2, 12), in_shanghai(10, 3), "国庆节"),
    )


def test_of_elapsed_time_only_long_closures_are_told() -> None:
    friday_off = WorkingTime(a_calendar(days={date(2025, 11, 7): HOLIDAY}))
    start, end = in_shanghai(11, 6), in_shanghai(11, 12)

    assert friday_off.passed_over(start, end) == (Stop(in_shanghai(11, 7), in_shanghai(11, 10), "国庆节"),)
    assert friday_off.passed_over(start, end, elapsed=True) == ()
    assert len(CHINA.passed_over(in_shanghai(9, 1), end, elapsed=True)) == 1


def test_years_without_published_holidays_are_named() -> None:
    assert CHINA.provisional_years(in_shanghai(12, 31, 23), in_shanghai(1, 1, 1, year=2027)) == (2026, 2027)
    assert CHINA.provisional_years(in_shanghai(1, 1), in_shanghai(12, 31, 23)) == ()
    # Already 2026 in Shanghai.
    late = datetime(2025, 12, 31, 17, tzinfo=UTC)
    assert CHINA.provisional_years(late, late) == (2026,)
    assert WorkingTime(None).provisional_years(late, late) == ()


def test_a_calendar_that_never_opens_is_refused_instead_of_searched_for_ever() -> None:
    closed = WorkingTime(a_calendar(week=((),) * 7, days={}))
    start = in_shanghai(11, 7)
    impossible: list[Callable[[], Any]] = [
        lambda: closed.working_time_after(start, HOUR),
        lambda: closed.working_days_after(start, 1),
        lambda: closed.working_days_before(start, 1),
        lambda: closed.elapsed_after(start, HOUR),
        lambda: closed.next_open(start),
        lambda: CHINA.working_days_after(start, 3000),
    ]

    for ask in impossible:
        with pytest.raises(OutOfReach, match="cn@1"):
            ask()


def test_working_time_needs_a_calendar() -> None:
    with pytest.raises(ValueError, match="calendar"):
        WorkingTime(None).working_days_after(in_shanghai(11, 7), 1)


def test_leave_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(InvalidInput, match="end after it starts"):
        Absence(in_shanghai(11, 7), in_shanghai(11, 7))


# Properties

# A calendar that is open for half an hour a week is walked for years, on a machine that may be busy.
patiently = settings(deadline=None)
DAYS = st.integers(1, 20)
# A microsecond of a day with one minute of work is a millisecond and a half of one that is open all the time.
ROUNDING = timedelta(milliseconds=2)
LENGTHS = st.integers(1, 20 * 60).map(lambda minutes: minutes * MINUTE)


@patiently
@given(working_times(), instants, instants, LENGTHS, DAYS)
def test_whoever_starts_later_is_due_no_earlier(
    time: WorkingTime, one: datetime, other: datetime, length: timedelta, days: int
) -> None:
    earlier, later = sorted((one, other))

    assert time.elapsed_after(earlier, length) <= time.elapsed_after(later, length)
    assert time.working_time_after(earlier, length) <= time.working_time_after(later, length)
    assert time.working_days_after(earlier, days) <= time.working_days_after(later, days)


@patiently
@given(working_times(), instants, LENGTHS, LENGTHS)
def test_two_lengths_one_after_the_other_are_their_sum(
    time: WorkingTime, start: datetime, first: timedelta, second: timedelta
) -> None:
    for after in (time.elapsed_after, time.working_time_after):
        assert after(after(start, first), second) == after(start, first + second)


@patiently
@given(working_times(), instants, DAYS, DAYS)
def test_working_days_add_up(time: WorkingTime, start: datetime, first: int, second: int) -> None:
    at_once = time.working_days_after(start, first + second)
    in_two = time.working_days_after(time.working_days_after(start, first), second)

    assert at_once <= in_two <= time.working_time_after(at_once, ROUNDING)


@patiently
@given(working_times(), instants, LENGTHS, DAYS)
def test_no_deadline_falls_into_closed_time(time: WorkingTime, start: datetime, length: timedelta, days: int) -> None:
    for due_at in (time.working_time_after(start, length), time.working_days_after(start, days)):
        just_before = due_at - timedelta(microseconds=1)
        assert time.is_open(just_before)
    assert time.is_open(time.next_open(start))
    assert time.is_open(time.working_time_before(start, length))


@patiently
@given(working_times(), instants, LENGTHS, DAYS)
def test_before_takes_back_what_after_gave(time: WorkingTime, start: datetime, length: timedelta, days: int) -> None:
    begins = time.next_open(start)

    assert time.working_time_before(time.working_time_after(begins, length), length) == begins
    assert time.elapsed_after(time.elapsed_before(start, length), length) <= start
    back = time.working_days_before(time.working_days_after(begins, days), days)
    assert begins <= back <= time.working_time_after(begins, ROUNDING)
