"""A canary that is planted is found by each looker: silence elsewhere means that nothing is there."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import grpc
import grpc.aio
import pytest
from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client

from tests.end_to_end.looking import heard, histories, log_files, refusal, rows, tables_of, visibility
from tests.otlp import collecting

PLANTED = "鹦鹉学舌 +86 139-0000-4321"


@pytest.mark.parametrize(
    "written",
    [
        f"x{PLANTED}x",
        json.dumps({"name": PLANTED}),
        "8613900004321",
        base64.b64encode(PLANTED.encode()).decode(),
        base64.b64encode(f"a{PLANTED}b".encode()).decode(),
        base64.urlsafe_b64encode(f"ab{PLANTED}c".encode()).decode(),
        base64.b64encode(json.dumps([PLANTED]).encode()).decode(),
        f"x{PLANTED}".encode().hex(),
    ],
    ids=["as it is", "JSON", "digits", "base64", "base64, 1 on", "base64, 2 on", "base64 of JSON", "hex"],
)
def test_it_is_found_however_it_is_written(written: str) -> None:
    assert heard([PLANTED], [("here", written.encode())]) == {("here", PLANTED)}


def test_what_is_masked_or_another_is_not_found() -> None:
    assert heard([PLANTED], [("here", b"138****8000 +8613900004322 \xe9\xb9\xa6")]) == set()


async def test_it_is_found_in_a_history_and_in_visibility(temporal_client: Client) -> None:
    run = await temporal_client.start_workflow(
        "Planted", {"said": PLANTED}, id=f"planted/{uuid4()}", task_queue="nobody", static_summary=f"of {PLANTED}"
    )
    try:
        in_histories = heard([PLANTED], [seen async for seen in histories(temporal_client)])
        in_visibility = heard([PLANTED], [seen async for seen in visibility(temporal_client)])
    finally:
        await run.terminate()

    assert in_histories == {(f"history of {run.id}", PLANTED)}
    assert in_visibility == {(f"visibility of {run.id}", PLANTED)}


def test_it_is_found_in_a_log(tmp_path: Path) -> None:
    (tmp_path / "routing.log").write_text(json.dumps({"event": f"refused {PLANTED}"}))
    (tmp_path / "intake.log").write_text("{}")

    assert heard([PLANTED], log_files(tmp_path)) == {("routing.log", PLANTED)}


async def test_it_is_found_in_a_span_and_in_a_metric() -> None:
    async with collecting() as collector:
        tracing = TracerProvider()
        tracing.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter(endpoint=collector.endpoint)))
        measuring = MeterProvider([PeriodicExportingMetricReader(OTLPMetricExporter(endpoint=collector.endpoint))])

        def exported() -> None:
            """In a thread: the collector answers from this one."""
            with tracing.get_tracer("planted").start_as_current_span("call", attributes={"of": PLANTED}):
                measuring.get_meter("planted").create_counter("calls").add(1, {"of": PLANTED})
            tracing.shutdown()
            measuring.shutdown()

        await asyncio.to_thread(exported)

        assert heard([PLANTED], collector.everything()) == {("a span", PLANTED), ("metric calls", PLANTED)}


@pytest.mark.parametrize("kind", ["text", "jsonb", "bytea", "text[]"])
async def test_it_is_found_in_a_column_of_any_kind(database: AsyncEngine, kind: str) -> None:
    said = {"text": PLANTED, "jsonb": json.dumps({"of": PLANTED}), "bytea": PLANTED.encode(), "text[]": [PLANTED]}[kind]
    async with planted(database, kind, said):
        tables = await tables_of(database, but_for="intake")
        found = heard([PLANTED], [seen async for seen in rows(database, tables)])

    assert found == {("planted.nest", PLANTED)}


async def test_every_schema_is_looked_at_but_the_one_that_is_left_out(database: AsyncEngine) -> None:
    schemas = {table.partition(".")[0] for table in await tables_of(database, but_for="intake")}

    assert schemas >= {"clew", "scoring", "routing", "conversion"}
    assert "intake" not in schemas


@asynccontextmanager
async def planted(database: AsyncEngine, kind: str, said: object) -> AsyncIterator[None]:
    async with database.begin() as db:
        await db.execute(text("create schema planted"))
        await db.execute(text(f"create table planted.nest (said {kind})"))
        await db.execute(text(f"insert into planted.nest values (cast(:said as {kind}))"), {"said": said})
    try:
        yield
    finally:
        async with database.begin() as db:
            await db.execute(text("drop schema planted cascade"))


@pytest.mark.parametrize("where", ["details", "metadata"])
def test_it_is_found_in_a_refusal(where: str) -> None:
    error = grpc.aio.AioRpcError(
        grpc.StatusCode.INTERNAL,
        grpc.aio.Metadata(),
        grpc.aio.Metadata(("grpc-status-details-bin", PLANTED.encode() if where == "metadata" else b"")),
        details=PLANTED if where == "details" else "",
        debug_error_string="",
    )

    assert heard([PLANTED], [refusal(error)]) == {("a refusal with INTERNAL", PLANTED)}
