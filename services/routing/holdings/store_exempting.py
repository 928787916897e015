"""An open opportunity on the lead's matched account that its holder owns: nothing is due until it is closed (豁免).

Not a word that rescues but a state of things: it begins also for a holding that is due and that nobody has taken back
yet. The lead is locked, as it is for a recall, so that one of the two is first and the other finds what it did.
"""

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing import tables
from services.routing.holdings import store
from services.routing.holdings.entries import Entry, EntryKind
from services.routing.leads.store import Lead, NewFacts
from services.routing.ledger import Decision
from services.routing.store_ledger import record_decision
from services.shared import database, outbox
from services.shared.callers import Role, current_caller
from services.shared.outbox import Event

REASON = "OPEN_OPPORTUNITY"


async def heed_opportunities(db: AsyncConnection, lead: Lead, new: NewFacts) -> None:
    """The holder of the locked lead enters or leaves the owners of open opportunities: his holding's clocks move."""
    if set(new.opportunity_owners) == set(lead.opportunity_owners):
        return
    holding = await store.lock_open_holding(db, lead.lead_id)
    if holding is None or holding.schedule.exempt == (exempt := holding.rep_id in new.opportunity_owners):
        return
    at = await database.now(db)
    entry = Entry(EntryKind.EXEMPTED if exempt else EntryKind.EXEMPTION_ENDED, at)
    holding = await store.move_clocks(db, holding, (*holding.schedule.entries, entry))
    await record_decision(
        db,
        Decision(
            lead_id=lead.lead_id,
            verb="Exempt" if exempt else "EndExemption",
            from_state=lead.state,
            to_state=lead.state,
            holding_id=holding.holding_id,
            epoch=holding.epoch,
            rep_id=holding.rep_id,
            reason=REASON,
            rule_version=holding.policy_text,
            due_at=None if holding.schedule.nothing_due else holding.schedule.due_at,
            schedule=holding.schedule,
            decided_at=at,
        ),
    )
    data = {
        "holding_id": holding.holding_id,
        "epoch": holding.epoch,
        "rep_code": holding.rep_code,
        "due_at": holding.schedule.due_in_text,
    }
    event = Event(
        lead.lead_id,
        "holding_exempted" if exempt else "exemption_ended",
        data=data,
        reason=REASON,
        rule_version=holding.policy_text,
        # A run hands over: it looks again by itself.
        by_run=current_caller().role is Role.SERVICE,
    )
    await outbox.record(db, tables.event, event)
