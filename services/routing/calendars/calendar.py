"""Working calendars: when people work, in the zone where they work.

A wall time means the first instant at which the clock there shows it or a later one. So where a clock is put
forward a span loses the hour that never was, where it is put back a span keeps the hour that came twice, and
spans never overlap nor end before they begin.

Inside, instants are whole microseconds since 1970 (UTC) and dates are ordinals (`date.toordinal`): a deadline
walks over many days, and integers are exact and fast.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from services.shared.refusals import InvalidInput

# Open spans within one date, ascending: (opens, closes) in microseconds since 1970.
Spans = tuple[tuple[int, int], ...]

MINUTES_OF_A_DAY = 24 * 60
# More closed dates in a row than these are a closure during which also elapsed time stands still.
SHORT_CLOSURE_DAYS = 3

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_micros(instant: datetime) -> int:
    return (instant - _EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    return _EPOCH + timedelta(microseconds=micros)


@dataclass(frozen=True, order=True)
class Span:
    """Open from one wall time to another of the same date, in minutes since midnight: 0 to 1440 (24:00)."""

    opens: int
    closes: int

    def __post_init__(self) -> None:
        if not 0 <= self.opens < self.closes <= MINUTES_OF_A_DAY:
            raise InvalidInput("spans", f"{self} is no span: it must open before it closes, from 00:00 to 24:00.")

    def __str__(self) -> str:
        return f"{_clock(self.opens)}-{_clock(self.closes)}"

    @classmethod
    def parse(cls, text: str) -> "Span":
        """Of `09:00-12:00`."""
        opens, dash, closes = text.strip().partition("-")
        if not dash:
            raise InvalidInput("spans", f"{text!r} is no span: write it as 09:00-12:00.")
        return cls(_minutes(opens), _minutes(closes))


Week = tuple[tuple[Span, ...], ...]


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _minutes(text: str) -> int:
    hours, colon, minutes = text.strip().partition(":")
    written_well = colon and hours.isascii() and hours.isdigit() and minutes.isascii() and minutes.isdigit()
    if not written_well or len(hours) > 2 or len(minutes) != 2 or int(minutes) > 59:
        raise InvalidInput("spans", f"{text.strip()!r} is no time of day: write it as 09:00.")
    return int(hours) * 60 + int(minutes)


@dataclass(frozen=True)
class Day:
    """A date that is not as its weekday: a holiday has no spans, a make-up working day (调休) has some."""

    spans: tuple[Span, ...]
    name: str


class DateKind(StrEnum):
    """What a date is, and whether by its weekday or by name."""

    WORKING = "WORKING"
    WEEKEND = "WEEKEND"
    HOLIDAY = "HOLIDAY"
    MAKE_UP = "MAKE_UP"


@dataclass(frozen=True)
class Calendar:
    """One version of a calendar; it never changes."""

    code: str
    version: int
    zone: ZoneInfo
    # Monday first.
    week: Week
    days: Mapping[date, Day]
    # Years whose holidays are known. Of any other year only the weekdays are: it is provisional.
    published: frozenset[int]
    _starts: dict[int, int] = field(default_factory=dict, init=False, repr=False, compare=False)
    _open: dict[int, Spans] = field(default_factory=dict, init=False, repr=False, compare=False)
    _running: dict[int, Spans] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.week) != 7:
            raise InvalidInput("week", f"A week has 7 days, these are {len(self.week)}.")
        for spans in (*self.week, *(day.spans for day in self.days.values())):
            for earlier, later in pairwise(spans):
                if later.opens < earlier.closes:
                    raise InvalidInput("spans", f"{earlier} and {later} overlap or are not in order.")

    def __hash__(self) -> int:
        return hash((self.code, self.version))

    def __str__(self) -> str:
        return f"{self.code}@{self.version}"

    def spans_on(self, day: date) -> tuple[Span, ...]:
        """Wall times of a date."""
        exception = self.days.get(day)
        return self.week[day.weekday()] if exception is None else exception.spans

    def kind_of(self, day: date) -> DateKind:
        if day in self.days:
            return DateKind.MAKE_UP if self.days[day].spans else DateKind.HOLIDAY
        return DateKind.WORKING if self.spans_on(day) else DateKind.WEEKEND

    def name_of(self, day: date) -> str:
        """Of a holiday or make-up day; else empty."""
        return self.days[day].name if day in self.days else ""

    def open_spans(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """The open spans of a local date, in UTC."""
        return tuple((from_micros(opens), from_micros(closes)) for opens, closes in self.open_micros(day.toordinal()))

    def ordinal_of(self, instant: datetime) -> int:
        """The local date of an instant."""
        return instant.astimezone(self.zone).toordinal()

    def open_micros(self, ordinal: int) -> Spans:
        """The open spans of a local date."""
        spans = self._open.get(ordinal)
        if spans is None:
            day = date.fromordinal(ordinal)
            walls = ((self._micros(day, span.opens), self._micros(day, span.closes)) for span in self.spans_on(day))
            spans = self._open[ordinal] = tuple((opens, closes) for opens, closes in walls if opens < closes)
        return spans

    def running_micros(self, ordinal: int) -> Spans:
        """The whole local date, or nothing of it when it lies in a closure longer than 3 days."""
        spans = self._running.get(ordinal)
        if spans is None:
            whole = (self.start_micros(ordinal), self.start_micros(ordinal + 1))
            stands_still = whole[0] == whole[1] or self.in_long_closure(ordinal)
            spans = self._running[ordinal] = () if stands_still else (whole,)
        return spans

    def in_long_closure(self, ordinal: int) -> bool:
        """Among more than 3 dates in a row on which nothing is open."""
        closed_in_a_row = 0
        for each in range(ordinal - SHORT_CLOSURE_DAYS, ordinal + SHORT_CLOSURE_DAYS + 1):
            closed_in_a_row = 0 if self.open_micros(each) else closed_in_a_row + 1
            if closed_in_a_row > SHORT_CLOSURE_DAYS:
                return True
        return False

    def start_micros(self, ordinal: int) -> int:
        """When a local date begins."""
        start = self._starts.get(ordinal)
        if start is None:
            start = self._starts[ordinal] = self._micros(date.fromordinal(ordinal), 0)
        return start

    def _micros(self, day: date, minutes: int) -> int:
        """The first instant at which the clock shows this time of that date, or a later one."""
        days, minutes = divmod(minutes, MINUTES_OF_A_DAY)
        wall = datetime.combine(day + timedelta(days), time(minutes // 60, minutes % 60))
        first = wall.replace(tzinfo=self.zone).astimezone(UTC)
        if self._wall(first) != wall:
            # The clock never shows it. Before the jump it would have been now, by the clock after it earlier.
            earlier = wall.replace(tzinfo=self.zone, fold=1).astimezone(UTC)
            while first - earlier > timedelta(seconds=1):
                between = earlier + (first - earlier) // timedelta(seconds=2) * timedelta(seconds=1)
                earlier, first = (between, first) if self._wall(between) < wall else (earlier, between)
        return to_micros(first)

    def _wall(self, instant: datetime) -> datetime:
        return instant.astimezone(self.zone).replace(tzinfo=None, fold=0)

    def to_body(self) -> dict[str, Any]:
        """As JSON, without code and version."""
        return {
            "zone": self.zone.key,
            "week": week_body(self.week),
            "days": {
                day.isoformat(): {"name": exception.name, "spans": [str(span) for span in exception.spans]}
                for day, exception in sorted(self.days.items())
            },
            "published": sorted(self.published),
        }

    @classmethod
    def from_body(cls, code: str, version: int, body: Mapping[str, Any]) -> "Calendar":
        return cls(
            code=code,
            version=version,
            zone=ZoneInfo(body["zone"]),
            week=week_from(body["week"]),
            days={
                date.fromisoformat(day): Day(parse_spans(exception["spans"]), exception["name"])
                for day, exception in body["days"].items()
            },
            published=frozenset(body["published"]),
        )


def week_body(week: Week) -> list[list[str]]:
    return [[str(span) for span in spans] for spans in week]


def week_from(body: Iterable[Iterable[str]]) -> Week:
    return tuple(parse_spans(spans) for spans in body)


def parse_spans(spans: Iterable[str]) -> tuple[Span, ...]:
    return tuple(Span.parse(span) for span in spans)
