"""A conversion's run: exactly one account, contact and opportunity, or none."""

from datetime import timedelta

import pytest
from temporalio.client import Client

from services.shared.refusals import Refused
from tests.workflows.driving import ask_for, closes, eventually, pass_time, shows
from tests.workflows.fake_world import FakeConversion, World
from workflows.work import RunEnd

pytestmark = pytest.mark.usefixtures("worker")


async def test_a_held_lead_is_converted_and_its_keys_are_registered(client: Client, world: World) -> None:
    lead = world.a_held_lead()
    conversion = world.convert(lead)

    end = await closes(await ask_for(client, conversion))

    assert end == RunEnd("COMPLETED", "nothing is left to do")
    assert (conversion.state, conversion.commits) == ("COMPLETED", 1)
    assert lead.state == "CONVERTED"
    assert lead.keys_registered


async def test_a_lease_that_is_refused_ends_the_conversion_with_the_reason(client: Client, world: World) -> None:
    lead = world.a_held_lead()
    conversion = world.convert(lead)
    world.end_holding(lead, "recalled")

    end = await closes(await ask_for(client, conversion))

    assert end == RunEnd("REFUSED", "HOLDING_ENDED")
    assert conversion.commits == 0


async def test_a_conversion_that_was_abandoned_before_its_commit_makes_nothing(client: Client, world: World) -> None:
    lead = world.a_held_lead()
    conversion = world.convert(lead)

    with world.outage("intake"):
        handle = await ask_for(client, conversion)
        await eventually(lambda: world.calls["intake.MatchAccount"])
        conversion.state = "ABANDONED"
    end = await closes(handle)

    assert end.state == "ABANDONED"
    assert conversion.commits == 0


async def test_a_conversion_that_was_committed_is_only_finished(client: Client, world: World) -> None:
    lead = world.a_held_lead()
    conversion = world.convert(lead)
    conversion.state, conversion.commits = "COMMITTED", 1

    end = await closes(await ask_for(client, conversion))

    assert end.state == "COMPLETED"
    assert conversion.commits == 1
    assert lead.state == "CONVERTED"
    assert world.calls["routing.LeaseHolding"] == 0


async def test_a_run_that_is_terminated_after_the_commit_is_finished_by_the_next_one(
    client: Client, world: World
) -> None:
    lead = world.a_held_lead()
    conversion = world.convert(lead)

    with world.outage("routing"):
        conversion.state = "COMMITTED"
        handle = await ask_for(client, conversion)
        await eventually(lambda: world.calls["routing.FinishConversion"])
        await handle.terminate("by the test")
    end = await closes(await ask_for(client, conversion))

    assert end.state == "COMPLETED"
    assert lead.state == "CONVERTED"


async def test_a_refusal_after_the_commit_is_shown_and_tried_again(client: Client, world: World) -> None:
    lead = world.a_held_lead()
    conversion = world.convert(lead)
    world.refused["routing.FinishConversion"] = Refused("HOLDING_ENDED", "it has ended")

    handle = await ask_for(client, conversion)
    await shows(handle, "FINISH: refused, HOLDING_ENDED")
    world.refused.clear()
    await pass_time(client, world, handle, timedelta(seconds=2))

    assert (await closes(handle)).state == "COMPLETED"
    assert lead.state == "CONVERTED"


async def test_asked_twice_it_commits_once(client: Client, world: World) -> None:
    lead = world.a_held_lead()
    conversion = world.convert(lead)

    await ask_for(client, conversion)
    end = await closes(await ask_for(client, conversion))

    assert end.state == "COMPLETED"
    assert conversion.commits == 1


async def test_intake_is_told_who_owns_the_opportunity_with_the_keys(client: Client, world: World) -> None:
    conversion = world.convert(world.a_held_lead())

    await closes(await ask_for(client, conversion))

    assert world.owners_known[conversion.account_id] == (1, [conversion.converter_id])
    assert world.calls["intake.SetOpportunityOwners"] == 0


async def test_a_closed_opportunity_is_told_by_the_next_run(client: Client, world: World) -> None:
    conversion = world.convert(world.a_held_lead())
    await closes(await ask_for(client, conversion))

    conversion.owners_version = 2
    end = await closes(await ask_for(client, conversion))

    assert end.state == "COMPLETED"
    assert world.owners_known[conversion.account_id] == (2, [])
    assert conversion.owners_told == 2


async def test_an_intake_that_is_away_is_told_when_it_is_back(client: Client, world: World) -> None:
    conversion = world.convert(world.a_held_lead())
    await closes(await ask_for(client, conversion))
    conversion.owners_version = 2

    with world.outage("intake"):
        handle = await ask_for(client, conversion)
        await eventually(lambda: world.calls["intake.SetOpportunityOwners"])
        assert conversion.owners_told == 1
    await closes(handle)

    assert world.owners_known[conversion.account_id] == (2, [])


async def test_what_intake_did_not_take_with_the_keys_is_told_after_it(client: Client, world: World) -> None:
    """As of an intake that is older than the worker, which knows nothing of opportunities yet."""
    conversion = world.convert(world.a_held_lead())
    world.forgets_owners = True

    await closes(await ask_for(client, conversion))

    assert world.owners_known[conversion.account_id] == (1, [conversion.converter_id])
    assert (world.calls["intake.SetOpportunityOwners"], conversion.owners_told) == (1, 1)


async def test_a_conversion_that_does_not_exist_ends_its_run_as_unknown(client: Client, world: World) -> None:
    lead = world.a_held_lead()
    nobodys = FakeConversion(lead.lead_id, lead.lead_id, 1, lead.lead_id)

    end = await closes(await ask_for(client, nobodys))

    assert end.state == "UNKNOWN"
