"""Rebasing in the database: asked for once, done in batches by a sweep, each batch in one transaction."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.calendars.store import newest_calendar
from services.routing.calendars.working_time import OutOfReach, WorkingTime
from services.routing.holdings.holding import Holding
from services.routing.holdings.rebasing import NewTerms, rebased, switched
from services.routing.holdings.schedule import Schedule
from services.routing.holdings.store import HOLDINGS, LOCKED, holding_of
from services.routing.holdings.store_rewriting import Rewritten, rewrite_many
from services.routing.holdings.store_time import absences_of, know_calendars
from services.routing.notices.notice import NoticeKind
from services.routing.policy import Policy
from services.shared import database
from services.shared.callers import Caller, Role, current_caller
from services.shared.database import text
from services.shared.ids import new_id
from services.shared.refusals import NotFound
from services.shared.sweep import BATCH

PREVIEWED = 5_000
EXAMPLES = 10
log = structlog.get_logger()


@dataclass(frozen=True)
class Rebasing:
    rebasing_id: UUID
    cause: str
    done: int
    moved: int
    finished_at: datetime | None


class RebasingNotFound(NotFound):
    def __init__(self, rebasing_id: UUID) -> None:
        super().__init__("NOT_FOUND", f"There is no rebasing {rebasing_id}.", kind="rebasing", id=str(rebasing_id))


@dataclass(frozen=True)
class Preview:
    """What a policy would do to the open holdings under its code."""

    open_holdings: int
    computed: int
    unchanged: int
    later: int
    earlier: int
    recalled_at_once: int
    due_within_a_day: int
    # Holding, rep's code, due now, due then: those that would lose most.
    examples: tuple[tuple[UUID, str, datetime, datetime], ...]


async def ask_rebasing(
    db: AsyncConnection,
    cause: str,
    *,
    policy: tuple[str, int] | None = None,
    calendar_code: str | None = None,
    rep_id: UUID | None = None,
    with_floor: bool = True,
    suspend: bool | None = None,
) -> UUID:
    """In the transaction of what makes it necessary: exactly one of the three says which holdings."""
    caller = current_caller()
    rebasing_id = new_id()
    code, version = policy or (None, None)
    values = {
        "rebasing_id": rebasing_id,
        "cause": cause,
        "policy_code": code,
        "policy_version": version,
        "calendar_code": calendar_code,
        "rep_id": rep_id,
        "with_floor": with_floor,
        "suspend": suspend,
        "asked_by": caller.id,
        "asked_role": caller.role,
    }
    await db.execute(text(ASK), values)
    return rebasing_id


async def count_open(db: AsyncConnection, policy_code: str) -> int:
    """Open holdings under any version of the policy."""
    question = "select count(*) from routing.holding where policy_code = :code and ended_at is null"
    return int(await db.scalar(text(question), {"code": policy_code}) or 0)


async def find_rebasing(db: AsyncConnection, rebasing_id: UUID) -> Rebasing:
    """Raises RebasingNotFound."""
    question = """
        select rebasing_id, cause, done, moved, finished_at from routing.rebasing where rebasing_id = :rebasing_id
    """
    row = (await db.execute(text(question), {"rebasing_id": rebasing_id})).one_or_none()
    if row is None:
        raise RebasingNotFound(rebasing_id)
    return Rebasing(**row._mapping)


async def rebase(db: AsyncConnection) -> int:
    """The next batch of the oldest rebasing. Killed in the middle, it goes on where it was.

    The only step of a sweep of its own: ten thousand deadlines that are computed anew delay no recall.
    """
    await db.execute(text(FENCE))
    job = (await db.execute(text(NEXT_JOB))).one_or_none()
    if job is None:
        return 0
    await db.execute(text("set local lock_timeout = '2s'"))
    found = (await db.execute(text(BATCH_OF), {**job._mapping, "at_most": BATCH})).all()
    moved = await _rebase(db, job, [row.holding_id for row in found]) if found else 0
    done_up_to = found[-1].holding_id if found else job.done_up_to
    progress = {
        "rebasing_id": job.rebasing_id,
        "done_up_to": done_up_to,
        "done": len(found),
        "moved": moved,
        "finished": len(found) < BATCH,
    }
    await db.execute(text(PROGRESS), progress)
    return max(len(found), BATCH)  # there may be another one


async def _rebase(db: AsyncConnection, job: Any, holding_ids: list[UUID]) -> int:
    await db.execute(text(LOCK_LEADS), {"holding_ids": holding_ids})
    question = f"{HOLDINGS} where h.holding_id = any(cast(:holding_ids as uuid[])) and h.ended_at is null {LOCKED}"
    rows = (await db.execute(text(question), {"holding_ids": holding_ids})).all()
    await know_calendars(db, rows)
    goes_over = job.policy_code is not None and job.suspend is None
    terms = await _terms(db, job.policy_code, job.policy_version) if goes_over else None
    calendar = await newest_calendar(db, terms.policy.calendar) if terms and terms.policy.calendar else None
    beside = (await db.execute(text(BESIDE), {"rebasing_id": job.rebasing_id})).all()
    now = await database.now(db)
    rewritten: dict[str, list[Rewritten]] = {}
    for row in rows:
        # Computing takes long enough that a claim would wait for it.
        await asyncio.sleep(0)
        holding = holding_of(row)
        if terms:
            holding = replace(holding, time=WorkingTime(calendar, absences_of(row)))
        cause = _cause(holding, job, beside)
        try:
            schedule = _anew(holding, job, terms, cause, now)
        except OutOfReach as error:
            # It keeps its deadline: the others, and those who wait behind them, go on.
            log.error("holding_not_rebased", holding_id=str(holding.holding_id), cause=job.cause, why=error.reason)
            continue
        if schedule is holding.schedule:
            continue
        earlier = schedule.due_at < holding.schedule.due_at
        rewritten.setdefault(cause, []).append(
            Rewritten(
                holding,
                schedule,
                policy_version=terms.version if terms else None,
                policy=terms.policy if terms else None,
                notice=NoticeKind.REBASED if earlier else None,
            )
        )
    caller = Caller(job.asked_by, Role(job.asked_role))
    for cause, those in rewritten.items():
        await rewrite_many(db, those, verb="Rebase", event="deadline_rebased", reason=cause, at=now, caller=caller)
    return sum(one.schedule.due_at != one.holding.schedule.due_at for those in rewritten.values() for one in those)


def _cause(holding: Holding, job: Any, beside: Sequence[Any]) -> str:
    """What else is asked for and not done yet counts already: the newest calendar and leave do. So it is named too."""
    also = [
        other.cause
        for other in beside
        if (other.rep_id == holding.rep_id or (other.calendar_code and other.calendar_code == holding.policy.calendar))
        and other.done_up_to < holding.holding_id
    ]
    return ", ".join([job.cause, *also])


def _anew(holding: Holding, job: Any, terms: NewTerms | None, cause: str, now: datetime) -> Schedule:
    if job.suspend is not None:
        return switched(holding, suspend=job.suspend, now=now)
    return rebased(holding, terms, cause=cause, with_floor=job.with_floor, now=now)


async def _terms(db: AsyncConnection, code: str, version: int) -> NewTerms:
    question = "select body from routing.policy where code = :code and version = :version"
    return NewTerms(
        version, Policy.from_body(await db.scalar(text(question), {"code": code, "version": version}) or {})
    )


async def preview(db: AsyncConnection, code: str, policy: Policy, *, with_floor: bool, live: bool) -> Preview:
    """What the next version would do to open holdings, by the function that would do it. Changes nothing.

    Only the nearest deadlines are computed, PREVIEWED at most. With `live` false, live holdings stay as they are.
    """
    now = await database.now(db)
    version = await db.scalar(
        text("select coalesce(max(version), 0) + 1 from routing.policy where code = :code"), {"code": code}
    )
    terms = NewTerms(int(version or 1), policy)
    question = f"{HOLDINGS} where h.policy_code = :code and h.ended_at is null order by h.due_at limit :at_most"
    rows = (await db.execute(text(question), {"code": code, "at_most": PREVIEWED if live else 0})).all()
    await know_calendars(db, rows)
    calendar = await newest_calendar(db, policy.calendar) if policy.calendar else None
    moves: list[tuple[Holding, datetime]] = []
    for number, row in enumerate(rows):
        if number % BATCH == 0:
            await asyncio.sleep(0)
        holding = replace(holding_of(row), time=WorkingTime(calendar, absences_of(row)))
        moves.append((holding, rebased(holding, terms, cause="preview", with_floor=with_floor, now=now).due_at))
    earlier = sorted(
        (
            (holding.schedule.due_at - due_at, holding, due_at)
            for holding, due_at in moves
            if due_at < holding.schedule.due_at
        ),
        key=lambda move: move[0],
        reverse=True,
    )
    return Preview(
        open_holdings=await count_open(db, code),
        computed=len(moves),
        unchanged=sum(due_at == holding.schedule.due_at for holding, due_at in moves),
        later=sum(due_at > holding.schedule.due_at for holding, due_at in moves),
        earlier=len(earlier),
        recalled_at_once=sum(due_at <= now for _, due_at in moves),
        due_within_a_day=sum(due_at <= now + timedelta(days=1) for _, due_at in moves),
        examples=tuple(
            (holding.holding_id, holding.rep_code, holding.schedule.due_at, due_at)
            for _, holding, due_at in earlier[:EXAMPLES]
        ),
    )


ASK = """
insert into routing.rebasing (rebasing_id, cause, policy_code, policy_version, calendar_code, rep_id, with_floor,
  suspend, asked_by, asked_role, asked_at)
values (:rebasing_id, :cause, :policy_code, :policy_version, :calendar_code, :rep_id, :with_floor,
  :suspend, :asked_by, :asked_role, clew.clew_now())
"""
# A transaction that runs while the job is seen first may have read the old terms: what it opens is waited for.
FENCE = """
update routing.rebasing set fence = pg_snapshot_xmax(pg_current_snapshot())
where finished_at is null and fence is null
"""
# One at a time, in the order in which they were asked for: the newest inputs count for each of them.
NEXT_JOB = """
select rebasing_id, cause, policy_code, policy_version, calendar_code, rep_id, with_floor, suspend, asked_by,
  asked_role, done_up_to
from routing.rebasing where finished_at is null and fence <= pg_snapshot_xmin(pg_current_snapshot())
order by asked_at, rebasing_id limit 1 for update skip locked
"""
BESIDE = """
select cause, rep_id, calendar_code, done_up_to from routing.rebasing
where finished_at is null and rebasing_id <> :rebasing_id and (rep_id is not null or calendar_code is not null)
order by asked_at, rebasing_id
"""
BATCH_OF = """
select h.holding_id from routing.holding h
where h.ended_at is null and h.holding_id > :done_up_to
  and (cast(:rep_id as uuid) is null or h.rep_id = :rep_id)
  and (cast(:policy_code as text) is null or (h.policy_code = :policy_code and h.policy_version < :policy_version))
  and (cast(:calendar_code as text) is null or exists (
    select from routing.policy where policy.code = h.policy_code and policy.version = h.policy_version
      and policy.body->>'calendar' = :calendar_code))
order by h.holding_id limit :at_most
"""
# Leads before their holdings, in order: as every command does.
LOCK_LEADS = """
select 1 from routing.lead where lead_id in (
  select lead_id from routing.holding where holding_id = any(cast(:holding_ids as uuid[]))
) order by lead_id for no key update
"""
PROGRESS = """
update routing.rebasing set done_up_to = :done_up_to, done = done + :done, moved = moved + :moved,
  finished_at = case when :finished then clew.clew_now() end
where rebasing_id = :rebasing_id
"""
