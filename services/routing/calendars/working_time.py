"""The one measure of time by which every deadline is computed, shown and enforced.

Each measure is a clock W that runs or stands still. `after(t, d)` is the first instant u ≥ t with
W(u) − W(t) ≥ d, `before(t, d)` the last u ≤ t with W(t) − W(u) ≥ d. So what would be due at Monday's opening is
due at Friday's close: by then as much has passed. In closed time counting begins at the next opening.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property

from services.routing.calendars.calendar import Calendar, Spans, from_micros, to_micros
from services.routing.calendars.clock import days_after, merged, time_after, time_between, turned, without
from services.shared.refusals import InvalidInput, Refused

LEAVE = "leave"
CLOSED = "closed"

# How far a deadline is looked for.
HORIZON_DAYS = 3660
# Without a calendar a clock runs always.
_ALWAYS: Spans = ((to_micros(datetime.min.replace(tzinfo=UTC)), to_micros(datetime.max.replace(tzinfo=UTC))),)
_MICROSECOND = timedelta(microseconds=1)

# A calendar's part in a measure: what of a date the clock runs.
_DateSpans = Callable[[int], Spans]


class OutOfReach(Refused):
    """The calendar has too little open time, or none: the deadline would not come within ten years."""

    def __init__(self, calendar: Calendar | None, start: datetime) -> None:
        super().__init__(
            "DEADLINE_OUT_OF_REACH",
            f"By calendar {calendar} no such deadline comes within {HORIZON_DAYS} days of "
            f"{start.astimezone(UTC):%Y-%m-%d %H:%M} UTC: give the calendar opening hours, or shorten the period.",
            calendar=calendar.code if calendar else "",
        )


@dataclass(frozen=True)
class Absence:
    """A rep's leave, from an instant until another."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise InvalidInput("ends_at", f"Leave must end after it starts; this would end {self.end.isoformat()}.")


@dataclass(frozen=True)
class Stop:
    """A time that a deadline was carried over, and why: a holiday's name, `leave` or `closed`."""

    start: datetime
    end: datetime
    why: str


@dataclass(frozen=True)
class WorkingTime:
    """Time as it passes for one rep. Without a calendar there is only elapsed time: asking for more is a ValueError.

    Raises OutOfReach where a calendar's open time does not suffice.
    """

    calendar: Calendar | None
    absences: tuple[Absence, ...] = ()

    def elapsed_after(self, start: datetime, length: timedelta) -> datetime:
        """Time as it elapses; it stands still during leave and during closures longer than 3 days."""
        return self._found(time_after(self._elapsed(start), to_micros(start), length // _MICROSECOND), start)

    def elapsed_before(self, deadline: datetime, length: timedelta) -> datetime:
        days = self._elapsed(deadline, back=True)
        return self._found_back(time_after(days, -to_micros(deadline), length // _MICROSECOND), deadline)

    def working_time_after(self, start: datetime, length: timedelta) -> datetime:
        """Open time less leave."""
        return self._found(time_after(self._working(start), to_micros(start), length // _MICROSECOND), start)

    def working_time_before(self, deadline: datetime, length: timedelta) -> datetime:
        days = self._working(deadline, back=True)
        return self._found_back(time_after(days, -to_micros(deadline), length // _MICROSECOND), deadline)

    def working_days_after(self, start: datetime, days: int) -> datetime:
        """The same fraction of a working day, so many working days later; leave takes its part of each day."""
        stream, whole = self._working(start), self._without_leave._working(start)
        return self._found(days_after(stream, whole, to_micros(start), days), start)

    def working_days_before(self, deadline: datetime, days: int) -> datetime:
        stream, whole = self._working(deadline, back=True), self._without_leave._working(deadline, back=True)
        return self._found_back(days_after(stream, whole, -to_micros(deadline), days), deadline)

    def share_after(self, start: datetime, end: datetime, percent: int) -> datetime:
        """When so much of the time from start to end is over: of the working time, else of what elapses.

        The end, where no time passes between them.
        """
        first, last = to_micros(start), to_micros(end)
        for measure in (self._working, self._elapsed) if self.calendar else (self._elapsed,):
            if total := time_between(measure(start), first, last):
                return self._found(time_after(measure(start), first, -(-total * percent // 100)), start)
        return end

    def next_open(self, instant: datetime) -> datetime:
        """The first instant from then on at which the rep works; without a calendar, is not on leave."""
        measure = self._working if self.calendar else self._elapsed
        return self._found(time_after(measure(instant), to_micros(instant), 0), instant)

    def is_open(self, instant: datetime) -> bool:
        """Whether the rep works then; at closing time not any more."""
        moment = to_micros(instant)
        return time_between((self._working if self.calendar else self._elapsed)(instant), moment, moment + 1) == 1

    def passed_over(self, start: datetime, end: datetime, *, elapsed: bool = False) -> tuple[Stop, ...]:
        """What stood still in between, ascending: leave, holidays and closures longer than 3 days.

        A holiday is told with the closed days beside it, nights and plain weekends are not. Elapsed time passes
        in short closures: for it only the long ones are told.
        """
        first, last = to_micros(start), to_micros(end)
        stops = [(begin, until, LEAVE) for begin, until in self._absent]
        if self.calendar:
            stops += _closures(self.calendar, start, end, elapsed)
        return tuple(
            Stop(from_micros(max(begin, first)), from_micros(min(until, last)), why)
            for begin, until, why in sorted(stops)
            if max(begin, first) < min(until, last)
        )

    def provisional_years(self, start: datetime, end: datetime) -> tuple[int, ...]:
        """The local years in between whose holidays are not published yet."""
        if self.calendar is None:
            return ()
        zone = self.calendar.zone
        years = range(start.astimezone(zone).year, end.astimezone(zone).year + 1)
        return tuple(year for year in years if year not in self.calendar.published)

    @property
    def _without_leave(self) -> "WorkingTime":
        return WorkingTime(self.calendar)

    @cached_property
    def _absent(self) -> Spans:
        return merged((to_micros(absence.start), to_micros(absence.end)) for absence in self.absences)

    def _elapsed(self, instant: datetime, *, back: bool = False) -> Iterator[Spans]:
        if self.calendar:
            return self._days(self.calendar, self.calendar.running_micros, instant, back)
        spans = without(_ALWAYS, self._absent)
        return iter([turned(spans) if back else spans])

    def _working(self, instant: datetime, *, back: bool = False) -> Iterator[Spans]:
        if self.calendar is None:
            raise ValueError("Working time needs a calendar.")
        return self._days(self.calendar, self.calendar.open_micros, instant, back)

    def _days(self, calendar: Calendar, spans_on: _DateSpans, instant: datetime, back: bool) -> Iterator[Spans]:
        """From the date of an instant on, less leave. A clock put back over midnight shows the date before again:
        looking back begins with the one after what it shows."""
        today, absent = calendar.ordinal_of(instant), self._absent
        dates = range(today + 1, today - HORIZON_DAYS, -1) if back else range(today, today + HORIZON_DAYS)
        for ordinal in dates:
            spans = spans_on(ordinal)
            if absent and spans:
                spans = without(spans, absent)
            yield turned(spans) if back else spans

    def _found(self, micros: int | None, start: datetime) -> datetime:
        if micros is None:
            raise OutOfReach(self.calendar, start)
        return from_micros(micros)

    def _found_back(self, micros: int | None, deadline: datetime) -> datetime:
        return self._found(None if micros is None else -micros, deadline)


def _closures(calendar: Calendar, start: datetime, end: datetime, elapsed: bool) -> list[tuple[int, int, str]]:
    """Runs of closed dates with a holiday among them, or longer than 3 days."""
    closures = []
    first, last = calendar.ordinal_of(start), calendar.ordinal_of(end)
    run: list[int] = []
    for ordinal in range(first - 1, last + 2):
        if not calendar.open_micros(ordinal) and ordinal <= last:
            run.append(ordinal)
        elif run:
            exceptions = (calendar.days.get(date.fromordinal(each)) for each in run)
            names = dict.fromkeys(exception.name for exception in exceptions if exception)
            if any(map(calendar.in_long_closure, run)) or (names and not elapsed):
                why = "、".join(filter(None, names)) or CLOSED
                closures.append((calendar.start_micros(run[0]), calendar.start_micros(run[-1] + 1), why))
            run = []
    return closures
