"""The steps of a holding that the clock makes: a reminder, and the recall (自动回收).

What a rule's rep did not answer in time is due for routing, to the next rep; everything else goes back to its pool.

Each is one statement over everything that is due, and the same statement for one holding: the sweep and the lead's
run do the same. Lead and holding are both locked before anything is decided, so that no deadline is acted on that
somebody is just moving, then the limits in their order; nothing happens before `due_at` by PostgreSQL's clock, and
an open lease makes both wait. What is locked by somebody else is skipped: he may be moving it. AdvanceHolding has
locked the lead before and so skips nothing.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing import tables
from services.routing.ledger import DoneBy
from services.shared.callers import current_caller
from services.shared.database import text
from services.shared.telemetry import OF_A_DEADLINE, meter

# Counted before the commit: where one fails, the step is done again and counts twice.
recall_lateness = meter.create_histogram(
    "clew.recall.lateness",
    unit="s",
    description="How long after its due time a holding was recalled, by who did it.",
    explicit_bucket_boundaries_advisory=OF_A_DEADLINE,
)
reminder_lateness = meter.create_histogram(
    "clew.reminder.lateness",
    unit="s",
    description="How long after its instant a reminder was written, by who did it.",
    explicit_bucket_boundaries_advisory=OF_A_DEADLINE,
)


@dataclass(frozen=True)
class One:
    """This holding, if it is due."""

    holding_id: UUID
    for_longer_than: timedelta = timedelta(0)


@dataclass(frozen=True)
class Overdue:
    """The most overdue that have been so for a while, but for those that failed lately."""

    for_longer_than: timedelta
    at_most: int
    but_for: Collection[UUID] = ()


Which = One | Overdue


async def recall(db: AsyncConnection, which: Which, done_by: DoneBy) -> list[UUID]:
    """Take back what is due. Returns the holdings that this ended."""
    rows = await db.execute(text(RECALL_ONE if isinstance(which, One) else RECALL_OVERDUE), asked_for(which, done_by))
    recalled = rows.all()
    for _, late in recalled:
        recall_lateness.record(late, {"done_by": str(done_by)})
    return [holding_id for holding_id, _ in recalled]


async def remind(db: AsyncConnection, which: Which, done_by: DoneBy) -> list[UUID]:
    """Write the newest reminder that is due and strike out those before it. Returns the holdings it told of."""
    rows = await db.execute(text(REMIND_ONE if isinstance(which, One) else REMIND_OVERDUE), asked_for(which, done_by))
    reminded = [(holding_id, late) for holding_id, late in rows if late is not None]
    for _, late in reminded:
        reminder_lateness.record(late, {"done_by": str(done_by)})
    return [holding_id for holding_id, _ in reminded]


async def overdue(db: AsyncConnection, which: Overdue) -> list[tuple[UUID, UUID]]:
    """Holdings with a step that is overdue, and their reps: to take them singly when together they failed."""
    question = f"""
        select h.holding_id, h.rep_id from routing.holding h
        where h.ended_at is null and h.lease_until is null
          and h.wake_at <= (select clew.clew_now()) - cast(:grace as interval) {BUT_FOR}
        order by h.wake_at limit :at_most
    """  # composed of a part below
    asked = {"grace": which.for_longer_than, "at_most": which.at_most, "but_for": list(which.but_for)}
    return [(row.holding_id, row.rep_id) for row in await db.execute(text(question), asked)]


def asked_for(which: Which, done_by: DoneBy) -> dict[str, object]:
    caller = current_caller()
    asked = {
        "grace": which.for_longer_than,
        "done_by": done_by,
        # The lead's own run knows what it does; anybody else's doing wakes it.
        "by_run": done_by is DoneBy.TIMER,
        "actor_id": caller.id,
        "actor_role": caller.role,
    }
    if isinstance(which, One):
        return {**asked, "holding_id": which.holding_id}
    return {**asked, "at_most": which.at_most, "but_for": list(which.but_for)}


# Its last reminder was never written (store_unwarned.py).
UNWARNED = "h.postpones and cardinality(h.reminders) > 0"
BUT_FOR = "and not (h.holding_id = any(cast(:but_for as uuid[])))"
THIS_ONE = "and h.holding_id = :holding_id"
FOUND = """
  select h.holding_id, h.lead_id, h.epoch, h.rep_id, h.taken_from_pool_id, h.grade, h.product, h.due_at, h.due_cause,
    h.schedule, h.policy_code || '@' || h.policy_version as policy, l.state, rep.code as rep_code,
    coalesce(cast(policy.body->>'manager_copies' as boolean), false) as copies, rep.team_id,
    case when h.origin = 'RULE' and h.due_cause = 'FIRST_RESPONSE' then 'QUALIFYING' else 'POOLED' end as to_state
  from routing.holding h join routing.lead l using (lead_id) join routing.rep using (rep_id)
  join routing.policy on policy.code = h.policy_code and policy.version = h.policy_version
  where h.ended_at is null and h.lease_until is null
"""
# To the rep, and where the policy says so to the managers of his team.
RECIPIENTS = """cross join lateral (
    select due.rep_id as to_rep, cast(null as uuid) as to_team
    union all select null, due.team_id where due.copies {and_only}
  ) as recipient"""

# `materialized`: what PostgreSQL inlines it reads again for a limit that had to be waited for, and may lose a row.
RECALL = f"""
with instant as materialized (select clew.clew_now() as now),
due as materialized (
  {FOUND}
    and not ({UNWARNED})
    and h.due_at <= (select now from instant) - cast(:grace as interval) {{which}}
  for no key update of l, h skip locked
), ended as (
  update routing.holding set ended_at = instant.now, end_reason = due.due_cause,
    end_cause = case to_state when 'QUALIFYING' then 'unanswered' else 'recalled' end,
    wake_at = null, may_claim_again_at = instant.now + claim_cooldown
  from due, instant where holding.holding_id = due.holding_id
), moved as (
  update routing.lead set state = to_state, version = version + 1, route_due = to_state = 'QUALIFYING',
    wake_at = case to_state when 'QUALIFYING' then instant.now end,
    pooled_at = case to_state when 'POOLED' then instant.now end,
    release_at = case to_state when 'POOLED' then (
      select case when opens_at is not null then routing.next_opening(pool_id, instant.now) end
      from routing.pool where pool_id = home_pool_id
    ) end,
    returns = returns + cast(to_state = 'POOLED' as int)
  from due, instant where lead.lead_id = due.lead_id
), freed as materialized (
  select scope, key, rep_id, count(*) as places from due
  cross join lateral (
    values ('GRADE', grade), ('POOL', cast(taken_from_pool_id as text)), ('PRODUCT', product), ('REP', '')
  ) as slot (scope, key)
  where key is not null group by scope, key, rep_id
), locked as materialized (
  select scope, key, rep_id, places from routing.holding_limit join freed using (scope, key, rep_id)
  order by scope, key, rep_id for no key update of holding_limit
), given_back as (
  update routing.holding_limit set held = held - locked.places from locked
  where holding_limit.scope = locked.scope and holding_limit.key = locked.key
    and holding_limit.rep_id = locked.rep_id
), ledger as (
  insert into routing.decision (decision_id, lead_id, verb, from_state, to_state, holding_id, epoch, rep_id,
    actor_id, actor_role, reason, rule_version, due_at, decided_at, done_by, schedule)
  select uuidv7(), lead_id, 'Recall', state, to_state, holding_id, epoch, rep_id,
    :actor_id, :actor_role, due_cause, policy, due_at, now, :done_by, schedule
  from due, instant
), told as (
  insert into routing.notice (notice_id, subject_id, kind, rep_id, team_id, lead_id, holding_id, due_at, reason,
    created_at)
  select uuidv7(), holding_id, 'RECALLED', to_rep, to_team, lead_id, holding_id, due_at, due_cause, now
  from due {RECIPIENTS.format(and_only="")}, instant
  on conflict do nothing
), noted as (
  insert into routing.event (event_id, lead_id, seq, kind, wakes, wake_id, by_run, actor_id, actor_role, reason,
    rule_version, data, recorded_at)
  select uuidv7(), lead_id, {tables.next_seq("due")}, 'lead_recalled', case when :by_run then 'none' else 'lead' end,
    case when :by_run then null else lead_id end, :by_run, :actor_id, :actor_role, due_cause, policy,
    jsonb_build_object('holding_id', holding_id, 'epoch', epoch, 'rep_code', rep_code, 'due_at', due_at,
      'state', to_state, 'done_by', cast(:done_by as text)), now
  from due, instant
)
select holding_id, extract(epoch from now - due_at)::float8 from due, instant
"""  # composed of parts above

# `is true` hides the second condition from the planner: by that index it would read every open holding at each look.
REMIND = f"""
with instant as materialized (select clew.clew_now() as now),
due as materialized (
  select found.*, cast((select count(*) from unnest(reminders) as at where at <= now) as int) as past
  from ({FOUND.replace("h.schedule,", "h.reminders, h.reminder_steps,")}
    and h.wake_at <= (select now from instant) - cast(:grace as interval)
    and (h.due_at > (select now from instant)) is true {{which}}
    for no key update of l, h skip locked
  ) as found, instant
), moved as (
  update routing.holding set reminders = due.reminders[past + 1:], reminder_steps = due.reminder_steps[past + 1:],
    wake_at = coalesce(due.reminders[past + 1], due.due_at)
  from due where holding.holding_id = due.holding_id
), told as (
  insert into routing.notice (notice_id, subject_id, kind, step, rep_id, team_id, lead_id, holding_id, due_at, reason,
    created_at)
  select uuidv7(), holding_id, 'REMINDER', reminder_steps[past], to_rep, to_team, lead_id, holding_id, due_at,
    due_cause, now
  from due {RECIPIENTS.format(and_only="and due.past = cardinality(due.reminders)")}, instant where past > 0
  on conflict do nothing
), noted as (
  insert into routing.event (event_id, lead_id, seq, kind, wakes, by_run, actor_id, actor_role, reason,
    rule_version, data, recorded_at)
  select uuidv7(), lead_id, {tables.next_seq("due")}, 'reminder_sent', 'none', :by_run, :actor_id, :actor_role,
    due_cause, policy,
    jsonb_build_object('holding_id', holding_id, 'epoch', epoch, 'rep_code', rep_code, 'due_at', due_at,
      'step', reminder_steps[past], 'done_by', cast(:done_by as text)), now
  from due, instant where past > 0
)
select holding_id, extract(epoch from now - reminders[past])::float8 from due, instant
"""  # composed of parts above

RECALL_ONE = RECALL.format(which=THIS_ONE)
RECALL_OVERDUE = RECALL.format(which=f"{BUT_FOR} order by h.due_at limit :at_most")
REMIND_ONE = REMIND.format(which=THIS_ONE)
REMIND_OVERDUE = REMIND.format(which=f"{BUT_FOR} order by h.wake_at limit :at_most")
