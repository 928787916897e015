"""A batch: each row its own transaction with its own request id, each with its own outcome."""

import asyncio

import grpc
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from clew.intake.v1 import intake_pb2 as pb
from clew.intake.v1.intake_pb2_grpc import IntakeServiceStub
from tests.intake.submissions import MARKETER, a_submission, new_mobile, refused, rows, submitted

Stub = IntakeServiceStub


async def batch(intake: Stub, requests: list[pb.SubmitLeadRequest]) -> list[pb.RowOutcome]:
    request = pb.BatchSubmitLeadsRequest(rows=requests)
    return list((await intake.BatchSubmitLeads(request, metadata=MARKETER, timeout=60)).outcomes)


async def test_each_row_has_its_own_outcome_in_the_order_of_the_rows(intake: Stub) -> None:
    outcomes = await batch(
        intake,
        [
            a_submission(),
            a_submission(phone="98765"),
            a_submission(name="测试"),
            pb.SubmitLeadRequest(),
            a_submission(name="李\0雷"),
            a_submission(channel="no such form"),
        ],
    )

    assert [one.WhichOneof("result") for one in outcomes] == [
        "response",
        "error",
        "response",
        "error",
        "error",
        "error",
    ]
    assert [one.response.outcome for one in outcomes[::2][:2]] == [pb.OUTCOME_CREATED, pb.OUTCOME_REJECTED]
    errors = [one.error for one in outcomes if one.HasField("error")]
    assert {error.reason for error in errors} == {"INVALID_FIELD"}
    assert [error.field for error in errors] == ["person.phone", "request_id", "person.name", "source.channel"]
    assert "98765" not in errors[0].message


async def test_one_person_twice_in_a_batch_is_one_lead(intake: Stub) -> None:
    mobile = new_mobile()

    outcomes = await batch(intake, [a_submission(phone=typed) for typed in (mobile, f"0086{mobile}", f"+86 {mobile}")])

    taken = sorted(one.response.outcome for one in outcomes)
    assert taken == [pb.OUTCOME_CREATED, pb.OUTCOME_ATTACHED, pb.OUTCOME_ATTACHED]


async def test_a_batch_sent_again_with_the_same_row_ids_answers_the_same_and_does_nothing(
    intake: Stub, engine: AsyncEngine
) -> None:
    requests = [a_submission(), a_submission(phone="98765"), a_submission()]
    first = await batch(intake, requests)
    counted = "select count(*) from intake.submission"
    before = await rows(engine, counted)

    assert await batch(intake, requests) == first
    assert await rows(engine, counted) == before


async def test_a_row_that_was_mended_goes_in_beside_those_that_had_gone_in(intake: Stub) -> None:
    requests = [a_submission(), a_submission(phone="98765")]
    first = await batch(intake, requests)
    requests[1].person.phone = new_mobile()

    again = await batch(intake, requests)

    assert again[0] == first[0]
    assert again[1].response.outcome == pb.OUTCOME_CREATED


async def test_a_row_and_a_submission_with_one_request_id_are_one_act(intake: Stub) -> None:
    row = a_submission()

    [outcome] = await batch(intake, [row])

    assert await submitted(intake, row) == outcome.response


async def test_a_row_that_uses_the_request_id_of_another_is_told_so(intake: Stub) -> None:
    first, second = a_submission(), a_submission()
    await submitted(intake, first)
    second.request_id = first.request_id

    [outcome] = await batch(intake, [second])

    assert outcome.error.reason == "REQUEST_ID_REUSED"


async def test_five_hundred_rows_go_in_at_once(intake: Stub) -> None:
    outcomes = await batch(intake, [a_submission() for _ in range(500)])

    assert {one.response.outcome for one in outcomes} == {pb.OUTCOME_CREATED}
    assert len({one.response.lead_id for one in outcomes}) == 500


async def test_batches_at_once_share_the_database_and_all_go_in(intake: Stub) -> None:
    batches = await asyncio.gather(*(batch(intake, [a_submission() for _ in range(20)]) for _ in range(6)))

    assert {one.response.outcome for outcomes in batches for one in outcomes} == {pb.OUTCOME_CREATED}


@pytest.mark.parametrize("count", [0, 501])
async def test_a_batch_has_between_one_and_five_hundred_rows(intake: Stub, count: int) -> None:
    told = await refused(batch(intake, [a_submission()] * count))

    assert (told.reason, [name for name, _ in told.fields]) == ("INVALID_FIELD", ["rows"])


async def test_a_batch_that_is_too_large_is_refused_as_such(intake: Stub) -> None:
    told = await refused(batch(intake, [a_submission(name="x" * 1_000_000)] * 5))

    assert (told.status, told.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "TOO_LARGE")
