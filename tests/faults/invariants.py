"""The promises of the design, as questions to the databases. Each finds what breaks it; an empty answer is a kept one.

I3 and I4 hold at every instant and are asked while the load runs; the others at rest.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.faults.acts import CHANNEL
from tests.faults.journal import Act, Journal

SERVICES = ("intake", "scoring", "routing", "conversion")
RECALLED_WITHIN = 5.0
EXAMPLES = 5


@dataclass(frozen=True)
class Found:
    """What one question found: how much it looked at, and each violation in words."""

    checked: int
    violations: Sequence[str] = ()
    figure: str = ""


@dataclass(frozen=True)
class Window:
    """A span of time in which something was broken, in seconds since the epoch; `until` is when it had healed."""

    since: float
    until: float


ONE_HOLDING = """
select 'lead ' || lead_id || ' has ' || count(*) || ' open holdings'
from routing.holding where ended_at is null group by lead_id having count(*) > 1
union all
select 'lead ' || lead.lead_id || ' is ' || state || case when open.lead_id is null then ' without' else ' with' end
  || ' an open holding'
from routing.lead left join (select distinct lead_id from routing.holding where ended_at is null) open using (lead_id)
where (state in ('HELD', 'CONVERTING')) <> (open.lead_id is not null)
union all
select 'lead ' || lead.lead_id || ' holds epoch ' || holding.epoch || ' but knows ' || lead.epoch
from routing.lead join routing.holding using (lead_id) where ended_at is null and holding.epoch <> lead.epoch
"""
HELD_IS_COUNTED = """
with counted as (
  select scope, key, rep_id, count(*) as n from routing.holding
  cross join lateral (
    values ('GRADE', grade), ('POOL', taken_from_pool_id::text), ('PRODUCT', product), ('REP', '')
  ) as slot (scope, key)
  where ended_at is null and key is not null group by scope, key, rep_id
)
select concat_ws(' ', scope, nullif(key, '')) || ' of rep ' || rep_id || ': held ' || coalesce(held, 0)
  || ', counted ' || coalesce(n, 0) || ', limit ' || coalesce("limit"::text, 'none')
from counted full join routing.holding_limit using (scope, key, rep_id)
where coalesce(n, 0) <> coalesce(held, 0) or held > "limit"
"""


async def one_holding_per_lead(db: AsyncConnection) -> Found:
    return await _found(db, ONE_HOLDING, "select count(*) from routing.lead")


async def held_is_counted(db: AsyncConnection) -> Found:
    return await _found(db, HELD_IS_COUNTED, "select count(*) from routing.holding_limit")


async def acknowledged_is_there(db: AsyncConnection, journal: Journal, *, before: float | None = None) -> Found:
    """Everything that was acknowledged is in the database. `before`: only what was acknowledged before an instant."""
    checked, lost = 0, []
    for kinds, key, table, column in EVIDENCE:
        acts = [act for kind in kinds for act in journal.ok(kind) if before is None or act.ended < before]
        wanted = {key(act): act for act in acts}
        there = await db.execute(
            text(f"select {column}::text from {table} where {column} = any(cast(:ids as uuid[]))"),
            {"ids": list(wanted)},
        )
        missing = set(wanted) - {row[0] for row in there}
        checked += len(wanted)
        lost += [
            f"{wanted[one].kind} {wanted[one].request_id} was acknowledged; {table} has no {one}" for one in missing
        ]
    return Found(checked, lost)


async def one_effect_per_request(db: AsyncConnection, journal: Journal) -> Found:
    """As many effects as acts that were answered: none twice, none of an act that was refused."""
    checked, wrong = 0, list(journal.wrong_answers)
    for kinds, question in EFFECTS:
        acts = sum(len(list(journal.ok(kind))) for kind in kinds)
        effects = await db.scalar(text(question), {"channel": CHANNEL})
        checked += acts
        if effects != acts:
            wrong.append(f"{acts} times {' or '.join(kinds)} was answered, {effects} effects are there")
    return Found(checked, wrong, f"{journal.asked_twice} asked again after the answer")


async def recalled_in_time(db: AsyncConnection, broken: Iterable[Window]) -> Found:
    """No recall before its due time or unwarned; none more than 5 s late, but for the time in which something was
    broken."""
    rows = (await db.execute(text(RECALLS))).all()
    windows = list(broken)
    late, wrong, by_sweep = [], [], 0
    for lead_id, due, decided, done_by in rows:
        by_sweep += done_by == "SWEEP"
        if decided < due:
            wrong.append(f"lead {lead_id} was recalled {due - decided:.3f} s before it was due")
        # Whatever was broken while it was due gives it until 5 s after that had healed.
        excused = max((one.until for one in windows if one.since <= decided and one.until >= due), default=due)
        lateness = decided - max(due, excused)
        if lateness > RECALLED_WITHIN:
            wrong.append(f"lead {lead_id} was recalled {decided - due:.1f} s late")
        if excused == due:
            late.append(decided - due)
    still = (await db.execute(text(OVERDUE), {"within": RECALLED_WITHIN})).scalars().all()
    wrong += [f"lead {lead_id} should have been recalled" for lead_id in still]
    wrong += (await db.execute(text(UNWARNED))).scalars().all()
    late.sort()
    p99 = f"p99 {late[int(len(late) * 0.99)]:.2f} s" if late else "none in calm"
    share = f"{by_sweep * 100 // len(rows)} % by the sweep" if rows else ""
    return Found(len(rows), wrong, f"{p99} in calm, {share}")


async def conversions_are_whole(db: AsyncConnection, journal: Journal) -> Found:
    checked = len(list(journal.ok("convert")))
    found = await _found(db, CONVERSIONS, "select count(*) from conversion.conversion")
    return Found(max(checked, found.checked), found.violations)


async def events_are_delivered(db: AsyncConnection) -> Found:
    """Every event that owes a nudge was delivered; each lead's events are numbered without gap, in order of time."""
    checked, wrong = 0, []
    for service in SERVICES:
        undelivered = await db.scalar(text(UNDELIVERED.format(service=service)))
        if undelivered:
            wrong.append(f"{service} has {undelivered} events that were not delivered")
        wrong += list((await db.execute(text(DISORDER.format(service=service)))).scalars())
        checked += await db.scalar(text(f"select count(*) from {service}.event")) or 0
    wrong += list((await db.execute(text(TWICE))).scalars())
    return Found(checked, wrong)


async def changes_are_in_the_ledger(db: AsyncConnection) -> Found:
    return await _found(db, UNEXPLAINED, "select count(*) from routing.decision")


async def _found(db: AsyncConnection, question: str, checked: str) -> Found:
    violations = list((await db.execute(text(question))).scalars())
    return Found(await db.scalar(text(checked)) or 0, violations)


def _of_holding(act: Act) -> str:
    return str(act.answer.holding.holding_id)  # type: ignore[union-attr]  # each kind's answer is its own message


# What must be in the database after an act of these kinds was acknowledged: its id in the answer, table and column.
EVIDENCE = (
    (("submit", "reenquire"), lambda act: act.answer.submission_id, "intake.submission", "submission_id"),
    (("submit",), lambda act: act.answer.lead_id, "intake.lead", "lead_id"),
    (("claim", "assign", "transfer"), _of_holding, "routing.holding", "holding_id"),
    (("follow_up",), lambda act: act.answer.follow_up_id, "routing.follow_up", "follow_up_id"),
    (
        ("return", "reclaim"),
        lambda act: act.request.holding_id,
        "(select * from routing.holding where ended_at is not null) ended",
        "holding_id",
    ),
    (("convert",), lambda act: act.answer.conversion.conversion_id, "conversion.conversion", "conversion_id"),
)
EFFECTS = (
    (("submit", "reenquire"), "select count(*) from intake.submission where channel = :channel"),
    (("submit",), "select count(*) from intake.lead where channel = :channel"),
    (
        ("reenquire",),
        "select count(*) from intake.touchpoint t join intake.lead l using (lead_id) "
        "where l.channel = :channel and t.submission_id <> (select submission_id from intake.touchpoint f "
        "where f.lead_id = l.lead_id order by received_at limit 1)",
    ),
    (("claim",), "select count(*) from routing.holding where origin = 'CLAIMED'"),
    (("assign",), "select count(*) from routing.holding where origin = 'ASSIGNED'"),
    (("transfer",), "select count(*) from routing.holding where origin = 'TRANSFERRED'"),
    (("return",), "select count(*) from routing.holding where end_cause = 'returned'"),
    (("reclaim",), "select count(*) from routing.holding where end_cause = 'reclaimed'"),
    (("follow_up",), "select count(*) from routing.follow_up"),
)
RECALLS = """
select lead_id, extract(epoch from due_at)::float8, extract(epoch from decided_at)::float8, done_by
from routing.decision where verb = 'Recall'
"""
OVERDUE = """
select lead_id from routing.holding
where ended_at is null and lease_until is null and due_at < clew.clew_now() - :within * interval '1 second'
"""
# The load's policies recall nobody who was not reminded, however long the reminders could not be written.
UNWARNED = """
select 'lead ' || lead_id || ' was recalled from a rep who had not been reminded' from routing.holding
where end_cause in ('recalled', 'unanswered') and not exists (select 1 from routing.notice
  where notice.holding_id = holding.holding_id and kind = 'REMINDER' and created_at < holding.ended_at)
"""
CONVERSIONS = """
select 'conversion ' || conversion_id || ' is ' || state
from conversion.conversion where state in ('REQUESTED', 'COMMITTED')
union all
select 'conversion ' || c.conversion_id || ' is ' || c.state || ' with ' || count(contact.contact_id) || ' contacts, '
  || count(opportunity.opportunity_id) || ' opportunities, ' || count(account.account_id) || ' accounts'
from conversion.conversion c
left join conversion.contact using (contact_id)
left join conversion.opportunity using (opportunity_id)
left join conversion.account on account.account_id = c.account_id
group by c.conversion_id, c.state
having (c.state = 'COMPLETED') <> (count(contact.contact_id) = 1 and count(opportunity.opportunity_id) = 1
  and count(account.account_id) = 1)
union all
select 'contact ' || contact_id || ' belongs to no conversion' from conversion.contact
where not exists (select 1 from conversion.conversion c where c.contact_id = contact.contact_id)
union all
select 'opportunity ' || opportunity_id || ' belongs to no conversion' from conversion.opportunity
where not exists (select 1 from conversion.conversion c where c.opportunity_id = opportunity.opportunity_id)
union all
select 'lead ' || l.lead_id || ' is ' || l.state || ' and has ' || count(c.conversion_id) || ' completed conversions'
from routing.lead l left join conversion.conversion c on c.lead_id = l.lead_id and c.state = 'COMPLETED'
group by l.lead_id, l.state having (l.state = 'CONVERTED') <> (count(c.conversion_id) = 1)
union all
select 'lead ' || lead_id || ' is CONVERTING with no conversion under way' from routing.lead
where state = 'CONVERTING'
"""
UNDELIVERED = "select count(*) from {service}.event where delivered_at is null and wakes <> 'none'"
DISORDER = """
select '{service}: event ' || seq || ' of lead ' || lead_id || ' follows ' || coalesce(before::text, 'nothing')
from (
  select lead_id, seq, recorded_at, lag(seq) over by_seq as before, lag(recorded_at) over by_seq as earlier
  from {service}.event window by_seq as (partition by lead_id order by seq)
) numbered
where seq <> coalesce(before, 0) + 1 or recorded_at < earlier
"""
# What a lead lives through once, however often its events were delivered.
# Out of the managers' queue it is tried again and again.
ROUTED = "verb = 'RouteLead' and from_state <> 'UNASSIGNED'"
TWICE = f"""
select 'lead ' || lead_id || ': ' || kind || ' ' || count(*) || ' times'
from (select lead_id, kind from intake.event union all select lead_id, kind from routing.event) events
where kind in ('lead_created', 'lead_opened', 'holding_converted')
group by lead_id, kind having count(*) > 1
union all
select 'lead ' || lead_id || ' was routed ' || count(*) filter (where {ROUTED}) || ' times for '
  || count(*) filter (where to_state = 'QUALIFYING') || ' returns to be routed'
from routing.decision group by lead_id
having count(*) filter (where {ROUTED}) > 1 + count(*) filter (where to_state = 'QUALIFYING')
"""
# Each decision begins where the one before it ended, the last one is where the lead is; each holding has its beginning
# and its end there.
UNEXPLAINED = """
with chain as (
  select lead_id, verb, from_state, to_state, decided_at,
    lag(to_state) over in_time as before, lead(verb) over in_time is null as newest
  from routing.decision window in_time as (partition by lead_id order by decided_at, decision_id)
)
select 'lead ' || lead_id || ': ' || verb || ' from ' || from_state || ' after ' || before
from chain where before is not null and from_state <> before
union all
select 'lead ' || lead_id || ' is ' || lead.state || ', its last decision says ' || to_state
from chain join routing.lead using (lead_id) where newest and to_state <> lead.state
union all
select 'holding ' || holding_id || ' has no decision that opened it' from routing.holding
where not exists (select 1 from routing.decision d
  where d.lead_id = holding.lead_id and d.to_state = 'HELD' and d.decided_at = holding.started_at)
union all
select 'holding ' || holding_id || ' ended ' || end_cause || ' without a decision' from routing.holding
where ended_at is not null and not exists (select 1 from routing.decision d
  where d.lead_id = holding.lead_id and d.decided_at = holding.ended_at)
"""
