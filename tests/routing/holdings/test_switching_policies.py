"""A policy that is disabled lets nothing fall due; enabled again, the original starts count."""

from datetime import timedelta
from uuid import UUID

from clew.routing.v1 import holdings_pb2 as pb
from services.routing.holdings.schedule import LONGEST_SLEEP
from services.routing.holdings.store_rebasing import ask_rebasing
from services.routing.leads.store_work import read_work
from services.routing.leads.work import Task
from services.routing.policies.store import switch_policy
from services.routing.policy import Period, Policy
from services.shared.callers import Caller, Role, set_caller
from tests.routing.holdings.scenes import DAY, HOUR, Pool, Scene, instant

THREE_DAYS = Policy(first_response=Period(3 * DAY), protection=Period(5 * DAY), reminders=())


async def switch(scene: Scene, pool: Pool, *, enabled: bool) -> bool:
    """As SwitchPolicy does, with the sweep behind it."""
    set_caller(Caller("wang", Role.MANAGER))
    async with scene.engine.begin() as db:
        changed = await switch_policy(db, pool.policy_code, enabled, "wang")
        if changed:
            await ask_rebasing(db, "switched", policy=(pool.policy_code, 10_000), suspend=not enabled)
    await scene.sweep()
    return changed


async def test_while_it_is_disabled_nothing_is_due(scene: Scene) -> None:
    pool, rep = await scene.a_pool(THREE_DAYS), await scene.a_rep()
    holding = await scene.claim(rep, await scene.a_lead(pool))
    await switch(scene, pool, enabled=False)
    await scene.pass_time(40 * DAY)
    await scene.sweep()

    shown = (await scene.schedule(holding)).schedule
    advanced = await scene.advance(holding)

    assert await scene.state(holding.lead_id) == "HELD"
    assert not shown.HasField("due_at")
    assert [entry.kind for entry in shown.entries] == ["SUSPENDED"]
    assert advanced.effect == pb.ADVANCE_EFFECT_NOT_DUE
    assert advanced.wake_in.ToTimedelta() <= 30 * DAY


async def test_while_it_is_disabled_a_run_waits_and_shows_no_deadline(scene: Scene) -> None:
    pool, rep = await scene.a_pool(THREE_DAYS), await scene.a_rep()
    holding = await scene.claim(rep, await scene.a_lead(pool))
    await switch(scene, pool, enabled=False)

    async with scene.engine.connect() as db:
        work = await read_work(db, UUID(holding.lead_id))

    assert work is not None
    assert (work.work.task, work.work.why) == (Task.WAIT, "nothing is due: the policy is disabled")
    assert (work.work.wake_at, work.wake_in, work.due_at) == (None, LONGEST_SLEEP, None)


async def test_enabled_again_the_original_start_counts_and_a_notice_floor_is_left(scene: Scene) -> None:
    pool, rep = await scene.a_pool(THREE_DAYS), await scene.a_rep()
    soon, late = [await scene.claim(rep, await scene.a_lead(pool)) for _ in range(2)]
    await scene.follow_up(rep, soon)
    await switch(scene, pool, enabled=False)
    await scene.pass_time(DAY)
    await switch(scene, pool, enabled=True)

    still_to_come = (await scene.schedule(soon)).schedule
    assert instant(still_to_come.due_at) == instant(soon.started_at) + 5 * DAY

    await switch(scene, pool, enabled=False)
    await scene.pass_time(10 * DAY)
    enabled_at = await scene.now()
    await switch(scene, pool, enabled=True)
    past = (await scene.schedule(late)).schedule

    assert timedelta(0) <= instant(past.due_at) - enabled_at - DAY < HOUR
    assert await scene.state(late.lead_id) == "HELD"


async def test_what_begins_while_it_is_disabled_is_not_due_either(scene: Scene) -> None:
    pool, rep = await scene.a_pool(THREE_DAYS), await scene.a_rep()
    await switch(scene, pool, enabled=False)

    holding = await scene.claim(rep, await scene.a_lead(pool))

    assert not holding.HasField("due_at")


async def test_switched_to_what_it_is_nothing_happens(scene: Scene) -> None:
    pool = await scene.a_pool(THREE_DAYS)

    assert not await switch(scene, pool, enabled=True)
    assert await switch(scene, pool, enabled=False)
    assert not await switch(scene, pool, enabled=False)


async def test_managers_get_a_copy_of_the_last_reminder_and_of_the_recall_where_the_policy_says_so(
    scene: Scene,
) -> None:
    policy = Policy(first_response=Period(4 * HOUR), protection=Period(5 * DAY), manager_copies=True)
    rep = await scene.a_rep()
    holding = await scene.claim(rep, await scene.a_lead(await scene.a_pool(policy)))
    for _ in range(3):
        await scene.pass_time(2 * HOUR + timedelta(minutes=1))
        await scene.sweep()

    copies = await scene.run(
        "select kind, step from routing.notice where holding_id = :holding_id and team_id is not null order by kind",
        holding_id=holding.holding_id,
    )

    assert await scene.state(holding.lead_id) == "POOLED"
    assert [tuple(copy) for copy in copies] == [("RECALLED", ""), ("REMINDER", "50%")]
