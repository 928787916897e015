"""The one configuration that the worker, the tests and the replay of histories share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from inspect import getmembers, ismethod
from typing import Any

import grpc.aio
from temporalio.client import Client
from temporalio.contrib.opentelemetry import TracingInterceptor
from temporalio.worker import PollerBehaviorAutoscaling, Replayer, Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions
from temporalio.workflow import SandboxImportNotificationPolicy

from services.shared.runs import TASK_QUEUE
from workflows.activities_conversion import ConversionActivities
from workflows.activities_intake import IntakeActivities
from workflows.activities_routing import RoutingActivities
from workflows.activities_scoring import ScoringActivities
from workflows.activities_temporal import TemporalActivities
from workflows.conversion import Conversion
from workflows.lead_lifecycle import LeadLifecycle
from workflows.reconcile import Reconcile

WORKFLOWS: Sequence[type] = (LeadLifecycle, Conversion, Reconcile)

# Some 15 kB each: what is not in memory is replayed when it is woken.
RUNS_IN_MEMORY = 4_000
# Python does one thing at a time: with more at once each takes longer, in the end past a task's time. With fewer an
# outage stops everything, for a task keeps its place while its quick call waits.
TASKS_AT_ONCE = 10
ACTIVITIES_AT_ONCE = 200
# What waits for a worker that was killed goes to another one after this time.
LOYALTY = timedelta(seconds=5)
# Longer than one call: what is under way when the worker is stopped may end.
LEAVING = timedelta(seconds=6)


@dataclass(frozen=True)
class Channels:
    """The way to each service."""

    intake: grpc.aio.Channel
    scoring: grpc.aio.Channel
    routing: grpc.aio.Channel
    conversion: grpc.aio.Channel


def activities(client: Client, channels: Channels) -> list[Callable[..., Any]]:
    """Every activity, bound to the service that it calls."""
    owners = (
        IntakeActivities(channels.intake),
        ScoringActivities(channels.scoring),
        RoutingActivities(channels.routing),
        ConversionActivities(channels.conversion),
        TemporalActivities(client),
    )
    # Each public method of such a class is an activity.
    return [method for owner in owners for name, method in getmembers(owner, ismethod) if not name.startswith("_")]


def workflow_runner() -> SandboxedWorkflowRunner:
    """A module that a workflow file imports unannounced is an error at once, not a slow and fat sandbox."""
    return SandboxedWorkflowRunner(
        restrictions=SandboxRestrictions.default.with_import_notification_policy(
            SandboxImportNotificationPolicy.RAISE_ON_UNINTENTIONAL_PASSTHROUGH
        )
    )


async def connected(address: str, namespace: str) -> Client:
    """A client whose traces go on in what it starts."""
    return await Client.connect(address, namespace=namespace, interceptors=[TracingInterceptor()])


def make_worker(client: Client, channels: Channels, workflows: Sequence[type] = WORKFLOWS) -> Worker:
    """A worker for everything of Clew's."""
    return Worker(
        client,
        task_queue=TASK_QUEUE,
        workflows=workflows,
        activities=activities(client, channels),
        workflow_runner=workflow_runner(),
        max_cached_workflows=RUNS_IN_MEMORY,
        max_concurrent_workflow_tasks=TASKS_AT_ONCE,
        max_concurrent_activities=ACTIVITIES_AT_ONCE,
        max_concurrent_local_activities=ACTIVITIES_AT_ONCE,
        workflow_task_poller_behavior=PollerBehaviorAutoscaling(minimum=2, maximum=10, initial=4),
        activity_task_poller_behavior=PollerBehaviorAutoscaling(minimum=2, maximum=10, initial=2),
        sticky_queue_schedule_to_start_timeout=LOYALTY,
        graceful_shutdown_timeout=LEAVING,
    )


def make_replayer(workflows: Sequence[type] = WORKFLOWS) -> Replayer:
    """Replays histories as a worker would."""
    return Replayer(workflows=workflows, workflow_runner=workflow_runner(), interceptors=[TracingInterceptor()])
