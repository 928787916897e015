"""Submissions that come at once are one transaction, and leave behind what each would have left by itself."""

import asyncio
from collections import Counter
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from clew.intake.v1 import intake_pb2 as pb
from clew.intake.v1.intake_pb2_grpc import IntakeServiceStub
from services.intake.servicer_messages import submission_of
from services.intake.store_submitting import screened
from services.intake.store_submitting_together import Asked, touches
from services.shared.callers import Caller, Role
from services.shared.together import Together
from tests.intake.submissions import a_submission, new_id, new_mobile, refused, rows, submitted

Stub = IntakeServiceStub
# What stands by which column of which table about a lead.
TABLES = {
    "lead": "lead_id = :lead_id",
    "submission": "lead_id = :lead_id",
    "touchpoint": "lead_id = :lead_id",
    "event": "lead_id = :lead_id",
    "identity_key": "lead_id = :lead_id",
    "person": "person_id = (select person_id from intake.lead where lead_id = :lead_id)",
    "consent": "person_id = (select person_id from intake.lead where lead_id = :lead_id)",
    "organisation": "organisation_id = (select organisation_id from intake.lead where lead_id = :lead_id)",
}


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every submission is left to itself."""

    async def none(self: Together[Any, Any], asked: object) -> None:
        return None

    monkeypatch.setattr(Together, "ask", none)


def a_full_submission(mobile: str) -> pb.SubmitLeadRequest:
    request = a_submission(
        phone=mobile, email=f"{mobile}@example.com", company=f"上海{mobile}有限公司", title="采购经理"
    )
    request.attributes.tags.extend(["VIP", " 展会 "])
    request.consents.add(purpose="sales", channel="phone", granted=True, text_version="1")
    request.occurred_at.FromJsonString("2026-03-01T02:03:04Z")
    return request


async def left_behind(engine: AsyncEngine, lead_id: str, mobile: str) -> dict[str, list[str]]:
    """All rows about a lead, ids and instants of its own apart."""
    found = {}
    for table, where in TABLES.items():
        there = await rows(engine, f"select * from intake.{table} where {where}", lead_id=lead_id)
        found[table] = sorted(
            str({name: _shape(value, mobile) for name, value in row._mapping.items()}) for row in there
        )
    return found


def _shape(value: Any, mobile: str) -> Any:
    if hasattr(value, "hex") and not isinstance(value, int | float | bytes):
        return "an id"
    if hasattr(value, "isoformat"):
        return value.isoformat() if value.year == 2026 and value.month == 3 and value.day == 1 else "an instant"
    if isinstance(value, dict):
        kept = {name: _shape(one, mobile) for name, one in value.items()}
        return {**kept, **{name: "its own" for name in ("lead_id", "created_at") if name in kept}}
    if isinstance(value, list):
        return [_shape(one, mobile) for one in value]
    return value.replace(mobile, "the number") if isinstance(value, str) else value


async def test_a_submission_of_many_leaves_behind_what_one_by_itself_does(
    intake: Stub, engine: AsyncEngine, request: pytest.FixtureRequest
) -> None:
    first, second = new_mobile(), new_mobile()

    together = await submitted(intake, a_full_submission(first))
    request.getfixturevalue("alone")
    by_itself = await submitted(intake, a_full_submission(second))

    assert together.outcome == by_itself.outcome == pb.OUTCOME_CREATED
    assert list(together.screening) == list(by_itself.screening)
    one = await left_behind(engine, together.lead_id, first)
    assert one == await left_behind(engine, by_itself.lead_id, second)
    assert all(one.values())


async def test_submissions_at_once_are_fewer_transactions_than_submissions(intake: Stub, engine: AsyncEngine) -> None:
    answers = await asyncio.gather(*(submitted(intake) for _ in range(24)))

    [found] = await rows(
        engine,
        "select count(distinct xmin::text) as n from intake.submission where submission_id = any(cast(:ids as uuid[]))",
        ids=[answer.submission_id for answer in answers],
    )
    assert Counter(answer.outcome for answer in answers) == {pb.OUTCOME_CREATED: 24}
    assert found.n < 24


async def test_among_submissions_at_once_each_has_its_own_outcome(intake: Stub, engine: AsyncEngine) -> None:
    known = a_submission()
    await submitted(intake, known)
    again = a_submission(phone=known.person.phone)
    another_name = a_submission(phone=known.person.phone, name="李雷")
    unreachable = a_submission(phone="")

    answers = await asyncio.gather(
        *(submitted(intake, one) for one in (*(a_submission() for _ in range(8)), again, another_name, unreachable))
    )

    assert [answer.outcome for answer in answers] == [
        *[pb.OUTCOME_CREATED] * 8,
        pb.OUTCOME_ATTACHED,
        pb.OUTCOME_IN_REVIEW,
        pb.OUTCOME_REJECTED,
    ]
    [open_requests] = await rows(engine, "select count(*) as n from intake.request where response is null")
    assert open_requests.n == 0


def test_namesakes_of_one_company_are_not_taken_together_and_colleagues_are() -> None:
    company = f"杭州{new_mobile()}有限公司"
    one, namesake, colleague = (
        _asked(a_submission(company=company, name=name)) for name in ("韩梅梅", "韩梅梅", "李雷")
    )

    assert set(touches(one)) & set(touches(namesake))
    assert not set(touches(one)) & set(touches(colleague))


def _asked(request: pb.SubmitLeadRequest) -> Asked:
    submission = submission_of(request)
    return Asked(Caller("zhao", Role.MARKETER), ("zhao", uuid4()), b"", submission, screened(submission), None)


async def test_the_same_request_many_times_at_once_is_one_lead_with_one_answer(intake: Stub) -> None:
    request = a_submission()

    answers = await asyncio.gather(*(submitted(intake, request) for _ in range(8)))

    assert all(answer == answers[0] for answer in answers)
    assert answers[0].outcome == pb.OUTCOME_CREATED


async def test_a_request_id_of_another_submission_is_refused(intake: Stub) -> None:
    request = a_submission()
    await submitted(intake, request)
    other = a_submission()
    other.request_id = request.request_id

    assert (await refused(submitted(intake, other))).reason == "REQUEST_ID_REUSED"


async def test_a_campaign_that_is_not_there_is_refused_among_others_that_are_taken(intake: Stub) -> None:
    lost = a_submission()
    lost.campaign_id = new_id()

    taken, refusal = await asyncio.gather(
        asyncio.gather(*(submitted(intake) for _ in range(8))), refused(submitted(intake, lost))
    )

    assert refusal.reason == "NOT_FOUND"
    assert {answer.outcome for answer in taken} == {pb.OUTCOME_CREATED}
