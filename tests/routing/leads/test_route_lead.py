"""Where a lead goes, and what the ledger says of it."""

from uuid import uuid4

import pytest

from clew.lead.v1 import lead_pb2
from clew.routing.v1 import holdings_pb2, leads_pb2, roster_pb2
from services.shared.ids import new_id
from tests.examples import as_manager, as_service
from tests.routing.office import (
    MINUTE,
    Office,
    fresh,
    instant,
    lasting,
    refused,
    state_name,
    to_pool,
    to_team,
    verdicts_of,
)


async def test_without_rules_a_lead_goes_to_the_default_pool(office: Office) -> None:
    lead_id = await office.open()
    await office.publish_rules()

    routed = await office.route(lead_id)

    lead = await office.lead(lead_id)
    assert (state_name(routed.state), routed.decision.reason) == ("POOLED", "NO_RULE_MATCHED")
    assert (state_name(lead.state), lead.home_pool_code) == ("POOLED", "default")
    assert await office.task(lead_id) == "NONE"


async def test_the_first_rule_that_holds_decides_and_is_named(office: Office) -> None:
    east, rest = await office.a_pool(), await office.a_pool()
    version = await office.publish_rules(
        to_pool(east, "lead.region == '上海'", "east"), to_pool(rest, "true", "the_rest")
    )
    lead_id, other = await office.open(region="上海"), await office.open(region="新疆")

    routed, others = await office.route(lead_id), await office.route(other)

    assert (await office.lead(lead_id)).home_pool_code == east
    assert (await office.lead(other)).home_pool_code == rest
    assert routed.decision.rule_version == f"assignment@{version}/east"
    assert others.decision.rule_version == f"assignment@{version}/the_rest"
    assert routed.decision.reason == "RULE_MATCHED"


async def test_rules_see_what_scoring_said(office: Office) -> None:
    best, rest = await office.a_pool(), await office.a_pool()
    await office.publish_rules(
        to_pool(best, "lead.grade == 'A' && lead.fit_score >= 70"), to_pool(rest, rule_id="rest")
    )
    scored, unscored = await office.open(), await office.open()
    await office.update_score(scored, 1, grade="A", fit_score=75)

    await office.route(scored)
    await office.route(unscored)

    assert (await office.lead(scored)).home_pool_code == best
    assert (await office.lead(unscored)).home_pool_code == rest


async def test_a_teams_lead_goes_to_whoever_waited_longest_and_is_his_to_answer(office: Office) -> None:
    team = await office.a_team()
    first, second = await office.a_rep(team), await office.a_rep(team)
    version = await office.publish_rules(to_team(team))
    lead_id = await office.open()

    routed = await office.route(lead_id)

    lead = await office.lead(lead_id)
    assert state_name(lead.state) == "HELD"
    assert (lead.holding.rep_code, lead.holding.epoch) == (first.code, 1)
    assert lead.holding.origin == holdings_pb2.HOLDING_ORIGIN_RULE
    assert (lead.home_pool_code, lead.holding.taken_from_pool_code) == ("default", "")
    assert verdicts_of(routed.decision) == [(first.code, "CHOSEN"), (second.code, "WAITED_LESS")]
    assert (routed.decision.rep_code, routed.decision.epoch) == (first.code, 1)
    assert routed.decision.rule_version == f"assignment@{version}/east"
    assert routed.decision.schedule.policy_version == lead.holding.policy_version
    assert await office.task(lead_id) == "WAIT"
    assert {notice.rep_code for notice in await office.notices_of(lead_id, "ASSIGNED")} == {first.code}
    assert len(await office.notices_of(lead_id, "FIRST_RESPONSE_DUTY")) == 1


async def test_leads_go_round_the_team(office: Office) -> None:
    team = await office.a_team()
    reps = [await office.a_rep(team) for _ in range(3)]
    await office.publish_rules(to_team(team))

    given = [(await office.route(await office.open())).decision.rep_code for _ in range(6)]

    assert given == [rep.code for rep in reps] * 2


async def test_any_assignment_counts_as_having_been_given_one(office: Office) -> None:
    team = await office.a_team()
    first, second = await office.a_rep(team), await office.a_rep(team)
    pooled = await office.a_pooled_lead()
    await office.claim(first, pooled)
    await office.publish_rules(to_team(team))

    routed = await office.route(await office.open())

    assert routed.decision.rep_code == second.code


async def test_reps_without_room_or_not_active_are_passed_over_and_it_says_so(office: Office) -> None:
    team = await office.a_team(limit=5)
    full, gone, free = await office.a_rep(team, limit=0), await office.a_rep(team), await office.a_rep(team)
    await office.run("update routing.rep set active = false where code = :code", code=gone.code)
    await office.publish_rules(to_team(team))

    decision = (await office.route(await office.open())).decision

    assert verdicts_of(decision) == [(full.code, "NO_ROOM"), (gone.code, "INACTIVE"), (free.code, "CHOSEN")]
    assert [(one.held, one.limit) for one in decision.candidates] == [(0, 0), (0, 5), (0, 5)]


async def test_a_rep_whose_limit_of_the_leads_grade_or_product_is_full_is_passed_over(office: Office) -> None:
    team = await office.a_team()
    of_grade, of_product, free = [await office.a_rep(team) for _ in range(3)]
    await office.set_limit(of_grade, 0, grade="A")
    await office.set_limit(of_product, 0, product="crm")
    await office.publish_rules(to_team(team))
    lead_id = await office.open(intent={"product": "crm"})
    await office.update_score(lead_id, 1, grade="A")

    decision = (await office.route(lead_id)).decision

    assert verdicts_of(decision) == [
        (of_grade.code, "NO_ROOM_FOR_GRADE"),
        (of_product.code, "NO_ROOM_FOR_PRODUCT"),
        (free.code, "CHOSEN"),
    ]


async def test_when_nobody_has_room_the_lead_is_unassigned_and_everybodys_verdict_is_kept(
    office: Office,
) -> None:
    team = await office.a_team(limit=0)
    reps = [await office.a_rep(team) for _ in range(2)]
    version = await office.publish_rules(to_team(team))
    lead_id = await office.open()

    routed = await office.route(lead_id)

    [kept] = await office.decisions(lead_id)
    assert (state_name(routed.state), (await office.lead(lead_id)).home_pool_code) == ("UNASSIGNED", "default")
    assert (kept.reason, kept.rule_version) == ("NOBODY_HAS_ROOM", f"assignment@{version}/east")
    assert verdicts_of(kept) == [(rep.code, "NO_ROOM") for rep in reps]
    assert kept == routed.decision


async def test_a_team_without_reps_is_a_team_without_room(office: Office) -> None:
    await office.publish_rules(to_team(await office.a_team()))

    decision = (await office.route(await office.open())).decision

    assert (decision.reason, verdicts_of(decision)) == ("NOBODY_HAS_ROOM", [])


async def test_the_rep_who_captured_a_lead_gets_it_before_any_rule(office: Office) -> None:
    capturer, team = await office.a_rep(), await office.a_team()
    await office.a_rep(team)
    await office.publish_rules(to_team(team))
    lead_id = await office.open(captured_by=capturer.rep_id)

    routed = await office.route(lead_id)

    lead = await office.lead(lead_id)
    assert (lead.holding.rep_code, lead.holding.origin) == (capturer.code, holdings_pb2.HOLDING_ORIGIN_CAPTURED)
    assert (routed.decision.reason, routed.decision.rule_version) == ("CAPTURED_BY", "")
    assert verdicts_of(routed.decision) == [(capturer.code, "CHOSEN")]
    assert lead.home_pool_code == "default"
    assert await office.notices_of(lead_id, "ASSIGNED") == []


async def test_a_full_capturing_rep_is_passed_over_for_the_rules(office: Office) -> None:
    capturer, team = await office.a_rep(limit=0), await office.a_team()
    member = await office.a_rep(team)
    await office.publish_rules(to_team(team))

    decision = (await office.route(await office.open(captured_by=capturer.rep_id))).decision

    assert verdicts_of(decision) == [(capturer.code, "NO_ROOM"), (member.code, "CHOSEN")]
    assert (decision.reason, decision.rep_code) == ("RULE_MATCHED", member.code)


async def test_a_capturing_rep_whom_routing_does_not_know_counts_as_none(office: Office) -> None:
    stranger = str(uuid4())
    await office.publish_rules()

    decision = (await office.route(await office.open(captured_by=stranger))).decision

    assert verdicts_of(decision) == [(stranger, "UNKNOWN")]
    assert decision.reason == "NO_RULE_MATCHED"


async def test_the_owner_of_the_matched_account_is_no_rule_yet(office: Office) -> None:
    owner = await office.a_rep()
    await office.publish_rules()

    routed = await office.route(await office.open(account_owner=owner.rep_id))

    assert state_name(routed.state) == "POOLED"


async def test_whoever_gave_it_back_as_not_his_is_passed_over_when_it_is_routed_anew(office: Office) -> None:
    team = await office.a_team()
    first, second = await office.a_rep(team), await office.a_rep(team)
    await office.publish_rules(to_team(team))
    lead_id = await office.open()
    await office.route(lead_id)

    await office.give_back(first, (await office.lead(lead_id)).holding, "WRONG_REP")
    assert (await office.state(lead_id), await office.task(lead_id)) == ("QUALIFYING", "ROUTE")
    # The other one waited less: he has just been given one elsewhere.
    await office.claim(second, await another_pooled_lead(office, to_team(team)))
    decision = (await office.route(lead_id)).decision

    assert verdicts_of(decision) == [(first.code, "RETURNED_IT"), (second.code, "CHOSEN")]
    assert (await office.lead(lead_id)).holding.epoch == 2


async def test_a_capturing_rep_who_gave_it_back_does_not_get_it_again(office: Office) -> None:
    capturer = await office.a_rep()
    await office.publish_rules()
    lead_id = await office.open(captured_by=capturer.rep_id)
    await office.route(lead_id)

    await office.give_back(capturer, (await office.lead(lead_id)).holding, "WRONG_REP")
    routed = await office.route(lead_id)

    assert state_name(routed.state) == "POOLED"


async def test_a_mature_lead_is_assigned_out_of_its_pool_by_a_teams_rule_and_keeps_its_home(office: Office) -> None:
    pool, team = await office.a_pool(roster_pb2.Policy(first_response=lasting(7 * MINUTE))), await office.a_team()
    rep = await office.a_rep(team)
    lead_id = await office.a_pooled_lead(pool)
    await office.publish_rules(to_team(team, "lead.grade == 'A'"))

    await office.update_score(lead_id, 1, grade="A", maturities=1)
    routed = await office.route(lead_id)

    lead = await office.lead(lead_id)
    assert (lead.holding.rep_code, lead.home_pool_code) == (rep.code, pool)
    assert lead.holding.policy_version == f"{pool}@1"
    assert routed.decision.from_state == lead_pb2.LEAD_STATE_POOLED


@pytest.mark.parametrize("reason", ["NO_RULE_MATCHED", "NOBODY_HAS_ROOM"])
async def test_a_mature_lead_that_finds_nobody_goes_on_waiting_where_and_since_when_it_waits(
    office: Office, reason: str
) -> None:
    pool = await office.a_pool()
    lead_id = await office.a_pooled_lead(pool)
    [before] = await waiting_in(office, pool)
    await office.publish_rules(*([to_team(await office.a_team())] if reason == "NOBODY_HAS_ROOM" else []))

    await office.update_score(lead_id, 1, maturities=1)
    routed = await office.route(lead_id)

    [after] = await waiting_in(office, pool)
    assert (state_name(routed.state), routed.decision.reason) == ("POOLED", reason)
    assert (after.lead_id, instant(after.pooled_at)) == (lead_id, instant(before.pooled_at))
    assert [decision.verb for decision in await office.decisions(lead_id)] == ["RouteLead", "RouteLead"]
    assert await office.task(lead_id) == "NONE"


async def test_routing_is_written_for_the_leads_own_run_and_wakes_nobody(office: Office) -> None:
    lead_id = await office.a_pooled_lead()

    event = (await office.events(lead_id))[-1]

    assert (event.kind, event.by_run, event.wakes) == ("lead_routed", True, "none")
    assert event.data == {"state": "POOLED", "pool_code": "default"}


async def test_asked_again_with_the_same_request_id_it_answers_the_same_decision(office: Office) -> None:
    request = leads_pb2.RouteLeadRequest(request_id=fresh(), lead_id=await office.open())
    await office.publish_rules()

    answers = [await office.leads.RouteLead(request, metadata=as_service()) for _ in range(2)]

    assert answers[0] == answers[1]
    assert len(await office.decisions(request.lead_id)) == 1


async def test_a_pooled_lead_that_is_not_due_is_not_routed_and_hears_what_it_allows(office: Office) -> None:
    lead_id = await office.a_pooled_lead()

    told = await refused(office.route(lead_id))

    assert (told.reason, told.status.name) == ("ILLEGAL_TRANSITION", "FAILED_PRECONDITION")
    assert told.metadata == {
        "state": "POOLED",
        "verb": "RouteLead",
        "allowed": "AssignLead, ClaimLead, DisqualifyLead, GoDormant, GoToReview, MoveLead, RestLead, VoidLead",
    }
    assert "RouteLead" not in told.message


@pytest.mark.parametrize("state", ["HELD", "CONVERTING", "CONVERTED", "INVALID"])
async def test_a_lead_beyond_routing_is_refused_with_its_state(office: Office, state: str) -> None:
    lead_id = await a_lead_in(office, state)

    told = await refused(office.route(lead_id))

    assert (told.reason, told.metadata["state"]) == ("ILLEGAL_TRANSITION", state)


async def test_a_lead_that_routing_does_not_know_is_not_ready_yet(office: Office) -> None:
    assert (await refused(office.route(str(new_id())))).reason == "NOT_READY_YET"


async def a_lead_in(office: Office, state: str) -> str:
    lead_id, holding = await office.a_held_lead(await office.a_rep())
    if state == "CONVERTING":
        await office.lease(holding, fresh())
    elif state == "CONVERTED":
        await office.convert(holding)
    elif state == "INVALID":
        await office.disqualify(lead_id)
    return lead_id


async def another_pooled_lead(office: Office, *rules: roster_pb2.AssignmentRule) -> str:
    """In the default pool; the rules stand again afterwards."""
    lead_id = await office.a_pooled_lead()
    await office.publish_rules(*rules)
    return lead_id


async def waiting_in(office: Office, pool_code: str) -> list[roster_pb2.PoolLead]:
    request = roster_pb2.ListPoolLeadsRequest(pool_code=pool_code)
    return list((await office.roster.ListPoolLeads(request, metadata=as_manager())).leads)
