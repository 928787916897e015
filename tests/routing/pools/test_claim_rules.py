"""What stands between a rep and a lead of a pool, on a live service and by PostgreSQL's clock."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from clew.routing.v1 import holdings_pb2, roster_pb2
from tests.examples import as_manager, as_rep
from tests.routing.office import Office, Rep, fresh, instant, lasting, refused
from tests.routing.pools.keeping import DAY, HOUR, assign, keep, mark, rest, set_members, waiting_leads

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(told_instant: str) -> datetime:
    return datetime.fromisoformat(told_instant)


async def test_of_a_public_pool_with_members_others_hear_that_they_are_none(office: Office) -> None:
    pool, member, of_team, other = await office.a_pool(), *[await office.a_rep() for _ in range(3)]
    await set_members(office, pool, member, teams=[of_team.team_code])
    first, second, third = await waiting_leads(office, pool, 3)

    await office.claim(member, first)
    await office.claim(of_team, second)
    told = await refused(office.claim(other, third))

    assert (told.reason, told.status.name) == ("NOT_A_MEMBER", "PERMISSION_DENIED")
    assert told.metadata == {"pool": pool, "rep": other.code}
    assert (await refused(assign(office, third, other))).reason == "NOT_A_MEMBER"


async def test_a_resting_lead_is_offered_to_nobody_until_its_rest_is_over(office: Office) -> None:
    pool, rep = await office.a_pool(), await office.a_rep()
    [lead_id] = await waiting_leads(office, pool, 1)
    until = await office.now() + DAY
    await rest(office, lead_id, until)

    told, by_manager = await refused(office.claim(rep, lead_id)), await refused(assign(office, lead_id, rep))
    assert instant((await office.lead(lead_id)).resting_until) == until
    await office.pass_time(DAY)
    assert not (await office.lead(lead_id)).HasField("resting_until")

    assert (told.reason, by_manager.reason, at(told.metadata["ends_at"])) == ("LEAD_RESTING", "LEAD_RESTING", until)
    assert (await office.claim(rep, lead_id)).lead_id == lead_id


async def test_a_manager_ends_a_rest(office: Office) -> None:
    [lead_id] = await waiting_leads(office, await office.a_pool(), 1)
    await rest(office, lead_id, await office.now() + DAY)

    await rest(office, lead_id)

    assert (await office.claim(await office.a_rep(), lead_id)).lead_id == lead_id
    assert [decision.verb for decision in await office.decisions(lead_id)] == ["RestLead", "RestLead", "ClaimLead"]


async def test_a_new_lead_is_frozen_for_claims_and_not_for_managers(office: Office) -> None:
    pool, rep = await office.a_pool(), await office.a_rep()
    await keep(office, pool, new_lead_freeze=2 * HOUR)
    new, assigned = await office.a_pooled_lead(pool), await office.a_pooled_lead(pool)

    told = await refused(office.claim(rep, new))
    holding = await assign(office, assigned, rep)
    await office.give_back(rep, holding)
    await office.pass_time(2 * HOUR)

    assert told.reason == "LEAD_FROZEN"
    assert abs(at(told.metadata["ends_at"]) - (await office.now())) < timedelta(seconds=30)
    assert (await office.claim(rep, new)).lead_id == new


async def test_a_lead_that_comes_back_to_its_pool_is_not_new_there(office: Office) -> None:
    pool, rep, colleague = await office.a_pool(), await office.a_rep(), await office.a_rep()
    lead_id, holding = await office.a_held_lead(rep, pool)
    await keep(office, pool, new_lead_freeze=2 * HOUR)

    await office.give_back(rep, holding)

    assert (await office.claim(colleague, lead_id)).epoch == 2


async def test_what_is_recalled_waits_for_the_pools_next_opening(office: Office) -> None:
    pool, rep, colleague = (
        await office.a_pool(roster_pb2.Policy(first_response=lasting(HOUR), unwarned="UNWARNED_RECALL")),
        await office.a_rep(),
        await office.a_rep(),
    )
    await keep(office, pool, opens_at="09:00")
    lead_id, _ = await office.a_held_lead(rep, pool)
    await office.pass_time(HOUR + timedelta(seconds=5))
    await office.sweep()
    recalled_at = await office.now()

    told = await refused(office.claim(colleague, lead_id))

    opening = at(told.metadata["ends_at"])
    assert told.reason == "NOT_RELEASED_YET"
    assert opening.astimezone(SHANGHAI).strftime("%H:%M:%S") == "09:00:00"
    assert timedelta(0) < opening - recalled_at <= DAY
    await office.pass_time(opening - recalled_at)
    assert (await office.claim(colleague, lead_id)).epoch == 2


async def test_what_is_returned_may_be_claimed_at_once_though_the_pool_opens_later(office: Office) -> None:
    pool, rep, colleague = await office.a_pool(), await office.a_rep(), await office.a_rep()
    await keep(office, pool, opens_at="09:00")
    lead_id, holding = await office.a_held_lead(rep, pool)
    await office.give_back(rep, holding)

    assert (await office.claim(colleague, lead_id)).epoch == 2


async def test_the_days_claims_are_counted_by_claims_and_a_return_gives_none_back(office: Office) -> None:
    pool, rep = await office.a_pool(), await office.a_rep()
    await keep(office, pool, daily_claim_limit=2)
    first, second, third, assigned = await waiting_leads(office, pool, 4)
    await office.give_back(rep, await office.claim(rep, first))
    await assign(office, assigned, rep)
    await office.claim(rep, second)

    told = await refused(office.claim(rep, third))

    assert (told.reason, told.status.name) == ("DAILY_CLAIM_LIMIT_REACHED", "RESOURCE_EXHAUSTED")
    assert (told.metadata["claims"], told.metadata["limit"], told.metadata["pool"]) == ("2", "2", pool)
    midnight, now = at(told.metadata["ends_at"]), await office.now()
    assert midnight.astimezone(SHANGHAI).strftime("%H:%M:%S") == "00:00:00"
    assert timedelta(0) < midnight - now <= DAY
    await office.pass_time(midnight - now)
    await office.claim(rep, third)


async def test_a_limit_of_none_a_day_lets_nobody_claim(office: Office) -> None:
    pool = await office.a_pool()
    await keep(office, pool, daily_claim_limit=0)
    [lead_id] = await waiting_leads(office, pool, 1)

    told = await refused(office.claim(await office.a_rep(), lead_id))

    assert (told.reason, told.metadata["claims"]) == ("DAILY_CLAIM_LIMIT_REACHED", "0")


@pytest.mark.parametrize("verb", ["return", "disqualify"])
async def test_a_dead_number_gives_the_days_claim_back(office: Office, verb: str) -> None:
    pool, rep = await office.a_pool(), await office.a_rep()
    await keep(office, pool, daily_claim_limit=1)
    dead, alive = await waiting_leads(office, pool, 2)
    holding = await office.claim(rep, dead)
    if verb == "return":
        await office.give_back(rep, holding, "DEAD_NUMBER")
    else:
        await office.disqualify(dead, "DEAD_NUMBER", by=rep)

    assert (await office.claim(rep, alive)).lead_id == alive


async def test_a_refused_claim_uses_none_of_the_day(office: Office) -> None:
    pool, full = await office.a_pool(), await office.a_rep(limit=0)
    await keep(office, pool, daily_claim_limit=5)
    [lead_id] = await waiting_leads(office, pool, 1)

    assert (await refused(office.claim(full, lead_id))).reason == "HOLDING_LIMIT_REACHED"

    assert await office.run("select * from routing.pool_day where rep_id = :rep_id", rep_id=full.rep_id) == []


async def test_who_is_not_ready_rests_until_the_rep_says(office: Office) -> None:
    pool, rep = await office.a_pool(), await office.a_rep()
    lead_id, holding = await office.a_held_lead(rep, pool)
    until = await office.now() + 30 * DAY
    request = holdings_pb2.ReturnLeadRequest(
        request_id=fresh(), holding_id=holding.holding_id, reason="NOT_READY", resting_until=until
    )

    await office.holdings.ReturnLead(request, metadata=as_rep(rep.rep_id))

    told = await refused(office.claim(await office.a_rep(), lead_id))
    assert (told.reason, at(told.metadata["ends_at"])) == ("LEAD_RESTING", until)


async def test_a_reenquiry_and_a_new_maturity_leave_a_resting_lead_at_rest(office: Office) -> None:
    pool, rep = await office.a_pool(), await office.a_rep()
    lead_id, holding = await office.a_held_lead(rep, pool)
    await office.give_back(rep, holding, "COMPLAINT")

    await office.update_facts(lead_id, 2, reenquiries=1)
    await office.update_score(lead_id, 1, grade="A", maturities=1)

    assert (await refused(office.claim(await office.a_rep(), lead_id))).reason == "LEAD_RESTING"
    assert await office.task(lead_id) == "NONE"
    assert len(await office.notices_of(lead_id, "REENQUIRY")) == 1


async def listed(office: Office, pool: str, rep: Rep | None = None) -> list[roster_pb2.PoolLead]:
    request = roster_pb2.ListPoolLeadsRequest(pool_code=pool)
    caller = as_rep(rep.rep_id) if rep else as_manager()
    return list((await office.roster.ListPoolLeads(request, metadata=caller)).leads)


async def test_a_rep_is_shown_what_may_be_claimed_and_a_manager_everything_with_its_marks(office: Office) -> None:
    pool, rep = await office.a_pool(), await office.a_rep()
    free, resting, frozen, unreleased = await waiting_leads(office, pool, 4)
    soon = await office.now() + HOUR
    await mark(office, resting, resting_until=soon)
    await mark(office, frozen, frozen_until=soon)
    await mark(office, unreleased, release_at=soon)

    assert [lead.lead_id for lead in await listed(office, pool, rep)] == [free]

    by_id = {lead.lead_id: lead for lead in await listed(office, pool)}
    assert set(by_id) == {free, resting, frozen, unreleased}
    marks = ("resting_until", "frozen_until", "release_at")
    assert [
        [lead.HasField(name) for name in marks] for lead in (by_id[one] for one in (free, resting, frozen, unreleased))
    ] == [
        [False, False, False],
        [True, False, False],
        [False, True, False],
        [False, False, True],
    ]
    assert instant(by_id[resting].resting_until) == soon


async def test_a_rep_is_shown_no_more_on_a_day_than_the_pool_says(office: Office) -> None:
    pool, rep = await office.a_pool(), await office.a_rep()
    await keep(office, pool, daily_view_limit=3)
    await waiting_leads(office, pool, 5)

    first = await listed(office, pool, rep)
    told = await refused(listed(office, pool, rep))

    assert len(first) == 3
    assert (told.reason, told.metadata["views"], told.metadata["limit"]) == ("DAILY_VIEW_LIMIT_REACHED", "3", "3")
    assert len(await listed(office, pool)) == 5
    await office.pass_time(at(told.metadata["ends_at"]) - await office.now())
    assert len(await listed(office, pool, rep)) == 3
