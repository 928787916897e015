"""A manager voids a follow-up: it counts no more, and the deadline is computed without it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.extensions.store_recording import record
from services.routing.holdings import store
from services.routing.holdings.entries import Entry, EntryKind
from services.routing.holdings.holding import EndCause, Holding
from services.routing.holdings.refusals import HoldingEnded
from services.routing.holdings.schedule import compute_schedule, floor_of
from services.routing.holdings.store_found import check_movable, lock_named
from services.routing.notices.notice import Notice, NoticeKind
from services.routing.notices.store import write_notice
from services.shared import database
from services.shared.callers import current_caller
from services.shared.database import text
from services.shared.refusals import NotFound


@dataclass(frozen=True)
class LoggedFollowUp:
    follow_up_id: UUID
    holding_id: UUID
    lead_id: UUID
    rep_code: str
    kind: str
    direction: str
    outcome: str
    occurred_at: datetime
    received_at: datetime
    # As it was when it was received.
    counted: bool
    because: Sequence[str]
    voided_at: datetime | None
    voided_by: str
    void_reason: str


class FollowUpNotFound(NotFound):
    def __init__(self, follow_up_id: UUID) -> None:
        super().__init__("NOT_FOUND", f"There is no follow-up {follow_up_id}.", kind="follow-up", id=str(follow_up_id))


async def void_follow_up(db: AsyncConnection, follow_up_id: UUID, reason: str) -> Holding:
    """Of an open holding; voided before, once done. What becomes earlier leaves the notice floor.

    Raises FollowUpNotFound, HoldingEnded, ConversionInFlight.
    """
    verb = "VoidFollowUp"
    question = "select holding_id from routing.follow_up where follow_up_id = :follow_up_id"
    holding_id = await db.scalar(text(question), {"follow_up_id": follow_up_id})
    if holding_id is None:
        raise FollowUpNotFound(follow_up_id)
    lead, holding = await lock_named(db, holding_id)
    check_movable(lead, holding, verb)
    now = await database.now(db)
    if now >= holding.schedule.due_at:
        raise HoldingEnded(holding_id, EndCause.RECALLED)
    values = {"follow_up_id": follow_up_id, "at": now, "by": current_caller().id, "reason": reason}
    if (await db.execute(text(VOID), values)).rowcount == 0:
        return holding
    holding = await store.move_clocks(db, holding, _without(holding, str(follow_up_id), now))
    await write_notice(
        db,
        Notice(
            NoticeKind.FOLLOW_UP_VOIDED,
            lead.lead_id,
            now,
            rep_id=holding.rep_id,
            holding_id=holding_id,
            step=str(follow_up_id),
            due_at=holding.schedule.due_at,
            reason=reason,
        ),
    )
    await record(db, lead, holding, verb=verb, event="follow_up_voided", at=now, reason=reason)
    return holding


def _without(holding: Holding, follow_up_id: str, now: datetime) -> tuple[Entry, ...]:
    entries = tuple(
        replace(entry, voided=True) if entry.id == follow_up_id else entry for entry in holding.schedule.entries
    )
    without = compute_schedule(holding.policy, holding.policy_text, holding.started_at, entries, holding.time)
    # Under a lock nothing is due, a first response that is awaited again no more than the rest: the floor follows it.
    since = max(now, holding.schedule.locked_until or now)
    floor = floor_of(holding.policy.notice_floor, holding.schedule, since, holding.time)
    until = floor if without.due_at < floor else None
    return (*entries, Entry(EntryKind.FOLLOW_UP_VOIDED, now, follow_up_id, until=until))


async def list_follow_ups(
    db: AsyncConnection, holding_id: UUID, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[LoggedFollowUp]:
    """Of one holding, in the order of receipt, from after a place on."""
    received_at, follow_up_id = after or (None, None)
    asked: dict[str, Any] = {
        "holding_id": holding_id,
        "received_at": received_at,
        "follow_up_id": follow_up_id,
        "limit": limit,
    }
    return [LoggedFollowUp(**row._mapping) for row in await db.execute(text(LIST), asked)]


VOID = """
update routing.follow_up set voided_at = :at, voided_by = :by, void_reason = :reason
where follow_up_id = :follow_up_id and voided_at is null
"""
LIST = """
select f.follow_up_id, f.holding_id, f.lead_id, rep.code as rep_code, f.kind, f.direction, f.outcome, f.occurred_at,
  f.received_at, f.counted, f.because, f.voided_at, coalesce(f.voided_by, '') as voided_by,
  coalesce(f.void_reason, '') as void_reason
from routing.follow_up f join routing.rep using (rep_id)
where f.holding_id = :holding_id
  and (cast(:received_at as timestamptz) is null
    or (f.received_at, f.follow_up_id) > (:received_at, cast(:follow_up_id as uuid)))
order by f.received_at, f.follow_up_id limit :limit
"""
