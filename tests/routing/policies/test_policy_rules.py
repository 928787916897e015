"""Which policy a holding begins under."""

from datetime import timedelta

import pytest

from clew.routing.v1 import policies_pb2 as pb
from clew.routing.v1 import roster_pb2
from tests.examples import as_manager
from tests.routing.office import Office, a_code, fresh, lasting, refused


def rule(rule_id: str, expression: str, policy_code: str) -> pb.PolicyRule:
    return pb.PolicyRule(rule_id=rule_id, expression=expression, policy_code=policy_code)


async def publish(office: Office, *rules: pb.PolicyRule) -> int:
    request = pb.PublishPolicyRulesRequest(request_id=fresh(), rules=rules)
    return (await office.policies.PublishPolicyRules(request, metadata=as_manager())).version


@pytest.fixture
async def brisk(office: Office) -> str:
    """A policy whose first response is due in ten minutes."""
    code = a_code("brisk")
    await office.publish_policy(code, roster_pb2.Policy(first_response=lasting(timedelta(minutes=10))))
    return code


async def test_the_first_rule_that_holds_of_lead_and_pool_chooses_and_else_the_pools_policy(
    office: Office, brisk: str
) -> None:
    named, other, rep = await office.a_pool(), await office.a_pool(), await office.a_rep()
    await publish(
        office, rule("never", "lead.region == 'nowhere'", "standard"), rule("named", f"pool == '{named}'", brisk)
    )
    try:
        _, chosen = await office.a_held_lead(rep, named)
        _, by_the_pool = await office.a_held_lead(rep, other)
    finally:
        await publish(office)
    _, afterwards = await office.a_held_lead(rep, named)

    assert (chosen.policy_version, by_the_pool.policy_version) == (f"{brisk}@1", "standard@1")
    assert afterwards.policy_version == "standard@1"


async def test_a_rule_for_a_policy_that_is_not_there_is_refused(office: Office) -> None:
    found = await refused(publish(office, rule("one", "true", "no-such-policy")))

    assert (found.reason, found.metadata["id"]) == ("NOT_FOUND", "no-such-policy")


async def test_a_rule_that_does_not_compile_is_refused_with_its_place(office: Office) -> None:
    found = await refused(publish(office, rule("one", "pol == 'x'", "standard")))

    assert (found.reason, found.metadata["rule"], found.metadata["column"]) == ("RULE_INVALID", "one", "1")
