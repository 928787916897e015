"""A manager gives a pooled lead to a rep."""

from uuid import uuid4

from clew.routing.v1 import holdings_pb2 as pb
from tests.examples import as_manager, as_rep
from tests.routing.holdings.scenes import Rep, Scene, refused


async def test_an_assigned_lead_is_held_and_the_rep_hears_of_it(scene: Scene) -> None:
    rep, pool = await scene.a_rep(), await scene.a_pool()

    holding = await scene.assign(rep, await scene.a_lead(pool))

    notices = await scene.notices(rep)
    assert (holding.rep_code, holding.taken_from_pool_code) == (rep.code, pool.code)
    assert holding.origin == pb.HOLDING_ORIGIN_ASSIGNED
    assert {notice.kind for notice in notices} == {"FIRST_RESPONSE_DUTY", "ASSIGNED"}


async def test_an_assignment_is_in_the_ledger_with_the_manager(scene: Scene) -> None:
    rep, lead_id = await scene.a_rep(), await scene.a_lead()

    await scene.assign(rep, lead_id)

    [decision] = await scene.decisions(lead_id)
    [event] = await scene.events(lead_id)
    assert (decision.verb, decision.actor_id, decision.rep_id) == ("AssignLead", "wang", rep.rep_id)
    assert (event.kind, event.wakes) == ("lead_assigned", "lead")


async def test_the_cooldown_does_not_bind_a_manager(scene: Scene) -> None:
    rep, lead_id = await scene.a_rep(), await scene.a_lead()
    await scene.give_back(rep, await scene.claim(rep, lead_id))

    claim = await refused(scene.claim(rep, lead_id))
    holding = await scene.assign(rep, lead_id)

    assert claim.reason == "CLAIM_COOLDOWN"
    assert holding.epoch == 2


async def test_limits_bind_a_manager(scene: Scene) -> None:
    rep = await scene.a_rep(limit=0)

    answer = await refused(scene.assign(rep, await scene.a_lead()))

    assert (answer.reason, answer.metadata["limit"]) == ("HOLDING_LIMIT_REACHED", "0")


async def test_a_held_lead_names_its_holder(scene: Scene) -> None:
    holder, lead_id = await scene.a_rep(), await scene.a_lead()
    await scene.claim(holder, lead_id)

    answer = await refused(scene.assign(await scene.a_rep(), lead_id))

    assert (answer.reason, answer.metadata["holder"]) == ("ALREADY_HELD", holder.code)


async def test_a_rep_who_is_unknown_or_inactive_takes_no_lead(scene: Scene) -> None:
    lead_id = await scene.a_lead()

    unknown = await refused(scene.assign(Rep(uuid4(), "nobody"), lead_id))
    inactive = await refused(scene.assign(await scene.a_rep(active=False), lead_id))

    assert (unknown.reason, unknown.metadata) == ("NOT_FOUND", {"kind": "rep", "id": "nobody"})
    assert inactive.reason == "REP_INACTIVE"


async def test_assigning_is_not_a_reps(scene: Scene) -> None:
    rep = await scene.a_rep()
    request = pb.AssignLeadRequest(request_id=str(uuid4()), lead_id=str(await scene.a_lead()), rep_code=rep.code)

    answer = await refused(scene.holdings.AssignLead(request, metadata=as_rep(rep.rep_id)))
    allowed = await scene.holdings.AssignLead(request, metadata=as_manager())

    assert answer.reason == "ROLE_NOT_ALLOWED"
    assert allowed.holding.rep_code == rep.code
