"""The four services over gRPC, on a FakeWorld: what the contract says, in the fewest lines."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, cast

import grpc
import grpc.aio
from google.protobuf import descriptor_pool, message_factory

from clew.conversion.v1 import conversion_pb2, opportunities_pb2
from clew.intake.v1 import intake_pb2
from clew.lead.v1 import lead_pb2
from clew.routing.v1 import holdings_pb2, leads_pb2
from clew.scoring.v1 import scoring_pb2
from services.shared.callers import Role
from services.shared.grpc_server import make_server
from services.shared.refusals import NotFound, Refused
from tests.workflows.fake_world import FakeConversion, FakeLead, World

Context = grpc.aio.ServicerContext[Any, Any]


class Fake:
    """A service: its methods carry the contract's names."""

    name: str
    contract: str

    def __init__(self, world: World) -> None:
        self.world = world


class FakeIntake(Fake):
    name, contract = "intake", "clew.intake.v1.IntakeService"

    async def GetLeadFacts(self, request: intake_pb2.GetLeadFactsRequest) -> intake_pb2.GetLeadFactsResponse:
        lead = self.world.lead(request.lead_id)
        return intake_pb2.GetLeadFactsResponse(
            facts=facts_of(lead),
            version=lead.facts_version,
            taken_version=lead.facts_taken,
            reenquiries=lead.facts_version - 1,
        )

    async def MarkTaken(self, request: intake_pb2.MarkTakenRequest) -> intake_pb2.MarkTakenResponse:
        lead = self.world.lead(request.lead_id)
        lead.facts_taken = max(lead.facts_taken, request.version)
        return intake_pb2.MarkTakenResponse(taken_version=lead.facts_taken)

    async def SetAccess(self, request: intake_pb2.SetAccessRequest) -> intake_pb2.SetAccessResponse:
        lead = self.world.lead(request.lead_id)
        lead.access.append((request.holder_code, request.epoch))
        if request.access_version:
            lead.told.append((self.name, request.hidden))
        return intake_pb2.SetAccessResponse(epoch=request.epoch)

    async def MatchAccount(self, request: intake_pb2.MatchAccountRequest) -> intake_pb2.MatchAccountResponse:
        lead = self.world.lead(request.lead_id)
        return intake_pb2.MatchAccountResponse(person_id=lead.lead_id, facts=facts_of(lead))

    async def RegisterKeys(self, request: intake_pb2.RegisterKeysRequest) -> intake_pb2.RegisterKeysResponse:
        self.world.lead(request.lead_id).keys_registered = True
        version = 0 if self.world.forgets_owners else self._told(request)
        return intake_pb2.RegisterKeysResponse(keys=1, opportunities_version=version)

    async def SetOpportunityOwners(
        self, request: intake_pb2.SetOpportunityOwnersRequest
    ) -> intake_pb2.SetOpportunityOwnersResponse:
        return intake_pb2.SetOpportunityOwnersResponse(opportunities_version=self._told(request))

    def _told(self, request: intake_pb2.RegisterKeysRequest | intake_pb2.SetOpportunityOwnersRequest) -> int:
        told = request.opportunities_version, list(request.opportunity_owners)
        known = self.world.owners_known[request.account_id] = max(self.world.owners_known[request.account_id], told)
        return known[0]


class FakeScoring(Fake):
    name, contract = "scoring", "clew.scoring.v1.ScoringService"

    async def ScoreLead(self, request: scoring_pb2.ScoreLeadRequest) -> scoring_pb2.ScoreLeadResponse:
        lead = self.world.lead(request.facts.lead_id)
        lead.score_version = lead.score_version or 1
        return scoring_pb2.ScoreLeadResponse(score=self._score(lead))

    async def GetScore(self, request: scoring_pb2.GetScoreRequest) -> scoring_pb2.GetScoreResponse:
        lead = self.world.leads.get(request.lead_id)
        if lead is None or not lead.score_version:
            raise NotFound("NOT_FOUND", "never scored", kind="score", id=request.lead_id)
        return scoring_pb2.GetScoreResponse(score=self._score(lead))

    async def MarkTaken(self, request: scoring_pb2.MarkTakenRequest) -> scoring_pb2.MarkTakenResponse:
        lead = self.world.lead(request.lead_id)
        lead.score_taken = max(lead.score_taken, request.version)
        return scoring_pb2.MarkTakenResponse(taken_version=lead.score_taken)

    async def SetAccess(self, request: scoring_pb2.SetAccessRequest) -> scoring_pb2.SetAccessResponse:
        self.world.lead(request.lead_id).told.append((self.name, request.hidden))
        return scoring_pb2.SetAccessResponse()

    def _score(self, lead: FakeLead) -> scoring_pb2.Score:
        return scoring_pb2.Score(
            lead_id=lead.lead_id,
            version=lead.score_version,
            taken_version=lead.score_taken,
            fit_score=42,
            grade="B",
            maturities=lead.maturities,
        )


class FakeLeads(Fake):
    name, contract = "routing", "clew.routing.v1.LeadService"

    async def GetWork(self, request: leads_pb2.GetWorkRequest) -> leads_pb2.GetWorkResponse:
        lead = self.world.leads.get(request.lead_id)
        if lead is None or not lead.state:
            return leads_pb2.GetWorkResponse(task=leads_pb2.LEAD_TASK_HAND_OVER)
        lead.seen = lead.happened
        task, wake_in = self._task(lead)
        work = leads_pb2.GetWorkResponse(
            state=f"LEAD_STATE_{lead.state}",
            task=f"LEAD_TASK_{task}",
            lead_version=lead.version,
            epoch=lead.epoch,
            why=f"{lead.state} for now",
            hidden=lead.hidden,
            access_version=lead.access_version,
        )
        if lead.unknown_task:
            work.task = cast(leads_pb2.LeadTask, lead.unknown_task)  # of a newer service
            return work
        if wake_in is not None:
            work.wake_in.FromTimedelta(wake_in)
            work.wake_at.FromDatetime(self.world.now() + wake_in)
        work.owner_id = lead.converter_id
        if lead.holding is not None:
            work.holding_id, work.conversion_id = lead.holding.holding_id, lead.holding.conversion_id
            work.owner_id, work.owner_code = lead.holding.rep_id, lead.holding.rep_code
            work.due_at.FromDatetime(lead.holding.due_at)
        if task == "SCORE":
            work.facts.CopyFrom(facts_of(lead))
        return work

    def _task(self, lead: FakeLead) -> tuple[str, timedelta | None]:
        now = self.world.now()
        if lead.route_due:
            return "ROUTE", timedelta()
        if lead.state == "QUALIFYING" and lead.opened_at:
            left = lead.opened_at + self.world.budget - now
            return ("ROUTE", min(left, timedelta())) if lead.score_known or left <= timedelta() else ("SCORE", left)
        if lead.holding is None:
            return "NONE", None
        left = lead.holding.wake_at() - now
        if left > timedelta():
            return "WAIT", left
        return ("END_LEASE" if lead.holding.lease_until else "ADVANCE"), left

    async def OpenLead(self, request: leads_pb2.OpenLeadRequest) -> leads_pb2.OpenLeadResponse:
        lead = self.world.lead(request.facts.lead_id)
        if not lead.state:
            lead.state, lead.opened_at, lead.facts_known = "QUALIFYING", self.world.now(), request.facts_version
            lead.changed("opened")
        return leads_pb2.OpenLeadResponse(state=f"LEAD_STATE_{lead.state}")

    async def UpdateFacts(self, request: leads_pb2.UpdateFactsRequest) -> leads_pb2.UpdateFactsResponse:
        lead = self.world.opened(request.facts.lead_id)
        lead.facts_known = max(lead.facts_known, request.facts_version)
        return leads_pb2.UpdateFactsResponse(facts_version=lead.facts_known)

    async def UpdateScore(self, request: leads_pb2.UpdateScoreRequest) -> leads_pb2.UpdateScoreResponse:
        lead = self.world.opened(request.lead_id)
        lead.score_known = max(lead.score_known, request.score_version)
        lead.route_due = lead.route_due or (request.maturities > 0 and lead.state == "POOLED")
        return leads_pb2.UpdateScoreResponse(score_version=lead.score_known)

    async def RouteLead(self, request: leads_pb2.RouteLeadRequest) -> leads_pb2.RouteLeadResponse:
        lead = self.world.opened(request.lead_id)
        lead.route_due, lead.routed_at = False, self.world.now()
        if self.world.route_to:
            self.world.claim(lead, self.world.route_to)
        else:
            lead.state = "POOLED"
            if self.world.routes_out_of_sight:
                self.world.hide(lead, True)
        lead.changed("routed" if lead.score_known else "routed unscored")
        return leads_pb2.RouteLeadResponse(state=f"LEAD_STATE_{lead.state}")


class FakeHoldings(Fake):
    name, contract = "routing", "clew.routing.v1.HoldingService"

    async def AdvanceHolding(self, request: holdings_pb2.AdvanceHoldingRequest) -> holdings_pb2.AdvanceHoldingResponse:
        try:
            lead, held = self.world.held(request.holding_id)
        except Refused:
            return holdings_pb2.AdvanceHoldingResponse(effect=holdings_pb2.ADVANCE_EFFECT_ENDED)
        now = self.world.now() - self.world.advances_late_by
        if now < held.wake_at() or held.lease_until:
            answer = holdings_pb2.AdvanceHoldingResponse(effect=holdings_pb2.ADVANCE_EFFECT_NOT_DUE)
            answer.wake_in.FromTimedelta(max(held.wake_at() - now, timedelta()))
            return answer
        if now >= held.due_at:
            self.world.end_holding(lead, "recalled")
            return holdings_pb2.AdvanceHoldingResponse(effect=holdings_pb2.ADVANCE_EFFECT_RECALLED)
        held.reminders = [at for at in held.reminders if at > now]
        lead.changed("reminded")
        return holdings_pb2.AdvanceHoldingResponse(effect=holdings_pb2.ADVANCE_EFFECT_REMINDED)

    async def LeaseHolding(self, request: holdings_pb2.LeaseHoldingRequest) -> holdings_pb2.LeaseHoldingResponse:
        lead, held = self.world.held(request.holding_id)
        if request.lead_id != lead.lead_id:
            raise NotFound("NOT_FOUND", "of another lead", kind="holding", id=request.holding_id)
        if held.epoch != request.epoch:
            raise Refused("HOLDING_ENDED", "another epoch", holding_id=request.holding_id)
        if held.conversion_id not in ("", request.conversion_id):
            raise Refused("CONVERSION_IN_FLIGHT", "another conversion", conversion_id=held.conversion_id)
        held.conversion_id = request.conversion_id
        held.lease_until = held.lease_until or self.world.now() + request.lease_for.ToTimedelta()
        lead.state = "CONVERTING"
        answer = holdings_pb2.LeaseHoldingResponse(rep_id=held.rep_id)
        answer.lease_until.FromDatetime(held.lease_until)
        return answer

    async def ReleaseLease(self, request: holdings_pb2.ReleaseLeaseRequest) -> holdings_pb2.ReleaseLeaseResponse:
        lead, held = self.world.held(request.holding_id)
        held.conversion_id, held.lease_until, lead.state = "", None, "HELD"
        lead.changed("lease released")
        return holdings_pb2.ReleaseLeaseResponse()

    async def FinishConversion(
        self, request: holdings_pb2.FinishConversionRequest
    ) -> holdings_pb2.FinishConversionResponse:
        for lead in self.world.leads.values():
            if lead.holding is not None and lead.holding.holding_id == request.holding_id:
                lead.converter_id = lead.holding.rep_id
                self.world.end_holding(lead, "converted", "CONVERTED")
        return holdings_pb2.FinishConversionResponse(state=lead_pb2.LEAD_STATE_CONVERTED)


class FakeConversions(Fake):
    name, contract = "conversion", "clew.conversion.v1.ConversionService"

    async def GetWork(self, request: conversion_pb2.GetWorkRequest) -> conversion_pb2.GetWorkResponse:
        made = self.world.conversion(request.conversion_id)
        rests = "TELL" if made.state == "COMPLETED" and made.owners_version > made.owners_told else "NONE"
        task = {"REQUESTED": "COMMIT", "COMMITTED": "FINISH"}.get(made.state, rests)
        return conversion_pb2.GetWorkResponse(
            task=f"CONVERSION_TASK_{task}",
            conversion=self._message(made),
            epoch=made.epoch,
            account_owner_id=made.converter_id,
            opportunity_owners=[made.converter_id] if made.owners_version == 1 else [],
            opportunities_version=made.owners_version,
        )

    async def CommitConversion(
        self, request: conversion_pb2.CommitConversionRequest
    ) -> conversion_pb2.CommitConversionResponse:
        made = self.world.conversion(request.conversion_id)
        if made.state in ("REFUSED", "ABANDONED"):
            raise Refused("CONVERSION_ENDED", "too late", conversion_id=made.conversion_id, state=made.state)
        if made.state == "REQUESTED":
            made.state, made.commits, made.owners_version = "COMMITTED", made.commits + 1, 1
        return conversion_pb2.CommitConversionResponse(conversion=self._message(made))

    async def AbandonConversion(
        self, request: conversion_pb2.AbandonConversionRequest
    ) -> conversion_pb2.AbandonConversionResponse:
        made = self.world.conversion(request.conversion_id)
        if made.state == "REQUESTED":
            refused = request.cause == conversion_pb2.ABANDON_CAUSE_LEASE_REFUSED
            made.state, made.reason = ("REFUSED" if refused else "ABANDONED"), request.reason
        return conversion_pb2.AbandonConversionResponse(conversion=self._message(made))

    async def CompleteConversion(
        self, request: conversion_pb2.CompleteConversionRequest
    ) -> conversion_pb2.CompleteConversionResponse:
        made = self.world.conversion(request.conversion_id)
        made.state, made.owners_told = "COMPLETED", request.told_version
        return conversion_pb2.CompleteConversionResponse(conversion=self._message(made))

    async def SetAccess(self, request: conversion_pb2.SetAccessRequest) -> conversion_pb2.SetAccessResponse:
        self.world.lead(request.lead_id).told.append((self.name, request.hidden))
        return conversion_pb2.SetAccessResponse()

    def _message(self, made: FakeConversion) -> conversion_pb2.Conversion:
        return conversion_pb2.Conversion(
            conversion_id=made.conversion_id,
            lead_id=made.lead_id,
            holding_id=made.holding_id,
            state=f"CONVERSION_STATE_{made.state}",
            account_id=made.account_id,
            contact_id=made.contact_id,
            opportunity_id=made.opportunity_id,
            converter_id=made.converter_id,
            reason=made.reason,
        )


def facts_of(lead: FakeLead) -> lead_pb2.LeadFacts:
    return lead_pb2.LeadFacts(lead_id=lead.lead_id, region="上海", company_size=120, tags=["vip"])


class FakeOpportunities(Fake):
    name, contract = "conversion", "clew.conversion.v1.OpportunityService"

    async def MarkOwnersTold(
        self, request: opportunities_pb2.MarkOwnersToldRequest
    ) -> opportunities_pb2.MarkOwnersToldResponse:
        made = self.world.conversion(request.conversion_id)
        made.owners_told = max(made.owners_told, request.version)
        return opportunities_pb2.MarkOwnersToldResponse(told_version=made.owners_told)


FAKES: tuple[type[Fake], ...] = (FakeIntake, FakeScoring, FakeLeads, FakeHoldings, FakeConversions, FakeOpportunities)


@asynccontextmanager
async def serving(world: World) -> AsyncIterator[str]:
    """The address of a server with all of them, behind the interceptor that the real ones have."""
    pool = descriptor_pool.Default()
    methods = {
        method.name: frozenset({Role.SERVICE})
        for fake in FAKES
        for method in pool.FindServiceByName(fake.contract).methods
    }
    servicers = [(_add(fake.contract), fake(world), fake.contract) for fake in FAKES]
    server, _ = make_server(servicers, methods)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    yield f"127.0.0.1:{port}"
    await server.stop(None)


def _add(contract: str) -> Callable[[Fake, grpc.aio.Server], None]:
    def add(fake: Fake, server: grpc.aio.Server) -> None:
        """Only what the fake has; the rest is unimplemented."""
        described = descriptor_pool.Default().FindServiceByName(contract).methods
        handlers = {one.name: _handler(fake, one) for one in described if hasattr(fake, one.name)}
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(contract, handlers),))

    return add


def _handler(fake: Fake, described: Any) -> "grpc.RpcMethodHandler[Any, Any]":
    behaviour = getattr(fake, described.name)

    async def answer(request: Any, context: Context) -> Any:
        await fake.world.called(fake.name, described.name)
        answered = await behaviour(request)
        await fake.world.answering(fake.name, described.name)
        return answered

    return grpc.unary_unary_rpc_method_handler(
        answer,
        request_deserializer=message_factory.GetMessageClass(described.input_type).FromString,
        response_serializer=message_factory.GetMessageClass(described.output_type).SerializeToString,
    )
