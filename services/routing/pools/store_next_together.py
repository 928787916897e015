"""Reps who want the best lead of a pool at once: each is given one, in one transaction.

All look at the same head of the same index; one by one they would lock, pass over and wait for one another. Whoever
gets nothing here is left to `store_next`, which decides by itself and says what stands against it.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing import tables
from services.routing.holdings.holding import Holding
from services.routing.holdings.store_claiming_together import Claim, open_together
from services.routing.leads.store import locking_pooled
from services.routing.pools.store_next import AT_ONCE
from services.routing.roster.store import BEST_FIRST
from services.shared.requests_together import Key, taking
from services.shared.statements import Question, ask

METHOD = "ClaimNext"


@dataclass(frozen=True, eq=False)
class NextClaim:
    """A rep wants the best lead of a pool. `traceparent`: of his call, for the event."""

    request: Key
    fingerprint: bytes
    pool_code: str
    rep_id: UUID
    traceparent: str | None


@dataclass(frozen=True)
class Offered:
    """A locked lead that is free. `not_to`: reps who may not claim it again yet."""

    lead_id: UUID
    pool_code: str
    not_to: frozenset[UUID]


async def claim_next_together(
    db: AsyncConnection, claims: Sequence[NextClaim], as_answer: Callable[[Holding], bytes]
) -> dict[Key, bytes]:
    """Carry out what can be carried out; no two claims are by one rep. Returns the kept answers."""
    new, offered = await ask(
        db, taking(tables.request, METHOD, {claim.request: claim.fingerprint for claim in claims}), _offering(claims)
    )
    given = _given([claim for claim in claims if claim.request in new], offered)
    [leads] = await ask(db, locking_pooled([claim.lead_id for claim in given]))
    free = {claim: leads[claim.lead_id] for claim in given if claim.lead_id in leads}
    return await open_together(db, METHOD, new, free, as_answer)


def _given(claims: Sequence[NextClaim], offered: Sequence[Offered]) -> list[Claim]:
    """To each the best that is left, in the order in which they came."""
    left, given = list(offered), []
    for claim in claims:
        best = next((one for one in left if one.pool_code == claim.pool_code and claim.rep_id not in one.not_to), None)
        if best is not None:
            left.remove(best)
            given.append(Claim(claim.request, claim.fingerprint, best.lead_id, claim.rep_id, claim.traceparent))
    return given


def _offering(claims: Sequence[NextClaim]) -> Question[list[Offered]]:
    """As many of each pool's best free leads as there are claims, locked. What others have locked is passed over."""
    wanted = Counter(claim.pool_code for claim in claims)
    values = {
        "pool_codes": list(wanted),
        "numbers": list(wanted.values()),
        "rep_ids": [claim.rep_id for claim in claims],
    }
    return Question(
        OFFER,
        values,
        lambda rows: [Offered(row.lead_id, row.code, frozenset(row.not_to)) for row in rows],
    )


# Of the first of each pool alone, as in store_next, and for the same reasons.
OFFER = f"""
with instant as materialized (select clew.clew_now() as now),
looked_at as materialized (
  select pool.pool_id, pool.code, wanted.number, row_number() over () as place, waiting.*
  from unnest(cast(:pool_codes as text[]), cast(:numbers as int[])) as wanted (code, number)
  join routing.pool on pool.code = wanted.code and pool.closed_at is null
  cross join lateral (
    select lead_id, resting_until, frozen_until, release_at
    from routing.lead where state = 'POOLED' and home_pool_id = pool.pool_id
    order by {BEST_FIRST} limit {AT_ONCE} + wanted.number
  ) waiting
), locked as materialized (
  select of_pool.code, free.lead_id, free.place
  from (select distinct pool_id, code, number from looked_at) of_pool
  cross join lateral (
    select lead.lead_id, looked_at.place
    from looked_at join routing.lead using (lead_id)
    where looked_at.pool_id = of_pool.pool_id
      and greatest(looked_at.resting_until, looked_at.frozen_until, looked_at.release_at, '-infinity')
        <= (select now from instant)
      and (lead.state = 'POOLED' and lead.home_pool_id = of_pool.pool_id) is true
    order by looked_at.place limit of_pool.number for no key update of lead skip locked
  ) free
)
select code, lead_id, array(
    select h.rep_id from routing.holding h, instant
    where h.lead_id = locked.lead_id and h.rep_id = any(cast(:rep_ids as uuid[])) and h.may_claim_again_at > now
  ) as not_to
from locked order by place
"""  # composed of parts above
