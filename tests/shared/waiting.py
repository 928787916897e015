"""Waiting for what comes by itself, on machines that are busy."""

import asyncio
from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncEngine

from services.shared.database import text


async def until(true: Callable[[], bool] | Callable[[], Awaitable[bool]], seconds: float = 30.0) -> None:
    async with asyncio.timeout(seconds):
        while True:
            answer = true()
            if await answer if isinstance(answer, Awaitable) else answer:
                return
            await asyncio.sleep(0.01)


async def until_locks_are_waited_for(engine: AsyncEngine, transactions: int = 1) -> None:
    """Until so many transactions of this database wait for a lock."""

    async def waiting() -> bool:
        async with engine.connect() as db:
            return int(await db.scalar(text(WAITING)) or 0) >= transactions

    await until(waiting)


WAITING = """
select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
"""
