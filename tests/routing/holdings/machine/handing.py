"""Leads are given on and given back; and whoever names a holding that has ended changes nothing."""

from uuid import UUID, uuid4

from hypothesis import strategies as st
from hypothesis.stateful import rule

from clew.routing.v1 import pools_pb2 as pb
from services.routing.holdings.follow_ups import Because, Outcome
from services.routing.holdings.store_advancing import Effect
from services.routing.holdings.store_handing import reclaim_lead, return_lead, transfer_lead
from services.routing.pools.servicer import PoolServicer
from tests.routing.holdings.machine.acting import Acting, id_of, reps, said, several, which
from tests.routing.holdings.machine.fenced import name_in_every_verb
from tests.routing.holdings.machine.world import MANAGER, Held

IN_FLIGHT = "CONVERSION_IN_FLIGHT"


class Handing(Acting):
    def transferred(self, held: Held, rep: int, answer: UUID | str) -> None:
        if held.lead in self.model.leased:
            assert answer == IN_FLIGHT
        elif rep == held.rep:
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
            self.given_back(held, self.by_holder(held, lambda db: return_lead(db, held.holding_id, reason)))

    def given_back(self, held: Held, answer: str) -> None:
        """What a conversion leases stays."""
        if held.lead in self.model.leased:
            assert answer == IN_FLIGHT
        else:
            assert answer == "POOLED"
            self.model.end(held.lead)

    @rule(rep=reps)
    def give_all_back(self, rep: int) -> None:
        if returned := [held for held in self.model.held.values() if held.rep == rep]:
            ids = [str(held.holding_id) for held in returned]
            request = pb.ReturnLeadsRequest(request_id=str(uuid4()), holding_ids=ids, reason="UNREACHABLE")
            response = self.world.call(self.world.as_rep(rep), PoolServicer(self.world.engine).ReturnLeads, request)
            for held, outcome in zip(returned, response.outcomes, strict=True):
                self.given_back(held, outcome.refusal.reason if outcome.HasField("refusal") else "POOLED")

    @rule(which=which, reason=st.sampled_from(["NEGLECTED", "MANAGER_DECISION"]))
    def reclaim(self, which: int, reason: str) -> None:
        if held := self.model.one_held(which):
            self.given_back(held, self.act(MANAGER, lambda db: reclaim_lead(db, held.holding_id, reason)))

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
