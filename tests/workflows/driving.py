"""How tests drive runs: nudges as the relay sends them, time that passes for one run, waiting for what is to come."""

import asyncio
import inspect
import time
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle
from temporalio.testing import TimeSkipper

from services.shared.events import Wakes, workflow_id
from services.shared.ids import new_id
from services.shared.relay import Owed, signal_with_start
from tests.workflows.fake_world import FakeConversion, FakeLead, World
from workflows.work import RunEnd

PATIENCE = 30.0
Handle = WorkflowHandle[object, RunEnd]


async def nudge(client: Client, lead: FakeLead, kind: str) -> Handle:
    """Something happened to a lead: its run is nudged, and started if there is none."""
    lead_id = UUID(lead.lead_id)
    await signal_with_start(client, Owed(new_id(), lead_id, kind, Wakes.LEAD, lead_id, None))
    return run_of(client, lead)


async def ask_for(client: Client, conversion: FakeConversion) -> Handle:
    """A conversion was asked for: its run is started."""
    ids = UUID(conversion.lead_id), UUID(conversion.conversion_id)
    await signal_with_start(client, Owed(new_id(), ids[0], "conversion_requested", Wakes.CONVERSION, ids[1], None))
    wanted = workflow_id(Wakes.CONVERSION, conversion.conversion_id)
    return client.get_workflow_handle(wanted, result_type=RunEnd)


def run_of(client: Client, lead: FakeLead) -> Handle:
    return client.get_workflow_handle(workflow_id(Wakes.LEAD, lead.lead_id), result_type=RunEnd)


async def sleeps(handle: Handle) -> None:
    """Wait until the run has nothing under way."""

    async def is_asleep() -> bool:
        told = (await handle.describe()).raw_description
        return not told.pending_activities and not told.HasField("pending_workflow_task")

    await eventually(is_asleep)


async def pending(handle: Handle, activity: str) -> bool:
    """Whether everybody can see that the run waits for this activity."""
    told = (await handle.describe()).raw_description
    return activity in {one.activity_type.name for one in told.pending_activities}


async def pass_time(client: Client, world: World, handle: Handle, span: timedelta) -> None:
    """For a run that sleeps. The services' clock first, so that a woken run finds its step due."""
    await sleeps(handle)
    world.move(span)
    await TimeSkipper(client).fast_forward(handle, span)


async def eventually(what: Callable[[], object], *, within: float = PATIENCE) -> None:
    """Wait until it is so. `what` may be asynchronous."""
    give_up = time.monotonic() + within
    while True:
        so = what()
        if await so if inspect.isawaitable(so) else so:
            return
        assert time.monotonic() < give_up, "it did not come to be so"
        await asyncio.sleep(0.02)


async def is_open(handle: Handle) -> bool:
    return (await handle.describe()).status is WorkflowExecutionStatus.RUNNING


async def closes(handle: Handle, *, within: float = PATIENCE) -> RunEnd:
    """How the run ends."""
    async with asyncio.timeout(within):
        return await handle.result()


async def shown(handle: Handle) -> str:
    """What the Temporal UI shows of a run, as Markdown."""
    told: WorkflowMetadata = await handle.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
    return told.current_details


async def shows(handle: Handle, text: str) -> None:
    """Wait until operators can read this."""

    async def is_shown() -> bool:
        return text in await shown(handle)

    await eventually(is_shown)
