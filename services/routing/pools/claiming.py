"""May this rep claim this lead out of its pool now? The rules in their order, each refusal with its end.

Who is no member hears of a hidden pool that there is no such lead, long before anything is asked here. At the
instant that a refusal names, the claim is allowed, as far as that rule goes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from services.routing.holdings.cooldown import ClaimCooldown, may_claim
from services.shared.refusals import Denied, Exhausted, Refusal, Refused


@dataclass(frozen=True)
class Standing:
    """A rep before a lead that waits in a pool."""

    now: datetime
    pool_code: str
    rep_code: str
    member: bool
    resting_until: datetime | None
    frozen_until: datetime | None
    release_at: datetime | None
    may_claim_again_at: datetime | None


class NotAMember(Denied):
    def __init__(self, pool_code: str, rep_code: str) -> None:
        super().__init__(
            "NOT_A_MEMBER",
            f"Rep {rep_code} is no member of the pool {pool_code}: a manager can make him one.",
            pool=pool_code,
            rep=rep_code,
        )


class LeadResting(Refused):
    def __init__(self, ends_at: datetime) -> None:
        super().__init__(
            "LEAD_RESTING",
            f"This lead rests until {ends_at.isoformat()}. A manager can end its rest earlier.",
            ends_at=ends_at.isoformat(),
        )


class LeadFrozen(Refused):
    def __init__(self, ends_at: datetime) -> None:
        super().__init__(
            "LEAD_FROZEN",
            f"This lead is new in its pool and may be claimed from {ends_at.isoformat()} on. "
            "A manager can assign it to you earlier.",
            ends_at=ends_at.isoformat(),
        )


class NotReleasedYet(Refused):
    def __init__(self, ends_at: datetime) -> None:
        super().__init__(
            "NOT_RELEASED_YET",
            f"This lead was recalled and may be claimed when its pool opens, from {ends_at.isoformat()} on.",
            ends_at=ends_at.isoformat(),
        )


class DailyClaimLimitReached(Exhausted):
    """`ends_at`: when the pool's next day begins."""

    def __init__(self, pool_code: str, *, claims: int, limit: int, ends_at: datetime) -> None:
        super().__init__(
            "DAILY_CLAIM_LIMIT_REACHED",
            f"You made {claims} claims out of the pool {pool_code} today; the limit is {limit}. "
            f"Its next day begins at {ends_at.isoformat()}.",
            pool=pool_code,
            claims=str(claims),
            limit=str(limit),
            ends_at=ends_at.isoformat(),
        )


class DailyViewLimitReached(Exhausted):
    """`ends_at`: when the pool's next day begins."""

    def __init__(self, pool_code: str, *, views: int, limit: int, ends_at: datetime) -> None:
        super().__init__(
            "DAILY_VIEW_LIMIT_REACHED",
            f"You were shown {views} leads of the pool {pool_code} today; the limit is {limit}. "
            f"Its next day begins at {ends_at.isoformat()}.",
            pool=pool_code,
            views=str(views),
            limit=str(limit),
            ends_at=ends_at.isoformat(),
        )


def objection_to_claim(standing: Standing) -> Refusal | None:
    """The first rule that stands against a claim. The daily limit and the holding limits come after these."""
    return next(_against_claim(standing), None)


def objection_to_assignment(standing: Standing) -> Refusal | None:
    """A manager passes over freeze, opening and cooldown, not over membership or rest."""
    return next(_against_anybody(standing), None)


def yet_to_come(instant: datetime | None, now: datetime) -> datetime | None:
    """The end of a rest, a freeze or a wait as people are shown it: none once it is past."""
    return instant if instant is not None and instant > now else None


def _against_claim(standing: Standing) -> Iterator[Refusal]:
    yield from _against_anybody(standing)
    now = standing.now
    if standing.frozen_until is not None and now < standing.frozen_until:
        yield LeadFrozen(standing.frozen_until)
    if standing.release_at is not None and now < standing.release_at:
        yield NotReleasedYet(standing.release_at)
    if standing.may_claim_again_at is not None and not may_claim(standing.may_claim_again_at, now):
        yield ClaimCooldown(standing.may_claim_again_at)


def _against_anybody(standing: Standing) -> Iterator[Refusal]:
    if not standing.member:
        yield NotAMember(standing.pool_code, standing.rep_code)
    if standing.resting_until is not None and standing.now < standing.resting_until:
        yield LeadResting(standing.resting_until)
