"""A sales office on a live routing service and a real database: what a test sets up, calls, and looks at."""

from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID, uuid4

import grpc.aio
import pytest
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncEngine

from clew.lead.v1 import lead_pb2
from clew.routing.v1 import holdings_pb2, leads_pb2, notices_pb2, roster_pb2
from clew.routing.v1.calendars_pb2_grpc import CalendarServiceStub
from clew.routing.v1.deliveries_pb2_grpc import DeliveryServiceStub
from clew.routing.v1.extensions_pb2_grpc import ExtensionServiceStub
from clew.routing.v1.holdings_pb2_grpc import HoldingServiceStub
from clew.routing.v1.leads_pb2_grpc import LeadServiceStub
from clew.routing.v1.limits_pb2_grpc import LimitServiceStub
from clew.routing.v1.notices_pb2_grpc import NoticeServiceStub
from clew.routing.v1.policies_pb2_grpc import PolicyServiceStub
from clew.routing.v1.pools_pb2_grpc import PoolServiceStub
from clew.routing.v1.queue_pb2_grpc import QueueServiceStub
from clew.routing.v1.roster_pb2_grpc import RosterServiceStub
from clew.routing.v1.stages_pb2_grpc import StageServiceStub
from cli.refusals import Refusal, refusal_of
from services.routing.holdings.store_rebasing import rebase
from services.routing.holdings.store_sweep import sweep_steps
from services.routing.pools.store_hygiene import home_steps, hygiene_steps
from services.routing.queue.store_retrying import Retrying
from services.routing.servicer_facts import conditions_of
from services.shared import clock
from services.shared.callers import Caller, Role, set_caller
from services.shared.ids import new_id
from services.shared.sweep import Sweep
from tests.examples import as_manager, as_rep, as_service

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@dataclass(frozen=True)
class Rep:
    rep_id: str
    code: str
    team_code: str


@dataclass
class Office:
    """Every thing that it makes has a code of its own; what tests share is the clock and the assignment rules."""

    engine: AsyncEngine
    roster: RosterServiceStub
    leads: LeadServiceStub
    holdings: HoldingServiceStub
    notices: NoticeServiceStub
    calendars: CalendarServiceStub
    pools: PoolServiceStub
    limits: LimitServiceStub
    stages: StageServiceStub
    policies: PolicyServiceStub
    extensions: ExtensionServiceStub
    deliveries: DeliveryServiceStub
    queue: QueueServiceStub

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
            await Sweep(self.engine, "routing", [*sweep_steps(), rebase, *home_steps(), *hygiene_steps()]).look(db)

    async def sweep_queue(self) -> None:
        """One look of the queue's own sweep."""
        async with self.engine.connect() as db:
            sweep = Sweep(self.engine, "queue", [Retrying(conditions_of)])
            set_caller(Caller("queue", Role.SERVICE))
            await sweep.look(db)

    # Roster

    async def a_team(self, limit: int = 100) -> str:
        code = a_code("team")
        request = roster_pb2.CreateTeamRequest(request_id=fresh(), code=code, name="华东一组", holding_limit=limit)
        await self.roster.CreateTeam(request, metadata=as_manager())
        return code

    async def a_rep(self, team_code: str = "", *, limit: int | None = None, name: str = "李雷") -> Rep:
        team_code, code = team_code or await self.a_team(), a_code("L")
        request = roster_pb2.CreateRepRequest(request_id=fresh(), code=code, display_name=name, team_code=team_code)
        made = await self.roster.CreateRep(request, metadata=as_manager())
        rep = Rep(made.rep_id, code, team_code)
        if limit is not None:
            await self.set_limit(rep, limit)
        return rep

    async def set_limit(
        self, rep: Rep, limit: int, pool_code: str = "", *, grade: str = "", product: str = "", unset: bool = False
    ) -> roster_pb2.SetLimitResponse:
        """In all; or of the pool, grade or product that is named."""
        scope = ("POOL" if pool_code else "") or ("GRADE" if grade else "") or ("PRODUCT" if product else "REP")
        request = roster_pb2.SetLimitRequest(
            request_id=fresh(),
            scope=f"LIMIT_SCOPE_{scope}",
            rep_code=rep.code,
            pool_code=pool_code,
            grade=grade,
            product=product,
            limit=limit,
            unset=unset,
        )
        return await self.roster.SetLimit(request, metadata=as_manager())

    async def a_pool(self, policy: roster_pb2.Policy | None = None) -> str:
        code = a_code("pool")
        if policy is not None:
            await self.publish_policy(code, policy)
        request = roster_pb2.CreatePoolRequest(
            request_id=fresh(), code=code, name="华东公海", policy_code=code if policy else ""
        )
        await self.roster.CreatePool(request, metadata=as_manager())
        return code

    async def publish_policy(self, code: str, policy: roster_pb2.Policy) -> str:
        request = roster_pb2.PublishPolicyRequest(request_id=fresh(), code=code, policy=policy)
        return (await self.roster.PublishPolicy(request, metadata=as_manager())).policy_version

    async def publish_rules(self, *rules: roster_pb2.AssignmentRule) -> int:
        request = roster_pb2.PublishAssignmentRulesRequest(request_id=fresh(), rules=rules)
        return (await self.roster.PublishAssignmentRules(request, metadata=as_manager())).version

    # Leads

    async def open(self, **fields: Any) -> str:
        """A lead as intake hands it over: facts by name, and what travels beside them."""
        lead_id = str(new_id())
        await self.leads.OpenLead(await self.an_opening(lead_id, **fields), metadata=as_service())
        return lead_id

    async def an_opening(self, lead_id: str, **fields: Any) -> leads_pb2.OpenLeadRequest:
        beside: dict[str, Any] = {
            name: fields.pop(name)
            for name in ("facts_version", "captured_by", "account_owner", "opportunity_owners", "reenquiries")
            if name in fields
        }
        created_at = fields.pop("created_at", None) or await self.now()
        facts = lead_pb2.LeadFacts(lead_id=lead_id, created_at=created_at, **fields)
        opening: dict[str, Any] = {"request_id": fresh(), "facts": facts, "facts_version": 1, **beside}
        return leads_pb2.OpenLeadRequest(**opening)

    async def update_facts(
        self, lead_id: str, facts_version: int, *, reenquiries: int = 0, **facts: Any
    ) -> leads_pb2.UpdateFactsResponse:
        request = leads_pb2.UpdateFactsRequest(
            request_id=fresh(),
            facts=lead_pb2.LeadFacts(lead_id=lead_id, created_at=await self.now(), **facts),
            facts_version=facts_version,
            reenquiries=reenquiries,
        )
        return await self.leads.UpdateFacts(request, metadata=as_service())

    async def update_score(
        self, lead_id: str, score_version: int, *, grade: str = "B", maturities: int = 0, fit_score: int = 40
    ) -> leads_pb2.UpdateScoreResponse:
        request = leads_pb2.UpdateScoreRequest(
            request_id=fresh(),
            lead_id=lead_id,
            score_version=score_version,
            fit_score=fit_score,
            grade=grade,
            maturities=maturities,
        )
        return await self.leads.UpdateScore(request, metadata=as_service())

    async def route(self, lead_id: str) -> leads_pb2.RouteLeadResponse:
        request = leads_pb2.RouteLeadRequest(request_id=fresh(), lead_id=lead_id)
        return await self.leads.RouteLead(request, metadata=as_service())

    async def work(self, lead_id: str) -> leads_pb2.GetWorkResponse:
        return await self.leads.GetWork(leads_pb2.GetWorkRequest(lead_id=lead_id), metadata=as_service())

    async def task(self, lead_id: str) -> str:
        return leads_pb2.LeadTask.Name((await self.work(lead_id)).task).removeprefix("LEAD_TASK_")

    async def lead(self, lead_id: str) -> leads_pb2.GetLeadStateResponse:
        return await self.leads.GetLeadState(leads_pb2.GetLeadStateRequest(lead_id=lead_id), metadata=as_manager())

    async def state(self, lead_id: str) -> str:
        return state_name((await self.lead(lead_id)).state)

    async def disqualify(self, lead_id: str, reason: str = "SPAM", by: Rep | None = None) -> str:
        request = leads_pb2.DisqualifyLeadRequest(request_id=fresh(), lead_id=lead_id, reason=reason)
        caller = as_rep(by.rep_id) if by else as_manager()
        return state_name((await self.leads.DisqualifyLead(request, metadata=caller)).state)

    async def decisions(self, lead_id: str) -> list[leads_pb2.Decision]:
        request = leads_pb2.ListDecisionsRequest(lead_id=lead_id, page_size=500)
        return list((await self.leads.ListDecisions(request, metadata=as_manager())).decisions)

    async def events(self, lead_id: str) -> list[Row[Any]]:
        return await self.run("select * from routing.event where lead_id = :id order by seq", id=UUID(lead_id))

    # What brings a lead into a state

    async def a_pooled_lead(self, pool_code: str = "", **fields: Any) -> str:
        """Out of QUALIFYING into this pool, or into the default pool."""
        lead_id = await self.open(**fields)
        await self.publish_rules(*([to_pool(pool_code)] if pool_code else []))
        await self.route(lead_id)
        return lead_id

    async def a_held_lead(self, rep: Rep, pool_code: str = "") -> tuple[str, holdings_pb2.Holding]:
        lead_id = await self.a_pooled_lead(pool_code)
        return lead_id, await self.claim(rep, lead_id)

    async def claim(self, rep: Rep, lead_id: str) -> holdings_pb2.Holding:
        request = holdings_pb2.ClaimLeadRequest(request_id=fresh(), lead_id=lead_id)
        return (await self.holdings.ClaimLead(request, metadata=as_rep(rep.rep_id))).holding

    async def give_back(self, rep: Rep, holding: holdings_pb2.Holding, reason: str = "NOT_INTERESTED") -> None:
        request = holdings_pb2.ReturnLeadRequest(request_id=fresh(), holding_id=holding.holding_id, reason=reason)
        await self.holdings.ReturnLead(request, metadata=as_rep(rep.rep_id))

    async def lease(self, holding: holdings_pb2.Holding, conversion_id: str) -> None:
        request = holdings_pb2.LeaseHoldingRequest(
            request_id=fresh(),
            holding_id=holding.holding_id,
            epoch=holding.epoch,
            conversion_id=conversion_id,
            converter_id=holding.rep_id,
            lease_for=2 * MINUTE,
        )
        await self.holdings.LeaseHolding(request, metadata=as_service())

    async def finish(self, holding: holdings_pb2.Holding, conversion_id: str) -> None:
        request = holdings_pb2.FinishConversionRequest(
            request_id=fresh(), holding_id=holding.holding_id, conversion_id=conversion_id
        )
        await self.holdings.FinishConversion(request, metadata=as_service())

    async def convert(self, holding: holdings_pb2.Holding) -> None:
        conversion_id = fresh()
        await self.lease(holding, conversion_id)
        await self.finish(holding, conversion_id)

    async def notices_of(self, lead_id: str, kind: str) -> list[notices_pb2.Notice]:
        """As a manager sees them, the newest first."""
        request = notices_pb2.ListNoticesRequest(page_size=500)
        listed = await self.notices.ListNotices(request, metadata=as_manager())
        wanted = notices_pb2.NoticeKind.Value(f"NOTICE_KIND_{kind}")
        return [notice for notice in listed.notices if (notice.lead_id, notice.kind) == (lead_id, wanted)]


def fresh() -> str:
    return str(uuid4())


def a_code(prefix: str) -> str:
    return f"{prefix}-{uuid4().hex[:10]}"


def to_team(team_code: str, expression: str = "true", rule_id: str = "east") -> roster_pb2.AssignmentRule:
    return roster_pb2.AssignmentRule(rule_id=rule_id, expression=expression, assign_team_code=team_code)


def to_pool(pool_code: str, expression: str = "true", rule_id: str = "pool") -> roster_pb2.AssignmentRule:
    return roster_pb2.AssignmentRule(rule_id=rule_id, expression=expression, pool_code=pool_code)


def lasting(span: timedelta) -> roster_pb2.Period:
    return roster_pb2.Period(elapsed=span)


def state_name(value: lead_pb2.LeadState) -> str:
    return lead_pb2.LeadState.Name(value).removeprefix("LEAD_STATE_")


def instant(timestamp: Any) -> datetime:
    return cast(datetime, timestamp.ToDatetime(UTC))


def verdicts_of(decision: leads_pb2.Decision) -> list[tuple[str, str]]:
    return [(candidate.rep_code, candidate.verdict) for candidate in decision.candidates]


async def refused(call: Awaitable[object]) -> Refusal:
    """The call, which must be refused."""
    with pytest.raises(grpc.aio.AioRpcError) as failed:
        await call
    return refusal_of(failed.value)
