"""Stages in the database: entered, never left backwards, with the criteria that were met. The lead is locked before."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing import tables
from services.routing.lead import Stage
from services.routing.leads.store import ConditionsOf, Lead
from services.routing.stages.criteria import Criteria, CriteriaNotMet, CriteriaSet, Fact
from services.shared import outbox
from services.shared.callers import current_caller
from services.shared.database import text
from services.shared.ids import new_id
from services.shared.outbox import Event


@dataclass(frozen=True)
class StageEntry:
    """A stage to be entered: by what, when, and in the time of which holding."""

    stage: Stage
    cause: str
    at: datetime
    holding_id: UUID | None = None


@dataclass(frozen=True)
class StageChange:
    """An entry of a lead's history."""

    change_id: UUID
    from_stage: Stage
    to_stage: Stage
    changed_at: datetime
    actor_id: str
    actor_role: str
    cause: str
    criteria_version: str | None
    holding_id: UUID | None


async def enter_by_the_way(db: AsyncConnection, lead: Lead, entry: StageEntry, conditions_of: ConditionsOf) -> Stage:
    """Enter a stage in the course of another verb. A lead that has come as far, or lacks something, stays where it is.

    Returns the stage that the lead is in afterwards.
    """
    if not lead.stage.is_before(entry.stage):
        return lead.stage
    version, missing = await _checked(db, lead, entry.stage, conditions_of)
    if missing:
        return lead.stage
    await write_change(db, lead, entry, version)
    return entry.stage


async def enter(db: AsyncConnection, lead: Lead, entry: StageEntry, conditions_of: ConditionsOf) -> StageChange:
    """Enter a later stage by somebody's word. Raises CriteriaNotMet."""
    version, missing = await _checked(db, lead, entry.stage, conditions_of)
    if missing and version:
        raise CriteriaNotMet(entry.stage, version, missing)
    return await write_change(db, lead, entry, version)


async def _checked(
    db: AsyncConnection, lead: Lead, stage: Stage, conditions_of: ConditionsOf
) -> tuple[str | None, tuple[str, ...]]:
    """The version of the criteria that apply, and what is missing."""
    newest = await newest_criteria(db)
    criteria = newest.of(stage)
    if criteria is None:
        return None, ()
    known = await _known_facts(db, lead.lead_id) if criteria.facts else frozenset()
    return newest.version_text, criteria.missing(known, conditions_of(lead))


async def write_change(db: AsyncConnection, lead: Lead, entry: StageEntry, version: str | None = None) -> StageChange:
    """The lead's stage, its history and the event, whatever criteria there are."""
    caller = current_caller()
    change = StageChange(
        new_id(), lead.stage, entry.stage, entry.at, caller.id, caller.role, entry.cause, version, entry.holding_id
    )
    await db.execute(text(CHANGE), {"lead_id": lead.lead_id, **vars(change)})
    data = {"from_stage": lead.stage, "to_stage": entry.stage, "holding_id": entry.holding_id or ""}
    event = Event(lead.lead_id, "stage_entered", data=data, reason=entry.cause, rule_version=version)
    await outbox.record(db, tables.event, event)
    return change


async def newest_criteria(db: AsyncConnection) -> CriteriaSet:
    """The criteria that are in force; the first version came with the table."""
    question = "select version, criteria from routing.stage_criteria order by version desc limit 1"
    row = (await db.execute(text(question))).one()
    return CriteriaSet(row.version, tuple(_criteria(stored) for stored in row.criteria))


async def publish_criteria(db: AsyncConnection, criteria: Sequence[Criteria]) -> str:
    """The next version, as it is named. Two publications at once come one after the other."""
    await db.execute(text("lock table routing.stage_criteria in share row exclusive mode"))
    body = [{"stage": one.stage, "expression": one.expression, "facts": list(one.facts)} for one in criteria]
    version = await db.scalar(
        text(PUBLISH), {"criteria": json.dumps(body, ensure_ascii=False), "published_by": current_caller().id}
    )
    return CriteriaSet(int(version or 0), ()).version_text


async def list_changes(
    db: AsyncConnection, lead_id: UUID, after: tuple[datetime, UUID] | None, limit: int
) -> list[StageChange]:
    """A lead's history of stages, oldest first, from after a position on."""
    at, change_id = after or (None, None)
    asked = {"lead_id": lead_id, "at": at, "change_id": change_id, "limit": limit}
    return [_change(row) for row in await db.execute(text(CHANGES), asked)]


async def credited_rep(db: AsyncConnection, lead_id: UUID) -> str:
    """Code of who handed the lead off to its newest holder; empty when nobody did."""
    return await db.scalar(text(CREDITED), {"lead_id": lead_id}) or ""


async def _known_facts(db: AsyncConnection, lead_id: UUID) -> frozenset[Fact]:
    row = (await db.execute(text(KNOWN), {"lead_id": lead_id})).one()
    return frozenset(fact for fact in Fact if row._mapping[fact.lower()])


def _criteria(stored: dict[str, Any]) -> Criteria:
    facts = tuple(Fact(fact) for fact in stored.get("facts", ()))
    return Criteria(Stage(stored["stage"]), stored.get("expression", ""), facts)


def _change(row: Row[Any]) -> StageChange:
    fields = {**row._mapping, "from_stage": Stage(row.from_stage), "to_stage": Stage(row.to_stage)}
    return StageChange(**fields)


CHANGE = """
with changed as (
  update routing.lead set stage = :to_stage, version = version + 1 where lead_id = :lead_id
)
insert into routing.stage_change (change_id, lead_id, from_stage, to_stage, changed_at, actor_id, actor_role, cause,
  criteria_version, holding_id)
values (:change_id, :lead_id, :from_stage, :to_stage, :changed_at, :actor_id, :actor_role, :cause,
  :criteria_version, :holding_id)
"""

PUBLISH = """
insert into routing.stage_criteria (version, criteria, published_by)
select max(version) + 1, cast(:criteria as jsonb), :published_by from routing.stage_criteria
returning version
"""

CHANGES = """
select change_id, from_stage, to_stage, changed_at, actor_id, actor_role, cause, criteria_version, holding_id
from routing.stage_change
where lead_id = :lead_id
  and (cast(:at as timestamptz) is null
       or (changed_at, change_id) > (cast(:at as timestamptz), cast(:change_id as uuid)))
order by changed_at, change_id limit :limit
"""

CREDITED = """
select rep.code
from (
  select credited_rep_id from routing.holding where lead_id = :lead_id order by epoch desc limit 1
) newest join routing.rep on rep.rep_id = newest.credited_rep_id
"""

# Of the present cycle: since the lead was opened, or reopened at PROSPECT.
KNOWN = """
with cycle as (
  select coalesce(max(changed_at), '-infinity') as began from routing.stage_change
  where lead_id = :lead_id and to_stage = 'PROSPECT'
)
select exists (
    select from routing.holding where lead_id = :lead_id and started_at >= began and first_responded_at is not null
  ) as first_response_met,
  exists (
    select from routing.follow_up join routing.holding h using (holding_id)
    where h.lead_id = :lead_id and received_at >= began and not after_the_end and voided_at is null
      and outcome in ('CONNECTED', 'REPLIED', 'MET')
  ) as connected_follow_up
from cycle
"""
