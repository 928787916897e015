"""Holding limits (保有量): how many leads a rep may hold.

Each limit counts its own population: scope REP all open holdings of the rep, POOL those that he took from one pool,
GRADE and PRODUCT those of one grade or product, as it was when the holding began. A holding opens only where every
limit that applies has room. Lowering a limit takes nothing away: it blocks.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from services.shared.refusals import Exhausted

# The key of scope REP, which has none.
WHOLE_REP = ""


class LimitScope(StrEnum):
    """What a limit counts. In the order of locking, which is the order of the names too."""

    GRADE = "GRADE"
    POOL = "POOL"
    PRODUCT = "PRODUCT"
    REP = "REP"


@dataclass(frozen=True, order=True)
class Slot:
    """One place under one limit. Sorted, they stand in the order in which everybody locks them."""

    scope: LimitScope
    # A grade, a pool's id, a product's code.
    key: str
    rep_id: UUID


@dataclass(frozen=True)
class Room:
    """What a limit counts now, and what it allows; without a limit there is always room."""

    held: int
    limit: int | None

    @property
    def full(self) -> bool:
        return self.limit is not None and self.held >= self.limit

    @property
    def over_cap(self) -> bool:
        """It was lowered below what is held."""
        return self.limit is not None and self.held > self.limit


class HoldingLimitReached(Exhausted):
    def __init__(self, rep_code: str, scope: LimitScope, key: str, room: Room) -> None:
        of_which = {
            LimitScope.GRADE: f" of grade {key}",
            LimitScope.POOL: f" out of pool {key}",
            LimitScope.PRODUCT: f" of product {key}",
            LimitScope.REP: "",
        }
        super().__init__(
            "HOLDING_LIMIT_REACHED",
            f"Rep {rep_code} holds {room.held} leads{of_which[scope]}; the limit is {room.limit}. "
            "Return or convert one, or ask a manager to raise the limit.",
            scope=scope,
            key=key,
            rep=rep_code,
            held=str(room.held),
            limit=str(room.limit),
        )


def slots_of(rep_id: UUID, taken_from_pool_id: UUID | None, grade: str | None, product: str | None) -> tuple[Slot, ...]:
    """The places that a holding takes, in the order of locking; a lead without grade or product takes none of these."""
    keys = {
        LimitScope.GRADE: grade,
        LimitScope.POOL: str(taken_from_pool_id) if taken_from_pool_id else None,
        LimitScope.PRODUCT: product,
    }
    narrower = [Slot(scope, key, rep_id) for scope, key in keys.items() if key]
    return (*narrower, Slot(LimitScope.REP, WHOLE_REP, rep_id))


def first_full(asked: Iterable[Slot], taken: Iterable[Slot]) -> Slot | None:
    """The first limit, in order, that gave no place."""
    given = set(taken)
    return next((slot for slot in asked if slot not in given), None)
