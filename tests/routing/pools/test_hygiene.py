"""Pools stay clean: what was held too often or waits too long leaves them, and somebody is told in time."""

import asyncio
from typing import Any

import pytest

from clew.routing.v1 import roster_pb2
from tests.routing.office import Office, lasting, refused, to_team
from tests.routing.pools.keeping import DAY, HOUR, assign, keep, move, rest, waiting_leads
from tests.routing.queue.waiting import a_look_later, unassigned


async def test_a_lead_that_was_given_back_more_often_than_the_pool_bears_becomes_dormant(office: Office) -> None:
    pool = await office.a_pool()
    await keep(office, pool, max_holdings=1)
    lead_id, holding = await office.a_held_lead(first := await office.a_rep(), pool)
    await office.give_back(first, holding)
    await office.sweep()
    assert await office.state(lead_id) == "POOLED"

    second = await office.a_rep()
    await office.give_back(second, await office.claim(second, lead_id))
    await office.sweep()

    assert await office.state(lead_id) == "DORMANT"
    decision, event = (await office.decisions(lead_id))[-1], (await office.events(lead_id))[-1]
    assert (decision.verb, decision.reason, decision.actor_id) == ("GoDormant", "TOO_MANY_HOLDINGS", "routing")
    assert (event.kind, event.reason, event.data, event.wakes) == (
        "lead_dormant",
        "TOO_MANY_HOLDINGS",
        {"pool_code": pool},
        "none",
    )


async def test_a_recall_counts_as_a_return_does(office: Office) -> None:
    pool = await office.a_pool(roster_pb2.Policy(first_response=lasting(HOUR), unwarned="UNWARNED_RECALL"))
    await keep(office, pool, max_holdings=0)
    lead_id, _ = await office.a_held_lead(await office.a_rep(), pool)
    await office.pass_time(HOUR + DAY)

    await office.sweep()

    assert [decision.verb for decision in await office.decisions(lead_id)][-2:] == ["Recall", "GoDormant"]


async def test_a_lead_that_waits_longer_than_the_pool_bears_becomes_dormant_and_rest_is_no_waiting(
    office: Office,
) -> None:
    pool = await office.a_pool()
    await keep(office, pool, max_age=30 * DAY)
    old, rested = await waiting_leads(office, pool, 2)
    await rest(office, rested, await office.now() + 10 * DAY)
    await office.pass_time(29 * DAY)
    [new] = await waiting_leads(office, pool, 1)

    await office.pass_time(2 * DAY)
    await office.sweep()

    assert [await office.state(lead_id) for lead_id in (old, rested, new)] == ["DORMANT", "POOLED", "POOLED"]
    assert (await office.decisions(old))[-1].reason == "TOO_OLD"


async def test_a_lead_at_rest_is_let_be(office: Office) -> None:
    pool = await office.a_pool()
    await keep(office, pool, max_holdings=0)
    [lead_id] = await waiting_leads(office, pool, 1, returns=5)
    await rest(office, lead_id, await office.now() + DAY)

    await office.sweep()
    at_rest = await office.state(lead_id)
    await office.pass_time(DAY)
    await office.sweep()

    assert (at_rest, await office.state(lead_id)) == ("POOLED", "DORMANT")


async def test_a_pool_without_bounds_keeps_what_it_has(office: Office) -> None:
    pool = await office.a_pool()
    await keep(office, pool, max_holdings=None)
    [lead_id] = await waiting_leads(office, pool, 1, returns=50)
    await office.pass_time(400 * DAY)

    await office.sweep()

    assert await office.state(lead_id) == "POOLED"


async def test_a_reenquiry_reopens_a_dormant_lead_and_its_count_begins_anew(office: Office) -> None:
    pool = await office.a_pool()
    [lead_id] = await waiting_leads(office, pool, 1, returns=4)
    await office.sweep()
    told = await refused(office.claim(await office.a_rep(), lead_id))

    await office.update_facts(lead_id, 2, reenquiries=1)
    await office.route(lead_id)
    await office.sweep()

    assert (told.reason, told.metadata["state"]) == ("ILLEGAL_TRANSITION", "DORMANT")
    assert await office.state(lead_id) == "POOLED"
    assert [decision.verb for decision in await office.decisions(lead_id)] == ["GoDormant", "Reopen", "RouteLead"]


async def test_a_dormant_lead_can_be_disqualified(office: Office) -> None:
    [lead_id] = await waiting_leads(office, await office.a_pool(), 1, returns=4)
    await office.sweep()

    assert await office.disqualify(lead_id) == "INVALID"


@pytest.mark.parametrize(
    ("bounds", "reason"), [({"max_holdings": 1}, "TOO_MANY_HOLDINGS"), ({"max_age": 30 * DAY}, "TOO_OLD")]
)
async def test_a_pool_that_wants_them_looked_at_puts_them_up_for_review_and_its_people_hear_of_it(
    office: Office, bounds: dict[str, Any], reason: str
) -> None:
    pool = await office.a_pool()
    await keep(office, pool, hygiene="POOL_HYGIENE_REVIEW", **bounds)
    [lead_id] = await waiting_leads(office, pool, 1, returns=2)
    await office.pass_time(31 * DAY)

    await office.sweep()

    [decision], [event] = await office.decisions(lead_id), await office.events(lead_id)
    [notice] = await office.notices_of(lead_id, "UNASSIGNED")
    [listed] = (await unassigned(office, pool_code=pool)).leads
    assert (decision.verb, decision.reason, await office.state(lead_id)) == ("GoToReview", reason, "UNASSIGNED")
    assert (event.kind, event.reason, event.data, event.wakes) == (
        "lead_unassigned",
        reason,
        {"pool_code": pool},
        "none",
    )
    assert (notice.pool_code, notice.reason, notice.step) == (pool, reason, "queue 1")
    assert (listed.lead_id, listed.reason, listed.team_code) == (lead_id, reason, "")
    assert not listed.HasField("retry_at")


async def test_only_a_manager_decides_about_what_is_up_for_review(office: Office) -> None:
    pool, rep = await office.a_pool(), await office.a_rep()
    lead_id = await up_for_review(office, pool)
    await office.publish_rules(to_team(rep.team_code))

    await office.update_facts(lead_id, 2, reenquiries=1)
    await office.update_score(lead_id, 1, grade="A", maturities=1)
    await a_look_later(office)
    by_itself = await office.state(lead_id)
    told = [*await office.notices_of(lead_id, "REENQUIRY"), *await office.notices_of(lead_id, "MATURITY")]

    assert (by_itself, [notice.pool_code for notice in told]) == ("UNASSIGNED", [pool, pool])
    assert (await assign(office, lead_id, rep)).rep_code == rep.code


async def test_what_comes_back_from_a_review_begins_anew_in_its_pool(office: Office) -> None:
    pool = await office.a_pool()
    lead_id = await up_for_review(office, pool)
    await keep(office, pool, max_age=30 * DAY)
    await office.pass_time(40 * DAY)

    await move(office, lead_id, pool)
    await office.sweep()
    back = await office.state(lead_id)
    await office.pass_time(31 * DAY)
    await office.sweep()

    assert (back, await office.state(lead_id)) == ("POOLED", "UNASSIGNED")
    steps = [notice.step for notice in await office.notices_of(lead_id, "UNASSIGNED")]
    assert steps == ["queue 2", "queue 1"]


async def test_what_was_assigned_out_of_a_review_and_given_back_once_stays_in_its_pool(office: Office) -> None:
    pool, rep = await office.a_pool(), await office.a_rep()
    lead_id = await up_for_review(office, pool)

    await office.give_back(rep, await assign(office, lead_id, rep))
    await office.sweep()

    assert await office.state(lead_id) == "POOLED"


async def up_for_review(office: Office, pool: str) -> str:
    """Given back four times, where three are borne."""
    await keep(office, pool, hygiene="POOL_HYGIENE_REVIEW")
    [lead_id] = await waiting_leads(office, pool, 1, returns=4)
    await office.sweep()
    assert await office.state(lead_id) == "UNASSIGNED"
    return lead_id


async def test_a_pools_people_are_told_once_of_each_lead_that_waits_long(office: Office) -> None:
    pool = await office.a_pool()
    await keep(office, pool, dwell_reminder=7 * DAY)
    [lead_id] = await waiting_leads(office, pool, 1)
    since = await office.now()
    await office.sweep()
    early = await office.notices_of(lead_id, "POOL_DWELL")

    await office.pass_time(8 * DAY)
    await office.sweep()
    await office.sweep()

    [notice] = await office.notices_of(lead_id, "POOL_DWELL")
    assert (early, notice.pool_code, notice.rep_code) == ([], pool, "")
    assert abs((notice.due_at.ToDatetime(since.tzinfo) - since - 7 * DAY).total_seconds()) < 1


async def test_they_are_told_again_when_it_has_come_back_and_waits_long_again(office: Office) -> None:
    pool, rep = await office.a_pool(), await office.a_rep()
    await keep(office, pool, dwell_reminder=7 * DAY)
    [lead_id] = await waiting_leads(office, pool, 1)
    await office.pass_time(8 * DAY)
    await office.sweep()
    await office.give_back(rep, await office.claim(rep, lead_id))
    await office.pass_time(8 * DAY)

    await office.sweep()

    assert len(await office.notices_of(lead_id, "POOL_DWELL")) == 2


async def test_days_that_are_over_are_forgotten_and_today_is_kept(office: Office) -> None:
    pool, rep = await office.a_pool(), await office.a_rep()
    await keep(office, pool, daily_claim_limit=5)
    first, second = await waiting_leads(office, pool, 2)
    await office.claim(rep, first)
    await office.pass_time(4 * DAY)
    await office.claim(rep, second)

    await office.sweep()

    [row] = await office.run("select claims from routing.pool_day where rep_id = :rep_id", rep_id=rep.rep_id)
    assert row.claims == 1


async def test_a_lead_that_was_about_to_be_routed_is_not_once_it_rests(office: Office) -> None:
    [lead_id] = await waiting_leads(office, await office.a_pool(), 1)
    await office.update_score(lead_id, 1, grade="A", maturities=1)
    due = await office.task(lead_id)

    await rest(office, lead_id, await office.now() + DAY)

    assert (due, await office.task(lead_id)) == ("ROUTE", "NONE")


async def test_two_sweeps_and_a_claim_at_once_decide_each_lead_once(office: Office) -> None:
    pool = await office.a_pool()
    leads = await waiting_leads(office, pool, 30, returns=9)
    reps = [await office.a_rep() for _ in range(10)]

    claims = [office.claim(rep, lead_id) for rep, lead_id in zip(reps, leads, strict=False)]
    await asyncio.gather(office.sweep(), *claims, office.sweep(), return_exceptions=True)

    for lead_id in leads:
        [decision] = await office.decisions(lead_id)
        assert {"ClaimLead": "HELD", "GoDormant": "DORMANT"}[decision.verb] == await office.state(lead_id)
