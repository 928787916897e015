"""Teams, reps, pools, limits and policies in the database."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.holdings.limits import WHOLE_REP, Room
from services.routing.leads.store import LEADS, Lead, lead_of
from services.routing.limits.store import begin_limits
from services.routing.policy import Policy, version_text
from services.routing.pools.settings import DEFAULT_POOL
from services.routing.pools.store_seeing import MEMBER, calling_rep
from services.shared.callers import current_caller
from services.shared.database import text
from services.shared.hidden_leads import SEES_ALL
from services.shared.ids import new_id
from services.shared.refusals import AlreadyExists, NotFound

# After every grade.
UNSCORED = "Z"
# The best of a pool first, as the index has it: by grade, score, re-enquiries, then whoever waits longest.
BEST_FIRST = "coalesce(nullif(grade, ''), 'Z'), -(fit_score + behavior_score), -reenquiries, pooled_at, lead_id"
# Nothing but a rep's own history stands against a claim.
OFFERED = "coalesce(greatest(resting_until, frozen_until, release_at) <= (select clew.clew_now()), true)"


@dataclass(frozen=True)
class Rep:
    rep_id: UUID
    code: str
    display_name: str
    team_code: str
    room: Room
    active: bool
    active_changed_at: datetime | None
    active_changed_by: str


@dataclass(frozen=True)
class Pool:
    pool_id: UUID
    code: str
    name: str
    policy_code: str
    policy_version: int
    waiting: int
    held: int


# Where a lead stands in its pool: grade, score and re-enquiries negated, since when it waits, which it is.
Place = tuple[str, int, int, datetime, UUID]


@dataclass(frozen=True)
class PoolLead:
    """A lead that waits."""

    lead: Lead
    pooled_at: datetime

    @property
    def place(self) -> Place:
        """A lead that is not scored comes last."""
        lead = self.lead
        score = lead.fit_score + lead.behavior_score
        return (lead.grade or UNSCORED, -score, -lead.reenquiries, self.pooled_at, lead.lead_id)


class CodeTaken(AlreadyExists):
    def __init__(self, kind: str, code: str) -> None:
        super().__init__("ALREADY_EXISTS", f"There is a {kind} with the code {code} already.", kind=kind, code=code)


class Unknown(NotFound):
    def __init__(self, kind: str, code: str) -> None:
        super().__init__("NOT_FOUND", f"There is no {kind} {code}.", kind=kind, id=code)


async def create_team(db: AsyncConnection, code: str, name: str, holding_limit: int) -> UUID:
    """Raises CodeTaken."""
    team_id = new_id()
    values = {"team_id": team_id, "code": code, "name": name, "holding_limit": holding_limit}
    await _insert_new(
        db,
        "team",
        code,
        "insert into routing.team (team_id, code, name, holding_limit) values (:team_id, :code, :name, :holding_limit)",
        values,
    )
    return team_id


async def create_rep(db: AsyncConnection, code: str, display_name: str, team_code: str) -> UUID:
    """With the limit of his team, which he keeps when the team's changes, and those of the newest table.

    Raises CodeTaken, Unknown (team).
    """
    rep_id = new_id()
    team = (
        await db.execute(
            text("select team_id, holding_limit from routing.team where code = :code"), {"code": team_code}
        )
    ).one_or_none()
    if team is None:
        raise Unknown("team", team_code)
    values = {"rep_id": rep_id, "code": code, "display_name": display_name, "team_id": team.team_id}
    await _insert_new(
        db,
        "rep",
        code,
        "insert into routing.rep (rep_id, code, display_name, team_id) "
        "values (:rep_id, :code, :display_name, :team_id)",
        values,
    )
    await begin_limits(db, rep_id, team_code, team.holding_limit)
    return rep_id


async def create_pool(db: AsyncConnection, code: str, name: str, policy_code: str) -> UUID:
    """Raises CodeTaken, Unknown (policy)."""
    known = await db.scalar(text("select 1 from routing.policy where code = :code"), {"code": policy_code})
    if known is None:
        raise Unknown("policy", policy_code)
    pool_id = new_id()
    values = {"pool_id": pool_id, "code": code, "name": name, "policy_code": policy_code}
    await _insert_new(
        db,
        "pool",
        code,
        "insert into routing.pool (pool_id, code, name, policy_code) values (:pool_id, :code, :name, :policy_code)",
        values,
    )
    return pool_id


async def _insert_new(db: AsyncConnection, kind: str, code: str, statement: str, values: dict[str, Any]) -> None:
    """The unique index decides between two who want one code."""
    try:
        async with db.begin_nested():
            await db.execute(text(statement), values)
    except IntegrityError:
        raise CodeTaken(kind, code) from None


async def publish_policy(db: AsyncConnection, code: str, policy: Policy, published_by: str) -> int:
    """The next version of the policy. Two publications at once come one after the other."""
    await db.execute(text("lock table routing.policy in share row exclusive mode"))
    version = await db.scalar(
        text(PUBLISH_POLICY), {"code": code, "body": json.dumps(policy.to_body()), "published_by": published_by}
    )
    return int(version or 0)


async def check_policies(db: AsyncConnection, codes: Collection[str]) -> None:
    """Raises Unknown (policy) naming the first that is not there."""
    known = await db.execute(
        text("select distinct code from routing.policy where code = any(:codes)"), {"codes": list(codes)}
    )
    there = set(known.scalars())
    for code in codes:
        if code not in there:
            raise Unknown("policy", code)


async def rep_id_of(db: AsyncConnection, code: str) -> UUID:
    """Raises Unknown (rep)."""
    return await _id_of(db, "rep", code)


async def pool_id_of(db: AsyncConnection, code: str) -> UUID:
    """Raises Unknown (pool), also of one that is deleted."""
    question = "select pool_id from routing.pool where code = :code and closed_at is null"
    found = await db.scalar(text(question), {"code": code})
    if not isinstance(found, UUID):
        raise Unknown("pool", code)
    return found


async def home_by_code(db: AsyncConnection, code: str) -> UUID:
    """The pool that a rule names; if it was deleted since, its successor. Raises Unknown (pool)."""
    question = "select coalesce(successor_pool_id, pool_id) from routing.pool where code = :code"
    found = await db.scalar(text(question), {"code": code})
    if not isinstance(found, UUID):
        raise Unknown("pool", code)
    return found


async def team_id_of(db: AsyncConnection, code: str) -> UUID:
    """Raises Unknown (team)."""
    return await _id_of(db, "team", code)


async def _id_of(db: AsyncConnection, kind: str, code: str) -> UUID:
    found = await db.scalar(text(f"select {kind}_id from routing.{kind} where code = :code"), {"code": code})
    if not isinstance(found, UUID):
        raise Unknown(kind, code)
    return found


async def pool_code(db: AsyncConnection, pool_id: UUID) -> str:
    return str(await db.scalar(text("select code from routing.pool where pool_id = :pool_id"), {"pool_id": pool_id}))


async def default_pool(db: AsyncConnection) -> UUID:
    return await pool_id_of(db, DEFAULT_POOL)


async def list_reps(db: AsyncConnection, only: str, after: str, limit: int) -> Sequence[Rep]:
    rows = await db.execute(text(REPS), {"only": only, "after": after, "limit": limit, "whole_rep": WHOLE_REP})
    return [
        Rep(
            rep_id=row.rep_id,
            code=row.code,
            display_name=row.display_name,
            team_code=row.team_code,
            room=Room(row.held, row.limit),
            active=row.active,
            active_changed_at=row.changed_at,
            active_changed_by=row.actor_id or "",
        )
        for row in rows
    ]


async def list_pools(db: AsyncConnection, after: str, limit: int) -> Sequence[Pool]:
    """Those that the caller sees, by code."""
    caller = current_caller()
    asked = {"after": after, "limit": limit, "rep_id": calling_rep(), "sees_all": caller.role in SEES_ALL}
    return [Pool(**row._mapping) for row in await db.execute(text(POOLS), asked)]


async def list_pool_leads(
    db: AsyncConnection, pool_id: UUID, after: Place | None, limit: int, *, offered_only: bool
) -> Sequence[PoolLead]:
    """The best first, from after a place on; `offered_only`: without those that may not be claimed yet."""
    asked: dict[str, object] = {"pool_id": pool_id, "limit": limit}
    wanted = [f"state = 'POOLED' and home_pool_id = :pool_id{f' and {OFFERED}' if offered_only else ''}"]
    if after is not None:
        wanted.append(f"({BEST_FIRST}) > (:grade, :score, :reenquiries, :pooled_at, :lead_id)")
        asked.update(zip(("grade", "score", "reenquiries", "pooled_at", "lead_id"), after, strict=True))
    question = f"{LEADS} where {' and '.join(wanted)} order by {BEST_FIRST} limit :limit"
    return [PoolLead(lead_of(dict(row._mapping)), row.pooled_at) for row in await db.execute(text(question), asked)]


def policy_text(pool: Pool) -> str:
    return version_text(pool.policy_code, pool.policy_version)


PUBLISH_POLICY = """
insert into routing.policy (code, version, body, published_by)
select cast(:code as text), coalesce(max(version), 0) + 1, cast(:body as jsonb), cast(:published_by as text)
from routing.policy where code = :code
returning version
"""

REPS = """
select rep.rep_id, rep.code, rep.display_name, team.code as team_code, l.held, l."limit", rep.active,
  newest.changed_at, newest.actor_id
from routing.rep join routing.team using (team_id)
join routing.holding_limit l on l.rep_id = rep.rep_id and l.scope = 'REP' and l.key = :whole_rep
left join lateral (
  select changed_at, actor_id from routing.rep_change where rep_change.rep_id = rep.rep_id
  order by change_id desc limit 1
) newest on true
where (:only = '' or rep.code = :only) and rep.code > :after order by rep.code limit :limit
"""

POOLS = f"""
select pool.pool_id, pool.code, pool.name, pool.policy_code,
  (select max(version) from routing.policy where policy.code = pool.policy_code) as policy_version,
  (select count(*) from routing.lead where state = 'POOLED' and home_pool_id = pool.pool_id) as waiting,
  (select count(*) from routing.lead where state in ('HELD', 'CONVERTING') and home_pool_id = pool.pool_id) as held
from routing.pool
where pool.code > :after and closed_at is null and (:sees_all or pool.visibility = 'PUBLIC'
  or {MEMBER.format(rep_id="cast(:rep_id as uuid)")})
order by pool.code limit :limit
"""  # composed of a part
