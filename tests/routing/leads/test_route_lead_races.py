"""Leads routed at once: nobody gets more than his limit, and nobody is passed over who waited longer."""

import asyncio
from collections import Counter

import grpc.aio
import pytest

from clew.routing.v1 import leads_pb2
from cli.refusals import refusal_of
from tests.examples import as_service
from tests.routing.office import Office, Rep, fresh, state_name, to_team


async def test_leads_routed_at_once_are_dealt_evenly_over_the_team(office: Office) -> None:
    team = await office.a_team()
    reps = [await office.a_rep(team) for _ in range(4)]
    await office.publish_rules(to_team(team))
    leads = [await office.open() for _ in range(20)]

    routed = await asyncio.gather(*(office.route(lead_id) for lead_id in leads))

    given = Counter(one.decision.rep_code for one in routed)
    assert given == {rep.code: 5 for rep in reps}


async def test_each_of_them_went_to_whoever_waited_longest_at_that_moment(office: Office) -> None:
    team = await office.a_team()
    for _ in range(3):
        await office.a_rep(team)
    await office.publish_rules(to_team(team))
    leads = [await office.open() for _ in range(12)]

    await asyncio.gather(*(office.route(lead_id) for lead_id in leads))

    decisions = [decision for lead_id in leads for decision in await office.decisions(lead_id)]
    in_turn = sorted(decisions, key=lambda decision: decision.decided_at.ToNanoseconds())
    last: dict[str, int] = {}
    for decision in in_turn:
        longest = min(last.get(one.rep_code, 0) for one in decision.candidates)
        assert last.get(decision.rep_code, 0) == longest
        last[decision.rep_code] = decision.decided_at.ToNanoseconds()


async def test_no_limit_is_exceeded_and_the_rest_is_unassigned(office: Office) -> None:
    team = await office.a_team(limit=2)
    reps = [await office.a_rep(team) for _ in range(3)]
    await office.publish_rules(to_team(team))
    leads = [await office.open() for _ in range(12)]

    routed = await asyncio.gather(*(office.route(lead_id) for lead_id in leads))

    states = Counter(state_name(one.state) for one in routed)
    assert states == {"HELD": 6, "UNASSIGNED": 6}
    assert Counter(one.decision.rep_code for one in routed if one.decision.rep_code) == {rep.code: 2 for rep in reps}
    assert await held(office, reps) == [2, 2, 2]


async def test_routing_and_claims_that_want_the_last_place_give_it_once(office: Office) -> None:
    team = await office.a_team(limit=1)
    rep = await office.a_rep(team)
    pooled = [await office.a_pooled_lead() for _ in range(3)]
    await office.publish_rules(to_team(team))
    fresh_leads = [await office.open() for _ in range(3)]

    outcomes = await asyncio.gather(
        *(office.claim(rep, lead_id) for lead_id in pooled),
        *(office.route(lead_id) for lead_id in fresh_leads),
        return_exceptions=True,
    )

    refusals = [refusal_of(one).reason for one in outcomes if isinstance(one, grpc.aio.AioRpcError)]
    assert set(refusals) <= {"HOLDING_LIMIT_REACHED"}
    assert await held(office, [rep]) == [1]
    states = Counter([await office.state(lead_id) for lead_id in (*pooled, *fresh_leads)])
    claimed = sum([await office.state(lead_id) == "HELD" for lead_id in pooled])
    assert states == {"HELD": 1, "POOLED": 3 - claimed, "UNASSIGNED": 2 + claimed}


async def test_routing_and_claims_of_a_new_product_never_wait_for_one_another(office: Office) -> None:
    """Nobody holds one of it yet: its limits are made while everybody wants them."""
    team, product = await office.a_team(), "crm-2"
    reps = [await office.a_rep(team) for _ in range(3)]
    await office.publish_rules()
    pooled = [await office.open(intent={"product": product}) for _ in range(6)]
    for lead_id in pooled:
        await office.route(lead_id)
    await office.publish_rules(to_team(team))
    fresh_leads = [await office.open(intent={"product": product}) for _ in range(6)]

    await asyncio.gather(
        *(office.claim(reps[number % 3], lead_id) for number, lead_id in enumerate(pooled)),
        *(office.route(lead_id) for lead_id in fresh_leads),
    )

    counted = await office.run(
        "select sum(held) as held from routing.holding_limit where scope = 'PRODUCT' and key = :product",
        product=product,
    )
    assert counted[0].held == sum(await held(office, reps)) == 12


async def test_one_lead_routed_many_times_at_once_is_routed_once(office: Office) -> None:
    team = await office.a_team()
    reps = [await office.a_rep(team) for _ in range(3)]
    await office.publish_rules(to_team(team))
    lead_id = await office.open()

    outcomes = await asyncio.gather(*(office.route(lead_id) for _ in range(8)), return_exceptions=True)

    refusals = [refusal_of(one).reason for one in outcomes if isinstance(one, grpc.aio.AioRpcError)]
    assert refusals == ["ILLEGAL_TRANSITION"] * 7
    assert len(await office.decisions(lead_id)) == 1
    assert sum(await held(office, reps)) == 1


async def test_one_request_sent_many_times_at_once_has_one_answer(office: Office) -> None:
    team = await office.a_team()
    await office.a_rep(team)
    await office.publish_rules(to_team(team))
    request = leads_pb2.RouteLeadRequest(request_id=fresh(), lead_id=await office.open())

    answers = await asyncio.gather(*(office.leads.RouteLead(request, metadata=as_service()) for _ in range(6)))

    assert all(answer == answers[0] for answer in answers)


async def test_full_capturing_reps_of_one_team_never_wait_for_one_another(office: Office) -> None:
    """Each lead looks at its own capturing rep first and at the whole team next."""
    team = await office.a_team(limit=0)
    reps = [await office.a_rep(team) for _ in range(4)]
    await office.publish_rules(to_team(team))
    leads = [await office.open(captured_by=rep.rep_id) for rep in reversed(reps) for _ in range(5)]

    routed = await asyncio.gather(*(office.route(lead_id) for lead_id in leads))

    assert {one.decision.reason for one in routed} == {"NOBODY_HAS_ROOM"}


@pytest.mark.parametrize("attempt", range(3))
async def test_a_lead_routed_and_disqualified_at_once_ends_invalid_and_holds_no_place(
    office: Office, attempt: int
) -> None:
    team = await office.a_team()
    rep = await office.a_rep(team)
    await office.publish_rules(to_team(team))
    lead_id = await office.open()

    await asyncio.gather(office.route(lead_id), office.disqualify(lead_id), return_exceptions=True)

    assert await office.state(lead_id) == "INVALID"
    assert await held(office, [rep]) == [0]


async def test_a_mature_lead_claimed_while_it_is_routed_is_held_once(office: Office) -> None:
    for _ in range(5):
        rep, team = await office.a_rep(), await office.a_team()
        member = await office.a_rep(team)
        lead_id = await office.a_pooled_lead()
        await office.publish_rules(to_team(team))
        await office.update_score(lead_id, 1, maturities=1)

        await asyncio.gather(office.claim(rep, lead_id), office.route(lead_id), return_exceptions=True)

        assert await office.state(lead_id) == "HELD"
        assert sum(await held(office, [rep, member])) == 1
        assert await office.task(lead_id) == "WAIT"


async def held(office: Office, reps: list[Rep]) -> list[int]:
    rows = await office.run(
        """
        select rep.code, l.held, (select count(*) from routing.holding h
          where h.rep_id = rep.rep_id and h.ended_at is null) as open
        from routing.holding_limit l join routing.rep using (rep_id)
        where l.scope = 'REP' and rep.code = any(:codes)
        """,
        codes=[rep.code for rep in reps],
    )
    assert all(row.held == row.open for row in rows)
    by_code = {row.code: row.held for row in rows}
    return [by_code[rep.code] for rep in reps]
