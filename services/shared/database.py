"""The engine of a service, and what it does with its connections."""

from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

# SQLAlchemy reads a statement for its values anew each time that it is wrapped; ours are constants.
text = lru_cache(maxsize=1_024)(sqlalchemy.text)

LOCK_TIMEOUT_MS = 2_000
STATEMENT_TIMEOUT_MS = 10_000
# Every question has its index. A plan that was made, and kept, while a table was nearly empty would read all of it when
# it has grown: claims were three times slower after twenty thousand of them.
SESSION = (
    f"-c lock_timeout={LOCK_TIMEOUT_MS} -c statement_timeout={STATEMENT_TIMEOUT_MS} -c timezone=UTC "
    "-c idle_in_transaction_session_timeout=30000 -c enable_seqscan=off"
)
# A connection whose other end is gone is noticed by TCP, not by waiting for a query that never ends.
CONNECT: dict[str, Any] = {
    "options": SESSION,
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}


def make_engine(url: str | URL, *, pool_size: int = 16) -> AsyncEngine:
    """An engine in READ COMMITTED; a lock is waited for 2 s, a statement may take 10 s."""
    return create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=5,
        # The values of a statement may be somebody's name; an error's text tells the statement alone.
        hide_parameters=True,
        connect_args=CONNECT,
    )


def engine_beside(engine: AsyncEngine) -> AsyncEngine:
    """For work that must never wait for a connection of the pool: each connection is made when it is asked for."""
    return create_async_engine(engine.url, poolclass=NullPool, hide_parameters=True, connect_args=CONNECT)


async def now(db: AsyncConnection) -> datetime:
    """The instant by PostgreSQL's clock: the one clock that decides."""
    instant = await db.scalar(text("select clew.clew_now()"))
    assert isinstance(instant, datetime)  # noqa: S101  # the function's type says so
    return instant


async def ping(engine: AsyncEngine) -> None:
    async with engine.connect() as db:
        await db.execute(text("select 1"))
