"""The managers' queue (UNASSIGNED) in the database: who comes into it, waits in it and is listed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing import tables
from services.routing.lead import LeadState
from services.routing.leads.store import COLUMNS, Lead, lead_of
from services.routing.ledger import Candidate, Decision, DoneBy, RecordedDecision
from services.routing.notices.notice import Notice, NoticeKind
from services.routing.notices.store import write_notice
from services.routing.roster.store import UNSCORED
from services.routing.store_ledger import record_decision
from services.shared import outbox
from services.shared.database import text
from services.shared.outbox import Event

# Why a lead comes into the queue: no rep for it, or out of its pool (store_hygiene.py).
REASONS = ("NOBODY_HAS_ROOM", "NOBODY_ANSWERED", "TOO_MANY_HOLDINGS", "TOO_OLD")
# As the index has it; the same order as in a pool.
BEST_FIRST = "coalesce(nullif(grade, ''), 'Z'), -(fit_score + behavior_score), -reenquiries, unassigned_at, lead_id"
# Where a lead stands in the queue: grade, score and re-enquiries negated, since when it waits, which it is.
Place = tuple[str, int, int, datetime, UUID]


@dataclass(frozen=True)
class Wanted:
    """A rule wanted a rep of a team and none could take the lead: why, and by which rules."""

    reason: str
    team_id: UUID
    home_pool_id: UUID
    rule_version: str | None
    candidates: tuple[Candidate, ...]
    # The version that another one may contradict; None where the rules of now do not matter.
    rules: int | None
    # Otherwise only a manager decides.
    retried: bool


@dataclass(frozen=True)
class Standing:
    """Why a lead waits. Its team's managers decide, or where it has none its home pool's people."""

    reason: str
    team_id: UUID | None
    # It is routed without them as soon as somebody can take it.
    retried: bool


@dataclass(frozen=True)
class UnassignedLead:
    """A lead that waits in the queue."""

    lead: Lead
    reason: str
    unassigned_at: datetime
    home_pool_code: str
    team_code: str
    retry_at: datetime | None

    @property
    def place(self) -> Place:
        """A lead that is not scored comes last."""
        lead = self.lead
        score = lead.fit_score + lead.behavior_score
        return (lead.grade or UNSCORED, -score, -lead.reenquiries, self.unassigned_at, lead.lead_id)


async def enqueue(
    db: AsyncConnection, lead: Lead, wanted: Wanted, now: datetime, done_by: DoneBy | None
) -> RecordedDecision:
    """Put a locked lead into the queue, or say anew why it waits there. A team's managers hear of it once."""
    times = await db.scalar(
        text(ENQUEUE),
        {
            "lead_id": lead.lead_id,
            "home_pool_id": wanted.home_pool_id,
            "now": now,
            "reason": wanted.reason,
            "team_id": wanted.team_id,
            "rules": wanted.rules,
            "retried": wanted.retried,
        },
    )
    decision = Decision(
        lead_id=lead.lead_id,
        verb="RouteLead",
        from_state=lead.state,
        to_state=LeadState.UNASSIGNED,
        decided_at=now,
        reason=wanted.reason,
        rule_version=wanted.rule_version,
        candidates=wanted.candidates,
        done_by=done_by,
    )
    recorded = await record_decision(db, decision)
    notice = Notice(
        kind=NoticeKind.UNASSIGNED,
        lead_id=lead.lead_id,
        created_at=now,
        team_id=wanted.team_id,
        step=f"queue {times}",
        reason=wanted.reason,
    )
    await write_notice(db, notice)
    event = Event(lead.lead_id, "lead_unassigned", reason=wanted.reason, rule_version=wanted.rule_version)
    await outbox.record(db, tables.event, event)
    return recorded


async def is_known_answer(db: AsyncConnection, lead_id: UUID, wanted: Wanted) -> bool:
    """Whether the ledger says already that nobody can take it, for the same reasons of the same reps."""
    row = (await db.execute(text(NEWEST_ANSWER), {"lead_id": lead_id})).one_or_none()
    if row is None:
        return False
    known = {(UUID(one["rep_id"]), one["verdict"]) for one in row.candidates}
    same = known == {(one.rep_id, one.verdict) for one in wanted.candidates}
    return same and (row.reason, row.rule_version) == (wanted.reason, wanted.rule_version)


async def note_try(db: AsyncConnection, lead_id: UUID, rules: int | None) -> None:
    """Routed in vain, with the same answer as before: the next time by itself comes later."""
    await db.execute(text(NOTE_TRY), {"lead_id": lead_id, "rules": rules})


async def retry_soon(db: AsyncConnection, lead: Lead) -> None:
    """Something is known anew of a locked lead: the rules may say otherwise, if it waits for them."""
    if lead.state is LeadState.UNASSIGNED:
        await db.execute(text(RETRY_SOON), {"lead_id": lead.lead_id})


async def find_standing(db: AsyncConnection, lead: Lead) -> Standing | None:
    """None for a lead that is not in the queue."""
    if lead.state is not LeadState.UNASSIGNED:
        return None
    return Standing(*(await db.execute(text(STANDING), {"lead_id": lead.lead_id})).one())


async def list_unassigned(
    db: AsyncConnection, *, team_id: UUID | None, pool_id: UUID | None, after: Place | None, limit: int
) -> Sequence[UnassignedLead]:
    """The best first, from after a place on; of one team or home pool, or of all."""
    wanted: list[str] = ["state = 'UNASSIGNED'"]
    asked: dict[str, object] = {"limit": limit}
    filters: Iterable[tuple[str, UUID | None]] = (("wanted_team_id", team_id), ("home_pool_id", pool_id))
    for column, value in filters:
        if value is not None:
            wanted.append(f"{column} = :{column}")
            asked[column] = value
    if after is not None:
        wanted.append(f"({BEST_FIRST}) > (:grade, :score, :reenquiries, :unassigned_at, :after_id)")
        asked.update(zip(("grade", "score", "reenquiries", "unassigned_at", "after_id"), after, strict=True))
    question = f"{UNASSIGNED} where {' and '.join(wanted)} order by {BEST_FIRST} limit :limit"
    return [_unassigned(dict(row._mapping)) for row in await db.execute(text(question), asked)]


def _unassigned(row: dict[str, object]) -> UnassignedLead:
    own = {name: row.pop(name) for name in ("reason", "unassigned_at", "home_pool_code", "team_code", "retry_at")}
    return UnassignedLead(lead=lead_of(row), **own)  # type: ignore[arg-type]  # the columns are named as the fields


UNASSIGNED = f"""
select {COLUMNS},
  unassigned_reason as reason, unassigned_at, retry_at,
  (select code from routing.pool where pool_id = home_pool_id) as home_pool_code,
  coalesce((select code from routing.team where team_id = wanted_team_id), '') as team_code
from routing.lead
"""  # composed of a part

ENQUEUE = """
update routing.lead set state = 'UNASSIGNED', version = version + 1, home_pool_id = :home_pool_id,
  unassigned_at = case state when 'UNASSIGNED' then unassigned_at else :now end,
  unassigned_times = unassigned_times + cast(state <> 'UNASSIGNED' as int), unassigned_reason = :reason,
  wanted_team_id = :team_id, tried_at = :now, tries = 0, tried_version = :rules,
  retry_at = case when :retried then cast(:now as timestamptz) + interval '10 s' end,
  route_due = false, wake_at = null, pooled_at = null, resting_until = null, release_at = null
where lead_id = :lead_id returning unassigned_times
"""
# The wait doubles from try to try: what gives room is found at once (store_retrying.py), this is for all the rest.
NOTE_TRY = """
update routing.lead set tried_at = now, tries = tries + 1, tried_version = :rules,
  retry_at = now + least(interval '10 s' * power(2, least(tries + 1, 10)), interval '15 min')
from (select clew.clew_now() as now) instant where lead_id = :lead_id
"""
STANDING = """
select unassigned_reason, wanted_team_id, retry_at is not null from routing.lead where lead_id = :lead_id
"""
RETRY_SOON = """
update routing.lead set retry_at = clew.clew_now()
where lead_id = :lead_id and state = 'UNASSIGNED' and retry_at is not null
"""
NEWEST_ANSWER = """
select reason, rule_version, candidates from (
  select * from routing.decision where lead_id = :lead_id and verb = 'RouteLead'
  order by decided_at desc, decision_id desc limit 1
) newest where to_state = 'UNASSIGNED'
"""
