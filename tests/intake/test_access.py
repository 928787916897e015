"""Who may call what, cell by cell: a role that is not listed is refused before anything is looked at."""

import asyncio

import grpc.aio
import pytest
from google.protobuf import descriptor_pool, message_factory
from google.protobuf.message import Message

from clew.intake.v1 import intake_pb2 as pb
from clew.intake.v1.intake_pb2_grpc import IntakeServiceStub
from cli.refusals import refusal_of
from services.intake.access import METHODS
from services.shared.callers import Caller, Role
from services.shared.channels import caller_metadata
from tests.intake.submissions import new_id, refused

SERVICE = descriptor_pool.Default().FindServiceByName("clew.intake.v1.IntakeService")
CELLS = [(method.name, role) for method in SERVICE.methods for role in Role]

# Written out once more, by hand: the table must say this, whatever it is composed of.
OFFICE = frozenset({Role.MANAGER, Role.MARKETER, Role.ADMINISTRATOR})
PEOPLE = OFFICE | {Role.REP}
MEANT = (
    (PEOPLE | {Role.SERVICE}, "SubmitLead CheckDuplicates"),
    (OFFICE | {Role.SERVICE}, "BatchSubmitLeads"),
    (PEOPLE, "GetLead ListLeadEvents"),
    (PEOPLE - {Role.MARKETER}, "GetPerson AddNote"),
    (OFFICE, "ListLeads ListReviews ResolveReview CreateCampaign"),
    ({Role.SERVICE}, "GetLeadFacts MarkTaken MatchAccount RegisterKeys SetOpportunityOwners SetAccess"),
)


def test_the_table_lists_every_method_of_intake_and_no_other() -> None:
    assert set(METHODS) == {method.name for method in SERVICE.methods}


def test_the_table_says_what_is_meant() -> None:
    assert {method: roles for roles, methods in MEANT for method in methods.split()} == METHODS


@pytest.mark.parametrize(("method", "role"), [cell for cell in CELLS if cell[1] not in METHODS[cell[0]]])
async def test_a_role_that_is_not_listed_is_refused_and_told_which_roles_are(
    intake: IntakeServiceStub, method: str, role: Role
) -> None:
    told = await refused(an_empty_call(intake, method, role))

    assert (told.reason, told.status) == ("ROLE_NOT_ALLOWED", grpc.StatusCode.PERMISSION_DENIED)
    assert told.metadata == {"method": method, "role": role, "allowed": ", ".join(sorted(METHODS[method]))}


@pytest.mark.parametrize(("method", "role"), [cell for cell in CELLS if cell[1] in METHODS[cell[0]]])
async def test_a_role_that_is_listed_gets_past_the_table(intake: IntakeServiceStub, method: str, role: Role) -> None:
    """An empty request is then answered, or refused for its fields."""
    [answer] = await asyncio.gather(an_empty_call(intake, method, role), return_exceptions=True)

    if isinstance(answer, grpc.aio.AioRpcError):
        assert refusal_of(answer).reason == "INVALID_FIELD"


async def test_a_call_that_does_not_say_who_calls_is_refused(intake: IntakeServiceStub) -> None:
    told = await refused(intake.ListLeads(pb.ListLeadsRequest()))

    assert (told.reason, told.status) == ("CALLER_MISSING", grpc.StatusCode.UNAUTHENTICATED)


async def test_a_rep_whose_id_is_none_is_told_so(intake: IntakeServiceStub) -> None:
    request = pb.AddNoteRequest(request_id=new_id(), lead_id=new_id(), text="x")
    told = await refused(intake.AddNote(request, metadata=caller_metadata(Caller("li", Role.REP))))

    assert [name for name, _ in told.fields] == ["clew-caller-id"]


async def an_empty_call(intake: IntakeServiceStub, method: str, role: Role) -> Message:
    request = message_factory.GetMessageClass(SERVICE.methods_by_name[method].input_type)()
    answer: Message = await getattr(intake, method)(request, metadata=caller_metadata(Caller(new_id(), role)))
    return answer
