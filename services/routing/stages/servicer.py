"""StageService: translates, nothing else."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from clew.routing.v1 import stages_pb2 as pb
from clew.routing.v1.stages_pb2_grpc import StageServiceServicer
from services.routing import tables
from services.routing.holdings.servicer_messages import holding_message
from services.routing.holdings.store import find_holding
from services.routing.holdings.store_accepting import accept_lead
from services.routing.holdings.store_collaborating import (
    Collaborator,
    add_collaborator,
    check_takes_part,
    list_collaborators,
    remove_collaborator,
)
from services.routing.holdings.store_found import check_seen
from services.routing.holdings.store_handing import hand_off, reject_lead
from services.routing.lead import Stage
from services.routing.leads.servicer_messages import state_value
from services.routing.leads.store import find_lead, in_one_snapshot
from services.routing.leads.store_disqualifying import void_lead
from services.routing.leads.store_reopening import reopen_lead
from services.routing.roster.store_verifying import set_verification_team
from services.routing.servicer_facts import conditions_of
from services.routing.stages.criteria import Criteria, Fact, check_criteria
from services.routing.stages.store import StageChange, credited_rep, list_changes, publish_criteria
from services.routing.stages.store_advancing import advance_stage
from services.shared import expressions
from services.shared.ids import read_id
from services.shared.pages import next_page_token, page_size, read_position
from services.shared.requests import command, query


class StageServicer(StageServiceServicer):
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine, self._requests = engine, tables.request

    @command(pb.AcceptLeadResponse)
    async def AcceptLead(self, request: pb.AcceptLeadRequest, db: AsyncConnection) -> pb.AcceptLeadResponse:
        holding, stage = await accept_lead(db, read_id(request.holding_id, "holding_id"), conditions_of)
        return pb.AcceptLeadResponse(holding=holding_message(holding), stage=_stage_value(stage))

    @command(pb.RejectLeadResponse)
    async def RejectLead(self, request: pb.RejectLeadRequest, db: AsyncConnection) -> pb.RejectLeadResponse:
        state = await reject_lead(db, read_id(request.holding_id, "holding_id"), request.reason)
        return pb.RejectLeadResponse(state=state_value(state))

    @command(pb.HandOffResponse)
    async def HandOff(self, request: pb.HandOffRequest, db: AsyncConnection) -> pb.HandOffResponse:
        holding, credited = await hand_off(db, read_id(request.holding_id, "holding_id"), request.rep_code)
        return pb.HandOffResponse(holding=holding_message(holding), credited_rep_code=credited)

    @command(pb.SetVerificationTeamResponse)
    async def SetVerificationTeam(
        self, request: pb.SetVerificationTeamRequest, db: AsyncConnection
    ) -> pb.SetVerificationTeamResponse:
        await set_verification_team(db, request.team_code, verifies=request.verifies)
        return pb.SetVerificationTeamResponse()

    @command(pb.AddCollaboratorResponse)
    async def AddCollaborator(
        self, request: pb.AddCollaboratorRequest, db: AsyncConnection
    ) -> pb.AddCollaboratorResponse:
        added = await add_collaborator(db, read_id(request.holding_id, "holding_id"), request.rep_code)
        return pb.AddCollaboratorResponse(collaborator=_collaborator_message(added))

    @command(pb.RemoveCollaboratorResponse)
    async def RemoveCollaborator(
        self, request: pb.RemoveCollaboratorRequest, db: AsyncConnection
    ) -> pb.RemoveCollaboratorResponse:
        removed = await remove_collaborator(db, read_id(request.holding_id, "holding_id"), request.rep_code)
        return pb.RemoveCollaboratorResponse(collaborator=_collaborator_message(removed))

    @query
    async def ListCollaborators(
        self, request: pb.ListCollaboratorsRequest, db: AsyncConnection
    ) -> pb.ListCollaboratorsResponse:
        holding = await find_holding(db, read_id(request.holding_id, "holding_id"))
        await check_seen(db, holding)
        await check_takes_part(db, holding)
        size, filters = page_size(request.page_size), [request.holding_id]
        after = read_position(request.page_token, "ListCollaborators", filters, datetime.fromisoformat, str)
        found = await list_collaborators(db, holding.holding_id, after, size + 1)
        return pb.ListCollaboratorsResponse(
            collaborators=[_collaborator_message(one) for one in found[:size]],
            next_page_token=next_page_token(
                "ListCollaborators", filters, found, size, lambda one: [one.since.isoformat(), one.rep_code]
            ),
        )

    @command(pb.AdvanceStageResponse)
    async def AdvanceStage(self, request: pb.AdvanceStageRequest, db: AsyncConnection) -> pb.AdvanceStageResponse:
        change = await advance_stage(
            db, read_id(request.holding_id, "holding_id"), _stage(request.stage), conditions_of
        )
        return pb.AdvanceStageResponse(change=_change_message(change))

    @query
    async def ListStages(self, request: pb.ListStagesRequest, db: AsyncConnection) -> pb.ListStagesResponse:
        await in_one_snapshot(db)
        lead = await find_lead(db, read_id(request.lead_id, "lead_id"))
        size, filters = page_size(request.page_size), [request.lead_id]
        after = read_position(request.page_token, "ListStages", filters, datetime.fromisoformat, UUID)
        found = await list_changes(db, lead.lead_id, after, size + 1)
        return pb.ListStagesResponse(
            stage=_stage_value(lead.stage),
            changes=[_change_message(change) for change in found[:size]],
            next_page_token=next_page_token(
                "ListStages", filters, found, size, lambda one: [one.changed_at.isoformat(), str(one.change_id)]
            ),
            credited_rep_code=await credited_rep(db, lead.lead_id),
        )

    @command(pb.PublishStageCriteriaResponse)
    async def PublishStageCriteria(
        self, request: pb.PublishStageCriteriaRequest, db: AsyncConnection
    ) -> pb.PublishStageCriteriaResponse:
        criteria = [_criteria(one) for one in request.criteria]
        check_criteria(criteria)
        for one in criteria:
            if one.expression:
                expressions.check_expression(one.stage, one.expression)
        return pb.PublishStageCriteriaResponse(criteria_version=await publish_criteria(db, criteria))

    @command(pb.ReopenLeadResponse)
    async def ReopenLead(self, request: pb.ReopenLeadRequest, db: AsyncConnection) -> pb.ReopenLeadResponse:
        state = await reopen_lead(db, read_id(request.lead_id, "lead_id"))
        return pb.ReopenLeadResponse(state=state_value(state))

    @command(pb.VoidLeadResponse)
    async def VoidLead(self, request: pb.VoidLeadRequest, db: AsyncConnection) -> pb.VoidLeadResponse:
        state = await void_lead(db, read_id(request.lead_id, "lead_id"), request.reason)
        return pb.VoidLeadResponse(state=state_value(state))


def _stage(value: pb.LeadStage) -> Stage:
    return Stage(pb.LeadStage.Name(value).removeprefix("LEAD_STAGE_"))


def _stage_value(stage: Stage) -> pb.LeadStage:
    value: pb.LeadStage = getattr(pb, f"LEAD_STAGE_{stage}")
    return value


def _criteria(message: pb.StageCriteria) -> Criteria:
    facts = tuple(Fact(pb.StageFact.Name(fact).removeprefix("STAGE_FACT_")) for fact in message.facts)
    return Criteria(_stage(message.stage), message.expression, facts)


def _change_message(change: StageChange) -> pb.StageChange:
    return pb.StageChange(
        from_stage=_stage_value(change.from_stage),
        to_stage=_stage_value(change.to_stage),
        changed_at=change.changed_at,
        actor_id=change.actor_id,
        actor_role=change.actor_role,
        cause=change.cause,
        criteria_version=change.criteria_version or "",
        holding_id=str(change.holding_id or ""),
    )


def _collaborator_message(collaborator: Collaborator) -> pb.Collaborator:
    return pb.Collaborator(
        rep_code=collaborator.rep_code,
        since=collaborator.since,
        until=collaborator.until,
        added_by=collaborator.added_by,
    )
