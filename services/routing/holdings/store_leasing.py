"""A conversion leases the holding that it converts: meanwhile the recall waits and nobody moves the lead.

The lease's end frees nothing by itself: whether the conversion was committed is known to conversion alone, so its
word ends the lease, one way or the other, each once however often it is told.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing import tables
from services.routing.holdings import store
from services.routing.holdings.entries import Entry, EntryKind
from services.routing.holdings.holding import EndCause, Holding
from services.routing.holdings.refusals import ConversionEnded, HoldingEnded, HoldingNotFound, NotYours
from services.routing.holdings.store_found import check_movable, lock_named
from services.routing.lead import LeadState, Stage
from services.routing.leads.store import Lead, save_state
from services.routing.ledger import Decision
from services.routing.stages.store import StageEntry, write_change
from services.routing.store_ledger import record_decision
from services.shared import database, outbox
from services.shared.database import text
from services.shared.outbox import Event


async def lease_holding(
    db: AsyncConnection,
    holding_id: UUID,
    *,
    epoch: int,
    conversion_id: UUID,
    converter_id: str,
    by_manager: bool,
    lease_for: timedelta,
    lead_id: UUID | None = None,
) -> Holding:
    """Begin a conversion. Raises HoldingNotFound, HoldingEnded, NotYours, ConversionInFlight, ConversionEnded."""
    lead, holding = await lock_named(db, holding_id)
    converts_own = converter_id == str(holding.rep_id) or by_manager
    of_another_lead = lead_id not in (None, lead.lead_id)
    # Who asked for the conversion is told why it was refused: of what is hidden from him he learns nothing by that.
    if of_another_lead or (lead.hidden and not converts_own):
        raise HoldingNotFound(holding_id)
    if holding.conversion_id == conversion_id and holding.epoch == epoch:
        return holding
    if holding.schedule.released(str(conversion_id)):
        raise ConversionEnded(conversion_id, "RELEASED")
    check_movable(lead, holding, "LeaseHolding")
    at = await database.now(db)
    # What is due is as good as recalled: a conversion rescues it no more than a follow-up does.
    if holding.epoch != epoch or at >= holding.schedule.due_at:
        raise HoldingEnded(holding_id, EndCause.RECALLED)
    if not converts_own:
        raise NotYours("holding", holding_id)
    lease = {"holding_id": holding_id, "conversion_id": conversion_id, "lease_until": at + lease_for}
    await db.execute(text(LEASE), lease)
    await save_state(db, lead, state=LeadState.CONVERTING)
    await _record(
        db, lead, holding, "LeaseHolding", "holding_leased", LeadState.CONVERTING, at, conversion_id, by_run=True
    )
    return await store.find_holding(db, holding_id)


async def release_lease(db: AsyncConnection, holding_id: UUID, conversion_id: UUID) -> datetime:
    """The conversion ended without effect. Returns when the holding is due now. Raises ConversionEnded."""
    lead, holding = await lock_named(db, holding_id)
    if not holding.open or holding.conversion_id != conversion_id:
        if holding.schedule.released(str(conversion_id)):
            return holding.schedule.due_at
        raise ConversionEnded(conversion_id, "NOT_LEASED")
    at = await database.now(db)
    await db.execute(text(RELEASE), {"holding_id": holding_id})
    released = Entry(EntryKind.CONVERSION_RELEASED, at, str(conversion_id))
    holding = await store.move_clocks(db, holding, (*holding.schedule.entries, released))
    await save_state(db, lead, state=LeadState.HELD)
    await _record(db, lead, holding, "ReleaseLease", "lease_released", LeadState.HELD, at, conversion_id, by_run=False)
    return holding.schedule.due_at


async def finish_conversion(db: AsyncConnection, holding_id: UUID, conversion_id: UUID) -> LeadState:
    """The conversion was committed: the holding ends, its rep keeps the person. Raises ConversionEnded."""
    lead, holding = await lock_named(db, holding_id)
    if holding.conversion_id != conversion_id:
        raise ConversionEnded(conversion_id, "NOT_LEASED")
    if not holding.open:
        return lead.state
    at = await database.now(db)
    await store.end_holding(db, holding, cause=EndCause.CONVERTED, reason=None, at=at, cooldown=False)
    await save_state(db, lead, state=LeadState.CONVERTED, converter_id=holding.rep_id)
    await _record(
        db,
        lead,
        holding,
        "FinishConversion",
        "holding_converted",
        LeadState.CONVERTED,
        at,
        conversion_id,
        by_run=False,
    )
    if lead.stage.is_before(Stage.OPPORTUNITY):
        # Committed is committed: no criterion undoes it.
        await write_change(db, lead, StageEntry(Stage.OPPORTUNITY, "FinishConversion", at, holding_id))
    return LeadState.CONVERTED


async def _record(
    db: AsyncConnection,
    lead: Lead,
    holding: Holding,
    verb: str,
    event: str,
    to_state: LeadState,
    at: datetime,
    conversion_id: UUID,
    *,
    by_run: bool,
) -> None:
    await record_decision(
        db,
        Decision(
            lead_id=lead.lead_id,
            verb=verb,
            from_state=lead.state,
            to_state=to_state,
            holding_id=holding.holding_id,
            epoch=holding.epoch,
            rep_id=holding.rep_id,
            rule_version=holding.policy_text,
            decided_at=at,
        ),
    )
    data = {
        "holding_id": holding.holding_id,
        "epoch": holding.epoch,
        "rep_code": holding.rep_code,
        "conversion_id": conversion_id,
        "state": to_state,
    }
    await outbox.record(
        db,
        tables.event,
        Event(lead.lead_id, event, data=data, rule_version=holding.policy_text, by_run=by_run),
    )


LEASE = """
update routing.holding set conversion_id = :conversion_id, lease_until = :lease_until, wake_at = :lease_until
where holding_id = :holding_id
"""
RELEASE = "update routing.holding set conversion_id = null, lease_until = null where holding_id = :holding_id"
