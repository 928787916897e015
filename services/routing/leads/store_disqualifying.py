"""A lead that is none (无效): INVALID, whoever held it."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing import tables, transitions
from services.routing.holdings import store as holdings
from services.routing.holdings.holding import EndCause
from services.routing.holdings.refusals import ConversionInFlight, NotYours
from services.routing.lead import LeadState
from services.routing.leads.store import lock_lead, save_state
from services.routing.ledger import Decision
from services.routing.pools.store_days import give_claim_back
from services.routing.reasons import reason_for
from services.routing.store_ledger import record_decision
from services.shared import database, outbox
from services.shared.outbox import Event

VERB = "DisqualifyLead"


async def disqualify_lead(db: AsyncConnection, lead_id: UUID, reason_code: str, *, only_of: UUID | None) -> LeadState:
    """`only_of`: the rep who asks, and who may disqualify only what he holds.

    Raises ReasonNotAllowed, IllegalTransition, NotYours, ConversionInFlight.
    """
    reason = reason_for(reason_code, VERB)
    lead = await lock_lead(db, lead_id)
    holding = await holdings.lock_open_holding(db, lead_id)
    if only_of is not None and (holding is None or holding.rep_id != only_of):
        raise NotYours("lead", lead_id)
    if holding and holding.conversion_id:
        raise ConversionInFlight(holding.conversion_id)
    transitions.check(lead.state, VERB)
    now = await database.now(db)
    if holding:
        if reason.gives_claim_back:
            await give_claim_back(db, holding)
        await holdings.end_holding(
            db, holding, cause=EndCause.DISQUALIFIED, reason=reason.code, at=now, cooldown=reason.cooldown
        )
    await save_state(
        db,
        lead,
        state=LeadState.INVALID,
        invalid_reason=reason.code,
        pooled_at=None,
        route_due=False,
        wake_at=None,
    )
    await record_decision(
        db,
        Decision(
            lead_id=lead_id,
            verb=VERB,
            from_state=lead.state,
            to_state=LeadState.INVALID,
            decided_at=now,
            holding_id=holding.holding_id if holding else None,
            epoch=holding.epoch if holding else None,
            rep_id=holding.rep_id if holding else None,
            reason=reason.code,
            schedule=holding.schedule if holding else None,
        ),
    )
    data = {"from_state": lead.state, "holding_id": holding.holding_id if holding else ""}
    await outbox.record(db, tables.event, Event(lead_id, "lead_disqualified", data=data, reason=reason.code))
    return LeadState.INVALID
