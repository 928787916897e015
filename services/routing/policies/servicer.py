"""PolicyService: translates, nothing else."""

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from clew.routing.v1 import policies_pb2 as pb
from clew.routing.v1.policies_pb2_grpc import PolicyServiceServicer
from services.routing import tables
from services.routing.policies import store
from services.routing.policies.rules import PolicyRule, check_rules
from services.routing.roster.store import check_policies
from services.shared import expressions
from services.shared.callers import current_caller
from services.shared.requests import command, query


class PolicyServicer(PolicyServiceServicer):
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine, self._requests = engine, tables.request

    @command(pb.PublishPolicyRulesResponse)
    async def PublishPolicyRules(
        self, request: pb.PublishPolicyRulesRequest, db: AsyncConnection
    ) -> pb.PublishPolicyRulesResponse:
        rules = [PolicyRule(rule.rule_id, rule.expression, rule.policy_code) for rule in request.rules]
        check_rules(rules)
        for rule in rules:
            expressions.check_expression(rule.rule_id, rule.expression, pool="default")
        await check_policies(db, [rule.policy_code for rule in rules])
        return pb.PublishPolicyRulesResponse(version=await store.publish_rules(db, rules, current_caller().id))

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
