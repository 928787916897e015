"""Deadlines held against a clock that is walked minute by minute, and knows nothing of how they are computed."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from services.routing.calendars.working_time import WorkingTime
from tests.routing.calendars.calendars import working_times

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)

# Where clocks are moved in Havana, New York and Berlin, and around the holidays of 2025.
starts = st.builds(
    lambda day, minutes: day.astimezone(UTC) + minutes * MINUTE,
    st.sampled_from([datetime(2025, *day, tzinfo=UTC) for day in ((1, 24), (3, 8), (3, 28), (10, 24), (11, 1))]),
    st.integers(0, 3 * 24 * 60),
)


class Moment(NamedTuple):
    """A minute, the local date that it belongs to, and which clocks run in it."""

    begins: datetime
    day: date
    ordinarily_open: bool
    # Less leave.
    open: bool
    elapses: bool


def walk(time: WorkingTime, start: datetime) -> list[Moment]:
    """From two days before the start until ten after it; beside that only as far as long closures reach."""
    calendar = time.calendar
    assert calendar is not None
    minutes = [start - 5 * DAY + n * MINUTE for n in range(19 * 24 * 60)]
    # A clock that is put back shows again what it has shown: nobody opens or closes twice.
    latest = datetime.min  # noqa: DTZ901  # a wall clock has no zone
    shown = []
    for minute in minutes:
        latest = max(latest, minute.astimezone(calendar.zone).replace(tzinfo=None))
        shown.append(latest)
    hours = {day: calendar.spans_on(day) for day in {wall.date() for wall in shown}}
    open_by_calendar = [
        any(span.opens <= wall.hour * 60 + wall.minute < span.closes for span in hours[wall.date()]) for wall in shown
    ]
    open_dates = {wall.date() for wall, is_open in zip(shown, open_by_calendar, strict=True) if is_open}

    def closed_for_long(day: date) -> bool:
        return any(all(day + (n + k) * DAY not in open_dates for k in range(4)) for n in range(-3, 1))

    long_closures = {day for day in hours if closed_for_long(day)}
    moments = []
    for minute, wall, is_open in zip(minutes, shown, open_by_calendar, strict=True):
        present = not any(absence.start <= minute < absence.end for absence in time.absences)
        moments.append(
            Moment(minute, wall.date(), is_open, is_open and present, present and wall.date() not in long_closures)
        )
    return [moment for moment in moments if -2 * DAY <= moment.begins - start < 10 * DAY]


def minute_in_which(moments: list[Moment], start: datetime, amount: int, weights: Sequence[int | Fraction]) -> datetime:
    """The end of the minute in which the amount is reached; the end of the walk if it is not."""
    passed: int | Fraction = 0
    for moment, weight in zip(moments, weights, strict=True):
        if moment.begins >= start:
            # Adding what is nothing costs as much with fractions.
            passed = passed + weight if weight else passed
            if passed >= amount:
                return moment.begins + MINUTE
    return moments[-1].begins + MINUTE


@settings(max_examples=20, deadline=None)
@given(working_times(), starts, st.integers(1, 4000))
def test_lengths_are_those_of_the_minutes_that_count(time: WorkingTime, start: datetime, minutes: int) -> None:
    moments = walk(time, start)
    end = moments[-1].begins + MINUTE
    open_minutes = [int(moment.open) for moment in moments]
    elapsing = [int(moment.elapses) for moment in moments]

    working = minute_in_which(moments, start, minutes, open_minutes)
    elapsed = minute_in_which(moments, start, minutes, elapsing)

    assert min(end, time.working_time_after(start, minutes * MINUTE)) == working
    assert min(end, time.elapsed_after(start, minutes * MINUTE)) == elapsed


@settings(max_examples=20, deadline=None)
@given(working_times(), starts, st.integers(1, 8))
def test_working_days_are_those_of_the_minutes_that_count(time: WorkingTime, start: datetime, days: int) -> None:
    moments = walk(time, start)
    lengths = Counter(moment.day for moment in moments if moment.ordinarily_open)
    parts = [Fraction(1, lengths[moment.day]) if moment.open else 0 for moment in moments]
    # The last date of the walk is cut off, so its length is not known.
    end = moments[-1].begins - DAY

    due_at = time.working_days_after(start, days)
    oracle = minute_in_which(moments, start, days, parts)

    assert (due_at > end and oracle > end) or timedelta(0) <= oracle - due_at < MINUTE
