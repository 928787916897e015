"""A verification team's member hands a lead on: fresh deadlines, the stage stays, and so does the credit."""

import asyncio
from datetime import timedelta

from clew.routing.v1 import holdings_pb2, stages_pb2
from tests.examples import as_manager
from tests.routing.office import Office, fresh, instant, refused
from tests.routing.stages.acts import a_verifier, accept, advance, follow_up, hand_off, stage_name, stages


async def test_the_successor_begins_afresh_and_the_stage_stays(office: Office) -> None:
    verifier, rep = await a_verifier(office, limit=1), await office.a_rep()
    lead_id, holding = await office.a_held_lead(verifier)
    await follow_up(office, verifier, holding)
    await advance(office, holding, by=verifier)
    await office.pass_time(timedelta(hours=1))

    handed = await hand_off(office, verifier, holding, rep)

    assert handed.credited_rep_code == verifier.code
    assert (handed.holding.rep_code, handed.holding.epoch) == (rep.code, holding.epoch + 1)
    assert handed.holding.due_cause == holdings_pb2.DUE_CAUSE_FIRST_RESPONSE
    assert instant(handed.holding.started_at) > instant(holding.started_at)
    listed = await stages(office, lead_id)
    assert (stage_name(listed.stage), listed.credited_rep_code) == ("SQL", verifier.code)
    decision, event = (await office.decisions(lead_id))[-1], (await office.events(lead_id))[-1]
    assert (decision.verb, decision.rep_code) == ("HandOff", rep.code)
    assert (event.kind, event.wakes, event.data["from_rep_code"]) == ("lead_handed_off", "lead", verifier.code)
    assert len(await office.notices_of(lead_id, "ASSIGNED")) == 1
    assert await office.notices_of(lead_id, "TRANSFERRED") == []
    # The verifier's one place is free.
    await office.claim(verifier, await office.a_pooled_lead())


async def test_a_transfer_passes_the_credit_on_and_a_claim_out_of_the_pool_does_not(office: Office) -> None:
    verifier, rep, other = await a_verifier(office), await office.a_rep(), await office.a_rep()
    lead_id, holding = await office.a_held_lead(verifier)
    handed = (await hand_off(office, verifier, holding, rep)).holding
    request = holdings_pb2.TransferLeadRequest(request_id=fresh(), holding_id=handed.holding_id, rep_code=other.code)

    transferred = (await office.holdings.TransferLead(request, metadata=as_manager())).holding
    assert (await stages(office, lead_id)).credited_rep_code == verifier.code

    await office.give_back(other, transferred)
    await office.claim(await office.a_rep(), lead_id)
    assert (await stages(office, lead_id)).credited_rep_code == ""


async def test_only_a_verification_team_hands_off_and_only_what_it_holds(office: Office) -> None:
    verifier, rep = await a_verifier(office), await office.a_rep()
    _, of_the_rep = await office.a_held_lead(rep)

    told = await refused(hand_off(office, rep, of_the_rep, verifier))
    assert (told.reason, told.status.name, told.metadata) == (
        "NOT_A_VERIFIER",
        "PERMISSION_DENIED",
        {"team": rep.team_code},
    )
    assert (await refused(hand_off(office, verifier, of_the_rep, rep))).reason == "NOT_YOURS"


async def test_a_team_may_lose_it_again_and_one_that_is_not_there_is_not_found(office: Office) -> None:
    verifier, rep = await a_verifier(office), await office.a_rep()
    _, holding = await office.a_held_lead(verifier)

    async def set_team(code: str) -> None:
        request = stages_pb2.SetVerificationTeamRequest(request_id=fresh(), team_code=code, verifies=False)
        await office.stages.SetVerificationTeam(request, metadata=as_manager())

    await set_team(verifier.team_code)

    assert (await refused(hand_off(office, verifier, holding, rep))).reason == "NOT_A_VERIFIER"
    told = await refused(set_team("nobody"))
    assert (told.reason, told.metadata["kind"]) == ("NOT_FOUND", "team")


async def test_who_is_full_gets_nothing_and_the_verifier_keeps_it(office: Office) -> None:
    verifier, full = await a_verifier(office), await office.a_rep(limit=0)
    lead_id, holding = await office.a_held_lead(verifier)

    assert (await refused(hand_off(office, verifier, holding, full))).reason == "HOLDING_LIMIT_REACHED"
    assert (await refused(hand_off(office, verifier, holding, verifier))).reason == "INVALID_FIELD"

    assert (await office.lead(lead_id)).holding.rep_code == verifier.code


async def test_handed_off_and_returned_at_once_it_is_one_of_both(office: Office) -> None:
    rep = await office.a_rep()
    for _ in range(5):
        verifier = await a_verifier(office, limit=1)
        lead_id, holding = await office.a_held_lead(verifier)

        handed, returned = await asyncio.gather(
            hand_off(office, verifier, holding, rep), office.give_back(verifier, holding), return_exceptions=True
        )

        assert isinstance(handed, BaseException) != isinstance(returned, BaseException)
        expected = "POOLED" if isinstance(handed, BaseException) else "HELD"
        assert await office.state(lead_id) == expected


async def test_the_successors_first_response_is_asked_for_anew(office: Office) -> None:
    verifier, rep = await a_verifier(office), await office.a_rep()
    lead_id, holding = await office.a_held_lead(verifier)
    await accept(office, verifier, holding)
    handed = (await hand_off(office, verifier, holding, rep)).holding

    assert (await refused(accept(office, verifier, holding))).reason == "HOLDING_ENDED"
    accepted = await accept(office, rep, handed)

    assert accepted.holding.due_cause == holdings_pb2.DUE_CAUSE_PROTECTION
    assert len((await stages(office, lead_id)).changes) == 1
