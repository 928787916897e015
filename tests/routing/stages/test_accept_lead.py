"""A rep accepts what he was given: its first response is met, and it is SAL."""

import asyncio
from datetime import timedelta

import grpc.aio
import pytest

from clew.routing.v1 import holdings_pb2
from cli.refusals import refusal_of
from services.shared.ids import new_id
from tests.routing.office import Office, fresh, instant, refused
from tests.routing.stages.acts import (
    accept,
    advance_holding,
    follow_up,
    reminded_of_all,
    stage_name,
    stages,
    trail,
    until_taken_back,
)

HOUR = timedelta(hours=1)


async def test_to_accept_meets_the_first_response_and_makes_the_lead_sal(office: Office) -> None:
    rep = await office.a_rep()
    lead_id, holding = await office.a_held_lead(rep)

    accepted = await accept(office, rep, holding)

    assert stage_name(accepted.stage) == "SAL"
    assert holding.due_cause == holdings_pb2.DUE_CAUSE_FIRST_RESPONSE
    assert accepted.holding.due_cause == holdings_pb2.DUE_CAUSE_PROTECTION
    assert instant(accepted.holding.due_at) > instant(holding.due_at)
    assert await trail(office, lead_id) == [("SAL", "AcceptLead")]
    decision = (await office.decisions(lead_id))[-1]
    assert (decision.verb, decision.rep_code, decision.schedule.HasField("first_responded_at")) == (
        "AcceptLead",
        rep.code,
        True,
    )
    kinds = [(event.kind, event.wakes) for event in await office.events(lead_id)][-2:]
    assert kinds == [("lead_accepted", "lead"), ("stage_entered", "none")]


async def test_accepted_twice_it_is_accepted_once(office: Office) -> None:
    rep = await office.a_rep()
    lead_id, holding = await office.a_held_lead(rep)
    first = await accept(office, rep, holding)
    before = len(await office.events(lead_id))

    again = await accept(office, rep, holding)

    assert again == first
    assert len(await office.events(lead_id)) == before


async def test_a_first_attempt_that_is_logged_implies_it(office: Office) -> None:
    rep = await office.a_rep()
    lead_id, holding = await office.a_held_lead(rep)

    await follow_up(office, rep, holding, "NO_ANSWER")

    assert await trail(office, lead_id) == [("SAL", "FIRST_RESPONSE")]
    assert stage_name((await accept(office, rep, holding)).stage) == "SAL"
    assert len(await trail(office, lead_id)) == 1


async def test_an_accepted_lead_is_still_taken_back_when_its_protection_ends(office: Office) -> None:
    rep = await office.a_rep()
    lead_id, holding = await office.a_held_lead(rep)
    await accept(office, rep, holding)

    await until_taken_back(office, holding)

    assert await office.state(lead_id) == "POOLED"
    assert stage_name((await stages(office, lead_id)).stage) == "SAL"


async def test_what_is_due_is_not_rescued_by_a_word(office: Office) -> None:
    rep = await office.a_rep()
    lead_id, holding = await office.a_held_lead(rep)
    await office.pass_time(3 * HOUR)

    told = await refused(accept(office, rep, holding))

    assert (told.reason, told.metadata["end_cause"]) == ("HOLDING_ENDED", "recalled")
    assert await trail(office, lead_id) == []


async def test_a_colleague_an_ended_holding_a_conversion_and_nothing_are_refused(office: Office) -> None:
    rep, colleague = await office.a_rep(), await office.a_rep()
    _, ended = await office.a_held_lead(rep)
    await office.give_back(rep, ended)
    _, present = await office.a_held_lead(rep)
    _, leased = await office.a_held_lead(rep)
    await office.lease(leased, fresh())

    reasons = [
        (await refused(accept(office, colleague, present))).reason,
        (await refused(accept(office, rep, ended))).reason,
        (await refused(accept(office, rep, leased))).reason,
        (await refused(accept(office, rep, holdings_pb2.Holding(holding_id=str(new_id()))))).reason,
    ]

    assert reasons == ["NOT_YOURS", "HOLDING_ENDED", "CONVERSION_IN_FLIGHT", "NOT_FOUND"]


@pytest.mark.parametrize("milliseconds_left", [0, 5, 10, 20, 40])
async def test_accepted_and_recalled_at_once_one_of_them_was_first(office: Office, milliseconds_left: int) -> None:
    rep = await office.a_rep()
    lead_id, holding = await office.a_held_lead(rep)
    left = await reminded_of_all(office, holding)
    await office.pass_time(left - timedelta(milliseconds=milliseconds_left))

    async def recall_unless_accepted() -> None:
        while (await advance_holding(office, holding)).effect == holdings_pb2.ADVANCE_EFFECT_NOT_DUE:
            if (await office.lead(lead_id)).holding.HasField("first_responded_at"):
                return

    accepted, _ = await asyncio.gather(accept(office, rep, holding), recall_unless_accepted(), return_exceptions=True)

    if isinstance(accepted, grpc.aio.AioRpcError):
        assert refusal_of(accepted).reason == "HOLDING_ENDED"
        assert await office.state(lead_id) == "POOLED"
    else:
        assert await office.state(lead_id) == "HELD"
