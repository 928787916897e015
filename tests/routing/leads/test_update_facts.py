"""What intake knows anew, and what a re-enquiry means in each state."""

import asyncio
from uuid import uuid4

from clew.routing.v1 import roster_pb2
from tests.routing.office import MINUTE, SECOND, Office, fresh, instant, lasting, refused, state_name
from tests.routing.stages.acts import void


async def test_newer_facts_replace_those_before_and_older_ones_change_nothing(office: Office) -> None:
    lead_id = await office.open(region="上海")

    await office.update_facts(lead_id, 3, region="江苏")
    late = await office.update_facts(lead_id, 2, region="北京")

    lead = await office.lead(lead_id)
    assert (lead.facts_version, lead.facts.region, late.facts_version) == (3, "江苏", 3)
    assert [event.kind for event in await office.events(lead_id)] == ["lead_opened", "facts_updated"]


async def test_updates_that_overtake_one_another_leave_the_newest(office: Office) -> None:
    lead_id = await office.open()

    await asyncio.gather(*(office.update_facts(lead_id, version, city=f"{version}") for version in (5, 2, 9, 3, 7, 4)))

    lead = await office.lead(lead_id)
    assert (lead.facts_version, lead.facts.city) == (9, "9")


async def test_facts_and_score_that_come_at_once_are_both_kept(office: Office) -> None:
    for _ in range(5):
        lead_id = await office.open()

        await asyncio.gather(
            office.update_facts(lead_id, 2, region="上海"), office.update_score(lead_id, 1, grade="A", fit_score=70)
        )

        facts = (await office.lead(lead_id)).facts
        assert (facts.region, facts.grade, facts.fit_score) == ("上海", "A", 70)


async def test_a_lead_that_routing_does_not_know_is_not_ready_yet(office: Office) -> None:
    told = await refused(office.update_facts(str(uuid4()), 2))

    assert (told.reason, told.status.name) == ("NOT_READY_YET", "NOT_FOUND")


async def test_a_reenquiry_to_an_invalid_lead_reopens_it_with_its_trail(office: Office) -> None:
    lead_id = await office.open()
    await office.disqualify(lead_id, "SPAM")

    answer = await office.update_facts(lead_id, 2, reenquiries=1)

    assert state_name(answer.state) == "QUALIFYING"
    assert (await office.lead(lead_id)).invalid_reason == ""
    assert [decision.verb for decision in await office.decisions(lead_id)] == ["DisqualifyLead", "Reopen"]
    assert (await office.events(lead_id))[-1].kind == "lead_reopened"
    assert await office.notices_of(lead_id, "REENQUIRY") == []


async def test_a_reenquiry_reopens_a_dormant_lead_too(office: Office) -> None:
    lead_id = await office.a_pooled_lead()
    await office.run("update routing.lead set state = 'DORMANT', pooled_at = null where lead_id = :id", id=lead_id)

    answer = await office.update_facts(lead_id, 2, reenquiries=1)

    assert state_name(answer.state) == "QUALIFYING"
    assert [decision.verb for decision in await office.decisions(lead_id)] == ["RouteLead", "Reopen"]
    [event] = [one for one in await office.events(lead_id) if one.kind == "lead_reopened"]
    assert (event.reason, event.data["from_state"]) == ("REENQUIRY", "DORMANT")


async def test_a_reenquiry_of_a_voided_lead_is_recorded_and_looked_into_and_reopens_nothing(office: Office) -> None:
    pool = await office.a_pool()
    lead_id = await office.a_pooled_lead(pool)
    await void(office, lead_id)

    answer = await office.update_facts(lead_id, 2, reenquiries=1)

    assert state_name(answer.state) == "VOIDED"
    [notice] = await office.notices_of(lead_id, "REENQUIRY")
    assert (notice.pool_code, notice.reason) == (pool, "VOIDED")
    assert (await office.events(lead_id))[-1].data["reenquiries"] == 1
    assert await office.task(lead_id) == "NONE"


async def test_a_reopened_lead_that_was_never_scored_has_its_time_to_qualify_anew(office: Office) -> None:
    lead_id = await office.open(created_at=await office.now() - 5 * MINUTE)
    await office.disqualify(lead_id)

    await office.update_facts(lead_id, 2, reenquiries=1)
    work = await office.work(lead_id)

    assert await office.task(lead_id) == "SCORE"
    assert 25 * SECOND < work.wake_in.ToTimedelta() <= 30 * SECOND


async def test_a_reopened_lead_that_was_held_before_is_routed_at_once(office: Office) -> None:
    rep = await office.a_rep()
    lead_id, _ = await office.a_held_lead(rep)
    await office.disqualify(lead_id)

    await office.update_facts(lead_id, 2, reenquiries=1)

    assert await office.task(lead_id) == "ROUTE"
    assert state_name((await office.route(lead_id)).state) == "POOLED"


async def test_new_facts_without_a_reenquiry_leave_an_invalid_lead_invalid(office: Office) -> None:
    lead_id = await office.open(reenquiries=2)
    await office.disqualify(lead_id)

    answer = await office.update_facts(lead_id, 2, reenquiries=2)

    assert state_name(answer.state) == "INVALID"


async def test_the_holder_hears_of_a_reenquiry_and_by_when_to_respond_under_the_policy_he_began_with(
    office: Office,
) -> None:
    rep = await office.a_rep()
    pool = await office.a_pool(roster_pb2.Policy(first_response=lasting(7 * MINUTE)))
    lead_id, holding = await office.a_held_lead(rep, pool)
    await office.publish_policy(pool, roster_pb2.Policy(first_response=lasting(MINUTE)))

    await office.update_facts(lead_id, 2, reenquiries=1)

    [notice] = await office.notices_of(lead_id, "REENQUIRY")
    assert (notice.rep_code, notice.holding_id, notice.pool_code) == (rep.code, holding.holding_id, "")
    assert instant(notice.due_at) - instant(notice.created_at) == 7 * MINUTE
    assert await office.state(lead_id) == "HELD"


async def test_a_reenquiry_during_a_conversion_is_told_to_the_holder(office: Office) -> None:
    rep = await office.a_rep()
    lead_id, holding = await office.a_held_lead(rep)
    await office.lease(holding, fresh())

    await office.update_facts(lead_id, 2, reenquiries=1)

    [notice] = await office.notices_of(lead_id, "REENQUIRY")
    assert notice.rep_code == rep.code
    assert await office.state(lead_id) == "CONVERTING"


async def test_after_a_conversion_the_converter_hears_and_nothing_is_due(office: Office) -> None:
    rep = await office.a_rep()
    lead_id, holding = await office.a_held_lead(rep)
    await office.convert(holding)

    await office.update_facts(lead_id, 2, reenquiries=1)

    [notice] = await office.notices_of(lead_id, "REENQUIRY")
    assert (notice.rep_code, notice.HasField("due_at")) == (rep.code, False)
    assert await office.state(lead_id) == "CONVERTED"


async def test_a_pooled_leads_reenquiry_is_told_to_its_home_pool(office: Office) -> None:
    pool = await office.a_pool()
    lead_id = await office.a_pooled_lead(pool)

    await office.update_facts(lead_id, 2, reenquiries=1)

    [notice] = await office.notices_of(lead_id, "REENQUIRY")
    assert (notice.pool_code, notice.rep_code) == (pool, "")
    assert await office.task(lead_id) == "NONE"


async def test_a_qualifying_leads_reenquiry_is_told_to_the_default_pool(office: Office) -> None:
    lead_id = await office.open()

    await office.update_facts(lead_id, 2, reenquiries=1)

    [notice] = await office.notices_of(lead_id, "REENQUIRY")
    assert notice.pool_code == "default"


async def test_each_reenquiry_is_told_once_however_often_it_is_handed_over(office: Office) -> None:
    lead_id = await office.open()

    await asyncio.gather(*(office.update_facts(lead_id, 2, reenquiries=1) for _ in range(4)))
    await office.update_facts(lead_id, 3, reenquiries=2)
    await office.update_facts(lead_id, 4, reenquiries=2)

    assert len(await office.notices_of(lead_id, "REENQUIRY")) == 2


async def test_two_handovers_of_one_reenquiry_reopen_a_lead_once(office: Office) -> None:
    lead_id = await office.open()
    await office.disqualify(lead_id)

    await asyncio.gather(*(office.update_facts(lead_id, 2, reenquiries=1) for _ in range(4)))

    assert [decision.verb for decision in await office.decisions(lead_id)].count("Reopen") == 1
