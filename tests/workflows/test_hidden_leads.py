"""A run tells every service whether others may know of its lead; for one that was never hidden it costs nothing."""

import pytest
from temporalio.client import Client

from tests.workflows.driving import closes, eventually, nudge, shows
from tests.workflows.fake_world import World

pytestmark = pytest.mark.usefixtures("worker")
ALL = ["conversion", "intake", "scoring"]


async def test_a_lead_that_is_routed_into_a_hidden_pool_is_hidden_everywhere_before_its_run_ends(
    client: Client, world: World
) -> None:
    world.routes_out_of_sight = True
    lead = world.a_lead()

    await closes(await nudge(client, lead, "lead_created"))

    assert sorted(lead.told) == [(service, True) for service in ALL]


async def test_a_lead_whose_pool_is_shown_again_is_shown_everywhere(client: Client, world: World) -> None:
    lead = world.a_pooled_lead()
    world.hide(lead, True)
    world.hide(lead, False)

    await closes(await nudge(client, lead, "access_changed"))

    assert sorted(lead.told) == [(service, False) for service in ALL]


async def test_of_a_lead_that_was_never_hidden_only_intake_hears_who_holds_it(client: Client, world: World) -> None:
    lead = world.a_held_lead()
    await nudge(client, lead, "lead_claimed")
    await eventually(lambda: lead.access)
    world.end_holding(lead, "returned")

    await closes(await nudge(client, lead, "lead_returned"))

    assert lead.access == [("L007", 1), ("", 1)]
    assert world.calls["scoring.SetAccess"] == world.calls["conversion.SetAccess"] == 0


async def test_a_service_that_is_away_keeps_no_other_from_hiding_a_lead_and_is_told_when_it_is_back(
    client: Client, world: World
) -> None:
    lead = world.a_pooled_lead()
    world.hide(lead, True)

    with world.outage("scoring"):
        handle = await nudge(client, lead, "access_changed")
        await eventually(lambda: ("conversion", True) in lead.told and ("intake", True) in lead.told)
        await shows(handle, "tell scoring who may know of the lead: refused")

    await closes(handle)
    assert sorted(lead.told) == [(service, True) for service in ALL]
