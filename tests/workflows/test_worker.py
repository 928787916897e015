"""The worker process and its one configuration."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Mapping

import pytest
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, use_span
from temporalio import workflow
from temporalio.client import Client
from temporalio.worker import Worker

from cli.stack.ports import free_ports
from tests.workflows.driving import closes, nudge
from tests.workflows.fake_world import World
from workflows.worker import workflow_runner

PEERS = ("CLEW_INTAKE_ADDRESS", "CLEW_SCORING_ADDRESS", "CLEW_ROUTING_ADDRESS", "CLEW_CONVERSION_ADDRESS")


def environment(**given: str) -> Mapping[str, str]:
    others = {name: value for name, value in os.environ.items() if name not in (*PEERS, "TEMPORAL_ADDRESS")}
    return {**others, **given}


@workflow.defn
class ImportsPytest:
    @workflow.run
    async def run(self) -> None: ...


async def test_a_workflow_file_that_imports_a_module_unannounced_is_an_error_at_once(client: Client) -> None:
    with pytest.raises(RuntimeError, match="Failed validating workflow ImportsPytest"):
        Worker(client, task_queue="none", workflows=[ImportsPytest], workflow_runner=workflow_runner())


@pytest.mark.usefixtures("worker")
async def test_one_trace_leads_from_an_event_through_the_run_to_every_service(client: Client, world: World) -> None:
    event = SpanContext(trace_id=7, span_id=7, is_remote=False, trace_flags=TraceFlags(TraceFlags.SAMPLED))

    with use_span(NonRecordingSpan(event)):
        handle = await nudge(client, world.a_lead(), "lead_created")
    await closes(handle)

    assert {call for call, traces in world.traces.items() if 7 in traces} == {
        "routing.GetWork",
        "intake.GetLeadFacts",
        "routing.OpenLead",
        "intake.MarkTaken",
        "scoring.ScoreLead",
        "routing.UpdateScore",
        "scoring.MarkTaken",
        "routing.RouteLead",
    }


def test_every_missing_setting_is_named_at_once() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "workflows"], env=environment(), capture_output=True, text=True, check=False
    )

    assert ended.returncode == 2
    for name in (*PEERS, "TEMPORAL_ADDRESS"):
        assert name in ended.stderr


async def test_a_worker_waits_for_temporal_to_come_up_and_can_be_ended_meanwhile() -> None:
    [nobody] = free_ports(1)
    here = dict.fromkeys((*PEERS, "TEMPORAL_ADDRESS"), f"127.0.0.1:{nobody}")
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "workflows", env=environment(**here), stderr=asyncio.subprocess.PIPE
    )
    assert worker.stderr is not None

    said = await asyncio.wait_for(worker.stderr.readline(), 20)
    worker.terminate()

    assert b"waits_for_temporal" in said
    assert await asyncio.wait_for(worker.wait(), 20) == 0
