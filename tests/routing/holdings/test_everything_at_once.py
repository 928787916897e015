"""Whatever people do to holdings, limits, leave, pools, calendars and policies, and however time passes: what is
promised holds.

What is done stands in machine/, by subject. Who holds a lead, and what a full limit refuses, is held against a model of
a line; deadlines against the function that computes them, from what is stored; and after each step the database is
asked for what must never be seen: two holders (I3), a limit that counts wrongly (I4), a lead taken back before it was
due (I5).
"""

import asyncio
from collections.abc import Iterator

import pytest
from hypothesis.stateful import invariant, run_state_machine_as_test
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.routing.calendars.china import china
from services.routing.calendars.store import add_default
from services.shared.database import make_engine
from services.shared.migrations import migrate
from tests.random_examples import examples, seconds
from tests.routing.holdings.machine.changing import Changing
from tests.routing.holdings.machine.converting import Converting
from tests.routing.holdings.machine.handing import Handing
from tests.routing.holdings.machine.taking import Taking
from tests.routing.holdings.machine.working import Working
from tests.routing.holdings.machine.world import STANDING_CLOCK, World


class Everything(Taking, Handing, Working, Converting, Changing):
    @invariant()
    def the_database_agrees(self) -> None:
        if hasattr(self, "model"):
            assert self.wait(self.world.holders()) == {
                lead: (self.world.reps[held.rep].rep_id, held.holding_id) for lead, held in self.model.held.items()
            }
            assert self.wait(self.world.wrong()) == []


@pytest.fixture
def machine(fresh_database: str) -> Iterator[type[Everything]]:
    with asyncio.Runner() as runner:

        async def begin() -> AsyncEngine:
            engine = make_engine(fresh_database, pool_size=4)
            await migrate(engine, schema="routing", package="services.routing", test_clock=True)
            async with engine.begin() as db:
                await add_default(db, china())
                await db.execute(text(STANDING_CLOCK))
            return engine

        Everything.world = World(runner.run(begin()), runner)
        yield Everything
        runner.run(Everything.world.engine.dispose())


@pytest.mark.timeout(seconds(300))
def test_two_thousand_steps_of_everything_break_no_promise(machine: type[Everything]) -> None:
    run_state_machine_as_test(machine, settings=examples(70, steps=50))

    assert machine.world.steps >= 2_000
