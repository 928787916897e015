"""Leads follow their pool's visibility, and the run of each is woken to tell the other services.

A lead that comes home to another pool follows at once (a trigger, see the migration). When a pool itself is hidden or
shown, all leads at home there follow in steps of the sweep, some at once, wherever they are in their lives.
"""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing import tables
from services.routing.pools.settings import Visibility
from services.routing.pools.store import Pool
from services.shared.callers import current_caller
from services.shared.database import text
from services.shared.sweep import BATCH, Step

# A pool of many thousand leads must not keep other leads' runs waiting to be woken: so many at each look.
WOKEN_AT_ONCE = 100


def hiding_steps() -> list[Step]:
    return [follow_pools, wake_runs]


async def begin_to_follow(db: AsyncConnection, pool: Pool, visibility: Visibility) -> None:
    """Before a locked pool's visibility changes: no lead is on its way home by the one before."""
    if visibility is not pool.settings.visibility:
        values = {"pool_id": pool.pool_id}
        await db.execute(text("select from routing.pool where pool_id = :pool_id for update"), values)
        await db.execute(text(BEGIN), {**values, "nobody": UUID(int=0)})


async def follow_pools(db: AsyncConnection) -> int:
    """Leads at home in a pool that was hidden or shown. One that is locked is waited for: none is passed over."""
    # Not for long, with other steps behind this one: the next look begins at the same lead.
    await db.execute(text("set local lock_timeout = '500ms'"))
    following = (await db.execute(text(FOLLOW), {"at_most": BATCH})).one_or_none()
    # Few leads may be left of this pool, and none of them at home there: then there may be another pool.
    return BATCH if following else 0


async def wake_runs(db: AsyncConnection) -> int:
    """The runs of leads that were hidden or shown: the first of them. The others wait for the next look."""
    caller = current_caller()
    values = {"at_most": WOKEN_AT_ONCE, "actor_id": caller.id, "actor_role": caller.role}
    return len((await db.execute(text(WAKE), values)).all())


BEGIN = "update routing.pool set followed_to = :nobody where pool_id = :pool_id"

# Along the leads' own order, since no index has all leads at home in a pool. So it ends, whatever happens meanwhile;
# a lead that comes home behind it has the new visibility already.
FOLLOW = """
with pool as materialized (
  select pool_id, visibility = 'HIDDEN' as hidden, followed_to from routing.pool
  where followed_to is not null order by pool_id limit 1 for no key update skip locked
), looked_at as materialized (
  select lead.lead_id from pool cross join lateral (
    select lead_id from routing.lead where lead_id > pool.followed_to order by lead_id limit :at_most
  ) lead
), due as materialized (
  select lead.lead_id, pool.hidden from looked_at join routing.lead using (lead_id)
  join pool on pool.pool_id = lead.home_pool_id and pool.hidden <> lead.hidden
  order by lead.lead_id for no key update of lead
), followed as (
  update routing.lead set hidden = due.hidden, access_version = access_version + 1, access_untold = true,
    version = version + 1
  from due where lead.lead_id = due.lead_id
), went_on as (
  update routing.pool set followed_to = (select lead_id from looked_at order by lead_id desc limit 1)
  from pool seen where seen.pool_id = pool.pool_id
)
select pool_id from pool
"""

WAKE = f"""
with due as materialized (
  select lead_id, hidden from routing.lead where access_untold limit :at_most for no key update skip locked
), told as (
  update routing.lead set access_untold = false from due where lead.lead_id = due.lead_id
)
insert into routing.event (event_id, lead_id, seq, kind, wakes, wake_id, actor_id, actor_role, data, recorded_at)
select uuidv7(), lead_id, {tables.next_seq("due")}, 'access_changed', 'lead', lead_id, :actor_id, :actor_role,
  jsonb_build_object('hidden', hidden), clew.clew_now()
from due
returning lead_id
"""  # composed of a part
