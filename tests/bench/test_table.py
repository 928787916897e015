"""Tables of the document: rewritten between their markers, the rest left as it is."""

import re

import pytest

from bench.__main__ import COMPARISONS
from bench.comparison import Comparison, Target
from bench.table import README, NoMarkers, in_markdown, machine, rewritten, section

DOCUMENT = "# Title\n<!-- claims -->\nold\n<!-- end of claims -->\n<!-- submit -->\nkept\n<!-- end of submit -->\nend\n"


def test_what_stands_between_the_markers_is_replaced_and_nothing_else() -> None:
    once = rewritten(DOCUMENT, "claims", r"| 1 | \2 |")

    assert once == DOCUMENT.replace("old", r"| 1 | \2 |")
    assert rewritten(once, "claims", "old") == DOCUMENT


def test_a_document_without_the_markers_is_refused() -> None:
    with pytest.raises(NoMarkers, match="recall"):
        rewritten(DOCUMENT, "recall", "text")


def test_a_table_has_its_figures_to_the_right() -> None:
    assert in_markdown(["c", "per second"], [["1", "118"]]) == "| c | per second |\n| --- | ---: |\n| 1 | 118 |"


def test_every_comparison_has_its_place_in_the_readme_once() -> None:
    assert re.findall(r"<!-- (\w+) -->", README.read_text()) == list(COMPARISONS)


def test_a_section_tells_what_is_measured_the_figures_the_targets_and_where_and_when() -> None:
    target = Target("claims", 0.3, floor=0.2, aim=0.5)
    found = Comparison("Claims", "What is measured.\n", ["c", "ratio"], [["32", "0.30"]], "once", [target])

    assert section(found, "Measured here.").split("\n\n") == [
        "What is measured.",
        "| c | ratio |\n| --- | ---: |\n| 32 | 0.30 |",
        "- claims: 0.3 (floor 0.2 met, aim 0.5 MISSED)",
        "Measured here.",
    ]


def test_of_a_rate_more_is_better_and_of_a_time_less() -> None:
    assert Target("rate", 0.1, floor=0.2).under_floor
    assert not Target("rate", 0.2, floor=0.2).under_floor
    assert Target("time", 21, floor=20, unit=" ms", lower=True).under_floor
    assert not Target("time", 1.9, aim=2.0, unit=" s", lower=True).under_floor


def test_the_machine_is_told_by_its_parts() -> None:
    assert re.fullmatch(r"\d+ cores, \d+ GiB, \w+ [\d.]+, Python 3\.\d+\.\d+, PostgreSQL 18\.\d+", machine())
