"""A lead's home and rest change: moved to another pool, set at rest, or at home in a pool that is deleted."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing import tables, transitions
from services.routing.lead import LeadState
from services.routing.leads.store import Lead, lock_lead, save_state
from services.routing.ledger import Decision
from services.routing.pools.settings import check_deletable
from services.routing.pools.store import lock_pool
from services.routing.reasons import check_rest
from services.routing.roster.store import pool_id_of
from services.routing.store_ledger import record_decision
from services.shared import database, outbox
from services.shared.callers import current_caller
from services.shared.database import text
from services.shared.outbox import Event
from services.shared.sweep import BATCH


async def move_lead(db: AsyncConnection, lead_id: UUID, pool_code: str) -> LeadState:
    """Waiting or held, it is at home in another pool; out of the managers' queue it begins to wait in this one.

    Raises LeadNotReady, Unknown (pool), IllegalTransition.
    """
    lead = await lock_lead(db, lead_id)
    transitions.check(lead.state, "MoveLead")
    pool_id = await pool_id_of(db, pool_code)
    state = lead.state
    if state is LeadState.UNASSIGNED:
        # What a pool does not bear counts from here on.
        state, anew = LeadState.POOLED, {"pooled_at": await database.now(db), "returns": 0}
        await save_state(db, lead, state=state, home_pool_id=pool_id, **anew)
    else:
        await save_state(db, lead, state=state, home_pool_id=pool_id)
    await _record(db, lead, "MoveLead", "lead_moved", to=state, pool_code=pool_code)
    return state


async def rest_lead(db: AsyncConnection, lead_id: UUID, until: datetime | None) -> None:
    """Until then nobody is offered it; None ends its rest. Raises LeadNotReady, IllegalTransition, InvalidInput."""
    lead = await lock_lead(db, lead_id)
    transitions.check(lead.state, "RestLead")
    if until is None:
        await save_state(db, lead, state=lead.state, resting_until=None)
    else:
        check_rest(until, await database.now(db))
        # A maturity that was about to route it stays on record, and no more.
        await save_state(db, lead, state=lead.state, resting_until=until, route_due=False, wake_at=None)
    await _record(db, lead, "RestLead", "lead_rested", to=lead.state, resting_until=until.isoformat() if until else "")


async def delete_pool(db: AsyncConnection, pool_code: str, successor_code: str) -> int:
    """Close it, and move the first of its leads. Returns how many; a full batch has others after it.

    Raises Unknown (pool), PoolPermanent, InvalidInput.
    """
    check_deletable(pool_code, successor_code)
    # In one order: two who each name the other's pool must not wait for one another.
    locked = {code: await lock_pool(db, code) for code in sorted((pool_code, successor_code))}
    values = {"pool_id": locked[pool_code].pool_id, "successor_id": locked[successor_code].pool_id}
    await db.execute(text(CLOSE), values)
    return await _move_homes(db, locked[pool_code].pool_id)


async def move_homes(db: AsyncConnection) -> int:
    """A step of the sweep: what was locked when its pool was deleted, or on its way there, or one of many, follows."""
    return await _move_homes(db, None)


async def _move_homes(db: AsyncConnection, only: UUID | None) -> int:
    """Leads at home in a deleted pool, waiting, unassigned or held, go home to its successor, some at once.

    Returns how many.
    """
    caller = current_caller()
    values = {"only": only, "at_most": BATCH, "actor_id": caller.id, "actor_role": caller.role}
    return len((await db.execute(text(MOVE_HOMES), values)).all())


async def _record(db: AsyncConnection, lead: Lead, verb: str, event: str, *, to: LeadState, **changes: str) -> None:
    now = await database.now(db)
    await record_decision(
        db,
        Decision(lead_id=lead.lead_id, verb=verb, from_state=lead.state, to_state=to, decided_at=now),
    )
    await outbox.record(db, tables.event, Event(lead.lead_id, event, data=changes))


# Its leads, and those of pools that it was the successor of, have one home.
CLOSE = """
update routing.pool set closed_at = coalesce(closed_at, clew.clew_now()), successor_pool_id = :successor_id
where pool_id = :pool_id or successor_pool_id = :pool_id
"""

# Found along the indexes first, and each locked by its own look: joined, the planner might read all leads there are.
MOVE_HOMES = f"""
with instant as materialized (select clew.clew_now() as now),
found as materialized (
  select lead_id, pool.pool_id, pool.code as from_code, successor.pool_id as to_id, successor.code as to_code
  from routing.pool join routing.pool successor on successor.pool_id = pool.successor_pool_id
  cross join lateral (
    select lead_id from (
      select lead_id from routing.lead where home_pool_id = pool.pool_id and state = 'POOLED' limit :at_most
    ) waiting
    union all
    select lead_id from (
      select lead_id from routing.lead where home_pool_id = pool.pool_id and state in ('HELD', 'CONVERTING')
      limit :at_most
    ) held
    union all
    select lead_id from (
      select lead_id from routing.lead where home_pool_id = pool.pool_id and state = 'UNASSIGNED' limit :at_most
    ) unassigned
  ) at_home
  where pool.pool_id = coalesce(cast(:only as uuid), pool.pool_id)
  limit :at_most
), due as materialized (
  select found.*, locked.state from found cross join lateral (
    select state from routing.lead
    where lead.lead_id = found.lead_id and home_pool_id = found.pool_id
      and state in ('POOLED', 'HELD', 'CONVERTING', 'UNASSIGNED')
    for no key update skip locked
  ) locked
), moved as (
  update routing.lead set home_pool_id = due.to_id, version = version + 1 from due where lead.lead_id = due.lead_id
), decided as (
  insert into routing.decision (decision_id, lead_id, verb, from_state, to_state, actor_id, actor_role, reason,
    decided_at)
  select uuidv7(), lead_id, 'MoveLead', state, state, :actor_id, :actor_role, 'POOL_DELETED', now from due, instant
), noted as (
  insert into routing.event (event_id, lead_id, seq, kind, wakes, actor_id, actor_role, reason, data, recorded_at)
  select uuidv7(), lead_id, {tables.next_seq("due")}, 'lead_moved', 'none', :actor_id, :actor_role, 'POOL_DELETED',
    jsonb_build_object('pool_code', to_code, 'from_pool_code', from_code), now
  from due, instant
)
select lead_id from due
"""  # composed of a part above
