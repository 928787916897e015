"""Routing's sweep: what the runs' timers have not done within a second, it does; what only runs may do, it nudges."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import structlog
from psycopg.errors import LockNotAvailable
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing import tables
from services.routing.calendars.working_time import OutOfReach
from services.routing.holdings.held_back import HeldBack
from services.routing.holdings.store_recall import One, Overdue, Which, overdue, recall, remind
from services.routing.holdings.store_unwarned import postpone
from services.routing.ledger import DoneBy
from services.shared.callers import current_caller
from services.shared.database import text
from services.shared.sweep import BATCH, Step

# In calm the run's timer is first.
GRACE = timedelta(seconds=1)
# One by one takes its time: the other steps wait no longer than this.
ALONE_SECONDS = 1.0
# A limit is locked for milliseconds. Whoever keeps one longer delays its own rep's leads, not everybody's.
TOGETHER, ALONE = "500ms", "100ms"
log = structlog.get_logger()

HoldingStep = Callable[[AsyncConnection, Which, DoneBy], Awaitable[list[UUID]]]


def sweep_steps() -> list[Step]:
    """All that the sweep does at each look, in this order."""
    return [
        DueHoldings(recall),
        DueHoldings(postpone),
        DueHoldings(remind),
        nudge_leads,
        nudge_leases,
    ]


class DueHoldings:
    """Recalls or reminds all that is overdue, a batch at a time; when a batch fails, one by one.

    One row that cannot be written (or whose limit somebody keeps locked, or whose calendar has too little open time)
    must not keep the others waiting: it is logged and waits, and the next batch goes without it.
    """

    def __init__(self, act: HoldingStep) -> None:
        self._act, self._held_back = act, HeldBack()
        self.__qualname__ = act.__qualname__

    async def __call__(self, db: AsyncConnection) -> int:
        batch = Overdue(GRACE, BATCH, self._held_back.waiting(time.monotonic()))
        # Mostly there is nothing, and to ask takes half of what comes then.
        if not await overdue(db, replace(batch, at_most=1)):
            return 0
        await _wait_for_locks(db, TOGETHER)
        try:
            async with db.begin_nested():
                return len(await self._act(db, batch, DoneBy.SWEEP))
        except DBAPIError as error:
            if error.connection_invalidated:
                raise
            log.warning("batch_failed", step=self.__qualname__, kind=type(error.orig).__name__)
        except OutOfReach as error:
            log.warning("batch_failed", step=self.__qualname__, kind=error.reason)
        return await self._one_by_one(db, batch)

    async def _one_by_one(self, db: AsyncConnection, batch: Overdue) -> int:
        await _wait_for_locks(db, ALONE)
        dealt_with, until = 0, time.monotonic() + ALONE_SECONDS
        busy_reps: set[UUID] = set()
        for holding_id, rep_id in await overdue(db, batch):
            if rep_id in busy_reps:
                self._held_back.failed(holding_id, time.monotonic())
            elif time.monotonic() > until:
                break
            elif (error := await self._alone(db, holding_id)) is not None:
                self._held_back.failed(holding_id, time.monotonic())
                if isinstance(error, LockNotAvailable):
                    busy_reps.add(rep_id)
                said = {"kind": type(error).__name__, "error": str(error).partition("\n")[0]}
                log.error("holding_held_back", step=self.__qualname__, holding_id=str(holding_id), **said)
            dealt_with += 1
        return dealt_with

    async def _alone(self, db: AsyncConnection, holding_id: UUID) -> BaseException | None:
        """Do it for this one; says what went wrong."""
        try:
            async with db.begin_nested():
                await self._act(db, One(holding_id, GRACE), DoneBy.SWEEP)
        except DBAPIError as error:
            if error.connection_invalidated:
                raise
            return error.orig
        except OutOfReach as error:
            return error
        return None


async def _wait_for_locks(db: AsyncConnection, how_long: str) -> None:
    await db.execute(text(f"set local lock_timeout = '{how_long}'"))


async def nudge_leads(db: AsyncConnection) -> int:
    """Leads whose run should have routed them by now."""
    return await _nudge(db, NUDGE_LEADS)


async def nudge_leases(db: AsyncConnection) -> int:
    """Leases that have ended: their run asks conversion what became of it."""
    return await _nudge(db, NUDGE_LEASES)


async def _nudge(db: AsyncConnection, statement: str) -> int:
    caller = current_caller()
    rows = await db.execute(
        text(statement),
        {"grace": GRACE, "at_most": BATCH, "actor_id": caller.id, "actor_role": caller.role},
    )
    return len(rows.all())


# 10 s after the first nudge, then twice as long each time, at most 60 s. A nudge from before this wake_at is none.
NOT_NUDGED_LATELY = """(work.nudged_at is null or work.nudged_at < work.wake_at
      or work.nudged_at <= now - least(interval '10 s' * power(2, least(work.nudges, 8) - 1), interval '60 s'))"""
MARK = """set nudged_at = now,
    nudges = case when work.nudged_at >= work.wake_at then work.nudges + 1 else 1 end
  from due, instant"""
NOTE = f"""
  insert into routing.event (event_id, lead_id, seq, kind, wakes, wake_id, actor_id, actor_role, reason, data,
    recorded_at)
  select uuidv7(), lead_id, {tables.next_seq("due")},
    'work_nudged', 'lead', lead_id, :actor_id, :actor_role, pending, jsonb_build_object('wake_at', wake_at), now
  from due, instant"""
NUDGE_LEADS = f"""
with instant as materialized (select clew.clew_now() as now),
due as materialized (
  select work.lead_id, work.wake_at, 'ROUTING_OVERDUE' as pending
  from routing.lead work, instant
  where work.wake_at <= (select now from instant) - cast(:grace as interval) and {NOT_NUDGED_LATELY}
  order by work.wake_at limit :at_most for no key update of work skip locked
), marked as (
  update routing.lead work {MARK} where work.lead_id = due.lead_id
), noted as ({NOTE})
select lead_id from due
"""  # composed of parts above
NUDGE_LEASES = f"""
with instant as materialized (select clew.clew_now() as now),
due as materialized (
  select work.lead_id, work.holding_id, work.wake_at, 'LEASE_ENDED' as pending
  from routing.holding work join routing.lead using (lead_id), instant
  where work.ended_at is null and work.lease_until is not null
    and work.wake_at <= (select now from instant) - cast(:grace as interval) and {NOT_NUDGED_LATELY}
  order by work.wake_at limit :at_most for no key update of lead, work skip locked
), marked as (
  update routing.holding work {MARK} where work.holding_id = due.holding_id
), noted as ({NOTE})
select lead_id from due
"""  # composed of parts above
