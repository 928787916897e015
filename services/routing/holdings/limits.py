"""Holding limits (保有量): how many leads a rep may hold.

Each limit counts its own population: scope REP all open holdings of the rep, scope POOL those that he took
from one pool. A holding opens only where every limit that applies has room. Lowering a limit takes nothing
away: it blocks.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from services.shared.refusals import Exhausted

# The key of scope REP, which has none.
WHOLE_REP = UUID(int=0)


class LimitScope(StrEnum):
    """What a limit counts. In the order of locking, which is the order of the names too."""

    POOL = "POOL"
    REP = "REP"


@dataclass(frozen=True, order=True)
class Slot:
    """One place under one limit. Sorted, they stand in the order in which everybody locks them."""

    scope: LimitScope
    key: UUID
    rep_id: UUID


@dataclass(frozen=True)
class Room:
    """What a limit counts now, and what it allows; without a limit there is always room."""

    held: int
    limit: int | None

    @property
    def full(self) -> bool:
        return self.limit is not None and self.held >= self.limit


class HoldingLimitReached(Exhausted):
    def __init__(self, rep_code: str, scope: LimitScope, key: str, room: Room) -> None:
        where = f" out of pool {key}" if scope is LimitScope.POOL else ""
        super().__init__(
            "HOLDING_LIMIT_REACHED",
            f"Rep {rep_code} holds {room.held} leads{where}; the limit is {room.limit}. "
            "Return or convert one, or ask a manager to raise the limit.",
            scope=scope,
            key=key,
            rep=rep_code,
            held=str(room.held),
            limit=str(room.limit),
        )


def slots_of(rep_id: UUID, taken_from_pool_id: UUID | None) -> tuple[Slot, ...]:
    """The places that a holding takes, in the order of locking."""
    whole = Slot(LimitScope.REP, WHOLE_REP, rep_id)
    if taken_from_pool_id is None:
        return (whole,)
    return (Slot(LimitScope.POOL, taken_from_pool_id, rep_id), whole)


def first_full(asked: Iterable[Slot], taken: Iterable[Slot]) -> Slot | None:
    """The first limit, in order, that gave no place."""
    given = set(taken)
    return next((slot for slot in asked if slot not in given), None)
