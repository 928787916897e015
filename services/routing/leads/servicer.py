"""LeadService: translates, nothing else."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from clew.routing.v1 import leads_pb2 as pb
from clew.routing.v1.leads_pb2_grpc import LeadServiceServicer
from services.routing import tables
from services.routing.holdings import store as holdings
from services.routing.holdings.servicer_messages import holding_message
from services.routing.leads.servicer_messages import decision_message, state_value
from services.routing.leads.store import NewFacts, NewScore, find_lead, in_one_snapshot
from services.routing.leads.store_disqualifying import disqualify_lead
from services.routing.leads.store_routing import route_lead
from services.routing.leads.store_taking import open_lead, take_facts, take_score
from services.routing.leads.store_work import read_work
from services.routing.ledger import RecordedDecision
from services.routing.pools.claiming import yet_to_come
from services.routing.pools.store_seeing import is_hidden
from services.routing.queue.store import find_standing
from services.routing.roster.store import pool_code
from services.routing.servicer_facts import conditions_of, facts_message, lead_facts, stored_facts
from services.routing.store_ledger import list_decisions
from services.routing.transitions import allowed_verbs
from services.shared import database
from services.shared.callers import Role, current_caller
from services.shared.ids import read_id
from services.shared.pages import next_page_token, page_size, read_position
from services.shared.refusals import InvalidInput
from services.shared.requests import command, query
from services.shared.servicer_events import events_page


class LeadServicer(LeadServiceServicer):
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine, self._requests = engine, tables.request

    @command(pb.OpenLeadResponse)
    async def OpenLead(self, request: pb.OpenLeadRequest, db: AsyncConnection) -> pb.OpenLeadResponse:
        if not request.facts.HasField("created_at"):
            raise InvalidInput(
                "facts.created_at", "Say when intake created the lead: its time to qualify runs from then."
            )
        created_at = request.facts.created_at.ToDatetime(UTC)
        lead = await open_lead(db, _new_facts(request), created_at=created_at)
        return pb.OpenLeadResponse(state=state_value(lead.state))

    @command(pb.UpdateFactsResponse)
    async def UpdateFacts(self, request: pb.UpdateFactsRequest, db: AsyncConnection) -> pb.UpdateFactsResponse:
        lead = await take_facts(db, _new_facts(request))
        return pb.UpdateFactsResponse(facts_version=lead.facts_version, state=state_value(lead.state))

    @command(pb.UpdateScoreResponse)
    async def UpdateScore(self, request: pb.UpdateScoreRequest, db: AsyncConnection) -> pb.UpdateScoreResponse:
        score = NewScore(
            lead_id=read_id(request.lead_id, "lead_id"),
            score_version=request.score_version,
            fit_score=request.fit_score,
            behavior_score=request.behavior_score,
            grade=request.grade,
            maturities=request.maturities,
            rule_version=f"scoring@{request.rules_version}",
        )
        lead = await take_score(db, score, conditions_of)
        return pb.UpdateScoreResponse(score_version=lead.score_version, state=state_value(lead.state))

    @command(pb.RouteLeadResponse)
    async def RouteLead(self, request: pb.RouteLeadRequest, db: AsyncConnection) -> pb.RouteLeadResponse:
        state, decision = await route_lead(db, read_id(request.lead_id, "lead_id"), conditions_of)
        return pb.RouteLeadResponse(state=state_value(state), decision=decision_message(decision))

    @query
    async def GetWork(self, request: pb.GetWorkRequest, db: AsyncConnection) -> pb.GetWorkResponse:
        lead = await read_work(db, read_id(request.lead_id, "lead_id"))
        if lead is None:
            return pb.GetWorkResponse(task=pb.LEAD_TASK_HAND_OVER, why="routing does not know the lead yet")
        return pb.GetWorkResponse(
            state=state_value(lead.state),
            lead_version=lead.version,
            task=f"LEAD_TASK_{lead.work.task}",
            holding_id=str(lead.holding_id or ""),
            epoch=lead.epoch,
            conversion_id=str(lead.conversion_id or ""),
            wake_at=lead.work.wake_at,
            wake_in=lead.wake_in,
            owner_id=str(lead.owner_id or ""),
            owner_code=lead.owner_code,
            due_at=lead.due_at,
            why=lead.work.why,
            facts=facts_message(lead.facts),
            hidden=lead.hidden,
            access_version=lead.access_version,
            collaborator_ids=map(str, lead.collaborator_ids),
        )

    @query
    async def GetLeadState(self, request: pb.GetLeadStateRequest, db: AsyncConnection) -> pb.GetLeadStateResponse:
        await in_one_snapshot(db)
        lead = await find_lead(db, read_id(request.lead_id, "lead_id"))
        holding = await holdings.find_open_holding(db, lead.lead_id)
        in_queue = await find_standing(db, lead)
        now = await database.now(db)
        return pb.GetLeadStateResponse(
            lead_id=str(lead.lead_id),
            state=state_value(lead.state),
            facts=lead_facts(lead),
            home_pool_code=await pool_code(db, lead.home_pool_id) if lead.home_pool_id else "",
            holding=holding_message(holding) if holding else None,
            allowed_verbs=allowed_verbs(lead.state),
            invalid_reason=lead.invalid_reason or "",
            facts_version=lead.facts_version,
            score_version=lead.score_version,
            resting_until=yet_to_come(lead.resting_until, now),
            frozen_until=yet_to_come(lead.frozen_until, now),
            release_at=yet_to_come(lead.release_at, now),
            unassigned_reason=in_queue.reason if in_queue else "",
        )

    @query
    async def ListDecisions(self, request: pb.ListDecisionsRequest, db: AsyncConnection) -> pb.ListDecisionsResponse:
        lead = await find_lead(db, read_id(request.lead_id, "lead_id"))
        size = page_size(request.page_size)
        filters = [request.lead_id]
        after = read_position(request.page_token, "ListDecisions", filters, datetime.fromisoformat, UUID)
        found = await list_decisions(db, lead.lead_id, after, size + 1)
        return pb.ListDecisionsResponse(
            decisions=[decision_message(one) for one in found[:size]],
            next_page_token=next_page_token("ListDecisions", filters, found, size, _place),
        )

    @command(pb.DisqualifyLeadResponse)
    async def DisqualifyLead(self, request: pb.DisqualifyLeadRequest, db: AsyncConnection) -> pb.DisqualifyLeadResponse:
        caller = current_caller()
        rep_id = read_id(caller.id, "clew-caller-id") if caller.role is Role.REP else None
        lead_id = read_id(request.lead_id, "lead_id")
        state = await disqualify_lead(db, lead_id, request.reason, only_of=rep_id)
        return pb.DisqualifyLeadResponse(state=state_value(state))

    @query
    async def ListLeadEvents(self, request: pb.ListLeadEventsRequest, db: AsyncConnection) -> pb.ListLeadEventsResponse:
        events, token = await events_page(db, tables.event, request)
        if await is_hidden(db, read_id(request.lead_id, "lead_id")):
            # As of a lead that nobody knows.
            return pb.ListLeadEventsResponse()
        return pb.ListLeadEventsResponse(events=events, next_page_token=token)


def _new_facts(request: pb.OpenLeadRequest | pb.UpdateFactsRequest) -> NewFacts:
    return NewFacts(
        lead_id=read_id(request.facts.lead_id, "facts.lead_id"),
        facts=stored_facts(request.facts),
        facts_version=request.facts_version,
        captured_by=UUID(request.captured_by) if request.captured_by else None,
        account_owner=UUID(request.account_owner) if request.account_owner else None,
        opportunity_owners={UUID(owner) for owner in request.opportunity_owners},
        reenquiries=request.reenquiries,
    )


def _place(recorded: RecordedDecision) -> list[str]:
    """Where it stands in the ledger of its lead."""
    return [recorded.decision.decided_at.isoformat(), str(recorded.decision_id)]
