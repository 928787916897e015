"""Pools on a live server: settings, members, leads that wait, and the verbs of PoolService."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from google.protobuf.field_mask_pb2 import FieldMask

from clew.routing.v1 import holdings_pb2
from clew.routing.v1 import pools_pb2 as pb
from services.shared.ids import new_id
from tests.examples import as_manager, as_rep
from tests.routing.office import Office, Rep, fresh

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def keep(office: Office, pool: str, **settings: Any) -> pb.PoolSettings:
    """Change these settings of a pool; None unsets one."""
    given = {name: value for name, value in settings.items() if value is not None}
    request = pb.UpdatePoolRequest(
        request_id=fresh(),
        pool_code=pool,
        settings=pb.PoolSettings(**given),
        update_mask=FieldMask(paths=list(settings)),
    )
    return (await office.pools.UpdatePool(request, metadata=as_manager())).settings


async def set_members(office: Office, pool: str, *reps: Rep, teams: Sequence[str] = ()) -> None:
    request = pb.SetPoolMembersRequest(
        request_id=fresh(), pool_code=pool, rep_codes=[rep.code for rep in reps], team_codes=teams
    )
    await office.pools.SetPoolMembers(request, metadata=as_manager())


async def a_hidden_pool(office: Office, *members: Rep) -> str:
    pool = await office.a_pool()
    await keep(office, pool, visibility="POOL_VISIBILITY_HIDDEN")
    await set_members(office, pool, *members)
    return pool


async def waiting_leads(office: Office, pool: str, number: int, **columns: Any) -> list[str]:
    """Leads that wait in a pool, put there at once, one after the other."""
    lead_ids = [new_id() for _ in range(number)]
    names = "".join(f", {name}" for name in columns)
    values = "".join(f", :{name}" for name in columns)
    await office.run(
        f"""
        insert into routing.lead (lead_id, state, facts, facts_version, home_pool_id, pooled_at, route_due{names})
        select lead_id, 'POOLED', '{{}}', 1, pool_id, clew.clew_now() + place * interval '1 ms', false{values}
        from unnest(cast(:lead_ids as uuid[])) with ordinality as lead (lead_id, place), routing.pool
        where code = :pool
        """,
        lead_ids=lead_ids,
        pool=pool,
        **columns,
    )
    return [str(lead_id) for lead_id in lead_ids]


async def mark(office: Office, lead_id: str, **columns: Any) -> None:
    assignments = ", ".join(f"{name} = :{name}" for name in columns)
    await office.run(
        f"update routing.lead set {assignments} where lead_id = :lead_id", lead_id=UUID(lead_id), **columns
    )


async def claim_next(office: Office, rep: Rep, pool: str) -> holdings_pb2.Holding:
    request = pb.ClaimNextRequest(request_id=fresh(), pool_code=pool)
    return (await office.pools.ClaimNext(request, metadata=as_rep(rep.rep_id))).holding


async def assign(office: Office, lead_id: str, rep: Rep) -> holdings_pb2.Holding:
    request = holdings_pb2.AssignLeadRequest(request_id=fresh(), lead_id=lead_id, rep_code=rep.code)
    return (await office.holdings.AssignLead(request, metadata=as_manager())).holding


async def rest(office: Office, lead_id: str, until: Any = None) -> None:
    request = pb.RestLeadRequest(request_id=fresh(), lead_id=lead_id, resting_until=until)
    await office.pools.RestLead(request, metadata=as_manager())


async def move(office: Office, lead_id: str, pool: str) -> None:
    request = pb.MoveLeadRequest(request_id=fresh(), lead_id=lead_id, pool_code=pool)
    await office.pools.MoveLead(request, metadata=as_manager())


async def delete(office: Office, pool: str, successor: str = "") -> pb.DeletePoolResponse:
    request = pb.DeletePoolRequest(request_id=fresh(), pool_code=pool, successor_code=successor)
    return await office.pools.DeletePool(request, metadata=as_manager())


async def home_of(office: Office, lead_id: str) -> str:
    return (await office.lead(lead_id)).home_pool_code
