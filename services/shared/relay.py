"""Takes events that owe a run a nudge to Temporal: at least once, in no promised order.

Rows are claimed in a short transaction with a lease, sent, and marked. Nudges of one run that wait together are one
signal. Kill the relay anywhere: the lease ends and another takes the rows.
"""

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

import structlog
from opentelemetry import trace
from opentelemetry.propagate import extract
from sqlalchemy import Table, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.contrib.opentelemetry import TracingInterceptor

from services.shared.events import Wakes, workflow_id
from services.shared.runs import (
    CONVERSION,
    LEAD_LIFECYCLE,
    NUDGE,
    TASK_QUEUE,
    WORKFLOW_TASK_TIMEOUT,
    ConversionRun,
    LeadRun,
    Nudge,
)
from services.shared.telemetry import tracer

BATCH = 200
IN_FLIGHT = 32
LEASE = "10 seconds"
SEND_SECONDS = 5.0
BUSY_SECONDS = 0.05
IDLE_SECONDS = 0.2
log = structlog.get_logger()


@dataclass(frozen=True)
class Owed:
    """An event that owes a run a nudge."""

    event_id: UUID
    lead_id: UUID
    kind: str
    wakes: Wakes
    wake_id: UUID
    traceparent: str | None


class Temporal:
    """A client that connects when it is first needed and again after a failure."""

    def __init__(self, address: str, namespace: str) -> None:
        self._address, self._namespace = address, namespace
        self._client: Client | None = None

    async def client(self) -> Client:
        if self._client is None:
            self._client = await Client.connect(
                self._address, namespace=self._namespace, interceptors=[TracingInterceptor()]
            )
        return self._client


class Relay:
    def __init__(self, engine: AsyncEngine, table: Table, temporal: Temporal) -> None:
        self._engine, self._table, self._temporal = engine, table, temporal

    async def run(self) -> None:
        """Deliver until cancelled."""
        while True:
            try:
                delivered = await self.deliver()
            except Exception as error:  # an outage of either side is waited out
                log.warning("relay_waits", kind=type(error).__name__)
                delivered = 0
                await asyncio.sleep(1.0)
            await asyncio.sleep(BUSY_SECONDS if delivered else IDLE_SECONDS)

    async def deliver(self) -> int:
        """Claim a batch, send it, mark what was sent. Returns how many events were delivered."""
        async with self._engine.begin() as db:
            owed = await claim(db, self._table)
        if not owed:
            return 0
        together: dict[tuple[Wakes, UUID], list[Owed]] = defaultdict(list)
        for event in owed:
            together[event.wakes, event.wake_id].append(event)
        slots = asyncio.Semaphore(IN_FLIGHT)
        sent = await asyncio.gather(*(self._send(events, slots) for events in together.values()))
        done = [event_id for ids in sent for event_id in ids]
        failed = [event.event_id for event in owed if event.event_id not in set(done)]
        async with self._engine.begin() as db:
            await mark(db, self._table, done)
            await put_back(db, self._table, failed)
        return len(done)

    async def _send(self, events: list[Owed], slots: asyncio.Semaphore) -> list[UUID]:
        """One signal for all nudges of one run. Returns the ids of the events it delivered: all or none."""
        newest = events[-1]
        carrier = {"traceparent": newest.traceparent} if newest.traceparent else {}
        with tracer.start_as_current_span("relay", context=extract(carrier), kind=trace.SpanKind.PRODUCER):
            async with slots:
                try:
                    async with asyncio.timeout(SEND_SECONDS):
                        await signal_with_start(await self._temporal.client(), newest)
                except Exception as error:  # what could not be sent is sent later
                    log.warning("nudge_not_sent", wakes=str(newest.wakes), kind=type(error).__name__)
                    return []
        return [event.event_id for event in events]


async def signal_with_start(client: Client, owed: Owed) -> None:
    """Nudge the run, starting it when there is none. Never a plain signal, never a termination."""
    workflow, run = (
        (CONVERSION, ConversionRun(str(owed.wake_id), str(owed.lead_id)))
        if owed.wakes is Wakes.CONVERSION
        else (LEAD_LIFECYCLE, LeadRun(str(owed.lead_id)))
    )
    await client.start_workflow(
        workflow,
        run,
        id=workflow_id(owed.wakes, owed.wake_id),
        task_queue=TASK_QUEUE,
        task_timeout=WORKFLOW_TASK_TIMEOUT,
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        start_signal=NUDGE,
        start_signal_args=[Nudge(str(owed.event_id), owed.kind, str(owed.wake_id))],
        static_summary=f"{owed.wakes} {str(owed.wake_id)[-12:]}, woken by {owed.kind}",
    )


async def claim(db: AsyncConnection, table: Table) -> list[Owed]:
    """The oldest events that owe a nudge and that no relay has in hand, leased to this one."""
    rows = await db.execute(
        text(
            f"""
            with now as materialized (select clock_timestamp() as at),
            next as (
              select event_id from {table.fullname}, now
              where delivered_at is null and wakes <> 'none' and (claimed_until is null or claimed_until < now.at)
              order by recorded_at limit {BATCH} for update of event skip locked
            )
            update {table.fullname} e
            set claimed_until = now.at + interval '{LEASE}', attempts = attempts + 1
            from next, now where e.event_id = next.event_id
            returning e.event_id, e.lead_id, e.kind, e.wakes, e.wake_id, e.traceparent
            """
        )
    )
    return [Owed(row.event_id, row.lead_id, row.kind, Wakes(row.wakes), row.wake_id, row.traceparent) for row in rows]


async def mark(db: AsyncConnection, table: Table, event_ids: list[UUID]) -> None:
    if event_ids:
        await db.execute(
            text(
                f"update {table.fullname} set delivered_at = clew.clew_now(), claimed_until = null "
                "where event_id = any(:ids)"
            ),
            {"ids": event_ids},
        )


async def put_back(db: AsyncConnection, table: Table, event_ids: list[UUID]) -> None:
    """What could not be sent is tried again later: after 1 s, doubling to 30 s."""
    if event_ids:
        await db.execute(
            text(
                f"update {table.fullname} set claimed_until = clock_timestamp() "
                "+ least(30, power(2, least(attempts, 6) - 1)) * interval '1 second' where event_id = any(:ids)"
            ),
            {"ids": event_ids},
        )
