"""What happens to leads and conversions, for the recording of histories. A story returns the runs it is about."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from uuid import uuid4

from temporalio.client import Client, WorkflowHandle

from services.shared.refusals import Refused
from services.shared.runs import TASK_QUEUE
from tests.workflows.driving import (
    ask_for,
    closes,
    eventually,
    nudge,
    pass_time,
    pending,
    run_of,
    shows,
    sleeps,
)
from tests.workflows.fake_world import World
from workflows.reconcile import Reconcile

Runs = Sequence[WorkflowHandle[object, object]]
Story = Callable[[Client, World], Awaitable[Runs]]


async def a_lead_is_routed_to_its_pool(client: Client, world: World) -> Runs:
    handle = await nudge(client, world.a_lead(), "lead_created")
    await closes(handle)
    return [handle]


async def a_lead_is_reminded_and_recalled(client: Client, world: World) -> Runs:
    world.route_to = "L007"
    lead = world.a_lead()
    handle = await nudge(client, lead, "lead_created")
    await sleeps(handle)
    await nudge(client, lead, "follow_up_logged")
    while lead.holding is not None:
        await pass_time(client, world, handle, timedelta(days=5))
    await closes(handle)
    return [handle]


async def a_lead_is_handed_from_rep_to_rep(client: Client, world: World) -> Runs:
    lead = world.a_held_lead("L001")
    handle = await nudge(client, lead, "lead_claimed")
    await sleeps(handle)
    world.claim(lead, "L002")
    await nudge(client, lead, "lead_transferred")
    await sleeps(handle)
    lead.facts_version, lead.score_version, lead.maturities = 2, 2, 1
    await nudge(client, lead, "work_nudged")
    await sleeps(handle)
    world.end_holding(lead, "returned")
    await closes(await nudge(client, lead, "lead_returned"))
    return [handle]


async def a_lead_is_hidden_and_shown(client: Client, world: World) -> Runs:
    world.routes_out_of_sight = True
    lead = world.a_lead()
    first = await nudge(client, lead, "lead_created")
    await closes(first)
    routed = (await first.describe()).run_id
    world.claim(lead, "L007")
    handle = await nudge(client, lead, "lead_claimed")
    await sleeps(handle)
    world.hide(lead, False)
    await nudge(client, lead, "access_changed")
    await sleeps(handle)
    world.end_holding(lead, "returned")
    await closes(await nudge(client, lead, "lead_returned"))
    return [client.get_workflow_handle(handle.id, run_id=routed), handle]


async def a_lead_is_converted(client: Client, world: World) -> Runs:
    lead = world.a_held_lead()
    run = await nudge(client, lead, "lead_claimed")
    await sleeps(run)
    conversion = await ask_for(client, world.convert(lead))
    await closes(conversion)
    await closes(await nudge(client, lead, "holding_converted"))
    return [run, conversion]


async def an_opportunity_is_closed(client: Client, world: World) -> Runs:
    lead = world.a_held_lead()
    conversion = world.convert(lead)
    await closes(await ask_for(client, conversion))
    conversion.owners_version = 2
    handle = await ask_for(client, conversion)
    await closes(handle)
    return [handle]


async def a_lease_ends_before_the_commit(client: Client, world: World) -> Runs:
    lead = world.a_held_lead()
    conversion = world.convert(lead)
    assert lead.holding is not None
    lead.state, lead.holding.conversion_id = "CONVERTING", conversion.conversion_id
    lead.holding.lease_until = world.now() + timedelta(seconds=1)
    handle = await nudge(client, lead, "work_nudged")
    await eventually(lambda: lead.state == "HELD")
    ended = await ask_for(client, conversion)
    await closes(ended)
    return [handle, ended]


async def a_lease_is_refused(client: Client, world: World) -> Runs:
    lead = world.a_held_lead()
    conversion = world.convert(lead)
    world.end_holding(lead, "recalled")
    handle = await ask_for(client, conversion)
    await closes(handle)
    return [handle]


async def a_step_is_refused_and_tried_again(client: Client, world: World) -> Runs:
    world.refused["routing.RouteLead"] = Refused("NO_RULES", "none are published")
    handle = await nudge(client, world.a_lead(), "lead_created")
    await shows(handle, "NO_RULES")
    await pass_time(client, world, handle, timedelta(seconds=2))
    await sleeps(handle)
    world.refused.clear()
    await closes(handle)
    return [handle]


async def routing_is_away(client: Client, world: World) -> Runs:
    lead = world.a_lead()
    with world.outage("routing"):
        handle = await nudge(client, lead, "lead_created")
        await eventually(lambda: pending(handle, "routing.GetWork"))
    await closes(handle)
    return [handle]


async def scoring_is_away_until_the_budget_is_spent(client: Client, world: World) -> Runs:
    world.budget = timedelta(seconds=4)
    lead = world.a_lead()
    with world.outage("scoring"):
        handle = await nudge(client, lead, "lead_created")
        await closes(handle)
    return [handle]


async def a_conversion_meets_a_refusal_after_its_commit(client: Client, world: World) -> Runs:
    lead = world.a_held_lead()
    world.refused["routing.FinishConversion"] = Refused("HOLDING_ENDED", "it has ended")
    handle = await ask_for(client, world.convert(lead))
    await shows(handle, "FINISH: refused")
    world.refused.clear()
    await closes(handle)
    return [handle]


async def nobody_knows_the_lead(client: Client, world: World) -> Runs:
    lead = world.a_lead()
    lead.exists = False
    handle = await nudge(client, lead, "work_nudged")
    await closes(handle)
    return [handle]


async def a_run_grows_long_and_continues(client: Client, world: World) -> Runs:
    lead = world.a_held_lead()
    handle = await nudge(client, lead, "lead_claimed")
    first = (await handle.describe()).run_id

    async def has_continued() -> bool:
        await nudge(client, lead, "follow_up_logged")
        await sleeps(handle)
        return (await handle.describe()).run_id != first

    await eventually(has_continued)
    world.end_holding(lead, "returned")
    await closes(await nudge(client, lead, "lead_returned"))
    return [client.get_workflow_handle(handle.id, run_id=first), handle]


async def a_terminated_run_is_begun_again(client: Client, world: World) -> Runs:
    lead = world.a_held_lead()
    handle = await nudge(client, lead, "lead_claimed")
    await sleeps(handle)
    first = (await handle.describe()).run_id
    await handle.terminate("by the recording")
    look_id = f"reconcile-{uuid4()}"

    async def is_begun_again() -> bool:
        await client.execute_workflow(Reconcile.run, id=look_id, task_queue=TASK_QUEUE)
        return (await handle.describe()).run_id != first

    await eventually(is_begun_again)
    await sleeps(handle)
    return [client.get_workflow_handle(look_id), run_of(client, lead)]


STORIES: tuple[Story, ...] = (
    a_lead_is_routed_to_its_pool,
    a_lead_is_reminded_and_recalled,
    a_lead_is_handed_from_rep_to_rep,
    a_lead_is_hidden_and_shown,
    a_lead_is_converted,
    an_opportunity_is_closed,
    a_lease_ends_before_the_commit,
    a_lease_is_refused,
    a_step_is_refused_and_tried_again,
    routing_is_away,
    scoring_is_away_until_the_budget_is_spent,
    a_conversion_meets_a_refusal_after_its_commit,
    nobody_knows_the_lead,
    a_run_grows_long_and_continues,
    a_terminated_run_is_begun_again,
)
