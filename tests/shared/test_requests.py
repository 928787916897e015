"""One effect per request id, and a commit that nobody cuts in half."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import cast
from uuid import uuid4

import grpc
import grpc.aio
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.pool import QueuePool

from clew.routing.v1 import notices_pb2 as pb
from clew.routing.v1.notices_pb2_grpc import NoticeServiceStub
from cli.refusals import refusal_of
from services.shared import requests as shared_requests
from services.shared.clock import move
from services.shared.requests import purge
from tests.examples import as_rep
from tests.shared.sample import COMMIT_LOCK, HELD_BACK, Servicer, events, nothing, requests
from tests.shared.waiting import until


async def effects(engine: AsyncEngine, subject: str) -> int:
    async with engine.connect() as db:
        return await db.scalar(select(func.count()).where(events.c.lead_id == subject)) or 0


def a_request(subject: str) -> pb.AcknowledgeNoticeRequest:
    return pb.AcknowledgeNoticeRequest(request_id=str(uuid4()), notice_id=subject)


async def a_moment(db: AsyncConnection) -> None:
    await asyncio.sleep(0.01)


async def test_twenty_calls_at_once_with_one_request_id_have_one_effect_and_one_answer(
    stub: NoticeServiceStub, engine: AsyncEngine, servicer: Servicer
) -> None:
    subject, rep = str(uuid4()), as_rep(uuid4())
    request = a_request(subject)
    servicer.deed = a_moment

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

    told = refusal_of(error.value)
    assert (told.status, told.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "REQUEST_ID_REUSED")
    assert [name for name, _ in told.fields] == ["request_id"]
    assert await effects(engine, other.notice_id) == 0


async def test_a_call_without_a_request_id_is_refused(stub: NoticeServiceStub) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await stub.AcknowledgeNotice(pb.AcknowledgeNoticeRequest(notice_id=str(uuid4())), metadata=as_rep(uuid4()))

    assert [name for name, _ in refusal_of(error.value).fields] == ["request_id"]


async def test_a_failed_call_stores_nothing_and_is_decided_again(
    stub: NoticeServiceStub, engine: AsyncEngine, servicer: Servicer
) -> None:
    subject, rep = str(uuid4()), as_rep(uuid4())
    request = a_request(subject)

    async def fail(db: AsyncConnection) -> None:
        raise ValueError

    servicer.deed = fail
    with pytest.raises(grpc.aio.AioRpcError):
        await stub.AcknowledgeNotice(request, metadata=rep)
    assert await effects(engine, subject) == 0
    servicer.deed = nothing

    await stub.AcknowledgeNotice(request, metadata=rep)

    assert await effects(engine, subject) == 1


async def test_a_call_that_is_cancelled_before_its_commit_has_no_effect_and_holds_no_connection(
    stub: NoticeServiceStub, engine: AsyncEngine, servicer: Servicer
) -> None:
    subject, begun = str(uuid4()), asyncio.Event()

    async def begin_and_wait(db: AsyncConnection) -> None:
        begun.set()
        await db.execute(text("select pg_sleep(9)"))

    servicer.deed = begin_and_wait
    call = stub.AcknowledgeNotice(a_request(subject), metadata=as_rep(uuid4()))
    await begun.wait()
    call.cancel()

    pool = cast(QueuePool, engine.pool)
    await until(lambda: pool.checkedout() == 0)
    assert await effects(engine, subject) == 0


@asynccontextmanager
async def commits_held_back(engine: AsyncEngine) -> AsyncIterator[None]:
    async with engine.begin() as db:
        await db.execute(text("select pg_advisory_xact_lock(:key)"), {"key": COMMIT_LOCK})
        yield


async def be_held_back(db: AsyncConnection) -> None:
    await db.execute(HELD_BACK)


async def test_a_commit_survives_that_its_client_goes_away(
    stub: NoticeServiceStub, engine: AsyncEngine, servicer: Servicer
) -> None:
    subject = str(uuid4())
    servicer.deed = be_held_back

    async def committing() -> bool:
        async with engine.connect() as db:
            return bool(
                await db.scalar(text("select count(*) from pg_locks where locktype = 'advisory' and not granted"))
            )

    async def committed() -> bool:
        return await effects(engine, subject) == 1

    async with commits_held_back(engine):
        call = stub.AcknowledgeNotice(a_request(subject), metadata=as_rep(uuid4()))
        await until(committing)
        call.cancel()
        await asyncio.sleep(0.2)
        assert not await committed()
    await until(committed)


async def test_a_commit_that_hangs_is_not_waited_for_and_the_same_call_finds_out(
    stub: NoticeServiceStub, engine: AsyncEngine, servicer: Servicer, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject, rep = str(uuid4()), as_rep(uuid4())
    request = a_request(subject)
    monkeypatch.setattr(shared_requests, "COMMIT_SECONDS", 0.1)
    servicer.deed = be_held_back
    async with commits_held_back(engine):
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await stub.AcknowledgeNotice(request, metadata=rep)
    assert refusal_of(error.value).reason == "DATABASE_UNAVAILABLE"
    monkeypatch.undo()
    servicer.deed = nothing

    await stub.AcknowledgeNotice(request, metadata=rep)

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
