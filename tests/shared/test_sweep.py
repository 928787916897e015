"""The sweep goes on: past a step that fails, past a connection that is lost or hangs, past a pool that is full."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.shared import sweep as shared_sweep
from services.shared.callers import Role, current_caller
from services.shared.database import make_engine
from services.shared.sweep import BATCH, BATCHES_IN_A_ROW, Step, Sweep
from tests.shared.waiting import until


@asynccontextmanager
async def sweeping(engine: AsyncEngine, *steps: Step) -> AsyncIterator[None]:
    task = asyncio.create_task(Sweep(engine, "sample", steps, every=0.02).run())
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


class Counting:
    """A step that counts its turns, and answers that it found what it was told to find."""

    def __init__(self, *found: int) -> None:
        self.turns, self._found = 0, list(found)

    async def __call__(self, db: AsyncConnection) -> int:
        await db.execute(text("select 1"))
        self.turns += 1
        return self._found.pop(0) if self._found else 0


async def poisoned(db: AsyncConnection) -> int:
    await db.execute(text("select 1 / 0"))
    return 0


async def test_a_step_that_fails_every_time_does_not_stop_the_others(engine: AsyncEngine) -> None:
    before, after = Counting(), Counting()

    async with sweeping(engine, before, poisoned, after):
        await until(lambda: before.turns > 3 and after.turns > 3)


async def test_a_step_that_fails_every_time_does_not_fill_the_log(engine: AsyncEngine) -> None:
    after = Counting()

    with structlog.testing.capture_logs() as logged:
        async with sweeping(engine, poisoned, after):
            await until(lambda: after.turns > 5)

    assert [(line["event"], line["step"]) for line in logged] == [("sweep_step_failed", "poisoned")]


async def test_what_a_failing_step_did_is_rolled_back(engine: AsyncEngine) -> None:
    seen = []

    async def leave_a_trace_and_fail(db: AsyncConnection) -> int:
        await db.execute(text("create table sample.trace (i int)"))
        raise ValueError

    async def look_for_it(db: AsyncConnection) -> int:
        seen.append(await db.scalar(text("select to_regclass('sample.trace')")))
        return 0

    async with sweeping(engine, leave_a_trace_and_fail, look_for_it):
        await until(lambda: len(seen) > 1)

    assert set(seen) == {None}


async def test_a_full_batch_asks_for_the_next_at_once(engine: AsyncEngine) -> None:
    step = Counting(BATCH, BATCH, BATCH - 1)
    async with engine.connect() as db:
        await Sweep(engine, "sample", [step]).look(db)

    assert step.turns == 3


async def test_a_step_that_always_finds_more_leaves_the_others_their_turn(engine: AsyncEngine) -> None:
    greedy, other = Counting(*[BATCH] * 1_000), Counting()
    async with engine.connect() as db:
        await Sweep(engine, "sample", [greedy, other]).look(db)

    assert (greedy.turns, other.turns) == (BATCHES_IN_A_ROW, 1)


async def test_what_a_sweep_does_it_does_as_the_service(engine: AsyncEngine) -> None:
    callers = []

    async def see_who(db: AsyncConnection) -> int:
        callers.append(current_caller())
        return 0

    async with sweeping(engine, see_who):
        await until(lambda: bool(callers))

    assert (callers[0].id, callers[0].role) == ("sample", Role.SERVICE)


async def test_a_lost_connection_is_made_anew(engine: AsyncEngine) -> None:
    pids: list[int] = []

    async def note_the_backend(db: AsyncConnection) -> int:
        pids.append(await db.scalar(text("select pg_backend_pid()")) or 0)
        return 0

    async with sweeping(engine, note_the_backend):
        await until(lambda: bool(pids))
        async with engine.begin() as db:
            await db.execute(text("select pg_terminate_backend(:pid)"), {"pid": pids[0]})
        await until(lambda: len(set(pids)) == 2)


async def test_a_connection_that_hangs_is_left(engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_sweep, "STEP_SECONDS", 0.5)
    pids: list[int] = []

    async def stop_the_first_backend(db: AsyncConnection) -> int:
        pids.append(await db.scalar(text("select pg_backend_pid()")) or 0)
        if len(pids) == 1:
            os.kill(pids[0], signal.SIGSTOP)
        await db.execute(text("select 1"))
        return 0

    try:
        async with sweeping(engine, stop_the_first_backend):
            await until(lambda: len(set(pids)) == 2)
    finally:
        os.kill(pids[0], signal.SIGCONT)


async def test_a_sweep_needs_no_connection_of_the_pool(fresh_database: str, engine: AsyncEngine) -> None:
    small, step = make_engine(fresh_database, pool_size=1), Counting()
    async with small.connect(), sweeping(small, step):
        await until(lambda: step.turns > 1)
    await small.dispose()
