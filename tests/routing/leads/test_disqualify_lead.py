"""A lead that is none: by a manager wherever the table allows it, by a rep only what he holds."""

import asyncio

import grpc.aio
import pytest

from clew.lead.v1 import lead_pb2
from cli.refusals import refusal_of
from services.shared.ids import new_id
from tests.routing.office import Office, fresh, refused


@pytest.mark.parametrize("state", ["QUALIFYING", "POOLED", "HELD"])
async def test_a_manager_disqualifies_an_open_lead_in_any_state(office: Office, state: str) -> None:
    rep = await office.a_rep()
    if state == "HELD":
        lead_id, _ = await office.a_held_lead(rep)
    else:
        lead_id = await (office.open() if state == "QUALIFYING" else office.a_pooled_lead())

    assert await office.disqualify(lead_id, "COMPETITOR") == "INVALID"

    lead, decision = await office.lead(lead_id), (await office.decisions(lead_id))[-1]
    assert (lead.state, lead.invalid_reason) == (lead_pb2.LEAD_STATE_INVALID, "COMPETITOR")
    assert (decision.verb, decision.reason) == ("DisqualifyLead", "COMPETITOR")
    assert decision.from_state == lead_pb2.LeadState.Value(f"LEAD_STATE_{state}")
    assert (decision.actor_id, decision.actor_role) == ("wang", "manager")
    assert await office.task(lead_id) == "NONE"


async def test_a_rep_disqualifies_what_he_holds_and_has_his_place_back(office: Office) -> None:
    rep = await office.a_rep(limit=1)
    lead_id, holding = await office.a_held_lead(rep)

    assert await office.disqualify(lead_id, "DEAD_NUMBER", by=rep) == "INVALID"

    [row] = await office.run(
        "select end_cause, end_reason from routing.holding where holding_id = :id", id=holding.holding_id
    )
    assert tuple(row) == ("disqualified", "DEAD_NUMBER")
    await office.claim(rep, await office.a_pooled_lead())


async def test_a_rep_may_not_disqualify_what_he_does_not_hold(office: Office) -> None:
    rep = await office.a_rep()
    colleagues, _ = await office.a_held_lead(await office.a_rep())
    pooled = await office.a_pooled_lead()

    for lead_id in (colleagues, pooled):
        told = await refused(office.disqualify(lead_id, by=rep))
        assert (told.reason, told.status.name) == ("NOT_YOURS", "PERMISSION_DENIED")


async def test_a_lead_in_conversion_is_not_disqualified_from_under_it(office: Office) -> None:
    rep, conversion_id = await office.a_rep(), fresh()
    lead_id, holding = await office.a_held_lead(rep)
    await office.lease(holding, conversion_id)

    told = await refused(office.disqualify(lead_id))

    assert (told.reason, told.metadata) == ("CONVERSION_IN_FLIGHT", {"conversion_id": conversion_id})


@pytest.mark.parametrize("state", ["CONVERTED", "INVALID"])
async def test_what_has_come_to_its_end_is_refused_with_what_it_allows(office: Office, state: str) -> None:
    lead_id, holding = await office.a_held_lead(await office.a_rep())
    await (office.convert(holding) if state == "CONVERTED" else office.disqualify(lead_id))

    told = await refused(office.disqualify(lead_id))

    assert (told.reason, told.metadata["state"]) == ("ILLEGAL_TRANSITION", state)


async def test_a_reason_of_another_verb_is_refused_with_those_that_are_allowed(office: Office) -> None:
    told = await refused(office.disqualify(await office.open(), "NO_TIME"))

    assert (told.reason, told.metadata["reason"]) == ("REASON_NOT_ALLOWED", "NO_TIME")
    assert "SPAM" in told.metadata["allowed"]
    assert [name for name, _ in told.fields] == ["reason"]


async def test_it_wakes_the_leads_run_and_leaves_the_pool(office: Office) -> None:
    pool = await office.a_pool()
    lead_id = await office.a_pooled_lead(pool)

    await office.disqualify(lead_id)

    event = (await office.events(lead_id))[-1]
    assert (event.kind, event.wakes, event.reason) == ("lead_disqualified", "lead", "SPAM")
    [row] = await office.run("select pooled_at, route_due, wake_at from routing.lead where lead_id = :id", id=lead_id)
    assert tuple(row) == (None, False, None)


async def test_a_lead_that_routing_does_not_know_is_not_ready_yet(office: Office) -> None:
    assert (await refused(office.disqualify(str(new_id())))).reason == "NOT_READY_YET"


async def test_claimed_and_disqualified_at_once_it_is_invalid_and_held_by_nobody(office: Office) -> None:
    for _ in range(5):
        rep, lead_id = await office.a_rep(limit=1), await office.a_pooled_lead()

        claimed, _ = await asyncio.gather(
            office.claim(rep, lead_id), office.disqualify(lead_id), return_exceptions=True
        )

        if isinstance(claimed, grpc.aio.AioRpcError):
            assert refusal_of(claimed).reason == "ILLEGAL_TRANSITION"
        assert await office.state(lead_id) == "INVALID"
        # His one place is free.
        await office.claim(rep, await office.a_pooled_lead())
