"""Follow-up plans (跟进计划): what is to be done about a held lead, by whom and when. They move no deadline."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.extensions.store_recording import record
from services.routing.holdings.follow_ups import Kind
from services.routing.holdings.refusals import HoldingEnded
from services.routing.holdings.store_collaborating import check_takes_part
from services.routing.holdings.store_found import lock_named
from services.shared import database
from services.shared.callers import current_caller
from services.shared.database import text
from services.shared.ids import new_id
from services.shared.refusals import InvalidInput, NotFound
from services.shared.sweep import BATCH

LONGEST = timedelta(days=366)


@dataclass(frozen=True)
class Plan:
    plan_id: UUID
    holding_id: UUID
    lead_id: UUID
    rep_code: str
    kind: Kind
    due_at: datetime
    planned_at: datetime
    planned_by: str
    overdue: bool
    done_at: datetime | None
    cancelled_at: datetime | None


class PlanNotFound(NotFound):
    def __init__(self, plan_id: UUID) -> None:
        super().__init__("NOT_FOUND", f"There is no follow-up plan {plan_id}.", kind="plan", id=str(plan_id))


async def plan_follow_up(db: AsyncConnection, holding_id: UUID, rep_code: str, kind: Kind, due_at: datetime) -> Plan:
    """By the holder, a collaborator or a manager; for one of the first two, the holder when nobody is named.

    Raises HoldingNotFound, NotYours, HoldingEnded, InvalidInput.
    """
    lead, holding = await lock_named(db, holding_id)
    await check_takes_part(db, holding)
    if holding.end_cause is not None:
        raise HoldingEnded(holding_id, holding.end_cause)
    now = await database.now(db)
    if not now < due_at <= now + LONGEST:
        raise InvalidInput("due_at", f"A plan is due in the future, within {LONGEST.days} days.")
    values = {"holding_id": holding_id, "rep_code": rep_code or holding.rep_code}
    rep_id = await db.scalar(text(RESPONSIBLE), values)
    if rep_id is None:
        raise InvalidInput("rep_code", f"Rep {rep_code} neither holds this lead nor collaborates on it.")
    plan_id = new_id()
    plan = {
        "plan_id": plan_id,
        "holding_id": holding_id,
        "lead_id": lead.lead_id,
        "rep_id": rep_id,
        "kind": kind,
        "due_at": due_at,
        "at": now,
        "by": current_caller().id,
    }
    await db.execute(text(PLAN), plan)
    await record(db, lead, holding, verb="PlanFollowUp", event="follow_up_planned", at=now)
    return await _find(db, plan_id)


async def cancel_plan(db: AsyncConnection, plan_id: UUID) -> Plan:
    """Done or cancelled before, it stays so. Raises PlanNotFound, NotYours."""
    plan = await _find(db, plan_id)
    lead, holding = await lock_named(db, plan.holding_id)
    await check_takes_part(db, holding)
    now = await database.now(db)
    if (await db.execute(text(CANCEL), {"plan_id": plan_id, "at": now})).rowcount:
        await record(db, lead, holding, verb="CancelPlan", event="plan_cancelled", at=now)
    return await _find(db, plan_id)


async def complete_plans(db: AsyncConnection, lead_id: UUID, rep_id: str, follow_up_id: UUID, at: datetime) -> None:
    """A rep followed up: what he had planned for this lead is done."""
    values = {"lead_id": lead_id, "rep_id": rep_id, "follow_up_id": follow_up_id, "at": at}
    await db.execute(text(COMPLETE), values)


async def list_plans(
    db: AsyncConnection,
    *,
    rep_id: UUID | None,
    holding_id: UUID | None,
    open_only: bool,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> Sequence[Plan]:
    """By due time, from after a place on; of one rep, of one holding, or all."""
    due_at, plan_id = after or (None, None)
    asked = {
        "rep_id": rep_id,
        "holding_id": holding_id,
        "open_only": open_only,
        "due_at": due_at,
        "plan_id": plan_id,
        "limit": limit,
    }
    question = f"""{PLANS}
        where (cast(:rep_id as uuid) is null or p.rep_id = :rep_id)
          and (cast(:holding_id as uuid) is null or p.holding_id = :holding_id)
          and (not :open_only or (p.done_at is null and p.cancelled_at is null and h.ended_at is null))
          and (cast(:due_at as timestamptz) is null or (p.due_at, p.plan_id) > (:due_at, cast(:plan_id as uuid)))
        order by p.due_at, p.plan_id limit :limit
    """
    return [Plan(**{**row._mapping, "kind": Kind(row.kind)}) for row in await db.execute(text(question), asked)]


async def tell_of_plans(db: AsyncConnection) -> int:
    """Plans that are due: their reps are told, once. A step of the sweep."""
    return len((await db.execute(text(TELL), {"at_most": BATCH})).all())


async def _find(db: AsyncConnection, plan_id: UUID) -> Plan:
    row = (await db.execute(text(f"{PLANS} where p.plan_id = :plan_id"), {"plan_id": plan_id})).one_or_none()
    if row is None:
        raise PlanNotFound(plan_id)
    return Plan(**{**row._mapping, "kind": Kind(row.kind)})


PLANS = """
select p.plan_id, p.holding_id, p.lead_id, rep.code as rep_code, p.kind, p.due_at, p.planned_at, p.planned_by,
  p.done_at is null and p.cancelled_at is null and h.ended_at is null and p.due_at <= clew.clew_now() as overdue,
  p.done_at, p.cancelled_at
from routing.follow_up_plan p join routing.holding h using (holding_id) join routing.rep on rep.rep_id = p.rep_id
"""
RESPONSIBLE = """
select rep_id from routing.rep where code = :rep_code and (
  rep_id = (select rep_id from routing.holding where holding_id = :holding_id)
  or exists (
    select from routing.collaborator c
    where c.holding_id = :holding_id and c.rep_id = rep.rep_id and c.until is null
  )
)
"""
PLAN = """
insert into routing.follow_up_plan (plan_id, holding_id, lead_id, rep_id, kind, due_at, planned_at, planned_by)
values (:plan_id, :holding_id, :lead_id, :rep_id, :kind, :due_at, :at, :by)
"""
CANCEL = """
update routing.follow_up_plan set cancelled_at = :at
where plan_id = :plan_id and done_at is null and cancelled_at is null
"""
COMPLETE = """
update routing.follow_up_plan set done_at = :at, done_by = :follow_up_id
where lead_id = :lead_id and rep_id = cast(:rep_id as uuid) and done_at is null and cancelled_at is null
  and holding_id = (select holding_id from routing.follow_up where follow_up_id = :follow_up_id)
"""
# Of ended holdings nobody is told: whoever holds the lead now plans anew.
TELL = """
with due as materialized (
  select p.plan_id, p.rep_id, p.lead_id, p.holding_id, p.due_at, p.kind, h.ended_at
  from routing.follow_up_plan p join routing.holding h using (holding_id)
  where p.told_at is null and p.done_at is null and p.cancelled_at is null and p.due_at <= (select clew.clew_now())
  order by p.due_at limit :at_most for no key update of p skip locked
), marked as (
  update routing.follow_up_plan set told_at = clew.clew_now() from due where follow_up_plan.plan_id = due.plan_id
), told as (
  insert into routing.notice (notice_id, subject_id, kind, step, rep_id, lead_id, holding_id, due_at, reason,
    created_at)
  select uuidv7(), holding_id, 'PLAN_DUE', cast(plan_id as text), rep_id, lead_id, holding_id, due_at, kind,
    clew.clew_now()
  from due where ended_at is null
  on conflict do nothing
)
select plan_id from due
"""
