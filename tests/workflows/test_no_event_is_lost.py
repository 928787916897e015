"""Whatever happens to a lead is seen by a GetWork that comes after it: at whatever phase of a run the nudge arrives."""

import asyncio
import random

import pytest
from temporalio.client import Client

from tests.workflows.driving import Handle, closes, eventually, nudge, pending, run_of
from tests.workflows.fake_world import FakeLead, World

EVENTS = 240
# The first call is made inside the workflow's task; the second is an activity of its own, and nudges reach the run.
OUTSIDE_THE_TASK = 2
pytestmark = pytest.mark.usefixtures("worker")


def happens(lead: FakeLead, dice: random.Random) -> str:
    """Something of routing's, intake's or scoring's, committed before its nudge is sent. Returns its kind."""
    return happens_as(lead, dice.choice(["follow_up_logged", "lead_attached", "grade_changed"]))


def happens_as(lead: FakeLead, kind: str) -> str:
    lead.happened += 1
    lead.facts_version += kind == "lead_attached"
    lead.score_version += kind == "grade_changed"
    return kind


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("routing.GetWork", "follow_up_logged"),
        ("intake.GetLeadFacts", "lead_attached"),
        ("scoring.GetScore", "grade_changed"),
    ],
)
async def test_what_happens_while_an_answer_is_under_way_is_asked_for_again(
    client: Client, world: World, question: str, kind: str
) -> None:
    lead = world.a_pooled_lead()
    world.gates[question] = asyncio.Event()
    happens_as(lead, kind)
    handle = await nudge(client, lead, kind)
    await eventually(lambda: pending(handle, question))
    await eventually(lambda: world.held_back[question] >= OUTSIDE_THE_TASK)

    happens_as(lead, kind)
    await nudge(client, lead, kind)
    await eventually(lambda: reached(handle, signals=2))
    world.gates[question].set()
    await closes(handle)

    assert world.unseen() == []


async def reached(handle: Handle, *, signals: int) -> bool:
    """Whether the run itself, and not only the server, has so many nudges."""
    events = (await handle.fetch_history()).events
    seen = [n for n, event in enumerate(events) if event.HasField("workflow_execution_signaled_event_attributes")]
    done = [n for n, event in enumerate(events) if event.HasField("workflow_task_completed_event_attributes")]
    return len(seen) >= signals and done[-1] > seen[signals - 1]


async def storm(client: Client, world: World, leads: int, *, pause: float) -> None:
    """240 events of leads that rest in their pool. Few for each: a later one would hide that one was lost."""
    dice = random.Random(7)
    struck = [world.a_pooled_lead() for _ in range(leads)]

    async def strike(lead: FakeLead) -> None:
        for _ in range(EVENTS // leads):
            await nudge(client, lead, happens(lead, dice))
            await asyncio.sleep(dice.uniform(0, pause))

    await asyncio.gather(*(strike(lead) for lead in struck))
    ends = await asyncio.gather(*(closes(run_of(client, lead), within=60) for lead in struck))

    assert world.unseen() == []
    assert {end.state for end in ends} == {"POOLED"}


async def test_240_events_at_random_phases_of_short_runs_are_all_seen(client: Client, world: World) -> None:
    await storm(client, world, 60, pause=2.0)


async def test_240_events_are_all_seen_although_answers_are_old_when_they_arrive(client: Client, world: World) -> None:
    """Too slow for the workflow's own task, so that nudges reach the run while an answer is under way."""
    dice = random.Random(9)
    for question in ("routing.GetWork", "intake.GetLeadFacts", "scoring.GetScore"):
        world.answers_take[question] = lambda: dice.choice([0, 0.1, 1.2])

    await storm(client, world, 40, pause=1.5)


async def test_240_events_across_continue_as_new_are_all_seen(client: Client, world: World) -> None:
    dice = random.Random(8)
    lead = world.a_held_lead()
    first = await nudge(client, lead, "lead_claimed")
    first_run = (await first.describe()).run_id

    for _ in range(EVENTS):
        await nudge(client, lead, happens(lead, dice))
        await asyncio.sleep(dice.uniform(0, 0.03))
    await eventually(lambda: not world.unseen())

    assert (await run_of(client, lead).describe()).run_id != first_run
    world.end_holding(lead, "returned")
    end = await closes(await nudge(client, lead, "lead_returned"))
    assert end.state == "POOLED"
    assert lead.access[-1] == ("", 1)
