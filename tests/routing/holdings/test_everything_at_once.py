"""Whatever people do to holdings, limits, leave and policies, and however time passes: what is promised holds.

Who holds a lead is held against a model of a line; deadlines against the function that computes them, from what is
stored; and after each step the database is asked for what must never be seen (violations: I3, I4 and their like).
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from clew.routing.v1.holdings_pb2_grpc import HoldingServiceStub
from services.routing.calendars.china import china
from services.routing.calendars.store import add_default
from services.routing.calendars.store_leave import cancel_leave, set_leave
from services.routing.extensions.store_locking import lock, unlock
from services.routing.holdings.follow_ups import Direction, Kind, Outcome
from services.routing.holdings.schedule import compute_schedule
from services.routing.holdings.store import find_open_holding
from services.routing.holdings.store_accepting import accept_lead
from services.routing.holdings.store_advancing import advance_holding
from services.routing.holdings.store_claiming import assign_lead, claim_lead
from services.routing.holdings.store_following import FollowUp, log_follow_up
from services.routing.holdings.store_handing import return_lead, transfer_lead
from services.routing.holdings.store_rebasing import ask_rebasing
from services.routing.holdings.store_sweep import GRACE
from services.routing.leads.store import NewFacts, find_lead, lock_lead
from services.routing.leads.store_taking import take_facts
from services.routing.policies.store import switch_policy
from services.routing.policy import Period, Policy
from services.routing.servicer_facts import conditions_of
from services.shared.callers import Caller, Role, set_caller
from services.shared.database import make_engine
from services.shared.migrations import migrate
from services.shared.refusals import Refusal
from tests.routing.holdings.scenes import Pool, Rep, Scene, violations

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
POLICIES = (
    Policy(),
    Policy(first_response=Period(5 * HOUR), protection=Period(2 * DAY), manager_copies=True),
    Policy(calendar="cn", first_response=Period(working_time=2 * HOUR), protection=Period(working_days=4)),
    Policy(calendar="cn", maximum=Period(working_days=6), extension=Period(working_days=1)),
)
LEADS, REPS = 4, 3
MANAGER, RUN = Caller("wang", Role.MANAGER), Caller("workflows", Role.SERVICE)
leads, reps = st.integers(0, LEADS - 1), st.integers(0, REPS - 1)
spans = st.sampled_from([timedelta(minutes=20), 3 * HOUR, DAY, 3 * DAY, 12 * DAY])


class Everything(RuleBasedStateMachine):
    """Set by the test: where the database is, and how to wait for it."""

    engine: AsyncEngine
    runner: asyncio.Runner
    steps = 0

    @initialize()
    def begin(self) -> None:
        self.scene = Scene(self.engine, cast(HoldingServiceStub, None))
        self.holder: dict[int, int] = {}
        self.newest: dict[int, UUID] = {}
        self.leave: dict[int, UUID] = {}
        self.wait(self.set_up())

    async def set_up(self) -> None:
        self.pool: Pool = await self.scene.a_pool(POLICIES[0])
        self.version = 1
        self.reps: list[Rep] = [await self.scene.a_rep(limit) for limit in (1, 2, 3)]
        self.leads: list[UUID] = await self.scene.leads(LEADS, self.pool)

    def wait(self, work: Awaitable[Any]) -> Any:
        async def done() -> Any:
            return await work

        return self.runner.run(done())

    def act(self, caller: Caller, verb: Callable[[AsyncConnection], Awaitable[Any]]) -> Any:
        """What the verb answers, or the reason why it was refused: a refusal is an answer here."""

        async def once() -> Any:
            set_caller(caller)
            async with self.engine.begin() as db:
                return await verb(db)

        type(self).steps += 1
        try:
            return self.wait(once())
        except Refusal as refusal:
            return refusal.reason

    def rep_caller(self, rep: int) -> Caller:
        return Caller(str(self.reps[rep].rep_id), Role.REP)

    def opened(self, lead: int, rep: int, answer: Any) -> None:
        if not isinstance(answer, str):
            assert lead not in self.holder or answer.origin == "TRANSFERRED"
            # Lowering a limit takes nothing away; but nothing opens over one.
            assert answer.origin == "TRANSFERRED" or not self.over(self.reps[rep])
            self.holder[lead], self.newest[lead] = rep, answer.holding_id

    def over(self, rep: Rep) -> list[Any]:
        question = 'select scope from routing.holding_limit where rep_id = :rep_id and held > "limit"'
        return cast(list[Any], self.wait(self.scene.run(question, rep_id=rep.rep_id)))

    @rule(lead=leads, rep=reps)
    def claim(self, lead: int, rep: int) -> None:
        rep_id = self.reps[rep].rep_id
        self.opened(lead, rep, self.act(self.rep_caller(rep), lambda db: claim_lead(db, self.leads[lead], rep_id)))

    @rule(lead=leads, rep=reps)
    def assign(self, lead: int, rep: int) -> None:
        code = self.reps[rep].code
        self.opened(lead, rep, self.act(MANAGER, lambda db: assign_lead(db, self.leads[lead], code)))

    @rule(lead=leads, rep=reps)
    def transfer(self, lead: int, rep: int) -> None:
        if lead in self.newest:
            code = self.reps[rep].code
            self.opened(lead, rep, self.act(MANAGER, lambda db: transfer_lead(db, self.newest[lead], code)))

    @rule(lead=leads, reason=st.sampled_from(["NOT_INTERESTED", "NO_TIME"]))
    def give_back(self, lead: int, reason: str) -> None:
        if lead in self.holder:
            caller = self.rep_caller(self.holder[lead])
            if self.act(caller, lambda db: return_lead(db, self.newest[lead], reason)) == "POOLED":
                del self.holder[lead]

    @rule(lead=leads, outcome=st.sampled_from([Outcome.CONNECTED, Outcome.NO_ANSWER, Outcome.SYSTEM]))
    def follow_up(self, lead: int, outcome: Outcome) -> None:
        if lead in self.holder:
            call = FollowUp(Kind.CALL, Direction.OUTBOUND, outcome, None, None, "")
            caller = self.rep_caller(self.holder[lead])
            self.act(caller, lambda db: log_follow_up(db, self.newest[lead], call, conditions_of))

    @rule(lead=leads)
    def accept(self, lead: int) -> None:
        if lead in self.holder:
            caller = self.rep_caller(self.holder[lead])
            self.act(caller, lambda db: accept_lead(db, self.newest[lead], conditions_of))

    @rule(lead=leads, span=spans)
    def lock_or_unlock(self, lead: int, span: timedelta) -> None:
        if lead in self.holder:
            until = self.wait(self.scene.now()) + span
            self.act(MANAGER, lambda db: lock(db, self.newest[lead], until))
            if span == DAY:
                self.act(MANAGER, lambda db: unlock(db, self.newest[lead]))

    @rule(lead=leads, owners=st.sets(reps, max_size=2))
    def learn_who_owns_open_opportunities(self, lead: int, owners: set[int]) -> None:
        async def take(db: AsyncConnection) -> None:
            known = await lock_lead(db, self.leads[lead])
            news = NewFacts(
                lead_id=known.lead_id,
                facts=known.facts,
                facts_version=known.facts_version + 1,
                captured_by=None,
                account_owner=None,
                opportunity_owners={self.reps[rep].rep_id for rep in owners},
                reenquiries=known.reenquiries,
            )
            await take_facts(db, news)

        self.act(RUN, take)

    @rule(rep=reps, ahead=spans, span=spans)
    def go_on_leave(self, rep: int, ahead: timedelta, span: timedelta) -> None:
        starts_at, rep_id = self.wait(self.scene.now()) + ahead, self.reps[rep].rep_id

        async def approve(db: AsyncConnection) -> Any:
            leave = await set_leave(db, rep_id, starts_at, starts_at + span, "wang")
            await ask_rebasing(db, "leave", rep_id=rep_id)
            return leave

        answer = self.act(MANAGER, approve)
        if not isinstance(answer, str):
            self.leave[rep] = answer.leave_id

    @rule(rep=reps)
    def come_back(self, rep: int) -> None:
        if rep in self.leave:

            async def cancel(db: AsyncConnection) -> None:
                await cancel_leave(db, self.leave[rep], "wang")
                await ask_rebasing(db, "leave", rep_id=self.reps[rep].rep_id)

            self.act(MANAGER, cancel)

    @rule(rep=reps, limit=st.integers(0, 3))
    def set_limit(self, rep: int, limit: int) -> None:
        self.wait(self.scene.limit(self.reps[rep], self.pool, limit))

    @rule(policy=st.sampled_from(POLICIES), live=st.sampled_from(["grandfather", "rebase", "floor"]))
    def publish(self, policy: Policy, live: str) -> None:
        self.wait(self.scene.publish(policy, self.pool))
        self.version += 1
        if live != "grandfather":
            over = (self.pool.policy_code, self.version)
            self.act(MANAGER, lambda db: ask_rebasing(db, "policy", policy=over, with_floor=live == "floor"))

    @rule(enabled=st.booleans())
    def switch(self, enabled: bool) -> None:
        async def change(db: AsyncConnection) -> None:
            if await switch_policy(db, self.pool.policy_code, enabled, "wang"):
                await ask_rebasing(db, "switch", policy=(self.pool.policy_code, 10_000), suspend=not enabled)

        self.act(MANAGER, change)

    @rule(span=spans, then_sweep=st.booleans())
    def time_passes(self, span: timedelta, then_sweep: bool) -> None:
        self.wait(self.scene.pass_time(span))
        if then_sweep:
            self.the_sweep_looks()

    @rule(lead=leads)
    def the_timer_goes_off(self, lead: int) -> None:
        if lead in self.newest:
            answer = self.act(RUN, lambda db: advance_holding(db, self.newest[lead]))
            if answer.effect == "RECALLED":
                self.holder.pop(lead)

    @rule()
    def the_sweep_looks(self) -> None:
        type(self).steps += 1
        self.wait(self.sweep_and_compare())

    async def sweep_and_compare(self) -> None:
        """Nothing stays held that is due, and what is stored is what would be computed now."""
        await self.scene.pass_time(2 * GRACE)
        for _ in range(3):
            await self.scene.sweep()
        now = await self.scene.now()
        async with self.engine.connect() as db:
            for lead, lead_id in enumerate(self.leads):
                holding = await find_open_holding(db, lead_id)
                if holding is None:
                    self.holder.pop(lead, None)
                    continue
                stored = holding.schedule
                again = compute_schedule(
                    holding.policy, holding.policy_text, holding.started_at, stored.entries, holding.time
                )
                assert stored.due_at > now - GRACE
                owners = (await find_lead(db, lead_id)).opportunity_owners
                assert stored.exempt == (holding.rep_id in owners)
                assert stored.nothing_due == (stored.exempt or stored.suspended)
                assert replace(again, calendar_version=stored.calendar_version) == stored
        await self.nothing_was_recalled_early()

    async def nothing_was_recalled_early(self) -> None:
        early = await self.scene.run(
            "select lead_id from routing.decision where verb = 'Recall' and decided_at < due_at"
        )
        assert early == []

    @invariant()
    def the_database_agrees(self) -> None:
        if hasattr(self, "leads"):
            self.wait(self.compare())

    async def compare(self) -> None:
        rows = await self.scene.run(
            """
            select h.lead_id, h.rep_id, h.holding_id, h.epoch = l.epoch as newest,
              h.rep_id = any(l.opportunity_owners) and h.due_at < now() + interval '1000 years' as due_though_exempt
            from routing.holding h join routing.lead l using (lead_id)
            where h.lead_id = any(:leads) and h.ended_at is null
            """,
            leads=self.leads,
        )
        assert {self.leads.index(row.lead_id): row.rep_id for row in rows} == {
            lead: self.reps[rep].rep_id for lead, rep in self.holder.items()
        }
        assert all(row.newest and row.holding_id in self.newest.values() for row in rows)
        assert not any(row.due_though_exempt for row in rows)
        async with self.engine.connect() as db:
            assert [each for each in await violations(db) if "over its limit" not in each] == []


@pytest.fixture
def machine(fresh_database: str) -> Iterator[type[Everything]]:
    """On a loop of its own: Hypothesis knows nothing of the tests' loop."""
    with asyncio.Runner() as runner:

        async def begin() -> AsyncEngine:
            engine = make_engine(fresh_database, pool_size=4)
            await migrate(engine, schema="routing", package="services.routing", test_clock=True)
            async with engine.begin() as db:
                await add_default(db, china())
            return engine

        Everything.engine, Everything.runner = runner.run(begin()), runner
        yield Everything
        runner.run(Everything.engine.dispose())


@pytest.mark.timeout(300)
def test_two_thousand_steps_of_everything_break_no_promise(machine: type[Everything]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=90,
            stateful_step_count=50,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

    assert machine.steps >= 2_000
