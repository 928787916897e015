"""What is found is shown: in both tables, on the page, as JSON."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rich.console import Console

from tests.faults import plot
from tests.faults.figures import FaultResult, InvariantResult, Run, Second
from tests.faults.report import page, print_run, write_html, write_json

BEGAN = datetime(2026, 7, 1, 8, 30, tzinfo=UTC)
KILLED = FaultResult(
    name="kill -9 routing",
    description="killed under load, started again <at once>",
    began=BEGAN.timestamp() + 10,
    healed=BEGAN.timestamp() + 13,
    ended=BEGAN.timestamp() + 20,
    calls=812,
    failed=3,
    unknown=1,
    p50_ms=12,
    p99_ms=2345,
    p99_before_ms=48,
    recovered_in=1.5,
)
FROZEN = replace(
    KILLED, name="PostgreSQL 冻结", began=KILLED.began + 15, healed=KILLED.healed + 20, ended=KILLED.ended + 30
)
RUN = Run(
    seed=4711,
    profile="short",
    started_at=BEGAN,
    seconds=60,
    machine="2 cores",
    faults=[KILLED, FROZEN],
    invariants=[InvariantResult("I1", "Nothing acknowledged is lost", 3000, 0, [], "3,000 rows")],
    # Second 11 knows of failures, and 12 of nothing.
    series=[Second(at, 80 * (at != 12), 3 * (at == 11), 12, 2345 if at == 11 else 48) for at in range(60)],
)
LOST = InvariantResult("I7", "Every event delivered", 9, 2, ["event <7> of lead 8"])
UNKEPT = replace(KILLED, recovered_in=None, broken_promise="calls were not as before within 60 s")


def printed(run: Run) -> str:
    console = Console(file=StringIO(), width=220)
    print_run(run, console)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def parsed(told: str) -> ElementTree.Element:
    """Stricter than a browser: every element closed, every name and text escaped."""
    return ElementTree.fromstring(told.removeprefix("<!doctype html>\n"))  # noqa: S314 - of our own making


def rows(html: str) -> list[str]:
    """Each table row's text, cells apart by |."""
    text = (re.sub(r"<[^>]+>", "", row.replace("</td>", "|")) for row in re.findall(r"<tr.*?</tr>", html))
    return [row.strip("|") for row in text]


def test_the_tables_show_each_promise_and_each_fault() -> None:
    text = printed(RUN)

    assert re.search(r"I1 +Nothing acknowledged is lost +3,000 +0 +3,000 rows", text)
    assert re.search(r"1 +kill -9 routing +3\.0 s +3 of 812 +1 +48 ms → 2\.3 s +1\.5 s", text)
    assert "2 faults, 1 promises, every one kept" in text
    assert "python -m tests.faults --profile short --seed 4711" in text


@pytest.mark.parametrize("show", [printed, page])
def test_what_was_not_kept_is_said_with_its_examples(show: Callable[[Run], str]) -> None:
    text = show(replace(RUN, invariants=[*RUN.invariants, LOST], faults=[UNKEPT]))

    assert "Not kept: I7, kill -9 routing" in text
    assert re.search("event (<7>|&lt;7&gt;) of lead 8", text)
    assert "not kept: calls were not as before within 60 s" in text
    assert "never" in text
    assert "every one kept" not in text


def test_the_page_shows_the_same_figures_as_the_tables() -> None:
    html = page(RUN)

    assert "I1|Nothing acknowledged is lost|3,000|0|3,000 rows" in rows(html)
    assert any(
        row.startswith("1|kill -9 routing") and "|3.0 s|812|3|1|12 ms|2.3 s|48 ms|1.5 s" in row for row in rows(html)
    )
    assert "python -m tests.faults --profile short --seed 4711" in html
    assert "2026-07-01 08:30 UTC" in html


def test_the_page_is_well_formed_and_needs_nothing_from_elsewhere() -> None:
    html = page(replace(RUN, invariants=[LOST], faults=[UNKEPT, FROZEN]))

    parsed(html)
    wanted = Wants()
    wanted.feed(html)
    assert wanted.elsewhere == []
    assert "url(" not in html
    assert "@import" not in html


class Wants(HTMLParser):
    """What a browser would fetch or run."""

    def __init__(self) -> None:
        super().__init__()
        self.elsewhere: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "link", "img", "iframe"} or {"src", "href"} & {name for name, _ in attrs}:
            self.elsewhere.append(tag)


def drawing(svg: str, kind: str) -> list[ElementTree.Element]:
    return [part for part in parsed(svg).iter() if part.get("class") == kind]


def test_a_fault_is_a_band_with_its_name_where_it_was() -> None:
    svg = plot.of_fault(RUN, KILLED)
    frame = plot.Frame(4, 20, plot.slowest(RUN.series), 460, 220)

    broken, *_ = drawing(svg, "broken")
    recovering, *_ = drawing(svg, "recovering")

    assert float(broken.get("x", "")) == pytest.approx(frame.x(10), abs=0.1)
    assert float(broken.get("width", "")) == pytest.approx(frame.x(13) - frame.x(10), abs=0.1)
    assert float(recovering.get("width", "")) == pytest.approx(frame.x(14.5) - frame.x(13), abs=0.1)
    assert ">kill -9 routing</text>" in svg
    assert "冻结" not in svg
    assert "PostgreSQL 冻结" in plot.of_run(RUN)


def test_a_second_without_calls_breaks_the_line_and_failed_calls_are_crosses() -> None:
    svg = plot.of_fault(RUN, KILLED)

    [p99] = drawing(svg, "p99")
    assert p99.get("d", "").count("M") == 2
    [cross] = drawing(svg, "failed")
    assert cross.findtext("{http://www.w3.org/2000/svg}title") == "3 without an answer, second 1"


def test_a_run_without_faults_or_calls_can_be_shown() -> None:
    nothing = replace(RUN, faults=[], invariants=[], series=[])

    parsed(page(nothing))
    assert "0 faults, 0 promises, every one kept" in printed(nothing)


def test_json_has_every_figure(tmp_path: Path) -> None:
    write_json(RUN, tmp_path / "out" / "faults.json")
    told = json.loads((tmp_path / "out" / "faults.json").read_text("utf-8"))

    assert datetime.fromisoformat(told["started_at"]) == BEGAN
    assert told["kept"] is True
    assert FaultResult(**told["faults"][1]) == FROZEN
    assert Second(**told["series"][11]) == RUN.series[11]


def test_the_page_is_written_where_it_was_asked_for(tmp_path: Path) -> None:
    write_html(RUN, tmp_path / "out" / "faults.html")

    assert (tmp_path / "out" / "faults.html").read_text("utf-8") == page(RUN)
