"""A lead's score and its addends: what it is (fit) and what it does (behaviour), by a published set of rules.

Pure: the same rules, facts and engagements always add up to the same score, so that a stored score can be checked
by computing it again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True)
class FitRule:
    rule_id: str
    expression: str
    points: int


@dataclass(frozen=True)
class BehaviorRule:
    """Points for each engagement of a kind; together at most `max_points` in absolute value, 0 for no bound."""

    rule_id: str
    engagement_kind: str
    points: int
    max_points: int


@dataclass(frozen=True)
class GradeThresholds:
    """From how many points on a grade is reached; below C it is D."""

    a: int = 80
    b: int = 50
    c: int = 20


@dataclass(frozen=True)
class MaturityThresholds:
    """Mature from `enter` points on, no longer below `leave`: between them it stays what it was."""

    enter: int = 80
    leave: int = 60


@dataclass(frozen=True)
class Rules:
    """A published set; without one (version 0) every score is 0."""

    version: int = 0
    fit: tuple[FitRule, ...] = ()
    behavior: tuple[BehaviorRule, ...] = ()
    grades: GradeThresholds = GradeThresholds()
    maturity: MaturityThresholds = MaturityThresholds()


class Part(StrEnum):
    FIT = "fit"
    BEHAVIOR = "behavior"


@dataclass(frozen=True)
class Contribution:
    """One addend. `because` is the condition that held, or the kind of engagement counted."""

    part: Part
    rule_id: str
    points: int
    engagements: int
    because: str


@dataclass(frozen=True)
class Scored:
    """A score with its addends."""

    contributions: tuple[Contribution, ...]
    grade: str

    @property
    def fit_score(self) -> int:
        return sum(one.points for one in self.contributions if one.part is Part.FIT)

    @property
    def behavior_score(self) -> int:
        return sum(one.points for one in self.contributions if one.part is Part.BEHAVIOR)

    @property
    def total(self) -> int:
        return self.fit_score + self.behavior_score


def compute_score(rules: Rules, holds: Callable[[str], bool], engagements: Mapping[str, int]) -> Scored:
    """`holds` says whether a condition holds of the facts; `engagements` counts them by kind."""
    fit = [
        Contribution(Part.FIT, rule.rule_id, rule.points, 0, rule.expression)
        for rule in rules.fit
        if holds(rule.expression)
    ]
    behavior = [
        Contribution(Part.BEHAVIOR, rule.rule_id, _bounded(rule, count), count, rule.engagement_kind)
        for rule in rules.behavior
        if (count := engagements.get(rule.engagement_kind, 0))
    ]
    contributions = (*fit, *behavior)
    return Scored(contributions, grade_of(sum(one.points for one in contributions), rules.grades))


def _bounded(rule: BehaviorRule, count: int) -> int:
    points = rule.points * count
    if not rule.max_points:
        return points
    return max(-rule.max_points, min(rule.max_points, points))


def grade_of(total: int, thresholds: GradeThresholds) -> str:
    for grade, least in (("A", thresholds.a), ("B", thresholds.b), ("C", thresholds.c)):
        if total >= least:
            return grade
    return "D"


def is_mature(total: int, was_mature: bool, thresholds: MaturityThresholds) -> bool:
    """With hysteresis: what has matured stays so until it falls below `leave`."""
    return total >= (thresholds.leave if was_mature else thresholds.enter)
