"""A lead that is none, whoever held it: INVALID (无效), or VOIDED (作废) by an administrator."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing import tables, transitions
from services.routing.holdings import store as holdings
from services.routing.holdings.holding import EndCause, Holding
from services.routing.holdings.refusals import ConversionInFlight, NotYours
from services.routing.lead import LeadState
from services.routing.leads.store import Lead, lock_lead, save_state
from services.routing.ledger import Decision
from services.routing.notices.notice import Notice, NoticeKind
from services.routing.notices.store import write_notice
from services.routing.pools.store_days import give_claim_back
from services.routing.reasons import Reason, reason_for
from services.routing.store_ledger import record_decision
from services.shared import database, outbox
from services.shared.outbox import Event


async def disqualify_lead(db: AsyncConnection, lead_id: UUID, reason_code: str, *, only_of: UUID | None) -> LeadState:
    """`only_of`: the rep who asks, and who may disqualify only what he holds.

    Raises ReasonNotAllowed, IllegalTransition, NotYours, ConversionInFlight.
    """
    verb = "DisqualifyLead"
    reason = reason_for(reason_code, verb)
    lead = await lock_lead(db, lead_id)
    holding = await holdings.lock_open_holding(db, lead_id)
    if only_of is not None and (holding is None or holding.rep_id != only_of):
        raise NotYours("lead", lead_id)
    _check_endable(lead, holding, verb)
    now = await database.now(db)
    await _end(db, lead, holding, reason, EndCause.DISQUALIFIED, LeadState.INVALID, now)
    await _record(db, lead, holding, reason, verb, "lead_disqualified", LeadState.INVALID, now)
    return LeadState.INVALID


async def void_lead(db: AsyncConnection, lead_id: UUID, reason_code: str) -> LeadState:
    """Struck out; whoever held it hears of it. Raises ReasonNotAllowed, IllegalTransition, ConversionInFlight."""
    verb = "VoidLead"
    reason = reason_for(reason_code, verb)
    lead = await lock_lead(db, lead_id)
    holding = await holdings.lock_open_holding(db, lead_id)
    _check_endable(lead, holding, verb)
    now = await database.now(db)
    await _end(db, lead, holding, reason, EndCause.VOIDED, LeadState.VOIDED, now)
    if holding:
        await write_notice(
            db,
            Notice(
                kind=NoticeKind.RECLAIMED,
                lead_id=lead_id,
                created_at=now,
                rep_id=holding.rep_id,
                holding_id=holding.holding_id,
                reason=reason.code,
            ),
        )
    await _record(db, lead, holding, reason, verb, "lead_voided", LeadState.VOIDED, now)
    return LeadState.VOIDED


def _check_endable(lead: Lead, holding: Holding | None, verb: str) -> None:
    if holding and holding.conversion_id:
        raise ConversionInFlight(holding.conversion_id)
    transitions.check(lead.state, verb)


async def _end(
    db: AsyncConnection,
    lead: Lead,
    holding: Holding | None,
    reason: Reason,
    cause: EndCause,
    state: LeadState,
    at: datetime,
) -> None:
    """The holding ends, and nothing is pending any more."""
    if holding:
        if reason.gives_claim_back:
            await give_claim_back(db, holding)
        await holdings.end_holding(db, holding, cause=cause, reason=reason.code, at=at, cooldown=reason.cooldown)
    await save_state(db, lead, state=state, invalid_reason=reason.code, pooled_at=None, route_due=False, wake_at=None)


async def _record(
    db: AsyncConnection,
    lead: Lead,
    holding: Holding | None,
    reason: Reason,
    verb: str,
    event: str,
    state: LeadState,
    at: datetime,
) -> None:
    await record_decision(
        db,
        Decision(
            lead_id=lead.lead_id,
            verb=verb,
            from_state=lead.state,
            to_state=state,
            decided_at=at,
            holding_id=holding.holding_id if holding else None,
            epoch=holding.epoch if holding else None,
            rep_id=holding.rep_id if holding else None,
            reason=reason.code,
            schedule=holding.schedule if holding else None,
        ),
    )
    data = {"from_state": lead.state, "holding_id": holding.holding_id if holding else ""}
    await outbox.record(db, tables.event, Event(lead.lead_id, event, data=data, reason=reason.code))
