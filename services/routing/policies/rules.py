"""Which follow-up policy a holding begins under: that of the first rule that holds, else its home pool's."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class PolicyRule:
    rule_id: str
    # CEL over `lead` (LeadFacts) and `pool` (its code).
    expression: str
    policy_code: str


@dataclass(frozen=True)
class PolicyRules:
    """What was published at once."""

    version: int
    rules: tuple[PolicyRule, ...]

    def choose(self, of_the_pool: str, holds: Callable[[str], bool]) -> str:
        """Code of the policy."""
        return next((rule.policy_code for rule in self.rules if holds(rule.expression)), of_the_pool)
