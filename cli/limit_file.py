"""A table of limits as people keep it: a CSV file of any encoding and delimiter, with Chinese or English headers."""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from clew.routing.v1 import limits_pb2 as pb
from cli.calling import Unusable
from cli.demo.csv_file import CsvFile, Record, read_csv

COLUMNS: Mapping[str, frozenset[str]] = {
    "team": frozenset({"team", "team_code", "团队", "团队编码", "小组", "部门"}),
    "grade": frozenset({"grade", "等级", "线索等级", "评级", "级别"}),
    "product": frozenset({"product", "product_code", "产品", "产品编码", "产品线"}),
    "from": frozenset({"from", "first_day", "开始", "开始日期", "起始日期", "起"}),
    "to": frozenset({"to", "last_day", "结束", "结束日期", "截止日期", "止"}),
    "limit": frozenset({"limit", "上限", "保有量", "保有量上限"}),
}
WANTED = ("the limit", "team,grade,product,from,to,limit or 团队,等级,产品,开始,结束,上限")
# What people write for a cell that binds nothing.
ANY = frozenset({"", "*", "-", "any", "all", "全部", "所有", "不限", "任意"})
DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
HIGHEST = 10_000
ERRORS_SHOWN = 20


@dataclass
class Reading:
    """What was found wrong so far, each with its line and column."""

    columns: Mapping[str, int]
    header: Sequence[str]
    errors: list[str] = field(default_factory=list)

    def cell(self, row: Record, column: str) -> str:
        at = self.columns.get(column)
        text = row.cells[at] if at is not None else ""
        return "" if text.lower() in ANY else text

    def wrong(self, row: Record, column: str, why: str) -> None:
        self.errors.append(f"line {row.line}, column {self.header[self.columns[column]]}: {why}")


def read_limits(path: Path) -> list[pb.LimitLine]:
    """The lines in their order. Raises Unusable naming line and column of everything that is wrong."""
    return _understood(path.name, read_csv(path, _recognised, WANTED))


def _recognised(header: Sequence[str]) -> int:
    columns = _columns_of(header)
    return len(columns) if "limit" in columns else 0


def _columns_of(header: Sequence[str]) -> dict[str, int]:
    """Where each column stands; of two with one meaning the first."""
    found: dict[str, int] = {}
    for at, cell in enumerate(header):
        name = re.sub(r"[\s_]+", "_", cell.strip().lower())
        meaning = next((column for column, names in COLUMNS.items() if name in names), None)
        if meaning:
            found.setdefault(meaning, at)
    return found


def _understood(name: str, file: CsvFile) -> list[pb.LimitLine]:
    reading = Reading(_columns_of(file.header.cells), file.header.cells)
    reading.errors += [f"line {bad.line}: {bad.reason}" for bad in file.bad_lines]
    lines = [_line(reading, row) for row in file.records]
    _check_repeats(reading, file.records, lines)
    if reading.errors:
        shown = reading.errors[:ERRORS_SHOWN]
        rest = len(reading.errors) - len(shown)
        raise Unusable("\n".join([f"{name} is not published:", *shown, *([f"and {rest} more"] if rest else [])]))
    return lines


def _line(reading: Reading, row: Record) -> pb.LimitLine:
    grade, product = reading.cell(row, "grade").upper(), reading.cell(row, "product")
    if grade not in ("", "A", "B", "C", "D"):
        reading.wrong(row, "grade", f"{grade!r} is no grade; A, B, C and D are, and an empty cell is any.")
    if grade and product:
        reading.wrong(row, "product", "a line is for a grade or for a product, not both: make it two lines.")
    return pb.LimitLine(
        team_code=reading.cell(row, "team"),
        grade=grade,
        product=product,
        season=_season(reading, row),
        limit=_limit(reading, row),
    )


def _limit(reading: Reading, row: Record) -> int:
    text = row.cells[reading.columns["limit"]]
    if not text.isascii() or not text.isdigit() or int(text) > HIGHEST:
        reading.wrong(row, "limit", f"{text!r} is no whole number from 0 to {HIGHEST}.")
        return 0
    return int(text)


def _season(reading: Reading, row: Record) -> pb.Season | None:
    ends = {column: reading.cell(row, column) for column in ("from", "to")}
    if not any(ends.values()):
        return None
    missing = next((column for column, text in ends.items() if not text), None)
    if missing:
        given = "to" if missing == "from" else "from"
        reading.wrong(row, given, "a season has a first and a last day; the other one is missing.")
        return None
    first, last = [_day(reading, row, column, text) for column, text in ends.items()]
    if first is None or last is None:
        return None
    if last < first:
        reading.wrong(row, "to", f"{last} is before {first}.")
    return pb.Season(first_day=str(first), last_day=str(last))


def _day(reading: Reading, row: Record, column: str, text: str) -> date | None:
    with suppress(ValueError):
        if matched := DAY.fullmatch(text):
            return date(*map(int, matched.groups()))
    reading.wrong(row, column, f"{text!r} is no day; 2026-11-01 is one.")
    return None


def _check_repeats(reading: Reading, rows: Sequence[Record], lines: Sequence[pb.LimitLine]) -> None:
    """The service refuses them too, but knows nothing of the file's lines."""
    seen: dict[tuple[str, ...], int] = {}
    for row, line in zip(rows, lines, strict=True):
        same = (line.team_code, line.grade, line.product, line.season.first_day, line.season.last_day)
        if same in seen:
            reading.wrong(row, "limit", f"line {seen[same]} is for the same team, grade, product and season.")
        seen.setdefault(same, row.line)
