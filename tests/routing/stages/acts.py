"""The verbs of StageService as people call them: by a rep, else by a manager."""

from datetime import timedelta
from typing import Any

from clew.routing.v1 import holdings_pb2
from clew.routing.v1 import stages_pb2 as pb
from tests.examples import as_administrator, as_manager, as_rep, as_service
from tests.routing.office import Office, Rep, fresh, state_name

A_LITTLE = timedelta(milliseconds=1)


def caller(by: Rep | None) -> tuple[tuple[str, str], ...]:
    return as_rep(by.rep_id) if by else as_manager()


def stage_name(value: pb.LeadStage) -> str:
    return pb.LeadStage.Name(value).removeprefix("LEAD_STAGE_")


async def accept(office: Office, rep: Rep, holding: holdings_pb2.Holding) -> pb.AcceptLeadResponse:
    request = pb.AcceptLeadRequest(request_id=fresh(), holding_id=holding.holding_id)
    return await office.stages.AcceptLead(request, metadata=as_rep(rep.rep_id))


async def reject(office: Office, rep: Rep, holding: holdings_pb2.Holding, reason: str = "NO_NEED") -> str:
    request = pb.RejectLeadRequest(request_id=fresh(), holding_id=holding.holding_id, reason=reason)
    return state_name((await office.stages.RejectLead(request, metadata=as_rep(rep.rep_id))).state)


async def hand_off(office: Office, rep: Rep, holding: holdings_pb2.Holding, to: Rep) -> pb.HandOffResponse:
    request = pb.HandOffRequest(request_id=fresh(), holding_id=holding.holding_id, rep_code=to.code)
    return await office.stages.HandOff(request, metadata=as_rep(rep.rep_id))


async def a_verifier(office: Office, **fields: Any) -> Rep:
    rep = await office.a_rep(**fields)
    request = pb.SetVerificationTeamRequest(request_id=fresh(), team_code=rep.team_code, verifies=True)
    await office.stages.SetVerificationTeam(request, metadata=as_manager())
    return rep


async def add(
    office: Office, holding: holdings_pb2.Holding, rep: Rep, *, by: Rep | None = None
) -> pb.AddCollaboratorResponse:
    request = pb.AddCollaboratorRequest(request_id=fresh(), holding_id=holding.holding_id, rep_code=rep.code)
    return await office.stages.AddCollaborator(request, metadata=caller(by))


async def remove(
    office: Office, holding: holdings_pb2.Holding, rep: Rep, *, by: Rep | None = None
) -> pb.RemoveCollaboratorResponse:
    request = pb.RemoveCollaboratorRequest(request_id=fresh(), holding_id=holding.holding_id, rep_code=rep.code)
    return await office.stages.RemoveCollaborator(request, metadata=caller(by))


async def collaborators(
    office: Office, holding: holdings_pb2.Holding, *, by: Rep | None = None, **fields: Any
) -> pb.ListCollaboratorsResponse:
    request = pb.ListCollaboratorsRequest(holding_id=holding.holding_id, **fields)
    return await office.stages.ListCollaborators(request, metadata=caller(by))


async def advance(
    office: Office, holding: holdings_pb2.Holding, stage: str = "SQL", *, by: Rep | None = None
) -> pb.AdvanceStageResponse:
    request = pb.AdvanceStageRequest(request_id=fresh(), holding_id=holding.holding_id, stage=f"LEAD_STAGE_{stage}")
    return await office.stages.AdvanceStage(request, metadata=caller(by))


async def stages(office: Office, lead_id: str, **fields: Any) -> pb.ListStagesResponse:
    return await office.stages.ListStages(pb.ListStagesRequest(lead_id=lead_id, **fields), metadata=as_manager())


async def trail(office: Office, lead_id: str) -> list[tuple[str, str]]:
    """Each stage that the lead entered, and by what."""
    return [(stage_name(change.to_stage), change.cause) for change in (await stages(office, lead_id)).changes]


async def publish(office: Office, *criteria: pb.StageCriteria) -> str:
    request = pb.PublishStageCriteriaRequest(request_id=fresh(), criteria=criteria)
    return (await office.stages.PublishStageCriteria(request, metadata=as_manager())).criteria_version


def criteria(stage: str, expression: str = "", *facts: str) -> pb.StageCriteria:
    return pb.StageCriteria(
        stage=f"LEAD_STAGE_{stage}",
        expression=expression,
        facts=[f"STAGE_FACT_{fact}" for fact in facts],
    )


async def reopen(office: Office, lead_id: str) -> str:
    request = pb.ReopenLeadRequest(request_id=fresh(), lead_id=lead_id)
    return state_name((await office.stages.ReopenLead(request, metadata=as_manager())).state)


async def void(office: Office, lead_id: str, reason: str = "TEST_DATA") -> str:
    request = pb.VoidLeadRequest(request_id=fresh(), lead_id=lead_id, reason=reason)
    return state_name((await office.stages.VoidLead(request, metadata=as_administrator())).state)


async def follow_up(
    office: Office, rep: Rep, holding: holdings_pb2.Holding, outcome: str = "CONNECTED"
) -> holdings_pb2.LogFollowUpResponse:
    request = holdings_pb2.LogFollowUpRequest(
        request_id=fresh(),
        holding_id=holding.holding_id,
        kind=holdings_pb2.FOLLOW_UP_KIND_CALL,
        direction=holdings_pb2.FOLLOW_UP_DIRECTION_OUTBOUND,
        outcome=f"FOLLOW_UP_OUTCOME_{outcome}",
    )
    return await office.holdings.LogFollowUp(request, metadata=as_rep(rep.rep_id))


async def advance_holding(office: Office, holding: holdings_pb2.Holding) -> holdings_pb2.AdvanceHoldingResponse:
    request = holdings_pb2.AdvanceHoldingRequest(request_id=fresh(), holding_id=holding.holding_id)
    return await office.holdings.AdvanceHolding(request, metadata=as_service())


async def reminded_of_all(office: Office, holding: holdings_pb2.Holding) -> timedelta:
    """Time passes until nothing but the deadline is left. Returns how far away that is."""
    while True:
        advanced = await advance_holding(office, holding)
        deadline = (await office.lead(holding.lead_id)).holding.due_at
        if advanced.wake_at == deadline:
            return advanced.wake_in.ToTimedelta()
        await office.pass_time(advanced.wake_in.ToTimedelta() + A_LITTLE)


async def until_taken_back(office: Office, holding: holdings_pb2.Holding) -> None:
    """Nobody follows up: the reminders come, then the recall."""
    await office.pass_time(await reminded_of_all(office, holding) + A_LITTLE)
    assert (await advance_holding(office, holding)).effect == holdings_pb2.ADVANCE_EFFECT_RECALLED
