"""Events that owe a run a nudge: claimed with a lease, marked once sent, put back when they could not be."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection

from services.shared.database import text
from services.shared.events import Wakes

BATCH = 200
LEASE = "10 seconds"


@dataclass(frozen=True)
class Owed:
    """An event that owes a run a nudge."""

    event_id: UUID
    lead_id: UUID
    kind: str
    wakes: Wakes
    wake_id: UUID
    traceparent: str | None


async def claim(db: AsyncConnection, table: Table) -> tuple[list[Owed], datetime | None]:
    """The oldest events that owe a nudge and that no relay has in hand, leased to this one until an instant.

    The lease is a matter between processes: it goes by the real clock, also where a test moves ours.
    """
    rows = await db.execute(
        text(
            f"""
            with now as materialized (select clock_timestamp() as at),
            next as (
              select event_id from {table.fullname}, now
              where delivered_at is null and wakes <> 'none' and (claimed_until is null or claimed_until < now.at)
              order by recorded_at limit {BATCH} for update of event skip locked
            ),
            claimed as (
              update {table.fullname} e
              set claimed_until = now.at + interval '{LEASE}', attempts = attempts + 1
              from next, now where e.event_id = next.event_id
              returning e.*
            )
            select event_id, lead_id, kind, wakes, wake_id, traceparent, claimed_until
            from claimed order by recorded_at, seq
            """
        )
    )
    found = rows.all()
    owed = [Owed(row.event_id, row.lead_id, row.kind, Wakes(row.wakes), row.wake_id, row.traceparent) for row in found]
    return owed, found[0].claimed_until if found else None


async def mark(db: AsyncConnection, table: Table, event_ids: list[UUID]) -> None:
    if event_ids:
        await db.execute(
            text(
                f"update {table.fullname} set delivered_at = clew.clew_now(), claimed_until = null "
                "where event_id = any(:ids) and delivered_at is null"
            ),
            {"ids": event_ids},
        )


async def put_back(db: AsyncConnection, table: Table, event_ids: list[UUID], lease: datetime | None) -> None:
    """What could not be sent is tried again later: after 1 s, doubling to 10 s. Touches no other relay's lease."""
    if event_ids:
        await db.execute(
            text(
                f"update {table.fullname} set claimed_until = clock_timestamp() "
                "+ least(10, power(2, least(attempts, 6) - 1)) * interval '1 second' "
                "where event_id = any(:ids) and claimed_until = :lease"
            ),
            {"ids": event_ids, "lease": lease},
        )


async def give_back(db: AsyncConnection, table: Table, event_ids: list[UUID], lease: datetime | None) -> None:
    """What was not even tried counts as never claimed."""
    if event_ids:
        await db.execute(
            text(
                f"update {table.fullname} set claimed_until = null, attempts = attempts - 1 "
                "where event_id = any(:ids) and claimed_until = :lease"
            ),
            {"ids": event_ids, "lease": lease},
        )
