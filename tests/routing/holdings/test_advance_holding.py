"""The step of a holding that is due by the database's clock: a reminder, or the recall."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from clew.routing.v1 import holdings_pb2 as pb
from services.routing.holdings import store_advancing
from services.routing.holdings.store_advancing import Effect, advance_holding
from services.routing.holdings.store_recall import Which, recall, remind
from services.routing.holdings.store_sweep import HoldingStep
from services.routing.holdings.store_unwarned import postpone
from services.routing.ledger import DoneBy
from services.routing.policy import AfterPercent, BeforeDeadline, Period, Policy, Unwarned
from services.shared.callers import Caller, Role, set_caller
from tests.examples import as_service
from tests.routing.holdings.scenes import DAY, HOUR, Rep, Scene, instant, refused

# First response within two days, reminded of after one day and two hours before.
REMINDING = Policy(
    first_response=Period(2 * DAY),
    reminders=(AfterPercent(50), BeforeDeadline(Period(2 * HOUR))),
    unwarned=Unwarned.RECALL,
)


async def a_holding(scene: Scene, policy: Policy = REMINDING) -> tuple[Rep, pb.Holding]:
    rep = await scene.a_rep()
    return rep, await scene.claim(rep, await scene.a_lead(await scene.a_pool(policy)))


async def test_nothing_is_done_before_its_time_and_the_run_is_told_how_long_to_sleep(scene: Scene) -> None:
    _, holding = await a_holding(scene)

    advanced = await scene.advance(holding)

    assert advanced.effect == pb.ADVANCE_EFFECT_NOT_DUE
    assert instant(advanced.wake_at) == instant(holding.started_at) + DAY
    left = advanced.wake_in.ToTimedelta()
    assert DAY - timedelta(minutes=1) < left < DAY


async def test_a_reminder_is_a_notice_with_the_deadline_and_is_sent_once(scene: Scene) -> None:
    rep, holding = await a_holding(scene)
    await scene.pass_time(DAY)

    first, second = await scene.advance(holding), await scene.advance(holding)

    *_, notice = await scene.notices(rep)
    *_, event = await scene.events(holding.lead_id)
    assert (first.effect, second.effect) == (pb.ADVANCE_EFFECT_REMINDED, pb.ADVANCE_EFFECT_NOT_DUE)
    assert instant(first.wake_at) == instant(second.wake_at) == instant(holding.due_at) - 2 * HOUR
    assert (notice.kind, notice.step, notice.reason) == ("REMINDER", "50%", "FIRST_RESPONSE")
    assert notice.due_at == instant(holding.due_at)
    assert (event.kind, event.wakes, event.data["step"]) == ("reminder_sent", "none", "50%")
    assert len(await scene.notices(rep)) == 2


async def test_after_an_outage_only_the_newest_reminder_is_sent(scene: Scene) -> None:
    rep, holding = await a_holding(scene)
    await scene.pass_time(2 * DAY - HOUR)

    advanced = await scene.advance(holding)

    steps = [notice.step for notice in await scene.notices(rep) if notice.kind == "REMINDER"]
    assert steps == ["2h before"]
    assert instant(advanced.wake_at) == instant(holding.due_at)


@pytest.mark.parametrize("unwarned", Unwarned)
async def test_a_deadline_that_passes_while_it_is_looked_at_leaves_nothing_undone(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, unwarned: Unwarned
) -> None:
    for step in (recall, postpone, remind):
        monkeypatch.setattr(store_advancing, step.__name__, slow(step))
    _, holding = await a_holding(scene, replace(REMINDING, unwarned=unwarned))
    await scene.pass_time(2 * DAY - HOUR)

    set_caller(Caller("workflows", Role.SERVICE))
    async with scene.engine.begin() as db:
        advanced = await advance_holding(db, UUID(holding.holding_id))

    assert advanced.effect is not Effect.NOT_DUE


def slow(step: HoldingStep) -> HoldingStep:
    """After each look two hours pass."""

    async def look(db: AsyncConnection, which: Which, done_by: DoneBy) -> list[UUID]:
        found = await step(db, which, done_by)
        await db.execute(text("update clew.clock set moved_by = moved_by + interval '2 h'"))
        return found

    return look


async def test_a_deadline_that_moved_is_reminded_of_anew(scene: Scene) -> None:
    rep, holding = await a_holding(scene, Policy(reminders=(BeforeDeadline(Period(DAY)),)))
    await scene.follow_up(rep, holding)
    await scene.pass_time(9 * DAY)
    await scene.advance(holding)
    await scene.follow_up(rep, holding)
    await scene.pass_time(2 * DAY)

    advanced = await scene.advance(holding)

    steps = [notice.step for notice in await scene.notices(rep) if notice.kind == "REMINDER"]
    assert advanced.effect == pb.ADVANCE_EFFECT_REMINDED
    assert steps == ["1d before", "1d before"]


async def test_at_its_deadline_a_lead_goes_back_to_its_pool(scene: Scene) -> None:
    rep, holding = await a_holding(scene)
    await scene.pass_time(2 * DAY)

    advanced = await scene.advance(holding)

    [lead] = await scene.run("select * from routing.lead where lead_id = :id", id=holding.lead_id)
    [ended] = await scene.run("select * from routing.holding where holding_id = :id", id=holding.holding_id)
    [limit] = await scene.run("select sum(held) as held from routing.holding_limit where rep_id = :id", id=rep.rep_id)
    assert advanced.effect == pb.ADVANCE_EFFECT_RECALLED
    assert not advanced.HasField("wake_at")
    assert (lead.state, lead.pooled_at) == ("POOLED", ended.ended_at)
    assert (ended.end_cause, ended.end_reason) == ("recalled", "FIRST_RESPONSE")
    assert ended.ended_at >= ended.due_at
    assert limit.held == 0


async def test_why_a_lead_was_taken_has_a_complete_answer(scene: Scene) -> None:
    rep, holding = await a_holding(scene)
    await scene.pass_time(2 * DAY)
    await scene.advance(holding)

    *_, decision = await scene.decisions(holding.lead_id)
    *_, notice = await scene.notices(rep)
    *_, event = await scene.events(holding.lead_id)

    assert (decision.verb, decision.from_state, decision.to_state) == ("Recall", "HELD", "POOLED")
    assert (decision.reason, decision.done_by) == ("FIRST_RESPONSE", "TIMER")
    assert decision.due_at == instant(holding.due_at) <= decision.decided_at
    assert (decision.rule_version, decision.rep_id) == (holding.policy_version, rep.rep_id)
    assert decision.schedule["because"][0].startswith("Began ")
    assert (notice.kind, notice.reason, notice.due_at) == (
        "RECALLED",
        "FIRST_RESPONSE",
        instant(holding.due_at),
    )
    assert (event.kind, event.by_run, event.wakes, event.wake_id) == ("lead_recalled", True, "none", None)


async def test_an_ended_holding_stays_ended(scene: Scene) -> None:
    _, holding = await a_holding(scene)
    await scene.pass_time(2 * DAY)
    first, second = await scene.advance(holding), await scene.advance(holding)
    successor = await scene.claim(await scene.a_rep(), holding.lead_id)

    third = await scene.advance(holding)

    assert first.effect == pb.ADVANCE_EFFECT_RECALLED
    assert second.effect == third.effect == pb.ADVANCE_EFFECT_ENDED
    assert not (await scene.schedule(successor)).holding.HasField("ended_at")


async def test_the_recalled_rep_has_his_cooldown(scene: Scene) -> None:
    rep, holding = await a_holding(scene)
    await scene.pass_time(2 * DAY)
    await scene.advance(holding)

    answer = await refused(scene.claim(rep, holding.lead_id))

    assert answer.reason == "CLAIM_COOLDOWN"


async def test_a_recall_that_had_to_wait_for_a_limit_gives_the_place_back(scene: Scene) -> None:
    """The limit changed while the statement waited: what it waited for must not be lost."""
    rep, holding = await a_holding(scene)
    await scene.pass_time(2 * DAY)

    await scene.while_limits_are_locked(rep, scene.advance(holding))

    [limit] = await scene.run("select sum(held) as held from routing.holding_limit where rep_id = :id", id=rep.rep_id)
    assert limit.held == 0


async def test_a_recall_that_waited_while_the_deadline_moved_leaves_the_lead(scene: Scene) -> None:
    _, holding = await a_holding(scene)
    await scene.pass_time(2 * DAY)

    async with scene.engine.begin() as db:
        named = {"lead_id": holding.lead_id}
        await db.execute(text("update routing.lead set version = version + 1 where lead_id = :lead_id"), named)
        await db.execute(
            text("update routing.holding set due_at = due_at + interval '1 day' where lead_id = :lead_id"), named
        )
        timer = asyncio.create_task(scene.advance(holding))
        await scene.sweep()
        await asyncio.sleep(0.2)
        assert not timer.done()
    advanced = await timer

    assert advanced.effect != pb.ADVANCE_EFFECT_RECALLED
    assert await scene.state(holding.lead_id) == "HELD"


async def test_a_return_that_had_to_wait_for_a_limit_gives_the_place_back(scene: Scene) -> None:
    rep, holding = await a_holding(scene)

    await scene.while_limits_are_locked(rep, scene.give_back(rep, holding))

    [limit] = await scene.run("select sum(held) as held from routing.holding_limit where rep_id = :id", id=rep.rep_id)
    assert limit.held == 0


async def test_a_holding_that_never_was_is_not_found(scene: Scene) -> None:
    request = pb.AdvanceHoldingRequest(request_id=str(uuid4()), holding_id=str(uuid4()))

    answer = await refused(scene.holdings.AdvanceHolding(request, metadata=as_service()))

    assert answer.reason == "NOT_FOUND"
