"""Who may call what, cell by cell: a role that is not listed is refused before anything is looked at."""

import asyncio
from collections.abc import Mapping

import grpc.aio
import pytest
from google.protobuf import descriptor_pool, message_factory
from google.protobuf.message import Message

from clew.routing.v1 import roster_pb2
from cli.refusals import refusal_of
from services.routing.access import METHODS
from services.shared.callers import Caller, Role
from services.shared.channels import caller_metadata
from services.shared.ids import new_id
from tests.routing.office import Office, refused

SERVICES = (
    "RosterService",
    "LeadService",
    "HoldingService",
    "NoticeService",
    "CalendarService",
    "PoolService",
    "LimitService",
    "QueueService",
    "StageService",
    "PolicyService",
    "ExtensionService",
    "DeliveryService",
)
METHODS_OF: Mapping[str, list[str]] = {
    name: [method.name for method in descriptor_pool.Default().FindServiceByName(f"clew.routing.v1.{name}").methods]
    for name in SERVICES
}
CELLS = [(service, method, role) for service in SERVICES for method in METHODS_OF[service] for role in Role]
NOT_ALLOWED = [(service, method, role) for service, method, role in CELLS if role not in METHODS[method]]
ALLOWED = [(service, method, role) for service, method, role in CELLS if role in METHODS[method]]

# Written out once more, by hand: the table must say this, whatever it is composed of.
MANAGERS = frozenset({Role.MANAGER, Role.ADMINISTRATOR})
PEOPLE = frozenset(Role) - {Role.SERVICE}
MEANT = (
    (
        MANAGERS,
        "CreateTeam CreateRep CreatePool SetLimit PublishPolicy PublishAssignmentRules PreviewPolicy GetRebasing",
    ),
    (MANAGERS, "UpdateRep ImportCalendar SetLeave CancelLeave"),
    (PEOPLE, "GetCalendar ListCalendars ComputeDeadline"),
    (MANAGERS | {Role.REP}, "ListLeaves"),
    (MANAGERS, "AssignLead ReclaimLead TransferLead AssignLeads TransferLeads"),
    (MANAGERS, "UpdatePool SetPoolMembers DeletePool MoveLead RestLead ListUnassigned"),
    (MANAGERS, "RetryDelivery PublishPolicyRules SwitchPolicy DecideExtension VoidFollowUp"),
    (PEOPLE, "GetPolicyRules"),
    ({Role.REP}, "RequestExtension"),
    (MANAGERS | {Role.REP}, "LockHolding UnlockHolding ListExtensions ListFollowUps PlanFollowUp CancelPlan ListPlans"),
    (MANAGERS | {Role.REP}, "WatchNotices SetContact GetContact TestContact ListDeliveries"),
    (MANAGERS, "PublishLimits OverrideLimit EndOverride ListLimitChanges SuggestLimits"),
    (PEOPLE, "GetLimitTable ListLimits"),
    (MANAGERS | {Role.MARKETER}, "GetFlow"),
    (MANAGERS | {Role.REP}, "DisqualifyLead GetSchedule ListHoldings ListNotices AcknowledgeNotice"),
    ({Role.REP}, "ClaimLead ReturnLead LogFollowUp ClaimNext ClaimLeads ReturnLeads"),
    (MANAGERS, "SetVerificationTeam PublishStageCriteria ReopenLead"),
    ({Role.ADMINISTRATOR}, "VoidLead"),
    (MANAGERS | {Role.REP}, "AddCollaborator RemoveCollaborator ListCollaborators AdvanceStage"),
    ({Role.REP}, "AcceptLead RejectLead HandOff"),
    (PEOPLE, "ListStages"),
    (PEOPLE, "ListReps ListPools GetPool ListPoolLeads ListReasons ListDecisions ListLeadEvents"),
    (PEOPLE | {Role.SERVICE}, "GetLeadState"),
    ({Role.SERVICE}, "OpenLead UpdateFacts UpdateScore RouteLead GetWork"),
    ({Role.SERVICE}, "AdvanceHolding LeaseHolding ReleaseLease FinishConversion"),
)


def test_the_table_lists_every_method_of_routing_and_no_other() -> None:
    assert set(METHODS) == {method for methods in METHODS_OF.values() for method in methods}


def test_the_table_says_what_is_meant() -> None:
    assert {method: roles for roles, methods in MEANT for method in methods.split()} == METHODS


@pytest.mark.parametrize(("service", "method", "role"), NOT_ALLOWED)
async def test_a_role_that_is_not_listed_is_refused_and_told_which_roles_are(
    office: Office, service: str, method: str, role: Role
) -> None:
    told = await refused(an_empty_call(office, service, method, role))

    assert (told.reason, told.status.name) == ("ROLE_NOT_ALLOWED", "PERMISSION_DENIED")
    assert told.metadata == {"method": method, "role": role, "allowed": ", ".join(sorted(METHODS[method]))}


@pytest.mark.parametrize(("service", "method", "role"), ALLOWED)
async def test_a_role_that_is_listed_gets_past_the_table(office: Office, service: str, method: str, role: Role) -> None:
    """An empty request is then answered, or refused for its fields."""
    [answer] = await asyncio.gather(an_empty_call(office, service, method, role), return_exceptions=True)

    if isinstance(answer, grpc.aio.AioRpcError):
        assert refusal_of(answer).reason == "INVALID_FIELD"


async def test_a_call_that_does_not_say_who_calls_is_refused(office: Office) -> None:
    told = await refused(office.roster.ListPools(roster_pb2.ListPoolsRequest()))

    assert (told.reason, told.status.name) == ("CALLER_MISSING", "UNAUTHENTICATED")


async def an_empty_call(office: Office, service: str, method: str, role: Role) -> Message:
    stubs = {
        "RosterService": office.roster,
        "LeadService": office.leads,
        "HoldingService": office.holdings,
        "NoticeService": office.notices,
        "CalendarService": office.calendars,
        "PoolService": office.pools,
        "LimitService": office.limits,
        "QueueService": office.queue,
        "StageService": office.stages,
        "PolicyService": office.policies,
        "ExtensionService": office.extensions,
        "DeliveryService": office.deliveries,
    }
    described = descriptor_pool.Default().FindMethodByName(f"clew.routing.v1.{service}.{method}")
    request = message_factory.GetMessageClass(described.input_type)()
    caller = caller_metadata(Caller(str(new_id()), role))
    call = getattr(stubs[service], method)(request, metadata=caller)
    if not described.server_streaming:
        answer: Message = await call
        return answer
    # A stream that is let in says so at once; one that is refused has ended.
    await call.initial_metadata()
    if call.done():
        await call.read()
    call.cancel()
    return request
