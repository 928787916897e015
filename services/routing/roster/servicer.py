"""RosterService: translates, nothing else."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from clew.routing.v1 import roster_pb2 as pb
from clew.routing.v1.roster_pb2_grpc import RosterServiceServicer
from services.routing import reasons, tables
from services.routing.assignment.rules import Rule
from services.routing.assignment.store import publish_rules
from services.routing.calendars.store import newest_calendar
from services.routing.holdings.rebasing import Live
from services.routing.holdings.store_rebasing import ask_rebasing, count_open, find_rebasing, preview
from services.routing.limits.servicer_messages import slot_of
from services.routing.limits.store_setting import set_limit
from services.routing.policy import Policy, check_policy, version_text
from services.routing.pools.claiming import yet_to_come
from services.routing.pools.store import seen_pool
from services.routing.pools.store_days import count_views, lock_views
from services.routing.pools.store_seeing import calling_rep
from services.routing.roster import store
from services.routing.roster.servicer_policies import policy_of
from services.routing.roster.store_activity import set_active
from services.routing.servicer_facts import lead_facts
from services.shared import database, expressions
from services.shared.callers import current_caller
from services.shared.hidden_leads import SEES_ALL
from services.shared.ids import read_id
from services.shared.pages import next_page_token, page_size, read_position
from services.shared.refusals import InvalidInput
from services.shared.requests import command, query


class RosterServicer(RosterServiceServicer):
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine, self._requests = engine, tables.request

    @command(pb.CreateTeamResponse)
    async def CreateTeam(self, request: pb.CreateTeamRequest, db: AsyncConnection) -> pb.CreateTeamResponse:
        team_id = await store.create_team(db, request.code, request.name, request.holding_limit)
        return pb.CreateTeamResponse(team_id=str(team_id))

    @command(pb.CreateRepResponse)
    async def CreateRep(self, request: pb.CreateRepRequest, db: AsyncConnection) -> pb.CreateRepResponse:
        rep_id = await store.create_rep(db, request.code, request.display_name, request.team_code)
        return pb.CreateRepResponse(rep_id=str(rep_id))

    @command(pb.UpdateRepResponse)
    async def UpdateRep(self, request: pb.UpdateRepRequest, db: AsyncConnection) -> pb.UpdateRepResponse:
        await set_active(db, request.rep_code, active=request.active)
        [rep] = await store.list_reps(db, request.rep_code, "", 1)
        return pb.UpdateRepResponse(rep=_rep_message(rep))

    @command(pb.CreatePoolResponse)
    async def CreatePool(self, request: pb.CreatePoolRequest, db: AsyncConnection) -> pb.CreatePoolResponse:
        pool_id = await store.create_pool(db, request.code, request.name, request.policy_code or "standard")
        return pb.CreatePoolResponse(pool_id=str(pool_id))

    @command(pb.SetLimitResponse)
    async def SetLimit(self, request: pb.SetLimitRequest, db: AsyncConnection) -> pb.SetLimitResponse:
        slot = await slot_of(db, request)
        if request.unset and request.limit:
            raise InvalidInput("limit", "A setting is taken back without a new limit.")
        room = await set_limit(db, slot, None if request.unset else request.limit)
        return pb.SetLimitResponse(held=room.held, limit=room.limit, over_cap=room.over_cap)

    @command(pb.PublishPolicyResponse)
    async def PublishPolicy(self, request: pb.PublishPolicyRequest, db: AsyncConnection) -> pb.PublishPolicyResponse:
        policy = await self._checked(request.policy, db)
        version = await store.publish_policy(db, request.code, policy, current_caller().id)
        answer = pb.PublishPolicyResponse(policy_version=version_text(request.code, version))
        live = _live(request.live_holdings)
        if live is not Live.GRANDFATHER:
            with_floor = live is Live.REBASE_WITH_FLOOR
            asked = await ask_rebasing(db, answer.policy_version, policy=(request.code, version), with_floor=with_floor)
            answer.rebasing_id = str(asked)
            answer.rebasing = await count_open(db, request.code)
        return answer

    @query
    async def PreviewPolicy(self, request: pb.PreviewPolicyRequest, db: AsyncConnection) -> pb.PreviewPolicyResponse:
        policy = await self._checked(request.policy, db)
        live = _live(request.live_holdings)
        found = await preview(
            db,
            request.code,
            policy,
            with_floor=live is Live.REBASE_WITH_FLOOR,
            live=live is not Live.GRANDFATHER,
        )
        return pb.PreviewPolicyResponse(
            open_holdings=found.open_holdings,
            computed=found.computed,
            unchanged=found.unchanged,
            later=found.later,
            earlier=found.earlier,
            recalled_at_once=found.recalled_at_once,
            due_within_a_day=found.due_within_a_day,
            examples=[
                pb.MovedDeadline(holding_id=str(holding_id), rep_code=rep_code, due_at=due_at, would_be_due_at=would_be)
                for holding_id, rep_code, due_at, would_be in found.examples
            ],
        )

    @query
    async def GetRebasing(self, request: pb.GetRebasingRequest, db: AsyncConnection) -> pb.GetRebasingResponse:
        found = await find_rebasing(db, read_id(request.rebasing_id, "rebasing_id"))
        return pb.GetRebasingResponse(
            cause=found.cause, done=found.done, moved=found.moved, finished_at=found.finished_at
        )

    async def _checked(self, message: pb.Policy, db: AsyncConnection) -> Policy:
        policy = policy_of(message)
        check_policy(policy)
        if policy.calendar:
            await newest_calendar(db, policy.calendar)
        return policy

    @command(pb.PublishAssignmentRulesResponse)
    async def PublishAssignmentRules(
        self, request: pb.PublishAssignmentRulesRequest, db: AsyncConnection
    ) -> pb.PublishAssignmentRulesResponse:
        rules = [Rule(rule.rule_id, rule.expression, rule.assign_team_code, rule.pool_code) for rule in request.rules]
        expressions.check_named_once(rules=[rule.rule_id for rule in rules])
        for rule in rules:
            expressions.check_expression(rule.rule_id, rule.expression)
            if rule.assign_team_code:
                await store.team_id_of(db, rule.assign_team_code)
            else:
                await store.pool_id_of(db, rule.pool_code)
        version = await publish_rules(db, rules, current_caller().id)
        return pb.PublishAssignmentRulesResponse(version=version)

    @query
    async def ListReps(self, request: pb.ListRepsRequest, db: AsyncConnection) -> pb.ListRepsResponse:
        size = page_size(request.page_size)
        [after] = read_position(request.page_token, "ListReps", [request.code], str) or [""]
        found = await store.list_reps(db, request.code, after, size + 1)
        return pb.ListRepsResponse(
            reps=[_rep_message(rep) for rep in found[:size]],
            next_page_token=next_page_token("ListReps", [request.code], found, size, lambda rep: [rep.code]),
        )

    @query
    async def ListPools(self, request: pb.ListPoolsRequest, db: AsyncConnection) -> pb.ListPoolsResponse:
        size = page_size(request.page_size)
        [after] = read_position(request.page_token, "ListPools", [], str) or [""]
        found = await store.list_pools(db, after, size + 1)
        return pb.ListPoolsResponse(
            pools=[
                pb.Pool(
                    pool_id=str(pool.pool_id),
                    code=pool.code,
                    name=pool.name,
                    policy_code=pool.policy_code,
                    policy_version=store.policy_text(pool),
                    waiting=pool.waiting,
                    held=pool.held,
                )
                for pool in found[:size]
            ],
            next_page_token=next_page_token("ListPools", [], found, size, lambda pool: [pool.code]),
        )

    @query
    async def ListPoolLeads(self, request: pb.ListPoolLeadsRequest, db: AsyncConnection) -> pb.ListPoolLeadsResponse:
        size, filters = page_size(request.page_size), [request.pool_code]
        pool_id = (await seen_pool(db, request.pool_code)).pool_id
        after = read_position(request.page_token, "ListPoolLeads", filters, str, int, int, datetime.fromisoformat, UUID)
        rep_id, by_manager = calling_rep(), current_caller().role in SEES_ALL
        views = await lock_views(db, pool_id, request.pool_code, rep_id) if rep_id else None
        if views is not None:
            size = min(size, views.limit - views.views)
        found = await store.list_pool_leads(db, pool_id, after, size + 1, offered_only=not by_manager)
        if views is not None and rep_id is not None:
            await count_views(db, pool_id, rep_id, len(found[:size]))
        now = await database.now(db)
        return pb.ListPoolLeadsResponse(
            leads=[_pool_lead_message(one, now) for one in found[:size]],
            next_page_token=next_page_token("ListPoolLeads", filters, found, size, _place),
        )

    @query
    async def ListReasons(self, request: pb.ListReasonsRequest, db: AsyncConnection) -> pb.ListReasonsResponse:
        size = page_size(request.page_size)
        [after] = read_position(request.page_token, "ListReasons", [], str) or [""]
        by_code = sorted(reasons.CATALOGUE, key=lambda reason: reason.code)
        rest = [reason for reason in by_code if reason.code > after]
        return pb.ListReasonsResponse(
            version=reasons.CATALOGUE_VERSION,
            reasons=[
                pb.Reason(
                    code=reason.code,
                    text_zh=reason.text_zh,
                    text_en=reason.text_en,
                    verbs=sorted(reason.verbs),
                    next=f"REASON_NEXT_{reason.next}",
                    cooldown=reason.cooldown,
                    rest_days=reason.rest.days if reason.rest else 0,
                    takes_resting_until=reason.takes_resting_until,
                    gives_claim_back=reason.gives_claim_back,
                )
                for reason in rest[:size]
            ],
            next_page_token=next_page_token("ListReasons", [], rest, size, lambda reason: [reason.code]),
        )


def _place(waiting: store.PoolLead) -> list[str | int]:
    """Where it stands in the order of its pool."""
    grade, score, reenquiries, pooled_at, lead_id = waiting.place
    return [grade, score, reenquiries, pooled_at.isoformat(), str(lead_id)]


def _pool_lead_message(waiting: store.PoolLead, now: datetime) -> pb.PoolLead:
    """With what still keeps it from being claimed."""
    lead = waiting.lead
    return pb.PoolLead(
        lead_id=str(lead.lead_id),
        facts=lead_facts(lead),
        pooled_at=waiting.pooled_at,
        holdings=lead.epoch,
        reenquiries=lead.reenquiries,
        resting_until=yet_to_come(lead.resting_until, now),
        frozen_until=yet_to_come(lead.frozen_until, now),
        release_at=yet_to_come(lead.release_at, now),
    )


def _rep_message(rep: store.Rep) -> pb.Rep:
    return pb.Rep(
        rep_id=str(rep.rep_id),
        code=rep.code,
        display_name=rep.display_name,
        team_code=rep.team_code,
        held=rep.room.held,
        limit=rep.room.limit,
        over_cap=rep.room.over_cap,
        active=rep.active,
        active_changed_at=rep.active_changed_at,
        active_changed_by=rep.active_changed_by,
    )


def _live(message: int) -> Live:
    if not message:
        return Live.GRANDFATHER
    return Live(pb.LiveHoldings.Name(message).removeprefix("LIVE_HOLDINGS_"))
