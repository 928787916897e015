"""Of a hidden lead an outsider finds in conversion what he would find of an unknown one: what he asked for himself."""

from typing import Any

import pytest

from clew.conversion.v1 import conversion_pb2 as pb
from services.conversion.access import METHODS
from services.shared.callers import Caller, Role
from services.shared.channels import caller_metadata
from tests.conversion.test_converting import Stub, abandoned, asked, committed, new_id, task_of
from tests.examples import as_manager, as_service
from tests.outsiders import an_outsider, asked_by_outsiders, hears

SERVICE = "clew.conversion.v1.ConversionService"
COMPARED = asked_by_outsiders(SERVICE, METHODS)


async def hide(conversion: Stub, lead_id: str, **told: Any) -> None:
    known = {"hidden": True, "access_version": 1, **told}
    request = pb.SetAccessRequest(request_id=new_id(), lead_id=lead_id, **known)
    await conversion.SetAccess(request, metadata=as_service())


async def a_hidden_lead(conversion: Stub, state: str) -> pb.Conversion:
    """With a conversion of its holder's, in this state."""
    lead_id, holder = new_id(), new_id()
    made = await asked(conversion, lead_id, holder)
    if state == "COMMITTED":
        made = await committed(conversion, made.conversion_id, holder)
    elif state == "REFUSED":
        made = await abandoned(conversion, made.conversion_id, refused=True)
    await hide(conversion, lead_id, holder_id=holder, epoch=1)
    return made


async def heard(conversion: Stub, method: str, caller: Caller, **named: str) -> str:
    act = {"request_id": new_id(), "holding_id": new_id(), "epoch": 1}
    return await hears(conversion, SERVICE, method, caller, **act, **named)


@pytest.mark.parametrize(("method", "role"), COMPARED)
@pytest.mark.parametrize("state", ["REQUESTED", "COMMITTED", "REFUSED"])
async def test_a_hidden_lead_is_answered_as_one_that_nobody_knows(
    conversion: Stub, method: str, role: Role, state: str
) -> None:
    hidden, caller = await a_hidden_lead(conversion, state), an_outsider(role)

    known = await heard(conversion, method, caller, lead_id=hidden.lead_id)
    unknown = await heard(conversion, method, caller, lead_id=new_id())

    assert known == unknown


@pytest.mark.parametrize("role", [Role.REP, Role.MARKETER])
async def test_a_conversion_of_a_hidden_lead_is_answered_as_one_that_is_not_there(conversion: Stub, role: Role) -> None:
    hidden, caller = await a_hidden_lead(conversion, "COMMITTED"), an_outsider(role)

    known = await heard(conversion, "GetConversion", caller, conversion_id=hidden.conversion_id)
    unknown = await heard(conversion, "GetConversion", caller, conversion_id=new_id())

    assert known == unknown


def test_the_methods_that_are_compared_are_all_that_people_call() -> None:
    assert {method for method, _ in COMPARED} == {"ConvertLead", "GetConversion", "ListLeadEvents"}


async def test_who_asks_to_convert_a_hidden_lead_is_refused_as_with_a_lead_that_does_not_exist(
    conversion: Stub,
) -> None:
    """Of the unknown one routing says that it knows no such holding."""
    hidden = await a_hidden_lead(conversion, "COMMITTED")

    async def found(lead_id: str) -> list[str]:
        caller = an_outsider(Role.REP)
        answer = await asked(conversion, lead_id, caller.id)
        if await task_of(conversion, answer.conversion_id) == pb.CONVERSION_TASK_COMMIT:
            refusing = pb.AbandonConversionRequest(
                request_id=new_id(),
                conversion_id=answer.conversion_id,
                cause=pb.ABANDON_CAUSE_LEASE_REFUSED,
                reason="NOT_FOUND",
            )
            # By the same caller here, for he stands beside the event.
            await conversion.AbandonConversion(refusing, metadata=caller_metadata(Caller(caller.id, Role.SERVICE)))
        seen = [
            await heard(conversion, "GetConversion", caller, lead_id=lead_id),
            await heard(conversion, "GetConversion", caller, conversion_id=answer.conversion_id),
            await heard(conversion, "ListLeadEvents", caller, lead_id=lead_id),
        ]
        return [pb.ConversionState.Name(answer.state), *(told.replace("service", "rep") for told in seen)]

    assert await found(hidden.lead_id) == await found(new_id())
    asking = pb.GetConversionRequest(conversion_id=hidden.conversion_id)
    untouched = (await conversion.GetConversion(asking, metadata=as_manager())).conversion
    assert untouched == hidden


async def test_its_holder_his_collaborators_and_managers_see_the_conversion_of_a_hidden_lead(conversion: Stub) -> None:
    lead_id, holder, helper = new_id(), new_id(), new_id()
    made = await asked(conversion, lead_id, holder)
    await hide(conversion, lead_id, holder_id=holder, epoch=1, collaborator_ids=[helper])
    callers = [Caller(holder, Role.REP), Caller(helper, Role.REP), Caller("wang", Role.MANAGER)]

    for caller in callers:
        asking = pb.GetConversionRequest(lead_id=lead_id)
        seen = await conversion.GetConversion(asking, metadata=caller_metadata(caller))
        listing = pb.ListLeadEventsRequest(lead_id=lead_id)
        events = (await conversion.ListLeadEvents(listing, metadata=caller_metadata(caller))).events
        assert (seen.conversion, [event.kind for event in events]) == (made, ["conversion_requested"])


async def test_of_a_lead_that_is_shown_again_everybody_finds_the_one_conversion(conversion: Stub) -> None:
    hidden = await a_hidden_lead(conversion, "REQUESTED")
    outsider = an_outsider(Role.REP)

    await hide(conversion, hidden.lead_id, hidden=False, access_version=2, holder_id=hidden.converter_id, epoch=1)

    assert await asked(conversion, hidden.lead_id, outsider.id) == hidden


async def test_who_claims_a_hidden_lead_and_converts_it_at_once_is_not_refused(conversion: Stub) -> None:
    """Before its run has told that he holds it."""
    lead_id, holder = new_id(), new_id()
    await hide(conversion, lead_id)

    made = await asked(conversion, lead_id, holder)

    assert await task_of(conversion, made.conversion_id) == pb.CONVERSION_TASK_COMMIT
