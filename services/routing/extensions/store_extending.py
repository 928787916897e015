"""More time for a holding (延期): the holder asks, a manager grants or refuses."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.extensions.store_recording import record
from services.routing.holdings import store
from services.routing.holdings.entries import Entry, EntryKind
from services.routing.holdings.holding import EndCause, Holding
from services.routing.holdings.refusals import HoldingEnded
from services.routing.holdings.store_found import check_movable, check_own, lock_named
from services.routing.leads.store import Lead
from services.routing.notices.notice import Notice, NoticeKind
from services.routing.notices.store import write_notice
from services.shared import database
from services.shared.callers import current_caller
from services.shared.database import text
from services.shared.ids import new_id
from services.shared.refusals import Exhausted, InvalidInput, NotFound, Refused

# Over which nobody plans: a lead that needs longer rests, or is locked.
LONGEST = timedelta(days=90)


@dataclass(frozen=True)
class Extension:
    extension_id: UUID
    holding_id: UUID
    lead_id: UUID
    rep_code: str
    until: datetime
    reason: str
    requested_at: datetime
    # None while nobody has decided; then `lapsed` says whether anybody still can.
    granted: bool | None
    lapsed: bool
    decided_until: datetime | None
    decided_at: datetime | None
    decided_by: str
    decision_reason: str


class ExtensionNotFound(NotFound):
    def __init__(self, extension_id: UUID) -> None:
        super().__init__("NOT_FOUND", f"There is no extension {extension_id}.", kind="extension", id=str(extension_id))


class ExtensionPending(Refused):
    def __init__(self, extension_id: UUID) -> None:
        super().__init__(
            "EXTENSION_PENDING",
            f"Extension {extension_id} of this holding is not decided yet: wait for that, or ask the manager.",
            extension_id=str(extension_id),
        )


class ExtensionDecided(Refused):
    def __init__(self, extension_id: UUID, granted: bool) -> None:
        super().__init__(
            "EXTENSION_DECIDED",
            f"Extension {extension_id} was {'granted' if granted else 'refused'} before.",
            extension_id=str(extension_id),
            granted=str(granted).lower(),
        )


class ExtensionsExhausted(Exhausted):
    def __init__(self, granted: int, limit: int) -> None:
        super().__init__(
            "EXTENSIONS_EXHAUSTED",
            f"This holding was extended {granted} times; the policy allows {limit}.",
            granted=str(granted),
            limit=str(limit),
        )


async def request_extension(db: AsyncConnection, holding_id: UUID, until: datetime, reason: str) -> Extension:
    """The managers of the rep's team hear of it. Raises HoldingEnded, NotYours, ConversionInFlight, InvalidInput,
    ExtensionPending, ExtensionsExhausted."""
    verb = "RequestExtension"
    lead, holding = await lock_named(db, holding_id)
    check_own(holding)
    now = await _check(db, lead, holding, until, verb)
    if (pending := await db.scalar(text(PENDING), {"holding_id": holding_id})) is not None:
        raise ExtensionPending(pending)
    extension_id = new_id()
    values = {
        "extension_id": extension_id,
        "holding_id": holding_id,
        "lead_id": lead.lead_id,
        "rep_id": holding.rep_id,
        "until": until,
        "reason": reason,
        "at": now,
    }
    await db.execute(text(REQUEST), values)
    team_id = await db.scalar(text("select team_id from routing.rep where rep_id = :id"), {"id": holding.rep_id})
    await write_notice(
        db,
        Notice(
            NoticeKind.EXTENSION_REQUESTED,
            lead.lead_id,
            now,
            team_id=team_id,
            holding_id=holding_id,
            step=str(extension_id),
            due_at=holding.schedule.due_at,
            reason=reason,
        ),
    )
    await record(db, lead, holding, verb=verb, event="extension_requested", at=now, reason=reason)
    return await find_extension(db, extension_id)


async def decide_extension(
    db: AsyncConnection, extension_id: UUID, *, granted: bool, until: datetime | None, reason: str
) -> tuple[Extension, Holding]:
    """Granted until then, or until what was asked for. Raises ExtensionNotFound, ExtensionDecided, HoldingEnded,
    ConversionInFlight, InvalidInput, ExtensionsExhausted."""
    verb = "DecideExtension"
    asked = await find_extension(db, extension_id)
    lead, holding = await lock_named(db, asked.holding_id)
    asked = await find_extension(db, extension_id)
    if asked.granted is not None:
        raise ExtensionDecided(extension_id, asked.granted)
    until = until or asked.until
    now = await (_check(db, lead, holding, until, verb) if granted else _check_open(db, lead, holding, verb))
    values = {
        "extension_id": extension_id,
        "granted": granted,
        "until": until if granted else None,
        "at": now,
        "by": current_caller().id,
        "reason": reason,
    }
    await db.execute(text(DECIDE), values)
    if granted:
        entry = Entry(EntryKind.EXTENSION_GRANTED, now, str(extension_id), until=until)
        holding = await store.move_clocks(db, holding, (*holding.schedule.entries, entry))
    await write_notice(
        db,
        Notice(
            NoticeKind.EXTENSION_DECIDED,
            lead.lead_id,
            now,
            rep_id=holding.rep_id,
            holding_id=holding.holding_id,
            step=str(extension_id),
            due_at=holding.schedule.due_at,
            reason="GRANTED" if granted else "REFUSED",
        ),
    )
    await record(db, lead, holding, verb=verb, event="extension_decided", at=now, reason=reason)
    return await find_extension(db, extension_id), holding


async def _check(db: AsyncConnection, lead: Lead, holding: Holding, until: datetime, verb: str) -> datetime:
    now = await _check_open(db, lead, holding, verb)
    if holding.schedule.nothing_due:
        raise InvalidInput("until", "Nothing is due now: more time is asked for when something is.")
    if not max(now, holding.schedule.due_at) < until <= now + LONGEST:
        raise InvalidInput(
            "until",
            f"More time ends after the present deadline ({holding.schedule.due_at.isoformat()}) and within "
            f"{LONGEST.days} days from now.",
        )
    granted = sum(entry.kind is EntryKind.EXTENSION_GRANTED for entry in holding.schedule.entries)
    if granted >= holding.policy.extensions_granted:
        raise ExtensionsExhausted(granted, holding.policy.extensions_granted)
    return now


async def _check_open(db: AsyncConnection, lead: Lead, holding: Holding, verb: str) -> datetime:
    check_movable(lead, holding, verb)
    now = await database.now(db)
    # What is due is as good as recalled: nobody's word rescues it.
    if now >= holding.schedule.due_at:
        raise HoldingEnded(holding.holding_id, EndCause.RECALLED)
    return now


async def find_extension(db: AsyncConnection, extension_id: UUID) -> Extension:
    """Raises ExtensionNotFound."""
    row = (
        await db.execute(text(f"{EXTENSIONS} where e.extension_id = :extension_id"), {"extension_id": extension_id})
    ).one_or_none()
    if row is None:
        raise ExtensionNotFound(extension_id)
    return _extension(row)


async def list_extensions(
    db: AsyncConnection,
    *,
    rep_id: UUID | None,
    holding_id: UUID | None,
    pending_only: bool,
    before: UUID | None,
    limit: int,
) -> Sequence[Extension]:
    """Newest first; of one rep, of one holding, or all."""
    question = f"""{EXTENSIONS}
        where (cast(:rep_id as uuid) is null or e.rep_id = :rep_id)
          and (cast(:holding_id as uuid) is null or e.holding_id = :holding_id)
          and (not :pending_only or (e.granted is null and h.ended_at is null))
          and (cast(:before as uuid) is null or e.extension_id < :before)
        order by e.extension_id desc limit :limit
    """
    asked = {
        "rep_id": rep_id,
        "holding_id": holding_id,
        "pending_only": pending_only,
        "before": before,
        "limit": limit,
    }
    return [_extension(row) for row in await db.execute(text(question), asked)]


def _extension(row: Row[Any]) -> Extension:
    return Extension(**row._mapping)


EXTENSIONS = """
select e.extension_id, e.holding_id, e.lead_id, rep.code as rep_code, e.until, e.reason, e.requested_at, e.granted,
  e.granted is null and h.ended_at is not null as lapsed, e.decided_until, e.decided_at,
  coalesce(e.decided_by, '') as decided_by, coalesce(e.decision_reason, '') as decision_reason
from routing.extension e join routing.holding h using (holding_id) join routing.rep on rep.rep_id = e.rep_id
"""
PENDING = "select extension_id from routing.extension where holding_id = :holding_id and granted is null"
REQUEST = """
insert into routing.extension (extension_id, holding_id, lead_id, rep_id, until, reason, requested_at)
values (:extension_id, :holding_id, :lead_id, :rep_id, :until, :reason, :at)
"""
DECIDE = """
update routing.extension set granted = :granted, decided_until = :until, decided_at = :at, decided_by = :by,
  decision_reason = :reason
where extension_id = :extension_id
"""
