"""What conversion tells those who watch it: what is overdue, along the partial index of conversions under way."""

from sqlalchemy.ext.asyncio import AsyncConnection

from services.shared.gauges import ask_overdue


async def ask_what_is_overdue(db: AsyncConnection) -> None:
    await ask_overdue(db, OVERDUE)


# The sweep nudges what nobody has touched for 10 s; 5 s later its run should have gone on.
OVERDUE = """
select 'CONVERSION', count(*) from (
  select from conversion.conversion
  where state in ('REQUESTED', 'COMMITTED') and changed_at < (select clew.clew_now()) - interval '15 seconds'
  limit :counted_to
) conversion
"""
