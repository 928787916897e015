"""Looks at I3 and I4 at least five times a second while the load runs and things break."""

import asyncio
import time
from dataclasses import dataclass, field

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.faults.invariants import Found, held_is_counted, one_holding_per_lead

EVERY_SECONDS = 0.15
LOOK_SECONDS = 5.0
RECONNECT_SECONDS = 0.2


@dataclass
class Watch:
    """What was seen so far. While the database is broken nothing can be seen, and nothing is counted."""

    database: AsyncEngine
    looks: int = 0
    one_holding: list[str] = field(default_factory=list)
    counted: list[str] = field(default_factory=list)
    blind_seconds: float = 0.0
    began: float = field(default_factory=time.monotonic)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                async with self.database.connect() as db:
                    while True:
                        next_at = time.monotonic() + EVERY_SECONDS
                        async with asyncio.timeout(LOOK_SECONDS):
                            self.one_holding += (await one_holding_per_lead(db)).violations
                            self.counted += (await held_is_counted(db)).violations
                            await db.rollback()
                        self.looks += 1
                        await asyncio.sleep(max(0.0, next_at - time.monotonic()))
            except (DBAPIError, OSError, TimeoutError):
                self.blind_seconds += RECONNECT_SECONDS
                await asyncio.sleep(RECONNECT_SECONDS)

    @property
    def per_second(self) -> float:
        return self.looks / max(1.0, time.monotonic() - self.began - self.blind_seconds)

    def found(self, violations: list[str]) -> Found:
        return Found(self.looks, violations, f"{self.per_second:.1f} looks a second under load")
