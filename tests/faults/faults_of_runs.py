"""Faults in Temporal's own matter: runs that an operator ends, events that come twice, late, or in masses."""

import asyncio
import time
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.client import WorkflowExecutionStatus, WorkflowHandle
from temporalio.service import RPCError

from clew.routing.v1 import holdings_pb2
from cli.calling import new_request_id
from services.shared.runs import NUDGE, Nudge
from tests.faults.faults import Fault
from tests.faults.office import PATIENT_POOL, Rep
from tests.faults.scene import Scene

REPAIRED_WITHIN = 60.0
REDELIVERED = 200
EVENTS, SIGNALS = 18_000, 2_000
# Far below the 51,200 at which Temporal ends a run. Signals that come one by one each add an event.
LONGEST_HISTORY = 10_000


@dataclass(frozen=True)
class KeptLead:
    """A held lead whose deadline is hours away, and its run."""

    lead_id: str
    holding_id: str
    due_at: datetime
    handle: WorkflowHandle[object, object]


async def kept_lead(scene: Scene, rep: Rep) -> KeptLead:
    """Take a lead out of the pool whose deadlines are hours, and wait until its run waits."""
    async with scene.database.connect() as db:
        lead_id = str(await db.scalar(text(WAITING), {"pool": PATIENT_POOL}))
    request = holdings_pb2.AssignLeadRequest(request_id=new_request_id(), lead_id=lead_id, rep_code=rep.code)
    answer = await scene.act("assign", scene.clew.holdings.AssignLead, request)
    holding = answer.holding
    handle = scene.temporal.get_workflow_handle(f"lead/{lead_id}")
    await _open_again(handle, after=None)
    return KeptLead(lead_id, holding.holding_id, await _due(scene, holding.holding_id), handle)


async def end_runs(scene: Scene) -> None:
    """By an operator: terminated, cancelled, reset. Each is repaired with the same deadline and one effect."""
    rep = scene.patient_rep
    leads = [await kept_lead(scene, rep) for _ in range(3)]
    repaired = await asyncio.gather(
        *(
            _ended_and_repaired(scene, lead, how)
            for lead, how in zip(leads, ("terminated", "cancelled", "reset"), strict=True)
        )
    )
    scene.notes.append(f"open again {', '.join(repaired)}")
    for lead in leads:
        await _give_back(scene, lead)


async def _ended_and_repaired(scene: Scene, lead: KeptLead, how: str) -> str:
    """How long it took until the lead had an open run again, in words."""
    first_task, run_id = await _first_task(lead.handle)
    ended = time.monotonic()
    match how:
        case "terminated":
            await lead.handle.terminate("an operator's mistake")
        case "cancelled":
            await lead.handle.cancel()
        case "reset":
            await _reset(scene, lead.handle, run_id, first_task)
    await _open_again(lead.handle, after=run_id)
    assert await _due(scene, lead.holding_id) == lead.due_at, "the deadline moved"
    return f"{time.monotonic() - ended:.0f} s after it was {how}"


async def deliver_again(scene: Scene) -> None:
    """Events of some time ago are owed once more: twice, late and out of order."""
    redelivered = 0
    for service in ("intake", "scoring", "routing", "conversion"):
        async with scene.database.begin() as db:
            again = await db.execute(text(OWED_AGAIN.format(service=service)), {"at_most": REDELIVERED})
            redelivered += again.rowcount
    scene.notes.append(f"{redelivered} events delivered again")


async def flood(scene: Scene) -> None:
    """20,000 events on one lead: its run goes on, in histories that stay short."""
    lead = await kept_lead(scene, scene.patient_rep)
    async with scene.database.begin() as db:
        await db.execute(text(FLOOD), {"lead_id": lead.lead_id, "events": EVENTS})
    room = asyncio.Semaphore(32)

    async def nudge(number: int) -> None:
        async with room:
            await lead.handle.signal(NUDGE, Nudge(f"flood-{number}", "work_nudged", lead.lead_id))

    await asyncio.gather(*(nudge(number) for number in range(SIGNALS)))
    await _delivered(scene, lead.lead_id)
    longest, histories = 0, 0
    async for run in scene.temporal.list_workflows(f'WorkflowId = "lead/{lead.lead_id}"'):
        longest, histories = max(longest, run.history_length), histories + 1
    assert await _due(scene, lead.holding_id) == lead.due_at, "the deadline moved"
    assert longest <= LONGEST_HISTORY, f"a history has {longest} events"
    scene.notes.append(f"{EVENTS + SIGNALS} events, {histories} histories, the longest {longest} events")
    await _give_back(scene, lead)


async def _open_again(handle: WorkflowHandle[object, object], *, after: str | None) -> None:
    """Wait for an open run, another than `after`."""
    until = time.monotonic() + REPAIRED_WITHIN
    while True:
        try:
            run = await handle.describe()
            if run.status is WorkflowExecutionStatus.RUNNING and run.run_id != after:
                return
        except RPCError:
            pass  # not there yet
        assert time.monotonic() < until, f"no open run of {handle.id} within {REPAIRED_WITHIN:.0f} s"
        await asyncio.sleep(0.2)


async def _first_task(handle: WorkflowHandle[object, object]) -> tuple[int, str]:
    """The end of a run's first task, once it has ended, and the run."""
    while True:
        run_id = (await handle.describe()).run_id
        for event in (await handle.fetch_history()).events:
            if event.HasField("workflow_task_completed_event_attributes"):
                return event.event_id, run_id
        await asyncio.sleep(0.2)


async def _reset(scene: Scene, handle: WorkflowHandle[object, object], run_id: str, first_task: int) -> None:
    """Back to its first task, as the UI's button does."""
    await scene.temporal.workflow_service.reset_workflow_execution(
        ResetWorkflowExecutionRequest(
            namespace=scene.temporal.namespace,
            workflow_execution=WorkflowExecution(workflow_id=handle.id, run_id=run_id),
            workflow_task_finish_event_id=first_task,
            reason="an operator's try",
            request_id=new_request_id(),
        )
    )


async def _due(scene: Scene, holding_id: str) -> datetime:
    async with scene.database.connect() as db:
        due = await db.scalar(text(DUE), {"holding_id": holding_id})
    assert isinstance(due, datetime), "the holding has ended"
    return due


async def _give_back(scene: Scene, lead: KeptLead) -> None:
    request = holdings_pb2.ReclaimLeadRequest(
        request_id=new_request_id(), holding_id=lead.holding_id, reason="MANAGER_DECISION"
    )
    await scene.act("reclaim", scene.clew.holdings.ReclaimLead, request)


async def _delivered(scene: Scene, lead_id: str) -> None:
    until = time.monotonic() + REPAIRED_WITHIN
    while True:
        async with scene.database.connect() as db:
            owed = await db.scalar(text(STILL_OWED), {"lead_id": lead_id})
        if not owed:
            return
        assert time.monotonic() < until, f"{owed} events were not delivered within {REPAIRED_WITHIN:.0f} s"
        await asyncio.sleep(0.2)


WAITING = """
select lead_id from routing.lead join routing.pool on pool_id = home_pool_id
where state = 'POOLED' and pool.code = :pool order by random() limit 1
"""
DUE = "select due_at from routing.holding where holding_id = :holding_id and ended_at is null"
STILL_OWED = "select count(*) from routing.event where lead_id = :lead_id and delivered_at is null and wakes <> 'none'"
OWED_AGAIN = """
update {service}.event set delivered_at = null, claimed_until = null where event_id in (
  select event_id from {service}.event
  where wakes <> 'none' and delivered_at < now() - interval '3 s' order by random() limit :at_most)
"""
FLOOD = """
with locked as (select lead_id from routing.lead where lead_id = cast(:lead_id as uuid) for no key update),
last as (select coalesce(max(seq), 0) as seq from routing.event where lead_id = cast(:lead_id as uuid))
insert into routing.event (event_id, lead_id, seq, kind, wakes, wake_id, actor_id, actor_role, data, recorded_at)
select uuidv7(), lead_id, last.seq + n, 'work_nudged', 'lead', lead_id, 'tests', 'service', '{}', clew.clew_now()
from locked, last, generate_series(1, :events) n
"""

ENDED_BY_OPERATOR = Fault("runs ended by an operator", "terminated, cancelled, reset", end_runs)
DELIVERED_AGAIN = Fault("events delivered again", "twice, late, out of order", deliver_again)
FLOODED = Fault("20,000 events on one lead", "its histories stay short", flood)
