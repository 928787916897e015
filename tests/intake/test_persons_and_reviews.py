"""Who may see a person, what a reviewer decides, and what a conversion registers."""

import asyncio
from datetime import timedelta

import grpc.aio
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from clew.intake.v1 import intake_pb2 as pb
from clew.intake.v1.intake_pb2_grpc import IntakeServiceStub
from cli.refusals import refusal_of
from services.intake.access import METHODS
from services.intake.companies import check_digit
from services.intake.store_reviews import decide_overdue
from services.shared import clock
from services.shared.callers import Caller, Role, set_caller
from services.shared.channels import caller_metadata
from tests.examples import Metadata, as_administrator, as_manager, as_marketer, as_rep, as_service
from tests.intake.conftest import REVIEW_WITHIN
from tests.intake.submissions import MARKETER, a_submission, new_id, new_mobile, submitted

Stub = IntakeServiceStub


async def access(intake: Stub, lead_id: str, holder_id: str, epoch: int) -> int:
    request = pb.SetAccessRequest(
        request_id=new_id(),
        lead_id=lead_id,
        holder_id=holder_id,
        holder_code="L007" if holder_id else "",
        epoch=epoch,
    )
    return (await intake.SetAccess(request, metadata=as_service())).epoch


async def lead_as(intake: Stub, lead_id: str, metadata: Metadata) -> pb.Lead:
    return (await intake.GetLead(pb.GetLeadRequest(lead_id=lead_id), metadata=metadata)).lead


async def a_review(intake: Stub) -> tuple[str, pb.SubmitLeadResponse]:
    """A known lead's id, and a submission that may be the same person."""
    mobile = new_mobile()
    known = await submitted(intake, a_submission(phone=mobile))
    return known.lead_id, await submitted(intake, a_submission(phone=mobile, name="王建国"))


async def resolved(intake: Stub, review_id: str, resolution: str, lead_id: str = "") -> pb.ResolveReviewResponse:
    request = pb.ResolveReviewRequest(
        request_id=new_id(), review_id=review_id, resolution=f"RESOLUTION_{resolution}", lead_id=lead_id
    )
    return await intake.ResolveReview(request, metadata=MARKETER)


async def test_the_holder_and_managers_see_the_person_and_others_a_mask(intake: Stub) -> None:
    holder, lead_id = new_id(), (await submitted(intake)).lead_id
    await access(intake, lead_id, holder, epoch=1)

    assert not (await lead_as(intake, lead_id, as_rep(holder))).masked
    assert not (await lead_as(intake, lead_id, as_manager())).masked
    for stranger in (as_rep(new_id()), as_marketer()):
        seen = await lead_as(intake, lead_id, stranger)
        assert seen.masked
        assert "韩梅梅" not in str(seen)


async def test_an_older_epoch_never_gives_access_back(intake: Stub) -> None:
    old, new, lead_id = new_id(), new_id(), (await submitted(intake)).lead_id
    await access(intake, lead_id, old, epoch=1)
    await access(intake, lead_id, new, epoch=2)

    assert await access(intake, lead_id, old, epoch=1) == 2
    assert await access(intake, lead_id, "", epoch=1) == 2
    assert (await lead_as(intake, lead_id, as_rep(old))).masked
    assert not (await lead_as(intake, lead_id, as_rep(new))).masked


async def test_the_end_of_a_holding_ends_its_access(intake: Stub) -> None:
    holder, lead_id = new_id(), (await submitted(intake)).lead_id
    await access(intake, lead_id, holder, epoch=1)

    await access(intake, lead_id, "", epoch=1)
    await access(intake, lead_id, holder, epoch=1)

    assert (await lead_as(intake, lead_id, as_rep(holder))).masked


async def test_each_look_at_a_person_is_recorded_with_its_purpose(intake: Stub, engine: AsyncEngine) -> None:
    holder, request = new_id(), a_submission()
    request.consents.add(purpose="sales", channel="phone", granted=True, text_version="2026-01")
    lead_id = (await submitted(intake, request)).lead_id
    await access(intake, lead_id, holder, epoch=1)
    person_id = (await lead_as(intake, lead_id, as_manager())).person_id
    look = pb.GetPersonRequest(person_id=person_id, purpose="call back")

    seen = await intake.GetPerson(look, metadata=as_rep(holder))
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await intake.GetPerson(look, metadata=as_rep(new_id()))

    assert seen.person.name == "韩梅梅"
    assert [(one.purpose, one.granted) for one in seen.consents] == [("sales", True)]
    assert refusal_of(error.value).reason == "NOT_YOURS"
    async with engine.connect() as db:
        question = text("select reader_id, purpose from intake.person_read where person_id = :id")
        assert [tuple(row) for row in await db.execute(question, {"id": person_id})] == [(holder, "call back")]


async def test_a_note_is_the_holders_to_write_and_its_text_stays_out_of_the_timeline(intake: Stub) -> None:
    holder, lead_id = new_id(), (await submitted(intake)).lead_id
    await access(intake, lead_id, holder, epoch=1)
    note = pb.AddNoteRequest(request_id=new_id(), lead_id=lead_id, text="张总的秘书说下周再打 13800138000")

    added = await intake.AddNote(note, metadata=as_rep(holder))
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await intake.AddNote(note, metadata=as_rep(new_id()))

    assert refusal_of(error.value).reason == "NOT_YOURS"
    events = await intake.ListLeadEvents(pb.ListLeadEventsRequest(lead_id=lead_id), metadata=as_administrator())
    assert added.note_id in str(events)
    assert "13800138000" not in str(events)


async def test_a_reviewer_finds_somebody_new(intake: Stub) -> None:
    known, waiting = await a_review(intake)

    answer = await resolved(intake, waiting.review_id, "NEW")

    assert answer.outcome == pb.OUTCOME_CREATED
    assert answer.lead_id not in ("", known)


async def test_a_reviewer_finds_somebody_we_know(intake: Stub) -> None:
    known, waiting = await a_review(intake)

    answer = await resolved(intake, waiting.review_id, "ATTACH", known)

    assert (answer.outcome, answer.lead_id) == (pb.OUTCOME_ATTACHED, known)
    assert (await lead_as(intake, known, as_manager())).touchpoints == 2


async def test_of_two_reviewers_at_once_one_decides(intake: Stub) -> None:
    known, waiting = await a_review(intake)

    answers = await asyncio.gather(
        resolved(intake, waiting.review_id, "NEW"),
        resolved(intake, waiting.review_id, "ATTACH", known),
        resolved(intake, waiting.review_id, "REJECT"),
        return_exceptions=True,
    )

    refused = [refusal_of(one) for one in answers if isinstance(one, grpc.aio.AioRpcError)]
    assert [one.reason for one in refused] == ["REVIEW_RESOLVED", "REVIEW_RESOLVED"]


async def test_to_attach_a_lead_must_be_named_that_is_there(intake: Stub) -> None:
    _, waiting = await a_review(intake)

    with pytest.raises(grpc.aio.AioRpcError) as error:
        await resolved(intake, waiting.review_id, "ATTACH", new_id())

    assert [name for name, _ in refusal_of(error.value).fields] == ["lead_id"]


async def test_open_reviews_are_listed_oldest_first_and_masked(intake: Stub) -> None:
    waiting = [(await a_review(intake))[1].review_id for _ in range(3)]

    listed: list[pb.Review] = []
    token = ""
    while True:
        page = await intake.ListReviews(pb.ListReviewsRequest(page_size=2, page_token=token), metadata=MARKETER)
        listed += page.reviews
        token = page.next_page_token
        if not token:
            break

    assert [review.review_id for review in listed if review.review_id in waiting] == waiting
    assert {review.person.name for review in listed} == {"王*"}
    assert all(review.matches for review in listed)


async def test_a_review_that_nobody_decides_becomes_a_flagged_lead(intake: Stub, engine: AsyncEngine) -> None:
    _, waiting = await a_review(intake)
    await clock.move(engine, REVIEW_WITHIN + timedelta(seconds=1))
    set_caller(Caller("intake", Role.SERVICE))

    async with engine.begin() as db:
        assert await decide_overdue(db) >= 1

    with pytest.raises(grpc.aio.AioRpcError) as error:
        await resolved(intake, waiting.review_id, "NEW")
    assert refusal_of(error.value).metadata["resolution"] == "TIME_UP"
    async with engine.connect() as db:
        question = text("select lead_id from intake.submission where submission_id = :id")
        lead_id = str(await db.scalar(question, {"id": waiting.submission_id}))
    assert (await lead_as(intake, lead_id, as_manager())).unreviewed


async def test_after_a_conversion_the_company_and_the_contact_are_known(intake: Stub) -> None:
    body = f"91310000MA{new_mobile()[4:11]}"
    code = body + check_digit(body)
    mobile, owner = new_mobile(), new_id()
    won = (await submitted(intake, a_submission(phone=mobile, company="云帆科技有限公司", credit_code=code))).lead_id
    before = await intake.MatchAccount(pb.MatchAccountRequest(lead_id=won), metadata=as_service())
    register = pb.RegisterKeysRequest(
        request_id=new_id(), lead_id=won, account_id=new_id(), contact_id=new_id(), account_owner=owner
    )

    registered = await intake.RegisterKeys(register, metadata=as_service())
    again = await intake.RegisterKeys(
        pb.RegisterKeysRequest(
            request_id=new_id(),
            lead_id=won,
            account_id=register.account_id,
            contact_id=register.contact_id,
            account_owner=owner,
        ),
        metadata=as_service(),
    )

    assert (before.account_id, bool(before.organisation_id)) == ("", True)
    assert registered.keys == again.keys == 3
    # The same number comes again: the lead behind the contact has one more touchpoint.
    touched = await submitted(intake, a_submission(phone=mobile))
    assert (touched.outcome, touched.lead_id) == (pb.OUTCOME_ATTACHED, won)
    assert {match.owner for match in touched.matches} == {pb.KEY_OWNER_LEAD, pb.KEY_OWNER_CONTACT}
    # A colleague of the company is a lead of his own, and matched to the account.
    colleague = await submitted(intake, a_submission(name="王建国", credit_code=code))
    assert colleague.outcome == pb.OUTCOME_CREATED
    new = colleague.lead_id
    matched = await intake.MatchAccount(pb.MatchAccountRequest(lead_id=new), metadata=as_service())
    assert (new == won, matched.account_id) == (False, register.account_id)
    known = await intake.GetLeadFacts(pb.GetLeadFactsRequest(lead_id=new), metadata=as_service())
    assert (known.facts.account_matched, known.account_owner) == (True, owner)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("method", sorted(METHODS))
async def test_a_method_is_open_to_the_roles_of_the_access_table_and_to_no_other(
    intake: Stub, method: str, role: Role
) -> None:
    request = getattr(pb, f"{method}Request")()
    metadata = caller_metadata(Caller(new_id(), role))

    try:
        await getattr(intake, method)(request, metadata=metadata)
        reason = "OK"
    except grpc.aio.AioRpcError as error:
        reason = refusal_of(error).reason

    # An empty request is refused by its fields where it has any that are required, after the role was let in.
    assert (reason == "ROLE_NOT_ALLOWED") == (role not in METHODS[method])
