"""A service that is away is waited out, in everybody's sight, and holds up nothing but its own steps."""

import asyncio
from datetime import timedelta

import pytest
from temporalio.client import Client

from tests.workflows.driving import ask_for, closes, eventually, nudge, pending, shows
from tests.workflows.fake_world import World
from workflows import search_attributes

pytestmark = pytest.mark.usefixtures("worker")


async def test_an_outage_of_routing_is_waited_out_and_seen(client: Client, world: World) -> None:
    lead = world.a_lead()

    with world.outage("routing"):
        handle = await nudge(client, lead, "lead_created")
        await eventually(lambda: pending(handle, "routing.GetWork"))

    assert (await closes(handle)).state == "POOLED"
    assert lead.trail == ["opened", "routed"]


async def test_an_outage_of_intake_is_waited_out_before_a_lead_is_handed_over(client: Client, world: World) -> None:
    lead = world.a_lead()

    with world.outage("intake"):
        handle = await nudge(client, lead, "lead_created")
        await eventually(lambda: pending(handle, "intake.GetLeadFacts"))

    assert (await closes(handle)).state == "POOLED"


async def test_an_outage_of_scoring_does_not_delay_routing_past_the_budget(client: Client, world: World) -> None:
    world.budget = timedelta(seconds=5)
    lead = world.a_lead()

    with world.outage("scoring"):
        handle = await nudge(client, lead, "lead_created")
        await eventually(lambda: pending(handle, "scoring.ScoreLead"))
        end = await closes(handle)

    assert end.state == "POOLED"
    assert lead.trail == ["opened", "routed unscored"]
    assert lead.opened_at is not None
    assert lead.routed_at is not None
    assert timedelta(seconds=5) <= lead.routed_at - lead.opened_at < timedelta(seconds=8)


async def test_an_outage_of_intake_holds_no_recall_up(client: Client, world: World) -> None:
    world.protection = timedelta(seconds=4)
    lead = world.a_held_lead()
    due_at = world.now() + world.protection

    with world.outage("intake"):
        handle = await nudge(client, lead, "lead_claimed")
        await eventually(lambda: lead.holding is None)
        late = world.now() - due_at
        await shows(handle, "tell intake who holds the lead: refused")

    assert late < timedelta(seconds=3)
    await closes(handle)
    assert lead.access == [("", 1)]


async def test_an_outage_of_intake_keeps_nobody_from_finding_a_lead_by_its_holder(client: Client, world: World) -> None:
    lead = world.a_held_lead("L007")

    with world.outage("intake"):
        handle = await nudge(client, lead, "lead_claimed")
        await eventually(lambda: pending(handle, "intake.SetAccess"))
        known = (await handle.describe()).typed_search_attributes
        assert (known[search_attributes.STATE], known[search_attributes.OWNER]) == ("HELD", "L007")

    await eventually(lambda: lead.access == [("L007", 1)])


async def test_a_conversion_that_waits_for_a_service_shows_its_state(client: Client, world: World) -> None:
    conversion = world.convert(world.a_held_lead())

    with world.outage("routing"):
        handle = await ask_for(client, conversion)
        await eventually(lambda: pending(handle, "routing.LeaseHolding"))
        await shows(handle, "**REQUESTED**")

    assert (await closes(handle)).state == "COMPLETED"


async def test_a_call_that_hangs_is_given_up_and_made_again(client: Client, world: World) -> None:
    lead = world.a_pooled_lead()
    world.hangs.add("routing.GetWork")

    handle = await nudge(client, lead, "lead_returned")
    await asyncio.sleep(1.5)
    world.hangs.clear()

    assert (await closes(handle)).state == "POOLED"
