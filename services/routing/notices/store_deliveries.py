"""Deliveries in the database: planned, claimed, marked, listed."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.notices.arranging import Arranged, Due, Message, Skip, arrange
from services.routing.notices.contact import Channel
from services.routing.notices.notice import RecordedNotice
from services.routing.notices.store import NOTICE_COLUMNS, NOTICE_TABLES, notice_of
from services.routing.notices.store_contacts import Recipient, preferences_of
from services.shared.database import text
from services.shared.refusals import NotFound, Refused
from services.shared.sweep import BATCH
from services.shared.telemetry import meter

# A message is sent within half a minute, the last of a batch begun within the other half.
LEASE_SECONDS = 60

deliveries = meter.create_counter(
    "clew.deliveries",
    unit="{delivery}",
    description="Notices on their way over a channel, by what became of them: SENT, LATER (tried again), FAILED, or "
    "SKIPPED.",
)


class DeliveryNotFound(NotFound):
    def __init__(self, delivery_id: UUID) -> None:
        super().__init__("NOT_FOUND", f"There is no delivery {delivery_id}.", kind="delivery", id=str(delivery_id))


class DeliverySent(Refused):
    def __init__(self, delivery_id: UUID, sent_at: datetime) -> None:
        super().__init__(
            "DELIVERY_SENT",
            f"The delivery {delivery_id} was sent at {sent_at.isoformat()}.",
            delivery_id=str(delivery_id),
            sent_at=sent_at.isoformat(),
        )


@dataclass(frozen=True)
class Delivery:
    delivery_id: UUID
    channel: Channel | None
    state: str
    why: str
    attempts: int
    next_attempt_at: datetime | None
    error: str
    sent_at: datetime | None
    provider_id: str
    message_id: UUID | None
    notice: RecordedNotice


def planning(on: Collection[Channel]) -> Callable[[AsyncConnection], Awaitable[int]]:
    """A step of a sweep: notices that are new get a delivery for each channel that takes them, or one that says why
    none does."""

    async def plan_deliveries(db: AsyncConnection) -> int:
        return await _plan(db, PLAN_NEW, {"at_most": BATCH, "on": sorted(on)})

    return plan_deliveries


async def _plan(db: AsyncConnection, statement: str, values: dict[str, Any]) -> int:
    rows = (await db.execute(text(statement), values)).all()
    for row in rows:
        if row.state == "SKIPPED":
            deliveries.add(1, {"channel": row.channel, "outcome": "SKIPPED"})
    return len({row.notice_id for row in rows})


@dataclass(frozen=True)
class Claimed:
    """Messages of this process alone until the lease ends."""

    messages: Sequence[Message]
    lease: datetime | None
    looked_at: int


async def claim(db: AsyncConnection, channel: Channel, *, but_for: Collection[UUID], at_most: int = BATCH) -> Claimed:
    """What is due on a channel, put together into messages whose ids stay; what must wait or is needless is told so.

    `but_for`: contacts that are being sent to, or have had enough for now.
    """
    asked = {"channel": channel, "but_for": list(but_for), "at_most": at_most, "lease": LEASE_SECONDS}
    leased = (await db.execute(text(CLAIM), asked)).all()
    if not leased:
        return Claimed([], None, 0)
    rows = (await db.execute(text(LOAD), {"ids": [row.delivery_id for row in leased]})).all()
    arranged = arrange([_due(row) for row in rows], rows[0].now)
    await _note(db, channel, arranged)
    return Claimed(arranged.messages, leased[0].claimed_until, len(leased))


async def _note(db: AsyncConnection, channel: Channel, arranged: Arranged) -> None:
    if arranged.put_off:
        values = {"ids": list(arranged.put_off), "ats": list(arranged.put_off.values())}
        await db.execute(text(PUT_OFF), values)
    if arranged.skipped:
        skipped = {"ids": list(arranged.skipped), "whys": list(arranged.skipped.values())}
        await db.execute(text(SKIP), skipped)
        deliveries.add(len(arranged.skipped), {"channel": channel, "outcome": "SKIPPED"})
    put_together = [
        (due.delivery_id, message.message_id) for message in arranged.messages for due in message.deliveries
    ]
    if put_together:
        ids, messages = zip(*put_together, strict=True)
        await db.execute(text(PUT_TOGETHER), {"ids": list(ids), "messages": list(messages)})


async def mark_sent(db: AsyncConnection, message_id: UUID, provider_id: str, code: str) -> None:
    values = {"message_id": message_id, "provider_id": provider_id, "code": code or None}
    await _count(db, MARK_SENT, values, "SENT")


async def mark_failed(db: AsyncConnection, message_id: UUID, code: str, lease: datetime) -> None:
    await _count(db, MARK_FAILED, {"message_id": message_id, "code": code, "lease": lease}, "FAILED")


async def mark_later(db: AsyncConnection, message_id: UUID, code: str, wait: timedelta, lease: datetime) -> None:
    values = {"message_id": message_id, "code": code, "wait": wait, "lease": lease}
    await _count(db, MARK_LATER, values, "LATER")


async def _count(db: AsyncConnection, statement: str, values: dict[str, Any], outcome: str) -> None:
    for (channel,) in await db.execute(text(statement), values):
        deliveries.add(1, {"channel": channel, "outcome": outcome})


async def give_back(db: AsyncConnection, message_id: UUID, lease: datetime) -> None:
    """What was not even tried counts as never claimed."""
    await db.execute(text(GIVE_BACK), {"message_id": message_id, "lease": lease})


async def list_deliveries(
    db: AsyncConnection,
    *,
    recipient: Recipient | None = None,
    state: str = "",
    notice_id: UUID | None = None,
    delivery_id: UUID | None = None,
    before: UUID | None = None,
    limit: int,
) -> list[Delivery]:
    """Newest first, from before an id on; what is not given lets everything through."""
    wanted, asked = ["true"], dict[str, object](limit=limit)
    for name, value, condition in (
        ("recipient", recipient and recipient.id, f"n.{recipient.kind if recipient else 'rep'}_id = :recipient"),
        ("state", state, "d.state = :state"),
        ("notice_id", notice_id, "d.notice_id = :notice_id"),
        ("delivery_id", delivery_id, "d.delivery_id = :delivery_id"),
        ("before", before, "d.delivery_id < :before"),
    ):
        if value:
            wanted.append(condition)
            asked[name] = value
    question = f"{DELIVERIES} where {' and '.join(wanted)} order by d.delivery_id desc limit :limit"
    return [_delivery(row) for row in await db.execute(text(question), asked)]


async def retry(db: AsyncConnection, delivery_id: UUID, on: Collection[Channel]) -> list[Delivery]:
    """Make it due now, as one of its own; what no channel took is planned anew. Raises NotFound, DeliverySent."""
    question = "select state, channel, notice_id, sent_at from routing.delivery where delivery_id = :id for update"
    row = (await db.execute(text(question), {"id": delivery_id})).one_or_none()
    if row is None:
        raise DeliveryNotFound(delivery_id)
    if row.state == "SENT":
        raise DeliverySent(delivery_id, row.sent_at)
    if row.channel == "NONE":
        await db.execute(text("delete from routing.delivery where delivery_id = :id"), {"id": delivery_id})
        await _plan(db, PLAN_AGAIN, {"notice_id": row.notice_id, "on": sorted(on)})
        return await list_deliveries(db, notice_id=row.notice_id, limit=len(Channel))
    await db.execute(text(RETRY_NOW if row.state == "PENDING" else RETRY_ANEW), {"id": delivery_id})
    return await list_deliveries(db, delivery_id=delivery_id, limit=1)


def _due(row: Row[Any]) -> Due:
    return Due(
        delivery_id=row.delivery_id,
        message_id=row.message_id,
        attempts=row.attempts,
        contact_id=row.contact_id,
        preferences=preferences_of(row),
        address=row.address,
        secret=row.secret or "",
        wanted=bool(row.wanted),
        notice=notice_of(row),
    )


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(
        delivery_id=row.delivery_id,
        channel=None if row.channel == "NONE" else Channel(row.channel),
        state=row.state,
        why=row.why or "",
        attempts=row.attempts,
        next_attempt_at=row.next_attempt_at if row.state == "PENDING" else None,
        error=row.error or "",
        sent_at=row.sent_at,
        provider_id=row.provider_id or "",
        message_id=row.message_id,
        notice=notice_of(row),
    )


def _planning(which: str) -> str:
    """One row for each channel that takes the notice; where none does, one that says why."""
    return f"""
with next as materialized ({which}),
marked as (update routing.notice n set planned_at = clew.clew_now() from next where n.notice_id = next.notice_id),
wanted as (
  select next.notice_id, contact.contact_id, way.channel,
    exists (select from routing.contact_channel any_way where any_way.contact_id = contact.contact_id) as reachable
  from next
  left join lateral (
    select contact_id from routing.contact where rep_id = next.rep_id
    union all select contact_id from routing.contact where team_id = next.team_id
    union all select contact_id from routing.contact where pool_id = next.pool_id
  ) contact on true
  left join routing.contact_channel way on way.contact_id = contact.contact_id
    and (way.kinds = '{{}}' or next.kind = any(way.kinds))
), judged as (
  select wanted.*, case when channel is null and reachable then '{Skip.NOT_WANTED}'
    when channel is null then '{Skip.NO_ADDRESS}'
    when channel <> all(cast(:on as text[])) then '{Skip.CHANNEL_OFF}' end as why
  from wanted
)
insert into routing.delivery (delivery_id, notice_id, contact_id, channel, state, why, next_attempt_at, created_at)
select uuidv7(), notice_id, contact_id, coalesce(channel, 'NONE'),
  case when why is null then 'PENDING' else 'SKIPPED' end, why, instant, instant
from judged, (select clew.clew_now() as instant) now
on conflict (notice_id, channel) do nothing
returning notice_id, channel, state
"""


PLAN_NEW = _planning(
    """select notice_id, kind, rep_id, team_id, pool_id from routing.notice where planned_at is null
    order by notice_id limit :at_most for no key update skip locked"""
)
PLAN_AGAIN = _planning(
    "select notice_id, kind, rep_id, team_id, pool_id from routing.notice where notice_id = :notice_id"
)

# Of a message that was tried its first delivery stands for all.
CLAIM = """
with next as (
  select delivery_id from routing.delivery
  where channel = :channel and state = 'PENDING' and (message_id is null or message_id = delivery_id)
    and next_attempt_at <= (select clew.clew_now())
    and (claimed_until is null or claimed_until < clock_timestamp())
    and contact_id <> all(cast(:but_for as uuid[]))
  order by next_attempt_at limit :at_most for no key update skip locked
), instant as materialized (select clock_timestamp() + make_interval(secs => :lease) as until)
update routing.delivery d set claimed_until = until, attempts = attempts + 1
from next, instant where d.delivery_id = next.delivery_id
returning d.delivery_id, d.claimed_until
"""

LOAD = f"""
select d.delivery_id, d.message_id, d.attempts, d.contact_id, (select clew.clew_now()) as now,
  contact.language, contact.zone, contact.quiet_from, contact.quiet_to, contact.urgent_breaks_quiet,
  contact.digest_every, way.address, way.secret, way.kinds = '{{}}' or n.kind = any(way.kinds) as wanted,
  {NOTICE_COLUMNS}
from routing.delivery d join routing.contact using (contact_id)
left join routing.contact_channel way on way.contact_id = d.contact_id and way.channel = d.channel
join {NOTICE_TABLES} on n.notice_id = d.notice_id
where d.state = 'PENDING' and (d.delivery_id = any(:ids) or d.message_id = any(:ids))
order by d.delivery_id
"""

PUT_OFF = """
update routing.delivery d set next_attempt_at = at, claimed_until = null, attempts = greatest(attempts - 1, 0)
from unnest(cast(:ids as uuid[]), cast(:ats as timestamptz[])) as put_off (delivery_id, at)
where d.delivery_id = put_off.delivery_id
"""

SKIP = """
update routing.delivery d set state = 'SKIPPED', why = needless.why, claimed_until = null
from unnest(cast(:ids as uuid[]), cast(:whys as text[])) as needless (delivery_id, why)
where d.delivery_id = needless.delivery_id
"""

PUT_TOGETHER = """
update routing.delivery d set message_id = one.message_id
from unnest(cast(:ids as uuid[]), cast(:messages as uuid[])) as one (delivery_id, message_id)
where d.delivery_id = one.delivery_id and d.message_id is null
"""

MARK_SENT = """
update routing.delivery set state = 'SENT', sent_at = clew.clew_now(), provider_id = :provider_id, error = :code,
  claimed_until = null
where message_id = :message_id and state = 'PENDING' returning channel
"""

# Only what this claim still holds: another may be sending it by now.
HELD = """message_id = :message_id and state = 'PENDING' and exists (
    select from routing.delivery first where first.delivery_id = :message_id and first.claimed_until = :lease)"""

MARK_FAILED = f"""
update routing.delivery set state = 'FAILED', error = :code, claimed_until = null where {HELD} returning channel
"""

MARK_LATER = f"""
update routing.delivery set next_attempt_at = clew.clew_now() + :wait, error = :code, claimed_until = null
where {HELD} returning channel
"""

GIVE_BACK = f"""
update routing.delivery set claimed_until = null, attempts = greatest(attempts - 1, 0) where {HELD}
"""

RETRY_NOW = "update routing.delivery set next_attempt_at = clew.clew_now() where delivery_id in (:id, message_id)"

RETRY_ANEW = """
update routing.delivery set state = 'PENDING', why = null, message_id = null, attempts = 0, error = null,
  next_attempt_at = clew.clew_now() where delivery_id = :id
"""

DELIVERIES = f"""
select d.delivery_id, d.channel, d.state, d.why, d.attempts, d.next_attempt_at, d.error, d.sent_at, d.provider_id,
  d.message_id, {NOTICE_COLUMNS}
from routing.delivery d join {NOTICE_TABLES} on n.notice_id = d.notice_id
"""
