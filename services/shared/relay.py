"""Takes events that owe a run a nudge to Temporal: at least once, in no promised order.

Rows are claimed in a short transaction with a lease, sent, and marked. Nudges of one run that wait together are one
signal. Kill the relay anywhere: the lease ends and another takes the rows. While Temporal is away nothing is
claimed; the service answers as ever.
"""

import asyncio
import contextlib
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import structlog
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.propagate import extract
from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.contrib.opentelemetry import TracingInterceptor
from temporalio.service import RPCError, RPCStatusCode

from services.shared.crash_points import AFTER_NUDGE, crash_point
from services.shared.database import engine_beside
from services.shared.events import Wakes, workflow_id
from services.shared.outbox import channel_of
from services.shared.owed import BATCH, Owed, claim, give_back, mark, put_back
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
from services.shared.telemetry import meter, tracer

IN_FLIGHT = 32
CONNECT_SECONDS = 5.0
# Together within the lease, so that what one relay still sends no other has claimed. A server that is slow gets fewer
# nudges from a batch; none is cut off for having come late in it.
BEGIN_WITHIN_SECONDS = 4.0
SEND_SECONDS = 5.0
# Longer than a statement may take: only a connection that hangs takes as long.
DATABASE_SECONDS = 15.0
BUSY_SECONDS = 0.2
IDLE_SECONDS = 1.0
OUTAGE_SECONDS = (0.5, 5.0)
# Not the fault of the nudge that met them: the others would meet them too. NOT_FOUND is the namespace, which a new
# server may not have yet.
OUTAGES = frozenset(
    {
        RPCStatusCode.UNAVAILABLE,
        RPCStatusCode.DEADLINE_EXCEEDED,
        RPCStatusCode.CANCELLED,
        RPCStatusCode.RESOURCE_EXHAUSTED,
        RPCStatusCode.NOT_FOUND,
        RPCStatusCode.PERMISSION_DENIED,
        RPCStatusCode.UNAUTHENTICATED,
    }
)
log = structlog.get_logger()
nudges = meter.create_counter(
    "clew.relay.events", unit="{event}", description="Events that a relay dealt with, by what became of them."
)
__all__ = ["Owed", "Relay", "Temporal", "TemporalAway", "signal_with_start"]


@dataclass
class Sendings:
    """How far the sending of one batch has come. Nothing more of it is begun after `until`, by the loop's clock."""

    until: float
    away: bool = False
    sent: list[UUID] = field(default_factory=list)
    failed: list[UUID] = field(default_factory=list)
    untried: list[UUID] = field(default_factory=list)

    def count(self) -> None:
        for outcome, events in (("SENT", self.sent), ("FAILED", self.failed), ("UNTRIED", self.untried)):
            nudges.add(len(events), {"outcome": outcome})


class TemporalAway(Exception):
    """Temporal does not answer now."""


class Temporal:
    """A client that connects when it is first needed and again after a failure."""

    def __init__(self, address: str, namespace: str) -> None:
        self._address, self._namespace = address, namespace
        self._client: Client | None = None

    async def client(self) -> Client:
        """Raises TemporalAway."""
        if self._client is None:
            try:
                async with asyncio.timeout(CONNECT_SECONDS):
                    self._client = await Client.connect(
                        self._address, namespace=self._namespace, interceptors=[TracingInterceptor()]
                    )
            except (RuntimeError, RPCError, TimeoutError) as error:
                raise TemporalAway from error
        return self._client


class Relay:
    def __init__(self, engine: AsyncEngine, table: Table, temporal: Temporal) -> None:
        """`engine` says only where the database is: a relay never waits for a connection of the pool."""
        self._engine, self._table, self._temporal = engine_beside(engine), table, temporal
        self._woken = asyncio.Event()

    async def run(self) -> None:
        """Deliver until cancelled."""
        listening = asyncio.create_task(self._listen())
        try:
            while True:
                try:
                    async with self._engine.connect() as db:
                        await self._deliver_for_ever(db)
                except Exception as error:  # an outage of the database is waited out
                    log.warning("relay_reconnects", kind=type(error).__name__)
                await asyncio.sleep(OUTAGE_SECONDS[0])
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    async def _deliver_for_ever(self, db: AsyncConnection) -> None:
        patience = OUTAGE_SECONDS[0]
        while True:
            self._woken.clear()
            try:
                delivered = await self.deliver(db)
                patience = OUTAGE_SECONDS[0]
            except TemporalAway:
                log.warning("relay_waits_for_temporal", seconds=patience)
                await asyncio.sleep(patience)
                patience = min(patience * 2, OUTAGE_SECONDS[1])
                continue
            if delivered < BATCH:
                await self._rest(BUSY_SECONDS if delivered else IDLE_SECONDS)

    async def deliver(self, db: AsyncConnection) -> int:
        """Claim a batch, send it, mark what was sent. Returns how many events were delivered. Raises TemporalAway."""
        client = await self._temporal.client()
        async with asyncio.timeout(DATABASE_SECONDS), db.begin():
            owed, lease = await claim(db, self._table)
        if not owed:
            return 0
        sendings = await send(client, owed)
        crash_point(AFTER_NUDGE)
        async with asyncio.timeout(DATABASE_SECONDS), db.begin():
            await mark(db, self._table, sendings.sent)
            await put_back(db, self._table, sendings.failed, lease)
            await give_back(db, self._table, sendings.untried, lease)
        sendings.count()
        if sendings.away:
            raise TemporalAway
        return len(sendings.sent)

    async def _listen(self) -> None:
        """Be woken by NOTIFY. Without it the relay is only slower: it looks again by itself."""
        while True:
            with contextlib.suppress(Exception):
                async with self._engine.connect() as db:
                    connection: Any = (await db.get_raw_connection()).driver_connection
                    await connection.set_autocommit(True)
                    await connection.execute(f"listen {channel_of(self._table)}")
                    async for _ in connection.notifies():
                        self._woken.set()
            await asyncio.sleep(IDLE_SECONDS)

    async def _rest(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._woken.wait()


async def send(client: Client, owed: list[Owed]) -> Sendings:
    """One signal for all nudges of one run, the oldest first, so many at once. An outage ends it early."""
    together: dict[tuple[Wakes, UUID], list[Owed]] = defaultdict(list)
    for event in owed:
        together[event.wakes, event.wake_id].append(event)
    sendings = Sendings(until=asyncio.get_running_loop().time() + BEGIN_WITHIN_SECONDS)
    slots = asyncio.Semaphore(IN_FLIGHT)
    await asyncio.gather(*(_send_together(client, events, slots, sendings) for events in together.values()))
    return sendings


async def _send_together(client: Client, events: list[Owed], slots: asyncio.Semaphore, sendings: Sendings) -> None:
    newest, ids = events[-1], [event.event_id for event in events]
    # A span has one parent: the newest's. The others' traces are found by its links.
    others = [trace.get_current_span(_trace_of(event)).get_span_context() for event in events[:-1]]
    links = [trace.Link(other) for other in others if other.is_valid]
    told = {"clew.lead_id": str(newest.lead_id), "clew.event.kind": newest.kind}
    async with slots:
        if sendings.away or asyncio.get_running_loop().time() >= sendings.until:
            sendings.untried += ids
            return
        with tracer.start_as_current_span(
            "relay", context=_trace_of(newest), kind=trace.SpanKind.PRODUCER, links=links, attributes=told
        ):
            try:
                async with asyncio.timeout(SEND_SECONDS):
                    await signal_with_start(client, newest)
                sendings.sent += ids
            except Exception as error:  # what could not be sent is sent later
                sendings.failed += ids
                if isinstance(error, TimeoutError) or (isinstance(error, RPCError) and error.status in OUTAGES):
                    sendings.away = True
                else:
                    status = error.status.name if isinstance(error, RPCError) else None
                    run = workflow_id(newest.wakes, newest.wake_id)
                    log.warning("nudge_not_sent", workflow=run, status=status, exc_info=error)


def _trace_of(event: Owed) -> Context:
    """Of whoever made it happen; a sweep has none."""
    return extract({"traceparent": event.traceparent} if event.traceparent else {}, context=Context())


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
