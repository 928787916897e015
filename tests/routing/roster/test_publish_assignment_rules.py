"""Assignment rules are checked when they are published: what is published can be evaluated."""

import asyncio

import pytest

from clew.routing.v1 import roster_pb2 as pb
from tests.routing.office import Office, refused, to_pool, to_team


async def test_each_publication_is_the_next_version_and_replaces_the_set(office: Office) -> None:
    first, second = await office.a_pool(), await office.a_pool()

    before = await office.publish_rules(to_pool(first))
    after = await office.publish_rules(to_pool(second))
    lead_id = await office.open()
    await office.route(lead_id)

    assert after == before + 1
    assert (await office.lead(lead_id)).home_pool_code == second


async def test_publications_at_once_are_numbered_one_after_another(office: Office) -> None:
    versions = sorted(await asyncio.gather(*(office.publish_rules() for _ in range(6))))

    assert versions == list(range(versions[0], versions[0] + 6))


async def test_a_rule_that_does_not_compile_is_refused_naming_rule_line_and_column(office: Office) -> None:
    told = await refused(office.publish_rules(to_pool("default"), to_pool("default", "lead.regon == 'x'", "east")))

    assert (told.reason, told.status.name) == ("RULE_INVALID", "INVALID_ARGUMENT")
    assert told.metadata["rule"] == "east"
    assert (told.metadata["line"], int(told.metadata["column"]) > 0) == ("1", True)
    assert "regon" in told.message


@pytest.mark.parametrize("expression", ["lead.region", "lead.company_size > 'x'", "lead.region.matches('(')", "1 +"])
async def test_what_is_no_condition_is_not_published(office: Office, expression: str) -> None:
    before = await office.publish_rules()

    told = await refused(office.publish_rules(to_pool("default", expression, "odd")))

    assert (told.reason, told.metadata["rule"]) == ("RULE_INVALID", "odd")
    assert await office.publish_rules() == before + 1


async def test_a_team_or_pool_that_is_not_there_is_not_found(office: Office) -> None:
    team, pool = (
        await refused(office.publish_rules(to_team("no-team"))),
        await refused(office.publish_rules(to_pool("no-pool"))),
    )

    assert (team.reason, team.metadata) == ("NOT_FOUND", {"kind": "team", "id": "no-team"})
    assert (pool.reason, pool.metadata) == ("NOT_FOUND", {"kind": "pool", "id": "no-pool"})


async def test_two_rules_of_one_name_are_refused(office: Office) -> None:
    told = await refused(office.publish_rules(to_pool("default", "false", "east"), to_pool("default", rule_id="east")))

    assert (told.reason, [name for name, _ in told.fields]) == ("INVALID_FIELD", ["rules[1].rule_id"])


async def test_a_rule_has_an_outcome(office: Office) -> None:
    told = await refused(office.publish_rules(pb.AssignmentRule(rule_id="east", expression="true")))

    assert told.reason == "INVALID_FIELD"
    assert [name for name, _ in told.fields] == ["rules[0].outcome"]


async def test_a_rule_that_fails_on_a_lead_does_not_hold_of_it_and_the_next_is_asked(office: Office) -> None:
    tagged, rest = await office.a_pool(), await office.a_pool()
    await office.publish_rules(to_pool(tagged, "lead.tags[0] == 'vip'", "tagged"), to_pool(rest, rule_id="rest"))
    with_tags, without = await office.open(tags=["vip"]), await office.open()

    await office.route(with_tags)
    await office.route(without)

    assert (await office.lead(with_tags)).home_pool_code == tagged
    assert (await office.lead(without)).home_pool_code == rest


async def test_two_hundred_rules_are_published_and_the_last_one_is_reached(office: Office) -> None:
    pool = await office.a_pool()
    rules = [to_pool("default", f"lead.city == 'city {number}'", f"r{number}") for number in range(199)]
    await office.publish_rules(*rules, to_pool(pool, "lead.city == 'last'", "last"))
    lead_id = await office.open(city="last")

    await office.route(lead_id)

    assert (await office.lead(lead_id)).home_pool_code == pool
