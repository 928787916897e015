"""`clew limit …` against a live service: what it says to people."""

from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from clew.routing.v1 import limits_pb2 as pb
from cli import limit, limit_figures
from cli.calling import Clew, Unusable
from tests.routing.office import Office, refused
from tests.routing.typed import Typed, seen


@pytest.fixture
def clew(office: Office) -> Clew:
    return Typed(office).as_manager()


def row_of(text: str, *beginning: str) -> list[str]:
    """The cells of the row that begins so."""
    rows = [[cell.strip() for cell in line.split("│")] for line in text.splitlines()]
    [row] = [row for row in rows if row[: len(beginning)] == list(beginning)]
    return row


async def test_a_file_is_published_and_shown_as_a_table(office: Office, clew: Clew, tmp_path: Path) -> None:
    rep = await office.a_rep()
    file = tmp_path / "limits.csv"
    file.write_text(f"团队,等级,上限\n{rep.team_code},,60\n,A,5\n", encoding="gb18030")

    said = seen(await limit.publish(clew, file))
    shown = seen(await limit.show_table(clew))
    listed = seen(await limit.list_limits(clew, rep.code))

    assert "2 lines" in said
    assert row_of(shown, rep.team_code) == [rep.team_code, "all", "always", "60"]
    assert row_of(shown, "all") == ["all", "grade A", "always", "5"]
    assert row_of(listed, rep.code, rep.team_code, "grade A")[3:] == ["0/5", said.partition(":")[0]]


async def test_an_override_says_how_long_it_lasts_and_its_end_what_applies_then(office: Office, clew: Clew) -> None:
    rep = await office.a_rep(limit=3)

    begun = seen(await limit.override(clew, rep.code, 9, "30d", "CAMPAIGN"))
    ended = seen(await limit.end_override(clew, rep.code))
    told = seen(await limit.changes(clew, rep.code))

    assert begun.startswith(f"{rep.code}, all: 0/9, override until ")
    assert "(in 29 d " in begun or "(in 30 d " in begun
    assert ended.strip() == f"{rep.code}, all: 0/3, set"
    assert [line.split("│")[4].strip() for line in told.splitlines()[3:]] == ["9 → 3", "3 → 9", "100 → 3"]


async def test_a_setting_of_a_grade_is_made_and_taken_back(office: Office, clew: Clew) -> None:
    rep = await office.a_rep()

    said = seen(await limit.set_limit(clew, rep.code, 4, grade="b"))
    before = seen(await limit.list_limits(clew, rep.code))
    await limit.unset(clew, rep.code, grade="B")
    after = seen(await limit.list_limits(clew, rep.code))

    assert said.strip() == f"{rep.code} holds 0 of 4"
    assert row_of(before, rep.code, rep.team_code, "grade B")[3:] == ["0/4", "set"]
    assert "grade B" not in after


async def test_two_kinds_at_once_are_no_limit(clew: Clew) -> None:
    with pytest.raises(Unusable, match="give one of"):
        await limit.set_limit(clew, "L007", 4, pool="default", grade="A")


async def test_a_day_that_is_past_ends_no_override(office: Office, clew: Clew) -> None:
    rep = await office.a_rep()

    told = await refused(cast(Any, limit.override(clew, rep.code, 9, "2020-01-01", "CAMPAIGN")))

    assert [name for name, _ in told.fields] == ["until"]


async def test_too_little_to_suggest_a_limit_from_is_said(office: Office, clew: Clew) -> None:
    rep = await office.a_rep()
    await office.a_held_lead(rep)

    shown = seen(await limit_figures.suggest(clew, rep.team_code))

    assert row_of(shown, "all")[1:3] == ["0", ""]
    assert row_of(shown, "all")[5:] == ["not enough data", "100"]


async def test_a_flow_shows_each_day_of_one_and_the_course_of_all(office: Office, clew: Clew) -> None:
    rep = await office.a_rep()
    for _ in range(2):
        await office.a_held_lead(rep)
    _, holding = await office.a_held_lead(rep)
    await office.give_back(rep, holding)
    day = (await office.now()).date()

    span: dict[str, Any] = {"first": str(day - timedelta(days=1)), "last": str(day), "zone": "UTC"}
    of_one = seen(await limit_figures.flow(clew, rep.code, **span))
    of_all = seen(await limit_figures.flow(clew, page_size=500, **span))
    of_pools = seen(await limit_figures.flow(clew, pools=True, **span))

    assert row_of(of_one, str(day)) == [str(day), "+3", "−1", "2", "█" * 20]
    assert row_of(of_all, rep.code)[1:3] == ["0", "+3 ·█"]
    assert row_of(of_all, rep.code)[4] == "2 ·█"
    assert row_of(of_pools, "no pool")[1] == "0"


async def test_a_day_or_zone_that_is_none_is_said_before_the_service_is_asked(clew: Clew) -> None:
    for wrong in ({"first": "soon"}, {"last": "2026-02-30"}, {"zone": "Mars/Olympus"}):
        with pytest.raises(Unusable):
            await limit_figures.flow(clew, **cast(Any, wrong))


def test_the_names_of_ways_are_those_of_the_contract() -> None:
    ways = [field.name for field in pb.FlowDay.DESCRIPTOR.fields if field.name not in ("day", "held")]

    assert sorted([*limit_figures.INS, *limit_figures.OUTS]) == sorted(ways)
