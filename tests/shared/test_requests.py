"""One effect per request id."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import grpc.aio
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from clew.routing.v1 import notices_pb2 as pb
from clew.routing.v1.notices_pb2_grpc import NoticeServiceStub
from cli.refusals import refusal_of
from services.shared.clock import move
from services.shared.requests import purge
from tests.examples import as_rep
from tests.shared.conftest import Servicer, events, requests


async def effects(engine: AsyncEngine, subject: str) -> int:
    async with engine.connect() as db:
        return await db.scalar(select(func.count()).where(events.c.lead_id == subject)) or 0


def a_request(subject: str) -> pb.AcknowledgeNoticeRequest:
    return pb.AcknowledgeNoticeRequest(request_id=str(uuid4()), notice_id=subject)


async def test_twenty_calls_at_once_with_one_request_id_have_one_effect_and_one_answer(
    stub: NoticeServiceStub, engine: AsyncEngine
) -> None:
    subject, rep = str(uuid4()), as_rep(uuid4())
    request = a_request(subject)

    answers = await asyncio.gather(*(stub.AcknowledgeNotice(request, metadata=rep) for _ in range(20)))

    assert len({answer.notice.notice_id for answer in answers}) == 1
    assert await effects(engine, subject) == 1


async def test_another_callers_same_request_id_is_another_act(stub: NoticeServiceStub, engine: AsyncEngine) -> None:
    subject = str(uuid4())
    request = a_request(subject)

    await stub.AcknowledgeNotice(request, metadata=as_rep(uuid4()))
    await stub.AcknowledgeNotice(request, metadata=as_rep(uuid4()))

    assert await effects(engine, subject) == 2


async def test_a_request_id_used_for_another_body_is_refused(stub: NoticeServiceStub, engine: AsyncEngine) -> None:
    rep, request = as_rep(uuid4()), a_request(str(uuid4()))
    await stub.AcknowledgeNotice(request, metadata=rep)
    other = pb.AcknowledgeNoticeRequest(request_id=request.request_id, notice_id=str(uuid4()))

    with pytest.raises(grpc.aio.AioRpcError) as error:
        await stub.AcknowledgeNotice(other, metadata=rep)

    assert refusal_of(error.value).reason == "REQUEST_ID_REUSED"
    assert await effects(engine, other.notice_id) == 0


async def test_a_refused_call_stores_nothing_and_is_decided_again(
    stub: NoticeServiceStub, engine: AsyncEngine, servicer: Servicer
) -> None:
    subject, rep = str(uuid4()), as_rep(uuid4())
    request = a_request(subject)
    servicer.refuse = True
    with pytest.raises(grpc.aio.AioRpcError):
        await stub.AcknowledgeNotice(request, metadata=rep)
    assert await effects(engine, subject) == 0
    servicer.refuse = False

    await stub.AcknowledgeNotice(request, metadata=rep)

    assert await effects(engine, subject) == 1


async def test_a_client_that_goes_away_leaves_no_half_effect(stub: NoticeServiceStub, engine: AsyncEngine) -> None:
    subject, rep = str(uuid4()), as_rep(uuid4())
    request = a_request(subject)
    call = stub.AcknowledgeNotice(request, metadata=rep)
    await asyncio.sleep(0.005)
    call.cancel()

    again = await stub.AcknowledgeNotice(request, metadata=rep)

    assert again.notice.notice_id
    assert await effects(engine, subject) == 1


async def test_answers_are_forgotten_after_three_days(stub: NoticeServiceStub, engine: AsyncEngine) -> None:
    await stub.AcknowledgeNotice(a_request(str(uuid4())), metadata=as_rep(uuid4()))
    async with engine.begin() as db:
        before = await purge(db, requests)
    await move(engine, timedelta(hours=73))
    async with engine.begin() as db:
        after = await purge(db, requests)

    assert before == 0
    assert after > 0
