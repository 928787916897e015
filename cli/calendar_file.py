"""Holidays and make-up days out of a file: a CSV table here, an iCalendar file in cli/icalendar_file.py.

What cannot be read is refused by file and line: a calendar that is half read would move deadlines unseen.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from clew.routing.v1 import calendars_pb2 as pb
from cli.calling import Unusable
from cli.demo.csv_file import Record, read_csv

COLUMNS = {
    "date": "date",
    "日期": "date",
    "kind": "kind",
    "type": "kind",
    "类型": "kind",
    "name": "name",
    "名称": "name",
    "节日": "name",
    "hours": "hours",
    "时间": "hours",
    "工作时间": "hours",
}
WORKING = {
    **dict.fromkeys(("holiday", "节假日", "假日", "放假", "休"), False),
    **dict.fromkeys(("working", "make-up", "工作日", "上班", "补班", "调休上班", "班"), True),
}
WANTED = ("a date and another that says what it is", "date,kind,name,hours or 日期,类型,名称,时间")
SPAN = re.compile(r"([01]?\d|2[0-3]):[0-5]\d-(([01]?\d|2[0-3]):[0-5]\d|24:00)")


@dataclass(frozen=True)
class FileDay:
    """A date of a file, and the line that it is on."""

    line: int
    day: date
    working: bool
    name: str
    spans: tuple[str, ...] = ()


def read_csv_days(path: Path) -> list[FileDay]:
    """A date a row. Raises Unusable naming line and column."""
    table = read_csv(path, recognise, WANTED)
    for bad in table.bad_lines:
        raise Unusable(f"{path.name} line {bad.line}: {bad.reason}.")
    titles = {COLUMNS[title.lower()]: title for title in table.header.cells if title.lower() in COLUMNS}
    places = {column: table.header.cells.index(title) for column, title in titles.items()}
    return [_day_of(path.name, titles, places, record) for record in table.records]


def recognise(cells: Sequence[str]) -> int:
    """How many cells of a header are known; none where the date or its kind is missing."""
    known = {COLUMNS[cell.lower()] for cell in cells if cell.lower() in COLUMNS}
    return len(known) if {"date", "kind"} <= known else 0


def _day_of(name: str, titles: Mapping[str, str], places: Mapping[str, int], record: Record) -> FileDay:
    def cell(column: str) -> str:
        return record.cells[places[column]] if column in places else ""

    def bad(column: str, problem: str) -> Unusable:
        return Unusable(f"{name} line {record.line}, column {titles[column]}: {problem}")

    kind = cell("kind").lower()
    if kind not in WORKING:
        raise bad("kind", f"{cell('kind')!r} is no kind: write holiday (节假日) or working (补班).")
    written = re.fullmatch(r"(\d{4})[-/年](\d{1,2})[-/月](\d{1,2})日?", cell("date"))
    try:
        day = date(*map(int, written.groups())) if written else None
    except ValueError:
        day = None
    if day is None:
        raise bad("date", f"{cell('date')!r} is no date: write it as 2026-10-01.")
    spans = tuple(filter(None, re.split(r"[,;，；\s]+", cell("hours"))))
    for span in spans:
        if not SPAN.fullmatch(span):
            raise bad("hours", f"{span!r} is no span: write it as 09:00-12:00, several with a semicolon between.")
    if spans and not WORKING[kind]:
        raise bad("hours", "a holiday has no hours.")
    return FileDay(record.line, day, WORKING[kind], cell("name"), tuple(map(padded, spans)))


def padded(span: str) -> str:
    """`9:00-12:00` as the contract writes it."""
    return "-".join(part.rjust(5, "0") for part in span.split("-"))


def imported_dates(name: str, days: Sequence[FileDay]) -> Iterator[pb.ImportedDate]:
    """Ascending. Two holidays on one date are one with both names. Raises Unusable where a date is two things."""
    by_day: dict[date, FileDay] = {}
    for one in days:
        other = by_day.get(one.day)
        if other is None:
            by_day[one.day] = one
        elif one.working or other.working:
            raise Unusable(f"{name} line {one.line}: {one.day} is there already, on line {other.line}.")
        elif one.name not in other.name.split("、"):
            by_day[one.day] = FileDay(other.line, one.day, False, f"{other.name}、{one.name}")
    for day, one in sorted(by_day.items()):
        kind = pb.DATE_KIND_MAKE_UP if one.working else pb.DATE_KIND_HOLIDAY
        yield pb.ImportedDate(date=day.isoformat(), kind=kind, name=one.name, spans=one.spans)
