"""A lead is given back by its rep, or taken back by a manager; the reason says what becomes of it."""

from uuid import uuid4

import pytest

from clew.routing.v1 import holdings_pb2 as pb
from services.routing.policy import Period, Policy
from tests.routing.holdings.scenes import CALM, DAY, Scene, refused


@pytest.mark.parametrize(
    ("reason", "state"),
    [("NOT_INTERESTED", "POOLED"), ("WRONG_REP", "QUALIFYING"), ("DEAD_NUMBER", "INVALID")],
)
async def test_the_reason_of_a_return_says_what_becomes_of_the_lead(scene: Scene, reason: str, state: str) -> None:
    rep, lead_id = await scene.a_rep(), await scene.a_lead()
    holding = await scene.claim(rep, lead_id)

    answer = await scene.give_back(rep, holding, reason)

    [lead] = await scene.run("select * from routing.lead where lead_id = :lead_id", lead_id=lead_id)
    [ended] = await scene.run("select * from routing.holding where lead_id = :lead_id", lead_id=lead_id)
    assert answer == lead.state == state
    assert (ended.end_cause, ended.end_reason, ended.wake_at) == ("returned", reason, None)
    assert (lead.pooled_at is not None, lead.route_due, lead.invalid_reason) == {
        "POOLED": (True, False, None),
        "QUALIFYING": (False, True, None),
        "INVALID": (False, False, reason),
    }[state]


async def test_a_return_frees_a_place_and_is_on_the_record(scene: Scene) -> None:
    rep, pool = await scene.a_rep(limit=1), await scene.a_pool()
    first, second = await scene.leads(2, pool)

    await scene.give_back(rep, await scene.claim(rep, first))

    _, decision = await scene.decisions(first)
    _, event = await scene.events(first)
    assert (await scene.claim(rep, second)).rep_code == rep.code
    assert (decision.verb, decision.from_state, decision.to_state) == ("ReturnLead", "HELD", "POOLED")
    assert (decision.reason, decision.schedule is not None) == ("NOT_INTERESTED", True)
    assert (event.kind, event.wakes, event.reason, event.seq) == ("lead_returned", "lead", "NOT_INTERESTED", 2)


async def test_nobody_is_told_of_his_own_return_but_of_a_reclaim(scene: Scene) -> None:
    rep, lead_id = await scene.a_rep(), await scene.a_lead()
    await scene.give_back(rep, await scene.claim(rep, lead_id))
    returned = [notice.kind for notice in await scene.notices(rep)]
    holding = await scene.assign(rep, lead_id)

    state = await scene.reclaim(holding)

    *_, told = await scene.notices(rep)
    assert returned == ["FIRST_RESPONSE_DUTY"]
    assert state == "POOLED"
    assert (told.kind, told.reason, str(told.holding_id)) == ("RECLAIMED", "NEGLECTED", holding.holding_id)


async def test_a_lead_that_was_rerouted_is_due_for_its_run_at_once(scene: Scene) -> None:
    rep, lead_id = await scene.a_rep(), await scene.a_lead()
    before = await scene.now()

    await scene.give_back(rep, await scene.claim(rep, lead_id), "WRONG_REP")

    [lead] = await scene.run("select * from routing.lead where lead_id = :lead_id", lead_id=lead_id)
    assert before <= lead.wake_at <= await scene.now()


async def test_a_colleagues_holding_is_not_ones_own(scene: Scene) -> None:
    rep, colleague, lead_id = await scene.a_rep(), await scene.a_rep(), await scene.a_lead()
    holding = await scene.claim(rep, lead_id)

    answer = await refused(scene.give_back(colleague, holding))

    assert (answer.reason, answer.code) == ("NOT_YOURS", "PERMISSION_DENIED")
    assert await scene.state(lead_id) == "HELD"


async def test_an_ended_holding_says_how_it_ended_and_changes_nothing(scene: Scene) -> None:
    rep, successor, lead_id = await scene.a_rep(), await scene.a_rep(), await scene.a_lead()
    old = await scene.claim(rep, lead_id)
    await scene.give_back(rep, old)
    present = await scene.claim(successor, lead_id)

    returned = await refused(scene.give_back(rep, old))
    reclaimed = await refused(scene.reclaim(old))

    assert returned.reason == reclaimed.reason == "HOLDING_ENDED"
    assert returned.metadata == {"holding_id": old.holding_id, "end_cause": "returned"}
    assert not (await scene.schedule(present)).holding.HasField("ended_at")


@pytest.mark.parametrize("reason", ["REP_ABSENT", "BORED"])
async def test_a_reason_that_is_not_for_the_verb_is_refused_with_those_that_are(scene: Scene, reason: str) -> None:
    rep = await scene.a_rep()
    holding = await scene.claim(rep, await scene.a_lead())

    answer = await refused(scene.give_back(rep, holding, reason))

    assert (answer.reason, answer.fields) == ("REASON_NOT_ALLOWED", ["reason"])
    assert "NOT_INTERESTED" in answer.metadata["allowed"]


async def test_a_holding_that_never_was_is_not_found(scene: Scene) -> None:
    answer = await refused(scene.give_back(await scene.a_rep(), pb.Holding(holding_id=str(uuid4()))))

    assert (answer.reason, answer.metadata["kind"]) == ("NOT_FOUND", "holding")


async def test_the_cooldown_goes_by_the_policy_that_the_holding_began_with(scene: Scene) -> None:
    rep, pool = await scene.a_rep(), await scene.a_pool()
    lead_id = await scene.a_lead(pool)
    holding = await scene.claim(rep, lead_id)
    await scene.publish(Policy(claim_cooldown=Period(30 * DAY)), pool)

    await scene.give_back(rep, holding)
    await scene.pass_time(CALM.cooldown)

    assert (await scene.claim(rep, lead_id)).epoch == 2
