"""The best lead of a pool that a rep may claim, claimed: by grade, score, re-enquiries, then whoever waits longest."""

from collections import Counter
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.holdings.holding import Holding
from services.routing.holdings.store_claiming import claim_locked
from services.routing.leads.store import lock_lead
from services.routing.pools.store import Pool
from services.routing.roster.store import BEST_FIRST
from services.shared.refusals import Refused
from services.shared.statements import fetch

# So many are looked at in one statement, and in all: whoever is blocked from all of those is told so.
AT_ONCE, IN_ALL = 50, 500


class NothingToClaim(Refused):
    def __init__(self, pool_code: str, stood_against: Counter[str]) -> None:
        looked_at = stood_against.total()
        why = ", ".join(f"{number} {what}" for what, number in sorted(stood_against.items())) or "the pool is empty"
        super().__init__(
            "NOTHING_TO_CLAIM",
            f"None of the {looked_at} best leads of the pool {pool_code} can be claimed by you now: {why}.",
            pool=pool_code,
            looked_at=str(looked_at),
            **{what: str(number) for what, number in stood_against.items()},
        )


async def claim_next(db: AsyncConnection, pool: Pool, rep_id: UUID) -> Holding:
    """Whatever another transaction has locked is passed over, not waited for. Raises NothingToClaim, and as a claim."""
    stood_against: Counter[str] = Counter()
    after: tuple[Any, ...] | None = None
    while stood_against.total() < IN_ALL:
        looked_at = await fetch(db, LOOK, {"pool_id": pool.pool_id, "rep_id": rep_id, **_beyond(after)})
        if looked_at and looked_at[0].locked_id is not None:
            return await claim_locked(db, await lock_lead(db, looked_at[0].locked_id), rep_id)
        stood_against.update(row.stands_against or "busy" for row in looked_at)
        if len(looked_at) < AT_ONCE:
            break
        last = looked_at[-1]
        after = (last.rank, last.score, last.asked, last.pooled_at, last.lead_id)
    raise NothingToClaim(pool.code, stood_against)


def _beyond(after: tuple[Any, ...] | None) -> dict[str, Any]:
    """Before the first page: a place that every lead comes after."""
    names = ("rank", "score", "asked", "pooled_at", "after_id")
    return dict(zip(names, after or ("", 0, 0, "-infinity", UUID(int=0)), strict=True))


# In the order of the index, so that no more is read than is looked at; of those that are free the first that nobody
# has locked is locked and answered alone. `is true` hides its conditions from the planner: by their index it would read
# the pool once more.
LOOK = f"""
with instant as materialized (select clew.clew_now() as now),
looked_at as materialized (
  select row_number() over () as place, waiting.*,
    case
      when resting_until > now then 'resting'
      when frozen_until > now then 'frozen'
      when release_at > now then 'not_released'
      when exists (
        select from routing.holding h
        where h.lead_id = waiting.lead_id and h.rep_id = :rep_id and h.may_claim_again_at > now
      ) then 'cooldown'
    end as stands_against
  from (
    select lead_id, coalesce(nullif(grade, ''), 'Z') as rank, -(fit_score + behavior_score) as score,
      -reenquiries as asked, pooled_at, resting_until, frozen_until, release_at
    from routing.lead where state = 'POOLED' and home_pool_id = :pool_id
      and ({BEST_FIRST}) > (cast(:rank as text), cast(:score as int), cast(:asked as int),
        cast(:pooled_at as timestamptz), cast(:after_id as uuid))
    order by {BEST_FIRST} limit {AT_ONCE}
  ) waiting, instant
), locked as materialized (
  select lead.lead_id as locked_id from looked_at join routing.lead using (lead_id)
  where stands_against is null and (lead.state = 'POOLED' and lead.home_pool_id = :pool_id) is true
  order by place limit 1 for no key update of lead skip locked
)
select looked_at.lead_id, rank, score, asked, pooled_at, stands_against, locked_id
from looked_at left join locked on true
where locked_id is null or looked_at.lead_id = locked_id
order by place
"""  # composed of a part
