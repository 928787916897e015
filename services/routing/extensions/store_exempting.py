"""An open opportunity on the lead's matched account that its holder owns: nothing is due until it is closed (豁免).

Not a word that rescues but a state of things: it begins also for a holding that is due and that nobody has taken back
yet. The lead is locked, as it is for a recall, so that one of the two is first and the other finds what it did.
"""

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.extensions.store_recording import record
from services.routing.holdings import store
from services.routing.holdings.entries import Entry, EntryKind
from services.routing.leads.store import Lead, NewFacts
from services.shared import database
from services.shared.callers import Role, current_caller

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
    await record(
        db,
        lead,
        holding,
        verb="Exempt" if exempt else "EndExemption",
        event="holding_exempted" if exempt else "exemption_ended",
        at=at,
        reason=REASON,
        # A run hands over: it looks again by itself.
        by_run=current_caller().role is Role.SERVICE,
    )
