"""The rules of a claim, in their order."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.routing.pools.claiming import Standing, objection_to_assignment, objection_to_claim

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=3)
FREE = Standing(NOON, "east", "L007", True, None, None, None, None)
# Each rule by what breaks it, in the order in which they are asked.
RULES: list[tuple[str, dict[str, Any]]] = [
    ("NOT_A_MEMBER", {"member": False}),
    ("LEAD_RESTING", {"resting_until": LATER}),
    ("LEAD_FROZEN", {"frozen_until": LATER}),
    ("NOT_RELEASED_YET", {"release_at": LATER}),
    ("CLAIM_COOLDOWN", {"may_claim_again_at": LATER}),
]
INSTANTS = [(reason, broken) for reason, broken in RULES if "member" not in broken]


def test_nothing_stands_against_a_lead_that_is_free() -> None:
    assert objection_to_claim(FREE) is None
    assert objection_to_assignment(FREE) is None


@pytest.mark.parametrize("first", range(len(RULES)))
def test_the_first_rule_that_is_broken_speaks_whatever_else_is(first: int) -> None:
    standing = FREE
    for _, broken in RULES[first:]:
        standing = replace(standing, **broken)

    objection = objection_to_claim(standing)

    assert objection is not None
    assert objection.reason == RULES[first][0]


@pytest.mark.parametrize(("reason", "broken"), INSTANTS)
def test_a_refusal_names_the_instant_from_which_on_the_claim_is_allowed(reason: str, broken: dict[str, Any]) -> None:
    standing = replace(FREE, **broken)

    objection = objection_to_claim(standing)

    assert objection is not None
    assert objection.metadata == {"ends_at": LATER.isoformat()}
    assert objection_to_claim(replace(standing, now=LATER)) is None
    assert objection_to_claim(replace(standing, now=LATER - timedelta(microseconds=1))) is not None


def test_a_manager_passes_over_freeze_opening_and_cooldown_only() -> None:
    keeps_claims_fair = {"LEAD_FROZEN", "NOT_RELEASED_YET", "CLAIM_COOLDOWN"}

    for reason, broken in RULES:
        objection = objection_to_assignment(replace(FREE, **broken))
        assert (objection is None) == (reason in keeps_claims_fair)
