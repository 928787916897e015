"""A holding is locked (锁定): nothing is due until the lock ends, and a notice floor after it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.extensions.store_recording import record
from services.routing.holdings import store
from services.routing.holdings.entries import Entry, EntryKind
from services.routing.holdings.holding import EndCause, Holding
from services.routing.holdings.limits import slots_of
from services.routing.holdings.refusals import HoldingEnded
from services.routing.holdings.store_found import check_movable, check_own, lock_named
from services.routing.holdings.store_limits import lock_slots
from services.shared import database
from services.shared.database import text
from services.shared.refusals import Exhausted, InvalidInput, Refused


class FirstResponseAwaited(Refused):
    def __init__(self, holding_id: UUID, due_at: datetime) -> None:
        super().__init__(
            "FIRST_RESPONSE_AWAITED",
            f"Nobody has tried to reach this lead yet; the first response is due {due_at.isoformat()}. "
            "Log a follow-up or accept the lead, then lock it.",
            holding_id=str(holding_id),
            due_at=due_at.isoformat(),
        )


class LocksExhausted(Exhausted):
    def __init__(self, rep_code: str, locked: int, limit: int) -> None:
        super().__init__(
            "LOCKS_EXHAUSTED",
            f"Rep {rep_code} has {locked} leads locked; the policy allows {limit}. Unlock one first.",
            rep=rep_code,
            locked=str(locked),
            limit=str(limit),
        )


async def lock(db: AsyncConnection, holding_id: UUID, until: datetime) -> Holding:
    """Locked already until then, once done. Raises HoldingEnded, NotYours, ConversionInFlight, InvalidInput,
    FirstResponseAwaited, LocksExhausted."""
    verb = "LockHolding"
    lead, holding = await lock_named(db, holding_id)
    check_own(holding)
    check_movable(lead, holding, verb)
    # Everybody who locks one of this rep's leads comes by here: so nobody counts past another.
    await lock_slots(db, slots_of(holding.rep_id, None, None, None))
    now = await database.now(db)
    schedule, policy = holding.schedule, holding.policy
    if now >= schedule.due_at:
        raise HoldingEnded(holding_id, EndCause.RECALLED)
    if schedule.first_responded_at is None:
        raise FirstResponseAwaited(holding_id, schedule.due_at)
    if schedule.locked_until == until:
        return holding
    # From the first lock on, whatever was unlocked in between: else a lead is locked again and again for ever.
    began = next((entry.at for entry in schedule.entries if entry.kind is EntryKind.LOCKED), now)
    if not now < until <= policy.lock_longest.after(began, holding.time):
        raise InvalidInput(
            "until", f"A lock ends in the future, and at most {policy.lock_longest} after the holding's first lock."
        )
    locked = int(await db.scalar(text(LOCKED), {"rep_id": holding.rep_id, "but_for": holding_id, "now": now}) or 0)
    if locked >= policy.locks_per_rep:
        raise LocksExhausted(holding.rep_code, locked, policy.locks_per_rep)
    entries = (*schedule.entries, Entry(EntryKind.LOCKED, now, until=until))
    holding = await store.move_clocks(db, holding, entries)
    await record(db, lead, holding, verb=verb, event="holding_locked", at=now)
    return holding


async def unlock(db: AsyncConnection, holding_id: UUID) -> Holding:
    """Not locked (any more), nothing happens. Raises HoldingEnded, NotYours, ConversionInFlight."""
    verb = "UnlockHolding"
    lead, holding = await lock_named(db, holding_id)
    check_own(holding)
    check_movable(lead, holding, verb)
    now = await database.now(db)
    if holding.schedule.locked_until is None or holding.schedule.locked_until <= now:
        return holding
    holding = await store.move_clocks(db, holding, (*holding.schedule.entries, Entry(EntryKind.UNLOCKED, now)))
    await record(db, lead, holding, verb=verb, event="holding_unlocked", at=now)
    return holding


LOCKED = """
select count(*) from routing.holding
where rep_id = :rep_id and ended_at is null and locked_until > :now and holding_id <> :but_for
"""
