"""Looking into a database beside the services: connections of psycopg, one row at a time, waiting for a condition."""

import asyncio
from typing import Any, LiteralString

import psycopg

Connection = psycopg.AsyncConnection[tuple[Any, ...]]
LOOK_EVERY = 0.1


async def connect(url: str) -> Connection:
    """To a database that is named as for SQLAlchemy; each statement its own transaction."""
    plain = url.replace("postgresql+psycopg://", "postgresql://", 1)
    return await psycopg.AsyncConnection.connect(plain, autocommit=True)


async def value(db: Connection, question: LiteralString, *values: object) -> Any:
    """The first column of the first row."""
    found = await (await db.execute(question, values)).fetchone()
    return found[0] if found else None


async def until(db: Connection, question: LiteralString, *values: object, patience: float) -> None:
    """Wait until the answer is true. Raises TimeoutError after so many seconds."""
    async with asyncio.timeout(patience):
        # Asked, not told: what is measured shall not do anything for being watched.
        while not await value(db, question, *values):  # noqa: ASYNC110
            await asyncio.sleep(LOOK_EVERY)
