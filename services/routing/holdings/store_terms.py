"""Everything that decides whether a rep may open a holding, read at once after the lead was locked."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.holdings.refusals import RepNotFound
from services.routing.policy import Policy, version_text


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
    may_claim_again_at: datetime | None
    holder_code: str | None
    held_since: datetime | None

    @property
    def policy_text(self) -> str:
        return version_text(self.policy_code, self.policy_version)


async def read_terms(
    db: AsyncConnection, lead_id: UUID, pool_id: UUID, *, rep_id: UUID | None = None, rep_code: str | None = None
) -> Terms:
    """The rep is named by his id or by his code. Raises RepNotFound."""
    row = (
        await db.execute(text(TERMS), {"lead_id": lead_id, "pool_id": pool_id, "rep_id": rep_id, "rep_code": rep_code})
    ).one_or_none()
    if row is None:
        raise RepNotFound(rep_code or str(rep_id))
    return Terms(
        now=row.now,
        rep_id=row.rep_id,
        rep_code=row.rep_code,
        rep_active=row.active,
        pool_code=row.pool_code,
        policy_code=row.policy_code,
        policy_version=row.policy_version,
        policy=Policy.from_body(row.policy_body),
        may_claim_again_at=row.may_claim_again_at,
        holder_code=row.holder_code,
        held_since=row.held_since,
    )


TERMS = """
select clew.clew_now() as now, rep.rep_id, rep.code as rep_code, rep.active, pool.code as pool_code,
  newest.code as policy_code, newest.version as policy_version, newest.body as policy_body,
  history.may_claim_again_at, holder.code as holder_code, holder.started_at as held_since
from routing.rep
join routing.pool on pool.pool_id = :pool_id
join lateral (
  select code, version, body from routing.policy
  where policy.code = pool.policy_code order by version desc limit 1
) newest on true
cross join lateral (
  select max(may_claim_again_at) as may_claim_again_at from routing.holding
  where holding.lead_id = :lead_id and holding.rep_id = rep.rep_id
) history
left join lateral (
  select of_now.code, started_at from routing.holding join routing.rep of_now using (rep_id)
  where holding.lead_id = :lead_id and holding.ended_at is null
) holder on true
where rep.rep_id = cast(:rep_id as uuid) or rep.code = cast(:rep_code as text)
"""
