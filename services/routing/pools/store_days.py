"""What a rep did on a day of a pool's zone: his claims, and the leads that he was shown.

The row of the day is locked before any holding limit.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.holdings.holding import Holding, Origin
from services.routing.holdings.store_terms import Terms
from services.routing.pools.claiming import DailyClaimLimitReached, DailyViewLimitReached
from services.shared.database import text
from services.shared.statements import run
from services.shared.sweep import BATCH


@dataclass(frozen=True)
class Views:
    """What a rep was shown of a pool today, and what he may be shown."""

    views: int
    limit: int
    ends_at: datetime


async def count_claim(db: AsyncConnection, terms: Terms, pool_id: UUID) -> None:
    """One claim more on this day, or DailyClaimLimitReached. Two at once come one after the other."""
    of_today = {"pool_id": pool_id, "rep_id": terms.rep_id, "now": terms.now}
    limit = terms.daily_claim_limit
    if await run(db, COUNT_CLAIM, {**of_today, "limit": limit}) == 0:
        claims, ends_at = (await db.execute(text(CLAIMS_TODAY), of_today)).one()
        raise DailyClaimLimitReached(terms.pool_code, claims=claims, limit=limit or 0, ends_at=ends_at)


async def give_claim_back(db: AsyncConnection, holding: Holding) -> None:
    """The claim that began this holding does not count any more on its day."""
    if holding.origin is Origin.CLAIMED:
        values = {"pool_id": holding.taken_from_pool_id, "rep_id": holding.rep_id, "now": holding.started_at}
        await run(db, GIVE_BACK, values)


async def lock_views(db: AsyncConnection, pool_id: UUID, pool_code: str, rep_id: UUID) -> Views | None:
    """What a rep has been shown of a pool today, locked; None where nothing limits it. Raises DailyViewLimitReached."""
    row = (await db.execute(text(LOCK_VIEWS), {"pool_id": pool_id, "rep_id": rep_id})).one_or_none()
    if row is None:
        return None
    if row.views >= row.limit:
        raise DailyViewLimitReached(pool_code, views=row.views, limit=row.limit, ends_at=row.ends_at)
    return Views(row.views, row.limit, row.ends_at)


async def count_views(db: AsyncConnection, pool_id: UUID, rep_id: UUID, shown: int) -> None:
    await db.execute(text(COUNT_VIEWS), {"pool_id": pool_id, "rep_id": rep_id, "shown": shown})


async def forget_days(db: AsyncConnection) -> int:
    """A step of the sweep: days that are over everywhere count nothing any more."""
    return (await db.execute(text(FORGET), {"at_most": BATCH})).rowcount


TODAY = "cast(cast(:now as timestamptz) at time zone time_zone as date)"
THIS_DAY = "cast(clew.clew_now() at time zone time_zone as date)"

COUNT_CLAIM = f"""
insert into routing.pool_day as today (pool_id, rep_id, local_date, claims)
select pool_id, cast(:rep_id as uuid), {TODAY}, 1 from routing.pool where pool_id = :pool_id and :limit > 0
on conflict (pool_id, rep_id, local_date) do update set claims = today.claims + 1 where today.claims < :limit
"""  # composed of a part above

CLAIMS_TODAY = f"""
select coalesce(claims, 0), cast({TODAY} + 1 as timestamp) at time zone time_zone
from routing.pool left join routing.pool_day today
  on today.pool_id = pool.pool_id and today.rep_id = :rep_id and local_date = {TODAY}
where pool.pool_id = :pool_id
"""  # composed of a part above

GIVE_BACK = f"""
update routing.pool_day set claims = claims - 1 from routing.pool
where pool_day.pool_id = pool.pool_id and pool.pool_id = :pool_id and rep_id = :rep_id and local_date = {TODAY}
  and claims > 0
"""  # composed of a part above

LOCK_VIEWS = f"""
with today as (
  insert into routing.pool_day as today (pool_id, rep_id, local_date)
  select pool_id, rep_id, {THIS_DAY} from routing.pool, routing.rep
  where pool_id = :pool_id and daily_view_limit is not null and rep_id = :rep_id
  on conflict (pool_id, rep_id, local_date) do update set views = today.views
  returning pool_id, views, local_date
)
select today.views, daily_view_limit as limit, cast(local_date + 1 as timestamp) at time zone time_zone as ends_at
from today join routing.pool using (pool_id)
"""  # composed of a part above

COUNT_VIEWS = f"""
update routing.pool_day set views = views + :shown from routing.pool
where pool_day.pool_id = pool.pool_id and pool.pool_id = :pool_id and rep_id = :rep_id and local_date = {THIS_DAY}
"""  # composed of a part above

FORGET = """
delete from routing.pool_day where (pool_id, rep_id, local_date) in (
  select pool_id, rep_id, local_date from routing.pool_day
  where local_date < (select cast(clew.clew_now() at time zone 'UTC' as date)) - 2 limit :at_most
)
"""
