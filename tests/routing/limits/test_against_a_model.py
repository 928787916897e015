"""Limits that are set, overridden and published while leads come and go do what they do to a model of a few lines."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from clew.routing.v1.holdings_pb2_grpc import HoldingServiceStub
from services.routing.holdings.limits import LimitScope, Slot
from services.routing.holdings.store_claiming import assign_lead
from services.routing.holdings.store_handing import reclaim_lead, transfer_lead
from services.routing.limits.limit_table import Counted, LimitTable, Line, Season
from services.routing.limits.store import change_season, publish_table
from services.routing.limits.store_setting import end_overrides, list_limits, override_limit, set_limit
from services.routing.policy import Period, Policy
from services.shared.callers import Caller, Role, set_caller
from services.shared.database import make_engine
from services.shared.migrations import migrate
from services.shared.refusals import Refusal
from tests.random_examples import examples, seconds
from tests.routing.holdings.scenes import Rep, Scene, miscounted

UTC_DAYS, DAY, HOUR = ZoneInfo("UTC"), timedelta(days=1), timedelta(hours=1)
# Nothing falls due while a test passes days.
LONG = Policy(first_response=Period(300 * DAY), protection=Period(300 * DAY), maximum=Period(360 * DAY), reminders=())
MANAGER = Caller("wang", Role.MANAGER)
LEADS, REPS, DEFAULT = 5, 2, 3
NO_TABLE = LimitTable((), UTC_DAYS)
ALL: Counted = (LimitScope.REP, "")
KINDS: tuple[Counted, ...] = ((LimitScope.GRADE, "A"), (LimitScope.GRADE, "B"), (LimitScope.PRODUCT, "crm"), ALL)

leads, reps, kinds = st.integers(0, LEADS - 1), st.integers(0, REPS - 1), st.sampled_from(KINDS)
limits = st.integers(0, 3)
# Of a table: the team's rep or none for all, what it counts, the first day of its season from today and its length.
lines = st.tuples(limits, st.none() | reps, kinds, st.none() | st.tuples(st.integers(-2, 3), st.integers(1, 4)))


@dataclass
class Model:
    """Who holds what, and what was said about whom."""

    day: date
    teams: list[str]
    # By lead: the rep, and what it counted under when it began.
    held: dict[int, tuple[int, frozenset[Counted]]] = field(default_factory=dict)
    grades: dict[int, str] = field(default_factory=lambda: dict.fromkeys(range(LEADS), "A"))
    settings: dict[tuple[int, Counted], int] = field(default_factory=dict)
    overridden: dict[tuple[int, Counted], tuple[int, date]] = field(default_factory=dict)
    table: LimitTable = NO_TABLE

    def kinds_of(self, lead: int) -> frozenset[Counted]:
        """The first leads are about a product."""
        product = {(LimitScope.PRODUCT, "crm")} if lead < 3 else set[Counted]()
        return frozenset({(LimitScope.GRADE, self.grades[lead]), ALL} | product)

    def count(self, rep: int, kind: Counted) -> int:
        return sum(holder == rep and kind in counted for holder, counted in self.held.values())

    def limit(self, rep: int, kind: Counted) -> int | None:
        if (rep, kind) in self.overridden:
            return self.overridden[rep, kind][0]
        if (rep, kind) in self.settings:
            return self.settings[rep, kind]
        if line := self.table.line_for(self.teams[rep], kind, self.day):
            return line.limit
        return DEFAULT if kind == ALL else None

    def full(self, rep: int, lead: int) -> set[Counted]:
        return {
            kind
            for kind in self.kinds_of(lead)
            if (limit := self.limit(rep, kind)) is not None and self.count(rep, kind) >= limit
        }


class Limits(RuleBasedStateMachine):
    """Set by the test: where the database is, and how to wait for it."""

    engine: AsyncEngine
    runner: asyncio.Runner

    @initialize()
    def begin(self) -> None:
        self.scene = Scene(self.engine, cast(HoldingServiceStub, None))
        self.wait(self.set_up())

    async def set_up(self) -> None:
        now = await self.scene.now()
        await self.scene.pass_time((12 - now.hour) % 24 * HOUR)
        pool = await self.scene.a_pool(LONG)
        self.reps: list[Rep] = [await self.scene.a_rep(None) for _ in range(REPS)]
        await self.scene.run(
            "update routing.holding_limit set default_limit = :most where rep_id = any(:reps)",
            most=DEFAULT,
            reps=[rep.rep_id for rep in self.reps],
        )
        self.leads: list[UUID] = [
            *await self.scene.leads(3, pool, grade="A", product="crm"),
            *await self.scene.leads(LEADS - 3, pool, grade="A"),
        ]
        self.holdings: dict[int, UUID] = {}
        # A rep's code is his team's too.
        self.model = Model((await self.scene.now()).date(), [rep.code for rep in self.reps])
        await self.committed(lambda db: publish_table(db, self.model.table))

    def wait(self, work: Awaitable[Any]) -> Any:
        async def done() -> Any:
            return await work

        return self.runner.run(done())

    async def committed(self, act: Callable[[AsyncConnection], Awaitable[Any]]) -> Any:
        set_caller(MANAGER)
        async with self.engine.begin() as db:
            return await act(db)

    def act(self, verb: Callable[[AsyncConnection], Awaitable[Any]]) -> Any:
        """What it answers, or the refusal."""
        try:
            return self.wait(self.committed(verb))
        except Refusal as refusal:
            return refusal

    def opened(self, answer: Any, rep: int, lead: int) -> None:
        """As the model allows; the refusal names the first limit that is full, in the order of locking."""
        full = self.model.full(rep, lead)
        if full:
            scope, key = min(full)
            assert answer.reason == "HOLDING_LIMIT_REACHED"
            assert (answer.metadata["scope"], answer.metadata["key"]) == (scope, key)
            assert answer.metadata["held"] == str(self.model.count(rep, (scope, key)))
            assert answer.metadata["limit"] == str(self.model.limit(rep, (scope, key)))
        else:
            self.holdings[lead] = answer.holding_id
            self.model.held[lead] = (rep, self.model.kinds_of(lead))

    @rule(lead=leads, rep=reps)
    def assign(self, lead: int, rep: int) -> None:
        if lead not in self.model.held:
            self.opened(self.act(lambda db: assign_lead(db, self.leads[lead], self.reps[rep].code)), rep, lead)

    @rule(lead=leads)
    def transfer(self, lead: int) -> None:
        if lead in self.model.held:
            to = 1 - self.model.held[lead][0]
            answer = self.act(lambda db: transfer_lead(db, self.holdings[lead], self.reps[to].code))
            self.opened(answer, to, lead)

    @rule(lead=leads)
    def reclaim(self, lead: int) -> None:
        if self.model.held.pop(lead, None):
            self.act(lambda db: reclaim_lead(db, self.holdings[lead], "MANAGER_DECISION"))

    @rule(lead=leads, grade=st.sampled_from(["A", "B"]))
    def grade_changes(self, lead: int, grade: str) -> None:
        self.model.grades[lead] = grade
        self.wait(
            self.scene.run(
                "update routing.lead set grade = :grade where lead_id = :id", grade=grade, id=self.leads[lead]
            )
        )

    @rule(rep=reps, kind=kinds, limit=st.none() | limits)
    def set_or_take_back(self, rep: int, kind: Counted, limit: int | None) -> None:
        self.model.settings.pop((rep, kind), None)
        if limit is not None:
            self.model.settings[rep, kind] = limit
        self.act(lambda db: set_limit(db, self.slot(rep, kind), limit))

    @rule(rep=reps, kind=kinds, limit=limits, days=st.integers(1, 3))
    def override(self, rep: int, kind: Counted, limit: int, days: int) -> None:
        """Until before noon of that day."""
        self.model.overridden[rep, kind] = limit, self.model.day + days * DAY
        until = self.wait(self.scene.now()) + days * DAY - HOUR
        self.act(lambda db: override_limit(db, self.slot(rep, kind), limit, until, "CAMPAIGN"))

    @rule(written=st.lists(lines, max_size=5))
    def publish(self, written: list[tuple[int, int | None, Counted, tuple[int, int] | None]]) -> None:
        self.model.table = LimitTable([self.line(*one) for one in written], UTC_DAYS)
        self.act(lambda db: publish_table(db, self.model.table))

    @rule(days=st.integers(1, 3))
    def days_pass_and_the_sweep_looks(self, days: int) -> None:
        self.model.day += days * DAY
        over = [which for which, (_, until) in self.model.overridden.items() if until <= self.model.day]
        for which in over:
            del self.model.overridden[which]
        self.wait(self.scene.pass_time(days * DAY))
        self.act(end_overrides)
        self.act(change_season)

    @invariant()
    def the_database_agrees(self) -> None:
        if hasattr(self, "model"):
            self.wait(self.compare())

    async def compare(self) -> None:
        async with self.engine.connect() as db:
            assert await miscounted(db) == []
            for number, rep in enumerate(self.reps):
                listed = await list_limits(db, rep.rep_id, None, 50)
                stored = {(one.scope, one.key): (one.room.held, one.room.limit) for one in listed}
                for kind in KINDS:
                    expected = (self.model.count(number, kind), self.model.limit(number, kind))
                    assert stored.get(kind, (0, None)) == expected

    def slot(self, rep: int, kind: Counted) -> Slot:
        return Slot(*kind, self.reps[rep].rep_id)

    def line(self, limit: int, rep: int | None, kind: Counted, season: tuple[int, int] | None) -> Line:
        named = dict([kind])
        first = self.model.day + season[0] * DAY if season else None
        return Line(
            limit,
            "" if rep is None else self.reps[rep].code,
            named.get(LimitScope.GRADE, ""),
            named.get(LimitScope.PRODUCT, ""),
            Season(first, first + (season[1] - 1) * DAY) if season and first else None,
        )


@pytest.fixture
def machine(fresh_database: str) -> Iterator[type[Limits]]:
    """On a loop of its own: Hypothesis knows nothing of the tests' loop."""
    with asyncio.Runner() as runner:

        async def begin() -> AsyncEngine:
            engine = make_engine(fresh_database, pool_size=4)
            await migrate(engine, schema="routing", package="services.routing", test_clock=True)
            return engine

        Limits.engine, Limits.runner = runner.run(begin()), runner
        yield Limits
        runner.run(Limits.engine.dispose())


@pytest.mark.timeout(seconds(180))
def test_any_sequence_does_to_the_limits_what_it_does_to_the_model(machine: type[Limits]) -> None:
    run_state_machine_as_test(machine, settings=examples(50, steps=40))
