"""A rep who takes no leads any more, or takes them again."""

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.roster.store import rep_id_of
from services.shared.callers import current_caller
from services.shared.statements import run


async def set_active(db: AsyncConnection, code: str, *, active: bool) -> None:
    """Say whether the rep takes leads; the same again is no change. Raises Unknown (rep).

    It waits for an opening of the rep's that is under way, and one that comes later is refused: holdings/store.py.
    What is held then is told to the managers of his team, who may hand it over.
    """
    rep_id = await rep_id_of(db, code)
    caller = current_caller()
    values = {"rep_id": rep_id, "active": active, "actor_id": caller.id, "actor_role": caller.role}
    if await run(db, CHANGE, values) and not active:
        await run(db, TELL, {"rep_id": rep_id})


CHANGE = """
with changed as (
  update routing.rep set active = :active where rep_id = :rep_id and active <> :active returning rep_id
)
insert into routing.rep_change (change_id, rep_id, active, actor_id, actor_role, changed_at)
select uuidv7(), rep_id, :active, :actor_id, :actor_role, clew.clew_now() from changed
"""

# A statement of its own: it sees what was opened while the rep's row was waited for.
TELL = """
with instant as materialized (select clew.clew_now() as now)
insert into routing.notice (notice_id, subject_id, kind, step, team_id, lead_id, holding_id, due_at, reason, created_at)
select uuidv7(), h.holding_id, 'REP_INACTIVE',
  count(*) over () || ' held at ' || to_char(now at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
  rep.team_id, h.lead_id, h.holding_id, h.due_at, rep.code, now
from routing.holding h join routing.rep using (rep_id) cross join instant
where h.rep_id = :rep_id and h.ended_at is null
order by h.due_at, h.holding_id
on conflict do nothing
"""
