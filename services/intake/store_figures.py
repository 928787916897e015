"""What intake tells those who watch it: what is overdue. Both questions go along a partial index of pending work."""

from sqlalchemy.ext.asyncio import AsyncConnection

from services.shared.gauges import ask_overdue


async def ask_what_is_overdue(db: AsyncConnection) -> None:
    await ask_overdue(db, OVERDUE)


# The sweep tells what is untaken again after 10 s; 5 s later it should have been taken.
OVERDUE = """
with instant as materialized (select clew.clew_now() as now)
select 'HAND_OVER', count(*) from (
  select from intake.lead
  where version > taken_version and changed_at < (select now from instant) - interval '15 seconds' limit :counted_to
) lead
union all
select 'REVIEW', count(*) from (
  select from intake.review
  where resolved_at is null and decide_by < (select now from instant) - interval '5 seconds' limit :counted_to
) review
"""
