"""A nudge where it arrives: the run that it starts or reaches, and the trace that it belongs to."""

import contextlib
from typing import Any
from uuid import uuid4

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client

from services.shared import relay as shared_relay
from services.shared.outbox import Event
from services.shared.relay import Temporal, TemporalAway
from tests.conftest import TemporalServer
from tests.shared.relaying import Recorder, deliver, end_leases, still_owed, write
from tests.shared.waiting import until

pytestmark = pytest.mark.usefixtures("nothing_owed")


async def reach(engine: AsyncEngine, server: Temporal) -> None:
    """A server that is busy with other tests may take its time."""

    async def delivered() -> bool:
        with contextlib.suppress(TemporalAway):
            await deliver(engine, server)
        await end_leases(engine)
        return await still_owed(engine) == []

    await until(delivered, 60.0)


async def history_of(client: Client, workflow_id: str) -> list[Any]:
    return [event async for event in client.get_workflow_handle(workflow_id).fetch_history_events()]


def signals(history: list[Any]) -> list[Any]:
    return [one for one in history if one.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED]


async def test_a_first_nudge_starts_the_leads_run_and_a_second_one_reaches_the_same(
    engine: AsyncEngine, temporal: TemporalServer
) -> None:
    connection, lead = Temporal(temporal.address, temporal.namespace), uuid4()
    await write(engine, Event(lead, "lead_created"))
    await reach(engine, connection)
    await write(engine, Event(lead, "lead_claimed"))
    await reach(engine, connection)

    client = await connection.client()
    history = await history_of(client, f"lead/{lead}")
    started = history[0].workflow_execution_started_event_attributes
    assert started.workflow_type.name == "LeadLifecycle"
    assert started.task_queue.name == "clew"
    assert await payload(client, started.input) == {"lead_id": str(lead)}
    kinds = [
        (await payload(client, one.workflow_execution_signaled_event_attributes.input))["kind"]
        for one in signals(history)
    ]
    assert list(dict.fromkeys(kinds)) == ["lead_created", "lead_claimed"]


async def test_a_conversions_event_wakes_the_conversion(engine: AsyncEngine, temporal: TemporalServer) -> None:
    connection, lead, conversion = Temporal(temporal.address, temporal.namespace), uuid4(), uuid4()
    await write(engine, Event(lead, "conversion_requested", wake_id=conversion))
    await reach(engine, connection)

    client = await connection.client()
    history = await history_of(client, f"conversion/{conversion}")
    started = history[0].workflow_execution_started_event_attributes
    assert started.workflow_type.name == "Conversion"
    assert await payload(client, started.input) == {"conversion_id": str(conversion), "lead_id": str(lead)}


async def test_a_run_belongs_to_the_trace_of_the_call_that_woke_it(
    engine: AsyncEngine, temporal: TemporalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider, lead = TracerProvider(), uuid4()
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", provider)
    monkeypatch.setattr(shared_relay, "tracer", provider.get_tracer("test"))
    with provider.get_tracer("test").start_as_current_span("ClaimLead") as span:
        await write(engine, Event(lead, "lead_claimed"))
    connection = Temporal(temporal.address, temporal.namespace)
    await reach(engine, connection)

    history = await history_of(await connection.client(), f"lead/{lead}")
    carried = history[0].workflow_execution_started_event_attributes.header.fields["_tracer-data"]
    assert trace.format_trace_id(span.get_span_context().trace_id).encode() in carried.data


async def test_nudges_that_go_together_belong_to_the_trace_of_the_newest_which_names_the_others(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider, exporter, lead = TracerProvider(), InMemorySpanExporter(), uuid4()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(shared_relay, "tracer", provider.get_tracer("test"))
    # A sweep has no trace: nothing points to it.
    await write(engine, Event(lead, "work_nudged"))
    calls = []
    for name, kind in (("ClaimLead", "lead_claimed"), ("LogFollowUp", "follow_up_logged")):
        with provider.get_tracer("test").start_as_current_span(name) as call:
            await write(engine, Event(lead, kind))
        calls.append(call.get_span_context().trace_id)

    await deliver(engine, Recorder())

    [sent] = [span for span in exporter.get_finished_spans() if span.name == "relay"]
    assert sent.context is not None
    assert [link.context.trace_id for link in sent.links] == calls[:1]
    assert sent.context.trace_id == calls[1]
    assert (sent.attributes or {})["clew.lead_id"] == str(lead)


async def payload(client: Client, payloads: Any) -> Any:
    (one,) = await client.data_converter.decode(list(payloads.payloads))
    return one
