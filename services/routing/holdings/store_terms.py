"""Everything that decides whether a rep may open a holding, read at once after the lead was locked."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.calendars.working_time import WorkingTime
from services.routing.holdings.refusals import RepNotFound
from services.routing.holdings.store_time import TIME, know_calendars, known_time, time_of
from services.routing.policy import Policy, version_text
from services.routing.pools.store_seeing import MEMBER
from services.shared.statements import Question, fetch


@dataclass(frozen=True)
class Terms:
    """Under which terms this rep would hold this lead now, and what stands against it."""

    now: datetime
    rep_id: UUID
    rep_code: str
    rep_active: bool
    pool_code: str
    # The newest version of the home pool's policy: a holding of now keeps it.
    policy_code: str
    policy_version: int
    policy: Policy
    # How time passes for this rep under it.
    time: WorkingTime
    may_claim_again_at: datetime | None
    # Of the home pool, and whether the rep may take leads out of it.
    member: bool
    daily_claim_limit: int | None
    holder_code: str | None
    held_since: datetime | None

    @property
    def policy_text(self) -> str:
        return version_text(self.policy_code, self.policy_version)


async def read_terms(
    db: AsyncConnection, lead_id: UUID, pool_id: UUID, *, rep_id: UUID | None = None, rep_code: str | None = None
) -> Terms:
    """The rep is named by his id or by his code. Raises RepNotFound."""
    values = {"lead_id": lead_id, "pool_id": pool_id, "rep_id": rep_id, "rep_code": rep_code}
    rows = await fetch(db, TERMS_OF_ONE, values)
    if not rows:
        raise RepNotFound(rep_code or str(rep_id))
    await know_calendars(db, rows)
    return _terms(rows[0], time_of(rows[0]))


def terms_of_many(asked: Collection[tuple[UUID, UUID, UUID]]) -> Question[dict[tuple[UUID, UUID], Terms]]:
    """For each lead, pool and rep: by lead and rep; a rep whom nobody knows has none, nor has one whose calendar
    this process has not read yet."""
    lead_ids, pool_ids, rep_ids = zip(*asked, strict=True)
    values = {"lead_ids": list(lead_ids), "pool_ids": list(pool_ids), "rep_ids": list(rep_ids)}
    return Question(TERMS_OF_MANY, values, _terms_by_lead_and_rep)


def _terms_by_lead_and_rep(rows: Sequence[Any]) -> dict[tuple[UUID, UUID], Terms]:
    times = ((row, known_time(row)) for row in rows)
    return {(row.lead_id, row.rep_id): _terms(row, time) for row, time in times if time is not None}


def _terms(row: Any, time: WorkingTime) -> Terms:
    return Terms(
        now=row.now,
        rep_id=row.rep_id,
        rep_code=row.rep_code,
        rep_active=row.active,
        pool_code=row.pool_code,
        policy_code=row.policy_code,
        policy_version=row.policy_version,
        policy=Policy.from_body(row.policy_body),
        time=time,
        may_claim_again_at=row.may_claim_again_at,
        member=row.member,
        daily_claim_limit=row.daily_claim_limit,
        holder_code=row.holder_code,
        held_since=row.held_since,
    )


TERMS = f"""
select clew.clew_now() as now, asked.lead_id, rep.rep_id, rep.code as rep_code, rep.active, pool.code as pool_code,
  newest.code as policy_code, newest.version as policy_version, newest.body as policy_body,
  {{time}},
  history.may_claim_again_at, holder.code as holder_code, holder.started_at as held_since,
  pool.daily_claim_limit, {MEMBER.format(rep_id="rep.rep_id")} as member
from {{asked}}
join routing.pool on pool.pool_id = asked.pool_id
join lateral (
  select code, version, body from routing.policy
  where policy.code = pool.policy_code order by version desc limit 1
) newest on true
cross join lateral (
  select max(may_claim_again_at) as may_claim_again_at from routing.holding
  where holding.lead_id = asked.lead_id and holding.rep_id = rep.rep_id
) history
left join lateral (
  select of_now.code, started_at from routing.holding join routing.rep of_now using (rep_id)
  where holding.lead_id = asked.lead_id and holding.ended_at is null
) holder on true
"""  # composed of a part
OF_NOW = TIME.format(body="newest.body", rep_id="rep.rep_id", since="clew.clew_now()").strip()
TERMS_OF_ONE = TERMS.format(
    time=OF_NOW,
    asked="""(values (cast(:lead_id as uuid), cast(:pool_id as uuid))) as asked (lead_id, pool_id)
join routing.rep on rep.rep_id = cast(:rep_id as uuid) or rep.code = cast(:rep_code as text)""",
)
TERMS_OF_MANY = TERMS.format(
    time=OF_NOW,
    asked="""unnest(cast(:lead_ids as uuid[]), cast(:pool_ids as uuid[]), cast(:rep_ids as uuid[]))
  as asked (lead_id, pool_id, rep_id)
join routing.rep on rep.rep_id = asked.rep_id""",
)
