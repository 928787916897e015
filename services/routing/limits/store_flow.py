"""Flows day by day, from the holdings."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.limits.days import A_DAY, start_of
from services.routing.limits.flow import Flow, FlowGroup, Moved, flow_of
from services.shared.database import text

# The group of what was taken from no pool, before every code.
NO_POOL = UUID(int=0)


async def flows(
    db: AsyncConnection,
    group: FlowGroup,
    days: Sequence[date],
    zone: ZoneInfo,
    *,
    only: str,
    after: str | None,
    limit: int,
) -> Sequence[Flow]:
    """Of one rep or pool by its code, or of all by code, from after a code on; days follow one another."""
    of_the_groups = {"only": only, "after": after, "limit": limit}
    codes = {row.id: row.code for row in await db.execute(text(GROUPS[group]), of_the_groups)}
    asked = {
        "ids": list(codes),
        "no_pool": NO_POOL,
        "days": list(days),
        "first": start_of(days[0], zone),
        "since": [start_of(day, zone) for day in days],
        "until": [start_of(day + A_DAY, zone) for day in days],
    }
    rows = await db.execute(text(FLOWS[group]), asked)
    held_before: dict[UUID, int] = {}
    moved: dict[UUID, list[Moved]] = {}
    for row in rows:
        if row.day is None:
            held_before[row.id] = row.number
        else:
            moved.setdefault(row.id, []).append(Moved(row.day, row.began, row.way, row.number))
    return [flow_of(code, held_before.get(one, 0), days, moved.get(one, ())) for one, code in codes.items()]


GROUPS = {
    FlowGroup.REP: """
        select rep_id as id, code from routing.rep
        where (:only = '' or code = :only) and (cast(:after as text) is null or code > cast(:after as text))
        order by code limit :limit
    """,
    FlowGroup.POOL: """
        select id, code from (
          select pool_id as id, code from routing.pool
          union all select '00000000-0000-0000-0000-000000000000', ''
        ) pool
        where (:only = '' or code = :only) and (cast(:after as text) is null or code > cast(:after as text))
        order by code limit :limit
    """,
}

# Each day reads its own stretch of an index, whatever the planner thinks of the others.
FLOW = """
with day as materialized (
  select * from unnest(cast(:days as date[]), cast(:since as timestamptz[]), cast(:until as timestamptz[]))
    as day (day, since, until)
)
select id, day, true as began, way, number
from day cross join lateral (
  select {of} as id, origin as way, count(*) as number from routing.holding
  where started_at >= since and started_at < until and {of} = any(cast(:ids as uuid[])) group by id, way
) begun
union all
select id, day, false, way, number
from day cross join lateral (
  select {of} as id, end_cause as way, count(*) as number from routing.holding
  where ended_at >= since and ended_at < until and {of} = any(cast(:ids as uuid[])) group by id, way
) over
union all
select id, null, null, null, count(*)
from (
  select {of} as id from routing.holding where ended_at is null and started_at < :first
  union all
  select {of} from routing.holding where ended_at >= :first and started_at < :first
) before
where id = any(cast(:ids as uuid[])) group by id
"""
FLOWS = {
    FlowGroup.REP: FLOW.format(of="rep_id"),
    FlowGroup.POOL: FLOW.format(of="coalesce(taken_from_pool_id, :no_pool)"),
}
