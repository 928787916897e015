"""What every rule of the machine begins with: a world, a model of it, and steps by somebody."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from sqlalchemy.ext.asyncio import AsyncConnection

from clew.routing.v1 import pools_pb2 as pb
from services.routing.holdings.limits import LimitScope
from services.routing.holdings.store_claiming import assign_lead
from services.routing.policy import Policy
from services.shared.callers import Caller
from tests.routing.holdings.machine.world import BEGINNINGS, LEADS, MANAGER, POLICIES, REPS, WEEKS, Held, Model, World

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
leads, reps, which = st.integers(0, LEADS - 1), st.integers(0, REPS - 1), st.integers(0, 30)
spans = st.sampled_from([timedelta(minutes=20), 3 * HOUR, DAY, 3 * DAY, 12 * DAY])
several = st.lists(leads, min_size=1, max_size=LEADS, unique=True)


class Acting(RuleBasedStateMachine):
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

    @rule(lead=leads, rep=reps)
    def assign(self, lead: int, rep: int) -> None:
        code = self.world.reps[rep].code
        answer = self.act(MANAGER, lambda db: assign_lead(db, self.world.leads[lead], code))
        assert (lead in self.model.held) == (answer == "ALREADY_HELD")
        self.opened(lead, rep, id_of(answer), from_pool=True)


def id_of(answer: Any) -> Any:
    """Of the holding that was opened; a refusal stays one."""
    return answer if isinstance(answer, str) else answer.holding_id


def said(outcome: pb.HoldingOutcome) -> UUID | str:
    return outcome.refusal.reason if outcome.HasField("refusal") else UUID(outcome.holding.holding_id)
