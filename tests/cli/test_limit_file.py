"""Tables of limits as people keep them."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.routing.v1 import limits_pb2 as pb
from cli.calling import Unusable
from cli.limit_file import read_limits
from cli.spark import bar, spark


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "limits.csv"


def lines_of(file: Path, content: str, encoding: str = "utf-8") -> list[pb.LimitLine]:
    file.write_text(content, encoding=encoding)
    return read_limits(file)


def complaint(file: Path, content: str) -> str:
    with pytest.raises(Unusable) as unusable:
        lines_of(file, content)
    return str(unusable.value)


def test_each_row_is_a_line_in_its_order_and_an_empty_cell_is_any(file: Path) -> None:
    lines = lines_of(
        file,
        "team,grade,product,from,to,limit\neast,,,,,60\n,A,,,,5\n,,crm,2026-11-01,2026-11-11,8\n,,,,,50\n",
    )

    season = pb.Season(first_day="2026-11-01", last_day="2026-11-11")
    assert lines == [
        pb.LimitLine(team_code="east", limit=60),
        pb.LimitLine(grade="A", limit=5),
        pb.LimitLine(product="crm", season=season, limit=8),
        pb.LimitLine(limit=50),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_chinese_headers_are_understood_in_what_spreadsheets_write(file: Path, encoding: str) -> None:
    [line] = lines_of(
        file, "团队\t线索等级\t产品\t开始日期\t结束日期\t保有量上限\n不限\ta\t\t2026年1月5日\t2026/2/5\t5\n", encoding
    )

    assert line == pb.LimitLine(grade="A", season=pb.Season(first_day="2026-01-05", last_day="2026-02-05"), limit=5)


def test_columns_may_stand_in_any_order_and_be_left_out_but_the_limit(file: Path) -> None:
    assert lines_of(file, "Limit,Note,Team\n7,many,east\n") == [pb.LimitLine(team_code="east", limit=7)]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("east,,,,,many", "line 2, column limit: 'many' is no whole number from 0 to 10000."),
        ("east,,,,,-1", "line 2, column limit: '-1'"),
        ("east,,,,,10001", "line 2, column limit: '10001'"),
        ("east,,,,,", "line 2, column limit: ''"),
        ("east,,,,,５", "line 2, column limit: '５'"),
        (",E,,,,5", "line 2, column grade: 'E' is no grade"),
        (",A,crm,,,5", "line 2, column product: a line is for a grade or for a product"),
        (",,,2026-11-01,,5", "line 2, column from: a season has a first and a last day"),
        (",,,,2026-11-01,5", "line 2, column to: a season has a first and a last day"),
        (",,,2026-11-31,2026-12-01,5", "line 2, column from: '2026-11-31' is no day"),
        (",,,soon,later,5", "line 2, column to: 'later' is no day"),
        (",,,2026-12-02,2026-12-01,5", "line 2, column to: 2026-12-01 is before 2026-12-02."),
        ("east,A,,,,5,6", "line 2: 7 cells under a header of 6"),
    ],
)
def test_what_cannot_be_meant_is_named_by_line_and_column(file: Path, row: str, said: str) -> None:
    assert said in complaint(file, f"team,grade,product,from,to,limit\n{row}\n")


def test_all_that_is_wrong_is_said_at_once(file: Path) -> None:
    told = complaint(file, "团队,等级,上限\n,E,5\n,A,5\n,A,六\n")

    assert told.splitlines()[1:] == [
        "line 2, column 等级: 'E' is no grade; A, B, C and D are, and an empty cell is any.",
        "line 4, column 上限: '六' is no whole number from 0 to 10000.",
        "line 4, column 上限: line 3 is for the same team, grade, product and season.",
    ]


def test_a_file_without_a_limit_is_no_table(file: Path) -> None:
    assert "has no column that names the limit" in complaint(file, "team,grade\neast,A\n")


@given(st.dates(date(1970, 1, 1), date(9998, 12, 31)), st.sampled_from(["{0}-{1:02}-{2:02}", "{0}/{1}/{2}"]))
def test_a_day_is_read_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, day: date, form: str) -> None:
    written = form.format(day.year, day.month, day.day)
    file = tmp_path_factory.mktemp("limits") / "limits.csv"

    [line] = lines_of(file, f"from,to,limit\n{written},{written},5\n")

    assert (line.season.first_day, line.season.last_day) == (str(day), str(day))


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=40))
def test_a_picture_has_a_block_for_each_value_and_a_higher_one_never_for_a_smaller(values: list[int]) -> None:
    picture = spark(values)

    heights = [" ·▁▂▃▄▅▆▇█".index(block) for block in picture]
    assert len(picture) == len(values)
    assert [height for _, height in sorted(zip(values, heights, strict=True))] == sorted(heights)
    assert all((value == 0) == (block == "·") for value, block in zip(values, picture, strict=True))


@given(st.integers(0, 500), st.integers(1, 500))
def test_a_bar_is_never_longer_than_its_room_and_shows_whatever_is_not_nothing(value: int, most: int) -> None:
    assert len(bar(value, most, 20)) <= 20
    assert bool(bar(value, most, 20)) == (value > 0)
    assert bar(most, most, 20) == "█" * 20
