"""Holdings on a live server and a real database: what a test sets up, calls, and looks at afterwards."""

import asyncio
import json
from collections.abc import Awaitable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID, uuid4

import grpc
import grpc.aio
import pytest
from google.rpc import error_details_pb2
from grpc_status import rpc_status
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from clew.lead.v1 import lead_pb2
from clew.routing.v1 import holdings_pb2 as pb
from clew.routing.v1.holdings_pb2_grpc import HoldingServiceStub
from services.routing.holdings.store_rebasing import rebase
from services.routing.holdings.store_sweep import sweep_steps
from services.routing.policy import Period, Policy
from services.shared import clock
from services.shared.callers import Caller, Role, set_caller
from services.shared.ids import new_id
from services.shared.sweep import Sweep
from tests.examples import as_manager, as_rep, as_service

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# Long enough that only what a test is about falls due.
CALM = Policy(first_response=Period(30 * DAY), protection=Period(30 * DAY), maximum=Period(60 * DAY), reminders=())


@dataclass(frozen=True)
class Rep:
    rep_id: UUID
    code: str


@dataclass(frozen=True)
class Pool:
    pool_id: UUID
    code: str
    policy_code: str


@dataclass(frozen=True)
class Refused:
    """What a refused call said."""

    reason: str
    code: str
    metadata: dict[str, str]
    fields: list[str]


@dataclass
class Scene:
    """A database and a server; nothing in it is shared between two tests but the clock."""

    engine: AsyncEngine
    holdings: HoldingServiceStub

    async def run(self, statement: str, **values: Any) -> list[Row[Any]]:
        async with self.engine.begin() as db:
            result = await db.execute(text(statement), values)
            return list(result.all()) if result.returns_rows else []

    async def now(self) -> datetime:
        [row] = await self.run("select clew.clew_now()")
        return cast(datetime, row[0])

    async def pass_time(self, span: timedelta) -> None:
        await clock.move(self.engine, span)

    async def sweep(self) -> None:
        """One look of the sweeps, as their process does it."""
        set_caller(Caller("routing", Role.SERVICE))
        async with self.engine.connect() as db:
            await Sweep(self.engine, "routing", [*sweep_steps(), rebase]).look(db)

    async def a_rep(self, limit: int | None = 100, *, active: bool = True) -> Rep:
        rep = Rep(new_id(), f"R{uuid4().hex[:8]}")
        await self.run(
            """
            with team as (
              insert into routing.team (team_id, code, name, holding_limit)
              values (:rep_id, :code, 'Team', 100) returning team_id
            ), rep as (
              insert into routing.rep (rep_id, code, display_name, team_id, active)
              select :rep_id, :code, 'Rep', team_id, :active from team
            )
            insert into routing.holding_limit (scope, key, rep_id, held, set_limit)
            values ('REP', '', :rep_id, 0, :limit)
            """,
            rep_id=rep.rep_id,
            code=rep.code,
            active=active,
            limit=limit,
        )
        return rep

    async def a_pool(self, policy: Policy = CALM) -> Pool:
        code = f"p{uuid4().hex[:8]}"
        pool = Pool(new_id(), code, code)
        await self.publish(policy, pool)
        await self.run(
            """
            insert into routing.pool (pool_id, code, name, policy_code)
            values (:pool_id, :code, 'Pool', :policy_code)
            """,
            pool_id=pool.pool_id,
            code=code,
            policy_code=code,
        )
        return pool

    async def publish(self, policy: Policy, pool: Pool) -> None:
        """The next version of the pool's policy."""
        async with self.engine.begin() as db:
            await db.execute(
                text("""
                insert into routing.policy (code, version, body, published_by)
                select :code, coalesce(max(version), 0) + 1, cast(:body as jsonb), 'test'
                from routing.policy where code = :code
                """),
                {"code": pool.policy_code, "body": json_of(policy)},
            )

    async def limit(self, rep: Rep, pool: Pool, limit: int) -> None:
        await self.limit_of(rep, "POOL", str(pool.pool_id), limit)

    async def limit_of(self, rep: Rep, scope: str, key: str, limit: int) -> None:
        await self.run(
            """
            insert into routing.holding_limit (scope, key, rep_id, held, set_limit)
            values (:scope, :key, :rep_id, 0, :limit)
            on conflict (scope, key, rep_id) do update set set_limit = excluded.set_limit
            """,
            scope=scope,
            key=key,
            rep_id=rep.rep_id,
            limit=limit,
        )

    async def held(self, rep: Rep) -> dict[tuple[str, str], int]:
        """What each limit of the rep counts, by its scope and key; those that count nothing are left out."""
        rows = await self.run(
            "select scope, key, held from routing.holding_limit where rep_id = :id and held > 0", id=rep.rep_id
        )
        return {(row.scope, row.key): row.held for row in rows}

    async def a_lead(self, pool: Pool | None = None, state: str = "POOLED") -> UUID:
        """A lead in a pool; or in another state that has no holding."""
        [lead_id] = await self.leads(1, pool or await self.a_pool(), state)
        return lead_id

    async def leads(
        self, number: int, pool: Pool, state: str = "POOLED", *, grade: str = "", product: str = ""
    ) -> list[UUID]:
        lead_ids = [new_id() for _ in range(number)]
        await self.run(
            """
            insert into routing.lead (lead_id, state, facts, facts_version, grade, home_pool_id, pooled_at, route_due)
            select lead_id, :state, cast(:facts as jsonb), 1, :grade, cast(:pool_id as uuid), clew.clew_now(), false
            from unnest(cast(:lead_ids as uuid[])) as lead_id
            """,
            lead_ids=lead_ids,
            state=state,
            grade=grade,
            facts=json.dumps({"intent": {"product": product}} if product else {}),
            pool_id=pool.pool_id,
        )
        return lead_ids

    async def claim(self, rep: Rep, lead_id: UUID | str) -> pb.Holding:
        request = pb.ClaimLeadRequest(request_id=str(uuid4()), lead_id=str(lead_id))
        return (await self.holdings.ClaimLead(request, metadata=as_rep(rep.rep_id))).holding

    async def assign(self, rep: Rep, lead_id: UUID | str) -> pb.Holding:
        request = pb.AssignLeadRequest(request_id=str(uuid4()), lead_id=str(lead_id), rep_code=rep.code)
        return (await self.holdings.AssignLead(request, metadata=as_manager())).holding

    async def give_back(self, rep: Rep, holding: pb.Holding, reason: str = "NOT_INTERESTED") -> str:
        request = pb.ReturnLeadRequest(request_id=str(uuid4()), holding_id=holding.holding_id, reason=reason)
        return state_of(await self.holdings.ReturnLead(request, metadata=as_rep(rep.rep_id)))

    async def reclaim(self, holding: pb.Holding, reason: str = "NEGLECTED") -> str:
        request = pb.ReclaimLeadRequest(request_id=str(uuid4()), holding_id=holding.holding_id, reason=reason)
        return state_of(await self.holdings.ReclaimLead(request, metadata=as_manager()))

    async def transfer(self, holding: pb.Holding, to: Rep) -> pb.Holding:
        request = pb.TransferLeadRequest(request_id=str(uuid4()), holding_id=holding.holding_id, rep_code=to.code)
        return (await self.holdings.TransferLead(request, metadata=as_manager())).holding

    async def follow_up(
        self, rep: Rep, holding: pb.Holding, outcome: str = "CONNECTED", **fields: Any
    ) -> pb.LogFollowUpResponse:
        request = pb.LogFollowUpRequest(
            request_id=str(uuid4()),
            holding_id=holding.holding_id,
            kind="FOLLOW_UP_KIND_CALL",
            direction=f"FOLLOW_UP_DIRECTION_{fields.pop('direction', 'OUTBOUND')}",
            outcome=f"FOLLOW_UP_OUTCOME_{outcome}",
            **fields,
        )
        return await self.holdings.LogFollowUp(request, metadata=as_rep(rep.rep_id))

    async def schedule(self, holding: pb.Holding) -> pb.GetScheduleResponse:
        request = pb.GetScheduleRequest(holding_id=holding.holding_id)
        return await self.holdings.GetSchedule(request, metadata=as_manager())

    async def advance(self, holding: pb.Holding) -> pb.AdvanceHoldingResponse:
        request = pb.AdvanceHoldingRequest(request_id=str(uuid4()), holding_id=holding.holding_id)
        return await self.holdings.AdvanceHolding(request, metadata=as_service())

    async def lease(self, holding: pb.Holding, conversion_id: UUID, **fields: Any) -> pb.LeaseHoldingResponse:
        asked: dict[str, Any] = {"epoch": holding.epoch, "converter_id": holding.rep_id, **fields}
        request = pb.LeaseHoldingRequest(
            request_id=str(uuid4()),
            holding_id=holding.holding_id,
            conversion_id=str(conversion_id),
            lease_for=asked.pop("lease_for", timedelta(minutes=2)),
            **asked,
        )
        return await self.holdings.LeaseHolding(request, metadata=as_service())

    async def release(self, holding: pb.Holding, conversion_id: UUID) -> pb.ReleaseLeaseResponse:
        request = pb.ReleaseLeaseRequest(
            request_id=str(uuid4()), holding_id=holding.holding_id, conversion_id=str(conversion_id)
        )
        return await self.holdings.ReleaseLease(request, metadata=as_service())

    async def finish(self, holding: pb.Holding, conversion_id: UUID) -> str:
        request = pb.FinishConversionRequest(
            request_id=str(uuid4()), holding_id=holding.holding_id, conversion_id=str(conversion_id)
        )
        return state_of(await self.holdings.FinishConversion(request, metadata=as_service()))

    async def while_limits_are_locked(self, rep: Rep, call: Coroutine[Any, Any, object], at_least: float = 0.2) -> None:
        """Make a call while the rep's limits are changing, for so many seconds."""
        async with self.engine.begin() as db:
            of_the_rep = {"rep_id": rep.rep_id}
            await db.execute(text("update routing.holding_limit set held = held where rep_id = :rep_id"), of_the_rep)
            waiting = asyncio.create_task(call)
            await asyncio.sleep(at_least)
        await waiting

    async def state(self, lead_id: UUID | str) -> str:
        [row] = await self.run("select state from routing.lead where lead_id = :lead_id", lead_id=lead_id)
        return str(row[0])

    async def decisions(self, lead_id: UUID | str) -> list[Row[Any]]:
        return await self.run(
            "select * from routing.decision where lead_id = :lead_id order by decided_at, decision_id",
            lead_id=lead_id,
        )

    async def events(self, lead_id: UUID | str) -> list[Row[Any]]:
        return await self.run("select * from routing.event where lead_id = :lead_id order by seq", lead_id=lead_id)

    async def notices(self, rep: Rep) -> list[Row[Any]]:
        return await self.run(
            "select * from routing.notice where rep_id = :rep_id order by created_at, notice_id",
            rep_id=rep.rep_id,
        )


def json_of(policy: Policy) -> str:
    return json.dumps(policy.to_body())


def state_of(response: Any) -> str:
    return lead_pb2.LeadState.Name(response.state).removeprefix("LEAD_STATE_")


def instant(timestamp: Any) -> datetime:
    return cast(datetime, timestamp.ToDatetime(UTC))


async def refused(call: Awaitable[object]) -> Refused:
    """The call, which must be refused."""
    with pytest.raises(grpc.aio.AioRpcError) as failed:
        await call
    return refusal_of(failed.value)


def refusal_of(error: BaseException) -> Refused:
    assert isinstance(error, grpc.aio.AioRpcError), error
    status = rpc_status.from_call(cast(grpc.Call, error))
    info, bad = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
    for detail in status.details if status else ():
        detail.Unpack(info)
        detail.Unpack(bad)
    fields = [violation.field for violation in bad.field_violations]
    return Refused(info.reason, error.code().name, dict(info.metadata), fields)


async def violations(db: AsyncConnection) -> list[str]:
    """What is wrong with ownership now: two open holdings of a lead (I3), a count that is off (I4)."""
    found = [
        f"lead {row.lead_id} has {row.open} open holdings"
        for row in await db.execute(
            text("""
            select lead_id, count(*) as open from routing.holding where ended_at is null
            group by lead_id having count(*) > 1
            """)
        )
    ]
    found += await miscounted(db)
    found += [f"{row.scope} {row.key} {row.rep_id}: over its limit" for row in await db.execute(text(OVER))]
    found += [
        f"lead {row.lead_id} is {row.state} with {row.open} open holdings" for row in await db.execute(text(STATES))
    ]
    return found


async def miscounted(db: AsyncConnection) -> list[str]:
    """Limits of any scope that do not count the open holdings of their kind (I4), whether or not they are full."""
    return [
        f"{row.scope} {row.key} {row.rep_id}: held {row.held}, but {row.open} are open"
        for row in await db.execute(text(MISCOUNTED))
    ]


MISCOUNTED = """
with counted as (
  select scope, key, rep_id, count(*) as open from routing.holding
  cross join lateral (
    values ('GRADE', grade), ('POOL', cast(taken_from_pool_id as text)), ('PRODUCT', product), ('REP', '')
  ) as slot (scope, key)
  where ended_at is null and key is not null group by scope, key, rep_id
)
select scope, key, rep_id, coalesce(held, 0) as held, coalesce(open, 0) as open
from counted full join routing.holding_limit using (scope, key, rep_id)
where coalesce(held, 0) <> coalesce(open, 0)
"""
OVER = """select scope, key, rep_id from routing.holding_limit where held > "limit" """
STATES = """
select l.lead_id, l.state, count(h.holding_id) as open
from routing.lead l left join routing.holding h on h.lead_id = l.lead_id and h.ended_at is null
group by l.lead_id having (l.state in ('HELD', 'CONVERTING')) <> (count(h.holding_id) = 1)
"""
