"""Wall times of a calendar as instants, also on the days when clocks are moved."""

import json
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routing.calendars.calendar import Calendar, DateKind, Span, parse_spans
from services.routing.calendars.imported import Imported, ImportedDay
from services.shared.refusals import InvalidInput
from tests.routing.calendars.calendars import OFFICE_HOURS, WEEKDAYS, ZONES, a_calendar, calendars

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
BERLIN = ZoneInfo("Europe/Berlin")
FORWARD, BACK = date(2025, 3, 30), date(2025, 10, 26)


def lengths(day: date, *spans: str, zone: ZoneInfo = BERLIN) -> list[timedelta]:
    calendar = a_calendar(zone, (parse_spans(spans),) * 7, {})
    return [closes - opens for opens, closes in calendar.open_spans(day)]


def test_an_ordinary_day_opens_and_closes_by_its_wall_clock() -> None:
    assert a_calendar().open_spans(date(2025, 11, 7)) == (
        (datetime(2025, 11, 7, 1, tzinfo=UTC), datetime(2025, 11, 7, 4, tzinfo=UTC)),
        (datetime(2025, 11, 7, 5, tzinfo=UTC), datetime(2025, 11, 7, 10, tzinfo=UTC)),
    )


@pytest.mark.parametrize(
    ("day", "spans", "expected"),
    [
        (FORWARD, ["00:00-24:00"], [23 * HOUR]),
        (BACK, ["00:00-24:00"], [25 * HOUR]),
        (FORWARD, ["01:30-03:30"], [HOUR]),
        # The hour from 02:00 to 03:00 never was.
        (FORWARD, ["02:00-03:00"], []),
        (FORWARD, ["01:30-02:30", "02:30-03:30"], [30 * MINUTE, 30 * MINUTE]),
        # It came twice: a span within it is its first coming, a span around it has both.
        (BACK, ["02:00-02:30"], [30 * MINUTE]),
        (BACK, ["01:30-03:30"], [3 * HOUR]),
        (BACK, ["01:30-02:30", "02:30-03:30"], [HOUR, 2 * HOUR]),
    ],
)
def test_a_moved_clock_never_makes_a_span_negative_nor_counts_it_twice(
    day: date, spans: list[str], expected: list[timedelta]
) -> None:
    assert lengths(day, *spans) == expected


def test_a_date_that_a_zone_skipped_is_never_open() -> None:
    assert lengths(date(2011, 12, 30), "00:00-24:00", zone=ZoneInfo("Pacific/Apia")) == []


@given(calendars(), st.dates(date(2025, 1, 1), date(2025, 12, 31)))
def test_spans_of_dates_in_a_row_are_ascending_and_never_overlap(calendar: Calendar, day: date) -> None:
    spans = [span for n in range(3) for span in calendar.open_spans(day + timedelta(n))]

    assert all(opens < closes for opens, closes in spans)
    assert all(earlier[1] <= later[0] for earlier, later in pairwise(spans))


@given(st.sampled_from(ZONES), st.dates(date(2025, 1, 1), date(2025, 12, 31)))
def test_a_day_that_is_always_open_ends_when_the_next_one_begins(zone: ZoneInfo, day: date) -> None:
    always = a_calendar(zone, ((Span(0, 1440),),) * 7, {})

    [(_, closes)], [(opens, _)] = always.open_spans(day), always.open_spans(day + timedelta(1))

    assert closes == opens


def test_a_date_is_what_its_name_says_before_its_weekday() -> None:
    calendar = a_calendar()
    kinds = [calendar.kind_of(date(2025, 10, day)) for day in (8, 9, 11, 12)]

    assert kinds == [DateKind.HOLIDAY, DateKind.WORKING, DateKind.MAKE_UP, DateKind.WEEKEND]
    assert [calendar.name_of(date(2025, 10, day)) for day in (8, 9)] == ["国庆节", ""]


@given(calendars())
def test_a_calendar_survives_being_stored(calendar: Calendar) -> None:
    stored = json.loads(json.dumps(calendar.to_body()))

    assert Calendar.from_body(calendar.code, calendar.version, stored) == calendar


def test_an_import_survives_being_stored() -> None:
    days = {date(2025, 10, 11): ImportedDay(make_up=True, name="国庆节", spans=OFFICE_HOURS)}
    imported = Imported("cn-xj", "新疆", "Asia/Urumqi", "cn", WEEKDAYS, days, frozenset({2025}))

    assert Imported.from_body("cn-xj", json.loads(json.dumps(imported.to_body()))) == imported


@pytest.mark.parametrize(
    "text", ["9-12", "09:00", "09:60-10:00", "12:00-09:00", "09:00-24:01", "-1:00-02:00", "x-y", ""]
)
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        Span.parse(text)


def test_a_span_is_read_as_it_is_written() -> None:
    assert [str(Span.parse(text)) for text in ("9:00-12:30", "00:00-24:00")] == ["09:00-12:30", "00:00-24:00"]
