"""RosterService: translates, nothing else."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from clew.routing.v1 import roster_pb2 as pb
from clew.routing.v1.roster_pb2_grpc import RosterServiceServicer
from services.routing import reasons, tables
from services.routing.assignment.rules import Rule, check_rules
from services.routing.assignment.store import publish_rules
from services.routing.limits.servicer_messages import slot_of
from services.routing.limits.store_setting import set_limit
from services.routing.policy import (
    AfterPercent,
    BeforeDeadline,
    Period,
    Policy,
    Reminder,
    check_policy,
    version_text,
)
from services.routing.roster import store
from services.routing.servicer_facts import lead_facts
from services.shared import expressions
from services.shared.callers import current_caller
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
        policy = _policy(request.policy)
        check_policy(policy)
        version = await store.publish_policy(db, request.code, policy, current_caller().id)
        return pb.PublishPolicyResponse(policy_version=version_text(request.code, version))

    @command(pb.PublishAssignmentRulesResponse)
    async def PublishAssignmentRules(
        self, request: pb.PublishAssignmentRulesRequest, db: AsyncConnection
    ) -> pb.PublishAssignmentRulesResponse:
        rules = [Rule(rule.rule_id, rule.expression, rule.assign_team_code, rule.pool_code) for rule in request.rules]
        check_rules(rules)
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
        pool_id = await store.pool_id_of(db, request.pool_code)
        after = read_position(request.page_token, "ListPoolLeads", filters, str, datetime.fromisoformat, UUID)
        found = await store.list_pool_leads(db, pool_id, after, size + 1)
        return pb.ListPoolLeadsResponse(
            leads=[
                pb.PoolLead(
                    lead_id=str(one.lead.lead_id),
                    facts=lead_facts(one.lead),
                    pooled_at=one.pooled_at,
                    holdings=one.lead.epoch,
                    reenquiries=one.lead.reenquiries,
                )
                for one in found[:size]
            ],
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
                )
                for reason in rest[:size]
            ],
            next_page_token=next_page_token("ListReasons", [], rest, size, lambda reason: [reason.code]),
        )


def _place(waiting: store.PoolLead) -> list[str]:
    """Where it stands in the order of its pool."""
    return [waiting.rank, waiting.pooled_at.isoformat(), str(waiting.lead.lead_id)]


def _rep_message(rep: store.Rep) -> pb.Rep:
    return pb.Rep(
        rep_id=str(rep.rep_id),
        code=rep.code,
        display_name=rep.display_name,
        team_code=rep.team_code,
        held=rep.room.held,
        limit=rep.room.limit,
        over_cap=rep.room.limit is not None and rep.room.held > rep.room.limit,
    )


def _policy(message: pb.Policy) -> Policy:
    """A field left out takes its default."""
    default = Policy()

    def period(name: str) -> Period:
        given: Period = getattr(default, name)
        return _period(getattr(message, name), f"policy.{name}") if message.HasField(name) else given

    return Policy(
        first_response=period("first_response"),
        protection=period("protection"),
        extension=period("extension"),
        attempt_extension=period("attempt_extension"),
        attempts_counted=message.attempts_counted if message.HasField("attempts_counted") else default.attempts_counted,
        attempt_interval=period("attempt_interval"),
        maximum=period("maximum"),
        reminders=tuple(_reminder(one, f"policy.reminders[{index}]") for index, one in enumerate(message.reminders))
        or default.reminders,
        claim_cooldown=period("claim_cooldown"),
        notice_floor=period("notice_floor"),
    )


def _period(message: pb.Period, field: str) -> Period:
    elapsed: timedelta = message.elapsed.ToTimedelta()
    # Left empty, or less than the microsecond that PostgreSQL counts in.
    if not elapsed:
        raise InvalidInput(f"{field}.elapsed", "Say how long, or leave the whole period out for its default.")
    return Period(elapsed)


def _reminder(message: pb.Reminder, field: str) -> Reminder:
    moment = message.WhichOneof("moment")
    if moment is None:
        raise InvalidInput(field, "Say when to remind: after a percentage of the time, or so long before its end.")
    if moment == "percent":
        return AfterPercent(message.percent)
    return BeforeDeadline(_period(message.before, f"{field}.before"))
