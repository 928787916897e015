"""What is started by the clock: Reconcile, every 20 seconds."""

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)

from services.shared.runs import TASK_QUEUE, WORKFLOW_TASK_TIMEOUT
from workflows.limits import CATCH_UP, LOOK_EVERY, WHOLE_LOOK
from workflows.reconcile import Reconcile

RECONCILE = "reconcile"


def reconcile_schedule() -> Schedule:
    return Schedule(
        action=ScheduleActionStartWorkflow(
            Reconcile.run,
            id=RECONCILE,
            task_queue=TASK_QUEUE,
            task_timeout=WORKFLOW_TASK_TIMEOUT,
            run_timeout=WHOLE_LOOK,
            static_summary="begins broken runs again",
        ),
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=LOOK_EVERY)]),
        # One look at a time; after an outage one look finds all, so missed ones are not caught up.
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=CATCH_UP),
    )


async def keep_reconcile_scheduled(client: Client) -> None:
    """Make the schedule, or make it say what this version says. Each worker does so at its start."""
    try:
        await client.create_schedule(RECONCILE, reconcile_schedule())
    except ScheduleAlreadyRunningError:
        await client.get_schedule_handle(RECONCILE).update(_as_it_should_be)


def _as_it_should_be(now: ScheduleUpdateInput) -> ScheduleUpdate | None:
    """Only what differs is written, and an operator's pause stays."""
    found, wanted = now.description.schedule, reconcile_schedule()
    if _says(found) == _says(wanted):
        return None
    wanted.state = found.state
    return ScheduleUpdate(wanted)


def _says(schedule: Schedule) -> tuple[object, ...]:
    action = schedule.action
    if not isinstance(action, ScheduleActionStartWorkflow):
        return ()
    started = (action.workflow, action.id, action.task_queue, action.task_timeout, action.run_timeout)
    return (*started, schedule.spec.intervals, schedule.policy)
