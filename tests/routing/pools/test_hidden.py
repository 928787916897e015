"""To an outsider a hidden pool and its leads do not exist, whichever method he asks."""

from collections.abc import Iterator
from typing import Any, cast

import grpc
import grpc.aio
import pytest
from google.protobuf import descriptor_pool, message_factory
from google.protobuf.message import Message
from grpc_status import rpc_status

from clew.routing.v1 import leads_pb2, pools_pb2, roster_pb2, stages_pb2
from services.routing.access import METHODS
from services.shared.callers import Caller, Role
from services.shared.channels import caller_metadata
from services.shared.ids import new_id
from tests.examples import as_manager, as_rep
from tests.routing.office import Office, Rep, a_code, fresh, refused
from tests.routing.pools.keeping import a_hidden_pool, assign, claim_next, keep, set_members

SERVICES = (
    "RosterService",
    "LeadService",
    "HoldingService",
    "NoticeService",
    "PoolService",
    "LimitService",
    "StageService",
    "CalendarService",
)
# Who may not know of it.
OUTSIDERS = (Role.REP, Role.MARKETER)


def methods_that_name(*fields: str) -> Iterator[tuple[str, str, Role]]:
    """All methods of routing that take one of these fields and that an outsider may call."""
    for service in SERVICES:
        for method in descriptor_pool.Default().FindServiceByName(f"clew.routing.v1.{service}").methods:
            if set(fields) & set(method.input_type.fields_by_name):
                yield from ((service, method.name, role) for role in OUTSIDERS if role in METHODS[method.name])


NAMING_A_LEAD = list(methods_that_name("lead_id", "lead_ids"))
NAMING_A_POOL = list(methods_that_name("pool_code"))
NAMING_A_HOLDING = list(methods_that_name("holding_id", "holding_ids"))


def a_request(service: str, method: str, **named: str) -> Message:
    """The method's request about this lead, pool or holding, otherwise filled so that it is well-formed."""
    described = descriptor_pool.Default().FindMethodByName(f"clew.routing.v1.{service}.{method}").input_type
    request: Any = message_factory.GetMessageClass(described)()
    filling = {
        "request_id": fresh(),
        "reason": "DEAD_NUMBER",
        "kind": 1,
        "direction": 1,
        "outcome": 1,
        "stage": 4,
        "rep_code": "L000",
    }
    for name, value in {**filling, **named}.items():
        if name in described.fields_by_name:
            setattr(request, name, value)
        elif f"{name}s" in described.fields_by_name:
            getattr(request, f"{name}s").append(value)
    return cast(Message, request)


async def answer(office: Office, service: str, method: str, request: Message, caller: Caller, named: str) -> str:
    """All that comes back, with a placeholder for what was named."""
    stubs = {
        "RosterService": office.roster,
        "LeadService": office.leads,
        "HoldingService": office.holdings,
        "NoticeService": office.notices,
        "PoolService": office.pools,
        "LimitService": office.limits,
        "StageService": office.stages,
        "CalendarService": office.calendars,
    }
    try:
        told = str(await getattr(stubs[service], method)(request, metadata=caller_metadata(caller)))
    except grpc.aio.AioRpcError as error:
        told = f"{error.code()} {error.details()} {rpc_status.from_call(cast(grpc.Call, error))}"
    return told.replace(named, "NAMED")


async def an_outsider(office: Office, role: Role) -> Caller:
    return Caller((await office.a_rep()).rep_id if role is Role.REP else "zhao", role)


async def as_seen(office: Office, service: str, method: str, role: Role, field: str, named: str) -> str:
    caller = await an_outsider(office, role)
    return await answer(office, service, method, a_request(service, method, **{field: named}), caller, named)


@pytest.mark.parametrize(("service", "method", "role"), NAMING_A_LEAD)
@pytest.mark.parametrize("held", [False, True])
async def test_a_hidden_lead_is_answered_as_one_that_nobody_knows(
    office: Office, service: str, method: str, role: Role, held: bool
) -> None:
    member = await office.a_rep()
    pool = await a_hidden_pool(office, member)
    lead_id = await office.a_pooled_lead(pool)
    if held:
        await office.claim(member, lead_id)

    hidden = await as_seen(office, service, method, role, "lead_id", lead_id)
    unknown = await as_seen(office, service, method, role, "lead_id", str(new_id()))

    assert hidden == unknown


@pytest.mark.parametrize(("service", "method", "role"), NAMING_A_POOL)
async def test_a_hidden_pool_is_answered_as_one_that_is_not_there(
    office: Office, service: str, method: str, role: Role
) -> None:
    pool = await a_hidden_pool(office, await office.a_rep())
    await office.a_pooled_lead(pool)

    hidden = await as_seen(office, service, method, role, "pool_code", pool)
    unknown = await as_seen(office, service, method, role, "pool_code", a_code("pool"))

    assert hidden == unknown


@pytest.mark.parametrize(("service", "method", "role"), NAMING_A_HOLDING)
async def test_a_holding_of_a_hidden_lead_is_answered_as_one_that_is_not_there(
    office: Office, service: str, method: str, role: Role
) -> None:
    member = await office.a_rep()
    _, holding = await office.a_held_lead(member, await a_hidden_pool(office, member))

    hidden = await as_seen(office, service, method, role, "holding_id", holding.holding_id)
    unknown = await as_seen(office, service, method, role, "holding_id", str(new_id()))

    assert hidden == unknown


def test_the_methods_that_are_compared_are_those_that_matter() -> None:
    assert {method for _, method, _ in NAMING_A_LEAD} >= {
        "ClaimLead",
        "ClaimLeads",
        "GetLeadState",
        "ListDecisions",
        "ListLeadEvents",
        "DisqualifyLead",
    }
    assert {method for _, method, _ in NAMING_A_POOL} >= {"ListPoolLeads", "GetPool", "ClaimNext"}
    assert {method for _, method, _ in NAMING_A_HOLDING} >= {"ReturnLead", "LogFollowUp", "GetSchedule"}


async def pools_of(office: Office, rep: Rep | None) -> set[str]:
    caller = as_rep(rep.rep_id) if rep else as_manager()
    listed = await office.roster.ListPools(roster_pb2.ListPoolsRequest(page_size=500), metadata=caller)
    return {pool.code for pool in listed.pools}


async def test_the_list_of_pools_has_a_hidden_one_for_its_members_and_managers(office: Office) -> None:
    member, of_team, outsider = [await office.a_rep() for _ in range(3)]
    pool = await a_hidden_pool(office)
    await set_members(office, pool, member, teams=[of_team.team_code])

    assert pool in await pools_of(office, None)
    assert pool in await pools_of(office, member)
    assert pool in await pools_of(office, of_team)
    assert pool not in await pools_of(office, outsider)


async def test_a_hidden_pool_without_members_is_the_managers_alone(office: Office) -> None:
    pool, rep = await a_hidden_pool(office), await office.a_rep()
    lead_id = await office.a_pooled_lead(pool)

    assert (await refused(office.claim(rep, lead_id))).reason == "NOT_READY_YET"
    assert (await office.lead(lead_id)).home_pool_code == pool


async def test_members_do_with_a_hidden_lead_what_they_do_with_any(office: Office) -> None:
    member = await office.a_rep()
    pool = await a_hidden_pool(office, member)
    first, second = await office.a_pooled_lead(pool), await office.a_pooled_lead(pool)

    await office.claim(member, first)

    assert (await claim_next(office, member, pool)).lead_id == second
    request = leads_pb2.GetLeadStateRequest(lead_id=first)
    seen = await office.leads.GetLeadState(request, metadata=as_rep(member.rep_id))
    assert seen.home_pool_code == pool


async def test_who_holds_a_hidden_lead_sees_it_until_he_gives_it_back(office: Office) -> None:
    """He was given it before its pool was hidden."""
    rep, member = await office.a_rep(), await office.a_rep()
    pool = await office.a_pool()
    lead_id, holding = await office.a_held_lead(rep, pool)
    await set_members(office, pool, member)
    await keep(office, pool, visibility="POOL_VISIBILITY_HIDDEN")
    asked = leads_pb2.GetLeadStateRequest(lead_id=lead_id)

    seen = await office.leads.GetLeadState(asked, metadata=as_rep(rep.rep_id))
    await office.give_back(rep, holding)
    told = await refused(office.leads.GetLeadState(asked, metadata=as_rep(rep.rep_id)))

    assert seen.holding.rep_code == rep.code
    assert told.reason == "NOT_READY_YET"


async def test_a_collaborator_sees_a_hidden_lead_as_its_holder_does(office: Office) -> None:
    member, helper = await office.a_rep(), await office.a_rep()
    lead_id, holding = await office.a_held_lead(member, await a_hidden_pool(office, member))
    asked = leads_pb2.GetLeadStateRequest(lead_id=lead_id)
    before = await refused(office.leads.GetLeadState(asked, metadata=as_rep(helper.rep_id)))
    adding = stages_pb2.AddCollaboratorRequest(request_id=fresh(), holding_id=holding.holding_id, rep_code=helper.code)

    await office.stages.AddCollaborator(adding, metadata=as_rep(member.rep_id))

    assert before.reason == "NOT_READY_YET"
    assert (await office.leads.GetLeadState(asked, metadata=as_rep(helper.rep_id))).holding == holding


async def test_a_manager_gives_a_hidden_lead_to_members_only(office: Office) -> None:
    member, outsider = await office.a_rep(), await office.a_rep()
    lead_id = await office.a_pooled_lead(await a_hidden_pool(office, member))

    assert (await refused(assign(office, lead_id, outsider))).reason == "NOT_A_MEMBER"
    assert (await assign(office, lead_id, member)).rep_code == member.code


async def test_who_is_hidden_from_learns_nothing_by_the_answers_of_many(office: Office) -> None:
    member, outsider = await office.a_rep(), await office.a_rep()
    hidden, unknown = await office.a_pooled_lead(await a_hidden_pool(office, member)), str(new_id())
    request = pools_pb2.ClaimLeadsRequest(request_id=fresh(), lead_ids=[hidden, unknown])

    answered = await office.pools.ClaimLeads(request, metadata=as_rep(outsider.rep_id))

    one, other = [str(outcome) for outcome in answered.outcomes]
    assert one.replace(hidden, "NAMED") == other.replace(unknown, "NAMED")
