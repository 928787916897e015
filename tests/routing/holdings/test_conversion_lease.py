"""A conversion leases the holding: the recall waits, and its word ends the lease once."""

from datetime import timedelta
from uuid import uuid4

import pytest

from clew.routing.v1 import holdings_pb2 as pb
from services.routing.policy import Policy, Unwarned
from tests.routing.holdings.scenes import DAY, HOUR, Rep, Scene, instant, refused


async def a_holding(scene: Scene) -> tuple[Rep, pb.Holding]:
    rep = await scene.a_rep()
    return rep, await scene.claim(rep, await scene.a_lead(await scene.a_pool(Policy(unwarned=Unwarned.RECALL))))


async def test_a_leased_holding_is_converting_until_the_lease_ends(scene: Scene) -> None:
    rep, holding = await a_holding(scene)
    before = await scene.now()

    leased = await scene.lease(holding, uuid4(), lease_for=timedelta(minutes=5))

    advanced = await scene.advance(holding)
    *_, event = await scene.events(holding.lead_id)
    assert await scene.state(holding.lead_id) == "CONVERTING"
    assert leased.rep_id == str(rep.rep_id)
    assert timedelta(0) <= instant(leased.lease_until) - before - timedelta(minutes=5) < timedelta(minutes=1)
    assert (advanced.effect, advanced.wake_at) == (pb.ADVANCE_EFFECT_NOT_DUE, leased.lease_until)
    assert (event.kind, event.by_run) == ("holding_leased", True)


async def test_the_same_conversion_asked_twice_is_answered_the_same(scene: Scene) -> None:
    _, holding = await a_holding(scene)
    conversion_id = uuid4()

    first = await scene.lease(holding, conversion_id)
    second = await scene.lease(holding, conversion_id, lease_for=timedelta(minutes=9))

    assert first == second


async def test_meanwhile_nobody_moves_the_lead(scene: Scene) -> None:
    rep, holding = await a_holding(scene)
    conversion_id = uuid4()
    await scene.lease(holding, conversion_id)

    answers = [
        await refused(scene.give_back(rep, holding)),
        await refused(scene.reclaim(holding)),
        await refused(scene.transfer(holding, await scene.a_rep())),
        await refused(scene.lease(holding, uuid4())),
    ]
    claim = await refused(scene.claim(await scene.a_rep(), holding.lead_id))

    assert {answer.reason for answer in answers} == {"CONVERSION_IN_FLIGHT"}
    assert answers[0].metadata == {"conversion_id": str(conversion_id)}
    assert (claim.reason, claim.metadata["holder"]) == ("ALREADY_HELD", rep.code)


async def test_the_recall_waits_for_the_lease(scene: Scene) -> None:
    _, holding = await a_holding(scene)
    await scene.lease(holding, uuid4())
    await scene.pass_time(3 * HOUR)

    advanced = await scene.advance(holding)
    await scene.sweep()

    assert advanced.effect == pb.ADVANCE_EFFECT_NOT_DUE
    assert await scene.state(holding.lead_id) == "CONVERTING"


async def test_a_release_leaves_the_notice_floor_and_the_recall_comes_after_it(scene: Scene) -> None:
    _, holding = await a_holding(scene)
    conversion_id = uuid4()
    await scene.lease(holding, conversion_id)
    await scene.pass_time(3 * HOUR)
    before = await scene.now()

    released = await scene.release(holding, conversion_id)

    floor = instant(released.due_at) - before
    assert DAY <= floor < DAY + timedelta(minutes=1)
    assert await scene.state(holding.lead_id) == "HELD"
    assert (await scene.advance(holding)).effect == pb.ADVANCE_EFFECT_NOT_DUE
    await scene.pass_time(DAY + timedelta(minutes=1))
    assert (await scene.advance(holding)).effect == pb.ADVANCE_EFFECT_RECALLED


async def test_a_release_never_makes_a_deadline_earlier(scene: Scene) -> None:
    rep, holding = await a_holding(scene)
    noted = await scene.follow_up(rep, holding)
    conversion_id = uuid4()
    await scene.lease(holding, conversion_id)

    released = await scene.release(holding, conversion_id)

    found = (await scene.schedule(holding)).schedule
    assert released.due_at == noted.schedule.due_at == found.due_at
    assert [reminder.step for reminder in found.reminders] == ["50%", "1d before", "2h before"]


async def test_a_release_is_done_once_and_the_conversion_cannot_begin_again(scene: Scene) -> None:
    _, holding = await a_holding(scene)
    conversion_id = uuid4()
    await scene.lease(holding, conversion_id)
    first = await scene.release(holding, conversion_id)
    await scene.pass_time(HOUR)

    second = await scene.release(holding, conversion_id)
    again = await refused(scene.lease(holding, conversion_id))
    another = await scene.lease(holding, uuid4())

    released = [event for event in await scene.events(holding.lead_id) if event.kind == "lease_released"]
    assert first == second
    assert again.reason == "CONVERSION_ENDED"
    assert another.rep_id == holding.rep_id
    assert [event.wakes for event in released] == ["lead"]


async def test_only_the_conversion_that_leases_ends_its_lease(scene: Scene) -> None:
    _, holding = await a_holding(scene)
    unleased = await refused(scene.release(holding, uuid4()))
    await scene.lease(holding, uuid4())
    stranger = uuid4()

    answers = [
        await refused(scene.release(holding, stranger)),
        await refused(scene.finish(holding, stranger)),
    ]

    assert {answer.reason for answer in [unleased, *answers]} == {"CONVERSION_ENDED"}
    assert answers[0].metadata["conversion_id"] == str(stranger)
    assert await scene.state(holding.lead_id) == "CONVERTING"


async def test_a_committed_conversion_ends_the_holding_and_its_rep_keeps_the_person(scene: Scene) -> None:
    rep, holding = await a_holding(scene)
    conversion_id = uuid4()
    await scene.lease(holding, conversion_id)

    states = [await scene.finish(holding, conversion_id), await scene.finish(holding, conversion_id)]

    [lead] = await scene.run("select * from routing.lead where lead_id = :id", id=holding.lead_id)
    ended = (await scene.schedule(holding)).holding
    verbs = [decision.verb for decision in await scene.decisions(holding.lead_id)]
    assert states == ["CONVERTED", "CONVERTED"]
    assert (lead.state, lead.converter_id) == ("CONVERTED", rep.rep_id)
    assert ended.end_cause == "converted"
    assert verbs == ["ClaimLead", "LeaseHolding", "FinishConversion"]
    [limit] = await scene.run("select sum(held) as held from routing.holding_limit where rep_id = :id", id=rep.rep_id)
    assert limit.held == 0


async def test_a_lease_that_has_ended_frees_nothing_by_itself(scene: Scene) -> None:
    _, holding = await a_holding(scene)
    conversion_id = uuid4()
    await scene.lease(holding, conversion_id, lease_for=timedelta(seconds=5))
    await scene.pass_time(DAY)
    await scene.sweep()

    assert await scene.state(holding.lead_id) == "CONVERTING"
    assert await scene.finish(holding, conversion_id) == "CONVERTED"


async def test_only_the_holder_or_a_manager_converts(scene: Scene) -> None:
    _, holding = await a_holding(scene)
    colleague = await scene.a_rep()

    answer = await refused(scene.lease(holding, uuid4(), converter_id=str(colleague.rep_id)))
    leased = await scene.lease(holding, uuid4(), converter_id="wang", by_manager=True)

    assert answer.reason == "NOT_YOURS"
    assert leased.rep_id == holding.rep_id


async def test_another_epoch_or_an_ended_or_overdue_holding_is_not_leased(scene: Scene) -> None:
    rep, holding = await a_holding(scene)
    _, overdue = await a_holding(scene)

    other_epoch = await refused(scene.lease(holding, uuid4(), epoch=2))
    await scene.pass_time(2 * HOUR)
    too_late = await refused(scene.lease(overdue, uuid4()))
    await scene.give_back(rep, holding)
    ended = await refused(scene.lease(holding, uuid4()))

    assert {other_epoch.reason, too_late.reason, ended.reason} == {"HOLDING_ENDED"}
    assert (too_late.metadata["end_cause"], ended.metadata["end_cause"]) == ("recalled", "returned")


@pytest.mark.parametrize("lease_for", [timedelta(0), timedelta(minutes=11)])
async def test_a_lease_is_at_most_ten_minutes(scene: Scene, lease_for: timedelta) -> None:
    _, holding = await a_holding(scene)

    answer = await refused(scene.lease(holding, uuid4(), lease_for=lease_for))

    assert (answer.reason, answer.fields) == ("INVALID_FIELD", ["lease_for"])
