"""A lead that had come to an end begins anew: qualified and routed again, with its trail, at PROSPECT."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing import tables, transitions
from services.routing.lead import LeadState, Stage
from services.routing.leads.store import Lead, lock_lead, save_state
from services.routing.leads.work import BUDGET
from services.routing.ledger import Decision
from services.routing.stages.store import StageEntry, write_change
from services.routing.store_ledger import record_decision
from services.shared import database, outbox
from services.shared.callers import Role, current_caller
from services.shared.outbox import Event

REOPENED_BY_A_REENQUIRY = frozenset({LeadState.INVALID, LeadState.DORMANT})
VERB = "ReopenLead"


async def reopen_lead(db: AsyncConnection, lead_id: UUID) -> LeadState:
    """A manager brings it back. Raises LeadNotReady, IllegalTransition."""
    lead = await lock_lead(db, lead_id)
    transitions.check(lead.state, VERB)
    await reopen(db, lead, verb=VERB, cause=VERB, at=await database.now(db))
    return LeadState.QUALIFYING


async def reopen(db: AsyncConnection, lead: Lead, *, verb: str, cause: str, at: datetime) -> None:
    """Begin a new cycle of a locked lead whose state allows it."""
    await save_state(
        db,
        lead,
        state=LeadState.QUALIFYING,
        route_due=True,
        # What has been scored or held before is routed at once.
        wake_at=at if lead.score_version or lead.epoch else at + BUDGET,
        pooled_at=None,
        invalid_reason=None,
        # What made it dormant counts from here on, and what it rested for is past.
        returns=0,
        resting_until=None,
    )
    # Also where it was at PROSPECT: the new cycle begins here.
    await write_change(db, lead, StageEntry(Stage.PROSPECT, cause, at))
    await record_decision(
        db,
        Decision(
            lead_id=lead.lead_id,
            verb=verb,
            from_state=lead.state,
            to_state=LeadState.QUALIFYING,
            decided_at=at,
            reason=cause,
        ),
    )
    event = Event(
        lead.lead_id,
        "lead_reopened",
        data={"from_state": lead.state, "was": lead.invalid_reason or ""},
        reason=cause,
        # A run that hands a re-enquiry over looks again by itself.
        by_run=current_caller().role is Role.SERVICE,
    )
    await outbox.record(db, tables.event, event)
