"""Events and outbox are one table per service, written in the transaction of what they tell.

`seq` numbers a lead's events within the service; it is taken under the lead's row lock, which the caller holds.
`delivered_at` is null only while a run is owed a nudge.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from opentelemetry.propagate import inject
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    FromClause,
    Integer,
    MetaData,
    Table,
    Text,
    TextClause,
    Uuid,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from services.shared.callers import current_caller
from services.shared.database import text
from services.shared.events import EVENT_KINDS, Wakes
from services.shared.ids import new_id
from services.shared.statements import run

RING_EVERY_SECONDS = 0.1
_rang_at: dict[str, float] = {}


@dataclass(frozen=True)
class Event:
    """Something that happened to a lead. `data` is shown on the timeline and never personal."""

    lead_id: UUID
    kind: str
    data: Mapping[str, Any] = field(default_factory=dict)
    reason: str | None = None
    rule_version: str | None = None
    # The conversion, for an event that wakes one; by default the lead.
    wake_id: UUID | None = None
    # Written for the lead's own run, which needs no nudge.
    by_run: bool = False


@dataclass(frozen=True)
class RecordedEvent:
    event_id: UUID
    lead_id: UUID
    seq: int
    kind: str
    actor_id: str
    actor_role: str
    reason: str | None
    rule_version: str | None
    data: Mapping[str, Any]
    recorded_at: datetime


def event_table(metadata: MetaData, schema: str) -> Table:
    return Table(
        "event",
        metadata,
        Column("event_id", Uuid, primary_key=True),
        Column("lead_id", Uuid, nullable=False),
        Column("seq", BigInteger, nullable=False),
        Column("kind", Text, nullable=False),
        Column("wakes", Text, nullable=False),
        Column("wake_id", Uuid),
        Column("by_run", Boolean, nullable=False),
        Column("actor_id", Text, nullable=False),
        Column("actor_role", Text, nullable=False),
        Column("reason", Text),
        Column("rule_version", Text),
        Column("data", JSONB, nullable=False),
        Column("recorded_at", DateTime(timezone=True), nullable=False),
        Column("traceparent", Text),
        Column("delivered_at", DateTime(timezone=True)),
        Column("claimed_until", DateTime(timezone=True)),
        Column("attempts", Integer, nullable=False),
        schema=schema,
    )


def EVENT_DDL(schema: str) -> str:  # noqa: N802  # reads as the constant that it is, but for the schema
    """The table for a service's first migration. Set-based statements insert the columns before `traceparent`."""
    return f"""
create table {schema}.event (
  event_id uuid primary key,
  lead_id uuid not null,
  seq bigint not null,
  kind text not null,
  wakes text not null check (wakes in ('none', 'lead', 'conversion')),
  wake_id uuid,
  by_run boolean not null default false,
  actor_id text not null,
  actor_role text not null,
  reason text,
  rule_version text,
  data jsonb not null default '{{}}',
  recorded_at timestamptz not null,
  traceparent text,
  delivered_at timestamptz,
  claimed_until timestamptz,
  attempts int not null default 0,
  unique (lead_id, seq),
  check ((wakes = 'none') = (wake_id is null))
);
create index event_to_deliver on {schema}.event (recorded_at) where delivered_at is null and wakes <> 'none';
"""


async def record(db: AsyncConnection, table: Table, event: Event) -> UUID:
    """Write an event in the caller's transaction, which holds the lead's row lock. Returns its id."""
    caller, event_id = current_caller(), new_id()
    wakes = Wakes.NONE if event.by_run else EVENT_KINDS[event.kind]
    await run(
        db,
        f"""
            with written as (
              insert into {table.fullname} (event_id, lead_id, seq, kind, wakes, wake_id, by_run, actor_id, actor_role,
                                            reason, rule_version, data, recorded_at, traceparent)
              select :event_id, :lead_id, coalesce(max(seq), 0) + 1, :kind, :wakes, :wake_id, :by_run, :actor_id,
                     :actor_role, :reason, :rule_version, cast(:data as jsonb), clew.clew_now(), :traceparent
              from {table.fullname} where lead_id = :lead_id
              returning event_id
            )
            select case when :ring then pg_notify(:channel, '') end from written
        """,
        {
            "event_id": event_id,
            "lead_id": event.lead_id,
            "kind": event.kind,
            "wakes": wakes,
            "wake_id": None if wakes is Wakes.NONE else event.wake_id or event.lead_id,
            "by_run": event.by_run,
            "actor_id": caller.id,
            "actor_role": caller.role,
            "reason": event.reason,
            "rule_version": event.rule_version,
            "data": json.dumps(event.data, default=str, ensure_ascii=False),
            "traceparent": current_traceparent(),
            "ring": wakes is not Wakes.NONE and may_ring(table),
            "channel": channel_of(table),
        },
    )
    return event_id


def current_traceparent() -> str | None:
    """The trace that what happens now belongs to."""
    carrier: dict[str, str] = {}
    inject(carrier)
    return carrier.get("traceparent")


def channel_of(table: Table) -> str:
    """What relays of this table listen to."""
    return f"clew_{table.schema}"


def may_ring(table: Table) -> bool:
    """Whether relays are woken once this transaction commits.

    Throttled, since each NOTIFY holds a lock of the whole cluster at its commit. What falls between two, and what
    set-based statements write, a relay finds at its next look, which comes soon after one that found something.
    """
    channel, now = channel_of(table), time.monotonic()
    if now - _rang_at.get(channel, -RING_EVERY_SECONDS) < RING_EVERY_SECONDS:
        return False
    _rang_at[channel] = now
    return True


async def lock_timeline(db: AsyncConnection, table: Table, lead_id: UUID) -> None:
    """For a service that keeps no row per lead: one writer at a time, so that `seq` has neither gap nor repeat."""
    await db.execute(
        text("select pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": f"{table.fullname}/{lead_id}"}
    )


async def list_events(
    db: AsyncConnection, table: Table, lead_id: UUID, after_seq: int, limit: int, *, only: TextClause | None = None
) -> list[RecordedEvent]:
    """A lead's events in order, from after a seq on. `only` some: numbered as if there were no others."""
    columns = (
        "event_id",
        "lead_id",
        "seq",
        "kind",
        "actor_id",
        "actor_role",
        "reason",
        "rule_version",
        "data",
        "recorded_at",
    )
    shown: FromClause = table
    if only is not None:
        number = func.row_number().over(order_by=table.c.seq).label("seq")
        some = (number if name == "seq" else table.c[name] for name in columns)
        shown = select(*some).where(table.c.lead_id == lead_id, only).subquery()
    question = (
        select(*(shown.c[name] for name in columns))
        .where(shown.c.lead_id == lead_id, shown.c.seq > after_seq)
        .order_by(shown.c.seq)
        .limit(limit)
    )
    return [RecordedEvent(*row) for row in await db.execute(question)]
