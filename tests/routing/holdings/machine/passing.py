"""Time passes, for the run of a lead and for the sweep."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from services.routing.holdings.schedule import compute_schedule
from services.routing.holdings.store import find_open_holding
from services.routing.holdings.store_advancing import Effect, advance_holding
from services.routing.holdings.store_sweep import GRACE
from services.routing.leads.store import find_lead
from tests.routing.holdings.machine.acting import DAY, Acting, spans, which
from tests.routing.holdings.machine.world import RUN, Held

MOMENT = timedelta(microseconds=1)


class Passing(Acting):
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
                self.advance_at(held, less=MOMENT)
                self.advance_at(held, less=0 * MOMENT)

    def advance_at(self, held: Held, *, less: timedelta) -> None:
        """So long before it wakes, or now if that is past, or years away."""
        if held.lead not in self.model.held:
            return
        wake_at, now = self.wait(self.world.wake_at(held.holding_id)), self.wait(self.scene.now())
        if now < wake_at - less < now + 400 * DAY:
            self.wait(self.scene.pass_time(wake_at - less - now))
            now = wake_at - less
        answer = self.act(RUN, lambda db: advance_holding(db, held.holding_id))
        assert (answer.effect is Effect.NOT_DUE) == (now < wake_at or held.lead in self.model.leased)
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
                leased = held.lead in self.model.leased
                if holding is None:
                    assert not leased
                    self.model.end(held.lead)
                    continue
                stored = holding.schedule
                again = compute_schedule(
                    holding.policy, holding.policy_text, holding.started_at, stored.entries, holding.time
                )
                assert leased or stored.due_at > now - GRACE
                owners = (await find_lead(db, holding.lead_id)).opportunity_owners
                assert stored.exempt == (holding.rep_id in owners)
                assert stored.nothing_due == (stored.exempt or stored.suspended)
                assert replace(again, calendar_version=stored.calendar_version) == stored
