"""A lead as people see it: its state, its holding, and the verbs that the table allows."""

import asyncio

import pytest

from clew.lead.v1 import lead_pb2
from services.routing.lead import LeadState
from services.routing.transitions import allowed_verbs
from services.shared.ids import new_id
from tests.routing.office import Office, fresh, refused, state_name
from tests.routing.queue.waiting import an_unassigned_lead
from tests.routing.stages.acts import void


@pytest.mark.parametrize("state", LeadState)
async def test_the_allowed_verbs_are_those_of_the_table(office: Office, state: LeadState) -> None:
    lead = await office.lead(await a_lead_in(office, state))

    assert state_name(lead.state) == state
    assert tuple(lead.allowed_verbs) == allowed_verbs(state)


async def test_a_held_lead_shows_its_holding_and_its_home(office: Office) -> None:
    rep, pool = await office.a_rep(), await office.a_pool()
    lead_id, holding = await office.a_held_lead(rep, pool)

    lead = await office.lead(lead_id)

    assert (lead.home_pool_code, lead.holding) == (pool, holding)
    assert (lead.facts.lead_id, lead.invalid_reason) == (lead_id, "")


async def test_a_lead_that_nobody_holds_shows_no_holding(office: Office) -> None:
    rep = await office.a_rep()
    lead_id, holding = await office.a_held_lead(rep)
    await office.give_back(rep, holding)

    assert not (await office.lead(lead_id)).HasField("holding")


async def test_an_invalid_lead_says_why(office: Office) -> None:
    lead_id = await office.open()
    await office.disqualify(lead_id, "COMPETITOR")

    lead = await office.lead(lead_id)

    assert (lead.state, lead.invalid_reason) == (lead_pb2.LEAD_STATE_INVALID, "COMPETITOR")


async def test_state_and_holding_are_of_one_instant_whatever_happens_meanwhile(office: Office) -> None:
    rep = await office.a_rep()
    lead_id = await office.a_pooled_lead()
    done = asyncio.Event()

    async def pass_it_to_and_fro() -> None:
        for _ in range(15):
            await office.give_back(rep, await office.claim(rep, lead_id), "NOT_INTERESTED")
            await office.run("update routing.holding set may_claim_again_at = null where lead_id = :id", id=lead_id)
        done.set()

    passing = asyncio.create_task(pass_it_to_and_fro())
    while not done.is_set():
        lead = await office.lead(lead_id)
        assert lead.HasField("holding") == (lead.state == lead_pb2.LEAD_STATE_HELD)
        await asyncio.sleep(0)
        if passing.done():
            break
    await passing


async def test_a_lead_that_routing_does_not_know_is_not_ready_yet_and_worth_a_retry(office: Office) -> None:
    told = await refused(office.lead(str(new_id())))

    assert (told.reason, told.status.name) == ("NOT_READY_YET", "NOT_FOUND")
    assert "Retry" in told.message


async def a_lead_in(office: Office, state: LeadState) -> str:
    if state is LeadState.QUALIFYING:
        return await office.open()
    if state is LeadState.POOLED:
        return await office.a_pooled_lead()
    if state is LeadState.UNASSIGNED:
        return await an_unassigned_lead(office, await office.a_team())
    rep = await office.a_rep()
    lead_id, holding = await office.a_held_lead(rep)
    if state is LeadState.CONVERTING:
        await office.lease(holding, fresh())
    elif state is LeadState.CONVERTED:
        await office.convert(holding)
    elif state is LeadState.DORMANT:
        await office.give_back(rep, holding)
        await office.run("update routing.lead set returns = 4 where lead_id = :lead_id", lead_id=lead_id)
        await office.sweep()
    elif state is LeadState.INVALID:
        await office.disqualify(lead_id)
    elif state is LeadState.VOIDED:
        await void(office, lead_id)
    return lead_id
