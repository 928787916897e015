"""The sweep, the managers and another sweep decide about one lead at once: one of them has the effect."""

import asyncio

import grpc.aio
import pytest

from cli.refusals import refusal_of
from tests.routing.holdings.scenes import miscounted
from tests.routing.office import SECOND, Office, state_name
from tests.routing.pools.keeping import assign
from tests.routing.queue.waiting import a_look_later, an_unassigned_lead


@pytest.mark.parametrize("attempt", range(5))
async def test_a_retry_an_assignment_and_a_disqualification_at_once_are_one_effect(
    office: Office, attempt: int
) -> None:
    rep, other = await office.a_rep(limit=0), await office.a_rep()
    leads = [await an_unassigned_lead(office, rep.team_code) for _ in range(6)]
    await a_look_later(office)
    await office.set_limit(rep, 100)
    await office.pass_time(2 * SECOND)

    calls = [call for lead_id in leads for call in (assign(office, lead_id, other), office.disqualify(lead_id))]
    outcomes = await asyncio.gather(office.sweep_queue(), *calls, office.sweep_queue(), return_exceptions=True)

    refusals = {refusal_of(one).reason for one in outcomes if isinstance(one, grpc.aio.AioRpcError)}
    assert refusals <= {"ILLEGAL_TRANSITION", "ALREADY_HELD"}
    for lead_id in leads:
        # Whoever came first; then what is held may be disqualified, too.
        way = [
            (one.verb, state_name(one.to_state))
            for one in await office.decisions(lead_id)
            if state_name(one.to_state) != "UNASSIGNED"
        ]
        held, ended = {("RouteLead", "HELD"), ("AssignLead", "HELD")}, ("DisqualifyLead", "INVALID")
        assert way == [ended] or (way[0] in held and way[1:] == [ended])
        assert await office.state(lead_id) == "INVALID"
        assert await holdings_of(office, lead_id) == len(way) - 1
    async with office.engine.begin() as db:
        assert await miscounted(db) == []


async def test_two_sweeps_give_each_lead_once_and_nobody_more_than_his_limit(office: Office) -> None:
    team = await office.a_team()
    reps = [await office.a_rep(team, limit=0) for _ in range(3)]
    leads = [await an_unassigned_lead(office, team) for _ in range(12)]
    await a_look_later(office)
    for rep in reps:
        await office.set_limit(rep, 3)
    await office.pass_time(2 * SECOND)

    await asyncio.gather(*(office.sweep_queue() for _ in range(3)))
    await a_look_later(office)

    states = sorted([await office.state(lead_id) for lead_id in leads])
    assert states == ["HELD"] * 9 + ["UNASSIGNED"] * 3
    held = await office.run(
        "select held from routing.holding_limit where scope = 'REP' and rep_id = any(cast(:ids as uuid[]))",
        ids=[rep.rep_id for rep in reps],
    )
    assert [row.held for row in held] == [3, 3, 3]


async def holdings_of(office: Office, lead_id: str) -> int:
    [row] = await office.run("select count(*) as n from routing.holding where lead_id = :id", id=lead_id)
    return int(row.n)
