"""A rep takes on what he was given, without having reached out yet."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing import tables
from services.routing.holdings import store
from services.routing.holdings.entries import Entry, EntryKind
from services.routing.holdings.holding import EndCause, Holding
from services.routing.holdings.refusals import HoldingEnded
from services.routing.holdings.store_found import check_movable, check_own, lock_named
from services.routing.lead import LeadState, Stage
from services.routing.leads.store import ConditionsOf
from services.routing.ledger import Decision
from services.routing.stages.store import StageEntry, enter_by_the_way
from services.routing.store_ledger import record_decision
from services.shared import database, outbox
from services.shared.outbox import Event

VERB = "AcceptLead"


async def accept_lead(db: AsyncConnection, holding_id: UUID, conditions_of: ConditionsOf) -> tuple[Holding, Stage]:
    """The first response is met, once, and the lead becomes SAL. Raises NotYours, HoldingEnded, ConversionInFlight."""
    lead, holding = await lock_named(db, holding_id)
    check_own(holding)
    check_movable(lead, holding, VERB)
    at = await database.now(db)
    # What is due is as good as recalled: a word rescues it no more than a follow-up does.
    if at >= holding.schedule.due_at:
        raise HoldingEnded(holding_id, EndCause.RECALLED)
    if holding.schedule.first_responded_at is None:
        holding = await store.move_clocks(db, holding, (*holding.schedule.entries, Entry(EntryKind.ACCEPTED, at)))
        await record_decision(
            db,
            Decision(
                lead_id=lead.lead_id,
                verb=VERB,
                from_state=lead.state,
                to_state=LeadState.HELD,
                holding_id=holding_id,
                epoch=holding.epoch,
                rep_id=holding.rep_id,
                rule_version=holding.policy_text,
                schedule=holding.schedule,
                decided_at=at,
            ),
        )
        data = {
            "holding_id": holding_id,
            "epoch": holding.epoch,
            "rep_code": holding.rep_code,
            "due_at": holding.schedule.due_in_text,
        }
        event = Event(lead.lead_id, "lead_accepted", data=data, rule_version=holding.policy_text)
        await outbox.record(db, tables.event, event)
    return holding, await enter_by_the_way(db, lead, StageEntry(Stage.SAL, VERB, at, holding_id), conditions_of)
