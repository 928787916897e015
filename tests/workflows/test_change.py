"""A workflow is changed while runs are open: what CONTRIBUTING says of it, on the real Temporal server."""

import pytest
from temporalio.api.enums.v1 import EventType, WorkflowTaskFailedCause
from temporalio.client import Client, WorkflowHistory
from temporalio.workflow import NondeterminismError

from tests.workflows.changed import NEW_WAY, PATCH, Deprecated, Patched, Removed
from tests.workflows.conftest import working
from tests.workflows.driving import Handle, closes, eventually, is_open, nudge, sleeps
from tests.workflows.fake_world import FakeLead, World
from workflows.lead_lifecycle import LeadLifecycle
from workflows.worker import make_replayer

# A worker reports a task's first failure only; then each attempt has to time out before the next worker gets it.
AFTER_FAILED_TASKS = 60.0


async def held_under_the_old_code(client: Client, world: World, services: str) -> FakeLead:
    """A lead that L001 holds; its run sleeps, and its worker has ended."""
    async with working(client, services):
        lead = world.a_held_lead("L001")
        handle = await nudge(client, lead, "lead_claimed")
        await eventually(lambda: lead.access == [("L001", 1)])
        await sleeps(handle)
    return lead


async def test_old_runs_go_on_the_old_way_under_patched_code_and_new_ones_take_the_new_way(
    client: Client, world: World, services: str
) -> None:
    old = await held_under_the_old_code(client, world, services)

    async with working(client, services, [Patched]):
        world.claim(old, "L002")
        await nudge(client, old, "lead_transferred")
        await eventually(lambda: old.access == [("L001", 1), ("L002", 2)])
        assert world.calls[NEW_WAY] == 0
        new = world.a_held_lead()
        new_run = await nudge(client, new, "lead_claimed")
        await eventually(lambda: new.access)
        assert world.calls[NEW_WAY] == 1

        # How operators see which open runs have taken the new way, and so which are still to end.
        await eventually(lambda: found(client, f"TemporalChangeVersion = '{PATCH}'", {new_run.id}))
        for lead in (old, new):
            world.end_holding(lead, "returned")
            assert (await closes(await nudge(client, lead, "lead_returned"))).state == "POOLED"
    assert old.access[-1] == ("", 2)


async def test_without_a_patch_an_old_run_is_stuck_in_sight_until_the_old_code_is_back(
    client: Client, world: World, services: str
) -> None:
    lead = await held_under_the_old_code(client, world, services)

    async with working(client, services, [Removed]):
        world.claim(lead, "L002")
        handle = await nudge(client, lead, "lead_transferred")
        await eventually(lambda: task_failed_as_non_deterministic(handle))
        assert await is_open(handle)
        assert lead.access == [("L001", 1)]

    async with working(client, services):
        await eventually(lambda: lead.access == [("L001", 1), ("L002", 2)], within=AFTER_FAILED_TASKS)
        world.end_holding(lead, "returned")
        assert (await closes(await nudge(client, lead, "lead_returned"))).state == "POOLED"


async def test_back_under_the_old_code_a_run_of_the_new_way_is_ended_and_begins_anew(
    client: Client, world: World, services: str
) -> None:
    async with working(client, services, [Patched]):
        lead = world.a_held_lead("L001")
        stuck = await nudge(client, lead, "lead_claimed")
        await eventually(lambda: lead.access == [("L001", 1)])
        await sleeps(stuck)

    async with working(client, services):
        world.claim(lead, "L002")
        await nudge(client, lead, "lead_transferred")
        await eventually(lambda: task_failed_as_non_deterministic(stuck))
        await stuck.terminate("it took a way that this code does not know")
        # As Reconcile does for every run that was ended from outside.
        await nudge(client, lead, "work_nudged")
        await eventually(lambda: lead.access == [("L001", 1), ("L002", 2)])
        world.end_holding(lead, "returned")
        assert (await closes(await nudge(client, lead, "lead_returned"))).state == "POOLED"


STAGES: tuple[type, ...] = (LeadLifecycle, Patched, Deprecated, Removed)


@pytest.mark.parametrize(
    ("began", "goes_on_under"),
    [
        (LeadLifecycle, {LeadLifecycle, Patched}),
        (Patched, {Patched, Deprecated}),
        (Deprecated, {Patched, Deprecated, Removed}),
        (Removed, {Deprecated, Removed}),
    ],
)
async def test_a_run_goes_on_under_the_next_stage_of_a_change_and_not_under_the_one_after(
    client: Client, world: World, services: str, began: type, goes_on_under: set[type]
) -> None:
    async with working(client, services, [began]):
        lead = world.a_held_lead()
        await nudge(client, lead, "lead_claimed")
        await eventually(lambda: lead.access)
        world.end_holding(lead, "returned")
        run = await nudge(client, lead, "lead_returned")
        await closes(run)
    history = await run.fetch_history()

    assert {stage for stage in STAGES if await replays(history, stage)} == goes_on_under


async def replays(history: WorkflowHistory, code: type) -> bool:
    replayed = await make_replayer([code]).replay_workflow(history, raise_on_replay_failure=False)
    assert isinstance(replayed.replay_failure, NondeterminismError | None)
    return replayed.replay_failure is None


async def found(client: Client, query: str, ids: set[str]) -> bool:
    """Whether the query finds just these open runs."""
    query = f"ExecutionStatus = 'Running' AND {query}"
    return {run.id async for run in client.list_workflows(query)} == ids


async def task_failed_as_non_deterministic(handle: Handle) -> bool:
    return any(
        event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED
        and event.workflow_task_failed_event_attributes.cause
        == WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR
        for event in (await handle.fetch_history()).events
    )
