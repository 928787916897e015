"""A manager brings an ended lead back; an administrator strikes an open one out."""

import asyncio

import pytest

from clew.lead.v1 import lead_pb2
from clew.routing.v1 import stages_pb2
from tests.examples import as_manager
from tests.routing.office import Office, fresh, refused
from tests.routing.stages.acts import reopen, trail, void


async def test_an_invalid_lead_is_qualified_anew_with_its_trail(office: Office) -> None:
    rep = await office.a_rep()
    lead_id, _ = await office.a_held_lead(rep)
    await office.disqualify(lead_id, "SPAM")

    assert await reopen(office, lead_id) == "QUALIFYING"

    lead = await office.lead(lead_id)
    assert (lead.state, lead.invalid_reason) == (lead_pb2.LEAD_STATE_QUALIFYING, "")
    assert await office.task(lead_id) == "ROUTE"
    assert await trail(office, lead_id) == [("PROSPECT", "ReopenLead")]
    decision = (await office.decisions(lead_id))[-1]
    assert (decision.verb, decision.reason, decision.actor_id) == ("ReopenLead", "ReopenLead", "wang")
    event = (await office.events(lead_id))[-1]
    assert (event.kind, event.wakes, event.data["was"]) == ("lead_reopened", "lead", "SPAM")


async def test_a_dormant_lead_is_routed_anew(office: Office) -> None:
    lead_id = await office.a_pooled_lead()
    await office.run("update routing.lead set state = 'DORMANT', pooled_at = null where lead_id = :id", id=lead_id)
    assert await office.task(lead_id) == "NONE"

    assert await reopen(office, lead_id) == "QUALIFYING"

    assert await office.task(lead_id) == "SCORE"
    await office.route(lead_id)
    assert await office.state(lead_id) == "POOLED"


@pytest.mark.parametrize("state", ["QUALIFYING", "POOLED", "HELD", "VOIDED"])
async def test_what_is_open_or_struck_out_is_not_reopened(office: Office, state: str) -> None:
    lead_id = await a_lead_in(office, state)

    told = await refused(reopen(office, lead_id))

    assert (told.reason, told.metadata["state"], told.metadata["verb"]) == ("ILLEGAL_TRANSITION", state, "ReopenLead")


async def test_reopened_by_two_it_is_reopened_once(office: Office) -> None:
    lead_id = await office.open()
    await office.disqualify(lead_id)

    ends = await asyncio.gather(reopen(office, lead_id), reopen(office, lead_id), return_exceptions=True)

    assert len([end for end in ends if end == "QUALIFYING"]) == 1
    assert [decision.verb for decision in await office.decisions(lead_id)] == ["DisqualifyLead", "ReopenLead"]


@pytest.mark.parametrize("state", ["QUALIFYING", "POOLED", "HELD", "DORMANT"])
async def test_an_open_lead_is_struck_out_and_nothing_is_pending(office: Office, state: str) -> None:
    lead_id = await a_lead_in(office, state)

    assert await void(office, lead_id, "ENTERED_IN_ERROR") == "VOIDED"

    lead, work = await office.lead(lead_id), await office.work(lead_id)
    assert (lead.invalid_reason, lead.HasField("holding"), list(lead.allowed_verbs)) == ("ENTERED_IN_ERROR", False, [])
    assert (work.state, await office.task(lead_id)) == (lead_pb2.LEAD_STATE_VOIDED, "NONE")
    [row] = await office.run("select pooled_at, route_due, wake_at from routing.lead where lead_id = :id", id=lead_id)
    assert tuple(row) == (None, False, None)
    decision, event = (await office.decisions(lead_id))[-1], (await office.events(lead_id))[-1]
    assert (decision.verb, decision.actor_role) == ("VoidLead", "administrator")
    assert (event.kind, event.wakes, event.reason) == ("lead_voided", "lead", "ENTERED_IN_ERROR")


async def test_the_holder_hears_of_it_and_has_his_place_back(office: Office) -> None:
    rep = await office.a_rep(limit=1)
    lead_id, holding = await office.a_held_lead(rep)

    await void(office, lead_id)

    [row] = await office.run("select end_cause from routing.holding where holding_id = :id", id=holding.holding_id)
    assert row.end_cause == "voided"
    [notice] = await office.notices_of(lead_id, "RECLAIMED")
    assert (notice.rep_code, notice.reason) == (rep.code, "TEST_DATA")
    await office.claim(rep, await office.a_pooled_lead())


async def test_what_is_in_conversion_or_has_ended_is_not_struck_out(office: Office) -> None:
    lead_id, holding = await office.a_held_lead(await office.a_rep())
    await office.lease(holding, fresh())
    assert (await refused(void(office, lead_id))).reason == "CONVERSION_IN_FLIGHT"
    invalid = await office.open()
    await office.disqualify(invalid)

    assert (await refused(void(office, invalid))).reason == "ILLEGAL_TRANSITION"
    assert (await refused(void(office, await office.open(), "SPAM"))).reason == "REASON_NOT_ALLOWED"


async def test_a_manager_strikes_nothing_out(office: Office) -> None:
    request = stages_pb2.VoidLeadRequest(request_id=fresh(), lead_id=await office.open(), reason="TEST_DATA")

    assert (await refused(office.stages.VoidLead(request, metadata=as_manager()))).reason == "ROLE_NOT_ALLOWED"


async def test_a_voided_lead_that_matures_stays_where_it_is(office: Office) -> None:
    lead_id = await office.a_pooled_lead()
    await void(office, lead_id)

    await office.update_score(lead_id, 1, maturities=1)

    assert (await office.state(lead_id), await trail(office, lead_id)) == ("VOIDED", [])
    assert await office.task(lead_id) == "NONE"


async def test_claimed_and_struck_out_at_once_it_is_voided_and_held_by_nobody(office: Office) -> None:
    for _ in range(5):
        rep, lead_id = await office.a_rep(limit=1), await office.a_pooled_lead()

        await asyncio.gather(office.claim(rep, lead_id), void(office, lead_id), return_exceptions=True)

        assert await office.state(lead_id) == "VOIDED"
        await office.claim(rep, await office.a_pooled_lead())


async def a_lead_in(office: Office, state: str) -> str:
    if state == "QUALIFYING":
        return await office.open()
    if state == "HELD":
        lead_id, _ = await office.a_held_lead(await office.a_rep())
        return lead_id
    lead_id = await office.a_pooled_lead()
    if state == "VOIDED":
        await void(office, lead_id)
    elif state == "DORMANT":
        await office.run("update routing.lead set state = 'DORMANT', pooled_at = null where lead_id = :id", id=lead_id)
    return lead_id
