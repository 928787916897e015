"""One trace from caller to database, figures per method and status, and no words of a failure on a span."""

import contextlib
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import grpc.aio
import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from clew.routing.v1 import notices_pb2 as pb
from clew.routing.v1.notices_pb2_grpc import NoticeServiceStub
from services.shared import tracing
from tests.examples import as_manager, as_rep
from tests.shared.sample import CANARY, SERVICE, Servicer, events

LIST = f"{SERVICE}/ListNotices"


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[TracerProvider]:
    made = TracerProvider()
    monkeypatch.setattr(tracing, "tracer", made.get_tracer("test"))
    yield made
    made.shutdown()


@pytest.fixture
def spans(provider: TracerProvider) -> InMemorySpanExporter:
    exporter = InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return exporter


def the_call(spans: InMemorySpanExporter, method: str) -> ReadableSpan:
    (span,) = [span for span in spans.get_finished_spans() if span.name == method]
    return span


async def test_a_call_belongs_to_the_trace_of_its_caller_and_so_do_its_events(
    stub: NoticeServiceStub, engine: AsyncEngine, provider: TracerProvider, spans: InMemorySpanExporter
) -> None:
    subject = str(uuid4())
    with provider.get_tracer("test").start_as_current_span("caller") as caller:
        await stub.AcknowledgeNotice(
            pb.AcknowledgeNoticeRequest(request_id=str(uuid4()), notice_id=subject), metadata=as_rep(uuid4())
        )

    called = the_call(spans, f"{SERVICE}/AcknowledgeNotice")
    assert called.parent is not None
    assert called.parent.span_id == caller.get_span_context().span_id
    async with engine.connect() as db:
        traceparent = await db.scalar(select(events.c.traceparent).where(events.c.lead_id == subject))
    assert f"{caller.get_span_context().trace_id:032x}" in str(traceparent)


async def test_a_span_tells_the_method_and_the_status_that_the_caller_saw(
    stub: NoticeServiceStub, spans: InMemorySpanExporter
) -> None:
    await stub.ListNotices(pb.ListNoticesRequest(), metadata=as_manager())

    attributes = the_call(spans, LIST).attributes or {}
    assert attributes["rpc.method"] == LIST
    assert attributes["rpc.system.name"] == "grpc"
    assert attributes["rpc.response.status_code"] == "OK"


async def test_a_failure_leaves_none_of_its_words_on_the_span(
    stub: NoticeServiceStub, servicer: Servicer, spans: InMemorySpanExporter
) -> None:
    async def crash(db: AsyncConnection) -> None:
        raise ValueError(CANARY)

    servicer.look = crash
    with pytest.raises(grpc.aio.AioRpcError):
        await stub.ListNotices(pb.ListNoticesRequest(), metadata=as_manager())

    span = the_call(spans, LIST)
    assert not span.status.is_ok
    assert CANARY not in span.to_json()


async def test_calls_are_counted_and_timed_by_method_and_status(
    stub: NoticeServiceStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = InMemoryMetricReader()
    meter = MeterProvider([reader]).get_meter("test")
    monkeypatch.setattr(tracing, "duration", meter.create_histogram("rpc.server.call.duration"))

    for size in (0, 0, -1):
        with contextlib.suppress(grpc.aio.AioRpcError):
            await stub.ListNotices(pb.ListNoticesRequest(page_size=size), metadata=as_manager())

    assert counted(reader) == {(LIST, "OK"): 2, (LIST, "INVALID_ARGUMENT"): 1}


def counted(reader: InMemoryMetricReader) -> dict[tuple[Any, Any], int]:
    data = reader.get_metrics_data()
    assert data is not None
    points: Any = data.resource_metrics[0].scope_metrics[0].metrics[0].data.data_points
    return {
        (point.attributes["rpc.method"], point.attributes["rpc.response.status_code"]): point.count for point in points
    }
