"""The end of a conversion's lease frees nothing by itself: what became of the conversion decides."""

import pytest
from temporalio.client import Client

from tests.workflows.driving import closes, eventually, nudge
from tests.workflows.fake_world import FakeConversion, FakeLead, World

pytestmark = pytest.mark.usefixtures("worker")


def a_lease_that_has_ended(world: World) -> tuple[FakeLead, FakeConversion]:
    lead = world.a_held_lead()
    conversion = world.convert(lead)
    assert lead.holding is not None
    lead.state, lead.holding.conversion_id, lead.holding.lease_until = (
        "CONVERTING",
        conversion.conversion_id,
        world.now(),
    )
    return lead, conversion


async def test_a_conversion_that_did_not_commit_is_abandoned_and_the_lead_is_held_again(
    client: Client, world: World
) -> None:
    lead, conversion = a_lease_that_has_ended(world)

    await nudge(client, lead, "work_nudged")
    await eventually(lambda: lead.state == "HELD")

    assert conversion.state == "ABANDONED"
    assert lead.trail[-1] == "lease released"


async def test_a_conversion_that_did_commit_is_finished(client: Client, world: World) -> None:
    lead, conversion = a_lease_that_has_ended(world)
    conversion.state = "COMMITTED"

    end = await closes(await nudge(client, lead, "work_nudged"))

    assert end.state == "CONVERTED"
    assert conversion.state == "COMMITTED"
    assert lead.trail[-1] == "converted"


async def test_an_outage_of_conversion_at_the_end_of_a_lease_is_waited_out(client: Client, world: World) -> None:
    lead, conversion = a_lease_that_has_ended(world)

    with world.outage("conversion"):
        await nudge(client, lead, "work_nudged")
        await eventually(lambda: world.calls["conversion.AbandonConversion"] > 1)
    await eventually(lambda: lead.state == "HELD")

    assert conversion.state == "ABANDONED"
