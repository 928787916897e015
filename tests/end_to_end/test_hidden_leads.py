"""A lead in a hidden pool, through every process: who may not know of it finds it nowhere, until its pool is shown."""

from dataclasses import replace
from uuid import uuid4

from google.protobuf.field_mask_pb2 import FieldMask

from clew.intake.v1 import intake_pb2
from clew.lead.v1.lead_pb2 import LeadState
from clew.routing.v1 import holdings_pb2, pools_pb2, roster_pb2, stages_pb2
from cli.calling import Clew, new_request_id
from cli.lead import in_intake_and_routing
from services.shared.callers import Caller, Role
from tests.end_to_end.conftest import MANAGER, eventually
from tests.end_to_end.people import ARep, a_rep, a_submission, in_state
from tests.outsiders import hears

MARKETER = Caller("zhao", Role.MARKETER)


async def a_pool(clew: Clew, code: str) -> None:
    await clew.call(
        clew.roster.CreatePool, roster_pb2.CreatePoolRequest(request_id=new_request_id(), code=code, name="大客户公海")
    )


async def show(clew: Clew, code: str, visibility: str) -> None:
    request = pools_pb2.UpdatePoolRequest(
        request_id=new_request_id(),
        pool_code=code,
        settings=pools_pb2.PoolSettings(visibility=f"POOL_VISIBILITY_{visibility}"),
        update_mask=FieldMask(paths=["visibility"]),
    )
    await clew.call(clew.pools.UpdatePool, request)


async def a_lead_for(clew: Clew, pool: str) -> str:
    """Routed there by a rule that is about nobody else."""
    industry = f"保密{uuid4().hex[:8]}"
    rule = roster_pb2.AssignmentRule(rule_id="secret", expression=f"lead.industry == '{industry}'", pool_code=pool)
    rules = roster_pb2.PublishAssignmentRulesRequest(request_id=new_request_id(), rules=[rule])
    await clew.call(clew.roster.PublishAssignmentRules, rules)
    submission = a_submission()
    submission.attributes.industry = industry
    lead_id = (await clew.call(clew.intake.SubmitLead, submission)).lead_id
    routed = await in_state(clew, lead_id, LeadState.LEAD_STATE_POOLED)
    assert routed.home_pool_code == pool
    return lead_id


async def heard_everywhere(clew: Clew, caller: Caller, lead_id: str) -> list[str]:
    """Of a lead, by who only looks."""
    asked = [
        (clew.leads, "clew.routing.v1.LeadService", ("GetLeadState", "ListDecisions", "ListLeadEvents")),
        (clew.intake, "clew.intake.v1.IntakeService", ("GetLead", "ListLeadEvents")),
        (clew.scoring, "clew.scoring.v1.ScoringService", ("GetScore", "ExplainScore", "ListLeadEvents")),
        (clew.conversion, "clew.conversion.v1.ConversionService", ("GetConversion", "ListLeadEvents")),
    ]
    return [
        await hears(stub, service, method, caller, lead_id=lead_id)
        for stub, service, methods in asked
        for method in methods
    ]


async def finds_nothing(clew: Clew, caller: Caller, lead_id: str) -> None:
    unknown = await heard_everywhere(clew, caller, str(uuid4()))
    await eventually(
        lambda: heard_everywhere(clew, caller, lead_id), lambda heard: heard == unknown, f"nothing for {caller}"
    )


async def sees_the_person(clew: Clew, rep: ARep, lead_id: str) -> None:
    async def heard() -> str:
        return await hears(clew.intake, "clew.intake.v1.IntakeService", "GetLead", rep.caller, lead_id=lead_id)

    await eventually(heard, lambda told: "韩梅梅" in told, f"{rep.code} to see the person")


async def test_a_lead_in_a_hidden_pool_is_found_nowhere_by_outsiders_until_the_pool_is_shown(clew: Clew) -> None:
    pool, outsider = f"hidden-{uuid4().hex[:8]}", await a_rep(clew)
    await a_pool(clew, pool)
    await show(clew, pool, "HIDDEN")

    lead_id = await a_lead_for(clew, pool)
    for caller in (outsider.caller, MARKETER):
        await finds_nothing(clew, caller, lead_id)
    listed = await clew.call(clew.intake.ListLeads, intake_pb2.ListLeadsRequest(), as_=MARKETER)
    seen_by_manager = await heard_everywhere(clew, MANAGER, lead_id)
    await show(clew, pool, "PUBLIC")

    unknown = await heard_everywhere(clew, MANAGER, str(uuid4()))
    looked_into = [seen != nothing for seen, nothing in zip(seen_by_manager, unknown, strict=True)]
    assert looked_into == [True] * 8 + [False] * 2  # nobody has converted it
    assert lead_id not in {lead.lead_id for lead in listed.leads}
    await eventually(
        lambda: heard_everywhere(clew, outsider.caller, lead_id),
        lambda heard: heard[5:7] == seen_by_manager[5:7] and "韩*" in heard[3],
        "the lead and its score shown to everybody",
    )


async def test_who_holds_a_hidden_lead_and_who_helps_him_see_its_person_and_nobody_else_does(clew: Clew) -> None:
    pool = f"hidden-{uuid4().hex[:8]}"
    holder, helper, outsider = [await a_rep(clew) for _ in range(3)]
    await a_pool(clew, pool)
    await show(clew, pool, "HIDDEN")
    members = pools_pb2.SetPoolMembersRequest(request_id=new_request_id(), pool_code=pool, rep_codes=[holder.code])
    await clew.call(clew.pools.SetPoolMembers, members)
    lead_id = await a_lead_for(clew, pool)

    await finds_nothing(clew, outsider.caller, lead_id)
    in_intake, in_routing = await in_intake_and_routing(replace(clew, caller=holder.caller), lead_id)
    claim = holdings_pb2.ClaimLeadRequest(request_id=new_request_id(), lead_id=lead_id)
    holding = (await clew.call(clew.holdings.ClaimLead, claim, as_=holder.caller)).holding
    await sees_the_person(clew, holder, lead_id)
    named = {"holding_id": holding.holding_id, "rep_code": helper.code}
    adding = stages_pb2.AddCollaboratorRequest(request_id=new_request_id(), **named)
    await clew.call(clew.stages.AddCollaborator, adding, as_=holder.caller)
    await sees_the_person(clew, helper, lead_id)
    await finds_nothing(clew, outsider.caller, lead_id)
    removing = stages_pb2.RemoveCollaboratorRequest(request_id=new_request_id(), **named)
    await clew.call(clew.stages.RemoveCollaborator, removing, as_=holder.caller)

    await finds_nothing(clew, helper.caller, lead_id)
    assert (in_intake.masked, in_routing.home_pool_code) == (True, pool)
