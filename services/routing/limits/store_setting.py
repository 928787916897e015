"""One limit of one rep in the database: set, overridden for a time, listed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.holdings.limits import LimitScope, Room, Slot
from services.routing.limits.standing import ChangeKind, LimitSource, Standing
from services.shared import database
from services.shared.callers import current_caller
from services.shared.database import text
from services.shared.refusals import InvalidInput
from services.shared.sweep import BATCH

LONGEST_OVERRIDE = timedelta(days=366)

# Where a page of limits ended: rep's code, scope, key.
Place = tuple[str, str, str]


async def set_limit(db: AsyncConnection, slot: Slot, limit: int | None) -> Room:
    """Set a limit, or take the setting back. What is counted of it is counted from before."""
    kind = ChangeKind.UNSET if limit is None else ChangeKind.SET
    row = (await db.execute(text(SET), {**_of(slot, kind), "limit": limit})).one()
    return Room(row.held, row.limit)


async def override_limit(db: AsyncConnection, slot: Slot, limit: int, until: datetime, reason: str) -> Standing:
    """In place of the override that there may be. Raises InvalidInput for an end that is past or too far away."""
    now = await database.now(db)
    if not now < until <= now + LONGEST_OVERRIDE:
        raise InvalidInput("until", f"An override ends after {now:%Y-%m-%d %H:%M} UTC and within 366 days.")
    values = {**_of(slot, ChangeKind.OVERRIDDEN), "limit": limit, "until": until, "reason": reason}
    await db.execute(text(OVERRIDE), values)
    return await _standing(db, slot)


async def end_override(db: AsyncConnection, slot: Slot) -> Standing | None:
    """Before its time. None when there is none."""
    ended = await db.execute(text(END_ONE), {**_of(slot, ChangeKind.OVERRIDE_ENDED), "at_most": 1})
    return await _standing(db, slot) if ended.rowcount else None


async def end_overrides(db: AsyncConnection) -> int:
    """A step of the sweep: end those whose end has passed. One that is locked is left for the next look."""
    caller = current_caller()
    values = {"actor_id": caller.id, "actor_role": caller.role, "at_most": BATCH}
    return (await db.execute(text(END_OVER), {**values, "kind": ChangeKind.OVERRIDE_ENDED})).rowcount


async def list_limits(db: AsyncConnection, rep_id: UUID | None, after: Place | None, limit: int) -> Sequence[Standing]:
    """By rep, scope and key: of one rep or of all; from after a place on."""
    asked: dict[str, object] = {"limit": limit}
    wanted = ['(l."limit" is not null or l.held > 0)']
    if rep_id is not None:
        wanted.append("l.rep_id = :rep_id")
        asked["rep_id"] = rep_id
    if after is not None:
        wanted.append('(rep.code, l.scope, l.key) > (:code, :scope, cast(:key as text) collate "C")')
        asked.update(zip(("code", "scope", "key"), after, strict=True))
    question = f"{LIMITS} where {' and '.join(wanted)} order by rep.code, l.scope, l.key limit :limit"
    return [_of_row(row) for row in await db.execute(text(question), asked)]


async def _standing(db: AsyncConnection, slot: Slot) -> Standing:
    question = f"{LIMITS} where l.scope = :scope and l.key = :key and l.rep_id = :rep_id"
    named = {"scope": slot.scope, "key": slot.key, "rep_id": slot.rep_id}
    return _of_row((await db.execute(text(question), named)).one())


def _of(slot: Slot, kind: ChangeKind) -> dict[str, object]:
    caller = current_caller()
    return {
        "scope": slot.scope,
        "key": slot.key,
        "rep_id": slot.rep_id,
        "kind": kind,
        "actor_id": caller.id,
        "actor_role": caller.role,
    }


def _of_row(row: Row[Any]) -> Standing:
    source = LimitSource(row.source) if row.source else None
    return Standing(
        rep_code=row.rep_code,
        team_code=row.team_code,
        scope=LimitScope(row.scope),
        key=row.key,
        name=row.name,
        room=Room(row.held, row.limit),
        source=source,
        table_version=row.table_version if source is LimitSource.TABLE else None,
        until=row.override_until,
    )


# With what there was before: the ledger tells both.
SET = """
with written as (
  insert into routing.holding_limit (scope, key, rep_id, held, set_limit) values (:scope, :key, :rep_id, 0, :limit)
  on conflict (scope, key, rep_id) do update set set_limit = excluded.set_limit
  returning old."limit" as limit_before, new."limit", new.held
), noted as (
  insert into routing.limit_change (change_id, kind, rep_id, scope, key, limit_before, "limit", held, actor_id,
    actor_role, changed_at)
  select uuidv7(), :kind, :rep_id, :scope, :key, limit_before, "limit", held, :actor_id, :actor_role, clew.clew_now()
  from written
)
select held, "limit" from written
"""

OVERRIDE = """
with written as (
  insert into routing.holding_limit (scope, key, rep_id, held, override_limit, override_until)
  values (:scope, :key, :rep_id, 0, :limit, :until)
  on conflict (scope, key, rep_id) do update
    set override_limit = excluded.override_limit, override_until = excluded.override_until
  returning old."limit" as limit_before, new."limit", new.held
)
insert into routing.limit_change (change_id, kind, rep_id, scope, key, limit_before, "limit", held, until, reason,
  actor_id, actor_role, changed_at)
select uuidv7(), :kind, :rep_id, :scope, :key, limit_before, "limit", held, :until, :reason, :actor_id, :actor_role,
  clew.clew_now()
from written
"""

END = """
with over as materialized (
  select scope, key, rep_id from routing.holding_limit where override_until is not null and {which}
  order by scope, key, rep_id limit :at_most for no key update {skip}
), ended as (
  update routing.holding_limit l set override_limit = null, override_until = null
  from over where l.scope = over.scope and l.key = over.key and l.rep_id = over.rep_id
  returning l.scope, l.key, l.rep_id, old."limit" as limit_before, new."limit", new.held, old.override_until
)
insert into routing.limit_change (change_id, kind, rep_id, scope, key, limit_before, "limit", held, until, actor_id,
  actor_role, changed_at)
select uuidv7(), :kind, rep_id, scope, key, limit_before, "limit", held, override_until, :actor_id, :actor_role,
  clew.clew_now()
from ended
"""
END_ONE = END.format(which="scope = :scope and key = :key and rep_id = :rep_id", skip="")
END_OVER = END.format(which="override_until <= (select clew.clew_now())", skip="skip locked")

LIMITS = """
select l.scope, l.key, l.held, l."limit", l.override_until, rep.code as rep_code, team.code as team_code,
  coalesce(pool.code, l.key) as name, (select max(version) from routing.limit_table) as table_version,
  case when l.override_limit is not null then 'OVERRIDE' when l.set_limit is not null then 'SET'
    when l.table_limit is not null then 'TABLE' when l.default_limit is not null then 'TEAM' end as source
from routing.holding_limit l join routing.rep using (rep_id) join routing.team using (team_id)
left join routing.pool on pool.pool_id = case when l.scope = 'POOL' then cast(l.key as uuid) end
"""
