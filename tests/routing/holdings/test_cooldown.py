"""The claim cooldown."""

from datetime import UTC, datetime, timedelta

import pytest

from services.routing.holdings.cooldown import ClaimCooldown, may_claim

A_WEEK_LATER = datetime(2026, 4, 8, 9, 0, tzinfo=UTC)


def test_before_the_end_no_claim_is_allowed_and_the_refusal_names_the_end() -> None:
    refused = ClaimCooldown(A_WEEK_LATER)

    assert not may_claim(A_WEEK_LATER, A_WEEK_LATER - timedelta(microseconds=1))
    assert refused.reason == "CLAIM_COOLDOWN"
    assert refused.metadata == {"ends_at": "2026-04-08T09:00:00+00:00"}


@pytest.mark.parametrize("until", [None, A_WEEK_LATER])
def test_a_claim_is_allowed_at_the_end_and_without_a_history(until: datetime | None) -> None:
    assert may_claim(until, A_WEEK_LATER)
