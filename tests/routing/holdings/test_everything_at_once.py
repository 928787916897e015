"""Whatever people do to holdings, limits, leave, pools, calendars and policies, and however time passes: what is
promised holds.

Who holds a lead, and what a full limit refuses, is held against a model of a line (everything.py); deadlines against
the function that computes them, from what is stored; and after each step the database is asked for what must never be
seen: two holders (I3), a limit that counts wrongly (I4), a lead taken back before it was due (I5).
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from clew.routing.v1 import pools_pb2 as pb
from services.routing.calendars.calendar import Week
from services.routing.calendars.china import china
from services.routing.calendars.store import add_default
from services.routing.calendars.store_leave import cancel_leave, set_leave
from services.routing.extensions.store_extending import decide_extension, request_extension
from services.routing.extensions.store_locking import lock, unlock
from services.routing.extensions.store_voiding import void_follow_up
from services.routing.holdings.follow_ups import Because, Outcome
from services.routing.holdings.holding import Holding
from services.routing.holdings.limits import LimitScope
from services.routing.holdings.schedule import compute_schedule
from services.routing.holdings.store import find_open_holding
from services.routing.holdings.store_accepting import accept_lead
from services.routing.holdings.store_advancing import Effect, advance_holding
from services.routing.holdings.store_claiming import assign_lead, claim_lead
from services.routing.holdings.store_claiming_together import Claim, claim_together
from services.routing.holdings.store_following import log_follow_up
from services.routing.holdings.store_handing import reclaim_lead, return_lead, transfer_lead
from services.routing.holdings.store_rebasing import ask_rebasing
from services.routing.holdings.store_sweep import GRACE
from services.routing.leads.store import NewFacts, find_lead, lock_lead
from services.routing.leads.store_taking import take_facts
from services.routing.policies.store import switch_policy
from services.routing.policy import Policy
from services.routing.pools.servicer import PoolServicer
from services.routing.pools.store import lock_pool, save_settings, seen_pool
from services.routing.pools.store_next import claim_next
from services.routing.pools.store_next_together import NextClaim, claim_next_together
from services.routing.servicer_facts import conditions_of
from services.shared.callers import Caller
from services.shared.database import make_engine
from services.shared.migrations import migrate
from tests.random_examples import examples, seconds
from tests.routing.holdings.everything import (
    BEGINNINGS,
    LEADS,
    MANAGER,
    POLICIES,
    REPS,
    RUN,
    WEEKS,
    Held,
    Model,
    World,
)
from tests.routing.holdings.fenced import a_call, name_in_every_verb

DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)
PASSED_OVER = {"CLAIM_COOLDOWN", "NOT_RELEASED_YET"}
leads, reps, which = st.integers(0, LEADS - 1), st.integers(0, REPS - 1), st.integers(0, 30)
spans = st.sampled_from([timedelta(minutes=20), 3 * HOUR, DAY, 3 * DAY, 12 * DAY])
several = st.lists(leads, min_size=1, max_size=LEADS, unique=True)


class Everything(RuleBasedStateMachine):
    """Set by the test: what it acts on."""

    world: World

    @initialize(beginning=st.sampled_from(BEGINNINGS), policy=st.sampled_from(POLICIES))
    def begin(self, beginning: datetime, policy: Policy) -> None:
        limits = {(rep, LimitScope.REP): rep + 1 for rep in range(REPS)}
        self.wait(self.world.begin(beginning, policy, WEEKS[0], limits))
        self.model = Model(limits)
        self.scene, self.pool = self.world.scene, self.world.pool
        self.version = 1
        self.daily_limit: int | None = None
        self.follow_ups: dict[UUID, list[UUID]] = {}
        self.leave: dict[int, UUID] = {}
        for lead in range(REPS):
            self.assign(lead, lead)

    def wait(self, work: Awaitable[Any]) -> Any:
        return self.world.wait(work)

    def act(self, caller: Caller, verb: Callable[[AsyncConnection], Awaitable[Any]]) -> Any:
        return self.world.act(caller, verb)

    def by_holder(self, held: Held, verb: Callable[[AsyncConnection], Awaitable[Any]]) -> Any:
        return self.act(self.world.as_rep(held.rep), verb)

    # Leads are taken

    def opened(self, lead: int, rep: int, answer: UUID | str, *, from_pool: bool, claimed: bool = False) -> None:
        """Nothing opens over a limit; and what one refuses has no room."""
        full = self.model.full(lead, rep, from_pool=from_pool)
        if isinstance(answer, str):
            assert full or answer != "HOLDING_LIMIT_REACHED"
            return
        assert not full
        assert not (from_pool and lead in self.model.held)
        self.model.open(Held(lead, rep, answer, from_pool))
        if claimed and self.daily_limit is not None:
            assert 0 < self.wait(self.world.claims_counted(answer)) <= self.daily_limit

    @rule(lead=leads, rep=reps, again=st.booleans())
    def claim(self, lead: int, rep: int, again: bool) -> None:
        if again and self.model.earlier:
            lead, rep = self.model.earlier[-1].lead, self.model.earlier[-1].rep
        lead_id, rep_id = self.world.leads[lead], self.world.reps[rep].rep_id
        answer = self.act(self.world.as_rep(rep), lambda db: claim_lead(db, lead_id, rep_id))
        assert (lead in self.model.held) == (answer == "ALREADY_HELD")
        self.opened(lead, rep, id_of(answer), from_pool=True, claimed=True)

    @rule(rep=reps)
    def claim_next(self, rep: int) -> None:
        async def next_one(db: AsyncConnection) -> Any:
            return await claim_next(db, await seen_pool(db, self.pool.code), self.world.reps[rep].rep_id)

        answer = self.act(self.world.as_rep(rep), next_one)
        if answer == "NOTHING_TO_CLAIM":
            assert {self.why_not(lead, rep) for lead in self.waiting()} <= PASSED_OVER
        elif isinstance(answer, str):
            assert answer in ("HOLDING_LIMIT_REACHED", "DAILY_CLAIM_LIMIT_REACHED")
        else:
            lead = self.world.leads.index(answer.lead_id)
            self.opened(lead, rep, answer.holding_id, from_pool=True, claimed=True)

    def why_not(self, lead: int, rep: int) -> Any:
        """What a claim answers, of which nothing stays."""

        async def tried(db: AsyncConnection) -> Any:
            async with db.begin_nested() as part:
                await claim_lead(db, self.world.leads[lead], self.world.reps[rep].rep_id)
                await part.rollback()

        return self.act(self.world.as_rep(rep), tried)

    def waiting(self) -> list[int]:
        return [lead for lead in range(LEADS) if lead not in self.model.held]

    @rule(wanted=several, rep=reps)
    def claim_several(self, wanted: list[int], rep: int) -> None:
        lead_ids = [str(self.world.leads[lead]) for lead in wanted]
        request = pb.ClaimLeadsRequest(request_id=str(uuid4()), lead_ids=lead_ids)
        response = self.world.call(self.world.as_rep(rep), PoolServicer(self.world.engine).ClaimLeads, request)
        for lead, outcome in zip(wanted, response.outcomes, strict=True):
            self.opened(lead, rep, said(outcome), from_pool=True, claimed=True)

    @rule(wanted=several, by=st.permutations(range(REPS)), again=st.booleans())
    def several_claim_together(self, wanted: list[int], by: list[int], again: bool) -> None:
        """In one transaction. Those that it leaves out stay as they were."""
        pairs = list(zip(wanted, by, strict=False))
        if again and self.model.earlier:
            pairs = [(self.model.earlier[-1].lead, self.model.earlier[-1].rep)]
        claims = [
            Claim((self.world.as_rep(rep).id, uuid4()), b"", self.world.leads[lead], self.world.reps[rep].rep_id, None)
            for lead, rep in pairs
        ]
        answers = self.act(RUN, lambda db: claim_together(db, claims, lambda holding: holding.holding_id.bytes))
        for (lead, rep), claim in zip(pairs, claims, strict=True):
            if claim.request in answers:
                self.opened(lead, rep, UUID(bytes=answers[claim.request]), from_pool=True)

    @rule(by=st.lists(reps, min_size=1, max_size=REPS, unique=True))
    def several_want_the_next(self, by: list[int]) -> None:
        """In one transaction too."""
        claims = [
            NextClaim((self.world.as_rep(rep).id, uuid4()), b"", self.pool.code, self.world.reps[rep].rep_id, None)
            for rep in by
        ]
        answers = self.act(RUN, lambda db: claim_next_together(db, claims, whose_and_which))
        for rep, claim in zip(by, claims, strict=True):
            if answer := answers.get(claim.request):
                lead = self.world.leads.index(UUID(bytes=answer[:16]))
                self.opened(lead, rep, UUID(bytes=answer[16:]), from_pool=True)

    @rule(lead=leads, rep=reps)
    def assign(self, lead: int, rep: int) -> None:
        code = self.world.reps[rep].code
        answer = self.act(MANAGER, lambda db: assign_lead(db, self.world.leads[lead], code))
        assert (lead in self.model.held) == (answer == "ALREADY_HELD")
        self.opened(lead, rep, id_of(answer), from_pool=True)

    # Leads are given on and given back

    def transferred(self, held: Held, rep: int, answer: UUID | str) -> None:
        if rep == held.rep:
            assert answer == "INVALID_FIELD"
        else:
            assert isinstance(answer, UUID) or answer == "HOLDING_LIMIT_REACHED"
            self.opened(held.lead, rep, answer, from_pool=False)

    @rule(which=which, rep=reps)
    def transfer(self, which: int, rep: int) -> None:
        if held := self.model.one_held(which):
            code = self.world.reps[rep].code
            answer = self.act(MANAGER, lambda db: transfer_lead(db, held.holding_id, code))
            self.transferred(held, rep, id_of(answer))

    @rule(wanted=several, rep=reps)
    def transfer_several(self, wanted: list[int], rep: int) -> None:
        if moving := [self.model.held[lead] for lead in wanted if lead in self.model.held]:
            items = [
                pb.HoldingTransfer(holding_id=str(held.holding_id), rep_code=self.world.reps[rep].code)
                for held in moving
            ]
            request = pb.TransferLeadsRequest(request_id=str(uuid4()), items=items)
            response = self.world.call(MANAGER, PoolServicer(self.world.engine).TransferLeads, request)
            for held, outcome in zip(moving, response.outcomes, strict=True):
                self.transferred(held, rep, said(outcome))

    @rule(which=which, reason=st.sampled_from(["NOT_INTERESTED", "NO_TIME"]))
    def give_back(self, which: int, reason: str) -> None:
        if held := self.model.one_held(which):
            assert self.by_holder(held, lambda db: return_lead(db, held.holding_id, reason)) == "POOLED"
            self.model.end(held.lead)

    @rule(rep=reps)
    def give_all_back(self, rep: int) -> None:
        if returned := [held for held in self.model.held.values() if held.rep == rep]:
            ids = [str(held.holding_id) for held in returned]
            request = pb.ReturnLeadsRequest(request_id=str(uuid4()), holding_ids=ids, reason="UNREACHABLE")
            response = self.world.call(self.world.as_rep(rep), PoolServicer(self.world.engine).ReturnLeads, request)
            assert not any(outcome.HasField("refusal") for outcome in response.outcomes)
            for held in returned:
                self.model.end(held.lead)

    @rule(which=which, reason=st.sampled_from(["NEGLECTED", "MANAGER_DECISION"]))
    def reclaim(self, which: int, reason: str) -> None:
        if held := self.model.one_held(which):
            assert self.act(MANAGER, lambda db: reclaim_lead(db, held.holding_id, reason)) == "POOLED"
            self.model.end(held.lead)

    @rule(which=which, rep=reps, outcome=st.sampled_from([Outcome.CONNECTED, Outcome.NO_ANSWER]))
    def name_an_earlier_holding(self, which: int, rep: int, outcome: Outcome) -> None:
        """Whatever the verb: nothing of its lead changes, whoever holds it now."""
        if self.model.earlier:
            held = self.model.earlier[which % len(self.model.earlier)]
            before = self.wait(self.world.rows_of(held.lead))

            noted, late, refused = name_in_every_verb(self.world, held, self.world.reps[rep], outcome)

            assert noted.because == (Because.AFTER_THE_END,)
            assert late.effect is Effect.ENDED
            assert refused == {"HOLDING_ENDED"}
            assert self.wait(self.world.rows_of(held.lead)) == before

    # Leads are worked on

    @rule(which=which, outcome=st.sampled_from([Outcome.CONNECTED, Outcome.NO_ANSWER, Outcome.SYSTEM]))
    def follow_up(self, which: int, outcome: Outcome) -> None:
        if held := self.model.one_held(which):
            call = a_call(outcome=outcome)
            noted = self.by_holder(held, lambda db: log_follow_up(db, held.holding_id, call, conditions_of))
            self.follow_ups.setdefault(held.holding_id, []).append(noted.follow_up_id)

    @rule(which=which)
    def void(self, which: int) -> None:
        if held := self.model.one_held(which):
            for follow_up_id in self.follow_ups.pop(held.holding_id, ()):
                self.act(MANAGER, partial(void_follow_up, follow_up_id=follow_up_id, reason="NOT_MADE"))

    @rule(which=which)
    def accept(self, which: int) -> None:
        if held := self.model.one_held(which):
            self.by_holder(held, lambda db: accept_lead(db, held.holding_id, conditions_of))

    @rule(which=which, span=spans)
    def lock_or_unlock(self, which: int, span: timedelta) -> None:
        if held := self.model.one_held(which):
            until = self.wait(self.scene.now()) + span
            self.act(MANAGER, lambda db: lock(db, held.holding_id, until))
            if span == DAY:
                self.act(MANAGER, lambda db: unlock(db, held.holding_id))

    @rule(which=which, span=spans, granted=st.booleans())
    def ask_for_more_time(self, which: int, span: timedelta, granted: bool) -> None:
        if held := self.model.one_held(which):
            until = self.wait(self.scene.now()) + 2 * span
            asked = self.by_holder(held, lambda db: request_extension(db, held.holding_id, until, "a word"))
            if not isinstance(asked, str):
                decide = partial(decide_extension, granted=granted, until=None, reason="a word")
                self.act(MANAGER, lambda db: decide(db, asked.extension_id))

    # What all of it stands on changes

    @rule(lead=leads, owners=st.sets(reps, max_size=2))
    def learn_who_owns_open_opportunities(self, lead: int, owners: set[int]) -> None:
        async def take(db: AsyncConnection) -> None:
            known = await lock_lead(db, self.world.leads[lead])
            news = NewFacts(
                lead_id=known.lead_id,
                facts=known.facts,
                facts_version=known.facts_version + 1,
                captured_by=None,
                account_owner=None,
                opportunity_owners={self.world.reps[rep].rep_id for rep in owners},
                reenquiries=known.reenquiries,
            )
            await take_facts(db, news)

        self.act(RUN, take)

    @rule(rep=reps, ahead=spans, span=spans)
    def go_on_leave(self, rep: int, ahead: timedelta, span: timedelta) -> None:
        starts_at, rep_id = self.wait(self.scene.now()) + ahead, self.world.reps[rep].rep_id

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
                await ask_rebasing(db, "leave", rep_id=self.world.reps[rep].rep_id)

            self.act(MANAGER, cancel)

    @rule(rep=reps, scope=st.sampled_from([LimitScope.REP, LimitScope.POOL, LimitScope.GRADE]), limit=st.integers(0, 3))
    def set_limit(self, rep: int, scope: LimitScope, limit: int) -> None:
        self.model.limits[rep, scope] = limit
        self.wait(self.scene.limit_of(self.world.reps[rep], scope, self.world.key(scope), limit))

    @rule(daily_limit=st.none() | st.integers(0, 2), opens_at=st.sampled_from([None, time(9)]))
    def keep_the_pool_otherwise(self, daily_limit: int | None, opens_at: time | None) -> None:
        async def update(db: AsyncConnection) -> None:
            pool = await lock_pool(db, self.pool.code)
            kept = replace(pool.settings, daily_claim_limit=daily_limit, opens_at=opens_at)
            await save_settings(db, pool.pool_id, kept)

        self.act(MANAGER, update)
        self.daily_limit = daily_limit

    @rule(hours=st.sampled_from(WEEKS), ahead=st.lists(spans, max_size=2), then_sweep=st.booleans())
    def correct_the_calendar(self, hours: Week, ahead: list[timedelta], then_sweep: bool) -> None:
        now = self.wait(self.scene.now())
        holidays = tuple(now + span for span in ahead)
        self.act(MANAGER, lambda db: self.world.open_for(db, hours, holidays))
        if then_sweep:
            self.the_sweep_looks()

    @rule(policy=st.sampled_from(POLICIES), live=st.sampled_from(["grandfather", "rebase", "floor"]))
    def publish(self, policy: Policy, live: str) -> None:
        self.wait(self.scene.publish(self.world.by_own_calendar(policy), self.pool))
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

    # Time passes

    @rule(span=spans, then_sweep=st.booleans())
    def time_passes(self, span: timedelta, then_sweep: bool) -> None:
        self.wait(self.scene.pass_time(span))
        if then_sweep:
            self.the_sweep_looks()

    @rule(which=which, times=st.integers(1, 5))
    def the_run_sleeps(self, which: int, times: int) -> None:
        """Each time to the instant that it was given, when something happens; a moment before it nothing does."""
        if held := self.model.one_held(which):
            for _ in range(times):
                self.advance_at(held, less=2 * SECOND)
                self.advance_at(held, less=0 * SECOND)

    def advance_at(self, held: Held, *, less: timedelta) -> None:
        """So long before it wakes, or now if that is past, or years away."""
        if held.lead not in self.model.held:
            return
        wake_at, now = self.wait(self.world.wake_at(held.holding_id)), self.wait(self.scene.now())
        if now < wake_at - less < now + 400 * DAY:
            self.wait(self.scene.pass_time(wake_at - less - now))
        before = self.wait(self.scene.now())
        answer = self.act(RUN, lambda db: advance_holding(db, held.holding_id))
        if wake_at <= before:
            assert answer.effect in (Effect.REMINDED, Effect.RECALLED)
        elif self.wait(self.scene.now()) < wake_at:
            assert answer.effect is Effect.NOT_DUE
        if answer.effect is Effect.RECALLED:
            self.model.end(held.lead)

    @rule()
    def the_sweep_looks(self) -> None:
        self.world.steps += 1
        self.wait(self.sweep_and_compare())

    async def sweep_and_compare(self) -> None:
        """Nothing stays held that is due, and what is stored is what would be computed now."""
        await self.scene.pass_time(2 * GRACE)
        for _ in range(3):
            await self.scene.sweep()
        now = await self.scene.now()
        async with self.world.engine.connect() as db:
            for held in list(self.model.held.values()):
                holding = await find_open_holding(db, self.world.leads[held.lead])
                if holding is None:
                    self.model.end(held.lead)
                    continue
                stored = holding.schedule
                again = compute_schedule(
                    holding.policy, holding.policy_text, holding.started_at, stored.entries, holding.time
                )
                assert stored.due_at > now - GRACE
                owners = (await find_lead(db, holding.lead_id)).opportunity_owners
                assert stored.exempt == (holding.rep_id in owners)
                assert stored.nothing_due == (stored.exempt or stored.suspended)
                assert replace(again, calendar_version=stored.calendar_version) == stored

    @invariant()
    def the_database_agrees(self) -> None:
        if hasattr(self, "model"):
            assert self.wait(self.world.holders()) == {
                lead: (self.world.reps[held.rep].rep_id, held.holding_id) for lead, held in self.model.held.items()
            }
            assert self.wait(self.world.wrong()) == []


def whose_and_which(holding: Holding) -> bytes:
    return holding.lead_id.bytes + holding.holding_id.bytes


def id_of(answer: Any) -> Any:
    """Of the holding that was opened; a refusal stays one."""
    return answer if isinstance(answer, str) else answer.holding_id


def said(outcome: pb.HoldingOutcome) -> UUID | str:
    return outcome.refusal.reason if outcome.HasField("refusal") else UUID(outcome.holding.holding_id)


@pytest.fixture
def machine(fresh_database: str) -> Iterator[type[Everything]]:
    with asyncio.Runner() as runner:

        async def begin() -> AsyncEngine:
            engine = make_engine(fresh_database, pool_size=4)
            await migrate(engine, schema="routing", package="services.routing", test_clock=True)
            async with engine.begin() as db:
                await add_default(db, china())
            return engine

        Everything.world = World(runner.run(begin()), runner)
        yield Everything
        runner.run(Everything.world.engine.dispose())


@pytest.mark.timeout(seconds(300))
def test_two_thousand_steps_of_everything_break_no_promise(machine: type[Everything]) -> None:
    run_state_machine_as_test(machine, settings=examples(70, steps=50))

    assert machine.world.steps >= 2_000
