"""What a set of rules must keep before it is published, and how it is stored."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from services.scoring.score import BehaviorRule, FitRule, GradeThresholds, MaturityThresholds, Rules
from services.shared.expressions import check_named_once
from services.shared.refusals import InvalidInput


def check_rules(rules: Rules) -> None:
    """Raises InvalidInput naming the field. Conditions are compiled elsewhere."""
    check_named_once(
        fit_rules=[rule.rule_id for rule in rules.fit], behavior_rules=[rule.rule_id for rule in rules.behavior]
    )
    if not rules.grades.a > rules.grades.b > rules.grades.c:
        raise InvalidInput("grades", f"a > b > c is wanted; these are {rules.grades}.")
    if rules.maturity.leave > rules.maturity.enter:
        raise InvalidInput(
            "maturity.leave",
            f"leave is {rules.maturity.leave}, above enter ({rules.maturity.enter}): a lead could be neither.",
        )


def to_body(rules: Rules) -> dict[str, Any]:
    body = asdict(rules)
    del body["version"]
    return body


def from_body(version: int, body: Mapping[str, Any]) -> Rules:
    return Rules(
        version=version,
        fit=tuple(FitRule(**rule) for rule in body["fit"]),
        behavior=tuple(BehaviorRule(**rule) for rule in body["behavior"]),
        grades=GradeThresholds(**body["grades"]),
        maturity=MaturityThresholds(**body["maturity"]),
    )
