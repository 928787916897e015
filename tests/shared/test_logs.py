"""Logs tell what failed and where, and never the words of a failure."""

import asyncio
import io
import json
import logging
import sys
from collections.abc import Iterator
from uuid import uuid4

import grpc.aio
import pytest
import structlog
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from clew.routing.v1 import notices_pb2 as pb
from clew.routing.v1.notices_pb2_grpc import NoticeServiceStub
from cli.refusals import refusal_of
from services.shared import logs
from tests.examples import as_rep
from tests.shared.sample import CANARY, Servicer


class Logged:
    def __init__(self, captured: pytest.CaptureFixture[str]) -> None:
        self._captured = captured
        self.text = ""

    def lines(self) -> list[dict[str, object]]:
        self.text += self._captured.readouterr().err
        return [json.loads(line) for line in self.text.splitlines() if line.startswith("{")]


@pytest.fixture
def logged(capsys: pytest.CaptureFixture[str]) -> Iterator[Logged]:
    before = structlog.get_config()
    handlers, level = logging.root.handlers[:], logging.root.level
    logs.start("sample", "debug")
    yield Logged(capsys)
    structlog.configure(**before)
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


async def test_a_defect_is_found_by_its_incident_and_its_place_and_tells_no_phone_number(
    stub: NoticeServiceStub, servicer: Servicer, logged: Logged
) -> None:
    async def crash_on_a_phone(db: AsyncConnection) -> None:
        phone = CANARY
        try:
            await db.execute(text("select cast(cast(:phone as text) as uuid)"), {"phone": phone})
        except DBAPIError as error:
            raise ValueError(f"no place for {phone}") from error

    servicer.deed = crash_on_a_phone
    request = pb.AcknowledgeNoticeRequest(request_id=str(uuid4()), notice_id=str(uuid4()))
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await stub.AcknowledgeNotice(request, metadata=as_rep(uuid4()))

    told = refusal_of(error.value)
    lines = logged.lines()
    (failed,) = [line for line in lines if line["event"] == "call_failed"]
    assert failed["incident"] == told.metadata["incident"]
    assert failed["service"] == "sample"
    assert failed["method"] == "AcknowledgeNotice"
    assert failed["request_id"] == request.request_id
    assert "crash_on_a_phone" in json.dumps(failed["failure"])
    assert "22P02" in json.dumps(failed["failure"]), "what PostgreSQL calls it"
    assert CANARY not in logged.text
    assert CANARY[4:] not in logged.text


async def test_a_phone_number_in_the_place_of_an_id_is_not_logged(stub: NoticeServiceStub, logged: Logged) -> None:
    with pytest.raises(grpc.aio.AioRpcError):
        await stub.AcknowledgeNotice(
            pb.AcknowledgeNoticeRequest(request_id=CANARY, notice_id=CANARY), metadata=as_rep(uuid4())
        )

    assert [line["event"] for line in logged.lines()] == ["refused"]
    assert CANARY not in logged.text


def test_what_libraries_log_comes_as_a_template_without_its_values(logged: Logged) -> None:
    try:
        raise ValueError(CANARY)
    except ValueError:
        logging.getLogger("some.library").exception("cannot send to %s", CANARY)

    (line,) = logged.lines()
    assert (line["event"], line["logger"], line["level"]) == ("cannot send to %s", "some.library", "error")
    assert "builtins.ValueError" in json.dumps(line["failure"])
    assert CANARY not in logged.text


async def test_a_task_that_nobody_awaited_tells_no_words_either(logged: Logged) -> None:
    async def fail() -> None:
        raise ValueError(CANARY)

    task = asyncio.create_task(fail())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    del task

    assert [line["event"] for line in logged.lines()] == ["Task exception was never retrieved"]
    assert CANARY not in logged.text


def test_lines_within_a_span_carry_its_trace(logged: Logged) -> None:
    with TracerProvider().get_tracer("test").start_as_current_span("call") as span:
        structlog.get_logger().info("something")

    (line,) = logged.lines()
    assert line["trace_id"] == trace.format_trace_id(span.get_span_context().trace_id)


async def test_an_error_of_the_database_shows_no_values_in_its_text(engine: AsyncEngine) -> None:
    with pytest.raises(DBAPIError) as error:
        async with engine.connect() as db:
            await db.execute(text("select :phone from nowhere"), {"phone": CANARY})

    assert CANARY not in str(error.value)


async def test_a_log_that_cannot_be_written_costs_no_call_its_answer(
    stub: NoticeServiceStub, servicer: Servicer, logged: Logged, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(io.StringIO):
        def write(self, _: str) -> int:
            raise OSError("no space left on device")

    async def crash(db: AsyncConnection) -> None:
        raise ValueError

    servicer.deed = crash
    monkeypatch.setattr(sys, "stderr", Full())
    request = pb.AcknowledgeNoticeRequest(request_id=str(uuid4()), notice_id=str(uuid4()))

    with pytest.raises(grpc.aio.AioRpcError) as error:
        await stub.AcknowledgeNotice(request, metadata=as_rep(uuid4()), timeout=5.0)

    assert refusal_of(error.value).reason == "INTERNAL"
