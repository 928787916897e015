"""To an outsider a hidden lead does not exist, whichever method of intake he asks."""

from collections.abc import Sequence
from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from clew.intake.v1 import intake_pb2 as pb
from clew.intake.v1.intake_pb2_grpc import IntakeServiceStub
from services.intake.access import METHODS
from services.shared.callers import Caller, Role
from services.shared.channels import caller_metadata
from tests.examples import as_administrator, as_manager, as_marketer, as_rep, as_service
from tests.intake.submissions import (
    a_review,
    a_submission,
    events_of,
    give_access,
    lead_as,
    new_id,
    new_mobile,
    refused,
    resolved,
    rows,
    submitted,
)
from tests.outsiders import an_outsider, asked_by_outsiders, hears

SERVICE = "clew.intake.v1.IntakeService"
# Methods that name no lead, each with tests of its own below; a campaign and what is new are nobody's secret.
OTHERS = {
    "SubmitLead",
    "BatchSubmitLeads",
    "CheckDuplicates",
    "ListLeads",
    "ListReviews",
    "ResolveReview",
    "CreateCampaign",
}
COMPARED = asked_by_outsiders(SERVICE, METHODS, but=OTHERS)


async def hide(
    intake: IntakeServiceStub,
    lead_id: str,
    *,
    hidden: bool = True,
    version: int = 1,
    holder_id: str = "",
    epoch: int = 0,
    collaborators: Sequence[str] = (),
) -> None:
    request = pb.SetAccessRequest(
        request_id=new_id(),
        lead_id=lead_id,
        hidden=hidden,
        access_version=version,
        holder_id=holder_id,
        holder_code="L007" if holder_id else "",
        epoch=epoch,
        collaborator_ids=collaborators,
    )
    await intake.SetAccess(request, metadata=as_service())


async def a_hidden_lead(intake: IntakeServiceStub, **person: str) -> str:
    lead_id = (await submitted(intake, a_submission(**person))).lead_id
    await hide(intake, lead_id)
    return lead_id


async def matches_of(intake: IntakeServiceStub, caller: Caller, **person: str) -> list[str]:
    request = pb.CheckDuplicatesRequest(person=pb.Person(**person))
    answer = await intake.CheckDuplicates(request, metadata=caller_metadata(caller))
    return [match.lead_id for match in answer.matches]


@pytest.mark.parametrize(("method", "role"), COMPARED)
@pytest.mark.parametrize("held", [False, True])
async def test_a_hidden_lead_is_answered_as_one_that_nobody_knows(
    intake: IntakeServiceStub, method: str, role: Role, held: bool
) -> None:
    lead_id = await a_hidden_lead(intake)
    person_id = (await lead_as(intake, lead_id)).person_id
    if held:
        await hide(intake, lead_id, holder_id=new_id(), epoch=1, collaborators=[new_id()])
    caller = an_outsider(role)

    async def heard(lead_id: str, person_id: str) -> str:
        named = {"lead_id": lead_id, "person_id": person_id}
        return await hears(intake, SERVICE, method, caller, request_id=new_id(), text="x", purpose="x", **named)

    assert await heard(lead_id, person_id) == await heard(new_id(), new_id())


def test_the_methods_that_are_compared_are_all_that_name_a_lead_or_a_person() -> None:
    assert {method for method, _ in COMPARED} == {"GetLead", "GetPerson", "AddNote", "ListLeadEvents"}


@pytest.mark.parametrize("caller", [as_manager(), as_administrator()])
async def test_managers_and_administrators_see_a_hidden_lead(
    intake: IntakeServiceStub, caller: tuple[tuple[str, str], ...]
) -> None:
    lead_id = await a_hidden_lead(intake)

    lead = await lead_as(intake, lead_id, caller)

    assert (lead.lead_id, lead.masked) == (lead_id, False)


async def test_its_holder_and_his_collaborators_see_a_hidden_lead_with_its_person(intake: IntakeServiceStub) -> None:
    lead_id, holder, helper = await a_hidden_lead(intake), new_id(), new_id()
    await hide(intake, lead_id, holder_id=holder, epoch=1, version=2, collaborators=[helper])

    for rep_id in (holder, helper):
        lead = await lead_as(intake, lead_id, as_rep(rep_id))
        reading = pb.GetPersonRequest(person_id=lead.person_id, purpose="call back")
        person = (await intake.GetPerson(reading, metadata=as_rep(rep_id))).person
        note = pb.AddNoteRequest(request_id=new_id(), lead_id=lead_id, text="wants a quote")
        assert (await intake.AddNote(note, metadata=as_rep(rep_id))).note_id
        assert (lead.masked, person.name) == (False, "韩梅梅")


async def test_who_collaborated_sees_neither_person_nor_hidden_lead_any_more(intake: IntakeServiceStub) -> None:
    lead_id, holder, helper = await a_hidden_lead(intake), new_id(), new_id()
    await hide(intake, lead_id, holder_id=holder, epoch=1, version=2, collaborators=[helper])

    await hide(intake, lead_id, holder_id=holder, epoch=1, version=3)

    assert (await refused(lead_as(intake, lead_id, as_rep(helper)))).reason == "NOT_FOUND"
    assert not (await lead_as(intake, lead_id, as_rep(holder))).masked


async def test_what_is_told_late_changes_nothing(intake: IntakeServiceStub) -> None:
    """Runs tell again and in any order; each part only ever grows."""
    lead_id, holder = await a_hidden_lead(intake), new_id()
    outsider = as_rep(new_id())
    await hide(intake, lead_id, version=3, hidden=False, holder_id=holder, epoch=2)

    await hide(intake, lead_id, version=2, hidden=True, holder_id=new_id(), epoch=1)
    await hide(intake, lead_id, version=2, hidden=True, holder_id=holder, epoch=2)
    await hide(intake, lead_id, version=3, hidden=True, holder_id=holder, epoch=2)

    lead = await lead_as(intake, lead_id, outsider)
    assert (lead.lead_id, lead.holder_code) == (lead_id, "L007")
    told = [event.changes["hidden"] for event in await events_of(intake, lead_id) if event.kind == "access_set"]
    assert told == ["true", "false"]


async def test_a_worker_that_knows_nothing_of_hidden_leads_shows_none(intake: IntakeServiceStub) -> None:
    lead_id = await a_hidden_lead(intake)

    await give_access(intake, lead_id, new_id(), epoch=1)
    held = await lead_as(intake, lead_id)
    await give_access(intake, lead_id, "", epoch=1)

    assert (held.holder_code, (await lead_as(intake, lead_id)).holder_code) == ("L007", "")
    assert (await refused(lead_as(intake, lead_id, as_rep(new_id())))).reason == "NOT_FOUND"


async def test_a_person_of_whom_one_lead_is_hidden_and_one_is_not_is_known_and_not_yours(
    intake: IntakeServiceStub, engine: AsyncEngine
) -> None:
    hidden, public = await a_hidden_lead(intake), (await submitted(intake)).lead_id
    person_id = (await lead_as(intake, hidden)).person_id
    moved = "update intake.lead set person_id = :person_id where lead_id = :lead_id"
    await rows(engine, moved, person_id=person_id, lead_id=public)
    reading = pb.GetPersonRequest(person_id=person_id, purpose="call back")

    told = await refused(intake.GetPerson(reading, metadata=as_rep(new_id())))

    assert told.reason == "NOT_YOURS"


async def test_lists_leave_hidden_leads_out_and_pages_are_as_full_as_without_them(intake: IntakeServiceStub) -> None:
    channel = f"web_{uuid4().hex[:8]}"
    leads = [(await submitted(intake, a_submission(channel))).lead_id for _ in range(7)]
    for lead_id in leads[1::2]:
        await hide(intake, lead_id)

    async def pages(caller: tuple[tuple[str, str], ...]) -> list[list[str]]:
        found, token = [], ""
        while True:
            request = pb.ListLeadsRequest(channel=channel, page_size=2, page_token=token)
            answer = await intake.ListLeads(request, metadata=caller)
            found.append([lead.lead_id for lead in answer.leads])
            if not (token := answer.next_page_token):
                return found

    assert await pages(as_marketer()) == [[leads[6], leads[4]], [leads[2], leads[0]]]
    assert [lead for page in await pages(as_manager()) for lead in page] == leads[::-1]


async def test_a_check_for_duplicates_finds_hidden_leads_for_who_sees_them_alone(intake: IntakeServiceStub) -> None:
    mobile, holder, manager = new_mobile(), new_id(), Caller("wang", Role.MANAGER)
    lead_id = await a_hidden_lead(intake, phone=mobile)
    await hide(intake, lead_id, holder_id=holder, epoch=1)

    assert await matches_of(intake, manager, phone=mobile) == [lead_id]
    assert await matches_of(intake, Caller(holder, Role.REP), phone=mobile) == [lead_id]
    assert await matches_of(intake, an_outsider(Role.REP), phone=mobile) == []
    assert await matches_of(intake, an_outsider(Role.MARKETER), phone=mobile) == []


async def test_hidden_leads_take_no_place_of_others_among_the_matches(intake: IntakeServiceStub) -> None:
    company = f"云帆{uuid4().hex[:8]}科技有限公司"
    for given_name in "一二三四五六七八九十春夏秋冬东南西北梅兰":
        await a_hidden_lead(intake, name=f"王{given_name}", phone=new_mobile(), company=company)
    public = (await submitted(intake, a_submission(company=company))).lead_id

    assert await matches_of(intake, an_outsider(Role.REP), company=company) == [public]


@pytest.mark.parametrize("role", [Role.REP, Role.MARKETER])
async def test_who_submits_a_known_person_is_told_so_and_nothing_of_the_hidden_lead_s_holder(
    intake: IntakeServiceStub, role: Role
) -> None:
    mobile = new_mobile()
    lead_id = await a_hidden_lead(intake, phone=mobile)
    await hide(intake, lead_id, holder_id=new_id(), epoch=1)
    again = a_submission(phone=mobile, source_event_id=new_id())

    caller = caller_metadata(an_outsider(role))
    answer = await submitted(intake, again, caller)
    again.request_id = new_id()
    redelivered = await submitted(intake, again, caller)

    assert (answer.outcome, answer.lead_id, list(answer.matches)) == (pb.OUTCOME_ATTACHED, lead_id, [])
    assert redelivered == answer
    for_manager = await submitted(intake, a_submission(phone=mobile), as_manager())
    assert [match.lead_id for match in for_manager.matches] == [lead_id]


async def test_colleagues_that_are_hidden_are_no_match_of_somebody_new(intake: IntakeServiceStub) -> None:
    """Such submissions are taken together with those of other callers."""
    company = f"云帆{uuid4().hex[:8]}科技有限公司"
    lead_id = await a_hidden_lead(intake, company=company, name="李雷")
    colleague = a_submission(company=company, name="韩梅梅")

    answer = await submitted(intake, colleague)
    for_manager = await submitted(intake, a_submission(company=company, name="林涛"), as_manager())

    assert (answer.outcome, list(answer.matches)) == (pb.OUTCOME_CREATED, [])
    assert lead_id in {match.lead_id for match in for_manager.matches}


async def test_a_batch_tells_no_more_than_its_rows_would(intake: IntakeServiceStub) -> None:
    mobile = new_mobile()
    lead_id = await a_hidden_lead(intake, phone=mobile)
    request = pb.BatchSubmitLeadsRequest(rows=[a_submission(phone=mobile)])

    [outcome] = (await intake.BatchSubmitLeads(request, metadata=as_marketer())).outcomes

    assert (outcome.response.lead_id, list(outcome.response.matches)) == (lead_id, [])


async def reviews(intake: IntakeServiceStub, caller: tuple[tuple[str, str], ...]) -> dict[str, pb.Review]:
    listed = (await intake.ListReviews(pb.ListReviewsRequest(page_size=500), metadata=caller)).reviews
    return {review.review_id: review for review in listed}


async def test_a_review_about_a_hidden_lead_is_the_managers_alone(intake: IntakeServiceStub) -> None:
    known, waiting = await a_review(intake)
    await hide(intake, known)

    told = await refused(resolved(intake, waiting.review_id, "NEW"))
    unknown = await refused(resolved(intake, unknown_id := new_id(), "NEW"))

    assert waiting.review_id not in await reviews(intake, as_marketer())
    assert str(told).replace(waiting.review_id, unknown_id) == str(unknown)
    assert [match.lead_id for match in (await reviews(intake, as_manager()))[waiting.review_id].matches] == [known]
    deciding = pb.ResolveReviewRequest(request_id=new_id(), review_id=waiting.review_id, resolution="RESOLUTION_NEW")
    assert (await intake.ResolveReview(deciding, metadata=as_manager())).outcome == pb.OUTCOME_CREATED


async def test_a_match_that_came_up_since_and_is_hidden_is_left_out_of_a_review(intake: IntakeServiceStub) -> None:
    mobile, company = new_mobile(), f"云帆{uuid4().hex[:8]}科技有限公司"
    known = (await submitted(intake, a_submission(phone=mobile))).lead_id
    waiting = await submitted(intake, a_submission(phone=mobile, name="王建国", company=company))
    hidden = await a_hidden_lead(intake, name="林涛", company=company)

    listed = (await reviews(intake, as_marketer()))[waiting.review_id]

    assert {match.lead_id for match in listed.matches} == {known}
    assert hidden in {match.lead_id for match in (await reviews(intake, as_manager()))[waiting.review_id].matches}


async def test_nobody_attaches_a_submission_to_a_lead_that_is_hidden_from_him(intake: IntakeServiceStub) -> None:
    _, waiting = await a_review(intake)
    hidden = await a_hidden_lead(intake)

    told = await refused(resolved(intake, waiting.review_id, "ATTACH", hidden))
    unknown = await refused(resolved(intake, waiting.review_id, "ATTACH", new_id()))

    assert told == unknown
    assert told.reason == "INVALID_FIELD"
