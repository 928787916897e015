"""Claims that come at once, in one transaction: those against which nothing stands.

Every other claim is left to `store_claiming`, which decides it by itself and says what stands against it. The rules
are the same ones; only the statements are for many. Locks are taken in the order that everybody keeps: requests,
leads, limits. A lead that somebody else has locked is left out rather than waited for.
"""

import json
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing import tables
from services.routing.holdings.holding import Holding, Origin
from services.routing.holdings.refusals import RepInactive
from services.routing.holdings.schedule import Schedule
from services.routing.holdings.store import beginning, clocks_of, on_terms
from services.routing.holdings.store_claiming import standing_of
from services.routing.holdings.store_limits import take_slots_of_many
from services.routing.holdings.store_terms import Terms, terms_of_many
from services.routing.leads.store import Lead, locking_pooled
from services.routing.policy import Unwarned
from services.routing.pools.claiming import objection_to_claim
from services.shared.callers import Role
from services.shared.outbox import channel_of, may_ring
from services.shared.requests_together import Key, forget_many, keeping, taking
from services.shared.statements import Question, ask

VERB = "ClaimLead"


@dataclass(frozen=True, eq=False)
class Claim:
    """A rep claims a lead. `traceparent`: of his call, for the event."""

    request: Key
    fingerprint: bytes
    lead_id: UUID
    rep_id: UUID
    traceparent: str | None


async def claim_together(
    db: AsyncConnection, claims: Sequence[Claim], as_answer: Callable[[Holding], bytes]
) -> dict[Key, bytes]:
    """Carry out what can be carried out; no two claims are about one lead or by one rep. Returns the kept answers."""
    new, leads = await ask(
        db,
        taking(tables.request, VERB, {claim.request: claim.fingerprint for claim in claims}),
        locking_pooled([claim.lead_id for claim in claims]),
    )
    free = {claim: leads[claim.lead_id] for claim in claims if claim.request in new and claim.lead_id in leads}
    return await open_together(db, VERB, new, free, as_answer)


async def open_together(
    db: AsyncConnection, method: str, new: set[Key], free: Mapping[Claim, Lead], as_answer: Callable[[Holding], bytes]
) -> dict[Key, bytes]:
    """Of the requests that were begun, carry out those whose leads are free and locked; of the others nothing stays."""
    wanted = await _allowed(db, free) if free else {}
    opened = await _with_room(db, wanted) if wanted else {}
    answers = {claim.request: as_answer(holding) for claim, holding in opened.items()}
    if opened:
        await ask(db, _opening(opened), keeping(tables.request, method, answers))
    await forget_many(db, tables.request, method, new.difference(answers))
    return answers


async def _allowed(db: AsyncConnection, free: Mapping[Claim, Lead]) -> Mapping[Claim, Holding]:
    """Holdings for those against whom nothing stands but, perhaps, a limit."""
    [terms] = await ask(db, terms_of_many([(lead, _pool(lead), claim.rep_id) for claim, lead in free.items()]))
    # At one instant clocks that go alike begin alike: mostly there is one schedule for all.
    begun: dict[Hashable, Schedule] = {}
    wanted = {}
    for claim, lead in free.items():
        of_it = terms.get((lead.lead_id, claim.rep_id))
        if of_it is not None and _nothing_against(lead, of_it):
            exempt = claim.rep_id in lead.opportunity_owners
            alike = (of_it.now, of_it.policy_text, of_it.policy_enabled, of_it.time, exempt)
            if alike not in begun:
                begun[alike] = beginning(lead, of_it, of_it.now)
            wanted[claim] = on_terms(lead, of_it, begun[alike], origin=Origin.CLAIMED, taken_from_pool_id=_pool(lead))
    return wanted


async def _with_room(db: AsyncConnection, wanted: Mapping[Claim, Holding]) -> Mapping[Claim, Holding]:
    """Those that got their places under every limit."""
    with_room = await take_slots_of_many(db, {one.holding_id: one.slots for one in wanted.values()})
    return {claim: holding for claim, holding in wanted.items() if holding.holding_id in with_room}


def _nothing_against(lead: Lead, terms: Terms) -> bool:
    """A claim that a day's limit counts goes by itself."""
    return (
        terms.rep_active
        and terms.holder_code is None
        and terms.daily_claim_limit is None
        and objection_to_claim(standing_of(lead, terms)) is None
    )


def _pool(lead: Lead) -> UUID:
    assert lead.home_pool_id is not None  # noqa: S101  # a pooled lead has a home: the table's constraint says so
    return lead.home_pool_id


def _opening(opened: Mapping[Claim, Holding]) -> Question[None]:
    schedules = {id(holding.schedule): holding.schedule for holding in opened.values()}
    rows = [
        {
            "holding_id": holding.holding_id,
            "lead_id": holding.lead_id,
            "epoch": holding.epoch,
            "rep_id": holding.rep_id,
            "rep_code": holding.rep_code,
            "pool_id": holding.taken_from_pool_id,
            "pool_code": holding.taken_from_pool_code,
            "grade": holding.grade,
            "product": holding.product,
            "policy_code": holding.policy_code,
            "policy_version": holding.policy_version,
            "policy_text": holding.policy_text,
            "claim_cooldown": holding.policy.cooldown.total_seconds(),
            "postpones": holding.policy.unwarned is Unwarned.POSTPONE,
            "traceparent": claim.traceparent,
            "schedule_no": id(holding.schedule),
        }
        for claim, holding in opened.items()
    ]
    clocks = [
        {
            "schedule_no": number,
            "started_at": schedule.started_at,
            "due_at_text": schedule.due_in_text,
            **clocks_of(schedule),
        }
        for number, schedule in schedules.items()
    ]
    values = {
        "holdings": json.dumps(rows, default=_plain),
        "clocks": json.dumps(clocks, default=_plain),
        "ring": may_ring(tables.event),
        "channel": channel_of(tables.event),
        "rep_ids": [holding.rep_id for holding in opened.values()],
        "actor_role": Role.REP,
        "verb": VERB,
    }

    def check_active(rows: Sequence[Any]) -> None:
        """Raises RepInactive, after which the batch is to be rolled back: each claim then goes by itself."""
        [row] = rows
        for holding in opened.values():
            if holding.rep_id not in row.given:
                raise RepInactive(holding.rep_code)

    return Question(OPEN, values, check_active)


def _plain(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


OPEN = f"""
with clocks as materialized (
  select schedule_no, cast(schedule as jsonb) as schedule, started_at, due_at, due_at_text, due_cause, reminders,
    reminder_steps, wake_at
  from jsonb_to_recordset(cast(:clocks as jsonb)) as row (
    schedule_no bigint, schedule text, started_at timestamptz, due_at timestamptz, due_at_text text,
    due_cause text, reminders timestamptz[], reminder_steps text[], wake_at timestamptz)
), claimed as materialized (
  select * from jsonb_to_recordset(cast(:holdings as jsonb)) as row (
    holding_id uuid, lead_id uuid, epoch bigint, rep_id uuid, rep_code text, pool_id uuid, pool_code text,
    grade text, product text, policy_code text, policy_version int, policy_text text,
    claim_cooldown float8, postpones boolean, traceparent text, schedule_no bigint)
  join clocks using (schedule_no)
), opened as (
  insert into routing.holding (holding_id, lead_id, epoch, rep_id, origin, taken_from_pool_id, grade, product,
    policy_code, policy_version, started_at, schedule, due_at, due_cause, reminders, reminder_steps, wake_at,
    claim_cooldown, postpones)
  select holding_id, lead_id, epoch, rep_id, 'CLAIMED', pool_id, grade, product, policy_code, policy_version,
    started_at, schedule, due_at, due_cause, reminders, reminder_steps, wake_at,
    claim_cooldown * interval '1 second', postpones
  from claimed
), held as (
  update routing.lead set state = 'HELD', version = version + 1, epoch = claimed.epoch,
    home_pool_id = claimed.pool_id, pooled_at = null, route_due = false, wake_at = null
  from claimed where lead.lead_id = claimed.lead_id
), given as (
  update routing.rep set last_assigned_at = claimed.started_at
  from claimed where rep.rep_id = claimed.rep_id and rep.rep_id = any(:rep_ids) and rep.active
  returning rep.rep_id
), told as (
  insert into routing.notice (notice_id, subject_id, kind, rep_id, lead_id, holding_id, due_at, reason, created_at)
  select uuidv7(), holding_id, 'FIRST_RESPONSE_DUTY', rep_id, lead_id, holding_id, due_at, 'CLAIMED', started_at
  from claimed
  on conflict do nothing
), decided as (
  insert into routing.decision (decision_id, lead_id, verb, from_state, to_state, holding_id, epoch, rep_id,
    actor_id, actor_role, rule_version, decided_at, schedule)
  select uuidv7(), lead_id, :verb, 'POOLED', 'HELD', holding_id, epoch, rep_id, cast(rep_id as text), :actor_role,
    policy_text, started_at, schedule
  from claimed
), noted as (
  insert into routing.event (event_id, lead_id, seq, kind, wakes, wake_id, actor_id, actor_role, rule_version, data,
    recorded_at, traceparent)
  select uuidv7(), lead_id,
    {tables.next_seq("claimed")},
    'lead_claimed', 'lead', lead_id, cast(rep_id as text), :actor_role, policy_text,
    jsonb_build_object('holding_id', holding_id, 'epoch', epoch, 'rep_code', rep_code, 'pool_code', pool_code,
      'due_at', due_at_text), clew.clew_now(), traceparent
  from claimed
)
select array(select rep_id from given) as given, case when :ring then pg_notify(:channel, '') end
"""
