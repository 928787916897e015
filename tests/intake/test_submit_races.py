"""Two at once: the unique index over strong keys decides who is somebody new, and whoever loses is a touchpoint."""

import asyncio
from collections import Counter

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from clew.intake.v1 import intake_pb2 as pb
from clew.intake.v1.intake_pb2_grpc import IntakeServiceStub
from tests.intake.submissions import (
    a_submission,
    events_of,
    facts_of,
    new_credit_code,
    new_id,
    new_mobile,
    rows,
    submitted,
)

Stub = IntakeServiceStub
CREATED, ATTACHED = pb.OUTCOME_CREATED, pb.OUTCOME_ATTACHED


async def all_at_once(intake: Stub, requests: list[pb.SubmitLeadRequest]) -> list[pb.SubmitLeadResponse]:
    return await asyncio.gather(*(submitted(intake, request) for request in requests))


@pytest.mark.parametrize("times", range(5))
async def test_one_person_submitted_on_two_channels_at_once_is_one_lead(intake: Stub, times: int) -> None:
    mobile = new_mobile()

    answers = await all_at_once(intake, [a_submission(channel, phone=mobile) for channel in ("web_form", "wecom")])

    assert Counter(answer.outcome for answer in answers) == {CREATED: 1, ATTACHED: 1}
    assert len({answer.lead_id for answer in answers}) == 1


async def test_one_person_submitted_on_twenty_channels_at_once_is_one_lead(intake: Stub) -> None:
    mobile, email = new_mobile(), f"{new_id()}@example.com"
    requests = [a_submission(f"channel_{n}", phone=mobile, email=email) for n in range(20)]

    answers = await all_at_once(intake, requests)

    assert Counter(answer.outcome for answer in answers) == {CREATED: 1, ATTACHED: 19}
    [lead_id] = {answer.lead_id for answer in answers}
    known = await facts_of(intake, lead_id)
    assert (known.reenquiries, known.version) == (19, 20)
    assert [event.seq for event in await events_of(intake, lead_id)] == list(range(1, 21))


async def test_people_who_share_keys_crosswise_at_once_end_without_a_lost_submission(intake: Stub) -> None:
    """Number and address of two people, in every mixture: each submission has one of the outcomes, none is refused."""
    mobiles, emails = [new_mobile(), new_mobile()], [f"{new_id()}@example.com" for _ in range(2)]
    requests = [a_submission(phone=mobiles[n % 2], email=emails[n // 2 % 2]) for n in range(12)]

    answers = await all_at_once(intake, requests)

    outcomes = Counter(answer.outcome for answer in answers)
    assert set(outcomes) <= {CREATED, ATTACHED, pb.OUTCOME_IN_REVIEW}
    assert 1 <= outcomes[CREATED] <= 2


async def test_the_same_request_ten_times_at_once_is_one_act(intake: Stub) -> None:
    request = a_submission()

    answers = await all_at_once(intake, [request] * 10)

    assert all(answer == answers[0] for answer in answers)
    assert (await facts_of(intake, answers[0].lead_id)).reenquiries == 0


async def test_a_redelivered_event_of_a_source_is_one_touchpoint_even_at_once(
    intake: Stub, engine: AsyncEngine
) -> None:
    mobile = new_mobile()

    answers = await all_at_once(intake, [a_submission("webhook", f"e-{mobile}", phone=mobile) for _ in range(6)])

    assert {answer.outcome for answer in answers} == {CREATED}
    assert len({answer.submission_id for answer in answers}) == 1
    counted = "select count(*) from intake.touchpoint where lead_id = :id"
    assert await rows(engine, counted, id=answers[0].lead_id) == [(1,)]


async def test_colleagues_with_one_credit_code_at_once_are_each_a_lead(intake: Stub) -> None:
    code, names = new_credit_code(), ["李雷", "韩梅梅", "王建国", "张伟"]

    answers = await all_at_once(intake, [a_submission(name=name, credit_code=code) for name in names])

    assert {answer.outcome for answer in answers} == {CREATED}
    assert len({answer.lead_id for answer in answers}) == len(names)


async def test_a_company_without_a_person_submitted_at_once_is_one_lead(intake: Stub) -> None:
    """With nothing personal the credit code decides."""
    code = new_credit_code()
    line = "0512-5234" + new_mobile()[-4:]

    answers = await all_at_once(intake, [a_submission(name="", phone=line, credit_code=code) for _ in range(5)])

    assert Counter(answer.outcome for answer in answers) == {CREATED: 1, ATTACHED: 4}
