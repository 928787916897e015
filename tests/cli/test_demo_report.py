"""The report's figures add up, or the difference is shown."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.demo.csv_file import BadLine
from cli.demo.report import (
    Counted,
    Observed,
    Recall,
    as_json,
    done_by,
    equations,
    lateness,
    mean_first_response,
    reconciles,
    spread,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def a_recall(late: float = 0.2, done_by: str = "TIMER") -> Recall:
    return Recall(
        lead_id="0199",
        holding_id="0200",
        rep_code="L003",
        policy_version="demo@1",
        cause="FIRST_RESPONSE",
        due_at=NOON,
        executed_at=NOON + timedelta(seconds=late),
        done_by=done_by,
        because=("Began 2026-03-02 11:59:56 UTC under demo@1.",),
        reminders=("50%",),
    )


def observed(recalls: Sequence[Recall] = ()) -> Observed:
    return Observed(
        source="leads.csv",
        rows=300,
        bad_lines=[BadLine(line, "phone cannot be parsed") for line in (7, 90)],
        outcomes={"CREATED": 230, "ATTACHED": 45, "IN_REVIEW": 13, "REJECTED": 10},
        reviews_decided={"NEW": 2},
        states={"POOLED": 180, "HELD": 12, "CONVERTED": 20, "INVALID": 18},
        counted=Counted(leads=230, open_reviews=13, waiting=180, held=12, open_runs=12),
        recalls=recalls,
        seconds={"submit": [0.01, 0.02, 0.3], "claim": []},
        first_responses=[timedelta(seconds=1), timedelta(seconds=2)],
    )


def test_rows_outcomes_states_and_what_the_services_count_add_up() -> None:
    seen = observed()

    assert reconciles(seen)
    assert equations(seen)[0].left == "298 rows in (of 300, 2 malformed and named)"
    assert equations(seen)[0].right == "230 created + 45 attached + 13 in review + 10 rejected"
    assert equations(seen)[1].right == "180 pooled + 12 held + 20 converted + 18 invalid"


@pytest.mark.parametrize(
    ("wrong", "difference"),
    [
        (replace(observed(), rows=301), 1),
        (replace(observed(), states={"POOLED": 180, "HELD": 12, "CONVERTED": 19, "INVALID": 18}), 1),
        (replace(observed(), counted=replace(observed().counted, leads=231)), -1),
        (replace(observed(), counted=replace(observed().counted, open_reviews=12)), 1),
        (replace(observed(), counted=replace(observed().counted, waiting=182)), -2),
        (replace(observed(), counted=replace(observed().counted, held=11)), 1),
        (replace(observed(), counted=replace(observed().counted, open_runs=13)), -1),
        (observed([a_recall(late=-0.001)]), 1),
        (replace(observed(), failures={"INTERNAL: incident 7": 2}), 2),
    ],
)
def test_a_figure_that_does_not_add_up_is_shown_with_its_difference(wrong: Observed, difference: int) -> None:
    assert not reconciles(wrong)
    assert [equation.difference for equation in equations(wrong) if not equation.holds] == [difference]


def test_without_temporals_list_the_runs_are_not_counted() -> None:
    seen = replace(observed(), counted=replace(observed().counted, open_runs=None))

    assert reconciles(seen)
    assert len(equations(seen)) == len(equations(observed())) - 1


def test_lateness_is_from_the_due_time_to_the_recall_and_says_who_did_it() -> None:
    seen = observed([a_recall(0.1), a_recall(0.4, "SWEEP"), a_recall(1.2, "SWEEP")])
    late = lateness(seen)

    assert late is not None
    assert (late.count, late.p50, late.p99, late.largest) == (3, 0.4, 1.2, 1.2)
    assert done_by(seen) == {"TIMER": 1, "SWEEP": 2}


def test_the_mean_first_response_is_unknown_when_nobody_responded() -> None:
    assert mean_first_response(observed()) == timedelta(seconds=1.5)
    assert mean_first_response(replace(observed(), first_responses=[])) is None


@given(st.lists(st.floats(0, 100), min_size=1))
def test_a_percentile_is_one_of_the_values_and_no_larger_one_is_needed_for_its_share(values: list[float]) -> None:
    found = spread(values)

    assert found is not None
    for share, figure in ((0.5, found.p50), (0.99, found.p99), (1.0, found.largest)):
        assert figure in values
        assert sum(value <= figure for value in values) >= share * len(values)
        assert sum(value < figure for value in values) < share * len(values)


def test_nothing_measured_has_no_spread() -> None:
    assert spread([]) is None


def test_the_report_for_programs_is_complete_json() -> None:
    report = json.loads(json.dumps(as_json(observed([a_recall()]))))

    assert report["reconciles"] is True
    assert report["malformed"][0] == {"line": 7, "reason": "phone cannot be parsed"}
    assert report["recalls"][0]["late_seconds"] == 0.2
    assert report["recalls"][0]["because"]
    assert "claim" not in report["call_seconds"]
