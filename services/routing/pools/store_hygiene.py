"""What becomes of leads that wait too long or were held too often: steps of the sweep, set-based.

A lead at rest, or on its way out by a new maturity, is let be. What is locked by somebody else is skipped: it is
found again at the next look.
"""

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing import tables
from services.routing.pools.store_days import forget_days
from services.routing.pools.store_hiding import hiding_steps
from services.routing.pools.store_moving import move_homes
from services.shared.callers import current_caller
from services.shared.database import text
from services.shared.sweep import BATCH, Step


def home_steps() -> list[Step]:
    """What people wait for: leads follow their pool."""
    return [move_homes, *hiding_steps()]


def hygiene_steps() -> list[Step]:
    return [put_out, tell_of_dwell, forget_days]


async def put_out(db: AsyncConnection) -> int:
    """Leads that were given back too often, or that wait too long for their pool, become DORMANT; or UNASSIGNED, where
    the pool wants them looked at: then its people hear of it."""
    return await _carry_out(db, PUT_OUT)


async def tell_of_dwell(db: AsyncConnection) -> int:
    """A pool's people hear once of each lead that waits longer than they want."""
    return await _carry_out(db, DWELL)


async def _carry_out(db: AsyncConnection, statement: str) -> int:
    caller = current_caller()
    values = {"at_most": BATCH, "actor_id": caller.id, "actor_role": caller.role}
    return len((await db.execute(text(statement), values)).all())


# Found along the indexes first, and each locked by its own look: joined, the planner might read all leads there are.
SINCE = "greatest(pooled_at, resting_until)"
LET_BE = "lead.route_due or (lead.resting_until > (select now from instant)) is true"

# Out of a review it comes back by a manager's word alone: what was counted against it begins anew.
PUT_OUT = f"""
with instant as materialized (select clew.clew_now() as now),
found as materialized (
  select lead_id, pool_id, code, reason, hygiene = 'REVIEW' as review
  from routing.pool cross join lateral (
    select lead_id, 'TOO_MANY_HOLDINGS' as reason from (
      select lead_id from routing.lead
      where state = 'POOLED' and home_pool_id = pool.pool_id and returns > 0 and returns > pool.max_holdings
        and not ({LET_BE})
      limit :at_most
    ) often
    union all
    select lead_id, 'TOO_OLD' from (
      select lead_id from routing.lead
      where state = 'POOLED' and pooled_at is not null and home_pool_id = pool.pool_id
        and {SINCE} <= (select now from instant) - pool.max_age and not ({LET_BE})
        and (returns > pool.max_holdings) is not true
      limit :at_most
    ) old
  ) too_long
  limit :at_most
), due as materialized (
  select found.*, locked.unassigned_times from found cross join lateral (
    select unassigned_times from routing.lead
    where lead.lead_id = found.lead_id and state = 'POOLED' and home_pool_id = found.pool_id and not ({LET_BE})
    for no key update skip locked
  ) locked
), laid as (
  update routing.lead set state = 'DORMANT', version = version + 1, pooled_at = null, resting_until = null,
    release_at = null
  from due where lead.lead_id = due.lead_id and not review
), put_up as (
  update routing.lead set state = 'UNASSIGNED', version = version + 1, pooled_at = null, resting_until = null,
    release_at = null, returns = 0, unassigned_at = now, unassigned_reason = reason,
    unassigned_times = due.unassigned_times + 1, wanted_team_id = null, tried_at = null, tries = 0,
    tried_version = null, retry_at = null
  from due, instant where lead.lead_id = due.lead_id and review
), told as (
  insert into routing.notice (notice_id, subject_id, kind, step, pool_id, lead_id, reason, created_at)
  select uuidv7(), lead_id, 'UNASSIGNED', 'queue ' || unassigned_times + 1, pool_id, lead_id, reason, now
  from due, instant where review
  on conflict do nothing
), decided as (
  insert into routing.decision (decision_id, lead_id, verb, from_state, to_state, actor_id, actor_role, reason,
    decided_at, done_by)
  select uuidv7(), lead_id, case when review then 'GoToReview' else 'GoDormant' end, 'POOLED',
    case when review then 'UNASSIGNED' else 'DORMANT' end, :actor_id, :actor_role, reason, now, 'SWEEP'
  from due, instant
), noted as (
  insert into routing.event (event_id, lead_id, seq, kind, wakes, actor_id, actor_role, reason, data, recorded_at)
  select uuidv7(), lead_id, {tables.next_seq("due")},
    case when review then 'lead_unassigned' else 'lead_dormant' end, 'none', :actor_id, :actor_role, reason,
    jsonb_build_object('pool_code', code), now
  from due, instant
)
select lead_id from due
"""  # composed of parts above

DWELL = f"""
with instant as materialized (select clew.clew_now() as now),
found as materialized (
  select lead_id, pool_id, since + dwell_reminder as due_at
  from routing.pool cross join lateral (
    select lead_id, {SINCE} as since from routing.lead
    where state = 'POOLED' and home_pool_id = pool.pool_id and dwell_told_for is distinct from pooled_at
      and {SINCE} <= (select now from instant) - pool.dwell_reminder
    limit :at_most
  ) waiting
  limit :at_most
), due as materialized (
  select found.* from found cross join lateral (
    select from routing.lead
    where lead.lead_id = found.lead_id and state = 'POOLED' and home_pool_id = found.pool_id
      and dwell_told_for is distinct from pooled_at
    for no key update skip locked
  ) locked
), marked as (
  update routing.lead set dwell_told_for = pooled_at from due where lead.lead_id = due.lead_id
), told as (
  insert into routing.notice (notice_id, subject_id, kind, pool_id, lead_id, due_at, created_at)
  select uuidv7(), lead_id, 'POOL_DWELL', pool_id, lead_id, due_at, now from due, instant
  on conflict do nothing
)
select lead_id from due
"""  # composed of parts above
