"""What scoring tells those who watch it: what is overdue, along the partial index of what routing has not taken."""

from sqlalchemy.ext.asyncio import AsyncConnection

from services.shared.gauges import ask_overdue


async def ask_what_is_overdue(db: AsyncConnection) -> None:
    await ask_overdue(db, OVERDUE)


# The sweep tells what is untaken again after 10 s; 5 s later it should have been taken.
OVERDUE = """
select 'HAND_OVER', count(*) from (
  select from scoring.lead
  where version > taken_version and changed_at < (select clew.clew_now()) - interval '15 seconds' limit :counted_to
) lead
"""
