"""The engine of a service, and what it does with its connections."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

LOCK_TIMEOUT_MS = 2_000
STATEMENT_TIMEOUT_MS = 10_000
# A connection that has died is noticed by TCP, not by waiting for a query that never ends.
SESSION = (
    f"-c lock_timeout={LOCK_TIMEOUT_MS} -c statement_timeout={STATEMENT_TIMEOUT_MS} -c timezone=UTC "
    "-c idle_in_transaction_session_timeout=30000"
)


def make_engine(url: str, *, pool_size: int = 16) -> AsyncEngine:
    """An engine in READ COMMITTED; a lock is waited for 2 s, a statement may take 10 s."""
    return create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=5,
        pool_pre_ping=False,
        connect_args={"options": SESSION, "connect_timeout": 5},
    )


async def now(db: AsyncConnection) -> datetime:
    """The instant by PostgreSQL's clock: the one clock that decides."""
    instant = await db.scalar(text("select clew.clew_now()"))
    assert isinstance(instant, datetime)  # noqa: S101  # the function's type says so
    return instant


async def ping(engine: AsyncEngine) -> None:
    async with engine.connect() as db:
        await db.execute(text("select 1"))
