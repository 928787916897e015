"""Whatever happens to a lead is seen by a GetWork that comes after it: at whatever phase of a run the nudge arrives."""

import asyncio
import random

import pytest
from temporalio.client import Client

from tests.workflows.driving import closes, eventually, nudge, run_of
from tests.workflows.fake_world import FakeLead, World

EVENTS = 240
pytestmark = pytest.mark.usefixtures("worker")


def happens(world: World, lead: FakeLead, dice: random.Random) -> str:
    """Something of routing's, intake's or scoring's, committed before its nudge is sent. Returns its kind."""
    kind = dice.choice(["follow_up_logged", "lead_attached", "grade_changed"])
    lead.happened += 1
    lead.facts_version += kind == "lead_attached"
    lead.score_version += kind == "grade_changed"
    return kind


async def test_240_events_at_random_phases_of_short_runs_are_all_seen(client: Client, world: World) -> None:
    dice = random.Random(7)
    leads = [world.a_pooled_lead() for _ in range(6)]

    async def storm(lead: FakeLead) -> None:
        for _ in range(EVENTS // len(leads)):
            await nudge(client, lead, happens(world, lead, dice))
            await asyncio.sleep(dice.uniform(0, 0.12))

    await asyncio.gather(*(storm(lead) for lead in leads))
    ends = [await closes(run_of(client, lead)) for lead in leads]

    assert world.unseen() == []
    assert {end.state for end in ends} == {"POOLED"}


async def test_240_events_across_continue_as_new_are_all_seen(client: Client, world: World) -> None:
    dice = random.Random(8)
    lead = world.a_held_lead()
    first = await nudge(client, lead, "lead_claimed")
    first_run = (await first.describe()).run_id

    for _ in range(EVENTS):
        await nudge(client, lead, happens(world, lead, dice))
        await asyncio.sleep(dice.uniform(0, 0.03))
    await eventually(lambda: not world.unseen())

    assert (await run_of(client, lead).describe()).run_id != first_run
    world.end_holding(lead, "returned")
    end = await closes(await nudge(client, lead, "lead_returned"))
    assert end.state == "POOLED"
    assert lead.access[-1] == ("", 1)
