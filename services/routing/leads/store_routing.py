"""Where a lead goes: to the rep who captured it, by the rules, or into a pool. Every decision says why."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing import reasons, tables, transitions
from services.routing.assignment import store as assignment
from services.routing.assignment.rules import Member, Rule, RuleSet, chosen_of, verdicts
from services.routing.holdings import store as holdings
from services.routing.holdings.holding import Origin
from services.routing.lead import LeadState
from services.routing.leads.store import Lead, lock_lead, save_state
from services.routing.leads.store_taking import default_pool
from services.routing.ledger import Candidate, Decision, RecordedDecision
from services.routing.store_ledger import record_decision
from services.shared import database, outbox
from services.shared.outbox import Event

# A rep who gave the lead back for one of these does not get it again by a rule.
REROUTED = frozenset(reason.code for reason in reasons.CATALOGUE if reason.next is reasons.Next.REROUTE)


@dataclass(frozen=True)
class Destination:
    """Whom or where the lead goes to: a rep when one is chosen, otherwise the pool."""

    reason: str
    pool_id: UUID
    rule_version: str | None = None
    origin: Origin | None = None
    candidates: tuple[Candidate, ...] = ()

    @property
    def chosen(self) -> Candidate | None:
        return chosen_of(self.candidates)


async def route_lead(
    db: AsyncConnection, lead_id: UUID, holds: Callable[[Lead, str], bool]
) -> tuple[LeadState, RecordedDecision]:
    """Route a lead that is due. `holds` says whether a condition holds of it. Raises IllegalTransition."""
    lead = await lock_lead(db, lead_id)
    if not lead.route_due:
        raise transitions.IllegalTransition(lead.state, "RouteLead")
    transitions.check(lead.state, "RouteLead")
    now = await database.now(db)
    destination = await _destination(db, lead, lambda expression: holds(lead, expression))
    if destination.chosen and destination.origin:
        return await _to_rep(db, lead, destination, destination.chosen, destination.origin, now)
    return await _to_pool(db, lead, destination, now)


async def _destination(db: AsyncConnection, lead: Lead, holds: Callable[[str], bool]) -> Destination:
    home = lead.home_pool_id or await default_pool(db)
    returned_by = await assignment.returned_as_not_theirs(db, lead.lead_id, REROUTED)
    considered: tuple[Candidate, ...] = ()
    if lead.captured_by and lead.epoch == 0 and (capturer := await assignment.lock_rep(db, lead.captured_by)):
        captured = Destination(
            "CAPTURED_BY", home, origin=Origin.CAPTURED, candidates=verdicts([capturer], returned_by)
        )
        if captured.chosen:
            return captured
        considered = captured.candidates
    rules = await assignment.newest_rules(db)
    found = await _by_rules(db, rules, rules.first_match(holds), home, returned_by)
    return replace(found, candidates=considered + found.candidates)


async def _by_rules(
    db: AsyncConnection, rules: RuleSet, rule: Rule | None, home: UUID, returned_by: set[UUID]
) -> Destination:
    version = rules.version_text(rule)
    if rule is None:
        return Destination("NO_RULE_MATCHED", home, version)
    if rule.pool_code:
        return Destination("RULE_MATCHED", await _pool(db, rule.pool_code), version)
    members: list[Member] = await assignment.lock_team(db, rule.assign_team_code)
    candidates = verdicts(members, returned_by)
    reason = "RULE_MATCHED" if chosen_of(candidates) else "NOBODY_HAS_ROOM"
    return Destination(reason, home, version, Origin.RULE, candidates)


async def _to_rep(
    db: AsyncConnection, lead: Lead, to: Destination, chosen: Candidate, origin: Origin, now: datetime
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
        ),
    )
    await _tell(db, lead, to, {"state": LeadState.HELD, "rep_code": chosen.rep_code, "holding_id": holding.holding_id})
    return LeadState.HELD, replace(decision, rep_code=chosen.rep_code)


async def _to_pool(
    db: AsyncConnection, lead: Lead, to: Destination, now: datetime
) -> tuple[LeadState, RecordedDecision]:
    await save_state(
        db,
        lead,
        state=LeadState.POOLED,
        home_pool_id=to.pool_id,
        # A mature lead that finds nobody stays where and since when it waits.
        pooled_at=lead.pooled_at or now,
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
        ),
    )
    pool_code = await db.scalar(text("select code from routing.pool where pool_id = :pool_id"), {"pool_id": to.pool_id})
    await _tell(db, lead, to, {"state": LeadState.POOLED, "pool_code": pool_code})
    return LeadState.POOLED, decision


async def _pool(db: AsyncConnection, code: str) -> UUID:
    """Rules name pools that were there when they were published, and no pool is ever deleted."""
    pool_id = await db.scalar(text("select pool_id from routing.pool where code = :code"), {"code": code})
    return pool_id if isinstance(pool_id, UUID) else await default_pool(db)


async def _tell(db: AsyncConnection, lead: Lead, to: Destination, changes: dict[str, object]) -> None:
    await outbox.record(
        db,
        tables.event,
        Event(lead.lead_id, "lead_routed", data=changes, reason=to.reason, rule_version=to.rule_version, by_run=True),
    )
