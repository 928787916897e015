"""A relay as it lives: it wakes for a commit, waits while Temporal is away, outlives lost connections."""

from typing import cast
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client

from services.shared import outbox
from services.shared import relay as shared_relay
from services.shared.outbox import Event
from services.shared.relay import Temporal, TemporalAway
from tests.shared.relaying import Recorder, deliver, relaying, write
from tests.shared.waiting import until

pytestmark = pytest.mark.usefixtures("nothing_owed")


async def test_while_temporal_is_away_nothing_is_claimed(engine: AsyncEngine) -> None:
    await write(engine, Event(uuid4(), "lead_claimed"))

    with pytest.raises(TemporalAway):
        await deliver(engine, Temporal("127.0.0.1:1", "clew"))

    async with engine.connect() as db:
        assert (
            await db.scalar(text("select count(*) from sample.event where attempts > 0 and delivered_at is null")) == 0
        )


async def test_a_commit_wakes_the_relay_at_once(engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_relay, "IDLE_SECONDS", 3_600.0)
    monkeypatch.setattr(outbox, "RING_EVERY_SECONDS", 0.0)
    temporal = Recorder()
    async with relaying(engine, temporal):
        await until(lambda: is_listened_to(engine))
        ids = await write(engine, Event(uuid4(), "lead_claimed"))

        await until(lambda: temporal.sent == ids)


async def test_a_relay_outlives_the_loss_of_its_connections(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_relay, "IDLE_SECONDS", 0.1)
    temporal = Recorder()
    async with relaying(engine, temporal):
        await until(lambda: is_listened_to(engine))
        async with engine.begin() as db:
            await db.execute(
                text(
                    "select pg_terminate_backend(pid) from pg_stat_activity "
                    "where datname = current_database() and pid <> pg_backend_pid()"
                )
            )
        await engine.dispose()
        await until(lambda: is_listened_to(engine))
        ids = await write(engine, Event(uuid4(), "lead_claimed"))

        await until(lambda: temporal.sent == ids)


async def test_a_relay_begins_when_temporal_comes(engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_relay, "OUTAGE_SECONDS", (0.01, 0.02))
    temporal, ids = Recorder(), await write(engine, Event(uuid4(), "lead_claimed"))
    looks = 0

    class Later(Recorder):
        async def client(self) -> Client:
            nonlocal looks
            looks += 1
            if looks < 3:
                raise TemporalAway
            return cast(Client, temporal)

    async with relaying(engine, Later()):
        await until(lambda: temporal.sent == ids)


async def is_listened_to(engine: AsyncEngine) -> bool:
    async with engine.connect() as db:
        return bool(
            await db.scalar(
                text(
                    "select count(*) from pg_stat_activity "
                    "where datname = current_database() and query ilike 'listen %'"
                )
            )
        )


# On the real server
