"""What the runs' timers have not done within a second, the sweep does; what only runs may do, it nudges."""

import asyncio
import time
from collections.abc import Sequence
from datetime import timedelta
from uuid import uuid4

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from clew.routing.v1 import holdings_pb2 as pb
from services.routing.holdings.store_sweep import sweep_steps
from services.routing.policy import AfterPercent, Period, Policy
from services.shared.callers import Caller, Role, set_caller
from services.shared.ids import new_id
from services.shared.sweep import Step, Sweep
from tests.routing.holdings.scenes import CALM, DAY, HOUR, Pool, Rep, Scene, instant, violations

SECOND = timedelta(seconds=1)


async def a_holding(scene: Scene, policy: Policy = CALM) -> tuple[Rep, pb.Holding]:
    rep = await scene.a_rep()
    return rep, await scene.claim(rep, await scene.a_lead(await scene.a_pool(policy)))


async def pass_until(scene: Scene, holding: pb.Holding, over: timedelta) -> None:
    """Let time pass until the holding is so long over its deadline."""
    await scene.pass_time(instant(holding.due_at) + over - await scene.now())


async def test_a_lead_that_no_timer_recalled_is_recalled_a_second_later_and_its_run_is_woken(
    scene: Scene,
) -> None:
    _, holding = await a_holding(scene)

    await pass_until(scene, holding, SECOND / 4)
    await scene.sweep()
    within_the_grace = await scene.state(holding.lead_id)
    await pass_until(scene, holding, SECOND)
    await scene.sweep()

    *_, decision = await scene.decisions(holding.lead_id)
    *_, event = await scene.events(holding.lead_id)
    assert (within_the_grace, await scene.state(holding.lead_id)) == ("HELD", "POOLED")
    assert (decision.verb, decision.done_by) == ("Recall", "SWEEP")
    assert (decision.actor_id, decision.actor_role) == ("routing", "service")
    assert (event.kind, event.by_run, event.wakes) == ("lead_recalled", False, "lead")
    assert str(event.wake_id) == holding.lead_id


async def test_reminders_that_no_timer_sent_are_sent(scene: Scene) -> None:
    rep, holding = await a_holding(scene, Policy(first_response=Period(DAY), reminders=(AfterPercent(50),)))
    await scene.pass_time(12 * HOUR + SECOND)

    await scene.sweep()
    await scene.sweep()

    reminders = [notice for notice in await scene.notices(rep) if notice.kind == "REMINDER"]
    assert [reminder.step for reminder in reminders] == ["50%"]
    assert (await scene.schedule(holding)).schedule.wake_at == holding.due_at


async def test_one_lead_that_cannot_be_recalled_does_not_keep_the_others(scene: Scene) -> None:
    rep, pool = await scene.a_rep(), await scene.a_pool()
    *sound, broken = [await scene.claim(rep, lead_id) for lead_id in await scene.leads(5, pool)]
    await scene.run("update routing.lead set home_pool_id = null where lead_id = :id", id=broken.lead_id)
    await pass_until(scene, broken, 2 * SECOND)
    steps = sweep_steps()

    with structlog.testing.capture_logs() as logged:
        await look(scene, steps)
        await look(scene, steps)
    held_back = [line for line in logged if line["event"] == "holding_held_back"]
    states = [await scene.state(holding.lead_id) for holding in sound]
    state_of_the_broken = await scene.state(broken.lead_id)
    await scene.run(
        "update routing.lead set home_pool_id = :pool_id where lead_id = :id",
        id=broken.lead_id,
        pool_id=pool.pool_id,
    )
    await scene.sweep()

    assert states == ["POOLED"] * 4
    assert state_of_the_broken == "HELD"
    assert [line["holding_id"] for line in held_back] == [broken.holding_id]
    assert await scene.state(broken.lead_id) == "POOLED"


async def test_a_limit_that_somebody_keeps_locked_delays_only_its_own_rep(scene: Scene) -> None:
    busy, _ = await a_holding(scene)
    _, other = await a_holding(scene)
    await pass_until(scene, other, 2 * SECOND)

    async def locked_for_a_while() -> None:
        began = time.monotonic()
        await scene.while_limits_are_locked(busy, scene.sweep(), at_least=1.5)
        assert time.monotonic() - began < 4.0

    locking = asyncio.create_task(locked_for_a_while())
    await asyncio.sleep(1.2)

    assert await scene.state(other.lead_id) == "POOLED"
    await locking
    await scene.sweep()


async def test_two_sweeps_share_the_work_and_nothing_is_done_twice(scene: Scene) -> None:
    reps, pool = [await scene.a_rep() for _ in range(3)], await scene.a_pool()
    await many_due(scene, reps, pool, 900)

    await asyncio.gather(*(scene.sweep() for _ in range(3)))

    recalls = await recalls_of(scene, pool)
    assert recalls == 900
    async with scene.engine.connect() as db:
        assert await violations(db) == []


async def test_ten_thousand_that_are_due_at_once_are_back_within_seconds(scene: Scene) -> None:
    reps, pool = [await scene.a_rep(limit=None) for _ in range(100)], await scene.a_pool()
    await many_due(scene, reps, pool, 10_000)

    began = time.monotonic()
    await scene.sweep()
    took = time.monotonic() - began

    recalls = await recalls_of(scene, pool)
    assert recalls == 10_000
    assert took < 5.0
    async with scene.engine.connect() as db:
        assert await violations(db) == []


async def test_a_lead_that_was_not_routed_in_time_is_nudged_with_growing_pauses(scene: Scene) -> None:
    lead_id = await scene.a_lead(state="QUALIFYING")
    await scene.run(
        "update routing.lead set wake_at = clew.clew_now(), route_due = true where lead_id = :id", id=lead_id
    )

    nudged_after = []
    for seconds in range(0, 120, 2):
        before = len(await scene.events(lead_id))
        await scene.sweep()
        if len(await scene.events(lead_id)) > before:
            nudged_after.append(seconds)
        await scene.pass_time(2 * SECOND)

    [event, *_] = await scene.events(lead_id)
    assert nudged_after == [2, 12, 32, 72]
    assert (event.kind, event.wakes, event.wake_id) == ("work_nudged", "lead", lead_id)
    assert event.reason == "ROUTING_OVERDUE"


async def test_a_new_time_to_wake_begins_the_pauses_anew(scene: Scene) -> None:
    lead_id = await scene.a_lead(state="QUALIFYING")
    for _ in range(3):
        await scene.run("update routing.lead set wake_at = clew.clew_now() where lead_id = :id", id=lead_id)
        await scene.pass_time(2 * SECOND)
        await scene.sweep()

    assert [event.kind for event in await scene.events(lead_id)] == ["work_nudged"] * 3


async def test_the_run_of_a_lease_that_has_ended_is_nudged(scene: Scene) -> None:
    _, holding = await a_holding(scene)
    await scene.lease(holding, uuid4(), lease_for=60 * SECOND)
    await scene.pass_time(62 * SECOND)

    await scene.sweep()
    await scene.sweep()

    nudges = [event for event in await scene.events(holding.lead_id) if event.kind == "work_nudged"]
    assert [(event.reason, event.wakes) for event in nudges] == [("LEASE_ENDED", "lead")]
    assert await scene.state(holding.lead_id) == "CONVERTING"


async def look(scene: Scene, steps: Sequence[Step]) -> None:
    set_caller(Caller("routing", Role.SERVICE))
    async with scene.engine.connect() as db:
        await Sweep(scene.engine, "routing", steps).look(db)


async def many_due(scene: Scene, reps: Sequence[Rep], pool: Pool, number: int) -> None:
    """Holdings as claims would have made them, all due within the second before the last."""
    model = await scene.claim(reps[0], await scene.a_lead(pool))
    await scene.give_back(reps[0], model)
    lead_ids = await scene.leads(number, pool)
    values = {
        "model": model.holding_id,
        "lead_ids": lead_ids,
        "holding_ids": [new_id() for _ in lead_ids],
        "rep_ids": [reps[index % len(reps)].rep_id for index in range(number)],
    }
    async with scene.engine.begin() as db:
        await db.execute(text(MANY), values)
        await count_anew(db)


async def count_anew(db: AsyncConnection) -> None:
    await db.execute(text(COUNT))
    await db.execute(text("analyze routing.holding, routing.lead, routing.holding_limit"))


async def recalls_of(scene: Scene, pool: Pool) -> int:
    [row] = await scene.run(
        """
        select count(distinct d.holding_id) as leads, count(*) as decisions from routing.decision d
        join routing.lead l using (lead_id)
        where verb = 'Recall' and l.home_pool_id = :pool_id and l.state = 'POOLED'
        """,
        pool_id=pool.pool_id,
    )
    assert row.leads == row.decisions
    return int(row.decisions)


MANY = """
with asked as (
  select * from unnest(cast(:lead_ids as uuid[]), cast(:holding_ids as uuid[]), cast(:rep_ids as uuid[]))
    with ordinality as asked (lead_id, holding_id, rep_id, n)
), held as (
  update routing.lead set state = 'HELD', epoch = 1, pooled_at = null from asked
  where lead.lead_id = asked.lead_id
), due as (
  select *, clew.clew_now() - interval '1 second' - random() * interval '1 second' as due_at from asked
)
insert into routing.holding (holding_id, lead_id, epoch, rep_id, origin, taken_from_pool_id, policy_code,
  policy_version, started_at, schedule, due_at, due_cause, reminders, reminder_steps, wake_at, claim_cooldown)
select due.holding_id, due.lead_id, 1, due.rep_id, 'CLAIMED', taken_from_pool_id, policy_code, policy_version,
  started_at, schedule, due.due_at, 'PROTECTION', '{}', '{}', due.due_at, claim_cooldown
from due join routing.holding model on model.holding_id = :model
"""
COUNT = """
insert into routing.holding_limit (scope, key, rep_id, held)
select scope, key, rep_id, count(*) from routing.holding h
cross join lateral (
  values ('POOL', cast(taken_from_pool_id as text)), ('REP', '')
) as slot (scope, key)
where ended_at is null and key is not null group by scope, key, rep_id
on conflict (scope, key, rep_id) do update set held = excluded.held
"""
