"""The gauges of a service: asked beside its work, and not at all when nobody receives them."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.shared import gauges, loop_lag
from services.shared.callers import Caller, Role, set_caller
from services.shared.gauges import Question, watching
from services.shared.outbox import Event, record
from services.shared.settings import ServiceSettings
from tests.measured import Measured
from tests.shared.sample import events
from tests.shared.waiting import until


def settings(endpoint: str | None) -> ServiceSettings:
    given = {"CLEW_DATABASE_URL": "postgresql://", "CLEW_LISTEN": "localhost:0", "TEMPORAL_ADDRESS": "localhost:1"}
    return ServiceSettings.model_validate({**given, "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint})


@pytest.fixture
def depth(monkeypatch: pytest.MonkeyPatch) -> Measured:
    monkeypatch.setattr(gauges, "outbox_depth", made := Measured())
    return made


@pytest.fixture
def age(monkeypatch: pytest.MonkeyPatch) -> Measured:
    monkeypatch.setattr(gauges, "outbox_age", made := Measured())
    return made


@asynccontextmanager
async def asked(engine: AsyncEngine, *questions: Question) -> AsyncIterator[None]:
    """While the gauges are kept right."""
    work = [asyncio.create_task(each()) for each in watching(settings("http://collector"), engine, events, *questions)]
    yield
    for task in work:
        task.cancel()
    await asyncio.gather(*work, return_exceptions=True)


async def nothing(db: AsyncConnection) -> None: ...


def test_without_an_endpoint_nothing_is_asked(engine: AsyncEngine) -> None:
    assert watching(settings(None), engine, events, nothing) == []


async def test_the_outbox_is_as_deep_as_what_is_owed_and_as_old_as_the_oldest_of_it(
    engine: AsyncEngine, depth: Measured, age: Measured
) -> None:
    set_caller(Caller("L007", Role.REP))
    async with engine.begin() as db:
        for kind in ("lead_claimed", "lead_claimed", "reminder_sent"):
            await record(db, events, Event(uuid4(), kind))
        oldest = "select event_id from sample.event where wakes <> 'none' order by recorded_at limit 1"
        await db.execute(
            text(f"update sample.event set recorded_at = recorded_at - interval '1 hour' where event_id = ({oldest})")
        )

    async with asked(engine):
        await until(lambda: age.last() is not None)

    assert depth.last() == 2
    assert 3_600 <= (age.last() or 0) < 3_660


async def test_an_outbox_that_is_empty_has_no_age(engine: AsyncEngine, depth: Measured, age: Measured) -> None:
    async with engine.begin() as db:
        await db.execute(text("update sample.event set delivered_at = now() where delivered_at is null"))

    async with asked(engine):
        await until(lambda: age.last() is not None)

    assert (depth.last(), age.last()) == (0, 0)


async def test_a_question_that_fails_stops_neither_the_others_nor_the_next_round(
    engine: AsyncEngine, depth: Measured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gauges, "ASKED_EVERY_SECONDS", 0.01)
    answered = 0

    async def fails(db: AsyncConnection) -> None:
        await db.execute(text("select 1/0"))

    async def answers(db: AsyncConnection) -> None:
        nonlocal answered
        answered += 1

    with structlog.testing.capture_logs() as logged:
        async with asked(engine, fails, answers):
            await until(lambda: answered > 1)

    assert {line["event"] for line in logged} == {"figures_not_known"}


async def test_the_lag_of_the_loop_is_what_was_late(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop_lag, "MEASURED_EVERY_SECONDS", 0.01)
    monkeypatch.setattr(loop_lag, "lag", lag := Measured())

    measuring = asyncio.create_task(loop_lag.measure_lag())
    await until(lambda: lag.last() is not None)
    # What the metric is about: somebody keeps the loop to himself.
    time.sleep(0.3)  # noqa: ASYNC251  # on purpose
    await until(lambda: max(lag.values[()]) > 0.2)
    measuring.cancel()
