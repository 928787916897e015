"""Entry criteria of stages: what must be known of a lead, and what must have happened, before it enters one.

Versioned data: a publication replaces the whole set, and each change of a stage names the version that it met. The
stages from OPPORTUNITY on follow from the conversion, which is not undone by a criterion, and so have none.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.routing.lead import Stage
from services.shared.refusals import InvalidInput, Refused

CONDITION = "CONDITION"


class Fact(StrEnum):
    """What must have happened since the lead was opened or reopened."""

    FIRST_RESPONSE_MET = "FIRST_RESPONSE_MET"
    CONNECTED_FOLLOW_UP = "CONNECTED_FOLLOW_UP"


@dataclass(frozen=True)
class Criteria:
    """Of one stage: a condition in CEL, or none, and facts, all of which are wanted."""

    stage: Stage
    expression: str = ""
    facts: tuple[Fact, ...] = ()

    def missing(self, known: Collection[Fact], holds: Callable[[str], bool]) -> tuple[str, ...]:
        """What a lead lacks, by name: its facts, and CONDITION when the condition does not hold."""
        lacking = [str(fact) for fact in self.facts if fact not in known]
        if self.expression and not holds(self.expression):
            lacking.append(CONDITION)
        return tuple(lacking)


@dataclass(frozen=True)
class CriteriaSet:
    """What was published at once."""

    version: int
    criteria: tuple[Criteria, ...]

    @property
    def version_text(self) -> str:
        """How people, the history and the ledger name it, such as `stages@2`."""
        return f"stages@{self.version}"

    def of(self, stage: Stage) -> Criteria | None:
        return next((one for one in self.criteria if one.stage is stage), None)


class CriteriaNotMet(Refused):
    def __init__(self, stage: Stage, version: str, missing: Sequence[str]) -> None:
        super().__init__(
            "CRITERIA_NOT_MET",
            f"By {version} this lead lacks {', '.join(missing)} to enter {stage}.",
            stage=stage,
            criteria=version,
            missing=", ".join(missing),
        )


def check_criteria(criteria: Sequence[Criteria]) -> None:
    """A stage has one set of criteria. Raises InvalidInput naming the second one."""
    seen: set[Stage] = set()
    for index, one in enumerate(criteria):
        if one.stage in seen:
            raise InvalidInput(f"criteria[{index}].stage", f"{one.stage} stands twice: put its criteria together.")
        seen.add(one.stage)
