"""A manager hands a held lead to another rep."""

from uuid import uuid4

from clew.routing.v1 import holdings_pb2 as pb
from tests.routing.holdings.scenes import DAY, Rep, Scene, instant, refused


async def test_a_transfer_ends_the_holding_and_opens_the_next_with_fresh_deadlines(scene: Scene) -> None:
    rep, successor, lead_id = await scene.a_rep(), await scene.a_rep(), await scene.a_lead()
    old = await scene.claim(rep, lead_id)
    await scene.follow_up(rep, old)
    await scene.pass_time(2 * DAY)

    new = await scene.transfer(old, successor)

    ended = (await scene.schedule(old)).holding
    assert ended.end_cause == "transferred"
    assert (new.epoch, new.rep_code, new.origin) == (2, successor.code, pb.HOLDING_ORIGIN_TRANSFERRED)
    assert not new.HasField("first_responded_at")
    assert instant(new.due_at) - instant(new.started_at) == 30 * DAY
    assert new.taken_from_pool_code == ""
    assert await scene.state(lead_id) == "HELD"


async def test_both_reps_hear_of_a_transfer(scene: Scene) -> None:
    rep, successor, lead_id = await scene.a_rep(), await scene.a_rep(), await scene.a_lead()

    await scene.transfer(await scene.claim(rep, lead_id), successor)

    assert [notice.kind for notice in await scene.notices(rep)] == ["FIRST_RESPONSE_DUTY", "TRANSFERRED"]
    assert {notice.kind for notice in await scene.notices(successor)} == {"FIRST_RESPONSE_DUTY", "ASSIGNED"}


async def test_a_transfer_is_one_decision_and_one_event(scene: Scene) -> None:
    rep, successor, lead_id = await scene.a_rep(), await scene.a_rep(), await scene.a_lead()
    old = await scene.claim(rep, lead_id)

    new = await scene.transfer(old, successor)

    _, decision = await scene.decisions(lead_id)
    _, event = await scene.events(lead_id)
    assert (decision.verb, str(decision.holding_id), decision.epoch) == ("TransferLead", new.holding_id, 2)
    assert (event.kind, event.data["from_holding_id"]) == ("lead_transferred", old.holding_id)
    assert (event.data["from_rep_code"], event.data["rep_code"]) == (rep.code, successor.code)


async def test_a_full_successor_leaves_everything_as_it_was(scene: Scene) -> None:
    rep, full, lead_id = await scene.a_rep(), await scene.a_rep(limit=0), await scene.a_lead()
    holding = await scene.claim(rep, lead_id)

    answer = await refused(scene.transfer(holding, full))

    assert (answer.reason, answer.metadata["rep"]) == ("HOLDING_LIMIT_REACHED", full.code)
    assert not (await scene.schedule(holding)).holding.HasField("ended_at")


async def test_only_an_active_known_other_rep_takes_over(scene: Scene) -> None:
    rep = await scene.a_rep()
    holding = await scene.claim(rep, await scene.a_lead())

    inactive = await refused(scene.transfer(holding, await scene.a_rep(active=False)))
    unknown = await refused(scene.transfer(holding, Rep(uuid4(), "nobody")))
    same = await refused(scene.transfer(holding, rep))

    assert inactive.reason == "REP_INACTIVE"
    assert (unknown.reason, unknown.metadata["kind"]) == ("NOT_FOUND", "rep")
    assert (same.reason, same.fields) == ("INVALID_FIELD", ["rep_code"])


async def test_the_rep_who_lost_it_by_transfer_has_his_cooldown(scene: Scene) -> None:
    rep, successor, lead_id = await scene.a_rep(), await scene.a_rep(), await scene.a_lead()
    new = await scene.transfer(await scene.claim(rep, lead_id), successor)
    await scene.reclaim(new)

    assert (await refused(scene.claim(rep, lead_id))).reason == "CLAIM_COOLDOWN"
