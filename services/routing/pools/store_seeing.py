"""Who sees a hidden pool and the leads at home in it.

Members; of a lead its holder too, and whoever collaborates with him; managers, administrators and runs.
"""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.shared.callers import Role, current_caller
from services.shared.database import text
from services.shared.hidden_leads import SEES_ALL


async def sees_lead(db: AsyncConnection, lead_id: UUID) -> bool:
    """Whether the caller sees a lead that is at home in a hidden pool."""
    caller = current_caller()
    if caller.role in SEES_ALL:
        return True
    return bool(await db.scalar(text(SEES_LEAD), {"lead_id": lead_id, "rep_id": calling_rep()}))


async def is_hidden(db: AsyncConnection, lead_id: UUID) -> bool:
    """Whether the lead is at home in a hidden pool and the caller may not know of it."""
    hidden = await db.scalar(text(HIDDEN), {"lead_id": lead_id})
    return bool(hidden) and not await sees_lead(db, lead_id)


def calling_rep() -> UUID | None:
    """The rep who calls; None for everybody who is none, and who is a member of nothing."""
    caller = current_caller()
    try:
        return UUID(caller.id) if caller.role is Role.REP else None
    except ValueError:
        return None


# Of a rep and a pool. A pool without members is open to all reps unless it is hidden.
MEMBER = """(
  exists (select from routing.pool_member m where m.pool_id = pool.pool_id and m.rep_id = {rep_id})
  or exists (
    select from routing.pool_member m join routing.rep of_team using (team_id)
    where m.pool_id = pool.pool_id and of_team.rep_id = {rep_id}
  )
  or (pool.visibility = 'PUBLIC'
    and not exists (select from routing.pool_member m where m.pool_id = pool.pool_id))
)"""

HIDDEN = """
select pool.visibility = 'HIDDEN' from routing.lead join routing.pool on pool.pool_id = lead.home_pool_id
where lead.lead_id = :lead_id
"""

SEES_LEAD = f"""
select {MEMBER.format(rep_id="cast(:rep_id as uuid)")}
  or lead.converter_id = cast(:rep_id as uuid)
  or exists (
    select from routing.holding h
    where h.lead_id = lead.lead_id and h.ended_at is null and (
      h.rep_id = cast(:rep_id as uuid)
      or exists (
        select from routing.collaborator c
        where c.holding_id = h.holding_id and c.rep_id = cast(:rep_id as uuid) and c.until is null
      )
    )
  )
from routing.lead join routing.pool on pool.pool_id = lead.home_pool_id where lead.lead_id = :lead_id
"""  # composed of a part above
