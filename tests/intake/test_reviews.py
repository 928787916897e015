"""Submissions that wait for a person's decision, and what becomes of those that nobody decides."""

import asyncio
from datetime import timedelta

import grpc.aio
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from clew.intake.v1 import intake_pb2 as pb
from clew.intake.v1.intake_pb2_grpc import IntakeServiceStub
from cli.refusals import refusal_of
from services.intake.store_reviews import decide_overdue
from services.shared import clock
from services.shared.callers import Caller, Role, set_caller
from tests.examples import as_manager
from tests.intake.conftest import REVIEW_WITHIN
from tests.intake.submissions import (
    MARKETER,
    a_review,
    a_submission,
    events_of,
    facts_of,
    lead_as,
    new_id,
    new_mobile,
    refused,
    resolved,
    rows,
    submitted,
)

Stub = IntakeServiceStub
OUTCOME = "select outcome, lead_id::text from intake.submission where submission_id = :id"


async def time_is_up(engine: AsyncEngine) -> int:
    """The sweep looks after every open review's time is up."""
    await clock.move(engine, REVIEW_WITHIN + timedelta(seconds=1))
    set_caller(Caller("intake", Role.SERVICE))
    async with engine.begin() as db:
        return await decide_overdue(db)


async def test_a_reviewer_finds_somebody_new(intake: Stub) -> None:
    known, waiting = await a_review(intake)

    answer = await resolved(intake, waiting.review_id, "NEW")

    assert answer.outcome == pb.OUTCOME_CREATED
    assert answer.lead_id not in ("", known)
    lead = await lead_as(intake, answer.lead_id)
    assert (lead.person.name, lead.unreviewed) == ("王建国", False)
    [created] = await events_of(intake, answer.lead_id)
    assert (created.kind, created.reason, created.actor_role) == ("lead_created", "REVIEW_NEW", "marketer")


async def test_a_reviewer_finds_somebody_we_know(intake: Stub) -> None:
    known, waiting = await a_review(intake)

    answer = await resolved(intake, waiting.review_id, "ATTACH", known)

    assert (answer.outcome, answer.lead_id) == (pb.OUTCOME_ATTACHED, known)
    assert (await lead_as(intake, known)).touchpoints == 2
    assert (await facts_of(intake, known)).reenquiries == 1
    assert (await events_of(intake, known))[-1].reason == "REVIEW_ATTACH"


async def test_a_reviewer_finds_no_lead_at_all(intake: Stub, engine: AsyncEngine) -> None:
    known, waiting = await a_review(intake)

    answer = await resolved(intake, waiting.review_id, "REJECT")

    assert (answer.outcome, answer.lead_id) == (pb.OUTCOME_REJECTED, "")
    assert (await lead_as(intake, known)).touchpoints == 1
    assert await rows(engine, OUTCOME, id=waiting.submission_id) == [("REJECTED", None)]


async def test_a_review_is_resolved_once_and_the_second_is_told_how(intake: Stub) -> None:
    _, waiting = await a_review(intake)
    await resolved(intake, waiting.review_id, "REJECT")

    told = await refused(resolved(intake, waiting.review_id, "NEW"))

    assert (told.status, told.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "REVIEW_RESOLVED")
    assert told.metadata == {"review_id": waiting.review_id, "resolution": "REJECT"}


async def test_of_reviewers_at_once_one_decides(intake: Stub) -> None:
    known, waiting = await a_review(intake)

    answers = await asyncio.gather(
        resolved(intake, waiting.review_id, "NEW"),
        resolved(intake, waiting.review_id, "ATTACH", known),
        resolved(intake, waiting.review_id, "REJECT"),
        return_exceptions=True,
    )

    told = [refusal_of(one) for one in answers if isinstance(one, grpc.aio.AioRpcError)]
    assert [one.reason for one in told] == ["REVIEW_RESOLVED", "REVIEW_RESOLVED"]


async def test_to_attach_a_lead_of_the_same_line_of_business_is_named(intake: Stub) -> None:
    known, waiting = await a_review(intake)
    elsewhere = a_submission()
    elsewhere.business_line = "leasing"
    other = (await submitted(intake, elsewhere)).lead_id

    for named in (new_id(), other, ""):
        told = await refused(resolved(intake, waiting.review_id, "ATTACH", named))
        assert [name for name, _ in told.fields] == ["lead_id"]
    told = await refused(resolved(intake, waiting.review_id, "NEW", known))
    assert [name for name, _ in told.fields] == ["lead_id"]


async def test_a_review_that_is_not_there_is_not_found(intake: Stub) -> None:
    assert (await refused(resolved(intake, new_id(), "NEW"))).reason == "NOT_FOUND"


async def test_open_reviews_are_listed_oldest_first_and_masked(intake: Stub) -> None:
    waiting = [(await a_review(intake))[1].review_id for _ in range(3)]

    listed = await all_reviews(intake)

    assert [review.review_id for review in listed if review.review_id in waiting] == waiting
    mine = [review for review in listed if review.review_id in waiting]
    assert {review.person.name for review in mine} == {"王*"}
    assert all("****" in review.person.phone for review in mine)
    assert {(review.cause, review.matches[0].key_kind) for review in mine} == {("NAME_DIFFERS", pb.KEY_KIND_MOBILE)}
    assert all(review.decide_by.ToDatetime() - review.opened_at.ToDatetime() == REVIEW_WITHIN for review in mine)


async def test_a_resolved_review_is_listed_no_more(intake: Stub) -> None:
    _, waiting = await a_review(intake)
    await resolved(intake, waiting.review_id, "NEW")

    assert waiting.review_id not in {review.review_id for review in await all_reviews(intake)}


async def all_reviews(intake: Stub) -> list[pb.Review]:
    listed: list[pb.Review] = []
    token = ""
    while True:
        page = await intake.ListReviews(pb.ListReviewsRequest(page_size=2, page_token=token), metadata=MARKETER)
        listed += page.reviews
        token = page.next_page_token
        if not token:
            return listed


async def test_a_review_that_nobody_decides_becomes_a_flagged_lead(intake: Stub, engine: AsyncEngine) -> None:
    _, waiting = await a_review(intake)

    assert await time_is_up(engine) >= 1

    assert (await refused(resolved(intake, waiting.review_id, "NEW"))).metadata["resolution"] == "TIME_UP"
    [became] = await rows(engine, OUTCOME, id=waiting.submission_id)
    assert became.outcome == "CREATED"
    assert (await lead_as(intake, became.lead_id)).unreviewed
    [created] = await events_of(intake, became.lead_id)
    assert (created.reason, created.actor_id) == ("REVIEW_TIME_UP", "intake")


async def test_no_review_is_decided_before_its_time(intake: Stub, engine: AsyncEngine) -> None:
    await time_is_up(engine)
    _, waiting = await a_review(intake)
    await clock.move(engine, REVIEW_WITHIN - timedelta(minutes=1))
    async with engine.begin() as db:
        assert await decide_overdue(db) == 0

    assert waiting.review_id in {review.review_id for review in await all_reviews(intake)}


async def test_who_became_a_lead_by_another_submission_meanwhile_is_not_made_twice(
    intake: Stub, engine: AsyncEngine
) -> None:
    mobile, line = new_mobile(), f"0512-5{new_mobile()[4:]}"
    await submitted(intake, a_submission(phone=line, name="李雷"))
    waiting = await submitted(intake, a_submission(phone=line, email=f"{mobile}@example.com", name="王建国"))
    meanwhile = await submitted(intake, a_submission(phone=mobile, email=f"{mobile}@example.com", name="王建国"))
    assert [waiting.outcome, meanwhile.outcome] == [pb.OUTCOME_IN_REVIEW, pb.OUTCOME_CREATED]

    await time_is_up(engine)

    assert await rows(engine, OUTCOME, id=waiting.submission_id) == [("ATTACHED", meanwhile.lead_id)]


async def test_one_review_that_cannot_be_decided_holds_no_other_back(intake: Stub, engine: AsyncEngine) -> None:
    _, broken = await a_review(intake)
    _, waiting = await a_review(intake)
    await rows(
        engine, "update intake.submission set contacts = '{}' where submission_id = :id", id=broken.submission_id
    )

    await time_is_up(engine)

    assert (await rows(engine, OUTCOME, id=waiting.submission_id))[0].outcome == "CREATED"
    assert (await rows(engine, OUTCOME, id=broken.submission_id))[0].outcome == "IN_REVIEW"
    await rows(engine, "delete from intake.review where submission_id = :id", id=broken.submission_id)


@pytest.mark.parametrize("resolution", ["NEW", "ATTACH"])
async def test_a_submission_is_decided_on_the_keys_it_was_read_with(
    intake: Stub, engine: AsyncEngine, resolution: str
) -> None:
    """A later release may read a number otherwise, or no more."""
    known, waiting = await a_review(intake)
    await rows(
        engine,
        """update intake.submission set person = person || '{"phone": "once a number"}' where submission_id = :id""",
        id=waiting.submission_id,
    )

    answer = await resolved(intake, waiting.review_id, resolution, known if resolution == "ATTACH" else "")

    assert (await lead_as(intake, answer.lead_id, as_manager())).person.phone.startswith("+86138")


async def test_reviews_are_decided_once_by_sweeps_at_once(intake: Stub, engine: AsyncEngine) -> None:
    waiting = [(await a_review(intake))[1] for _ in range(6)]
    await clock.move(engine, REVIEW_WITHIN + timedelta(seconds=1))

    async def sweep() -> None:
        async with engine.begin() as db:
            await decide_overdue(db)

    set_caller(Caller("intake", Role.SERVICE))
    await asyncio.gather(*(sweep() for _ in range(4)))

    created = [(await rows(engine, OUTCOME, id=one.submission_id))[0].lead_id for one in waiting]
    assert len(set(created)) == 6
