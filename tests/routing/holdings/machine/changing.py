"""What all of it stands on changes: facts, leave, limits, pools, calendars, policies."""

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.calendars.calendar import Week
from services.routing.calendars.store_leave import cancel_leave, set_leave
from services.routing.holdings.limits import LimitScope
from services.routing.holdings.store_rebasing import ask_rebasing
from services.routing.leads.store import NewFacts, lock_lead
from services.routing.leads.store_taking import take_facts
from services.routing.policies.store import switch_policy
from services.routing.policy import Policy
from services.routing.pools.store import lock_pool, save_settings
from tests.routing.holdings.machine.acting import leads, reps, spans
from tests.routing.holdings.machine.passing import Passing
from tests.routing.holdings.machine.world import (
    MANAGER,
    POLICIES,
    RUN,
    WEEKS,
)


class Changing(Passing):
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

    @rule(rep=reps, scope=st.sampled_from(LimitScope), limit=st.integers(0, 3))
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
