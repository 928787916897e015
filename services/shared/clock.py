"""The clock that decides: PostgreSQL's, moved only where a database is marked as a test's."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from services.shared.database import text

# One row. The check is what refuses an offset in a database of real leads.
CLOCK_DDL = """
create schema if not exists clew;
create table if not exists clew.clock (
  only_row boolean primary key default true check (only_row),
  of_a_test boolean not null,
  moved_by interval not null default '0',
  constraint only_a_test_moves_it check (of_a_test or moved_by = interval '0')
);
create or replace function clew.clew_now() returns timestamptz language sql volatile as
  'select clock_timestamp() + (select moved_by from clew.clock)';
"""
MARK = "insert into clew.clock (of_a_test) values (:of_a_test) on conflict do nothing"


async def move(engine: AsyncEngine, span: timedelta) -> None:
    """Let time pass for everything that asks PostgreSQL. Refused by a database that is not a test's."""
    async with engine.begin() as db:
        await db.execute(text("update clew.clock set moved_by = moved_by + :span"), {"span": span})
