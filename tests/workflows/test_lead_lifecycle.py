"""One lead's run, from its first nudge to its end."""

from datetime import timedelta

import pytest
from temporalio.client import Client

from services.shared.refusals import Denied, Refused
from tests.workflows.driving import closes, eventually, is_open, nudge, pass_time, shows, sleeps
from tests.workflows.fake_world import World
from workflows.work import RunEnd

# Two clocks are never quite the same.
A_LITTLE = timedelta(milliseconds=50)
pytestmark = pytest.mark.usefixtures("worker")


async def test_a_new_lead_is_handed_over_scored_routed_and_rests_in_its_pool(client: Client, world: World) -> None:
    lead = world.a_lead()

    end = await closes(await nudge(client, lead, "lead_created"))

    assert end == RunEnd("POOLED", "POOLED for now")
    assert lead.trail == ["opened", "routed"]
    assert (lead.facts_taken, lead.score_taken) == (1, 1)
    assert lead.access == []


async def test_a_lead_that_is_routed_to_a_rep_is_shown_to_him_and_to_operators(client: Client, world: World) -> None:
    world.route_to = "L007"
    lead = world.a_lead()

    handle = await nudge(client, lead, "lead_created")
    await eventually(lambda: lead.access)

    assert lead.access == [("L007", 1)]
    await shows(handle, "**HELD**, held by `L007`")
    await shows(handle, "lead_created")
    assert (await handle.query("schedule"))["owner_code"] == "L007"
    assert await handle.query("why") == "HELD for now"
    attributes = (await handle.describe()).typed_search_attributes
    assert {pair.key.name: pair.value for pair in attributes}.items() >= {
        "ClewState": "HELD",
        "ClewOwner": "L007",
    }.items()


async def test_a_held_lead_is_reminded_and_recalled_over_thirty_days(client: Client, world: World) -> None:
    lead = world.a_held_lead()
    handle = await nudge(client, lead, "lead_claimed")
    await eventually(lambda: lead.access)

    while lead.holding is not None:
        steps = len(lead.trail)
        await pass_time(client, world, handle, lead.holding.wake_at() - world.now() + A_LITTLE)
        await eventually(lambda: len(lead.trail) > steps)  # noqa: B023  # looked at before the next step
    end = await closes(handle)

    assert end.state == "POOLED"
    assert lead.trail == ["claimed by L007", "reminded", "reminded", "recalled"]
    assert lead.access == [("L007", 1), ("", 1)]


@pytest.mark.parametrize("state", ["INVALID", "DORMANT", "VOIDED"])
async def test_a_run_ends_with_its_lead_whatever_it_ended_as(client: Client, world: World, state: str) -> None:
    lead = world.a_held_lead()
    await nudge(client, lead, "lead_claimed")
    await eventually(lambda: lead.access)
    world.end_holding(lead, "taken away", state)

    end = await closes(await nudge(client, lead, "lead_voided"))

    assert end.state == state
    assert lead.access == [("L007", 1), ("", 1)]


async def test_a_lead_that_nobody_knows_ends_its_run_as_unknown(client: Client, world: World) -> None:
    lead = world.a_lead()
    lead.exists = False

    end = await closes(await nudge(client, lead, "work_nudged"))

    assert end.state == "UNKNOWN"


async def test_a_nudge_of_a_resting_lead_costs_one_question(client: Client, world: World) -> None:
    lead = world.a_pooled_lead()

    end = await closes(await nudge(client, lead, "lead_returned"))

    assert end.state == "POOLED"
    assert world.calls == {"routing.GetWork": 1}


async def test_nudges_that_come_together_cost_one_question(client: Client, world: World) -> None:
    lead = world.a_held_lead()
    await sleeps(await nudge(client, lead, "lead_claimed"))
    asked = world.calls["routing.GetWork"]

    world.hangs.add("routing.GetWork")
    for _ in range(20):
        lead.happened += 1
        await nudge(client, lead, "follow_up_logged")
    world.hangs.clear()
    await eventually(lambda: lead.seen == lead.happened)

    assert world.calls["routing.GetWork"] - asked <= 4


async def test_a_re_enquiry_is_handed_over_once_although_nudged_twice(client: Client, world: World) -> None:
    lead = world.a_held_lead()
    lead.facts_version = 2

    await nudge(client, lead, "lead_attached")
    await nudge(client, lead, "lead_attached")
    await eventually(lambda: lead.facts_taken == 2)

    assert lead.facts_known == 2
    assert world.calls["routing.UpdateFacts"] == 1


async def test_a_maturity_of_a_pooled_lead_routes_it(client: Client, world: World) -> None:
    lead = world.a_pooled_lead()
    lead.score_version, lead.maturities = 2, 1

    await closes(await nudge(client, lead, "maturity_reached"))

    assert lead.trail == ["routed"]
    assert lead.score_taken == 2


async def test_intake_is_told_of_each_holder_once(client: Client, world: World) -> None:
    lead = world.a_held_lead("L001")
    await nudge(client, lead, "lead_claimed")
    await eventually(lambda: lead.access)
    for _ in range(3):
        await nudge(client, lead, "follow_up_logged")
    world.claim(lead, "L002")
    await nudge(client, lead, "lead_transferred")
    await eventually(lambda: len(lead.access) == 2)
    world.end_holding(lead, "returned")

    await closes(await nudge(client, lead, "lead_returned"))

    assert lead.access == [("L001", 1), ("L002", 2), ("", 2)]


async def test_a_refused_step_is_shown_and_tried_again_at_the_next_nudge(client: Client, world: World) -> None:
    world.refused["routing.RouteLead"] = Refused("NO_RULES", "none are published", kind="assignment")
    lead = world.a_lead()

    handle = await nudge(client, lead, "lead_created")
    await eventually(lambda: world.calls["routing.RouteLead"])

    await shows(handle, "NO_RULES (kind assignment)")
    assert await is_open(handle)
    assert "route the lead: refused, NO_RULES" in await handle.query("why")
    world.refused.clear()
    await nudge(client, lead, "work_nudged")
    assert (await closes(handle, within=0.9)).state == "POOLED"


async def test_a_refused_step_rests_a_second_and_then_twice_as_long_up_to_a_minute(
    client: Client, world: World
) -> None:
    world.refused["routing.RouteLead"] = Refused("NO_RULES", "none are published")
    lead = world.a_lead()
    handle = await nudge(client, lead, "lead_created")

    await pass_time(client, world, handle, timedelta(seconds=30))

    # At 0, 1, 3, 7 and 15 s; the next one is due at 31 s.
    assert world.calls["routing.RouteLead"] == 5


async def test_routing_that_refuses_to_say_what_is_to_be_done_is_asked_again(client: Client, world: World) -> None:
    world.refused["routing.GetWork"] = Denied("ROLE_NOT_ALLOWED", "not for you")
    lead = world.a_pooled_lead()
    handle = await nudge(client, lead, "lead_returned")

    await shows(handle, "ask what is to be done: refused, ROLE_NOT_ALLOWED")
    world.refused.clear()
    assert (await closes(handle)).state == "POOLED"


async def test_a_task_of_a_newer_routing_is_waited_on_and_shown(client: Client, world: World) -> None:
    lead = world.a_pooled_lead()
    lead.unknown_task = 99
    handle = await nudge(client, lead, "work_nudged")

    await shows(handle, "does not know the task LEAD_TASK_99")
    lead.unknown_task = 0
    await pass_time(client, world, handle, timedelta(seconds=61))
    assert (await closes(handle)).state == "POOLED"


async def test_a_step_that_routing_finds_not_due_is_asked_for_again_after_a_fifth_of_a_second(
    client: Client, world: World
) -> None:
    world.protection = timedelta(seconds=-1)
    world.advances_late_by = timedelta(seconds=2)
    lead = world.a_held_lead()

    await closes(await nudge(client, lead, "lead_claimed"))

    assert lead.trail[-1] == "recalled"
    assert world.calls["routing.AdvanceHolding"] <= 7
