"""I8 at rest: something pending ⇔ an open run. Asked of the databases and of Temporal, until they agree and no event
owes a nudge."""

import asyncio
import time

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client
from temporalio.service import RPCError

from tests.faults.invariants import Found

# In calm there is rest within this time; what was not at rest then is told.
CALM_SECONDS = 5.0


async def at_rest(database: AsyncEngine, temporal: Client, *, within: float) -> Found:
    """Wait until pending work and open runs are the same.

    Deadlines go on meanwhile: only what is pending before and after the list of runs was taken must have one.
    """
    began, late = time.monotonic(), ""
    looked_at: set[str] = set()
    while True:
        before = await _pending(database)
        runs = [run.id async for run in temporal.list_workflows(OPEN)]
        after = await _pending(database)
        looked_at |= before | set(runs)
        wrong = [f"{one} is pending and has no open run" for one in (before & after) - set(runs)]
        wrong += [f"{one} has an open run and nothing is pending" for one in set(runs) - (before | after)]
        wrong += [f"{one} has {runs.count(one)} open runs" for one in set(runs) if runs.count(one) > 1]
        wrong += await _owed(database)
        seconds = time.monotonic() - began
        if seconds > CALM_SECONDS and not late:
            late = f"; after {CALM_SECONDS:.0f} s not yet {len(wrong)}, such as: {wrong[:1]}"
        if not wrong or seconds > within:
            for number, one in enumerate(wrong[:3]):
                wrong[number] = f"{one}: {await _last_of(temporal, one.partition(' ')[0])}"
            return Found(len(looked_at), wrong, f"the same {seconds:.1f} s after the load ended{late}")
        await asyncio.sleep(0.25)


async def _last_of(temporal: Client, workflow_id: str) -> str:
    """What a run that should not be there, or should, did last."""
    handle = temporal.get_workflow_handle(workflow_id)
    try:
        about = await handle.describe()
        events = [EventType.Name(event.event_type)[11:] async for event in handle.fetch_history_events()]
    except RPCError as error:
        return f"Temporal says {error.status.name}"
    waits = [f"{one.activity_type.name}, attempt {one.attempt}" for one in about.raw_description.pending_activities]
    return f"{about.status and about.status.name}, {len(events)} events, last {events[-4:]}, waits for {waits}"


async def _owed(database: AsyncEngine) -> list[str]:
    """A run that is open anyway looks at rest while its nudges still wait."""
    async with database.connect() as db:
        return list((await db.execute(text(OWED))).scalars())


async def _pending(database: AsyncEngine) -> set[str]:
    async with database.connect() as db:
        return set((await db.execute(text(PENDING))).scalars())


OPEN = 'WorkflowType IN ("LeadLifecycle", "Conversion") AND ExecutionStatus = "Running"'
OWED = """
select wakes || '/' || wake_id || ' is owed ' || count(*) || ' nudges'
from (
  select wakes, wake_id from intake.event where delivered_at is null and wakes <> 'none' union all
  select wakes, wake_id from scoring.event where delivered_at is null and wakes <> 'none' union all
  select wakes, wake_id from routing.event where delivered_at is null and wakes <> 'none' union all
  select wakes, wake_id from conversion.event where delivered_at is null and wakes <> 'none'
) events
group by wakes, wake_id
"""
PENDING = """
select 'lead/' || lead_id from routing.lead where state in ('QUALIFYING', 'HELD', 'CONVERTING') or route_due
union select 'lead/' || lead_id from intake.lead where version > taken_version
union select 'lead/' || lead_id from scoring.lead where version > taken_version
union select 'conversion/' || conversion_id from conversion.conversion where state in ('REQUESTED', 'COMMITTED')
"""
