"""The claim cooldown."""

from datetime import UTC, datetime, timedelta

import pytest

from services.routing.holdings.cooldown import ClaimCooldown, check_cooldown

A_WEEK_LATER = datetime(2026, 4, 8, 9, 0, tzinfo=UTC)


def test_a_claim_before_the_end_is_refused_with_the_end() -> None:
    with pytest.raises(ClaimCooldown) as refused:
        check_cooldown(A_WEEK_LATER, A_WEEK_LATER - timedelta(microseconds=1))

    assert refused.value.reason == "CLAIM_COOLDOWN"
    assert refused.value.metadata == {"ends_at": "2026-04-08T09:00:00+00:00"}


@pytest.mark.parametrize("until", [None, A_WEEK_LATER])
def test_a_claim_is_allowed_at_the_end_and_without_a_history(until: datetime | None) -> None:
    check_cooldown(until, A_WEEK_LATER)
