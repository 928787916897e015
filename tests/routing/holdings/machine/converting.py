"""Leads are converted: the holding is leased meanwhile, and released or ended by the conversion's word alone."""

from functools import partial
from uuid import UUID, uuid4

from hypothesis.stateful import rule

from services.routing.holdings.holding import Holding
from services.routing.holdings.store import find_open_holding
from services.routing.holdings.store_leasing import finish_conversion, lease_holding, release_lease
from tests.routing.holdings.machine.acting import HOUR, Acting, which
from tests.routing.holdings.machine.world import LEADS, RUN, Held


class Converting(Acting):
    @rule(which=which)
    def begin_a_conversion(self, which: int) -> None:
        if held := self.model.one_held(which):
            now, holding, conversion_id = self.wait(self.scene.now()), self.wait(self.holding_of(held)), uuid4()
            lease = partial(
                lease_holding,
                holding_id=held.holding_id,
                epoch=holding.epoch,
                conversion_id=conversion_id,
                converter_id=str(holding.rep_id),
                by_manager=False,
                lease_for=HOUR,
            )
            answer = self.act(RUN, lease)
            if held.lead in self.model.leased:
                assert answer == "CONVERSION_IN_FLIGHT"
            elif now >= holding.schedule.due_at:
                assert answer == "HOLDING_ENDED"
            else:
                assert answer.conversion_id == conversion_id
                self.model.leased[held.lead] = conversion_id

    @rule(which=which)
    def a_conversion_comes_to_nothing(self, which: int) -> None:
        """Nothing is due before the notice floor, however long it took; and told twice it is so once."""
        if leased := self.one_leased(which):
            held, conversion_id = leased
            due_at, again = (
                self.act(RUN, lambda db: release_lease(db, held.holding_id, conversion_id)) for _ in range(2)
            )
            del self.model.leased[held.lead]
            now, holding = self.wait(self.scene.now()), self.wait(self.holding_of(held))
            assert again == due_at == holding.schedule.due_at
            assert due_at >= holding.policy.notice_floor.after(now, holding.time)

    @rule(which=which)
    def a_conversion_is_committed(self, which: int) -> None:
        """Of one lead only: what is converted stays so, and the others go on."""
        if (leased := self.one_leased(which)) and leased[0].lead == LEADS - 1:
            held, conversion_id = leased
            answer = self.act(RUN, lambda db: finish_conversion(db, held.holding_id, conversion_id))
            assert answer == "CONVERTED"
            self.model.end(held.lead)
            self.model.converted.add(held.lead)

    def one_leased(self, which: int) -> tuple[Held, UUID] | None:
        leased = list(self.model.leased.items())
        if not leased:
            return None
        lead, conversion_id = leased[which % len(leased)]
        return self.model.held[lead], conversion_id

    async def holding_of(self, held: Held) -> Holding:
        async with self.world.engine.connect() as db:
            holding = await find_open_holding(db, self.world.leads[held.lead])
        assert holding is not None
        return holding
