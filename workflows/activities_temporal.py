"""What Reconcile asks of Temporal itself: which runs ended as they should not have, and a nudge for each."""

import asyncio
import base64
from typing import cast
from uuid import UUID

from temporalio import activity
from temporalio.client import Client, WorkflowExecution
from temporalio.service import RPCError, RPCStatusCode

from services.shared.events import Wakes
from services.shared.ids import new_id
from services.shared.relay import Owed, signal_with_start
from services.shared.runs import CONVERSION, LEAD_LIFECYCLE, ConversionRun
from services.shared.telemetry import meter
from workflows.work import BrokenRun, BrokenRuns, Look

RECONCILED = "reconciled"
# Each way to end but the right one. A run that continues as new has not ended.
BROKEN = ("Terminated", "Canceled", "Failed", "TimedOut")
PAGE = 200
AT_ONCE = 8
begun_again = meter.create_counter(
    "clew.reconcile.begun_again",
    unit="{run}",
    description="Runs that ended as they should not have and were begun again, by what they are about.",
)


class TemporalActivities:
    def __init__(self, client: Client) -> None:
        self._client = client
        # A count that begins with its first case shows no rise.
        for wakes in (Wakes.LEAD, Wakes.CONVERSION):
            begun_again.add(0, {"about": str(wakes)})

    @activity.defn(name="temporal.FindBrokenRuns")
    async def find_broken_runs(self, look: Look) -> BrokenRuns:
        """One page of the runs that closed in the span, not of their own will."""
        found = self._client.list_workflows(
            _query(look), page_size=PAGE, next_page_token=base64.b64decode(look.page) or None
        )
        await found.fetch_next_page()
        runs = [broken for one in found.current_page or () if (broken := _broken(one))]
        return BrokenRuns(runs, base64.b64encode(found.next_page_token or b"").decode())

    @activity.defn(name="temporal.NudgeAgain")
    async def nudge_again(self, runs: list[BrokenRun]) -> int:
        """Nudge what nobody has nudged since. Returns how many that were."""
        slots = asyncio.Semaphore(AT_ONCE)

        async def one(run: BrokenRun) -> bool:
            async with slots:
                return await self._nudge_again(run)

        return sum(await asyncio.gather(*(one(run) for run in runs)))

    async def _nudge_again(self, run: BrokenRun) -> bool:
        try:
            newest = await self._client.get_workflow_handle(run.workflow_id).describe()
            lead_id = await self._lead_of(run)
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:  # its time in Temporal is over: others have nudged it since
                return False
            raise
        if newest.run_id != run.run_id:
            return False
        owed = Owed(new_id(), lead_id, RECONCILED, run.wakes, UUID(run.subject), None)
        await signal_with_start(self._client, owed)
        begun_again.add(1, {"about": str(run.wakes)})
        return True

    async def _lead_of(self, run: BrokenRun) -> UUID:
        """A conversion's lead is what its run was given; the id alone does not tell."""
        if run.wakes is Wakes.LEAD:
            return UUID(run.subject)
        history = self._client.get_workflow_handle(run.workflow_id, run_id=run.run_id)
        started = await anext(history.fetch_history_events(page_size=1))
        given = started.workflow_execution_started_event_attributes.input.payloads
        [conversion] = await self._client.data_converter.decode(given, [ConversionRun])
        return UUID(cast(ConversionRun, conversion).lead_id)


def _query(look: Look) -> str:
    statuses = " OR ".join(f"ExecutionStatus = '{status}'" for status in BROKEN)
    return (
        f"(WorkflowType = '{LEAD_LIFECYCLE}' OR WorkflowType = '{CONVERSION}') AND ({statuses}) "
        f"AND CloseTime BETWEEN '{look.since.isoformat()}' AND '{look.until.isoformat()}'"
    )


def _broken(found: WorkflowExecution) -> BrokenRun | None:
    """None for a run that somebody started by hand under an id of another form."""
    kind, _, subject = found.id.partition("/")
    if kind not in set(Wakes) or found.status is None:
        return None
    return BrokenRun(Wakes(kind), subject, found.run_id, found.status.name)
