"""A holding ends by somebody's word.

The rep returns it (退回), rejects it or hands it off; a manager reclaims it (收回) or transfers it (转移).
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing import tables
from services.routing.holdings import store
from services.routing.holdings.holding import EndCause, Holding, Origin
from services.routing.holdings.limits import slots_of
from services.routing.holdings.store_found import check_movable, check_own, lock_named
from services.routing.holdings.store_limits import lock_slots
from services.routing.holdings.store_terms import read_terms
from services.routing.lead import LeadState
from services.routing.leads.store import Lead, save_state
from services.routing.ledger import Decision
from services.routing.notices.notice import Notice, NoticeKind
from services.routing.notices.store import write_notice
from services.routing.pools.store_days import give_claim_back
from services.routing.reasons import Next, Reason, reason_for, resting_until
from services.routing.roster.store_verifying import check_verifier
from services.routing.store_ledger import record_decision
from services.shared import database, outbox
from services.shared.database import text
from services.shared.outbox import Event
from services.shared.refusals import InvalidInput


async def return_lead(
    db: AsyncConnection, holding_id: UUID, reason_code: str, *, rest_asked: datetime | None = None
) -> LeadState:
    """The holder gives it back. Raises ReasonNotAllowed, NotYours, HoldingEnded, ConversionInFlight, InvalidInput."""
    reason = reason_for(reason_code, "ReturnLead")
    lead, holding = await lock_named(db, holding_id)
    check_own(holding)
    check_movable(lead, holding, "ReturnLead")
    return await _give_back(db, lead, holding, reason, "ReturnLead", "lead_returned", EndCause.RETURNED, rest_asked)


async def reclaim_lead(db: AsyncConnection, holding_id: UUID, reason_code: str) -> LeadState:
    """A manager takes it back, and the holder hears of it. Raises as a return does."""
    reason = reason_for(reason_code, "ReclaimLead")
    lead, holding = await lock_named(db, holding_id)
    check_movable(lead, holding, "ReclaimLead")
    return await _give_back(db, lead, holding, reason, "ReclaimLead", "lead_reclaimed", EndCause.RECLAIMED)


async def reject_lead(db: AsyncConnection, holding_id: UUID, reason_code: str) -> LeadState:
    """The holder sends it back to marketing; what was known of it goes with the reason. Raises as a return does."""
    verb = "RejectLead"
    reason = reason_for(reason_code, verb)
    lead, holding = await lock_named(db, holding_id)
    check_own(holding)
    check_movable(lead, holding, verb)
    known: dict[str, object] = {
        "stage": lead.stage,
        "grade": lead.grade,
        "fit_score": lead.fit_score,
        "behavior_score": lead.behavior_score,
        "score_version": lead.score_version,
    }
    return await _give_back(db, lead, holding, reason, verb, "lead_rejected", EndCause.REJECTED, known=known)


async def transfer_lead(db: AsyncConnection, holding_id: UUID, rep_code: str) -> Holding:
    """Another rep's from now on, with fresh deadlines; it is taken out of no pool.

    Raises HoldingEnded, ConversionInFlight, RepNotFound, RepInactive, HoldingLimitReached.
    """
    lead, given_up = await lock_named(db, holding_id)
    check_movable(lead, given_up, "TransferLead")
    holding = await _hand_on(db, lead, given_up, rep_code, "TransferLead", "lead_transferred")
    await _tell(db, given_up, NoticeKind.TRANSFERRED, holding.started_at)
    return holding


async def hand_off(db: AsyncConnection, holding_id: UUID, rep_code: str) -> tuple[Holding, str]:
    """As a transfer, but by a verification team's member, whose code is returned with the holding: he keeps the credit.

    Raises NotYours and NotAVerifier too.
    """
    lead, given_up = await lock_named(db, holding_id)
    check_own(given_up)
    await check_verifier(db, given_up.rep_id)
    check_movable(lead, given_up, "HandOff")
    holding = await _hand_on(
        db, lead, given_up, rep_code, "HandOff", "lead_handed_off", credited_rep_id=given_up.rep_id
    )
    return holding, given_up.rep_code


async def _hand_on(
    db: AsyncConnection,
    lead: Lead,
    given_up: Holding,
    rep_code: str,
    verb: str,
    event: str,
    *,
    credited_rep_id: UUID | None = None,
) -> Holding:
    pool_id = lead.home_pool_id
    assert pool_id is not None  # noqa: S101  # whatever is held has a home
    terms = await read_terms(db, lead, pool_id, rep_code=rep_code)
    if terms.rep_id == given_up.rep_id:
        raise InvalidInput("rep_code", f"Rep {rep_code} holds this lead already: name somebody else.")
    await lock_slots(db, [*given_up.slots, *slots_of(terms.rep_id, None, lead.grade, lead.product)])
    await store.end_holding(db, given_up, cause=EndCause.TRANSFERRED, reason=None, at=terms.now)
    holding = await store.open_on_terms(
        db, lead, terms, origin=Origin.TRANSFERRED, taken_from_pool_id=None, pool_id=pool_id, at=terms.now
    )
    credit = {"credited": credited_rep_id, "given_up": given_up.holding_id, "holding_id": holding.holding_id}
    await db.execute(text(CREDIT), credit)
    await record_decision(
        db,
        Decision(
            lead_id=lead.lead_id,
            verb=verb,
            from_state=lead.state,
            to_state=LeadState.HELD,
            holding_id=holding.holding_id,
            epoch=holding.epoch,
            rep_id=holding.rep_id,
            rule_version=holding.policy_text,
            schedule=holding.schedule,
            decided_at=terms.now,
        ),
    )
    await _note(
        db,
        lead,
        event,
        holding,
        from_holding_id=given_up.holding_id,
        from_rep_code=given_up.rep_code,
        due_at=holding.schedule.due_in_text,
    )
    return holding


async def _give_back(
    db: AsyncConnection,
    lead: Lead,
    holding: Holding,
    reason: Reason,
    verb: str,
    event: str,
    cause: EndCause,
    rest_asked: datetime | None = None,
    known: Mapping[str, object] = {},  # never changed
) -> LeadState:
    """End the holding and let the reason say what becomes of the lead. What a manager does, the holder hears."""
    at = await database.now(db)
    rests_until = resting_until(reason, at, rest_asked)
    if reason.gives_claim_back:
        await give_claim_back(db, holding)
    await store.end_holding(db, holding, cause=cause, reason=reason.code, at=at, cooldown=reason.cooldown)
    state = NEXT_STATE[reason.next]
    columns: dict[Next, dict[str, object]] = {
        Next.POOL: {"pooled_at": at},
        Next.RESTING: {"pooled_at": at, "resting_until": rests_until},
        # Its run routes it at once, and the sweep sees to it if the run does not.
        Next.REROUTE: {"route_due": True, "wake_at": at},
        Next.INVALID: {"invalid_reason": reason.code},
    }
    await save_state(db, lead, state=state, returns=lead.returns + 1, release_at=None, **columns[reason.next])
    if cause is EndCause.RECLAIMED:
        await _tell(db, holding, NoticeKind.RECLAIMED, at, reason.code)
    await record_decision(
        db,
        Decision(
            lead_id=lead.lead_id,
            verb=verb,
            from_state=lead.state,
            to_state=state,
            holding_id=holding.holding_id,
            epoch=holding.epoch,
            rep_id=holding.rep_id,
            reason=reason.code,
            rule_version=holding.policy_text,
            schedule=holding.schedule,
            decided_at=at,
        ),
    )
    rest = {"resting_until": rests_until.isoformat()} if rests_until else {}
    await _note(db, lead, event, holding, reason=reason.code, state=state, **rest, **known)
    return state


NEXT_STATE = {
    Next.POOL: LeadState.POOLED,
    Next.RESTING: LeadState.POOLED,
    Next.REROUTE: LeadState.QUALIFYING,
    Next.INVALID: LeadState.INVALID,
}


async def _tell(
    db: AsyncConnection, holding: Holding, kind: NoticeKind, at: datetime, reason: str | None = None
) -> None:
    notice = Notice(
        kind=kind,
        lead_id=holding.lead_id,
        created_at=at,
        rep_id=holding.rep_id,
        holding_id=holding.holding_id,
        reason=reason,
    )
    await write_notice(db, notice)


async def _note(
    db: AsyncConnection, lead: Lead, kind: str, holding: Holding, reason: str | None = None, **changes: object
) -> None:
    data = {"holding_id": holding.holding_id, "epoch": holding.epoch, "rep_code": holding.rep_code, **changes}
    await outbox.record(
        db,
        tables.event,
        Event(lead.lead_id, kind, data=data, reason=reason, rule_version=holding.policy_text),
    )


CREDIT = """
update routing.holding set credited_rep_id = coalesce(cast(:credited as uuid), (
  select credited_rep_id from routing.holding where holding_id = :given_up
)) where holding_id = :holding_id
"""
