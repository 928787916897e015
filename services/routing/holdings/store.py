"""Holdings in the database: opened, found, moved, ended. The caller has locked the lead before."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.holdings.entries import Entry, EntryKind
from services.routing.holdings.holding import EndCause, Holding, Origin
from services.routing.holdings.refusals import HoldingNotFound, RepInactive
from services.routing.holdings.schedule import Schedule, compute_schedule
from services.routing.holdings.schedule_json import from_json, to_json
from services.routing.holdings.store_limits import take_slots
from services.routing.holdings.store_terms import Terms, read_terms
from services.routing.holdings.store_time import TIME, know_calendars, time_of
from services.routing.leads.store import Lead
from services.routing.policy import Policy, Unwarned
from services.shared.database import text
from services.shared.ids import new_id
from services.shared.statements import run

# Who claimed a lead knows of it; whoever was given one hears of it.
GIVEN = frozenset({Origin.ASSIGNED, Origin.RULE, Origin.TRANSFERRED})


async def open_holding(
    db: AsyncConnection,
    lead: Lead,
    rep_id: UUID,
    *,
    origin: Origin,
    taken_from_pool_id: UUID | None,
    pool_id: UUID,
    at: datetime,
) -> Holding:
    """Open a holding for a rep under the policy of the lead's home pool. The caller writes ledger and event.

    Raises RepInactive and HoldingLimitReached, after which the transaction (or savepoint) is to be rolled back.
    """
    terms = await read_terms(db, lead, pool_id, rep_id=rep_id)
    return await open_on_terms(
        db, lead, terms, origin=origin, taken_from_pool_id=taken_from_pool_id, pool_id=pool_id, at=at
    )


async def open_on_terms(
    db: AsyncConnection,
    lead: Lead,
    terms: Terms,
    *,
    origin: Origin,
    taken_from_pool_id: UUID | None,
    pool_id: UUID,
    at: datetime,
) -> Holding:
    """The same where the terms have been read: places under the limits, holding, lead, rep and notices.

    Either refusal is to be rolled back: the rep may be deactivated after the terms were read.
    """
    if not terms.rep_active:
        raise RepInactive(terms.rep_code)
    schedule = beginning(lead, terms, at)
    holding = on_terms(lead, terms, schedule, origin=origin, taken_from_pool_id=taken_from_pool_id)
    await take_slots(db, terms.rep_code, holding.slots)
    opened = await run(
        db,
        OPEN,
        {
            "holding_id": holding.holding_id,
            "lead_id": holding.lead_id,
            "epoch": holding.epoch,
            "rep_id": holding.rep_id,
            "origin": origin,
            "taken_from_pool_id": taken_from_pool_id,
            "grade": holding.grade,
            "product": holding.product,
            "policy_code": terms.policy_code,
            "policy_version": terms.policy_version,
            "at": at,
            "claim_cooldown": terms.policy.cooldown,
            "postpones": terms.policy.unwarned is Unwarned.POSTPONE,
            "pool_id": pool_id,
            "notices": ["FIRST_RESPONSE_DUTY", *(["ASSIGNED"] if origin in GIVEN else [])],
            **clocks_of(holding.schedule),
        },
    )
    if not opened:
        raise RepInactive(terms.rep_code)
    return holding


def beginning(lead: Lead, terms: Terms, at: datetime) -> Schedule:
    """How the clocks of the lead's next holding begin."""
    entries = [] if terms.policy_enabled else [Entry(EntryKind.SUSPENDED, at)]
    if terms.rep_id in lead.opportunity_owners:
        entries.append(Entry(EntryKind.EXEMPTED, at))
    return compute_schedule(terms.policy, terms.policy_text, at, entries, terms.time)


def on_terms(
    lead: Lead, terms: Terms, schedule: Schedule, *, origin: Origin, taken_from_pool_id: UUID | None
) -> Holding:
    """The lead's next holding, as it is to be written."""
    return Holding(
        holding_id=new_id(),
        lead_id=lead.lead_id,
        epoch=lead.epoch + 1,
        rep_id=terms.rep_id,
        rep_code=terms.rep_code,
        origin=origin,
        taken_from_pool_id=taken_from_pool_id,
        taken_from_pool_code=terms.pool_code if taken_from_pool_id else "",
        grade=lead.grade or None,
        product=lead.product or None,
        policy_code=terms.policy_code,
        policy_version=terms.policy_version,
        policy=terms.policy,
        time=terms.time,
        started_at=schedule.started_at,
        schedule=schedule,
        wake_at=schedule.wake_at,
        conversion_id=None,
        lease_until=None,
        ended_at=None,
        end_cause=None,
    )


async def lead_of(db: AsyncConnection, holding_id: UUID) -> UUID:
    """The lead to be locked before its holding; it never changes. Raises HoldingNotFound."""
    question = "select lead_id from routing.holding where holding_id = :holding_id"
    lead_id = await db.scalar(text(question), {"holding_id": holding_id})
    if not isinstance(lead_id, UUID):
        raise HoldingNotFound(holding_id)
    return lead_id


async def find_holding(db: AsyncConnection, holding_id: UUID) -> Holding:
    """Open or ended, as it stands. Raises HoldingNotFound."""
    return await _one_holding(db, holding_id, "")


async def lock_holding(db: AsyncConnection, holding_id: UUID) -> Holding:
    """Open or ended, locked. Raises HoldingNotFound."""
    return await _one_holding(db, holding_id, LOCKED)


async def _one_holding(db: AsyncConnection, holding_id: UUID, lock: str) -> Holding:
    question = f"{HOLDINGS} where h.holding_id = :holding_id {lock}"
    row = (await db.execute(text(question), {"holding_id": holding_id})).one_or_none()
    if row is None:
        raise HoldingNotFound(holding_id)
    await know_calendars(db, [row])
    return holding_of(row)


async def lock_open_holding(db: AsyncConnection, lead_id: UUID) -> Holding | None:
    """The lead's open holding, locked; none when nobody holds it."""
    return await _one_open_holding(db, lead_id, LOCKED)


async def find_open_holding(db: AsyncConnection, lead_id: UUID) -> Holding | None:
    """The same as it stands."""
    return await _one_open_holding(db, lead_id, "")


async def _one_open_holding(db: AsyncConnection, lead_id: UUID, lock: str) -> Holding | None:
    question = f"{HOLDINGS} where h.lead_id = :lead_id and h.ended_at is null {lock}"
    row = (await db.execute(text(question), {"lead_id": lead_id})).one_or_none()
    if row is None:
        return None
    await know_calendars(db, [row])
    return holding_of(row)


async def move_clocks(db: AsyncConnection, holding: Holding, entries: Iterable[Entry]) -> Holding:
    """Write what the schedule says with these entries. While it is leased it wakes at the end of the lease."""
    schedule = compute_schedule(holding.policy, holding.policy_text, holding.started_at, tuple(entries), holding.time)
    return await write_clocks(db, holding, schedule)


async def write_clocks(db: AsyncConnection, holding: Holding, schedule: Schedule) -> Holding:
    """The same where the schedule has been computed."""
    wake_at = await db.scalar(text(MOVE), {"holding_id": holding.holding_id, **clocks_of(schedule)})
    return replace(holding, schedule=schedule, wake_at=wake_at)


async def end_holding(
    db: AsyncConnection,
    holding: Holding,
    *,
    cause: EndCause,
    reason: str | None,
    at: datetime,
    cooldown: bool = True,
) -> None:
    """End it and give its places back; the caller moves the lead. The schedule stays as it was."""
    await db.execute(
        text(END),
        {
            "holding_id": holding.holding_id,
            "at": at,
            "cause": cause,
            "reason": reason,
            "cooldown": cooldown,
        },
    )


def holding_of(row: Row[Any]) -> Holding:
    return Holding(
        holding_id=row.holding_id,
        lead_id=row.lead_id,
        epoch=row.epoch,
        rep_id=row.rep_id,
        rep_code=row.rep_code,
        origin=Origin(row.origin),
        taken_from_pool_id=row.taken_from_pool_id,
        taken_from_pool_code=row.taken_from_pool_code,
        grade=row.grade,
        product=row.product,
        policy_code=row.policy_code,
        policy_version=row.policy_version,
        policy=Policy.from_body(row.policy_body),
        time=time_of(row),
        started_at=row.started_at,
        schedule=from_json(row.schedule),
        wake_at=row.wake_at,
        conversion_id=row.conversion_id,
        lease_until=row.lease_until,
        ended_at=row.ended_at,
        end_cause=EndCause(row.end_cause) if row.end_cause else None,
    )


def clocks_of(schedule: Schedule) -> dict[str, Any]:
    """A schedule as the columns of its holding."""
    return {
        "schedule": json.dumps(to_json(schedule)),
        "first_responded_at": schedule.first_responded_at,
        "due_at": schedule.due_at,
        "due_cause": schedule.due_cause,
        "reminders": [reminder.at for reminder in schedule.reminders],
        "reminder_steps": [reminder.step for reminder in schedule.reminders],
        "wake_at": schedule.wake_at,
        "locked_until": schedule.locked_until,
    }


HOLDINGS = f"""
select h.holding_id, h.lead_id, h.epoch, h.rep_id, rep.code as rep_code, h.origin, h.taken_from_pool_id,
  coalesce(pool.code, '') as taken_from_pool_code, h.grade, h.product, h.policy_code, h.policy_version,
  policy.body as policy_body, h.started_at, h.schedule, h.wake_at, h.conversion_id, h.lease_until, h.ended_at,
  h.end_cause, {TIME.format(body="policy.body", rep_id="h.rep_id", since="h.started_at").strip()}
from routing.holding h
join routing.rep using (rep_id)
join routing.policy on policy.code = h.policy_code and policy.version = h.policy_version
left join routing.pool on pool.pool_id = h.taken_from_pool_id
"""  # composed of a part above
LOCKED = "for no key update of h"

# The rep's row decides between this and a deactivation: what is written tells which came first.
OPEN = """
with opened as (
  insert into routing.holding (holding_id, lead_id, epoch, rep_id, origin, taken_from_pool_id, grade, product,
    policy_code, policy_version, started_at, schedule, due_at, due_cause, reminders, reminder_steps, wake_at,
    claim_cooldown, postpones)
  values (:holding_id, :lead_id, :epoch, :rep_id, :origin, :taken_from_pool_id, :grade, :product, :policy_code,
    :policy_version, :at, cast(:schedule as jsonb), :due_at, :due_cause, cast(:reminders as timestamptz[]),
    cast(:reminder_steps as text[]), :wake_at, :claim_cooldown, :postpones)
), held as (
  update routing.lead set state = 'HELD', version = version + 1, epoch = :epoch, home_pool_id = :pool_id,
    pooled_at = null, route_due = false, wake_at = null
  where lead_id = :lead_id
), given as (
  update routing.rep set last_assigned_at = :at where rep_id = :rep_id and active returning rep_id
)
insert into routing.notice (notice_id, subject_id, kind, rep_id, lead_id, holding_id, due_at, reason, created_at)
select uuidv7(), :holding_id, kind, rep_id, :lead_id, :holding_id, :due_at, :origin, :at
from given cross join unnest(cast(:notices as text[])) as kind
on conflict do nothing
"""

MOVE = """
update routing.holding set schedule = cast(:schedule as jsonb), first_responded_at = :first_responded_at,
  due_at = :due_at, due_cause = :due_cause, reminders = cast(:reminders as timestamptz[]),
  reminder_steps = cast(:reminder_steps as text[]), wake_at = coalesce(lease_until, :wake_at),
  locked_until = :locked_until
where holding_id = :holding_id and ended_at is null
returning wake_at
"""

# The limits are locked in their order, then changed. `materialized`: what PostgreSQL inlines it reads again for a
# limit that had to be waited for, and may lose a row.
END = """
with ended as (
  update routing.holding set ended_at = :at, end_cause = :cause, end_reason = :reason, wake_at = null,
    may_claim_again_at = case when :cooldown then cast(:at as timestamptz) + claim_cooldown end
  where holding_id = :holding_id and ended_at is null
  returning rep_id, taken_from_pool_id, grade, product
), freed as materialized (
  select scope, key, rep_id from ended
  cross join lateral (
    values ('GRADE', grade), ('POOL', cast(taken_from_pool_id as text)), ('PRODUCT', product), ('REP', '')
  ) as slot (scope, key)
  where key is not null
), locked as materialized (
  select scope, key, rep_id from routing.holding_limit join freed using (scope, key, rep_id)
  order by scope, key, rep_id for no key update of holding_limit
)
update routing.holding_limit set held = held - 1 from locked
where holding_limit.scope = locked.scope and holding_limit.key = locked.key and holding_limit.rep_id = locked.rep_id
"""
