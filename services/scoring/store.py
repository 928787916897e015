"""Scores in the database. A lead's row is locked before anything of it changes."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, TextClause
from sqlalchemy.ext.asyncio import AsyncConnection

from services.scoring import rules as rule_sets
from services.scoring.score import Contribution, Part, Rules, Scored
from services.shared import hidden_leads
from services.shared.callers import Caller, current_caller
from services.shared.database import text
from services.shared.hidden_leads import asking, hidden_by
from services.shared.ids import new_id
from services.shared.refusals import NotFound


@dataclass(frozen=True)
class ScoredLead:
    """A lead as scoring knows it."""

    lead_id: UUID
    facts: Mapping[str, Any] | None
    rules_version: int
    fit_score: int
    behavior_score: int
    grade: str
    mature: bool
    maturities: int
    version: int
    taken_version: int
    scored_at: datetime | None
    # From the caller.
    hidden: bool = False


class NoScore(NotFound):
    def __init__(self, lead_id: UUID) -> None:
        super().__init__(
            "NOT_FOUND", f"Lead {lead_id} has neither a score nor an engagement.", kind="score", id=str(lead_id)
        )


async def publish_rules(db: AsyncConnection, rules: Rules, published_by: str) -> int:
    """The next version. Two publications at once come one after the other."""
    await db.execute(text("lock table scoring.rules in share row exclusive mode"))
    version = await db.scalar(
        text(PUBLISH), {"body": json.dumps(rule_sets.to_body(rules), ensure_ascii=False), "by": published_by}
    )
    return int(version or 0)


async def newest_rules(db: AsyncConnection) -> Rules:
    """The rules in force; without a publication the empty set, version 0."""
    row = (
        await db.execute(text("select version, body from scoring.rules order by version desc limit 1"))
    ).one_or_none()
    return rule_sets.from_body(row.version, row.body) if row else Rules()


async def rules_at(db: AsyncConnection, version: int) -> Rules:
    """A published version."""
    if version == 0:
        return Rules()
    row = (
        await db.execute(text("select version, body from scoring.rules where version = :version"), {"version": version})
    ).one()
    return rule_sets.from_body(row.version, row.body)


async def lock_lead(db: AsyncConnection, lead_id: UUID) -> ScoredLead:
    """The lead's row, made when it is new, and locked: whoever scores it next waits."""
    await db.execute(
        text("insert into scoring.lead (lead_id) values (:lead_id) on conflict do nothing"), {"lead_id": lead_id}
    )
    return _lead((await db.execute(text(f"{LEAD} for no key update"), {"lead_id": lead_id, **asking()})).one())


async def find_lead(db: AsyncConnection, lead_id: UUID) -> ScoredLead:
    """Raises NoScore. Of a lead that is hidden from him the caller finds what he would have made of an unknown one."""
    row = (await db.execute(text(LEAD), {"lead_id": lead_id, **asking()})).one_or_none()
    if row is None or (row.hidden and not await _recorded_by(db, lead_id, current_caller())):
        raise NoScore(lead_id)
    return not_scored(lead_id) if row.hidden else _lead(row)


def not_scored(lead_id: UUID) -> ScoredLead:
    """A lead of which nothing is known but engagements."""
    return ScoredLead(
        lead_id=lead_id,
        facts=None,
        rules_version=0,
        fit_score=0,
        behavior_score=0,
        grade="D",
        mature=False,
        maturities=0,
        version=0,
        taken_version=0,
        scored_at=None,
        hidden=True,
    )


async def _recorded_by(db: AsyncConnection, lead_id: UUID, caller: Caller) -> bool:
    values = {"lead_id": lead_id, "actor_id": caller.id, "actor_role": caller.role}
    return bool(await db.scalar(text(RECORDED), values))


def events_seen() -> TextClause | None:
    """Which events the caller sees of a lead; None: all."""
    caller = current_caller()
    return hidden_leads.events_seen("scoring", OWN, actor_id=caller.id, actor_role=caller.role)


async def save_score(
    db: AsyncConnection,
    lead: ScoredLead,
    scored: Scored,
    *,
    facts: Mapping[str, Any] | None,
    rules_version: int,
    mature: bool,
    changed: bool,
) -> ScoredLead:
    """A locked lead's new score. `changed`: routing must take it."""
    row = (
        await db.execute(
            text(SAVE),
            {
                "lead_id": lead.lead_id,
                "facts": json.dumps(facts, ensure_ascii=False) if facts is not None else None,
                "rules_version": rules_version,
                "fit_score": scored.fit_score,
                "behavior_score": scored.behavior_score,
                "grade": scored.grade,
                "mature": mature,
                "matured": int(mature and not lead.mature),
                "changed": changed,
                **asking(),
            },
        )
    ).one()
    await _save_contributions(db, lead.lead_id, scored.contributions)
    return _lead(row)


async def _save_contributions(db: AsyncConnection, lead_id: UUID, contributions: Sequence[Contribution]) -> None:
    await db.execute(text("delete from scoring.contribution where lead_id = :lead_id"), {"lead_id": lead_id})
    if contributions:
        await db.execute(
            text(ADD_CONTRIBUTION),
            [
                {
                    "lead_id": lead_id,
                    "part": one.part,
                    "rule_id": one.rule_id,
                    "points": one.points,
                    "engagements": one.engagements,
                    "because": one.because,
                }
                for one in contributions
            ],
        )


async def contributions_of(db: AsyncConnection, lead: ScoredLead) -> list[Contribution]:
    if lead.facts is None:
        return []
    rows = await db.execute(text(CONTRIBUTIONS), {"lead_id": lead.lead_id})
    return [Contribution(Part(row.part), row.rule_id, row.points, row.engagements, row.because) for row in rows]


async def add_engagement(
    db: AsyncConnection, lead_id: UUID, kind: str, occurred_at: datetime | None, source_event_id: str
) -> tuple[UUID, bool]:
    """An engagement of a locked lead, and whether it is new: the same source event counts once."""
    values = {
        "engagement_id": new_id(),
        "lead_id": lead_id,
        "kind": kind,
        "occurred_at": occurred_at,
        "source_event_id": source_event_id or None,
    }
    added = await db.scalar(text(ADD_ENGAGEMENT), values)
    if isinstance(added, UUID):
        return added, True
    first = await db.scalar(text(FIRST_ENGAGEMENT), values)
    assert isinstance(first, UUID)  # noqa: S101  # it was in the way of the insert, under the lead's lock
    return first, False


async def engagement_counts(db: AsyncConnection, lead_id: UUID) -> dict[str, int]:
    """How many engagements of each kind."""
    question = "select kind, count(*) from scoring.engagement where lead_id = :lead_id group by kind"
    return {row[0]: row[1] for row in await db.execute(text(question), {"lead_id": lead_id})}


async def mark_taken(db: AsyncConnection, lead_id: UUID, version: int) -> int:
    """Never back to a lower version. Raises NoScore."""
    taken = await db.scalar(text(MARK_TAKEN), {"lead_id": lead_id, "version": version})
    if taken is None:
        raise NoScore(lead_id)
    return int(taken)


async def due_for_nudge(db: AsyncConnection, limit: int) -> list[UUID]:
    """Leads whose score waits for routing for more than 10 s, locked; nudged again after 10 s doubling to 60 s."""
    rows = await db.execute(text(NUDGE), {"limit": limit})
    return [row.lead_id for row in rows]


def _lead(row: Row[Any]) -> ScoredLead:
    return ScoredLead(**row._mapping)


COLUMNS = f"""lead_id, facts, rules_version, fit_score, behavior_score, grade, mature, maturities, version,
  taken_version, scored_at, {hidden_by("scoring", "lead.lead_id")} as hidden"""
LEAD = f"select {COLUMNS} from scoring.lead where lead_id = :lead_id"

# By the caller himself.
OWN = "(kind = 'engagement_recorded' and actor_id = :actor_id and actor_role = :actor_role)"
RECORDED = f"select exists (select from scoring.event where lead_id = :lead_id and {OWN})"

PUBLISH = """
insert into scoring.rules (version, body, published_by)
select coalesce(max(version), 0) + 1, cast(:body as jsonb), :by from scoring.rules returning version
"""

SAVE = f"""
update scoring.lead set facts = coalesce(cast(:facts as jsonb), facts), rules_version = :rules_version,
  fit_score = :fit_score, behavior_score = :behavior_score, grade = :grade, mature = :mature,
  maturities = maturities + :matured,
  version = version + case when :changed then 1 else 0 end,
  changed_at = case when :changed then clew.clew_now() else changed_at end,
  nudges = case when :changed then 0 else nudges end,
  scored_at = clew.clew_now()
where lead_id = :lead_id returning {COLUMNS}
"""

ADD_CONTRIBUTION = """
insert into scoring.contribution (lead_id, part, rule_id, points, engagements, because)
values (:lead_id, :part, :rule_id, :points, :engagements, :because)
"""
CONTRIBUTIONS = """
select part, rule_id, points, engagements, because from scoring.contribution
where lead_id = :lead_id order by part desc, points desc, rule_id
"""

ADD_ENGAGEMENT = """
insert into scoring.engagement (engagement_id, lead_id, kind, occurred_at, received_at, source_event_id)
select :engagement_id, :lead_id, :kind, coalesce(cast(:occurred_at as timestamptz), now.at), now.at, :source_event_id
from (select clew.clew_now() as at) now
on conflict (lead_id, kind, source_event_id) where source_event_id is not null do nothing
returning engagement_id
"""
FIRST_ENGAGEMENT = """
select engagement_id from scoring.engagement
where lead_id = :lead_id and kind = :kind and source_event_id = :source_event_id
"""

MARK_TAKEN = """
update scoring.lead set taken_version = greatest(taken_version, least(:version, version))
where lead_id = :lead_id returning taken_version
"""

NUDGE = """
update scoring.lead set nudged_at = clew.clew_now(), nudges = nudges + 1 where lead_id = any(array(
  select lead_id from scoring.lead, (select clew.clew_now() as at) now
  where version > taken_version and changed_at < now.at - interval '10 seconds'
    and (nudges = 0 or nudged_at < now.at - least(60, 10 * power(2, least(nudges, 4) - 1)) * interval '1 second')
    and not exists (
      select from scoring.event owed
      where owed.lead_id = lead.lead_id and owed.delivered_at is null and owed.wakes <> 'none')
  order by changed_at limit :limit for no key update of lead skip locked))
returning lead_id
"""
