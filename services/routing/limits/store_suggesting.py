"""How long conversions took, and how many leads came to a rep, in the database."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.limits.suggestion import History
from services.shared.database import text


async def histories(db: AsyncConnection, team_id: UUID | None, grade: str, window: timedelta) -> Sequence[History]:
    """Of all grades together and of each, or of one: of a team's reps or of all, who are active now."""
    asked = {"team_id": team_id, "grade": grade, "window": window}
    return [History(**row._mapping) for row in await db.execute(text(HISTORIES), asked)]


# How far back there is anything: a window that reaches further would make every day look emptier than it was.
HISTORIES = """
with asked as materialized (
  select now, greatest(now - cast(:window as interval), (select min(started_at) from routing.holding)) as since
  from (select clew.clew_now() as now) clock
), member as materialized (
  select rep_id from routing.rep
  where active and (cast(:team_id as uuid) is null or team_id = cast(:team_id as uuid))
), seen as materialized (
  select coalesce(h.grade, '') as grade, h.started_at, h.started_at >= since as begun,
    case when h.end_cause = 'converted' and h.ended_at >= since then h.ended_at - h.started_at end as to_convert
  from asked join routing.holding h on h.started_at >= since or h.ended_at >= since
  join member using (rep_id)
  where :grade = '' or h.grade = :grade
), counted as (
  select coalesce(grade, '') as grade, count(to_convert) as conversions,
    coalesce(extract(epoch from avg(to_convert)) / 86400, 0) as mean_days, count(*) filter (where begun) as begun
  from seen
  group by grouping sets ((), (grade)) having grouping(grade) = 1 or (grade <> '' and :grade = '')
)
select coalesce(nullif(grade, ''), :grade) as grade, conversions, cast(mean_days as float8) as mean_days, begun,
  (select count(*) from member) as reps,
  (select greatest(extract(epoch from now - since) / 86400, 1)::float8 from asked) as days,
  present.lowest as lowest_present, present.highest as highest_present
from counted cross join lateral (
  select min(l."limit") as lowest, max(l."limit") as highest
  from member join routing.holding_limit l using (rep_id)
  where l.scope = case when counted.grade = '' and :grade = '' then 'REP' else 'GRADE' end
    and l.key = coalesce(nullif(counted.grade, ''), :grade)
) present
order by counted.grade
"""
