"""Where a lead goes: to the rep who captured it, by the rules, into a pool or into the managers' queue.

Every decision says why.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing import reasons, tables, transitions
from services.routing.assignment import store as assignment
from services.routing.assignment.rules import chosen_of, unknown_rep, verdicts
from services.routing.assignment.store_ladder import Ladder, find_ladder, next_reps
from services.routing.holdings import store as holdings
from services.routing.holdings.holding import Origin
from services.routing.lead import LeadState
from services.routing.leads.store import ConditionsOf, Holds, Lead, lock_lead, save_state
from services.routing.ledger import Candidate, Decision, DoneBy, RecordedDecision
from services.routing.queue.store import Wanted, enqueue, is_known_answer, note_try
from services.routing.roster.store import default_pool, home_by_code, team_id_of
from services.routing.store_ledger import record_decision
from services.shared import database, outbox
from services.shared.database import text
from services.shared.outbox import Event

# A rep who gave the lead back for one of these does not get it again by a rule.
REROUTED = frozenset(reason.code for reason in reasons.CATALOGUE if reason.next is reasons.Next.REROUTE)


@dataclass(frozen=True)
class Destination:
    """Where the lead goes: to the candidate who is chosen, its home being the pool; otherwise into the pool."""

    reason: str
    pool_id: UUID
    rule_version: str | None = None
    origin: Origin | None = None
    candidates: tuple[Candidate, ...] = ()

    @property
    def chosen(self) -> Candidate | None:
        return chosen_of(self.candidates)


async def route_lead(
    db: AsyncConnection, lead_id: UUID, conditions_of: ConditionsOf
) -> tuple[LeadState, RecordedDecision]:
    """Route a lead that is due for it. Raises IllegalTransition, NotDueForRouting."""
    lead = await lock_lead(db, lead_id)
    transitions.check(lead.state, "RouteLead")
    if not lead.route_due:
        raise transitions.NotDueForRouting(lead.state)
    return await _carry_out(db, lead, await _found(db, lead, conditions_of), done_by=None)


async def retry_lead(db: AsyncConnection, lead: Lead, conditions_of: ConditionsOf) -> LeadState:
    """The same, by the sweep, of a locked lead that waits in the queue. The same answer as before is not recorded."""
    found = await _found(db, lead, conditions_of)
    if isinstance(found, Wanted) and await is_known_answer(db, lead.lead_id, found):
        await note_try(db, lead.lead_id, found.rules)
        return lead.state
    state, _ = await _carry_out(db, lead, found, done_by=DoneBy.SWEEP)
    return state


async def _carry_out(
    db: AsyncConnection, lead: Lead, to: Destination | Wanted, done_by: DoneBy | None
) -> tuple[LeadState, RecordedDecision]:
    now = await database.now(db)
    if isinstance(to, Wanted):
        return LeadState.UNASSIGNED, await enqueue(db, lead, to, now, done_by)
    if to.chosen and to.origin:
        return await _to_rep(db, lead, to, to.chosen, to.origin, now, done_by)
    return await _to_pool(db, lead, to, now, done_by)


async def _found(db: AsyncConnection, lead: Lead, conditions_of: ConditionsOf) -> Destination | Wanted:
    # What waits in a pool waits for nobody's answer.
    ladder = await find_ladder(db, lead.lead_id) if lead.state is not LeadState.POOLED and lead.epoch else None
    return await (_next_rep(db, lead, ladder) if ladder else _destination(db, lead, conditions_of(lead)))


async def _destination(db: AsyncConnection, lead: Lead, holds: Holds) -> Destination | Wanted:
    returned_by = await assignment.returned_as_not_theirs(db, lead.lead_id, REROUTED)
    capturer: tuple[Candidate, ...] = ()
    # Whoever captured a lead gets it first; what was held since is no longer his.
    if lead.captured_by and lead.epoch == 0:
        capturer = await _look_at(db, lead, lead.captured_by, returned_by)
        if chosen_of(capturer):
            home = lead.home_pool_id or await default_pool(db)
            return Destination("CAPTURED_BY", home, origin=Origin.CAPTURED, candidates=capturer)
    found = await _by_rules(db, lead, holds, returned_by)
    return replace(found, candidates=capturer + found.candidates)


async def _look_at(
    db: AsyncConnection, lead: Lead, rep_id: UUID, returned_by: Collection[UUID]
) -> tuple[Candidate, ...]:
    """The verdict on one rep. His limits stay locked only if he is chosen: a team's are locked in their order next,
    and he may be one of the team."""
    async with db.begin_nested() as look:
        member = await assignment.lock_rep(db, rep_id, lead)
        candidates = verdicts([member], returned_by) if member else (unknown_rep(rep_id),)
        if chosen_of(candidates) is None:
            await look.rollback()
    return candidates


async def _by_rules(
    db: AsyncConnection, lead: Lead, holds: Holds, returned_by: Collection[UUID]
) -> Destination | Wanted:
    rules = await assignment.newest_rules(db)
    rule = rules.first_match(holds)
    version = rules.version_text(rule)
    # Nowhere else to go: a lead that waits in a pool goes on waiting there.
    fallback = lead.home_pool_id if lead.state is LeadState.POOLED and lead.home_pool_id else await default_pool(db)
    if rule is None:
        return Destination("NO_RULE_MATCHED", fallback, version)
    if rule.pool_code:
        return Destination("RULE_MATCHED", await home_by_code(db, rule.pool_code), version)
    candidates = verdicts(await assignment.lock_team(db, rule.assign_team_code, lead), returned_by)
    home = lead.home_pool_id or fallback
    if chosen_of(candidates):
        return Destination("RULE_MATCHED", home, version, Origin.RULE, candidates)
    if lead.state is LeadState.POOLED:
        return Destination("NOBODY_HAS_ROOM", home, version, candidates=candidates)
    team_id = await team_id_of(db, rule.assign_team_code)
    return Wanted("NOBODY_HAS_ROOM", team_id, home, version, candidates, rules=rules.version, retried=True)


async def _next_rep(db: AsyncConnection, lead: Lead, ladder: Ladder) -> Destination | Wanted:
    """After a first response that was missed: the rule stands, another rep of its team has his turn."""
    home = lead.home_pool_id or await default_pool(db)
    candidates = await next_reps(db, lead, ladder)
    if chosen_of(candidates):
        return Destination("NEXT_REP", home, ladder.rule_version, Origin.RULE, candidates)
    return Wanted(
        "NOBODY_ANSWERED",
        ladder.team_id,
        home,
        ladder.rule_version,
        candidates,
        rules=None,
        retried=not ladder.exhausted,
    )


async def _to_rep(
    db: AsyncConnection,
    lead: Lead,
    to: Destination,
    chosen: Candidate,
    origin: Origin,
    now: datetime,
    done_by: DoneBy | None,
) -> tuple[LeadState, RecordedDecision]:
    holding = await holdings.open_holding(
        db, lead, chosen.rep_id, origin=origin, taken_from_pool_id=None, pool_id=to.pool_id, at=now
    )
    decision = await record_decision(
        db,
        Decision(
            lead_id=lead.lead_id,
            verb="RouteLead",
            from_state=lead.state,
            to_state=LeadState.HELD,
            decided_at=now,
            holding_id=holding.holding_id,
            epoch=holding.epoch,
            rep_id=holding.rep_id,
            reason=to.reason,
            rule_version=to.rule_version,
            candidates=to.candidates,
            schedule=holding.schedule,
            done_by=done_by,
        ),
    )
    await _tell(
        db,
        lead,
        to,
        done_by,
        state=LeadState.HELD,
        holding_id=holding.holding_id,
        epoch=holding.epoch,
        rep_code=chosen.rep_code,
        due_at=holding.schedule.due_in_text,
    )
    return LeadState.HELD, replace(decision, rep_code=chosen.rep_code)


async def _to_pool(
    db: AsyncConnection, lead: Lead, to: Destination, now: datetime, done_by: DoneBy | None
) -> tuple[LeadState, RecordedDecision]:
    pool = await _pool(db, to.pool_id)
    await save_state(
        db,
        lead,
        state=LeadState.POOLED,
        home_pool_id=to.pool_id,
        # Who was waiting goes on waiting since then.
        pooled_at=lead.pooled_at or now,
        frozen_until=lead.frozen_until or _frozen_until(lead, pool.new_lead_freeze, now),
        route_due=False,
        wake_at=None,
    )
    decision = await record_decision(
        db,
        Decision(
            lead_id=lead.lead_id,
            verb="RouteLead",
            from_state=lead.state,
            to_state=LeadState.POOLED,
            decided_at=now,
            reason=to.reason,
            rule_version=to.rule_version,
            candidates=to.candidates,
            done_by=done_by,
        ),
    )
    await _tell(db, lead, to, done_by, state=LeadState.POOLED, pool_code=pool.code)
    return LeadState.POOLED, decision


async def _pool(db: AsyncConnection, pool_id: UUID) -> Row[Any]:
    question = "select code, new_lead_freeze from routing.pool where pool_id = :pool_id"
    return (await db.execute(text(question), {"pool_id": pool_id})).one()


def _frozen_until(lead: Lead, freeze: timedelta, now: datetime) -> datetime | None:
    """A lead that nobody has had comes into its pool for the first time: for so long it is assigned, never claimed."""
    new = lead.state is not LeadState.POOLED and lead.epoch == 0
    return now + freeze if new and freeze else None


async def _tell(db: AsyncConnection, lead: Lead, to: Destination, done_by: DoneBy | None, **changes: object) -> None:
    event = Event(
        lead.lead_id,
        "lead_routed",
        data=changes,
        reason=to.reason,
        rule_version=to.rule_version,
        # The lead's own run knows what it does; the sweep's doing begins one.
        by_run=done_by is None,
    )
    await outbox.record(db, tables.event, event)
