"""PolicyService: translates, nothing else."""

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from clew.routing.v1 import policies_pb2 as pb
from clew.routing.v1.policies_pb2_grpc import PolicyServiceServicer
from services.routing import tables
from services.routing.holdings.store_rebasing import ask_rebasing, count_open
from services.routing.policies import store
from services.routing.policies.rules import PolicyRule
from services.routing.roster.store import check_policies
from services.shared import expressions
from services.shared.callers import current_caller
from services.shared.requests import command, query

# Of a policy's code: more than there will ever be.
EVERY_VERSION = 2**31 - 1


class PolicyServicer(PolicyServiceServicer):
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine, self._requests = engine, tables.request

    @command(pb.PublishPolicyRulesResponse)
    async def PublishPolicyRules(
        self, request: pb.PublishPolicyRulesRequest, db: AsyncConnection
    ) -> pb.PublishPolicyRulesResponse:
        rules = [PolicyRule(rule.rule_id, rule.expression, rule.policy_code) for rule in request.rules]
        expressions.check_named_once(rules=[rule.rule_id for rule in rules])
        for rule in rules:
            expressions.check_expression(rule.rule_id, rule.expression, pool="default")
        await check_policies(db, [rule.policy_code for rule in rules])
        return pb.PublishPolicyRulesResponse(version=await store.publish_rules(db, rules, current_caller().id))

    @command(pb.SwitchPolicyResponse)
    async def SwitchPolicy(self, request: pb.SwitchPolicyRequest, db: AsyncConnection) -> pb.SwitchPolicyResponse:
        code, enabled = request.policy_code, request.enabled
        await check_policies(db, [code])
        if not await store.switch_policy(db, code, enabled, current_caller().id):
            return pb.SwitchPolicyResponse()
        cause = f"{code} {'enabled' if enabled else 'disabled'}"
        asked = await ask_rebasing(db, cause, policy=(code, EVERY_VERSION), suspend=not enabled)
        return pb.SwitchPolicyResponse(rebasing=await count_open(db, code), rebasing_id=str(asked))

    @query
    async def GetPolicyRules(
        self,
        request: pb.GetPolicyRulesRequest,  # asks for the one set that there is
        db: AsyncConnection,
    ) -> pb.GetPolicyRulesResponse:
        found = await store.newest_rules(db)
        return pb.GetPolicyRulesResponse(
            version=found.version,
            rules=[
                pb.PolicyRule(rule_id=rule.rule_id, expression=rule.expression, policy_code=rule.policy_code)
                for rule in found.rules
            ],
        )
