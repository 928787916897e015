"""What conversion tells those who watch it: what is overdue, along the partial indexes of what is pending."""

from sqlalchemy.ext.asyncio import AsyncConnection

from services.shared.gauges import ask_overdue


async def ask_what_is_overdue(db: AsyncConnection) -> None:
    await ask_overdue(db, OVERDUE)


# The sweep nudges what nobody has touched for 10 s; 5 s later its run should have gone on, and have told intake.
OVERDUE = """
select 'CONVERSION', count(*) from (
  select from conversion.conversion
  where state in ('REQUESTED', 'COMMITTED') and changed_at < (select clew.clew_now()) - interval '15 seconds'
  limit :counted_to
) conversion
union all select 'OWNERS_UNTOLD', count(*) from (
  select from conversion.account
  where opportunities_version > owners_told
    and opportunities_changed_at < (select clew.clew_now()) - interval '15 seconds'
  limit :counted_to
) account
"""
