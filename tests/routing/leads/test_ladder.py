"""A rule's rep who does not answer in time: the next of the team, never an earlier one, then the team's managers."""

import pytest

from clew.routing.v1 import holdings_pb2
from services.routing.assignment.store_ladder import HOPS
from tests.routing.office import MINUTE, SECOND, Office, Rep, state_name, to_team, verdicts_of
from tests.routing.stages.acts import accept, reminded_of_all, reopen, until_taken_back


async def a_team_of(office: Office, number: int) -> tuple[str, list[Rep]]:
    team = await office.a_team()
    return team, [await office.a_rep(team) for _ in range(number)]


async def routed(office: Office, team: str) -> tuple[str, holdings_pb2.Holding]:
    """A lead that a rule gave to a rep of the team."""
    lead_id = await office.open()
    await office.publish_rules(to_team(team))
    await office.route(lead_id)
    return lead_id, (await office.lead(lead_id)).holding


async def test_the_next_rep_of_the_rules_team_has_his_turn(office: Office) -> None:
    team, _ = await a_team_of(office, 3)
    lead_id, first = await routed(office, team)

    await until_taken_back(office, first)

    assert (await office.state(lead_id), await office.task(lead_id)) == ("QUALIFYING", "ROUTE")
    # Other rules apply to other leads: this one stays with the team that it was given to.
    await office.publish_rules()
    decision = (await office.route(lead_id)).decision
    second = (await office.lead(lead_id)).holding
    assert (decision.reason, decision.rule_version.partition("/")[2]) == ("NEXT_REP", "east")
    assert dict(verdicts_of(decision))[first.rep_code] == "HELD_IT"
    assert dict(verdicts_of(decision))[second.rep_code] == "CHOSEN"
    assert (second.epoch, second.origin) == (2, holdings_pb2.HOLDING_ORIGIN_RULE)
    recall = [one for one in await office.decisions(lead_id) if one.verb == "Recall"]
    assert [(state_name(one.to_state), one.reason) for one in recall] == [("QUALIFYING", "FIRST_RESPONSE")]
    [row] = await office.run("select end_cause from routing.holding where holding_id = :id", id=first.holding_id)
    assert row.end_cause == "unanswered"


async def test_after_three_hops_it_is_in_the_managers_queue_and_they_are_told(office: Office) -> None:
    team, reps = await a_team_of(office, HOPS + 3)
    lead_id, holding = await routed(office, team)
    holders = [holding.rep_code]
    for _ in range(HOPS):
        await until_taken_back(office, holding)
        await office.route(lead_id)
        holding = (await office.lead(lead_id)).holding
        holders.append(holding.rep_code)

    await until_taken_back(office, holding)
    decision = (await office.route(lead_id)).decision

    assert len(set(holders)) == HOPS + 1 < len(reps)
    assert (state_name(decision.to_state), decision.reason) == ("UNASSIGNED", "NOBODY_ANSWERED")
    assert (await office.state(lead_id), await office.task(lead_id)) == ("UNASSIGNED", "NONE")
    # Whoever comes now is not asked: the managers decide.
    await office.a_rep(team)
    await office.pass_time(MINUTE)
    await office.sweep_queue()
    assert await office.state(lead_id) == "UNASSIGNED"
    [notice] = await office.notices_of(lead_id, "UNASSIGNED")
    assert (notice.team_code, notice.reason) == (team, "NOBODY_ANSWERED")


@pytest.mark.parametrize("colleagues", [0, 1])
async def test_where_nobody_else_has_room_the_managers_are_told_at_once(office: Office, colleagues: int) -> None:
    team, [first] = await a_team_of(office, 1)
    full = [await office.a_rep(team, limit=0) for _ in range(colleagues)]
    lead_id, holding = await routed(office, team)

    await until_taken_back(office, holding)
    decision = (await office.route(lead_id)).decision

    assert dict(verdicts_of(decision)) == {first.code: "HELD_IT"} | {rep.code: "NO_ROOM" for rep in full}
    assert await office.state(lead_id) == "UNASSIGNED"
    assert len(await office.notices_of(lead_id, "UNASSIGNED")) == 1


async def test_the_ladder_goes_on_once_somebody_of_the_team_has_room_who_never_had_the_lead(office: Office) -> None:
    team, [first] = await a_team_of(office, 1)
    full = await office.a_rep(team, limit=0)
    lead_id, holding = await routed(office, team)
    await until_taken_back(office, holding)
    await office.route(lead_id)
    await office.pass_time(MINUTE)
    await office.sweep_queue()
    before = await office.state(lead_id)

    await office.set_limit(full, 1)
    await office.pass_time(2 * SECOND)
    await office.sweep_queue()

    lead = await office.lead(lead_id)
    assert (before, lead.holding.rep_code, first.code) == ("UNASSIGNED", full.code, holding.rep_code)
    assert (await office.decisions(lead_id))[-1].reason == "NEXT_REP"


async def test_a_claimed_lead_goes_back_to_its_pool(office: Office) -> None:
    lead_id, holding = await office.a_held_lead(await office.a_rep())

    await until_taken_back(office, holding)

    assert await office.state(lead_id) == "POOLED"


async def test_who_has_answered_and_then_neglects_it_loses_it_to_the_pool(office: Office) -> None:
    team, [first, _] = await a_team_of(office, 2)
    lead_id, holding = await routed(office, team)
    rep = Rep(holding.rep_id, holding.rep_code, team)
    await accept(office, rep, holding)

    await until_taken_back(office, holding)

    assert first.team_code == team
    assert await office.state(lead_id) == "POOLED"


async def test_a_reopened_lead_is_routed_by_the_rules_of_now(office: Office) -> None:
    team, _ = await a_team_of(office, 2)
    lead_id, holding = await routed(office, team)
    await until_taken_back(office, holding)
    await office.disqualify(lead_id)
    await reopen(office, lead_id)
    await office.publish_rules()

    assert (await office.route(lead_id)).decision.reason == "NO_RULE_MATCHED"


async def test_the_sweep_does_as_the_timer_does_and_wakes_the_run(office: Office) -> None:
    team, _ = await a_team_of(office, 2)
    lead_id, holding = await routed(office, team)
    await office.pass_time(await reminded_of_all(office, holding) + 2 * SECOND)

    await office.sweep()

    assert (await office.state(lead_id), await office.task(lead_id)) == ("QUALIFYING", "ROUTE")
    [event] = [one for one in await office.events(lead_id) if one.kind == "lead_recalled"]
    assert (event.wakes, event.data["state"]) == ("lead", "QUALIFYING")
