"""What waits in the managers' queue for a rep is routed again: a sweep of its own.

A look finds leads that somebody could take now, whatever gave the room (a limit raised, a holding ended, a rep who
came or came back); those that the newest rules have not seen; and those whose time to be tried has come. Each is then
routed in a transaction of its own: the limits of one team are never held while those of another are waited for.
"""

from collections import deque
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.leads.store import ConditionsOf, lock_lead
from services.routing.leads.store_routing import REROUTED, retry_lead
from services.routing.queue.store import BEST_FIRST
from services.shared.database import text
from services.shared.sweep import BATCH


class Retrying:
    """A step of a sweep that asks for another transaction as long as it has found leads.

    What it has found is lost with its process, and found again.
    """

    def __init__(self, conditions_of: ConditionsOf) -> None:
        self._conditions_of = conditions_of
        self._found: deque[UUID] = deque()

    async def __call__(self, db: AsyncConnection) -> int:
        if self._found:
            await _retry(db, self._found.popleft(), self._conditions_of)
        else:
            self._found.extend(await find_routable(db))
        return BATCH if self._found else 0


async def find_routable(db: AsyncConnection) -> list[UUID]:
    """The best first. What was tried a moment ago is let be: so nothing is tried again and again in one second."""
    rows = await db.execute(text(ROUTABLE), {"rerouted": list(REROUTED), "at_most": BATCH})
    return [row.lead_id for row in rows]


async def _retry(db: AsyncConnection, lead_id: UUID, conditions_of: ConditionsOf) -> None:
    """Whoever has locked the lead is deciding about it."""
    if await db.scalar(text(LOCK_WAITING), {"lead_id": lead_id}):
        await retry_lead(db, await lock_lead(db, lead_id), conditions_of)


LOCK_WAITING = """
select true from routing.lead where lead_id = :lead_id and state = 'UNASSIGNED' and retry_at is not null
for no key update skip locked
"""
WAITING = "lead.state = 'UNASSIGNED' and lead.retry_at is not null"
LET_BE = "lead.tried_at > (select now from instant) - interval '1 second'"
# Of a rep who has room in all. As the verdicts have it (assignment/rules.py): what it lets through is decided there,
# under the limits' locks.
COULD_TAKE = """not exists (
      select from routing.holding_limit of_kind
      where of_kind.rep_id = rep.rep_id and of_kind.held >= of_kind."limit" and (
        (of_kind.scope = 'GRADE' and of_kind.key = lead.grade)
        or (of_kind.scope = 'PRODUCT' and of_kind.key = lead.facts #>> '{intent,product}')
      )
    ) and not exists (
      select from routing.holding h where h.lead_id = lead.lead_id and h.rep_id = rep.rep_id
        and (lead.unassigned_reason = 'NOBODY_ANSWERED' or h.end_reason = any(cast(:rerouted as text[])))
    )"""
# Each along its index, and no more of any than are routed; a team that has no room at all costs nothing.
ROUTABLE = f"""
with instant as materialized (select clew.clew_now() as now),
free as materialized (
  select rep.rep_id, rep.team_id from routing.rep
  join routing.holding_limit whole on whole.rep_id = rep.rep_id and whole.scope = 'REP'
  where rep.active and (whole."limit" is null or whole.held < whole."limit")
    and exists (select from routing.lead where {WAITING})
), team as materialized (
  select team_id, array_agg(rep_id) as reps from free group by team_id
), found as materialized (
  select lead_id from team cross join lateral (
    select lead_id from routing.lead
    where {WAITING} and wanted_team_id = team.team_id and not {LET_BE}
      and exists (select from unnest(team.reps) as rep (rep_id) where {COULD_TAKE})
    order by {BEST_FIRST} limit :at_most
  ) by_somebody_of_the_team
  union
  select lead_id from (
    select lead_id from routing.lead
    where {WAITING} and epoch = 0 and captured_by is not null and not {LET_BE}
      and exists (select from free rep where rep.rep_id = lead.captured_by and {COULD_TAKE})
    limit :at_most
  ) by_who_captured_it
  union
  select lead_id from (
    select lead_id from routing.lead
    where {WAITING} and tried_version < (select max(version) from routing.assignment_rules)
    order by tried_version limit :at_most
  ) by_newer_rules
  union
  select lead_id from (
    select lead_id from routing.lead where {WAITING} and retry_at <= (select now from instant)
    order by retry_at limit :at_most
  ) in_its_time
)
select lead_id from routing.lead join found using (lead_id) order by {BEST_FIRST} limit :at_most
"""  # composed of parts above
