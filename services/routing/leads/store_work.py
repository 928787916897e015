"""What is pending for a lead, read in one statement from the primary."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.holdings.schedule import DUE_IN_WORDS, LONGEST_SLEEP, NEVER, DueCause
from services.routing.lead import LeadState
from services.routing.leads.work import Pending, Work, next_work
from services.shared.database import text

SUSPENDED = "nothing is due: the policy is disabled"
EXEMPT = "nothing is due: the holder owns an open opportunity on the matched account"


@dataclass(frozen=True)
class LeadWork:
    """A lead's work, and what its run shows of it."""

    work: Work
    state: LeadState
    version: int
    facts: Mapping[str, Any]
    holding_id: UUID | None
    epoch: int
    conversion_id: UUID | None
    wake_in: timedelta | None
    owner_id: UUID | None
    owner_code: str
    due_at: datetime | None
    # Who sees it beside the owner, and how often that has changed.
    hidden: bool
    access_version: int
    collaborator_ids: list[UUID]


async def read_work(db: AsyncConnection, lead_id: UUID) -> LeadWork | None:
    """None for a lead that routing does not know."""
    row = (await db.execute(text(WORK), {"lead_id": lead_id})).one_or_none()
    if row is None:
        return None
    state = LeadState(row.state)
    work = next_work(
        Pending(
            state=state,
            now=row.now,
            score_version=row.score_version,
            route_due=row.route_due,
            wake_at=row.lead_wake_at,
            epoch=row.epoch,
            holding_id=row.holding_id,
            holding_wake_at=row.holding_wake_at,
            lease_until=row.lease_until,
            due_in_words=_in_words(row) if row.due_cause else "",
        )
    )
    return LeadWork(
        # While nothing is due the run is told when that changes; meanwhile it looks again now and then.
        work=replace(work, wake_at=None) if work.wake_at == NEVER else work,
        state=state,
        version=row.version,
        facts=row.facts,
        holding_id=row.holding_id,
        epoch=row.epoch,
        conversion_id=row.conversion_id,
        wake_in=min(max(work.wake_at - row.now, timedelta(0)), LONGEST_SLEEP) if work.wake_at else None,
        owner_id=row.owner_id,
        owner_code=row.owner_code or "",
        due_at=None if row.due_at == NEVER else row.due_at,
        hidden=row.hidden,
        access_version=row.access_version,
        collaborator_ids=row.collaborator_ids,
    )


def _in_words(row: Row[Any]) -> str:
    if row.due_at == NEVER:
        return EXEMPT if row.exempt else SUSPENDED
    return DUE_IN_WORDS[DueCause(row.due_cause)]


# In CONVERTED the converter keeps seeing the person.
WORK = """
select clew.clew_now() as now, l.state, l.version, l.facts, l.score_version, l.route_due, l.wake_at as lead_wake_at,
  l.epoch, h.holding_id, h.wake_at as holding_wake_at, h.conversion_id, h.lease_until, h.due_at, h.due_cause,
  h.rep_id = any(l.opportunity_owners) as exempt,
  owner.rep_id as owner_id, owner.code as owner_code, l.hidden, l.access_version,
  case when l.access_version > 0 then array(
    select c.rep_id from routing.collaborator c where c.holding_id = h.holding_id and c.until is null order by c.rep_id
  ) else '{}' end as collaborator_ids
from routing.lead l
left join routing.holding h on h.lead_id = l.lead_id and h.ended_at is null
left join routing.rep owner
  on owner.rep_id = coalesce(h.rep_id, case when l.state = 'CONVERTED' then l.converter_id end)
where l.lead_id = :lead_id
"""
