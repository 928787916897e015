"""Relays of the tests' own events, to a Temporal that only records what it is told or to a real one."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast
from uuid import uuid4

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from services.shared.callers import Caller, Role, set_caller
from services.shared.outbox import Event, record
from services.shared.relay import Relay, Temporal
from tests.shared.sample import events


class Recorder:
    """Stands where a client is, to see what a relay sends and to refuse it."""

    def __init__(self, refuse: dict[str, Exception] | None = None, takes: float = 0.0) -> None:
        self.sent: list[str] = []
        self.refuse, self.takes = refuse or {}, takes
        self.under_way: Counter[str] = Counter()
        self.most_at_once = 0

    async def client(self) -> Client:
        return cast(Client, self)

    async def start_workflow(self, *_: Any, id: str, start_signal_args: list[Any], **__: Any) -> None:  # noqa: A002
        self.under_way[id] += 1
        self.most_at_once = max(self.most_at_once, self.under_way.total())
        assert self.under_way[id] == 1, "two nudges of one run are under way at a time"
        await asyncio.sleep(self.takes)
        self.under_way[id] -= 1
        if id in self.refuse:
            raise self.refuse[id]
        self.sent.append(start_signal_args[0].event_id)


def refusal(status: RPCStatusCode) -> RPCError:
    return RPCError("refused", status, b"")


def relay(engine: AsyncEngine, to: Recorder | Temporal) -> Relay:
    return Relay(engine, events, cast(Temporal, to))


async def write(engine: AsyncEngine, *told: Event) -> list[str]:
    set_caller(Caller("L007", Role.REP))
    async with engine.begin() as db:
        return [str(await record(db, events, event)) for event in told]


def claimed_leads(count: int) -> list[Event]:
    return [Event(uuid4(), "lead_claimed") for _ in range(count)]


async def deliver(engine: AsyncEngine, to: Recorder | Temporal) -> int:
    async with engine.connect() as db:
        return await relay(engine, to).deliver(db)


async def still_owed(engine: AsyncEngine) -> list[str]:
    question = select(events.c.event_id).where(events.c.delivered_at.is_(None), events.c.wakes != "none")
    async with engine.connect() as db:
        return [str(one) for one in await db.scalars(question)]


async def end_leases(engine: AsyncEngine) -> None:
    async with engine.begin() as db:
        await db.execute(
            text("update sample.event set claimed_until = now() - interval '1 s' where claimed_until > now()")
        )


@asynccontextmanager
async def relaying(engine: AsyncEngine, to: Recorder | Temporal) -> AsyncIterator[None]:
    task = asyncio.create_task(relay(engine, to).run())
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
