"""Which line of a limit table applies."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routing.holdings.limits import WHOLE_REP, LimitScope
from services.routing.limits.days import read_day, read_zone, start_of
from services.routing.limits.limit_table import Cell, Counted, LimitTable, Line, Season, check_lines
from services.shared.refusals import InvalidInput

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 11, 11)
ALL: Counted = (LimitScope.REP, WHOLE_REP)
OF_GRADE_A: Counted = (LimitScope.GRADE, "A")


def season(before: int = 0, after: int = 0) -> Season:
    """So many days before the day, and after it."""
    return Season(DAY - timedelta(days=before), DAY + timedelta(days=after))


def limit_on(day: date, *lines: Line, team: str = "east", counted: Counted = ALL) -> int | None:
    line = LimitTable(lines, SHANGHAI).line_for(team, counted, day)
    return line.limit if line else None


# Few of each, so that lines meet.
seasons = st.builds(season, st.integers(0, 3), st.integers(0, 3))
lines = st.builds(
    Line,
    limit=st.integers(0, 100),
    team_code=st.sampled_from(["", "east", "west"]),
    season=st.none() | seasons,
) | st.builds(Line, limit=st.integers(0, 100), grade=st.sampled_from(["A", "B"]), season=st.none() | seasons)
tables = st.lists(lines, max_size=8)
days = st.integers(-4, 4).map(lambda off: DAY + timedelta(days=off))
teams = st.sampled_from(["east", "west", "south"])


@given(tables, days, teams)
def test_a_line_applies_only_to_what_it_counts_its_team_and_its_season(table: list[Line], day: date, team: str) -> None:
    found = LimitTable(table, SHANGHAI).line_for(team, ALL, day)

    if found:
        assert found.counts == ALL
        assert found.team_code in ("", team)
        assert found.season is None or found.season.first <= day <= found.season.last


@given(tables, days, teams)
def test_of_any_two_lines_that_apply_the_more_specific_wins_and_of_equals_the_earlier(
    table: list[Line], day: date, team: str
) -> None:
    applying = [line for line in table if line.counts == ALL and line.applies(team, day)]

    found = LimitTable(table, SHANGHAI).line_for(team, ALL, day)

    assert (found is None) == (applying == [])
    for other in applying:
        assert found is not None
        assert found.team_code or not other.team_code
        if bool(found.team_code) == bool(other.team_code):
            assert length(found) <= length(other)
            if length(found) == length(other):
                assert applying.index(found) <= applying.index(other)


def length(line: Line) -> timedelta:
    """Always is longer than any season."""
    return line.season.length if line.season else timedelta.max


@given(tables, days, teams)
def test_what_is_written_for_each_team_is_what_the_line_for_it_says(table: list[Line], day: date, team: str) -> None:
    made = LimitTable(table, SHANGHAI)

    for cell in made.on(start_of(day, SHANGHAI), [team, "north"]):
        line = made.line_for(cell.team_code, (cell.scope, cell.key), day)
        assert cell.limit == (line.limit if line else None)


@given(tables, st.permutations(range(8)), days, teams)
def test_the_order_of_the_lines_decides_only_between_equals(
    table: list[Line], order: list[int], day: date, team: str
) -> None:
    shuffled = [table[index] for index in order if index < len(table)]

    found, otherwise = (LimitTable(one, SHANGHAI).line_for(team, ALL, day) for one in (table, shuffled))

    if found and otherwise:
        assert found.team_code == otherwise.team_code
        assert (found.season and found.season.length) == (otherwise.season and otherwise.season.length)
    assert (found is None) == (otherwise is None)


@given(tables, days, teams)
def test_a_line_about_something_else_changes_nothing(table: list[Line], day: date, team: str) -> None:
    without = [line for line in table if line.counts == ALL]

    assert LimitTable(table, SHANGHAI).line_for(team, ALL, day) == LimitTable(without, SHANGHAI).line_for(
        team, ALL, day
    )


@given(tables, st.integers(-200, 200))
def test_between_two_changes_the_table_says_the_same(table: list[Line], hours: int) -> None:
    """Whoever applies it at each change, and only then, is never wrong."""
    made = LimitTable(table, SHANGHAI)
    at = start_of(DAY, SHANGHAI) + timedelta(hours=hours)
    next_change = made.next_change(at)

    until = next_change or at + timedelta(days=30)
    just_before = until - timedelta(microseconds=1)

    assert made.on(at, ["east"]) == made.on(max(at, just_before), ["east"])


def test_a_line_for_the_team_comes_before_any_season_of_all() -> None:
    assert limit_on(DAY, Line(9, season=season()), Line(50, team_code="east")) == 50


def test_the_shortest_season_comes_first_and_none_last() -> None:
    assert limit_on(DAY, Line(50), Line(80, season=season(10, 10)), Line(99, season=season(1))) == 99


def test_out_of_season_the_line_without_one_applies() -> None:
    assert limit_on(DAY + timedelta(days=1), Line(50), Line(99, season=season())) == 50


def test_the_last_day_belongs_to_the_season() -> None:
    assert limit_on(DAY, Line(99, season=season(3, 0))) == 99


def test_it_says_for_each_team_all_that_is_counted_even_where_no_line_applies_now() -> None:
    table = LimitTable([Line(50, team_code="east"), Line(5, grade="A", season=season(9, -3))], SHANGHAI)

    assert table.on(start_of(DAY, SHANGHAI), ["east", "west"]) == [
        Cell("east", LimitScope.GRADE, "A", None),
        Cell("east", LimitScope.REP, "", 50),
        Cell("west", LimitScope.GRADE, "A", None),
        Cell("west", LimitScope.REP, "", None),
    ]


def test_a_season_begins_at_midnight_of_the_tables_zone_and_ends_after_its_last_day() -> None:
    table = LimitTable([Line(99, season=season(0, 1))], SHANGHAI)
    begins = datetime(2026, 11, 10, 16, tzinfo=UTC)

    assert table.next_change(begins - timedelta(seconds=1)) == begins
    assert table.next_change(begins) == begins + timedelta(days=2)
    assert table.next_change(begins + timedelta(days=2)) is None


@pytest.mark.parametrize(
    ("made", "field"),
    [
        ([Line(1, grade="A", product="crm")], "lines[0].product"),
        ([Line(1), Line(1, season=Season(DAY, DAY - timedelta(days=1)))], "lines[1].season"),
        ([Line(1), Line(1, team_code="east"), Line(2)], "lines[2]"),
        ([Line(1, season=season()), Line(2, season=season())], "lines[1]"),
    ],
    ids=["grade and product", "ends before it begins", "twice the same", "twice the same season"],
)
def test_a_line_that_cannot_be_meant_is_refused_by_its_place(made: list[Line], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_lines(made)

    assert [one.field for one in refused.value.fields] == [field]


@pytest.mark.parametrize("name", ["Mars/Olympus", "../etc/passwd", "Asia", "/etc/localtime", "a\nb"])
def test_what_is_no_zone_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput):
        read_zone(name, "time_zone")


@pytest.mark.parametrize("text", ["2026-02-30", "0001-01-01", "9999-12-31", "2026-1-1"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        read_day(text, "first_day")
