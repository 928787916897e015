"""What scoring knows anew, and what a new maturity means in each state."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from clew.routing.v1 import leads_pb2, roster_pb2
from tests.examples import as_service
from tests.routing.office import MINUTE, Office, fresh, instant, lasting, refused, state_name


async def test_a_score_completes_the_facts(office: Office) -> None:
    lead_id = await office.open(region="上海")

    await office.update_score(lead_id, 1, grade="A", fit_score=70)

    lead = await office.lead(lead_id)
    assert (lead.facts.region, lead.facts.grade, lead.facts.fit_score, lead.score_version) == ("上海", "A", 70, 1)


async def test_an_older_score_changes_nothing(office: Office) -> None:
    lead_id = await office.open()
    await office.update_score(lead_id, 4, grade="B")

    late = await office.update_score(lead_id, 3, grade="D")

    assert late.score_version == 4
    assert (await office.lead(lead_id)).facts.grade == "B"


async def test_a_scored_lead_is_to_be_routed(office: Office) -> None:
    lead_id = await office.open()

    await office.update_score(lead_id, 1)

    assert await office.task(lead_id) == "ROUTE"


async def test_a_pooled_lead_that_becomes_mature_is_due_for_routing_once(office: Office) -> None:
    lead_id = await office.a_pooled_lead()

    await office.update_score(lead_id, 1, maturities=1)
    assert await office.task(lead_id) == "ROUTE"
    await office.route(lead_id)
    await office.update_score(lead_id, 2, maturities=1)

    assert await office.task(lead_id) == "NONE"
    assert await office.state(lead_id) == "POOLED"


async def test_a_pooled_lead_that_became_mature_is_found_by_the_sweep_if_its_run_is_gone(office: Office) -> None:
    lead_id = await office.a_pooled_lead()

    await office.update_score(lead_id, 1, maturities=1)

    [row] = await office.run("select wake_at <= clew.clew_now() from routing.lead where lead_id = :id", id=lead_id)
    assert row[0]


async def test_the_holder_hears_that_his_lead_became_mature_and_by_when_to_respond(office: Office) -> None:
    rep = await office.a_rep()
    pool = await office.a_pool(roster_pb2.Policy(first_response=lasting(7 * MINUTE)))
    lead_id, holding = await office.a_held_lead(rep, pool)

    await asyncio.gather(*(office.update_score(lead_id, 1, maturities=1) for _ in range(4)))

    [notice] = await office.notices_of(lead_id, "MATURITY")
    assert (notice.rep_code, notice.holding_id) == (rep.code, holding.holding_id)
    assert instant(notice.due_at) - instant(notice.created_at) == 7 * MINUTE
    assert await office.task(lead_id) == "WAIT"


async def test_a_second_maturity_of_a_held_lead_is_told_again(office: Office) -> None:
    lead_id, _ = await office.a_held_lead(await office.a_rep())

    await office.update_score(lead_id, 1, maturities=1)
    await office.update_score(lead_id, 2, maturities=1)
    await office.update_score(lead_id, 3, maturities=2)

    assert len(await office.notices_of(lead_id, "MATURITY")) == 2


@pytest.mark.parametrize("state", ["QUALIFYING", "CONVERTED", "INVALID"])
async def test_elsewhere_a_maturity_is_only_recorded(office: Office, state: str) -> None:
    lead_id = await a_lead_in(office, state)
    decisions = await office.decisions(lead_id)

    answer = await office.update_score(lead_id, 9, maturities=1)

    assert state_name(answer.state) == state
    assert (await office.lead(lead_id)).score_version == 9
    assert await office.notices_of(lead_id, "MATURITY") == []
    assert await office.decisions(lead_id) == decisions


async def test_the_timeline_says_which_rules_gave_the_score(office: Office) -> None:
    lead_id = await office.open()
    request = leads_pb2.UpdateScoreRequest(
        request_id=fresh(), lead_id=lead_id, score_version=1, grade="A", maturities=1, rules_version=3
    )

    await office.leads.UpdateScore(request, metadata=as_service())

    [event] = [one for one in await office.events(lead_id) if one.kind == "score_updated"]
    assert (event.kind, event.rule_version, event.wakes) == ("score_updated", "scoring@3", "none")
    assert (event.data["grade"], event.data["matured"]) == ("A", True)


async def test_a_lead_that_routing_does_not_know_is_not_ready_yet(office: Office) -> None:
    assert (await refused(office.update_score(str(uuid4()), 1))).reason == "NOT_READY_YET"


@pytest.mark.parametrize("grade", ["", "E", "a", "AA"])
async def test_a_grade_is_one_of_four(office: Office, grade: str) -> None:
    told = await refused(office.update_score(str(uuid4()), 1, grade=grade))

    assert (told.reason, [name for name, _ in told.fields]) == ("INVALID_FIELD", ["grade"])


async def a_lead_in(office: Office, state: str) -> str:
    if state == "CONVERTED":
        lead_id, holding = await office.a_held_lead(await office.a_rep())
        await office.convert(holding)
        return lead_id
    lead_id = await office.open(created_at=await office.now() + timedelta(hours=1))
    if state == "INVALID":
        await office.disqualify(lead_id)
    return lead_id
