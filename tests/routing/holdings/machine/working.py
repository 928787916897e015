"""Leads are worked on."""

from datetime import timedelta
from functools import partial

from hypothesis import strategies as st
from hypothesis.stateful import rule

from services.routing.extensions.store_extending import decide_extension, request_extension
from services.routing.extensions.store_locking import lock, unlock
from services.routing.extensions.store_voiding import void_follow_up
from services.routing.holdings.follow_ups import Outcome
from services.routing.holdings.store_accepting import accept_lead
from services.routing.holdings.store_following import log_follow_up
from services.routing.servicer_facts import conditions_of
from tests.routing.holdings.machine.acting import DAY, Acting, spans, which
from tests.routing.holdings.machine.fenced import a_call
from tests.routing.holdings.machine.world import MANAGER


class Working(Acting):
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
