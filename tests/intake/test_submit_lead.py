"""One submission, one outcome; the same person twice at once is one lead."""

import asyncio
from datetime import timedelta

import grpc.aio
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from clew.intake.v1 import intake_pb2 as pb
from clew.intake.v1.intake_pb2_grpc import IntakeServiceStub
from cli.refusals import refusal_of
from services.intake.store import nudge_untaken
from services.shared.callers import Caller, Role, set_caller
from tests.examples import as_administrator, as_manager, as_rep, as_service
from tests.intake.submissions import MARKETER, a_submission, new_id, new_mobile, submitted

Stub = IntakeServiceStub


async def facts_of(intake: Stub, lead_id: str) -> pb.GetLeadFactsResponse:
    return await intake.GetLeadFacts(pb.GetLeadFactsRequest(lead_id=lead_id), metadata=as_service())


async def refused(intake: Stub, request: pb.SubmitLeadRequest) -> tuple[grpc.StatusCode, str, list[str]]:
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await submitted(intake, request)
    told = refusal_of(error.value)
    return told.status, told.reason, [name for name, _ in told.fields]


async def test_somebody_new_is_a_lead_with_a_screening_record(intake: Stub) -> None:
    answer = await submitted(intake)

    assert answer.outcome == pb.OUTCOME_CREATED
    checks = {check.check: check for check in answer.screening}
    assert checks["reachable"].verdict == pb.VERDICT_PASS
    assert checks["phone_plausible"].evidence.startswith("mobile")
    assert checks["intent_known"].verdict == pb.VERDICT_UNKNOWN


async def test_facts_say_what_the_number_tells_and_nothing_personal(intake: Stub) -> None:
    answer = await submitted(intake)

    known = await facts_of(intake, answer.lead_id)

    assert (known.version, known.taken_version, known.reenquiries) == (1, 0, 0)
    assert (known.facts.country, known.facts.time_zone, known.facts.industry) == ("CN", "Asia/Shanghai", "制造业")
    assert "韩梅梅" not in str(known)


async def test_the_same_number_in_another_spelling_is_a_touchpoint(intake: Stub) -> None:
    mobile = new_mobile()
    first = await submitted(intake, a_submission(phone=mobile))

    again = await submitted(intake, a_submission(phone=f"+86 {mobile[:3]}-{mobile[3:7]}-{mobile[7:]}"))

    assert (again.outcome, again.lead_id) == (pb.OUTCOME_ATTACHED, first.lead_id)
    known = await facts_of(intake, first.lead_id)
    assert (known.version, known.reenquiries) == (2, 1)


async def test_one_person_submitted_on_twenty_channels_at_once_is_one_lead(intake: Stub, engine: AsyncEngine) -> None:
    mobile, email = new_mobile(), f"{new_id()}@example.com"
    requests = [a_submission(channel=f"channel_{n}", phone=mobile, email=email) for n in range(20)]

    answers = await asyncio.gather(*(submitted(intake, request) for request in requests))

    assert sorted(answer.outcome for answer in answers) == [pb.OUTCOME_CREATED] + [pb.OUTCOME_ATTACHED] * 19
    assert len({answer.lead_id for answer in answers}) == 1
    assert (await facts_of(intake, answers[0].lead_id)).reenquiries == 19
    async with engine.connect() as db:
        question = text("select array_agg(seq order by seq) from intake.event where lead_id = :id")
        assert await db.scalar(question, {"id": answers[0].lead_id}) == list(range(1, 21))


async def test_a_redelivered_event_of_a_source_is_one_touchpoint_even_at_once(intake: Stub) -> None:
    mobile = new_mobile()
    requests = [a_submission(channel="webhook", source_event_id=f"e-{mobile}", phone=mobile) for _ in range(6)]

    answers = await asyncio.gather(*(submitted(intake, request) for request in requests))

    assert {answer.outcome for answer in answers} == {pb.OUTCOME_CREATED}
    assert len({answer.submission_id for answer in answers}) == 1
    assert (await facts_of(intake, answers[0].lead_id)).reenquiries == 0


async def test_a_known_number_with_another_name_waits_for_a_person(intake: Stub) -> None:
    mobile = new_mobile()
    known = await submitted(intake, a_submission(phone=mobile))

    answer = await submitted(intake, a_submission(phone=mobile, name="王建国"))

    assert answer.outcome == pb.OUTCOME_IN_REVIEW
    assert answer.review_id
    assert not answer.lead_id
    match = answer.matches[0]
    assert (match.lead_id, match.strong, match.masked_person[:2]) == (known.lead_id, True, "韩*")


@pytest.mark.parametrize(
    "person",
    [{"name": "测试", "phone": "13900000001"}, {"name": "李雷", "phone": ""}],
    ids=["a test row", "nobody to reach"],
)
async def test_what_screening_refuses_is_kept_and_is_no_lead(
    intake: Stub, engine: AsyncEngine, person: dict[str, str]
) -> None:
    answer = await submitted(intake, a_submission(**person))

    assert (answer.outcome, answer.lead_id) == (pb.OUTCOME_REJECTED, "")
    assert any(check.required and check.verdict == pb.VERDICT_FAIL for check in answer.screening)
    async with engine.connect() as db:
        question = text("select outcome from intake.submission where submission_id = :id")
        assert await db.scalar(question, {"id": answer.submission_id}) == "REJECTED"


@pytest.mark.parametrize(
    ("person", "field"),
    [
        ({"phone": "12345"}, "person.phone"),
        ({"email": "not an address"}, "person.email"),
        ({"credit_code": "91110000802100433C"}, "person.credit_code"),
        ({"name": "李\0雷"}, "person.name"),
        ({"name": "x" * 201}, "person.name"),
    ],
)
async def test_a_field_that_cannot_be_read_is_named_and_nothing_is_stored(
    intake: Stub, engine: AsyncEngine, person: dict[str, str], field: str
) -> None:
    async with engine.connect() as db:
        before = await db.scalar(text("select count(*) from intake.submission"))

    status, reason, fields = await refused(intake, a_submission(**person))

    assert (status, reason, fields) == (grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELD", [field])
    async with engine.connect() as db:
        assert await db.scalar(text("select count(*) from intake.submission")) == before


async def test_a_campaign_that_is_not_there_is_refused_by_its_id(intake: Stub) -> None:
    request = a_submission()
    request.campaign_id = new_id()

    status, reason, _ = await refused(intake, request)

    assert (status, reason) == (grpc.StatusCode.NOT_FOUND, "NOT_FOUND")


async def test_a_campaigns_leads_are_listed_masked_newest_first_over_pages(intake: Stub) -> None:
    created = await intake.CreateCampaign(
        pb.CreateCampaignRequest(request_id=new_id(), code=f"expo-{new_id()[:8]}", name="上海工博会"), metadata=MARKETER
    )
    requests = [a_submission() for _ in range(5)]
    for request in requests:
        request.campaign_id = created.campaign_id
    lead_ids = [(await submitted(intake, request)).lead_id for request in requests]

    seen: list[pb.Lead] = []
    page = pb.ListLeadsResponse(next_page_token="")
    while True:
        request_page = pb.ListLeadsRequest(
            page_size=2, page_token=page.next_page_token, campaign_id=created.campaign_id
        )
        page = await intake.ListLeads(request_page, metadata=as_manager())
        seen += page.leads
        if not page.next_page_token:
            break

    assert [lead.lead_id for lead in seen] == lead_ids[::-1]
    assert {lead.person.name for lead in seen} == {"韩*"}
    assert all(lead.masked for lead in seen)


async def test_a_page_token_of_another_filter_is_refused(intake: Stub) -> None:
    for _ in range(2):
        await submitted(intake)
    page = await intake.ListLeads(pb.ListLeadsRequest(page_size=1), metadata=as_manager())

    with pytest.raises(grpc.aio.AioRpcError) as error:
        await intake.ListLeads(
            pb.ListLeadsRequest(page_token=page.next_page_token, channel="other"), metadata=as_manager()
        )

    assert refusal_of(error.value).reason == "PAGE_TOKEN_INVALID"


async def test_in_a_batch_each_row_has_its_own_outcome(intake: Stub) -> None:
    mobile = new_mobile()
    rows = [
        a_submission(phone=mobile),
        a_submission(phone="12345"),
        a_submission(phone=f"0086{mobile}"),
        pb.SubmitLeadRequest(),
        a_submission(name="测试"),
    ]

    answer = await intake.BatchSubmitLeads(pb.BatchSubmitLeadsRequest(rows=rows), metadata=MARKETER)
    again = await intake.BatchSubmitLeads(pb.BatchSubmitLeadsRequest(rows=rows), metadata=MARKETER)

    outcomes = [one.response.outcome for one in answer.outcomes if one.HasField("response")]
    assert sorted(outcomes) == [pb.OUTCOME_CREATED, pb.OUTCOME_ATTACHED, pb.OUTCOME_REJECTED]
    assert answer.outcomes[1].error.field == "person.phone"
    assert answer.outcomes[3].error.reason == "INVALID_FIELD"
    # Sent again with the same request ids, it answers the same.
    assert again == answer


async def test_a_batch_row_and_a_submission_with_one_request_id_are_one_act(intake: Stub) -> None:
    row = a_submission()

    batch = await intake.BatchSubmitLeads(pb.BatchSubmitLeadsRequest(rows=[row]), metadata=MARKETER)
    alone = await submitted(intake, row)

    assert alone == batch.outcomes[0].response


async def test_a_check_for_duplicates_answers_masked_in_any_spelling(intake: Stub) -> None:
    mobile = new_mobile()
    lead_id = (await submitted(intake, a_submission(phone=mobile))).lead_id
    await intake.SetAccess(
        pb.SetAccessRequest(request_id=new_id(), lead_id=lead_id, holder_id=new_id(), holder_code="L007", epoch=1),
        metadata=as_service(),
    )

    answer = await intake.CheckDuplicates(
        pb.CheckDuplicatesRequest(person=pb.Person(phone=f"{mobile[:3]} {mobile[3:7]} {mobile[7:]}")),
        metadata=as_rep(new_id()),
    )

    match = answer.matches[0]
    assert (match.lead_id, match.masked_person, match.masked_holder) == (
        lead_id,
        f"韩* {mobile[:3]}****{mobile[7:]}",
        "L**7",
    )


async def test_what_is_handed_over_and_not_taken_is_told_again(intake: Stub, engine: AsyncEngine) -> None:
    lead_id = (await submitted(intake)).lead_id
    set_caller(Caller("intake", Role.SERVICE))
    async with engine.begin() as db:
        await db.execute(
            text("update intake.lead set changed_at = changed_at - :some where lead_id = :id"),
            {"id": lead_id, "some": timedelta(seconds=11)},
        )
        await db.execute(text("update intake.event set delivered_at = recorded_at"))
        assert await nudge_untaken(db) == 1
        assert await nudge_untaken(db) == 0
    await intake.MarkTaken(pb.MarkTakenRequest(request_id=new_id(), lead_id=lead_id, version=1), metadata=as_service())

    events = await intake.ListLeadEvents(pb.ListLeadEventsRequest(lead_id=lead_id), metadata=as_administrator())
    assert [event.kind for event in events.events] == ["lead_created", "work_nudged"]
