"""The holder who owns an open opportunity on the lead's matched account keeps the lead: exempt until it is closed."""

import asyncio
from collections.abc import Collection
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from clew.routing.v1 import extensions_pb2, holdings_pb2, leads_pb2, policies_pb2, roster_pb2
from services.routing.holdings.schedule import compute_schedule
from services.routing.holdings.store import HOLDINGS, holding_of
from services.routing.holdings.store_time import know_calendars
from tests.examples import as_manager, as_rep, as_service
from tests.routing.office import MINUTE, SECOND, Office, Rep, fresh, instant, lasting, refused, to_pool
from tests.shared.waiting import until_locks_are_waited_for

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOTHING_DUE = "nothing is due: the holder owns an open opportunity on the matched account"


def a_policy() -> roster_pb2.Policy:
    """Protected for a day, a floor of an hour; time that a test makes pass at once is no outage."""
    return roster_pb2.Policy(
        first_response=lasting(2 * DAY),
        protection=lasting(DAY),
        extension=lasting(DAY),
        maximum=lasting(2 * DAY),
        notice_floor=lasting(HOUR),
        unwarned="UNWARNED_RECALL",
    )


async def a_held_lead(office: Office, *, owners: Collection[str] = ()) -> tuple[Rep, str, holdings_pb2.Holding]:
    """Claimed by a rep out of a pool of that policy. `owners`: of open opportunities beforehand; `""` is the rep."""
    rep = await office.a_rep()
    pool = await office.a_pool(a_policy())
    await office.publish_rules(to_pool(pool))
    lead_id = await office.open(opportunity_owners=[owner or str(rep.rep_id) for owner in owners])
    await office.route(lead_id)
    return rep, lead_id, await office.claim(rep, lead_id)


async def told(office: Office, lead_id: str, version: int, *owners: object) -> None:
    request = leads_pb2.UpdateFactsRequest(
        request_id=fresh(),
        facts={"lead_id": lead_id},
        facts_version=version,
        opportunity_owners=map(str, owners),
    )
    await office.leads.UpdateFacts(request, metadata=as_service())


async def schedule_of(office: Office, holding: holdings_pb2.Holding) -> holdings_pb2.Schedule:
    request = holdings_pb2.GetScheduleRequest(holding_id=holding.holding_id)
    return (await office.holdings.GetSchedule(request, metadata=as_manager())).schedule


async def advance(office: Office, holding: holdings_pb2.Holding) -> str:
    request = holdings_pb2.AdvanceHoldingRequest(request_id=fresh(), holding_id=holding.holding_id)
    answer = await office.holdings.AdvanceHolding(request, metadata=as_service())
    return holdings_pb2.AdvanceEffect.Name(answer.effect).removeprefix("ADVANCE_EFFECT_")


async def test_nothing_is_due_while_the_holder_owns_an_open_opportunity(office: Office) -> None:
    rep, lead_id, holding = await a_held_lead(office)

    await told(office, lead_id, 2, rep.rep_id, uuid4())

    shown = await schedule_of(office, holding)
    assert (shown.HasField("due_at"), shown.HasField("wake_at"), list(shown.reminders)) == (False, False, [])
    assert [entry.kind for entry in shown.entries] == ["EXEMPTED"]
    work = await office.work(lead_id)
    assert (work.why, work.HasField("due_at"), work.HasField("wake_at")) == (NOTHING_DUE, False, False)
    decision = (await office.decisions(lead_id))[-1]
    assert (decision.verb, decision.reason, decision.HasField("due_at")) == ("Exempt", "OPEN_OPPORTUNITY", False)
    kinds = [(event.kind, event.by_run) for event in await office.events(lead_id)]
    assert kinds[-2:] == [("holding_exempted", True), ("facts_updated", True)]


async def test_neither_timer_nor_sweep_takes_an_exempt_lead_back(office: Office) -> None:
    rep, lead_id, holding = await a_held_lead(office)
    await told(office, lead_id, 2, rep.rep_id)

    await office.pass_time(5 * DAY)
    await office.sweep()

    assert await advance(office, holding) == "NOT_DUE"
    assert await office.state(lead_id) == "HELD"


async def test_when_it_ends_the_notice_floor_is_left_and_then_the_lead_is_taken_back(office: Office) -> None:
    rep, lead_id, holding = await a_held_lead(office)
    await told(office, lead_id, 2, rep.rep_id)
    await office.pass_time(5 * DAY)

    await told(office, lead_id, 3)

    shown = await schedule_of(office, holding)
    assert instant(shown.due_at) == instant(shown.entries[-1].at) + HOUR
    decision = (await office.decisions(lead_id))[-1]
    assert (decision.verb, instant(decision.due_at)) == ("EndExemption", instant(shown.due_at))
    await office.sweep()
    assert await office.state(lead_id) == "HELD"
    await office.pass_time(HOUR + 2 * SECOND)
    await office.sweep()
    assert await office.state(lead_id) == "POOLED"


async def test_a_lead_that_its_opportunitys_owner_claims_is_exempt_from_the_beginning(office: Office) -> None:
    _, lead_id, holding = await a_held_lead(office, owners=[""])

    assert not holding.HasField("due_at")
    assert (await office.work(lead_id)).why == NOTHING_DUE
    [notice] = await office.notices_of(lead_id, "FIRST_RESPONSE_DUTY")
    assert not notice.HasField("due_at")


async def test_somebody_elses_opportunity_exempts_nobody(office: Office) -> None:
    _, lead_id, holding = await a_held_lead(office, owners=[fresh()])

    await told(office, lead_id, 2, uuid4())

    assert holding.HasField("due_at")
    assert list((await schedule_of(office, holding)).entries) == []


async def test_a_transfer_to_who_owns_no_opportunity_begins_a_clock(office: Office) -> None:
    _, lead_id, holding = await a_held_lead(office, owners=[""])
    other = await office.a_rep()
    request = holdings_pb2.TransferLeadRequest(request_id=fresh(), holding_id=holding.holding_id, rep_code=other.code)

    handed_on = (await office.holdings.TransferLead(request, metadata=as_manager())).holding

    assert handed_on.HasField("due_at")
    assert (await office.work(lead_id)).why == "protection ends"


async def test_of_two_opportunities_of_one_owner_the_last_that_is_closed_ends_it(office: Office) -> None:
    rep, lead_id, holding = await a_held_lead(office)
    await told(office, lead_id, 2, rep.rep_id)
    await told(office, lead_id, 3, rep.rep_id, uuid4())
    await told(office, lead_id, 4, rep.rep_id)

    assert [entry.kind for entry in (await schedule_of(office, holding)).entries] == ["EXEMPTED"]


async def test_nobody_asks_for_more_time_while_nothing_is_due(office: Office) -> None:
    rep, _, holding = await a_held_lead(office, owners=[""])
    request = extensions_pb2.RequestExtensionRequest(
        request_id=fresh(), holding_id=holding.holding_id, until=await office.now() + 9 * DAY, reason="TRAVELS"
    )

    told_why = await refused(office.extensions.RequestExtension(request, metadata=as_rep(rep.rep_id)))

    assert told_why.fields == (("until", "Nothing is due now: more time is asked for when something is."),)


async def test_older_news_neither_begins_nor_ends_an_exemption(office: Office) -> None:
    rep, lead_id, holding = await a_held_lead(office)
    await told(office, lead_id, 5, rep.rep_id)

    await told(office, lead_id, 4)

    assert [entry.kind for entry in (await schedule_of(office, holding)).entries] == ["EXEMPTED"]


async def test_what_is_leased_meanwhile_is_exempt_when_its_conversion_ends_without_effect(office: Office) -> None:
    rep, lead_id, holding = await a_held_lead(office)
    conversion_id = fresh()
    await office.lease(holding, conversion_id)
    await told(office, lead_id, 2, rep.rep_id)
    # Until the lease ends the run waits for that.
    assert (await office.work(lead_id)).HasField("wake_at")

    request = holdings_pb2.ReleaseLeaseRequest(
        request_id=fresh(), holding_id=holding.holding_id, conversion_id=conversion_id
    )
    await office.holdings.ReleaseLease(request, metadata=as_service())
    await office.pass_time(5 * DAY)
    await office.sweep()

    assert (await office.state(lead_id), (await office.work(lead_id)).why) == ("HELD", NOTHING_DUE)


async def test_what_is_suspended_too_stays_so_when_its_exemption_ends(office: Office) -> None:
    rep, lead_id, holding = await a_held_lead(office)
    await told(office, lead_id, 2, rep.rep_id)
    policy = (await schedule_of(office, holding)).policy_version.partition("@")[0]
    await switch(office, policy, enabled=False)

    await told(office, lead_id, 3)

    assert (await office.work(lead_id)).why == "nothing is due: the policy is disabled"
    await switch(office, policy, enabled=True)
    shown = await schedule_of(office, holding)
    assert [entry.kind for entry in shown.entries] == ["EXEMPTED", "SUSPENDED", "EXEMPTION_ENDED", "RESUMED"]
    assert shown.HasField("due_at")
    suspended, resumed = [one for one in await office.decisions(lead_id) if one.verb == "Rebase"]
    assert (suspended.HasField("due_at"), instant(resumed.due_at)) == (False, instant(shown.due_at))


async def switch(office: Office, policy_code: str, *, enabled: bool) -> None:
    request = policies_pb2.SwitchPolicyRequest(request_id=fresh(), policy_code=policy_code, enabled=enabled)
    await office.policies.SwitchPolicy(request, metadata=as_manager())
    await office.sweep()


async def test_an_exempt_holding_is_enabled_again_without_its_exemption_being_lost(office: Office) -> None:
    rep, lead_id, holding = await a_held_lead(office)
    policy = (await schedule_of(office, holding)).policy_version.partition("@")[0]
    await switch(office, policy, enabled=False)
    await told(office, lead_id, 2, rep.rep_id)

    await switch(office, policy, enabled=True)

    assert (await office.work(lead_id)).why == NOTHING_DUE


async def test_a_converted_lead_hears_of_it_and_stays_as_it_is(office: Office) -> None:
    rep, lead_id, holding = await a_held_lead(office)
    await office.convert(holding)

    await told(office, lead_id, 2, rep.rep_id)

    assert (await office.state(lead_id), await office.task(lead_id)) == ("CONVERTED", "NONE")
    assert (await office.events(lead_id))[-1].kind == "facts_updated"


@pytest.mark.parametrize("attempt", range(10))
async def test_of_a_recall_and_an_exemption_at_once_whichever_is_first_has_its_way(
    office: Office, attempt: int
) -> None:
    rep, lead_id, holding = await a_held_lead(office)
    await office.pass_time(DAY + 2 * SECOND)

    await asyncio.gather(told(office, lead_id, 2, rep.rep_id), advance(office, holding), office.sweep())

    verbs = [decision.verb for decision in await office.decisions(lead_id)]
    if await office.state(lead_id) == "POOLED":
        assert verbs.count("Recall") == 1
        assert "Exempt" not in verbs
    else:
        assert "Recall" not in verbs
        assert verbs.count("Exempt") == 1
        assert (await office.work(lead_id)).why == NOTHING_DUE


async def test_a_recall_that_waits_for_the_news_finds_nothing_due(office: Office) -> None:
    rep, lead_id, holding = await a_held_lead(office)
    await office.pass_time(DAY + 2 * SECOND)
    lock = "select 1 from routing.lead where lead_id = :id for no key update"

    async with office.engine.connect() as db, db.begin():
        await db.execute(text(lock), {"id": UUID(lead_id)})
        news = asyncio.create_task(told(office, lead_id, 2, rep.rep_id))
        await until_locks_are_waited_for(office.engine, 1)
        recall = asyncio.create_task(advance(office, holding))
        await until_locks_are_waited_for(office.engine, 2)

    await news
    assert await recall == "NOT_DUE"
    assert (await office.work(lead_id)).why == NOTHING_DUE


async def test_news_that_waits_for_a_recall_exempts_nobody(office: Office) -> None:
    rep, lead_id, holding = await a_held_lead(office)
    await office.pass_time(DAY + 2 * SECOND)
    lock = "select 1 from routing.lead where lead_id = :id for no key update"

    async with office.engine.connect() as db, db.begin():
        await db.execute(text(lock), {"id": UUID(lead_id)})
        recall = asyncio.create_task(advance(office, holding))
        await until_locks_are_waited_for(office.engine, 1)
        news = asyncio.create_task(told(office, lead_id, 2, rep.rep_id))
        await until_locks_are_waited_for(office.engine, 2)

    assert await recall == "RECALLED"
    await news
    assert await office.state(lead_id) == "POOLED"
    assert (await schedule_of(office, holding)).HasField("due_at")


async def test_what_is_stored_is_what_is_computed_anew(office: Office) -> None:
    rep, lead_id, holding = await a_held_lead(office)
    for version, owners in enumerate([[rep.rep_id], [], [rep.rep_id], []], start=2):
        await told(office, lead_id, version, *owners)
        await office.pass_time(6 * HOUR + MINUTE)

    async with office.engine.connect() as db:
        found = await db.execute(text(f"{HOLDINGS} where h.holding_id = :id"), {"id": UUID(holding.holding_id)})
        [row] = found.all()
        await know_calendars(db, [row])
    stored = holding_of(row)
    anew = compute_schedule(stored.policy, stored.policy_text, stored.started_at, stored.schedule.entries, stored.time)
    assert stored.schedule == anew
    assert [entry.kind for entry in anew.entries] == ["EXEMPTED", "EXEMPTION_ENDED"] * 2
