"""The limit table: which line says what a rep of a team may hold, on a day.

A line counts the grade or the product that it names, or all that the rep holds when it names neither. Of the lines
that count the same, that are for the rep's team or for all teams, and whose season it is or that have none, one
applies: one for the team before one for all teams; then the shortest season, none last; then whichever stands first.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from services.routing.holdings.limits import WHOLE_REP, LimitScope
from services.routing.limits.days import A_DAY, start_of
from services.shared.refusals import InvalidInput

# What a line counts: a scope with its key.
Counted = tuple[LimitScope, str]


@dataclass(frozen=True)
class Season:
    """Some days, both ends included."""

    first: date
    last: date

    @property
    def length(self) -> timedelta:
        return self.last - self.first + A_DAY

    def has(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True)
class Line:
    limit: int
    # Empty: all teams, any grade, any product.
    team_code: str = ""
    grade: str = ""
    product: str = ""
    season: Season | None = None

    @property
    def counts(self) -> Counted:
        if self.grade:
            return LimitScope.GRADE, self.grade
        if self.product:
            return LimitScope.PRODUCT, self.product
        return LimitScope.REP, WHOLE_REP

    def applies(self, team_code: str, day: date) -> bool:
        return self.team_code in ("", team_code) and (self.season is None or self.season.has(day))

    @property
    def _precedence(self) -> tuple[bool, timedelta]:
        return not self.team_code, self.season.length if self.season else timedelta.max


@dataclass(frozen=True)
class Cell:
    """What the table says on a day about what reps of a team hold; no limit when no line applies."""

    team_code: str
    scope: LimitScope
    key: str
    limit: int | None


@dataclass(frozen=True)
class LimitTable:
    lines: Sequence[Line]
    zone: ZoneInfo

    def line_for(self, team_code: str, counted: Counted, day: date) -> Line | None:
        """The line that applies."""
        return _first([line for line in self.lines if line.counts == counted], team_code, day)

    def on(self, at: datetime, team_codes: Iterable[str]) -> list[Cell]:
        """What it says at an instant, for each of these teams about everything that one of its lines counts."""
        day = at.astimezone(self.zone).date()
        by_counted: dict[Counted, list[Line]] = {}
        for line in self.lines:
            by_counted.setdefault(line.counts, []).append(line)
        return [
            Cell(team_code, *counted, found.limit if (found := _first(lines, team_code, day)) else None)
            for team_code in team_codes
            for counted, lines in sorted(by_counted.items(), key=lambda item: item[0])
        ]

    def next_change(self, after: datetime) -> datetime | None:
        """When a season begins or ends next; none when no more does."""
        seasons = [line.season for line in self.lines if line.season]
        days = {season.first for season in seasons} | {season.last + A_DAY for season in seasons}
        return min((instant for day in days if (instant := start_of(day, self.zone)) > after), default=None)


def _first(lines: Iterable[Line], team_code: str, day: date) -> Line | None:
    """Of lines that count the same; `min` takes the first of equals."""
    applying = (line for line in lines if line.applies(team_code, day))
    return min(applying, key=lambda line: line._precedence, default=None)


def check_lines(lines: Sequence[Line]) -> None:
    """Raises InvalidInput naming the line: of grade and product at once, a season that ends before it begins, one that
    could never apply because an earlier one says the same otherwise."""
    seen: dict[tuple[str, Counted, Season | None], int] = {}
    for index, line in enumerate(lines):
        at = f"lines[{index}]"
        if line.grade and line.product:
            raise InvalidInput(f"{at}.product", "A line counts a grade or a product, not both: make it two lines.")
        if line.season and line.season.last < line.season.first:
            raise InvalidInput(f"{at}.season", f"The season ends on {line.season.last}, before it begins.")
        same = (line.team_code, line.counts, line.season)
        if same in seen:
            raise InvalidInput(at, f"Line {seen[same] + 1} has the same team, grade, product and season: drop one.")
        seen[same] = index
