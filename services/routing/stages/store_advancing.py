"""A held lead enters a later stage by somebody's word, such as SQL at a confirmed need."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.holdings.store_found import check_movable, check_own, lock_named
from services.routing.lead import Stage
from services.routing.leads.store import ConditionsOf
from services.routing.ledger import Decision
from services.routing.stages.store import StageChange, StageEntry, enter
from services.routing.store_ledger import record_decision
from services.shared import database
from services.shared.refusals import InvalidInput

VERB = "AdvanceStage"


async def advance_stage(
    db: AsyncConnection, holding_id: UUID, stage: Stage, conditions_of: ConditionsOf
) -> StageChange:
    """Raises NotYours, HoldingEnded, ConversionInFlight, CriteriaNotMet, InvalidInput (it is there already)."""
    lead, holding = await lock_named(db, holding_id)
    check_own(holding)
    check_movable(lead, holding, VERB)
    if not lead.stage.is_before(stage):
        raise InvalidInput("stage", f"This lead is {lead.stage} already: a stage never goes back to {stage}.")
    at = await database.now(db)
    change = await enter(db, lead, StageEntry(stage, VERB, at, holding_id), conditions_of)
    await record_decision(
        db,
        Decision(
            lead_id=lead.lead_id,
            verb=VERB,
            from_state=lead.state,
            to_state=lead.state,
            holding_id=holding_id,
            epoch=holding.epoch,
            rep_id=holding.rep_id,
            reason=stage,
            rule_version=change.criteria_version,
            decided_at=at,
        ),
    )
    return change
