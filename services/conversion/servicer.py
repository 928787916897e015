"""ConversionService: translates, nothing else."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from clew.conversion.v1 import conversion_pb2 as pb
from clew.conversion.v1.conversion_pb2_grpc import ConversionServiceServicer
from services.conversion import store, tables
from services.conversion.stages import MADE, AccountChoice, Conversion
from services.conversion.store import Wanted
from services.conversion.store_converting import (
    abandon_conversion,
    commit_conversion,
    complete_conversion,
    convert_lead,
)
from services.conversion.store_opportunities import open_opportunities
from services.conversion.store_trio import CompanyFacts, Known
from services.shared.callers import Role, current_caller
from services.shared.hidden_leads import read_access, set_access
from services.shared.ids import read_id
from services.shared.requests import command, query
from services.shared.servicer_events import events_page


class ConversionServicer(ConversionServiceServicer):
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine, self._requests = engine, tables.request

    @command(pb.ConvertLeadResponse)
    async def ConvertLead(self, request: pb.ConvertLeadRequest, db: AsyncConnection) -> pb.ConvertLeadResponse:
        conversion = await convert_lead(db, _wanted(request))
        return pb.ConvertLeadResponse(conversion=_message(conversion))

    @query
    async def GetConversion(self, request: pb.GetConversionRequest, db: AsyncConnection) -> pb.GetConversionResponse:
        if request.WhichOneof("by") == "lead_id":
            found = await store.newest_of_lead(db, read_id(request.lead_id, "lead_id"))
        else:
            found = await store.find_conversion(db, read_id(request.conversion_id, "conversion_id"))
        return pb.GetConversionResponse(conversion=_message(found))

    @query
    async def GetWork(self, request: pb.GetWorkRequest, db: AsyncConnection) -> pb.GetWorkResponse:
        found = await store.find_conversion(db, read_id(request.conversion_id, "conversion_id"))
        owner = await store.account_owner(db, found.account_id) if found.state in MADE else None
        # In one statement of their own: who they are, and as of which version.
        opportunities = await open_opportunities(db, found.account_id)
        return pb.GetWorkResponse(
            task=f"CONVERSION_TASK_{found.task(owners_owed=opportunities.version > opportunities.told)}",
            conversion=_message(found),
            epoch=found.epoch,
            by_manager=found.by_manager,
            account_owner_id=str(owner or ""),
            opportunity_owners=map(str, opportunities.owners),
            opportunities_version=opportunities.version,
        )

    @command(pb.CommitConversionResponse)
    async def CommitConversion(
        self, request: pb.CommitConversionRequest, db: AsyncConnection
    ) -> pb.CommitConversionResponse:
        known = Known(
            rep_id=read_id(request.rep_id, "rep_id"),
            person_id=read_id(request.person_id, "person_id"),
            matched_account_id=_optional(request.matched_account_id),
            matched_contact_id=_optional(request.matched_contact_id),
            organisation_id=_optional(request.organisation_id),
            facts=CompanyFacts(
                industry=request.facts.industry,
                company_size=request.facts.company_size,
                region=request.facts.region,
                city=request.facts.city,
                country=request.facts.country,
            ),
        )
        conversion = await commit_conversion(db, read_id(request.conversion_id, "conversion_id"), known)
        return pb.CommitConversionResponse(conversion=_message(conversion))

    @command(pb.AbandonConversionResponse)
    async def AbandonConversion(
        self, request: pb.AbandonConversionRequest, db: AsyncConnection
    ) -> pb.AbandonConversionResponse:
        conversion = await abandon_conversion(
            db,
            read_id(request.conversion_id, "conversion_id"),
            refused=request.cause == pb.ABANDON_CAUSE_LEASE_REFUSED,
            reason=request.reason,
        )
        return pb.AbandonConversionResponse(conversion=_message(conversion))

    @command(pb.CompleteConversionResponse)
    async def CompleteConversion(
        self, request: pb.CompleteConversionRequest, db: AsyncConnection
    ) -> pb.CompleteConversionResponse:
        conversion = await complete_conversion(
            db, read_id(request.conversion_id, "conversion_id"), told_version=request.told_version
        )
        return pb.CompleteConversionResponse(conversion=_message(conversion))

    @command(pb.SetAccessResponse)
    async def SetAccess(self, request: pb.SetAccessRequest, db: AsyncConnection) -> pb.SetAccessResponse:
        await set_access(db, "conversion", read_access(request))
        return pb.SetAccessResponse()

    @query
    async def ListLeadEvents(self, request: pb.ListLeadEventsRequest, db: AsyncConnection) -> pb.ListLeadEventsResponse:
        events, next_page_token = await events_page(db, tables.event, request, only=store.events_seen())
        return pb.ListLeadEventsResponse(events=events, next_page_token=next_page_token)


def _wanted(request: pb.ConvertLeadRequest) -> Wanted:
    caller = current_caller()
    choices = {"existing_account_id": AccountChoice.EXISTING, "new_account": AccountChoice.NEW}
    new = request.new_opportunity
    return Wanted(
        lead_id=read_id(request.lead_id, "lead_id"),
        holding_id=read_id(request.holding_id, "holding_id"),
        epoch=request.epoch,
        converter_id=caller.id,
        by_manager=caller.role is not Role.REP,
        account_choice=choices.get(request.WhichOneof("account") or "", AccountChoice.MATCHED),
        existing_account_id=_optional(request.existing_account_id),
        existing_opportunity_id=_optional(request.existing_opportunity_id),
        amount_minor=new.amount_minor,
        currency=new.currency or "CNY",
        product=new.product,
    )


def _optional(text: str) -> UUID | None:
    return UUID(text) if text else None


def _message(conversion: Conversion) -> pb.Conversion:
    return pb.Conversion(
        conversion_id=str(conversion.conversion_id),
        lead_id=str(conversion.lead_id),
        holding_id=str(conversion.holding_id),
        state=f"CONVERSION_STATE_{conversion.state}",
        account_id=str(conversion.account_id),
        contact_id=str(conversion.contact_id),
        opportunity_id=str(conversion.opportunity_id),
        account_created=bool(conversion.account_created),
        converter_id=conversion.converter_id,
        reason=conversion.reason or "",
        requested_at=conversion.requested_at,
        committed_at=conversion.committed_at,
        completed_at=conversion.completed_at,
    )
