"""Calendars as tests need them: an office's week, mainland China's 2025, and any that Hypothesis thinks of."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from services.routing.calendars.calendar import Calendar, Day, Span
from services.routing.calendars.working_time import Absence, WorkingTime

SHANGHAI = ZoneInfo("Asia/Shanghai")
ZONES = [SHANGHAI, ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York"), ZoneInfo("America/Havana")]

OFFICE_HOURS = (Span.parse("09:00-12:00"), Span.parse("13:00-18:00"))
WEEKDAYS = (*(OFFICE_HOURS,) * 5, (), ())

# The State Council's notice for 2025: Spring Festival from 28 January, 国庆节 and 中秋节 from 1 October.
CHINA_2025 = {
    **{date(2025, 1, 28) + timedelta(n): Day((), "春节") for n in range(8)},
    **{date(2025, 10, 1) + timedelta(n): Day((), "国庆节") for n in range(8)},
    **{day: Day(OFFICE_HOURS, "春节") for day in (date(2025, 1, 26), date(2025, 2, 8))},
    **{day: Day(OFFICE_HOURS, "国庆节") for day in (date(2025, 9, 28), date(2025, 10, 11))},
}


def a_calendar(
    zone: ZoneInfo = SHANGHAI,
    week: tuple[tuple[Span, ...], ...] = WEEKDAYS,
    days: Mapping[date, Day] = CHINA_2025,
    published: frozenset[int] = frozenset({2025}),
) -> Calendar:
    return Calendar("cn", 1, zone, week, days, published)


def in_shanghai(month: int, day: int, hour: int = 0, minute: int = 0, year: int = 2025) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


# Around both changes of the clock in 2025, in Europe and in America.
instants = st.integers(0, 365 * 24 * 60).map(
    lambda minutes: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@st.composite
def spans(draw: st.DrawFn) -> tuple[Span, ...]:
    """None to three in a day; often at night, when clocks are moved."""
    edges = sorted(draw(st.sets(st.integers(0, 48), max_size=6)))
    return tuple(Span(opens * 30, closes * 30) for opens, closes in zip(edges[::2], edges[1::2], strict=False))


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Open on at least one day of the week, with holidays and make-up days in 2025."""
    week = tuple(draw(st.tuples(*[spans()] * 7).filter(any)))
    dates = st.dates(date(2025, 1, 1), date(2025, 12, 31))
    days = draw(st.dictionaries(dates, st.builds(Day, spans(), st.sampled_from(["国庆节", "春节"])), max_size=12))
    closed_from, closed_days = draw(dates), draw(st.integers(0, 8))
    days |= {closed_from + timedelta(n): Day((), "closed") for n in range(closed_days)}
    return a_calendar(draw(st.sampled_from(ZONES)), week, days)


@st.composite
def working_times(draw: st.DrawFn) -> WorkingTime:
    starts = draw(st.lists(st.tuples(instants, st.integers(1, 6 * 24 * 60)), max_size=3))
    absences = tuple(Absence(start, start + timedelta(minutes=minutes)) for start, minutes in starts)
    return WorkingTime(draw(calendars()), absences)
