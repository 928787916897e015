"""The backstop of every deadline: looks again and again for what is due, on a connection of its own."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.shared.callers import Caller, Role, set_caller
from services.shared.database import engine_beside

BATCH = 200
# Steps of one look go on while they return full batches, but not for ever: the other steps wait.
BATCHES_IN_A_ROW = 50
RECONNECT_SECONDS = 0.5
# Longer than a statement may take: only a connection that hangs takes as long.
STEP_SECONDS = 15.0
LOGGED_EVERY_SECONDS = 10.0
log = structlog.get_logger()

# Does one batch in the transaction it is given. Returns how many rows it dealt with; a full batch asks for another.
Step = Callable[[AsyncConnection], Awaitable[int]]


class Sweep:
    def __init__(self, engine: AsyncEngine, name: str, steps: Sequence[Step], *, every: float = 0.5) -> None:
        """`engine` says only where the database is: a sweep never waits for a connection of the pool."""
        self._engine, self._name, self._steps, self._every = engine_beside(engine), name, steps, every
        self._logged_at: dict[str, float] = {}

    async def run(self) -> None:
        """Look until cancelled; a lost connection is made anew within a second."""
        set_caller(Caller(self._name, Role.SERVICE))
        while True:
            try:
                async with self._engine.connect() as db:
                    while True:
                        await self.look(db)
                        await asyncio.sleep(self._every)
            except Exception as error:  # an outage is waited out
                log.warning("sweep_reconnects", sweep=self._name, kind=type(error).__name__)
            await asyncio.sleep(RECONNECT_SECONDS)

    async def look(self, db: AsyncConnection) -> None:
        """Each step once, or more often while its batches are full. A failing step does not stop the others."""
        for step in self._steps:
            try:
                for _ in range(BATCHES_IN_A_ROW):
                    async with asyncio.timeout(STEP_SECONDS), db.begin():
                        done = await step(db)
                    if done < BATCH:
                        break
            except Exception as error:  # the next look tries again
                if db.invalidated or db.closed:
                    raise
                self._log(getattr(step, "__qualname__", type(step).__qualname__), error)

    def _log(self, step: str, error: Exception) -> None:
        """Now and then: a step that fails for hours would fill the disk."""
        now = time.monotonic()
        if now - self._logged_at.get(step, -LOGGED_EVERY_SECONDS) >= LOGGED_EVERY_SECONDS:
            self._logged_at[step] = now
            log.error("sweep_step_failed", sweep=self._name, step=step, exc_info=error)
