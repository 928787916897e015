"""Scores add up, grades step, maturity has hysteresis: rules only."""

from hypothesis import given
from hypothesis import strategies as st

from services.scoring.score import (
    BehaviorRule,
    FitRule,
    GradeThresholds,
    MaturityThresholds,
    Part,
    Rules,
    compute_score,
    grade_of,
    is_mature,
)

RULES = Rules(
    version=3,
    fit=(FitRule("large", "lead.company_size > 50", 40), FitRule("far", "lead.country != 'CN'", -15)),
    behavior=(BehaviorRule("reads", "download", 10, 25), BehaviorRule("leaves", "unsubscribe", -30, 0)),
)


def test_each_fit_rule_that_holds_counts_once() -> None:
    scored = compute_score(RULES, lambda expression: "size" in expression, {})

    assert [(one.rule_id, one.points) for one in scored.contributions] == [("large", 40)]
    assert (scored.fit_score, scored.behavior_score, scored.total) == (40, 0, 40)


def test_a_behavior_rule_adds_no_more_than_its_bound() -> None:
    scored = compute_score(RULES, lambda _: False, {"download": 7})

    assert scored.behavior_score == 25
    assert scored.contributions[0].engagements == 7


def test_a_behavior_rule_without_a_bound_goes_on_taking() -> None:
    assert compute_score(RULES, lambda _: False, {"unsubscribe": 3}).behavior_score == -90


def test_without_published_rules_the_score_is_nothing_and_the_grade_d() -> None:
    scored = compute_score(Rules(), lambda _: True, {"download": 5})

    assert (scored.total, scored.grade, scored.contributions) == (0, "D", ())


@given(
    fit=st.lists(st.tuples(st.booleans(), st.integers(-1000, 1000)), max_size=8),
    behavior=st.lists(st.tuples(st.integers(-50, 50), st.integers(0, 200), st.integers(0, 30)), max_size=8),
)
def test_contributions_add_up_to_the_score(fit: list[tuple[bool, int]], behavior: list[tuple[int, int, int]]) -> None:
    rules = Rules(
        version=1,
        fit=tuple(FitRule(f"f{i}", str(holds), points) for i, (holds, points) in enumerate(fit)),
        behavior=tuple(BehaviorRule(f"b{i}", f"k{i}", points, most) for i, (points, most, _) in enumerate(behavior)),
    )
    counts = {f"k{i}": count for i, (_, _, count) in enumerate(behavior)}

    scored = compute_score(rules, lambda expression: expression == "True", counts)

    assert scored.total == sum(one.points for one in scored.contributions)
    assert scored.fit_score == sum(points for holds, points in fit if holds)
    for (points, most, count), rule in zip(behavior, rules.behavior, strict=True):
        added = sum(one.points for one in scored.contributions if one.rule_id == rule.rule_id)
        assert abs(added) <= (most or abs(points * count))
    assert all(one.engagements for one in scored.contributions if one.part is Part.BEHAVIOR)


@given(total=st.integers(-2000, 2000), a=st.integers(1, 500), b=st.integers(1, 500), c=st.integers(1, 500))
def test_a_better_score_never_has_a_worse_grade(total: int, a: int, b: int, c: int) -> None:
    thresholds = GradeThresholds(a + b + c, b + c, c)

    assert grade_of(total + 1, thresholds) <= grade_of(total, thresholds)


@given(totals=st.lists(st.integers(0, 120), min_size=1, max_size=30))
def test_between_leave_and_enter_maturity_stays_what_it_was(totals: list[int]) -> None:
    thresholds = MaturityThresholds(enter=80, leave=60)
    mature = False

    for total in totals:
        before, mature = mature, is_mature(total, mature, thresholds)
        if 60 <= total < 80:
            assert mature == before
        elif total >= 80:
            assert mature
        else:
            assert not mature
