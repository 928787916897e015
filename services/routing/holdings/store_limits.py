"""Holding limits in the database. Rows are locked in the order of `sorted(slots)`, after the lead's."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.holdings.limits import (
    HoldingLimitReached,
    LimitScope,
    Room,
    Slot,
    first_full,
)
from services.shared.database import text
from services.shared.statements import fetch, run


async def take_slots(db: AsyncConnection, rep_code: str, slots: Iterable[Slot]) -> None:
    """Take a place under each limit, or refuse naming the first that is full. A refusal is to be rolled back."""
    asked = sorted(slots)
    rows = await fetch(db, TAKE, _as_arrays(asked))
    taken = [Slot(LimitScope(scope), key, rep_id) for scope, key, rep_id in rows]
    if (full := first_full(asked, taken)) is not None:
        raise await _limit_reached(db, rep_code, full)


async def take_slots_of_many(db: AsyncConnection, asked: Mapping[UUID, tuple[Slot, ...]]) -> set[UUID]:
    """Take the places of several holdings, no two of one rep. Returns those that got all; the others keep none."""
    rows = await fetch(db, TAKE, _as_arrays(sorted(slot for slots in asked.values() for slot in slots)))
    taken = {Slot(LimitScope(scope), key, rep_id) for scope, key, rep_id in rows}
    without = [holding_id for holding_id, slots in asked.items() if not taken.issuperset(slots)]
    if given_back := sorted(taken.intersection(slot for holding_id in without for slot in asked[holding_id])):
        await run(db, GIVE_BACK, _as_arrays(given_back))
    return set(asked).difference(without)


async def lock_slots(db: AsyncConnection, slots: Iterable[Slot]) -> None:
    """Lock limits of several reps before one of them is changed, in the order that everybody keeps.

    Those that are not there yet are made: a place that is taken later is then not waited for out of the order.
    """
    await db.execute(text(LOCK), _as_arrays(sorted(slots)))


async def _limit_reached(db: AsyncConnection, rep_code: str, full: Slot) -> HoldingLimitReached:
    question = """
        select l.held, l."limit", coalesce(p.code, l.key)
        from routing.holding_limit l
        left join routing.pool p on p.pool_id = case when l.scope = 'POOL' then cast(l.key as uuid) end
        where l.scope = :scope and l.key = :key and l.rep_id = :rep_id
    """
    of_the_limit = {"scope": full.scope, "key": full.key, "rep_id": full.rep_id}
    held, limit, key = (await db.execute(text(question), of_the_limit)).one()
    return HoldingLimitReached(rep_code, full.scope, key, Room(held, limit))


def _as_arrays(slots: list[Slot]) -> dict[str, list[str] | list[UUID]]:
    return {
        "scopes": [str(slot.scope) for slot in slots],
        "keys": [slot.key for slot in slots],
        "rep_ids": [slot.rep_id for slot in slots],
    }


ASKED = "unnest(cast(:scopes as text[]), cast(:keys as text[]), cast(:rep_ids as uuid[])) as asked (scope, key, rep_id)"

# `unnest` keeps the order, so that the rows are locked in it. A limit without room returns no row.
TAKE = f"""
insert into routing.holding_limit as present (scope, key, rep_id, held)
select scope, key, rep_id, 1 from {ASKED}
on conflict (scope, key, rep_id) do update set held = present.held + 1
  where present."limit" is null or present.held < present."limit"
returning scope, key, rep_id
"""  # composed of parts above

# Taken a moment before in the same transaction: they are locked already.
GIVE_BACK = f"""
update routing.holding_limit set held = held - 1 from {ASKED}
where holding_limit.scope = asked.scope and holding_limit.key = asked.key and holding_limit.rep_id = asked.rep_id
"""  # composed of parts above

# A row that is there is locked, whatever the condition says of it, and not written.
LOCK = f"""
insert into routing.holding_limit as present (scope, key, rep_id, held)
select scope, key, rep_id, 0 from {ASKED}
on conflict (scope, key, rep_id) do update set held = present.held where false
"""  # composed of parts above
