"""OpportunityService: translates, nothing else."""

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from clew.conversion.v1 import opportunities_pb2 as pb
from clew.conversion.v1.opportunities_pb2_grpc import OpportunityServiceServicer
from services.conversion import store, tables
from services.conversion import store_opportunities as opportunities
from services.conversion.opportunity import Opportunity, OpportunityState
from services.shared.callers import Role, current_caller
from services.shared.ids import read_id
from services.shared.requests import command, query


class OpportunityServicer(OpportunityServiceServicer):
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine, self._requests = engine, tables.request

    @command(pb.CloseOpportunityResponse)
    async def CloseOpportunity(
        self, request: pb.CloseOpportunityRequest, db: AsyncConnection
    ) -> pb.CloseOpportunityResponse:
        caller = current_caller()
        closed = await opportunities.close_opportunity(
            db,
            read_id(request.opportunity_id, "opportunity_id"),
            OpportunityState(pb.OpportunityState.Name(request.outcome).removeprefix("OPPORTUNITY_STATE_")),
            request.reason,
            only_of=read_id(caller.id, "clew-caller-id") if caller.role is Role.REP else None,
        )
        return pb.CloseOpportunityResponse(opportunity=_message(closed))

    @query
    async def GetOpportunity(self, request: pb.GetOpportunityRequest, db: AsyncConnection) -> pb.GetOpportunityResponse:
        found = await opportunities.find_opportunity(db, read_id(request.opportunity_id, "opportunity_id"))
        return pb.GetOpportunityResponse(opportunity=_message(found))

    @command(pb.MarkOwnersToldResponse)
    async def MarkOwnersTold(self, request: pb.MarkOwnersToldRequest, db: AsyncConnection) -> pb.MarkOwnersToldResponse:
        conversion = await store.find_conversion(db, read_id(request.conversion_id, "conversion_id"))
        told = await opportunities.mark_told(db, conversion.account_id, request.version)
        return pb.MarkOwnersToldResponse(told_version=told)


def _message(opportunity: Opportunity) -> pb.Opportunity:
    return pb.Opportunity(
        opportunity_id=str(opportunity.opportunity_id),
        account_id=str(opportunity.account_id),
        owner_id=str(opportunity.owner_id),
        amount_minor=opportunity.amount_minor,
        currency=opportunity.currency,
        product=opportunity.product,
        state=f"OPPORTUNITY_STATE_{opportunity.state}",
        reason=opportunity.reason,
        created_at=opportunity.created_at,
        closed_at=opportunity.closed_at,
        closed_by=opportunity.closed_by or "",
    )
