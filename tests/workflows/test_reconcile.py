"""A run that an operator ends is begun again within a minute, with everything as it was."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from temporalio.client import (
    Client,
    ScheduleActionExecutionStartWorkflow,
    ScheduleHandle,
    ScheduleIntervalSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
    WorkflowExecutionStatus,
    WorkflowHandle,
)

from services.shared.events import Wakes
from services.shared.runs import TASK_QUEUE
from tests.workflows.driving import Handle, ask_for, closes, eventually, nudge, run_of, sleeps
from tests.workflows.fake_world import World
from workflows.activities_temporal import TemporalActivities
from workflows.limits import LOOKS_OVERLAP
from workflows.reconcile import Reconcile
from workflows.schedules import RECONCILE, keep_reconcile_scheduled, reconcile_schedule
from workflows.work import BrokenRun, Drift, Look

pytestmark = pytest.mark.usefixtures("worker")


async def a_look(client: Client) -> Drift:
    return await client.execute_workflow(Reconcile.run, id=f"reconcile-{uuid4()}", task_queue=TASK_QUEUE)


async def found_closed(client: Client, handle: Handle) -> None:
    """Wait until visibility knows; it is told a moment after the run has closed."""

    async def is_found() -> bool:
        query = f"WorkflowId = '{handle.id}' AND ExecutionStatus != 'Running'"
        return (await client.count_workflows(query)).count > 0

    await eventually(is_found)


@pytest.mark.parametrize("end", [Handle.terminate, Handle.cancel], ids=["terminated", "cancelled"])
async def test_a_run_that_was_ended_by_an_operator_is_begun_again_with_its_deadline_unchanged(
    client: Client, world: World, end: Callable[[Handle], Awaitable[None]]
) -> None:
    lead = world.a_held_lead()
    handle = await nudge(client, lead, "lead_claimed")
    await sleeps(handle)
    due_at = (await handle.query("schedule"))["due_at"]
    await end(handle)
    await found_closed(client, handle)

    drift = await a_look(client)

    assert drift.begun_again >= 1
    again = run_of(client, lead)
    await sleeps(again)
    assert (await again.describe()).status is WorkflowExecutionStatus.RUNNING
    assert (await again.query("schedule"))["due_at"] == due_at
    assert lead.trail == ["claimed by L007"]


async def test_what_was_owed_to_a_terminated_run_is_asked_for_again(client: Client, world: World) -> None:
    lead = world.a_held_lead()
    with world.outage("intake"):
        handle = await nudge(client, lead, "lead_attached")
        lead.facts_version = 2
        await eventually(lambda: world.calls["intake.GetLeadFacts"])
        await handle.terminate("by the test")
    await found_closed(client, handle)

    await a_look(client)

    await eventually(lambda: lead.facts_taken == 2)


async def test_a_conversion_that_was_terminated_is_begun_again(client: Client, world: World) -> None:
    lead = world.a_held_lead()
    conversion = world.convert(lead)
    with world.outage("routing"):
        handle = await ask_for(client, conversion)
        await eventually(lambda: world.calls["routing.LeaseHolding"])
        await handle.terminate("by the test")
    await found_closed(client, handle)

    await a_look(client)

    await eventually(lambda: conversion.state == "COMPLETED")


async def test_a_run_is_begun_again_only_once_although_looks_overlap(client: Client, world: World) -> None:
    lead = world.a_held_lead()
    handle = await nudge(client, lead, "lead_claimed")
    await sleeps(handle)
    await handle.terminate("by the test")
    await found_closed(client, handle)
    await a_look(client)
    again = (await run_of(client, lead).describe()).run_id

    drift = await a_look(client)

    assert drift.begun_again == 0
    assert (await run_of(client, lead).describe()).run_id == again


async def test_a_lead_that_ended_by_itself_is_left_alone(client: Client, world: World) -> None:
    lead = world.a_pooled_lead()
    handle = await nudge(client, lead, "lead_returned")
    await closes(handle)
    await found_closed(client, handle)
    ended = (await run_of(client, lead).describe()).run_id

    # Runs that other tests broke may be begun again by this look: only this lead's are counted.
    await a_look(client)

    assert (await run_of(client, lead).describe()).run_id == ended


async def test_a_run_that_temporal_has_forgotten_is_passed_over(client: Client) -> None:
    forgotten = BrokenRun(Wakes.LEAD, str(uuid4()), str(uuid4()), "TERMINATED")

    assert await TemporalActivities(client).nudge_again([forgotten]) == 0


async def test_the_schedule_can_be_made_again_and_again_and_says_what_this_version_says(client: Client) -> None:
    await keep_reconcile_scheduled(client)
    schedule = client.get_schedule_handle(RECONCILE)

    async def as_of_another_version(now: ScheduleUpdateInput) -> ScheduleUpdate:
        other = now.description.schedule
        other.spec.intervals = [ScheduleIntervalSpec(every=timedelta(hours=1))]
        other.state.paused = True
        return ScheduleUpdate(other)

    async def is_paused() -> bool:
        return (await schedule.describe()).schedule.state.paused

    await schedule.update(as_of_another_version)
    await eventually(is_paused)
    await keep_reconcile_scheduled(client)
    told = await schedule.describe()
    await keep_reconcile_scheduled(client)
    told_again = await schedule.describe()

    await schedule.delete()
    assert told_again.info.last_updated_at == told.info.last_updated_at
    assert told.schedule.spec.intervals == reconcile_schedule().spec.intervals
    assert told.schedule.policy == reconcile_schedule().policy
    assert told.schedule.state.paused


async def test_a_scheduled_look_begins_a_little_before_the_last_one_ended(client: Client) -> None:
    await keep_reconcile_scheduled(client)
    schedule = client.get_schedule_handle(RECONCILE)

    looks = [await a_scheduled_look(client, schedule) for _ in range(2)]

    await schedule.delete()
    ended = [await look.result() for look in looks]
    history = await looks[1].fetch_history()
    asked = next(e for e in history.events if e.HasField("activity_task_scheduled_event_attributes"))
    given = asked.activity_task_scheduled_event_attributes.input.payloads
    [second] = await client.data_converter.decode(given, [Look])
    assert second.since == ended[0].looked_until - LOOKS_OVERLAP


async def a_scheduled_look(client: Client, schedule: ScheduleHandle) -> WorkflowHandle[object, Drift]:
    """Have the schedule start a look, and wait until it has ended."""
    before = len((await schedule.describe()).info.recent_actions)
    await schedule.trigger()

    async def has_looked() -> bool:
        return len((await schedule.describe()).info.recent_actions) > before

    await eventually(has_looked)
    started = (await schedule.describe()).info.recent_actions[-1].action
    assert isinstance(started, ScheduleActionExecutionStartWorkflow)
    look: WorkflowHandle[object, Drift] = client.get_workflow_handle(
        started.workflow_id, run_id=started.first_execution_run_id, result_type=Drift
    )
    await look.result()
    return look
