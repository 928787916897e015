"""Leads are taken, and given to reps."""

from typing import Any
from uuid import UUID, uuid4

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy.ext.asyncio import AsyncConnection

from clew.routing.v1 import pools_pb2 as pb
from services.routing.holdings.holding import Holding
from services.routing.holdings.store_claiming import claim_lead
from services.routing.holdings.store_claiming_together import Claim, claim_together
from services.routing.pools.servicer import PoolServicer
from services.routing.pools.store import seen_pool
from services.routing.pools.store_next import claim_next
from services.routing.pools.store_next_together import NextClaim, claim_next_together
from tests.routing.holdings.machine.acting import Acting, id_of, leads, reps, said, several
from tests.routing.holdings.machine.world import LEADS, REPS, RUN

PASSED_OVER = {"CLAIM_COOLDOWN", "NOT_RELEASED_YET"}


class Taking(Acting):
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
        return [lead for lead in range(LEADS) if lead not in {*self.model.held, *self.model.converted}]

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


def whose_and_which(holding: Holding) -> bytes:
    return holding.lead_id.bytes + holding.holding_id.bytes
