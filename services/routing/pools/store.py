"""Pools in the database: settings and members."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.pools.settings import Hygiene, PoolSettings, Visibility
from services.routing.pools.store_seeing import MEMBER, calling_rep
from services.routing.roster.store import Unknown
from services.shared.callers import current_caller
from services.shared.database import text
from services.shared.hidden_leads import SEES_ALL
from services.shared.refusals import InvalidInput
from services.shared.statements import fetch


@dataclass(frozen=True)
class Pool:
    pool_id: UUID
    code: str
    settings: PoolSettings


@dataclass(frozen=True)
class Members:
    rep_codes: list[str]
    team_codes: list[str]


async def seen_pool(db: AsyncConnection, code: str) -> Pool:
    """A pool that the caller sees. Raises Unknown (pool), also of a hidden one that he does not."""
    caller = current_caller()
    values = {"code": code, "rep_id": calling_rep(), "sees_all": caller.role in SEES_ALL}
    rows = await fetch(db, f"{POOLS} and {SEEN}", values)
    if not rows:
        raise Unknown("pool", code)
    return _pool(rows[0]._asdict())


async def lock_pool(db: AsyncConnection, code: str) -> Pool:
    """Before its settings or members change. Raises Unknown (pool)."""
    row = (await db.execute(text(f"{POOLS} for no key update"), {"code": code})).one_or_none()
    if row is None:
        raise Unknown("pool", code)
    return _pool(dict(row._mapping))


async def save_settings(db: AsyncConnection, pool_id: UUID, settings: PoolSettings) -> None:
    """Raises Unknown (policy), InvalidInput for a zone that PostgreSQL does not know."""
    if not await db.scalar(
        text("select exists(select from routing.policy where code = :code)"), {"code": settings.policy_code}
    ):
        raise Unknown("policy", settings.policy_code)
    if not await db.scalar(text(ZONE_IS_KNOWN), {"time_zone": settings.time_zone}):
        raise InvalidInput("settings.time_zone", f"{settings.time_zone!r} is no time zone, such as Asia/Shanghai.")
    await db.execute(text(SAVE), {"pool_id": pool_id, **asdict(settings)})


async def set_members(
    db: AsyncConnection, pool_id: UUID, rep_codes: Collection[str], team_codes: Collection[str]
) -> None:
    """In place of those before. Raises Unknown (rep, team)."""
    rep_ids = await _ids_of(db, "rep", rep_codes)
    team_ids = await _ids_of(db, "team", team_codes)
    await db.execute(text("delete from routing.pool_member where pool_id = :pool_id"), {"pool_id": pool_id})
    await db.execute(text(ADD_MEMBERS), {"pool_id": pool_id, "rep_ids": rep_ids, "team_ids": team_ids})


async def _ids_of(db: AsyncConnection, kind: str, codes: Collection[str]) -> list[UUID]:
    question = f"select code, {kind}_id as id from routing.{kind} where code = any(:codes)"
    known = {row.code: row.id for row in await db.execute(text(question), {"codes": list(codes)})}
    for code in codes:
        if code not in known:
            raise Unknown(kind, code)
    return list(known.values())


async def members_of(db: AsyncConnection, pool_id: UUID) -> Members:
    rows = (await db.execute(text(MEMBERS), {"pool_id": pool_id})).all()
    return Members([row.rep for row in rows if row.rep], [row.team for row in rows if row.team])


def _pool(row: Mapping[str, Any]) -> Pool:
    fields = {**row, "visibility": Visibility(row["visibility"]), "hygiene": Hygiene(row["hygiene"])}
    return Pool(fields.pop("pool_id"), fields.pop("code"), PoolSettings(**fields))


POOLS = """
select pool_id, code, name, policy_code, visibility, time_zone, new_lead_freeze, daily_claim_limit, opens_at,
  max_holdings, max_age, dwell_reminder, daily_view_limit, hygiene
from routing.pool where code = :code and closed_at is null
"""
SEEN = f"(:sees_all or visibility = 'PUBLIC' or {MEMBER.format(rep_id='cast(:rep_id as uuid)')})"  # of a part

ZONE_IS_KNOWN = "select exists(select from pg_timezone_names where name = :time_zone)"
SAVE = """
update routing.pool set name = :name, policy_code = :policy_code, visibility = :visibility, time_zone = :time_zone,
  new_lead_freeze = :new_lead_freeze, daily_claim_limit = :daily_claim_limit, opens_at = :opens_at,
  max_holdings = :max_holdings, max_age = :max_age, dwell_reminder = :dwell_reminder,
  daily_view_limit = :daily_view_limit, hygiene = :hygiene
where pool_id = :pool_id
"""
ADD_MEMBERS = """
insert into routing.pool_member (pool_id, rep_id, team_id)
select cast(:pool_id as uuid), rep_id, null from unnest(cast(:rep_ids as uuid[])) as rep_id
union all
select cast(:pool_id as uuid), null, team_id from unnest(cast(:team_ids as uuid[])) as team_id
"""
MEMBERS = """
select rep.code as rep, team.code as team
from routing.pool_member m left join routing.rep on rep.rep_id = m.rep_id
left join routing.team on team.team_id = m.team_id
where m.pool_id = :pool_id order by 1, 2
"""
