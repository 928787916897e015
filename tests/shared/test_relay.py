"""Nudges: at least once, never by two relays at a time, late when Temporal is away and never lost."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast
from uuid import uuid4

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from services.shared import outbox
from services.shared import relay as shared_relay
from services.shared.callers import Caller, Role, set_caller
from services.shared.outbox import Event, record
from services.shared.owed import BATCH
from services.shared.relay import Relay, Temporal, TemporalAway
from tests.conftest import TemporalServer
from tests.measured import Measured
from tests.shared.sample import events
from tests.shared.waiting import until


class Recorder:
    """Stands where a client is, to see what a relay sends and to refuse it."""

    def __init__(self, refuse: dict[str, Exception] | None = None, takes: float = 0.0) -> None:
        self.sent: list[str] = []
        self.refuse, self.takes = refuse or {}, takes
        self.under_way: Counter[str] = Counter()
        self.most_at_once = 0

    async def client(self) -> Client:
        return cast(Client, self)

    async def start_workflow(self, *_: Any, id: str, start_signal_args: list[Any], **__: Any) -> None:  # noqa: A002
        self.under_way[id] += 1
        self.most_at_once = max(self.most_at_once, self.under_way.total())
        assert self.under_way[id] == 1, "two nudges of one run are under way at a time"
        await asyncio.sleep(self.takes)
        self.under_way[id] -= 1
        if id in self.refuse:
            raise self.refuse[id]
        self.sent.append(start_signal_args[0].event_id)


def refusal(status: RPCStatusCode) -> RPCError:
    return RPCError("refused", status, b"")


def relay(engine: AsyncEngine, to: Recorder | Temporal) -> Relay:
    return Relay(engine, events, cast(Temporal, to))


@pytest.fixture(autouse=True)
async def nothing_owed(engine: AsyncEngine) -> None:
    async with engine.begin() as db:
        await db.execute(text("update sample.event set delivered_at = now() where delivered_at is null"))


async def write(engine: AsyncEngine, *told: Event) -> list[str]:
    set_caller(Caller("L007", Role.REP))
    async with engine.begin() as db:
        return [str(await record(db, events, event)) for event in told]


def claimed_leads(count: int) -> list[Event]:
    return [Event(uuid4(), "lead_claimed") for _ in range(count)]


async def deliver(engine: AsyncEngine, to: Recorder | Temporal) -> int:
    async with engine.connect() as db:
        return await relay(engine, to).deliver(db)


async def still_owed(engine: AsyncEngine) -> list[str]:
    question = select(events.c.event_id).where(events.c.delivered_at.is_(None), events.c.wakes != "none")
    async with engine.connect() as db:
        return [str(one) for one in await db.scalars(question)]


async def end_leases(engine: AsyncEngine) -> None:
    async with engine.begin() as db:
        await db.execute(
            text("update sample.event set claimed_until = now() - interval '1 s' where claimed_until > now()")
        )


@asynccontextmanager
async def relaying(engine: AsyncEngine, to: Recorder | Temporal) -> AsyncIterator[None]:
    task = asyncio.create_task(relay(engine, to).run())
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_an_event_is_sent_once_and_marked(engine: AsyncEngine) -> None:
    temporal = Recorder()
    ids = await write(engine, Event(uuid4(), "lead_claimed"))

    assert [await deliver(engine, temporal), await deliver(engine, temporal)] == [1, 0]
    assert temporal.sent == ids
    assert await still_owed(engine) == []


async def test_events_of_one_run_that_wait_together_are_one_signal_of_the_newest(engine: AsyncEngine) -> None:
    temporal, lead = Recorder(), uuid4()
    ids = await write(
        engine, Event(lead, "lead_claimed"), Event(lead, "follow_up_logged"), Event(lead, "lead_returned")
    )

    assert await deliver(engine, temporal) == 3
    assert temporal.sent == ids[-1:]
    assert await still_owed(engine) == []


async def test_what_wakes_nobody_is_not_sent(engine: AsyncEngine) -> None:
    temporal = Recorder()
    await write(engine, Event(uuid4(), "note_added"), Event(uuid4(), "lead_routed", by_run=True))

    assert await deliver(engine, temporal) == 0
    assert temporal.sent == []


async def test_a_relay_killed_between_sending_and_marking_sends_again(engine: AsyncEngine) -> None:
    temporal = Recorder()
    ids = await write(engine, Event(uuid4(), "lead_claimed"))

    class Killed(Recorder):
        async def start_workflow(self, *args: Any, **kwargs: Any) -> None:
            await super().start_workflow(*args, **kwargs)
            raise asyncio.CancelledError

    killed = Killed()
    with pytest.raises(asyncio.CancelledError):
        await deliver(engine, killed)
    assert killed.sent == ids
    assert await deliver(engine, temporal) == 0, "the lease holds"
    await end_leases(engine)

    assert await deliver(engine, temporal) == 1
    assert temporal.sent == ids


async def test_two_relays_never_have_the_same_event_in_hand(engine: AsyncEngine) -> None:
    temporal = Recorder(takes=0.002)
    ids = await write(engine, *claimed_leads(3 * BATCH))

    async def work() -> None:
        while await deliver(engine, temporal):
            pass

    await asyncio.gather(*(work() for _ in range(4)))

    assert sorted(temporal.sent) == sorted(ids)


async def test_an_event_that_somebody_else_has_locked_holds_no_other_back(engine: AsyncEngine) -> None:
    temporal = Recorder()
    locked, *others = await write(engine, *claimed_leads(3))
    async with engine.begin() as db:
        await db.execute(text("select 1 from sample.event where event_id = :id for update"), {"id": locked})

        assert await deliver(engine, temporal) == 2

    assert sorted(temporal.sent) == sorted(others)


async def test_no_more_than_so_many_are_under_way_at_once(engine: AsyncEngine) -> None:
    temporal = Recorder(takes=0.01)
    await write(engine, *claimed_leads(BATCH))

    await deliver(engine, temporal)

    assert temporal.most_at_once == shared_relay.IN_FLIGHT


async def test_a_run_that_cannot_be_nudged_waits_longer_each_time_and_stops_no_other(engine: AsyncEngine) -> None:
    poisoned, *others = claimed_leads(5)
    temporal = Recorder(refuse={f"lead/{poisoned.lead_id}": refusal(RPCStatusCode.INVALID_ARGUMENT)})
    ids = await write(engine, poisoned, *others)

    assert await deliver(engine, temporal) == 4
    assert sorted(temporal.sent) == sorted(ids[1:])
    waits = []
    for _ in range(6):
        async with engine.begin() as db:
            row = await db.execute(
                text("select extract(epoch from claimed_until - now()) from sample.event where event_id = :id"),
                {"id": ids[0]},
            )
            waits.append(round(float(row.scalar_one())))
        await end_leases(engine)
        await deliver(engine, temporal)

    assert waits == [1, 2, 4, 8, 10, 10]


async def test_an_outage_ends_the_batch_and_gives_back_what_was_not_tried(engine: AsyncEngine) -> None:
    temporal = Recorder(takes=0.01)
    told = claimed_leads(BATCH)
    temporal.refuse = {f"lead/{event.lead_id}": refusal(RPCStatusCode.UNAVAILABLE) for event in told}
    await write(engine, *told)

    with pytest.raises(TemporalAway):
        await deliver(engine, temporal)

    async with engine.connect() as db:
        rows = await db.execute(
            text(
                "select attempts, claimed_until is null, count(*) from sample.event "
                "where delivered_at is null group by 1, 2"
            )
        )
        assert {tuple(row) for row in rows} == {
            (1, False, shared_relay.IN_FLIGHT),
            (0, True, BATCH - shared_relay.IN_FLIGHT),
        }


async def test_a_slow_server_gets_fewer_nudges_at_a_time_and_none_is_cut_off(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_relay, "BEGIN_WITHIN_SECONDS", 0.1)
    temporal = Recorder(takes=0.3)
    ids = await write(engine, *claimed_leads(2 * shared_relay.IN_FLIGHT))

    first = await deliver(engine, temporal)
    second = await deliver(engine, temporal)

    assert (first, second) == (shared_relay.IN_FLIGHT, shared_relay.IN_FLIGHT)
    assert sorted(temporal.sent) == sorted(ids)


async def test_a_relay_takes_nothing_from_another_whose_lease_came_after_its_own(engine: AsyncEngine) -> None:
    (event,) = claimed_leads(1)
    await write(engine, event)

    class Outlived(Recorder):
        async def start_workflow(self, *args: Any, **kwargs: Any) -> None:
            async with engine.begin() as db:
                await db.execute(
                    text("update sample.event set claimed_until = now() + interval '1 hour' where delivered_at is null")
                )
            raise refusal(RPCStatusCode.INVALID_ARGUMENT)

    await deliver(engine, Outlived())

    async with engine.connect() as db:
        left = await db.scalar(
            text("select extract(epoch from claimed_until - now()) from sample.event where delivered_at is null")
        )
    assert float(left or 0) > 3_000


async def test_while_temporal_is_away_nothing_is_claimed(engine: AsyncEngine) -> None:
    await write(engine, Event(uuid4(), "lead_claimed"))

    with pytest.raises(TemporalAway):
        await deliver(engine, Temporal("127.0.0.1:1", "clew"))

    async with engine.connect() as db:
        assert (
            await db.scalar(text("select count(*) from sample.event where attempts > 0 and delivered_at is null")) == 0
        )


async def test_a_commit_wakes_the_relay_at_once(engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_relay, "IDLE_SECONDS", 3_600.0)
    monkeypatch.setattr(outbox, "RING_EVERY_SECONDS", 0.0)
    temporal = Recorder()
    async with relaying(engine, temporal):
        await until(lambda: is_listened_to(engine))
        ids = await write(engine, Event(uuid4(), "lead_claimed"))

        await until(lambda: temporal.sent == ids)


async def test_a_relay_outlives_the_loss_of_its_connections(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_relay, "IDLE_SECONDS", 0.1)
    temporal = Recorder()
    async with relaying(engine, temporal):
        await until(lambda: is_listened_to(engine))
        async with engine.begin() as db:
            await db.execute(
                text(
                    "select pg_terminate_backend(pid) from pg_stat_activity "
                    "where datname = current_database() and pid <> pg_backend_pid()"
                )
            )
        await engine.dispose()
        await until(lambda: is_listened_to(engine))
        ids = await write(engine, Event(uuid4(), "lead_claimed"))

        await until(lambda: temporal.sent == ids)


async def test_a_relay_begins_when_temporal_comes(engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_relay, "OUTAGE_SECONDS", (0.01, 0.02))
    temporal, ids = Recorder(), await write(engine, Event(uuid4(), "lead_claimed"))
    looks = 0

    class Later(Recorder):
        async def client(self) -> Client:
            nonlocal looks
            looks += 1
            if looks < 3:
                raise TemporalAway
            return cast(Client, temporal)

    async with relaying(engine, Later()):
        await until(lambda: temporal.sent == ids)


async def is_listened_to(engine: AsyncEngine) -> bool:
    async with engine.connect() as db:
        return bool(
            await db.scalar(
                text(
                    "select count(*) from pg_stat_activity "
                    "where datname = current_database() and query ilike 'listen %'"
                )
            )
        )


# On the real server


async def reach(engine: AsyncEngine, server: Temporal) -> None:
    """A server that is busy with other tests may take its time."""

    async def delivered() -> bool:
        with contextlib.suppress(TemporalAway):
            await deliver(engine, server)
        await end_leases(engine)
        return await still_owed(engine) == []

    await until(delivered, 60.0)


async def history_of(client: Client, workflow_id: str) -> list[Any]:
    return [event async for event in client.get_workflow_handle(workflow_id).fetch_history_events()]


def signals(history: list[Any]) -> list[Any]:
    return [one for one in history if one.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED]


async def test_a_first_nudge_starts_the_leads_run_and_a_second_one_reaches_the_same(
    engine: AsyncEngine, temporal: TemporalServer
) -> None:
    connection, lead = Temporal(temporal.address, temporal.namespace), uuid4()
    await write(engine, Event(lead, "lead_created"))
    await reach(engine, connection)
    await write(engine, Event(lead, "lead_claimed"))
    await reach(engine, connection)

    client = await connection.client()
    history = await history_of(client, f"lead/{lead}")
    started = history[0].workflow_execution_started_event_attributes
    assert started.workflow_type.name == "LeadLifecycle"
    assert started.task_queue.name == "clew"
    assert await payload(client, started.input) == {"lead_id": str(lead)}
    kinds = [
        (await payload(client, one.workflow_execution_signaled_event_attributes.input))["kind"]
        for one in signals(history)
    ]
    assert list(dict.fromkeys(kinds)) == ["lead_created", "lead_claimed"]


async def test_a_conversions_event_wakes_the_conversion(engine: AsyncEngine, temporal: TemporalServer) -> None:
    connection, lead, conversion = Temporal(temporal.address, temporal.namespace), uuid4(), uuid4()
    await write(engine, Event(lead, "conversion_requested", wake_id=conversion))
    await reach(engine, connection)

    client = await connection.client()
    history = await history_of(client, f"conversion/{conversion}")
    started = history[0].workflow_execution_started_event_attributes
    assert started.workflow_type.name == "Conversion"
    assert await payload(client, started.input) == {"conversion_id": str(conversion), "lead_id": str(lead)}


async def test_a_run_belongs_to_the_trace_of_the_call_that_woke_it(
    engine: AsyncEngine, temporal: TemporalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider, lead = TracerProvider(), uuid4()
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", provider)
    monkeypatch.setattr(shared_relay, "tracer", provider.get_tracer("test"))
    with provider.get_tracer("test").start_as_current_span("ClaimLead") as span:
        await write(engine, Event(lead, "lead_claimed"))
    connection = Temporal(temporal.address, temporal.namespace)
    await reach(engine, connection)

    history = await history_of(await connection.client(), f"lead/{lead}")
    carried = history[0].workflow_execution_started_event_attributes.header.fields["_tracer-data"]
    assert trace.format_trace_id(span.get_span_context().trace_id).encode() in carried.data


async def test_nudges_that_go_together_belong_to_the_trace_of_the_newest_which_names_the_others(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider, exporter, lead = TracerProvider(), InMemorySpanExporter(), uuid4()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(shared_relay, "tracer", provider.get_tracer("test"))
    # A sweep has no trace: nothing points to it.
    await write(engine, Event(lead, "work_nudged"))
    calls = []
    for name, kind in (("ClaimLead", "lead_claimed"), ("LogFollowUp", "follow_up_logged")):
        with provider.get_tracer("test").start_as_current_span(name) as call:
            await write(engine, Event(lead, kind))
        calls.append(call.get_span_context().trace_id)

    await deliver(engine, Recorder())

    [sent] = [span for span in exporter.get_finished_spans() if span.name == "relay"]
    assert sent.context is not None
    assert [link.context.trace_id for link in sent.links] == calls[:1]
    assert sent.context.trace_id == calls[1]
    assert (sent.attributes or {})["clew.lead_id"] == str(lead)


async def test_what_became_of_events_is_counted(engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_relay, "nudges", counted := Measured())
    good, bad = claimed_leads(2), Event(uuid4(), "lead_claimed")
    await write(engine, *good, bad)

    await deliver(engine, Recorder(refuse={f"lead/{bad.lead_id}": refusal(RPCStatusCode.INVALID_ARGUMENT)}))

    assert {outcome: counted.last(outcome) for outcome in ("SENT", "FAILED", "UNTRIED")} == {
        "SENT": 2,
        "FAILED": 1,
        "UNTRIED": 0,
    }


async def payload(client: Client, payloads: Any) -> Any:
    (one,) = await client.data_converter.decode(list(payloads.payloads))
    return one
