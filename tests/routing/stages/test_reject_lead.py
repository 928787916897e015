"""A rep rejects a lead: it goes back to its pool, and the reason goes to marketing."""

import asyncio

from tests.routing.office import Office, fresh, refused
from tests.routing.stages.acts import accept, reject, stage_name, stages


async def test_a_rejected_lead_is_back_in_its_pool_and_keeps_its_stage(office: Office) -> None:
    rep, pool = await office.a_rep(limit=1), await office.a_pool()
    lead_id, holding = await office.a_held_lead(rep, pool)
    await accept(office, rep, holding)

    assert await reject(office, rep, holding, "NO_BUDGET") == "POOLED"

    [row] = await office.run(
        "select end_cause, end_reason from routing.holding where holding_id = :id", id=holding.holding_id
    )
    assert tuple(row) == ("rejected", "NO_BUDGET")
    assert (await office.lead(lead_id)).home_pool_code == pool
    assert stage_name((await stages(office, lead_id)).stage) == "SAL"
    # His one place is free; the lead itself he may not claim at once.
    assert (await refused(office.claim(rep, lead_id))).reason == "CLAIM_COOLDOWN"
    await office.claim(rep, await office.a_pooled_lead())


async def test_the_event_tells_scoring_what_was_rejected_and_why(office: Office) -> None:
    rep = await office.a_rep()
    lead_id = await office.open()
    await office.update_score(lead_id, 1, grade="A", fit_score=70)
    await office.publish_rules()
    await office.route(lead_id)
    holding = await office.claim(rep, lead_id)

    await reject(office, rep, holding, "NOT_QUALIFIED")

    event = (await office.events(lead_id))[-1]
    assert (event.kind, event.reason, event.wakes) == ("lead_rejected", "NOT_QUALIFIED", "lead")
    known = {name: event.data[name] for name in ("stage", "grade", "fit_score", "score_version", "rep_code")}
    assert known == {"stage": "PROSPECT", "grade": "A", "fit_score": 70, "score_version": 1, "rep_code": rep.code}
    decision = (await office.decisions(lead_id))[-1]
    assert (decision.verb, decision.reason) == ("RejectLead", "NOT_QUALIFIED")


async def test_a_reason_to_return_is_none_to_reject(office: Office) -> None:
    rep = await office.a_rep()
    _, holding = await office.a_held_lead(rep)

    told = await refused(reject(office, rep, holding, "NO_TIME"))

    assert told.reason == "REASON_NOT_ALLOWED"
    assert "NO_NEED" in told.metadata["allowed"]


async def test_a_colleague_an_ended_holding_and_a_conversion_are_refused(office: Office) -> None:
    rep, colleague = await office.a_rep(), await office.a_rep()
    _, ended = await office.a_held_lead(rep)
    await reject(office, rep, ended)
    _, present = await office.a_held_lead(rep)
    _, leased = await office.a_held_lead(rep)
    await office.lease(leased, fresh())

    assert (await refused(reject(office, colleague, present))).reason == "NOT_YOURS"
    told = await refused(reject(office, rep, ended))
    assert (told.reason, told.metadata["end_cause"]) == ("HOLDING_ENDED", "rejected")
    assert (await refused(reject(office, rep, leased))).reason == "CONVERSION_IN_FLIGHT"


async def test_rejected_and_returned_at_once_the_holding_ends_once(office: Office) -> None:
    for _ in range(5):
        rep = await office.a_rep(limit=1)
        lead_id, holding = await office.a_held_lead(rep)

        ends = await asyncio.gather(
            reject(office, rep, holding), office.give_back(rep, holding), return_exceptions=True
        )

        assert len([end for end in ends if isinstance(end, BaseException)]) == 1
        assert [decision.verb for decision in await office.decisions(lead_id)][2:] in (["RejectLead"], ["ReturnLead"])
