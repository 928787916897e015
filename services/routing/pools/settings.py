"""How a pool is kept."""

from dataclasses import dataclass
from datetime import time, timedelta
from enum import StrEnum

from services.shared.refusals import InvalidInput, Refused

# The pool that exists always.
DEFAULT_POOL = "default"


class Visibility(StrEnum):
    """Who sees the pool: everybody, or its members, managers and administrators."""

    PUBLIC = "PUBLIC"
    HIDDEN = "HIDDEN"


class Hygiene(StrEnum):
    """What becomes of a lead that was given back too often or waits too long: DORMANT, or the managers' queue."""

    DORMANT = "DORMANT"
    REVIEW = "REVIEW"


@dataclass(frozen=True)
class PoolSettings:
    """What is None sets no bound."""

    name: str
    policy_code: str
    visibility: Visibility
    # An IANA name.
    time_zone: str
    new_lead_freeze: timedelta
    daily_claim_limit: int | None
    # By the clock of the zone.
    opens_at: time | None
    max_holdings: int | None
    max_age: timedelta | None
    dwell_reminder: timedelta | None
    daily_view_limit: int | None
    hygiene: Hygiene


class PoolPermanent(Refused):
    def __init__(self, pool_code: str) -> None:
        super().__init__(
            "POOL_PERMANENT",
            f"The pool {pool_code} exists always: whatever has no other home is at home there.",
            pool=pool_code,
        )


def check_deletable(pool_code: str, successor_code: str) -> None:
    """Raises PoolPermanent, InvalidInput."""
    if pool_code == DEFAULT_POOL:
        raise PoolPermanent(pool_code)
    if pool_code == successor_code:
        raise InvalidInput("successor_code", "The successor is another pool.")
