"""What a running stack exports: all that a panel or an alert asks for, with the labels by which it asks."""

import re
from functools import partial
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client

from clew.lead.v1.lead_pb2 import LeadState
from clew.routing.v1 import holdings_pb2
from cli.calling import Clew, new_request_id
from cli.stack.addresses import SERVICES
from cli.stack.stack import WORKERS
from services.shared.runs import LEAD_LIFECYCLE, TASK_QUEUE
from tests.end_to_end.conftest import eventually
from tests.end_to_end.people import a_lead, a_rep, in_state
from tests.observability import LABELS_OF_ALL, Asked, asked_by_alerts, asked_by_panels, series_of
from tests.otlp import Collector


@pytest.fixture(scope="module")
async def lived_through(clew: Clew, temporal_client: Client, database: AsyncEngine, collector: Collector) -> None:
    """All that leaves a figure only when it happens."""
    await a_run_is_terminated_and_begun_again(clew, temporal_client, collector)
    await a_task_and_a_step_fail(clew, temporal_client, database, collector)
    await a_lead_is_reminded_and_recalled(clew, database)


async def a_lead_is_reminded_and_recalled(clew: Clew, database: AsyncEngine) -> None:
    """Its instants are moved in the database: there are no days to wait for them."""
    rep, lead_id = await a_rep(clew), await a_lead(clew)
    await in_state(clew, lead_id, LeadState.LEAD_STATE_POOLED)
    claim = holdings_pb2.ClaimLeadRequest(request_id=new_request_id(), lead_id=lead_id)
    await clew.call(clew.holdings.ClaimLead, claim, as_=rep.caller)
    for sooner, done in (
        ("reminders = array[clew.clew_now()], reminder_steps = '{50%}'", "reminders = '{}'"),
        ("due_at = clew.clew_now()", "ended_at is not null"),
    ):
        await of_holding(database, f"update routing.holding set {sooner}, wake_at = clew.clew_now()", lead_id)
        await eventually(
            partial(of_holding, database, f"select {done} from routing.holding", lead_id),
            bool,
            f"its step: {done}",
        )


async def of_holding(database: AsyncEngine, statement: str, lead_id: str) -> bool:
    async with database.begin() as db:
        answered = await db.execute(text(f"{statement} where lead_id = :lead_id"), {"lead_id": lead_id})
        return bool(answered.scalar()) if answered.returns_rows else True


async def a_run_is_terminated_and_begun_again(clew: Clew, client: Client, collector: Collector) -> None:
    rep, lead_id = await a_rep(clew), await a_lead(clew)
    await in_state(clew, lead_id, LeadState.LEAD_STATE_POOLED)
    claim = holdings_pb2.ClaimLeadRequest(request_id=new_request_id(), lead_id=lead_id)
    await clew.call(clew.holdings.ClaimLead, claim, as_=rep.caller)
    # Held: the run before, which routed it, may be seen as running for a moment longer.
    query = f"WorkflowId = 'lead/{lead_id}' AND ExecutionStatus = 'Running' AND ClewState = 'HELD'"
    await eventually(lambda: client.count_workflows(query), lambda found: found.count == 1, "the run of a held lead")
    await client.get_workflow_handle(f"lead/{lead_id}").terminate()

    async def look() -> float:
        await client.execute_workflow("Reconcile", id=f"look/{uuid4()}", task_queue=TASK_QUEUE)
        return total(collector, "clew.reconcile.begun_again")

    await eventually(look, bool, "the run to be begun again")


async def a_task_and_a_step_fail(clew: Clew, client: Client, database: AsyncEngine, collector: Collector) -> None:
    """A run that was started by hand with no lead, and routing without its leads for a moment."""
    wrong = await client.start_workflow(LEAD_LIFECYCLE, 7, id=f"wrong/{uuid4()}", task_queue=TASK_QUEUE)
    async with database.begin() as db:
        await db.execute(text("alter table routing.lead rename to elsewhere"))
    try:
        await a_lead(clew)
        await failed(collector, "clew.step.failures")
    finally:
        async with database.begin() as db:
            await db.execute(text("alter table routing.elsewhere rename to lead"))
    await failed(collector, "temporal_workflow_task_execution_failed")
    await wrong.terminate()


async def failed(collector: Collector, name: str) -> None:
    async def seen() -> float:
        return total(collector, name)

    await eventually(seen, bool, name)


def total(collector: Collector, name: str) -> float:
    return sum(
        point.as_int or point.as_double
        for metric in collector.metrics
        if metric.name == name
        for point in metric.sum.data_points
    )


def exported(collector: Collector) -> dict[str, frozenset[str]]:
    """Every series of every process, with the labels that it has anywhere."""
    found: dict[str, frozenset[str]] = {}
    for metric in collector.metrics:
        for name, labels in series_of(metric).items():
            found[name] = found.get(name, frozenset()) | labels
    return found


@pytest.mark.usefixtures("lived_through")
async def test_every_metric_and_label_that_a_panel_or_an_alert_names_is_exported(collector: Collector) -> None:
    asked = [*asked_by_panels(), *asked_by_alerts()]

    async def missing() -> list[tuple[str, str]]:
        there = exported(collector)
        return [(each.where, name) for each in asked for name in what_is_not_there(each, there)]

    await eventually(missing, lambda found: found == [], "everything that is asked for")


def what_is_not_there(asked: Asked, there: dict[str, frozenset[str]]) -> list[str]:
    without = [name for name in asked.metrics if name not in there]
    known = LABELS_OF_ALL.union(*(there.get(name, frozenset()) for name in asked.metrics))
    return without or [f"label {label}" for label in asked.labels - known]


def test_what_is_not_exported_is_noticed() -> None:
    there = {"clew_pool_depth": frozenset({"pool"})}

    assert what_is_not_there(Asked("here", "sum by (pool) (clew_pool_depth)"), there) == []
    assert what_is_not_there(Asked("here", "sum by (lead) (clew_pool_depth)"), there) == ["label lead"]
    assert what_is_not_there(Asked("here", "clew_pool_height > 3"), there) == ["clew_pool_height"]


@pytest.mark.usefixtures("lived_through")
async def test_nothing_that_grows_with_leads_or_reps_is_a_label(collector: Collector) -> None:
    """Each value of a label is a series of its own, kept for weeks."""
    labels = {
        (metric.name, label.key, label.value.string_value)
        for metric in collector.metrics
        for point in getattr(metric, metric.WhichOneof("data") or "gauge").data_points
        for label in point.attributes
    }

    assert labels
    assert [each for each in labels if re.search(r"lead/|L-|[0-9a-f]{8}-[0-9a-f]{4}-", each[2])] == []


async def test_each_process_is_told_apart(collector: Collector) -> None:
    """What two workers count must not be taken for one count, neither ours nor Temporal's."""

    # Those that other tests killed are heard of no more.
    since = collector.exports

    async def processes() -> list[int]:
        names = ("clew.event_loop.lag", "temporal_worker_start")
        return [len(collector.processes(name, since=since)) for name in names]

    await eventually(processes, lambda seen: seen == [len(SERVICES) + len(WORKERS), len(WORKERS)], "all processes")
