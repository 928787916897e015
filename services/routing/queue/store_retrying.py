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
# As the verdicts have it (assignment/rules.py). What it lets through is decided there, under the limits' locks.
WITH_ROOM = """rep.active and not exists (
    select from routing.holding_limit full_one
    where full_one.rep_id = rep.rep_id and full_one.held >= full_one."limit" and (
      full_one.scope = 'REP' or (full_one.scope = 'GRADE' and full_one.key = lead.grade)
      or (full_one.scope = 'PRODUCT' and full_one.key = lead.facts #>> '{intent,product}')
    )
  ) and not exists (
    select from routing.holding h where h.lead_id = lead.lead_id and h.rep_id = rep.rep_id
      and (lead.unassigned_reason = 'NOBODY_ANSWERED' or h.end_reason = any(cast(:rerouted as text[])))
  )"""
# A team that has no room at all is passed over before its leads are looked at.
ROUTABLE = f"""
with instant as materialized (select clew.clew_now() as now),
team_with_room as materialized (
  select distinct rep.team_id from routing.rep
  join routing.holding_limit whole on whole.rep_id = rep.rep_id and whole.scope = 'REP'
  where rep.active and (whole."limit" is null or whole.held < whole."limit")
), found as materialized (
  select lead_id from routing.lead where {WAITING} and retry_at <= (select now from instant)
  union
  select lead_id from routing.lead
  where {WAITING} and tried_version < (select max(version) from routing.assignment_rules)
  union
  select lead_id from team_with_room join routing.lead on wanted_team_id = team_with_room.team_id
  where {WAITING} and not {LET_BE}
    and exists (select from routing.rep where rep.team_id = lead.wanted_team_id and {WITH_ROOM})
  union
  select lead_id from routing.lead
  where {WAITING} and not {LET_BE} and epoch = 0 and captured_by is not null
    and exists (select from routing.rep where rep.rep_id = lead.captured_by and {WITH_ROOM})
)
select lead_id from routing.lead join found using (lead_id) order by {BEST_FIRST} limit :at_most
"""  # composed of parts above
