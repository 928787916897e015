"""Any sequence of verbs does to the database what it does to a model of a few lines."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.routing.holdings.follow_ups import Direction, Kind, Outcome
from services.routing.holdings.store_advancing import advance_holding
from services.routing.holdings.store_claiming import assign_lead, claim_lead
from services.routing.holdings.store_following import FollowUp, log_follow_up
from services.routing.holdings.store_handing import reclaim_lead, return_lead, transfer_lead
from services.routing.holdings.store_sweep import GRACE
from services.routing.policy import Period, Policy, Unwarned
from services.routing.servicer_facts import conditions_of
from services.shared.callers import Caller, Role
from services.shared.database import make_engine
from services.shared.migrations import migrate
from tests.random_examples import examples, seconds
from tests.routing.holdings.machine.world import MANAGER, RUN, World
from tests.routing.holdings.scenes import Pool, Rep, violations

DAY = timedelta(days=1)
# In days. Everything happens at whole days, and the little time in between only makes what is due more so.
FIRST_RESPONSE, PROTECTION, EXTENSION, MAXIMUM, COOLDOWN = 4, 10, 3, 12, 7
POLICY = Policy(
    unwarned=Unwarned.RECALL,
    first_response=Period(FIRST_RESPONSE * DAY),
    protection=Period(PROTECTION * DAY),
    extension=Period(EXTENSION * DAY),
    maximum=Period(MAXIMUM * DAY),
    claim_cooldown=Period(COOLDOWN * DAY),
)
# Few, so that their ways cross often. The second rep may hold two, but only one out of the pool.
LEADS, LIMITS, POOL_LIMITS = 2, (1, 2), (None, 1)

leads = st.integers(0, LEADS - 1)
reps = st.integers(0, len(LIMITS) - 1)


@dataclass
class Held:
    """A holding, as the model has it."""

    rep: int
    from_pool: bool
    since: int
    protected_until: int
    responded: bool = False

    @property
    def due(self) -> int:
        awaited = [] if self.responded else [self.since + FIRST_RESPONSE]
        return min([*awaited, self.protected_until])


@dataclass
class Model:
    """Who holds which lead since when, and who may not claim it before which day."""

    day: int = 0
    held: dict[int, Held] = field(default_factory=dict)
    epochs: dict[int, int] = field(default_factory=dict)
    cooldowns: dict[tuple[int, int], int] = field(default_factory=dict)

    def count(self, rep: int, *, out_of_the_pool: bool = False) -> int:
        return sum(one.rep == rep and (one.from_pool or not out_of_the_pool) for one in self.held.values())

    def full(self, rep: int, *, from_pool: bool) -> bool:
        limit = POOL_LIMITS[rep]
        of_the_pool = limit is not None and self.count(rep, out_of_the_pool=True) >= limit
        return self.count(rep) >= LIMITS[rep] or (from_pool and of_the_pool)

    def open(self, lead: int, rep: int, *, from_pool: bool) -> None:
        self.held[lead] = Held(rep, from_pool, self.day, self.day + PROTECTION)
        self.epochs[lead] = self.epochs.get(lead, 0) + 1

    def end(self, lead: int, *, cooldown: bool = True) -> None:
        ended = self.held.pop(lead)
        if cooldown:
            self.cooldowns.pop((lead, ended.rep), None)
            self.cooldowns[lead, ended.rep] = self.day + COOLDOWN


class Holdings(RuleBasedStateMachine):
    """Set by the test: what it acts on."""

    world: World

    @initialize()
    def begin(self) -> None:
        self.model = Model()
        self.scene = self.world.scene
        self.wait(self.set_up())

    async def set_up(self) -> None:
        self.pool: Pool = await self.scene.a_pool(POLICY)
        self.reps: list[Rep] = [await self.scene.a_rep(limit) for limit in LIMITS]
        for rep, limit in zip(self.reps, POOL_LIMITS, strict=True):
            if limit is not None:
                await self.scene.limit(rep, self.pool, limit)
        self.leads: list[UUID] = await self.scene.leads(LEADS, self.pool)
        self.newest: dict[int, UUID] = {}

    def wait(self, work: Awaitable[Any]) -> Any:
        return self.world.wait(work)

    def act(self, caller: Caller, verb: Callable[[AsyncConnection], Awaitable[Any]]) -> Any:
        return self.world.act(caller, verb)

    def as_rep(self, rep: int) -> Caller:
        return Caller(str(self.reps[rep].rep_id), Role.REP)

    @rule(data=st.data(), just_before=st.booleans())
    def time_passes(self, data: st.DataObject, just_before: bool) -> None:
        """To a day on which something ends, or to the day before it: there the rules differ."""
        ends = [held.due for held in self.model.held.values()] + list(self.model.cooldowns.values())
        ahead = sorted({end - just_before for end in ends if end - just_before > self.model.day})
        day = data.draw(st.sampled_from(ahead or [self.model.day + 1]))
        self.wait(self.scene.pass_time((day - self.model.day) * DAY))
        self.model.day = day

    @rule(lead=leads, rep=reps, again=st.booleans())
    def claim(self, lead: int, rep: int, again: bool) -> None:
        if again and self.model.cooldowns:
            lead, rep = list(self.model.cooldowns)[-1]
        answer = self.act(self.as_rep(rep), lambda db: claim_lead(db, self.leads[lead], self.reps[rep].rep_id))
        if lead in self.model.held:
            assert answer == "ALREADY_HELD"
        elif self.model.day < self.model.cooldowns.get((lead, rep), 0):
            assert answer == "CLAIM_COOLDOWN"
        elif self.model.full(rep, from_pool=True):
            assert answer == "HOLDING_LIMIT_REACHED"
        else:
            self.model.open(lead, rep, from_pool=True)
            self.newest[lead] = answer.holding_id

    @rule(lead=leads, rep=reps)
    def assign(self, lead: int, rep: int) -> None:
        answer = self.act(MANAGER, lambda db: assign_lead(db, self.leads[lead], self.reps[rep].code))
        if lead in self.model.held:
            assert answer == "ALREADY_HELD"
        elif self.model.full(rep, from_pool=True):
            assert answer == "HOLDING_LIMIT_REACHED"
        else:
            self.model.open(lead, rep, from_pool=True)
            self.newest[lead] = answer.holding_id

    @rule(lead=leads, rep=reps, by_the_holder=st.booleans())
    def return_newest(self, lead: int, rep: int, by_the_holder: bool) -> None:
        if lead in self.newest:
            holder = self.model.held.get(lead)
            rep = holder.rep if holder and by_the_holder else rep
            answer = self.act(self.as_rep(rep), lambda db: return_lead(db, self.newest[lead], "NOT_INTERESTED"))
            if holder is None:
                assert answer in ("HOLDING_ENDED", "NOT_YOURS")
            elif holder.rep != rep:
                assert answer == "NOT_YOURS"
            else:
                assert answer == "POOLED"
                self.model.end(lead)

    @rule(lead=leads)
    def reclaim_without_cooldown(self, lead: int) -> None:
        if lead in self.newest:
            answer = self.act(MANAGER, lambda db: reclaim_lead(db, self.newest[lead], "MANAGER_DECISION"))
            assert answer == ("POOLED" if lead in self.model.held else "HOLDING_ENDED")
            if lead in self.model.held:
                self.model.end(lead, cooldown=False)

    @rule(lead=leads, rep=reps)
    def transfer(self, lead: int, rep: int) -> None:
        if lead in self.newest:
            holder = self.model.held.get(lead)
            answer = self.act(MANAGER, lambda db: transfer_lead(db, self.newest[lead], self.reps[rep].code))
            if holder is None:
                assert answer == "HOLDING_ENDED"
            elif holder.rep == rep:
                assert answer == "INVALID_FIELD"
            elif self.model.full(rep, from_pool=False):
                assert answer == "HOLDING_LIMIT_REACHED"
            else:
                self.model.end(lead)
                self.model.open(lead, rep, from_pool=False)
                self.newest[lead] = answer.holding_id

    @rule(lead=leads)
    def follow_up(self, lead: int) -> None:
        holder = self.model.held.get(lead)
        if holder is not None:
            call = FollowUp(Kind.CALL, Direction.OUTBOUND, Outcome.CONNECTED, None, None, "")
            noted = self.act(
                self.as_rep(holder.rep), lambda db: log_follow_up(db, self.newest[lead], call, conditions_of)
            )
            extended = min(self.model.day + EXTENSION, holder.since + MAXIMUM)
            in_time = self.model.day < holder.due
            # An extension up to the maximum is exact; any other is by the instant, a little over the day.
            longer = extended > holder.protected_until or (
                extended == holder.protected_until < holder.since + MAXIMUM and self.model.day > holder.since
            )
            assert noted.counted == (in_time and (longer or not holder.responded))
            if in_time:
                holder.responded = True
                holder.protected_until = max(extended, holder.protected_until)

    @rule(lead=leads)
    def the_timer_goes_off(self, lead: int) -> None:
        if lead in self.newest:
            holder = self.model.held.get(lead)
            answer = self.act(RUN, lambda db: advance_holding(db, self.newest[lead]))
            if holder is None:
                assert answer.effect == "ENDED"
            elif self.model.day >= holder.due:
                assert answer.effect == "RECALLED"
                self.model.end(lead)
            else:
                assert answer.effect in ("NOT_DUE", "REMINDED")

    @rule()
    def the_sweep_looks(self) -> None:
        self.wait(self.scene.pass_time(2 * GRACE))
        self.wait(self.scene.sweep())
        for lead in [lead for lead, holder in self.model.held.items() if self.model.day >= holder.due]:
            self.model.end(lead)

    @invariant()
    def the_database_agrees(self) -> None:
        if hasattr(self, "leads"):
            self.wait(self.compare())

    async def compare(self) -> None:
        rows = await self.scene.run(
            """
            select l.lead_id, l.state, l.epoch, h.rep_id from routing.lead l
            left join routing.holding h on h.lead_id = l.lead_id and h.ended_at is null
            where l.lead_id = any(:leads)
            """,
            leads=self.leads,
        )
        stored = {self.leads.index(row.lead_id): (row.state, row.epoch, row.rep_id) for row in rows}
        assert stored == {lead: self.expected(lead) for lead in range(LEADS)}
        async with self.world.engine.connect() as db:
            assert await violations(db) == []

    def expected(self, lead: int) -> tuple[str, int, UUID | None]:
        holder, epoch = self.model.held.get(lead), self.model.epochs.get(lead, 0)
        return ("HELD", epoch, self.reps[holder.rep].rep_id) if holder else ("POOLED", epoch, None)


@pytest.fixture
def machine(fresh_database: str) -> Iterator[type[Holdings]]:
    """On a loop of its own: Hypothesis knows nothing of the tests' loop."""
    with asyncio.Runner() as runner:

        async def begin() -> AsyncEngine:
            engine = make_engine(fresh_database, pool_size=4)
            await migrate(engine, schema="routing", package="services.routing", test_clock=True)
            return engine

        Holdings.world = World(runner.run(begin()), runner)
        yield Holdings
        runner.run(Holdings.world.engine.dispose())


@pytest.mark.timeout(seconds(180))
def test_any_sequence_of_verbs_does_what_it_does_to_the_model(machine: type[Holdings]) -> None:
    run_state_machine_as_test(machine, settings=examples(80, steps=40))
