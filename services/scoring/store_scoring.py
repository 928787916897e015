"""A lead is scored: on facts that are handed over, or anew when it has done something."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.scoring import store, tables
from services.scoring.score import Rules, compute_score, is_mature
from services.scoring.store import ScoredLead
from services.shared import outbox
from services.shared.outbox import Event
from services.shared.sweep import BATCH

# Does a condition hold of these facts?
Holds = Callable[[Mapping[str, Any], str], bool]


async def score_lead(db: AsyncConnection, lead_id: UUID, facts: Mapping[str, Any], holds: Holds) -> ScoredLead:
    """Score on these facts by the newest rules. Only a first score, another grade or maturity is news for routing."""
    lead = await store.lock_lead(db, lead_id)
    return await _score(db, lead, facts, await store.newest_rules(db), holds, by_run=True)


async def record_engagement(
    db: AsyncConnection, lead_id: UUID, kind: str, occurred_at: datetime | None, source_event_id: str, holds: Holds
) -> tuple[UUID, ScoredLead]:
    """Note what somebody did; a lead that has been scored is scored anew on the facts of that time."""
    lead = await store.lock_lead(db, lead_id)
    engagement_id, new = await store.add_engagement(db, lead_id, kind, occurred_at, source_event_id)
    if not new:
        return engagement_id, lead
    event = Event(lead_id, "engagement_recorded", data={"engagement_id": engagement_id, "engagement": kind})
    await outbox.record(db, tables.event, event)
    if lead.facts is None:
        return engagement_id, lead
    scored = await _score(db, lead, lead.facts, await store.newest_rules(db), holds, by_run=False)
    return engagement_id, scored


async def _score(
    db: AsyncConnection, lead: ScoredLead, facts: Mapping[str, Any], rules: Rules, holds: Holds, *, by_run: bool
) -> ScoredLead:
    counts = await store.engagement_counts(db, lead.lead_id)
    scored = compute_score(rules, lambda expression: holds(facts, expression), counts)
    mature = is_mature(scored.total, lead.mature, rules.maturity)
    matured = mature and not lead.mature
    changed = lead.version == 0 or scored.grade != lead.grade or matured
    after = await store.save_score(
        db, lead, scored, facts=facts, rules_version=rules.version, mature=mature, changed=changed
    )
    data = {"fit_score": after.fit_score, "behavior_score": after.behavior_score, "grade": after.grade}
    kind = "maturity_reached" if matured else "grade_changed" if changed and not by_run else "lead_scored"
    if by_run or changed:
        await outbox.record(
            db,
            tables.event,
            Event(lead.lead_id, kind, data=data, rule_version=f"scoring@{rules.version}", by_run=by_run),
        )
    return after


async def nudge_untaken(db: AsyncConnection) -> int:
    """A step of the sweep: scores that routing has not taken for 10 s are told again."""
    due = await store.due_for_nudge(db, BATCH)
    for lead_id in due:
        await outbox.record(db, tables.event, Event(lead_id, "work_nudged", reason="SCORE_UNTAKEN"))
    return len(due)
