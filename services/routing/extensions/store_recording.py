"""What a word about a deadline leaves behind: an entry of the ledger and an event that wakes the lead's run."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing import tables
from services.routing.holdings.holding import Holding
from services.routing.leads.store import Lead
from services.routing.ledger import Decision
from services.routing.store_ledger import record_decision
from services.shared import outbox
from services.shared.outbox import Event


async def record(
    db: AsyncConnection,
    lead: Lead,
    holding: Holding,
    *,
    verb: str,
    event: str,
    at: datetime,
    reason: str | None = None,
    by_run: bool = False,
) -> None:
    """`holding` with its clocks as they are after it."""
    await record_decision(
        db,
        Decision(
            lead_id=lead.lead_id,
            verb=verb,
            from_state=lead.state,
            to_state=lead.state,
            holding_id=holding.holding_id,
            epoch=holding.epoch,
            rep_id=holding.rep_id,
            reason=reason,
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
    noted = Event(lead.lead_id, event, data=data, reason=reason, rule_version=holding.policy_text, by_run=by_run)
    await outbox.record(db, tables.event, noted)
