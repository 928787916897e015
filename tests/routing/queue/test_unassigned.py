"""A lead that no rep could take waits for the managers, who hear of it and decide."""

import pytest

from clew.lead.v1 import lead_pb2
from tests.routing.office import Office, refused, state_name, verdicts_of
from tests.routing.pools.keeping import a_hidden_pool, assign, delete, home_of, mark, move, set_members
from tests.routing.queue.waiting import a_look_later, an_unassigned_lead, row_of, unassigned, wanting
from tests.routing.stages.acts import reopen, void


async def test_the_ledger_says_of_each_rep_why_not_and_the_teams_managers_hear_of_it(office: Office) -> None:
    team = await office.a_team()
    full, gone = await office.a_rep(team, limit=0), await office.a_rep(team)
    await office.run("update routing.rep set active = false where code = :code", code=gone.code)

    lead_id = await an_unassigned_lead(office, team)

    [decision], event = await office.decisions(lead_id), (await office.events(lead_id))[-1]
    [notice] = await office.notices_of(lead_id, "UNASSIGNED")
    assert decision.to_state == lead_pb2.LEAD_STATE_UNASSIGNED
    assert verdicts_of(decision) == [(full.code, "NO_ROOM"), (gone.code, "INACTIVE")]
    assert (event.kind, event.reason, event.wakes) == ("lead_unassigned", "NOBODY_HAS_ROOM", "none")
    assert (notice.team_code, notice.reason, notice.step) == (team, "NOBODY_HAS_ROOM", "queue 1")
    assert (await office.lead(lead_id)).unassigned_reason == "NOBODY_HAS_ROOM"


async def test_it_costs_its_run_nothing(office: Office) -> None:
    lead_id = await an_unassigned_lead(office, await office.a_team())

    work = await office.work(lead_id)

    assert (await office.task(lead_id), work.why) == ("NONE", "it waits in the managers' queue")
    assert not work.HasField("wake_at")


async def test_a_manager_assigns_it_whatever_its_home_pool_says(office: Office) -> None:
    rep, member = await office.a_rep(), await office.a_rep()
    lead_id = await an_unassigned_lead(office, await office.a_team())
    pool = await office.a_pool()
    await set_members(office, pool, member)
    await office.run(
        "update routing.lead set home_pool_id = (select pool_id from routing.pool where code = :pool) "
        "where lead_id = :id",
        pool=pool,
        id=lead_id,
    )

    holding = await assign(office, lead_id, rep)

    decision = (await office.decisions(lead_id))[-1]
    assert (holding.rep_code, holding.taken_from_pool_code) == (rep.code, "")
    assert (decision.verb, decision.from_state) == ("AssignLead", lead_pb2.LEAD_STATE_UNASSIGNED)
    assert (await office.events(lead_id))[-1].wakes == "lead"
    assert (await office.task(lead_id), await home_of(office, lead_id)) == ("WAIT", pool)


async def test_a_limit_binds_the_manager_too_and_the_lead_waits_on(office: Office) -> None:
    full = await office.a_rep(limit=0)
    lead_id = await an_unassigned_lead(office, await office.a_team())

    told = await refused(assign(office, lead_id, full))

    assert told.reason == "HOLDING_LIMIT_REACHED"
    assert await office.state(lead_id) == "UNASSIGNED"


async def test_a_manager_moves_it_into_a_pool_where_it_may_be_claimed(office: Office) -> None:
    pool, rep = await office.a_pool(), await office.a_rep()
    lead_id = await an_unassigned_lead(office, await office.a_team())

    await move(office, lead_id, pool)

    decision = (await office.decisions(lead_id))[-1]
    assert (await office.state(lead_id), await home_of(office, lead_id)) == ("POOLED", pool)
    assert (decision.verb, state_name(decision.to_state)) == ("MoveLead", "POOLED")
    assert (await office.lead(lead_id)).unassigned_reason == ""
    assert (await office.claim(rep, lead_id)).rep_code == rep.code


async def test_nobody_claims_it(office: Office) -> None:
    lead_id = await an_unassigned_lead(office, await office.a_team())

    told = await refused(office.claim(await office.a_rep(), lead_id))

    assert (told.reason, told.metadata["state"]) == ("ILLEGAL_TRANSITION", "UNASSIGNED")
    assert told.metadata["allowed"] == "AssignLead, DisqualifyLead, MoveLead, RouteLead, VoidLead"


async def test_no_call_routes_it(office: Office) -> None:
    lead_id = await an_unassigned_lead(office, await office.a_team())

    told = await refused(office.route(lead_id))

    assert (told.reason, "RouteLead" in told.metadata["allowed"]) == ("ILLEGAL_TRANSITION", False)


async def test_it_is_disqualified_and_comes_back_to_be_routed(office: Office) -> None:
    team = await office.a_team()
    lead_id = await an_unassigned_lead(office, team)

    assert await office.disqualify(lead_id) == "INVALID"
    await a_look_later(office)
    assert await office.state(lead_id) == "INVALID"
    await reopen(office, lead_id)
    await office.route(lead_id)

    assert await office.state(lead_id) == "UNASSIGNED"
    steps = [notice.step for notice in await office.notices_of(lead_id, "UNASSIGNED")]
    assert steps == ["queue 2", "queue 1"]


async def test_it_is_struck_out(office: Office) -> None:
    lead_id = await an_unassigned_lead(office, await office.a_team())

    await void(office, lead_id)

    assert await office.state(lead_id) == "VOIDED"


async def test_what_was_given_back_as_not_his_waits_where_nobody_else_can_take_it(office: Office) -> None:
    team = await office.a_team()
    only = await office.a_rep(team)
    lead_id = await office.open(region=team)
    await office.publish_rules(wanting(team))
    await office.route(lead_id)

    await office.give_back(only, (await office.lead(lead_id)).holding, "WRONG_REP")
    decision = (await office.route(lead_id)).decision

    assert (state_name(decision.to_state), verdicts_of(decision)) == ("UNASSIGNED", [(only.code, "RETURNED_IT")])


async def test_a_reenquiry_is_told_to_the_managers_and_puts_it_before_others(office: Office) -> None:
    team = await office.a_team()
    first, second = [await an_unassigned_lead(office, team) for _ in range(2)]

    await office.update_facts(second, 2, reenquiries=1, region=team)

    assert [lead.lead_id for lead in (await unassigned(office, team_code=team)).leads] == [second, first]
    [notice] = await office.notices_of(second, "REENQUIRY")
    assert (notice.team_code, notice.pool_code) == (team, "")


async def test_a_maturity_makes_it_mql_and_it_is_tried_at_once(office: Office) -> None:
    team = await office.a_team()
    lead_id = await an_unassigned_lead(office, team)
    await a_look_later(office)
    tries = (await row_of(office, lead_id)).tries

    await office.update_score(lead_id, 1, grade="A", maturities=1)
    await office.sweep_queue()

    lead, row = await office.lead(lead_id), await row_of(office, lead_id)
    assert (lead.facts.lifecycle_stage, row.tries) == ("MQL", tries + 1)
    assert await office.notices_of(lead_id, "MATURITY") == []


@pytest.mark.parametrize("hidden", [True, False])
async def test_who_may_not_see_its_home_does_not_see_it_in_the_queue(office: Office, hidden: bool) -> None:
    pool, outsider = await a_hidden_pool(office, await office.a_rep()), await office.a_rep()
    lead_id = await an_unassigned_lead(office, team := await office.a_team())
    if hidden:
        [home] = await office.run("select pool_id from routing.pool where code = :pool", pool=pool)
        await mark(office, lead_id, home_pool_id=home.pool_id)

    told = await refused(office.claim(outsider, lead_id))

    assert told.reason == ("NOT_READY_YET" if hidden else "ILLEGAL_TRANSITION")
    assert [lead.lead_id for lead in (await unassigned(office, team_code=team)).leads] == [lead_id]


async def test_it_goes_home_to_the_successor_of_a_pool_that_is_deleted(office: Office) -> None:
    pool, successor = await office.a_pool(), await office.a_pool()
    lead_id = await an_unassigned_lead(office, await office.a_team())
    [home] = await office.run("select pool_id from routing.pool where code = :pool", pool=pool)
    await mark(office, lead_id, home_pool_id=home.pool_id)

    answer = await delete(office, pool, successor)

    assert (answer.moved, await home_of(office, lead_id)) == (1, successor)
    assert await office.state(lead_id) == "UNASSIGNED"
