"""A lead leaves its pool: claimed by a rep (领取) or given to one by a manager (分配), who gives out his queue too."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing import tables, transitions
from services.routing.holdings import store
from services.routing.holdings.holding import Holding, Origin
from services.routing.holdings.refusals import AlreadyHeld
from services.routing.holdings.store_terms import Terms, read_terms
from services.routing.lead import LeadState
from services.routing.leads.store import Lead, lock_lead
from services.routing.ledger import Decision
from services.routing.pools.claiming import Standing, objection_to_assignment, objection_to_claim
from services.routing.pools.store_days import count_claim
from services.routing.store_ledger import record_decision
from services.shared import outbox
from services.shared.outbox import Event


async def claim_lead(db: AsyncConnection, lead_id: UUID, rep_id: UUID) -> Holding:
    """Raises NotReady, AlreadyHeld, IllegalTransition, what pools/claiming.py has, HoldingLimitReached, RepInactive."""
    return await claim_locked(db, await lock_lead(db, lead_id), rep_id)


async def claim_locked(db: AsyncConnection, lead: Lead, rep_id: UUID) -> Holding:
    """The same of a lead that the caller has locked."""
    pool_id = _home_of(lead, "ClaimLead")
    terms = await read_terms(db, lead, pool_id, rep_id=rep_id)
    _check_not_held(terms)
    if (objection := objection_to_claim(standing_of(lead, terms))) is not None:
        raise objection
    if terms.daily_claim_limit is not None:
        await count_claim(db, terms, pool_id)
    return await _begin(db, lead, terms, pool_id, pool_id, "ClaimLead", "lead_claimed", Origin.CLAIMED)


async def assign_lead(db: AsyncConnection, lead_id: UUID, rep_code: str) -> Holding:
    """As a claim, but a manager passes over what only keeps claims fair. Raises RepNotFound too.

    What waits in the managers' queue is in no pool: nothing of its home's rules stands against it or counts it.
    """
    lead = await lock_lead(db, lead_id)
    pool_id = _home_of(lead, "AssignLead")
    terms = await read_terms(db, lead, pool_id, rep_code=rep_code)
    _check_not_held(terms)
    if lead.state is LeadState.UNASSIGNED:
        return await _begin(db, lead, terms, pool_id, None, "AssignLead", "lead_assigned", Origin.ASSIGNED)
    if (objection := objection_to_assignment(standing_of(lead, terms))) is not None:
        raise objection
    return await _begin(db, lead, terms, pool_id, pool_id, "AssignLead", "lead_assigned", Origin.ASSIGNED)


def _home_of(lead: Lead, verb: str) -> UUID:
    """The lead's pool. A held one passes, for its refusal names the holder, whom the terms tell."""
    if lead.state not in (LeadState.HELD, LeadState.CONVERTING):
        transitions.check(lead.state, verb)
    assert lead.home_pool_id is not None  # noqa: S101  # pooled, unassigned or held: all have a home
    return lead.home_pool_id


def standing_of(lead: Lead, terms: Terms) -> Standing:
    return Standing(
        now=terms.now,
        pool_code=terms.pool_code,
        rep_code=terms.rep_code,
        member=terms.member,
        resting_until=lead.resting_until,
        frozen_until=lead.frozen_until,
        release_at=lead.release_at,
        may_claim_again_at=terms.may_claim_again_at,
    )


def _check_not_held(terms: Terms) -> None:
    if terms.holder_code is not None and terms.held_since is not None:
        raise AlreadyHeld(terms.holder_code, terms.held_since)


async def _begin(
    db: AsyncConnection,
    lead: Lead,
    terms: Terms,
    home_id: UUID,
    taken_from_id: UUID | None,
    verb: str,
    event: str,
    origin: Origin,
) -> Holding:
    holding = await store.open_on_terms(
        db, lead, terms, origin=origin, taken_from_pool_id=taken_from_id, pool_id=home_id, at=terms.now
    )
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
    await outbox.record(
        db,
        tables.event,
        Event(
            lead_id=lead.lead_id,
            kind=event,
            rule_version=holding.policy_text,
            data={
                "holding_id": holding.holding_id,
                "epoch": holding.epoch,
                "rep_code": holding.rep_code,
                "pool_code": holding.taken_from_pool_code,
                "due_at": holding.schedule.due_in_text,
            },
        ),
    )
    return holding
