"""What routing takes over from intake and scoring, each guarded by its own version.

An older version changes nothing and is no error: deliveries repeat and overtake one another.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing import tables
from services.routing.extensions.store_exempting import heed_opportunities
from services.routing.holdings import store as holdings
from services.routing.holdings.holding import Holding
from services.routing.lead import LeadState, Stage
from services.routing.leads.store import (
    ConditionsOf,
    Lead,
    NewFacts,
    NewScore,
    insert_lead,
    lock_lead,
    save_facts,
    save_score,
    save_state,
)
from services.routing.leads.store_reopening import REOPENED_BY_A_REENQUIRY, reopen
from services.routing.leads.work import BUDGET
from services.routing.notices.notice import Notice, NoticeKind
from services.routing.notices.store import write_notice
from services.routing.queue.store import find_standing, retry_soon
from services.routing.roster.store import default_pool
from services.routing.stages.store import StageEntry, enter_by_the_way
from services.shared import database, outbox
from services.shared.callers import Role, current_caller
from services.shared.outbox import Event


async def open_lead(db: AsyncConnection, new: NewFacts, *, created_at: datetime) -> Lead:
    """A lead becomes known, once: two who open it at once are one opening and one update."""
    if await insert_lead(db, new, wake_at=created_at + BUDGET):
        lead = await lock_lead(db, new.lead_id)
        await _tell(db, lead.lead_id, "lead_opened", facts_version=new.facts_version)
        return lead
    return await take_facts(db, new)


async def take_facts(db: AsyncConnection, new: NewFacts) -> Lead:
    """Newer facts; a re-enquiry among them reopens an INVALID or DORMANT lead and otherwise makes a notice.

    A holder who now owns an open opportunity of the matched account is exempt, and who owns none any more is not.
    """
    lead = await lock_lead(db, new.lead_id)
    if new.facts_version <= lead.facts_version:
        return lead
    await save_facts(db, new)
    await retry_soon(db, lead)
    await heed_opportunities(db, lead, new)
    await _tell(db, lead.lead_id, "facts_updated", facts_version=new.facts_version, reenquiries=new.reenquiries)
    if new.reenquiries > lead.reenquiries:
        await _take_reenquiry(db, lead, new.reenquiries)
    return await lock_lead(db, new.lead_id)


async def take_score(db: AsyncConnection, new: NewScore, conditions_of: ConditionsOf) -> Lead:
    """A newer score; a maturity that is new makes it MQL, a pooled lead due for routing, and of a held one a notice."""
    lead = await lock_lead(db, new.lead_id)
    if new.score_version <= lead.score_version:
        return lead
    await save_score(db, new)
    await retry_soon(db, lead)
    matured = new.maturities > lead.maturities
    await _tell(
        db,
        lead.lead_id,
        "score_updated",
        rule_version=new.rule_version,
        score_version=new.score_version,
        grade=new.grade,
        matured=matured,
    )
    if matured:
        await _take_maturity(db, await lock_lead(db, new.lead_id), new.maturities, conditions_of)
    return await lock_lead(db, new.lead_id)


async def _take_reenquiry(db: AsyncConnection, lead: Lead, number: int) -> None:
    now = await database.now(db)
    if lead.state in REOPENED_BY_A_REENQUIRY:
        await reopen(db, lead, verb="Reopen", cause="REENQUIRY", at=now)
        return
    # Who was struck out stays so: people look into it.
    reason = "VOIDED" if lead.state is LeadState.VOIDED else None
    holding = await holdings.lock_open_holding(db, lead.lead_id)
    await _notify(db, lead, holding, NoticeKind.REENQUIRY, f"re-enquiry {number}", now, reason)


async def _take_maturity(db: AsyncConnection, lead: Lead, number: int, conditions_of: ConditionsOf) -> None:
    now = await database.now(db)
    if lead.state not in (LeadState.INVALID, LeadState.VOIDED):
        await enter_by_the_way(db, lead, StageEntry(Stage.MQL, "MATURITY", now), conditions_of)
    if lead.state is LeadState.POOLED:
        # That a resting one is mature is on record, and no more.
        if lead.resting_until is None or lead.resting_until <= now:
            await save_state(db, lead, state=lead.state, route_due=True, wake_at=now)
        return
    holding, in_queue = await holdings.lock_open_holding(db, lead.lead_id), await find_standing(db, lead)
    # What waits in the queue for a rep is tried again by itself.
    if holding or (in_queue and not in_queue.retried):
        await _notify(db, lead, holding, NoticeKind.MATURITY, f"maturity {number}", now)


async def _notify(
    db: AsyncConnection,
    lead: Lead,
    holding: Holding | None,
    kind: NoticeKind,
    step: str,
    now: datetime,
    reason: str | None = None,
) -> None:
    """To the holder with a time to respond, after a conversion to the converter, out of the queue to whoever decides
    there, otherwise to the home pool."""
    rep_id = holding.rep_id if holding else lead.converter_id
    in_queue = await find_standing(db, lead)
    team_id = in_queue.team_id if in_queue else None
    pool_id = None if rep_id or team_id else lead.home_pool_id or await default_pool(db)
    due_at = holding.policy.first_response.after(now, holding.time) if holding else None
    await write_notice(
        db,
        Notice(
            kind=kind,
            lead_id=lead.lead_id,
            created_at=now,
            rep_id=rep_id,
            pool_id=pool_id,
            team_id=team_id,
            holding_id=holding.holding_id if holding else None,
            step=step,
            due_at=due_at,
            reason=reason,
        ),
    )


async def _tell(
    db: AsyncConnection,
    lead_id: UUID,
    kind: str,
    *,
    reason: str | None = None,
    rule_version: str | None = None,
    **changes: object,
) -> None:
    """Written for the lead's own run when a run hands over: it looks again by itself."""
    by_run = current_caller().role is Role.SERVICE
    event = Event(lead_id, kind, data=changes, reason=reason, rule_version=rule_version, by_run=by_run)
    await outbox.record(db, tables.event, event)
