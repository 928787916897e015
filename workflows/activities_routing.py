"""What workflows ask of routing: what is to be done for a lead, and the steps themselves."""

from datetime import UTC, timedelta

import grpc.aio
from temporalio import activity

from clew.lead.v1.lead_pb2 import LeadState
from clew.routing.v1 import holdings_pb2, leads_pb2
from clew.routing.v1.holdings_pb2_grpc import HoldingServiceStub
from clew.routing.v1.leads_pb2_grpc import LeadServiceStub
from services.shared.runs import LeadRun
from workflows.calling import ask
from workflows.messages import as_facts, carried, instant, name_of, seconds
from workflows.work import (
    Advanced,
    LeadTask,
    LeadWork,
    Lease,
    OfConversion,
    TakeFacts,
    TakeScore,
    ToAdvance,
    ToLease,
    ToRoute,
)


class RoutingActivities:
    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._leads = LeadServiceStub(channel)
        self._holdings = HoldingServiceStub(channel)

    @activity.defn(name="routing.GetWork")
    async def get_work(self, lead: LeadRun) -> LeadWork:
        """What is to be done for this lead now, and until when there is nothing."""
        work = await ask(self._leads.GetWork, leads_pb2.GetWorkRequest(lead_id=lead.lead_id))
        task = name_of(leads_pb2.LeadTask, "LEAD_TASK_", work.task)
        return LeadWork(
            task=task,
            state=name_of(LeadState, "LEAD_STATE_", work.state),
            lead_version=work.lead_version,
            holding_id=work.holding_id,
            epoch=work.epoch,
            conversion_id=work.conversion_id,
            wake_at=instant(work, "wake_at"),
            wake_in=seconds(work, "wake_in"),
            owner_id=work.owner_id,
            owner_code=work.owner_code,
            due_at=instant(work, "due_at"),
            why=work.why,
            # Facts are long, and this call is what every run makes most.
            facts=carried(work.facts) if task == LeadTask.SCORE else None,
            hidden=work.hidden,
            access_version=work.access_version,
            collaborator_ids=list(work.collaborator_ids),
        )

    @activity.defn(name="routing.OpenLead")
    async def open_lead(self, take: TakeFacts) -> None:
        """Make a lead known that intake created."""
        await ask(
            self._leads.OpenLead,
            leads_pb2.OpenLeadRequest(
                request_id=take.request_id,
                facts=as_facts(take.facts.facts),
                facts_version=take.facts.version,
                captured_by=take.facts.captured_by,
                account_owner=take.facts.account_owner,
                opportunity_owners=take.facts.opportunity_owners,
                reenquiries=take.facts.reenquiries,
            ),
        )

    @activity.defn(name="routing.UpdateFacts")
    async def update_facts(self, take: TakeFacts) -> None:
        """Tell what intake knows anew; routing decides what a re-enquiry means in the lead's state."""
        await ask(
            self._leads.UpdateFacts,
            leads_pb2.UpdateFactsRequest(
                request_id=take.request_id,
                facts=as_facts(take.facts.facts),
                facts_version=take.facts.version,
                captured_by=take.facts.captured_by,
                account_owner=take.facts.account_owner,
                opportunity_owners=take.facts.opportunity_owners,
                reenquiries=take.facts.reenquiries,
            ),
        )

    @activity.defn(name="routing.UpdateScore")
    async def update_score(self, take: TakeScore) -> None:
        """Tell what scoring knows anew; routing acts on a maturity once."""
        score = take.score
        await ask(
            self._leads.UpdateScore,
            leads_pb2.UpdateScoreRequest(
                request_id=take.request_id,
                lead_id=score.lead_id,
                score_version=score.version,
                fit_score=score.fit_score,
                behavior_score=score.behavior_score,
                grade=score.grade,
                maturities=score.maturities,
                rules_version=score.rules_version,
            ),
        )

    @activity.defn(name="routing.RouteLead")
    async def route_lead(self, to_route: ToRoute) -> str:
        """Route a lead that is due for it. Returns its new state."""
        answer = await ask(
            self._leads.RouteLead,
            leads_pb2.RouteLeadRequest(request_id=to_route.request_id, lead_id=to_route.lead_id),
        )
        return name_of(LeadState, "LEAD_STATE_", answer.state)

    @activity.defn(name="routing.AdvanceHolding")
    async def advance_holding(self, to_advance: ToAdvance) -> Advanced:
        """Do the step that is due by the database's clock: a reminder or the recall."""
        answer = await ask(
            self._holdings.AdvanceHolding,
            holdings_pb2.AdvanceHoldingRequest(request_id=to_advance.request_id, holding_id=to_advance.holding_id),
        )
        effect = name_of(holdings_pb2.AdvanceEffect, "ADVANCE_EFFECT_", answer.effect)
        return Advanced(effect=effect, wake_in=seconds(answer, "wake_in"))

    @activity.defn(name="routing.LeaseHolding")
    async def lease_holding(self, to_lease: ToLease) -> Lease:
        """Begin the conversion of a held lead: until the lease ends, its recall waits."""
        request = holdings_pb2.LeaseHoldingRequest(
            request_id=to_lease.request_id,
            holding_id=to_lease.holding_id,
            epoch=to_lease.epoch,
            conversion_id=to_lease.conversion_id,
            converter_id=to_lease.converter_id,
            by_manager=to_lease.by_manager,
            lead_id=to_lease.lead_id,
        )
        request.lease_for.FromTimedelta(timedelta(seconds=to_lease.lease_for))
        answer = await ask(self._holdings.LeaseHolding, request)
        return Lease(rep_id=answer.rep_id, until=answer.lease_until.ToDatetime(UTC))

    @activity.defn(name="routing.ReleaseLease")
    async def release_lease(self, of: OfConversion) -> None:
        """The conversion ended without effect: the lead is held again."""
        await ask(
            self._holdings.ReleaseLease,
            holdings_pb2.ReleaseLeaseRequest(
                request_id=of.request_id, holding_id=of.holding_id, conversion_id=of.conversion_id
            ),
        )

    @activity.defn(name="routing.FinishConversion")
    async def finish_conversion(self, of: OfConversion) -> None:
        """The conversion was committed: the holding ends and the lead is converted."""
        await ask(
            self._holdings.FinishConversion,
            holdings_pb2.FinishConversionRequest(
                request_id=of.request_id, holding_id=of.holding_id, conversion_id=of.conversion_id
            ),
        )
