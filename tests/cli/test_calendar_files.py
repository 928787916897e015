"""Calendars out of the files that people have."""

from datetime import date
from pathlib import Path

import pytest

from clew.routing.v1 import calendars_pb2 as pb
from cli.calendar_file import FileDay, imported_dates, read_csv_days
from cli.calendars import a_deadline, read_hours, read_years, years_in_words
from cli.calling import Unusable
from cli.icalendar_file import read_icalendar_days
from tests.routing.calendars.calendars import in_shanghai


def a_file(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def an_icalendar(folder: Path, *events: str) -> Path:
    """Each event as its lines within; the first event begins on line 3."""
    body = "".join(f"BEGIN:VEVENT\n{event}\nEND:VEVENT\n" for event in events)
    return a_file(folder, "days.ics", f"BEGIN:VCALENDAR\nVERSION:2.0\n{body}END:VCALENDAR\n".replace("\n", "\r\n"))


def told(days: list[FileDay]) -> list[tuple[str, bool, str]]:
    return [(str(one.day), one.working, one.name) for one in days]


NATIONAL_DAY = "DTSTART;VALUE=DATE:20261001\nDTEND;VALUE=DATE:20261004\nSUMMARY:国庆节"


# CSV


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_with_chinese_headers_is_read_in_the_encoding_that_it_has(tmp_path: Path, encoding: str) -> None:
    text = "日期,类型,名称,时间\n2026/10/1,节假日,国庆节,\n2026年10月10日,补班,国庆节调休上班,9:00-12:00;13:00-18:00\n"

    days = read_csv_days(a_file(tmp_path, "days.csv", text.encode(encoding)))

    assert days == [
        FileDay(2, date(2026, 10, 1), False, "国庆节"),
        FileDay(3, date(2026, 10, 10), True, "国庆节调休上班", ("09:00-12:00", "13:00-18:00")),
    ]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("2026-02-30,holiday,x,", "line 3, column Date: '2026-02-30' is no date"),
        ("1.10.2026,holiday,x,", "line 3, column Date: '1.10.2026' is no date"),
        ("2026-10-01,weekend,x,", "line 3, column kind: 'weekend' is no kind"),
        ("2026-10-01,,x,", "line 3, column kind: '' is no kind"),
        ("2026-10-10,working,x,9-12", "line 3, column hours: '9-12' is no span"),
        ("2026-10-01,holiday,x,09:00-12:00", "line 3, column hours: a holiday has no hours"),
        ("2026-10-01,holiday,x,,,y", "line 3: 6 cells under a header of 4"),
    ],
)
def test_a_bad_cell_is_refused_by_its_line_and_column(tmp_path: Path, row: str, problem: str) -> None:
    path = a_file(tmp_path, "days.csv", f"Date,kind,name,hours\n2026-01-01,holiday,元旦,\n{row}\n")

    with pytest.raises(Unusable) as refusal:
        read_csv_days(path)

    assert str(refusal.value).startswith(f"days.csv {problem}")


def test_a_table_without_dates_is_refused_with_the_headers_that_are_needed(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match=r"no column that names a date .*日期,类型"):
        read_csv_days(a_file(tmp_path, "days.csv", "name,phone\n李雷,138\n"))


# iCalendar


def test_whole_day_events_are_holidays_until_the_day_before_their_end(tmp_path: Path) -> None:
    days = read_icalendar_days(an_icalendar(tmp_path, NATIONAL_DAY, "DTSTART;VALUE=DATE:20270101\nSUMMARY:元旦"))

    assert told(days) == [
        ("2026-10-01", False, "国庆节"),
        ("2026-10-02", False, "国庆节"),
        ("2026-10-03", False, "国庆节"),
        ("2027-01-01", False, "元旦"),
    ]


@pytest.mark.parametrize(
    ("event", "name"),
    [
        ("SUMMARY:国庆节补班", "国庆节"),
        ("SUMMARY:国庆节（班）", "国庆节"),
        ("SUMMARY:国庆节 调休上班", "国庆节"),
        ("SUMMARY:盘点\nCATEGORIES:Office,Working", "盘点"),
    ],
)
def test_a_make_up_day_is_known_by_its_summary_or_category(tmp_path: Path, event: str, name: str) -> None:
    days = read_icalendar_days(an_icalendar(tmp_path, f"DTSTART;VALUE=DATE:20261010\n{event}"))

    assert told(days) == [("2026-10-10", True, name)]


def test_what_marks_a_make_up_day_can_be_said(tmp_path: Path) -> None:
    path = an_icalendar(tmp_path, "DTSTART;VALUE=DATE:20261010\nSUMMARY:swap day")

    assert [one.working for one in read_icalendar_days(path)] == [False]
    assert [one.working for one in read_icalendar_days(path, "swap")] == [True]
    with pytest.raises(Unusable, match="no pattern"):
        read_icalendar_days(path, "(")


def test_where_days_off_are_marked_a_mere_festival_is_none(tmp_path: Path) -> None:
    path = an_icalendar(
        tmp_path,
        f"{NATIONAL_DAY}（休）\nX-APPLE-SPECIAL-DAY:WORK-HOLIDAY\nDURATION:P1D",
        "DTSTART;VALUE=DATE:20261010\nSUMMARY:国庆节（班）\nX-APPLE-SPECIAL-DAY:ALTERNATE-WORKDAY",
        "DTSTART;VALUE=DATE:20260819\nSUMMARY:七夕",
    )

    days = read_icalendar_days(path)

    assert [(str(one.day)[5:], one.working) for one in days] == [
        ("10-01", False),
        ("10-02", False),
        ("10-03", False),
        ("10-10", True),
    ]
    assert {one.name for one in days} == {"国庆节"}


def test_folded_lines_escapes_nested_parts_and_cancelled_events_are_read_as_the_format_says(tmp_path: Path) -> None:
    path = an_icalendar(
        tmp_path,
        'DTSTART;VALUE=DATE:20261001\nDURATION:P1W\nSUMMARY;LANGUAGE="a:b":国庆\n 节\\, 中秋\n'
        "BEGIN:VALARM\nSUMMARY:补班\nEND:VALARM",
        "DTSTART;VALUE=DATE:20261224\nSUMMARY:聚会\nSTATUS:CANCELLED",
    )

    days = read_icalendar_days(path)

    assert {one.name for one in days} == {"国庆节, 中秋"}
    assert [str(one.day) for one in days][::6] == ["2026-10-01", "2026-10-07"]


@pytest.mark.parametrize(
    ("event", "problem"),
    [
        ("SUMMARY:x", "line 3: this event has no DTSTART"),
        ("SUMMARY:x\nDTSTART:20261001T090000", "line 5: the event has a time of day"),
        ("SUMMARY:x\nDTSTART;VALUE=DATE:20261301", "line 5: '20261301' is no date"),
        ("DTSTART;VALUE=DATE:20261001\nDTEND;VALUE=DATE:20260901", "line 5: an event from 2026-10-01 lasts -30 days"),
        ("DTSTART;VALUE=DATE:20261001\nDTEND;VALUE=DATE:20271001", "line 5: an event from 2026-10-01 lasts 365 days"),
        ("DTSTART;VALUE=DATE:20261001\nDURATION:PT8H", "line 5: 'PT8H' is not a length of whole days"),
        ("DTSTART;VALUE=DATE:20261001\nRRULE:FREQ=YEARLY", "line 5: RRULE repeats an event"),
        ("what is this", "line 4: 'what is this' is no line of an iCalendar file"),
        ("END:VTODO", "line 4: END:VTODO ends nothing that began"),
    ],
)
def test_an_event_that_cannot_be_read_is_refused_by_its_line(tmp_path: Path, event: str, problem: str) -> None:
    with pytest.raises(Unusable) as refusal:
        read_icalendar_days(an_icalendar(tmp_path, event))

    assert str(refusal.value).startswith(f"days.ics {problem}")


def test_a_file_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="cut off"):
        read_icalendar_days(a_file(tmp_path, "days.ics", "BEGIN:VCALENDAR\nBEGIN:VEVENT\n"))


# Both


def test_two_holidays_on_one_date_are_one_with_both_names() -> None:
    days = [FileDay(n, date(2025, 10, 6), False, name) for n, name in enumerate(("国庆节", "中秋节", "中秋节"))]

    [one] = imported_dates("days.csv", days)

    assert (one.date, one.kind, one.name) == ("2025-10-06", pb.DATE_KIND_HOLIDAY, "国庆节、中秋节")


def test_a_date_that_is_two_things_is_refused_by_both_lines() -> None:
    day = date(2025, 10, 11)

    with pytest.raises(Unusable, match="line 9: 2025-10-11 is there already, on line 4"):
        list(imported_dates("days.csv", [FileDay(4, day, False, "x"), FileDay(9, day, True, "x")]))


# What is typed


def test_hours_are_those_of_each_weekday() -> None:
    hours = read_hours("Mon-Thu 9:00-12:00, 13:00-18:00; fri 09:00-24:00")

    assert [(one.weekday, list(one.spans)) for one in hours] == [
        *((weekday, ["09:00-12:00", "13:00-18:00"]) for weekday in range(1, 5)),
        (5, ["09:00-24:00"]),
    ]


@pytest.mark.parametrize(
    "text", ["9-18", "Mon", "Mon 9-18", "Fri-Mon 09:00-18:00", "Mo 09:00-18:00", "Mon 09:00-25:00"]
)
def test_what_are_no_hours_is_refused(text: str) -> None:
    with pytest.raises(Unusable, match="hours"):
        read_hours(text)


def test_a_weekday_has_its_hours_once() -> None:
    with pytest.raises(Unusable, match="names a weekday again"):
        read_hours("Mon-Fri 09:00-18:00; Wed 09:00-12:00")


def test_years_are_told_as_they_are_typed() -> None:
    assert years_in_words(read_years("2028,2004-2006")) == "2004-2006, 2028"
    with pytest.raises(Unusable, match="no year"):
        read_years("2025,soon")


@pytest.mark.parametrize(
    ("text", "field", "seconds"),
    [
        ("8wh", "working_time", 28800),
        ("90wm", "working_time", 5400),
        ("3d", "elapsed", 259200),
        ("45m", "elapsed", 2700),
    ],
)
def test_a_length_says_how_it_is_counted(text: str, field: str, seconds: int) -> None:
    request = a_deadline("cn", in_shanghai(11, 10), text)

    assert (request.WhichOneof("length"), getattr(request, field).seconds) == (field, seconds)


def test_working_days_are_whole_and_what_is_no_length_is_refused() -> None:
    assert a_deadline("cn", in_shanghai(11, 10), "10wd").working_days == 10
    for text in ("10", "wd", "1.5wd", "-1wd", "10 days"):
        with pytest.raises(Unusable, match="A length is"):
            a_deadline("cn", in_shanghai(11, 10), text)
