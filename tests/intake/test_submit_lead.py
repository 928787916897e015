"""One submission, one transaction, one outcome."""

import grpc.aio
import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from sqlalchemy.ext.asyncio import AsyncEngine

from clew.intake.v1 import intake_pb2 as pb
from clew.intake.v1.intake_pb2_grpc import IntakeServiceStub
from tests.examples import as_manager, as_rep
from tests.intake.submissions import (
    MARKETER,
    a_submission,
    events_of,
    facts_of,
    lead_as,
    new_id,
    new_mobile,
    refused,
    rows,
    submitted,
)

Stub = IntakeServiceStub


async def test_somebody_new_is_a_lead_with_a_screening_record(intake: Stub) -> None:
    answer = await submitted(intake)

    assert (answer.outcome, answer.review_id, len(answer.matches)) == (pb.OUTCOME_CREATED, "", 0)
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


async def test_a_person_is_kept_with_each_contact_in_its_one_form(intake: Stub) -> None:
    typed = {"phone": "（010）６２３４５６７８转801", "email": " Lei.Li@Example.COM", "wecom_id": f" {new_id()} "}

    lead = await lead_as(intake, (await submitted(intake, a_submission(**typed))).lead_id)

    assert (lead.person.phone, lead.person.email) == ("+861062345678 ext. 801", "Lei.Li@example.com")
    assert lead.person.wecom_id == typed["wecom_id"].strip()


async def test_the_same_number_in_another_spelling_is_a_touchpoint(intake: Stub) -> None:
    mobile = new_mobile()
    first = await submitted(intake, a_submission(phone=mobile))

    again = await submitted(intake, a_submission(phone=f"+86 {mobile[:3]}-{mobile[3:7]}-{mobile[7:]}"))

    assert (again.outcome, again.lead_id) == (pb.OUTCOME_ATTACHED, first.lead_id)
    known = await facts_of(intake, first.lead_id)
    assert (known.version, known.reenquiries) == (2, 1)
    assert [event.kind for event in await events_of(intake, first.lead_id)] == ["lead_created", "lead_attached"]


async def test_a_key_that_a_re_enquiry_brings_is_the_leads_from_then_on(intake: Stub) -> None:
    mobile, email = new_mobile(), f"{new_id()}@example.com"
    first = await submitted(intake, a_submission(phone=mobile))
    await submitted(intake, a_submission(phone=mobile, email=email))

    by_address = await submitted(intake, a_submission(phone="", email=email))

    assert (by_address.outcome, by_address.lead_id) == (pb.OUTCOME_ATTACHED, first.lead_id)


async def test_a_re_enquiry_fills_in_what_nobody_had_said_and_changes_nothing_else(intake: Stub) -> None:
    mobile, email = new_mobile(), f"{new_id()}@example.com"
    first = await submitted(intake, a_submission(phone=mobile, name="李雷"))
    again = a_submission(phone=mobile, name="李雷先生", email=email, title="采购经理", company="云帆科技有限公司")
    again.attributes.industry = "零售"
    again.attributes.city = "苏州"

    await submitted(intake, again)

    lead = await lead_as(intake, first.lead_id)
    assert (lead.person.name, lead.person.email, lead.person.title) == ("李雷", email, "采购经理")
    assert (lead.facts.industry, lead.facts.city) == ("制造业", "苏州")
    attached = (await events_of(intake, first.lead_id))[-1]
    assert dict(attached.changes) == {"channel": "web_form", "reenquiries": "1", "facts_filled_in": "city"}


async def test_what_is_said_about_consent_is_kept_with_the_person_each_time(intake: Stub) -> None:
    requests = [a_submission(), a_submission()]
    for request, granted in zip(requests, (True, False), strict=True):
        request.person.phone = requests[0].person.phone
        request.consents.add(purpose="marketing", channel="email", granted=granted, text_version="2026-01")
    [lead_id] = {(await submitted(intake, request)).lead_id for request in requests}
    person_id = (await lead_as(intake, lead_id)).person_id

    seen = await intake.GetPerson(pb.GetPersonRequest(person_id=person_id, purpose="call"), metadata=as_manager())

    assert [(consent.channel, consent.granted) for consent in seen.consents] == [("email", False), ("email", True)]


async def test_a_known_number_with_another_name_waits_for_a_person(intake: Stub) -> None:
    mobile = new_mobile()
    known = await submitted(intake, a_submission(phone=mobile))

    answer = await submitted(intake, a_submission(phone=mobile, name="王建国"))

    assert (answer.outcome, answer.lead_id, bool(answer.review_id)) == (pb.OUTCOME_IN_REVIEW, "", True)
    match = answer.matches[0]
    assert (match.lead_id, match.strong, match.masked_person[:2]) == (known.lead_id, True, "韩*")
    opened = (await events_of(intake, known.lead_id))[-1]
    assert (opened.kind, opened.reason) == ("review_opened", "NAME_DIFFERS")


async def test_numbers_of_two_leads_in_one_submission_wait_for_a_person(intake: Stub) -> None:
    mobile, email = new_mobile(), f"{new_id()}@example.com"
    await submitted(intake, a_submission(phone=mobile))
    await submitted(intake, a_submission(email=email))

    answer = await submitted(intake, a_submission(phone=mobile, email=email))

    assert answer.outcome == pb.OUTCOME_IN_REVIEW
    assert len({match.lead_id for match in answer.matches}) == 2


@pytest.mark.parametrize("shared", [{"phone": "021-52349999"}, {"email": "info@shared.example.com"}])
async def test_who_shares_a_switchboard_or_a_role_mailbox_waits_for_a_person(
    intake: Stub, shared: dict[str, str]
) -> None:
    await submitted(intake, a_submission(**shared, name="李雷"))

    answer = await submitted(intake, a_submission(**shared, wecom_id=new_id(), name="王建国"))

    assert answer.outcome == pb.OUTCOME_IN_REVIEW
    assert not answer.matches[0].strong


async def test_many_people_of_one_company_are_as_many_leads_and_no_reviews(intake: Stub) -> None:
    names = ["李雷", "韩梅梅", "王建国", "张伟", "Ada Lovelace"]

    answers = [await submitted(intake, a_submission(name=name, company="许多人有限公司")) for name in names]

    assert {answer.outcome for answer in answers} == {pb.OUTCOME_CREATED}
    assert {match.key_kind for match in answers[-1].matches} == {pb.KEY_KIND_COMPANY_NAME}


async def test_a_line_of_business_has_its_own_keys(intake: Stub) -> None:
    one, other = a_submission(), a_submission()
    other.person.CopyFrom(one.person)
    other.business_line = "leasing"

    answers = [await submitted(intake, one), await submitted(intake, other)]

    assert [answer.outcome for answer in answers] == [pb.OUTCOME_CREATED] * 2
    assert (await facts_of(intake, answers[1].lead_id)).facts.business_line == "leasing"


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
    [kept] = await rows(
        engine, "select outcome from intake.submission where submission_id = :id", id=answer.submission_id
    )
    assert kept.outcome == "REJECTED"


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
    stored = "select (select count(*) from intake.submission) + (select count(*) from intake.request)"
    before = await rows(engine, stored)

    told = await refused(submitted(intake, a_submission(**person)))

    assert (told.status, told.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELD")
    assert [name for name, _ in told.fields] == [field]
    assert await rows(engine, stored) == before


async def test_an_instant_that_is_none_is_named(intake: Stub) -> None:
    request = a_submission()
    request.occurred_at.CopyFrom(Timestamp(seconds=10**18))

    assert [name for name, _ in (await refused(submitted(intake, request))).fields] == ["occurred_at"]


async def test_a_campaign_that_is_not_there_is_refused_by_its_id(intake: Stub) -> None:
    request = a_submission()
    request.campaign_id = new_id()

    told = await refused(submitted(intake, request))

    assert (told.status, told.reason) == (grpc.StatusCode.NOT_FOUND, "NOT_FOUND")
    assert told.metadata == {"kind": "campaign", "id": request.campaign_id}


async def test_a_campaign_that_is_no_id_is_refused_by_its_field(intake: Stub) -> None:
    request = a_submission()
    request.campaign_id = "expo-2026"

    assert [name for name, _ in (await refused(submitted(intake, request))).fields] == ["campaign_id"]


async def test_a_rep_captures_leads_for_himself_only(intake: Stub) -> None:
    rep, request, others = new_id(), a_submission(), a_submission()
    request.captured_by, others.captured_by = rep, new_id()

    lead_id = (await submitted(intake, request, as_rep(rep))).lead_id

    assert (await facts_of(intake, lead_id)).captured_by == rep
    assert (await refused(submitted(intake, others, as_rep(rep)))).reason == "NOT_YOURS"


async def test_the_same_request_again_is_answered_the_same_and_does_nothing(intake: Stub) -> None:
    request = a_submission()
    first = await submitted(intake, request)

    assert await submitted(intake, request) == first
    assert (await facts_of(intake, first.lead_id)).reenquiries == 0


async def test_a_request_id_is_good_for_one_submission_only(intake: Stub) -> None:
    request = a_submission()
    await submitted(intake, request)
    request.person.name = "王建国"

    assert (await refused(submitted(intake, request))).reason == "REQUEST_ID_REUSED"


async def test_a_redelivered_event_is_answered_what_became_of_it(intake: Stub) -> None:
    mobile = new_mobile()
    await submitted(intake, a_submission(phone=mobile))
    delivered = [
        a_submission("webhook", f"review-{mobile}", phone=mobile, name="王建国"),
        a_submission("webhook", f"test-{mobile}", name="测试"),
        a_submission("webhook", f"again-{mobile}", phone=mobile),
    ]
    first = [await submitted(intake, request) for request in delivered]
    for request in delivered:
        request.request_id = new_id()

    again = [await submitted(intake, request) for request in delivered]

    outcomes = [pb.OUTCOME_IN_REVIEW, pb.OUTCOME_REJECTED, pb.OUTCOME_ATTACHED]
    assert [answer.outcome for answer in first] == [answer.outcome for answer in again] == outcomes
    assert [answer.submission_id for answer in first] == [answer.submission_id for answer in again]
    assert again[0].review_id == first[0].review_id


async def test_one_event_id_of_two_sources_is_two_events(intake: Stub) -> None:
    event_id = new_id()

    answers = [await submitted(intake, a_submission(channel, event_id)) for channel in ("wecom", "trade_show")]

    assert len({answer.lead_id for answer in answers}) == 2


async def test_a_campaigns_code_is_taken_once(intake: Stub) -> None:
    code = f"expo-{new_id()[:8]}"
    request = pb.CreateCampaignRequest(request_id=new_id(), code=code, name="上海工博会")
    first = await intake.CreateCampaign(request, metadata=MARKETER)

    assert await intake.CreateCampaign(request, metadata=MARKETER) == first
    request.request_id = new_id()
    told = await refused(intake.CreateCampaign(request, metadata=MARKETER))
    assert (told.reason, told.metadata) == ("ALREADY_EXISTS", {"kind": "campaign", "code": code})
