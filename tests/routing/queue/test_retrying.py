"""What waits for a rep is routed again as soon as one can take it, and nothing is written while none can."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from clew.routing.v1 import leads_pb2
from services.routing.queue.store_retrying import Retrying, find_routable
from services.routing.servicer_facts import conditions_of
from services.shared.callers import Caller, Role, set_caller
from tests.routing.office import MINUTE, SECOND, Office, Rep, state_name, to_pool, verdicts_of
from tests.routing.pools.keeping import home_of
from tests.routing.queue.waiting import a_look_later, an_unassigned_lead, row_of, wanting


async def raise_the_limit(office: Office, rep: Rep) -> Rep:
    await office.set_limit(rep, 5)
    return rep


async def end_a_holding(office: Office, rep: Rep) -> Rep:
    """He had room for one, and holds it."""
    held = await office.a_pooled_lead()
    await office.publish_rules(wanting(rep.team_code))
    await office.set_limit(rep, 1)
    holding = await office.claim(rep, held)
    await a_look_later(office)
    await office.give_back(rep, holding)
    return rep


async def add_a_rep(office: Office, rep: Rep) -> Rep:
    return await office.a_rep(rep.team_code)


async def bring_one_back(office: Office, rep: Rep) -> Rep:
    back = await office.a_rep(rep.team_code)
    await office.run("update routing.rep set active = false where code = :code", code=back.code)
    await a_look_later(office)
    await office.run("update routing.rep set active = true where code = :code", code=back.code)
    return back


@pytest.mark.parametrize("room", [raise_the_limit, end_a_holding, add_a_rep, bring_one_back])
async def test_whatever_gives_room_the_lead_is_his_at_the_next_look(
    office: Office, room: Callable[[Office, Rep], Awaitable[Rep]]
) -> None:
    full = await office.a_rep(limit=0)
    lead_id = await an_unassigned_lead(office, full.team_code)
    await office.pass_time(2 * SECOND)
    await office.sweep_queue()
    before = await office.state(lead_id)

    taker = await room(office, full)
    await a_look_later(office)

    decision, event = (await office.decisions(lead_id))[-1], (await office.events(lead_id))[-1]
    assert (before, (await office.lead(lead_id)).holding.rep_code) == ("UNASSIGNED", taker.code)
    assert (decision.verb, decision.reason, decision.actor_id) == ("RouteLead", "RULE_MATCHED", "queue")
    assert decision.done_by == leads_pb2.DONE_BY_SWEEP
    assert dict(verdicts_of(decision))[taker.code] == "CHOSEN"
    assert (event.kind, event.wakes, await office.task(lead_id)) == ("lead_routed", "lead", "WAIT")
    assert [notice.rep_code for notice in await office.notices_of(lead_id, "ASSIGNED")] == [taker.code]


@pytest.mark.parametrize("limit", [{"grade": "A"}, {"product": "crm"}])
async def test_a_limit_of_the_leads_grade_or_product_is_room_too(office: Office, limit: dict[str, Any]) -> None:
    rep = await office.a_rep()
    await office.set_limit(rep, 0, **limit)
    lead_id = await an_unassigned_lead(office, rep.team_code, grade="A", intent={"product": "crm"})
    await a_look_later(office)
    before = await routable(office)

    await office.set_limit(rep, 1, **limit)
    await a_look_later(office)

    assert (lead_id in before, (await office.lead(lead_id)).holding.rep_code) == (False, rep.code)


async def test_the_rep_who_captured_it_has_it_as_soon_as_he_can(office: Office) -> None:
    capturer, team = await office.a_rep(limit=0), await office.a_team()
    await office.a_rep(team, limit=0)
    lead_id = await an_unassigned_lead(office, team, captured_by=capturer.rep_id)

    await office.set_limit(capturer, 1)
    await a_look_later(office)

    assert (await office.lead(lead_id)).holding.rep_code == capturer.code
    assert (await office.decisions(lead_id))[-1].reason == "CAPTURED_BY"


async def test_new_rules_are_asked_at_once(office: Office) -> None:
    pool, team = await office.a_pool(), await office.a_team()
    lead_id = await an_unassigned_lead(office, team)

    await office.publish_rules(to_pool(pool, f"lead.region == '{team}'"))
    await office.sweep_queue()

    assert (await office.state(lead_id), await home_of(office, lead_id)) == ("POOLED", pool)


async def test_newer_facts_may_be_another_rules(office: Office) -> None:
    team, other = await office.a_team(), await office.a_rep()
    lead_id = await an_unassigned_lead(office, team)
    await office.publish_rules(wanting(team), wanting(other.team_code))
    await office.sweep_queue()

    await office.update_facts(lead_id, 2, region=other.team_code)
    await office.sweep_queue()

    assert (await office.lead(lead_id)).holding.rep_code == other.code


async def test_the_same_answer_is_written_once_however_often_it_is_found(office: Office) -> None:
    rep = await office.a_rep(limit=0)
    lead_id = await an_unassigned_lead(office, rep.team_code)
    before = await row_of(office, lead_id)

    for _ in range(3):
        await office.pass_time(15 * MINUTE)
        await office.sweep_queue()

    after = await row_of(office, lead_id)
    assert (after.tries, after.version, after.unassigned_at) == (3, before.version, before.unassigned_at)
    assert after.retry_at - after.tried_at == 80 * SECOND
    assert len(await office.decisions(lead_id)) == 1
    assert len(await office.notices_of(lead_id, "UNASSIGNED")) == 1
    assert [event.kind for event in await office.events(lead_id)][-1] == "lead_unassigned"


async def test_another_reason_is_written_and_the_managers_are_not_told_twice(office: Office) -> None:
    team = await office.a_team()
    lead_id = await an_unassigned_lead(office, team)
    since = (await row_of(office, lead_id)).unassigned_at

    newcomer = await office.a_rep(team, limit=0)
    await office.pass_time(MINUTE)
    await office.sweep_queue()

    first, second = await office.decisions(lead_id)
    assert (verdicts_of(first), verdicts_of(second)) == ([], [(newcomer.code, "NO_ROOM")])
    assert second.done_by == leads_pb2.DONE_BY_SWEEP
    assert (await row_of(office, lead_id)).unassigned_at == since
    assert len(await office.notices_of(lead_id, "UNASSIGNED")) == 1


async def test_while_nobody_has_room_no_lead_is_looked_at(office: Office) -> None:
    rep = await office.a_rep(limit=0)
    lead_id = await an_unassigned_lead(office, rep.team_code)

    await office.pass_time(5 * SECOND)

    assert lead_id not in await routable(office)


async def test_the_best_lead_has_the_room_first(office: Office) -> None:
    rep = await office.a_rep(limit=0)
    worse = await an_unassigned_lead(office, rep.team_code, grade="C")
    best = await an_unassigned_lead(office, rep.team_code, grade="A")

    await office.set_limit(rep, 1)
    await a_look_later(office)

    assert [await office.state(lead_id) for lead_id in (worse, best)] == ["UNASSIGNED", "HELD"]


async def test_a_sweep_that_ends_in_the_middle_is_gone_on_with_by_the_next_one(office: Office) -> None:
    rep = await office.a_rep(limit=0)
    leads = [await an_unassigned_lead(office, rep.team_code) for _ in range(5)]
    # What other tests left behind goes where no rule matches.
    await a_look_later(office)
    await office.set_limit(rep, 5)
    await office.pass_time(2 * SECOND)
    cut_short = Retrying(conditions_of)
    set_caller(Caller("queue", Role.SERVICE))
    # It finds them, routes two, and is in the middle of the third when its process ends.
    for _ in range(3):
        async with office.engine.begin() as db:
            await cut_short(db)
    async with office.engine.connect() as db:
        await cut_short(db)
        await db.rollback()
    in_the_middle = [await office.state(lead_id) for lead_id in leads].count("HELD")

    await a_look_later(office)

    assert (in_the_middle, [await office.state(lead_id) for lead_id in leads]) == (2, ["HELD"] * 5)
    for lead_id in leads:
        assert [state_name(one.to_state) for one in await office.decisions(lead_id)].count("HELD") == 1


async def test_a_lead_that_somebody_is_deciding_about_is_passed_over(office: Office) -> None:
    rep = await office.a_rep(limit=0)
    busy, free = [await an_unassigned_lead(office, rep.team_code) for _ in range(2)]
    await office.set_limit(rep, 5)
    async with office.engine.begin() as db:
        await lock(db, busy)
        await a_look_later(office)
        states = [await office.state(lead_id) for lead_id in (busy, free)]

    await a_look_later(office)

    assert (states, await office.state(busy)) == (["UNASSIGNED", "HELD"], "HELD")


async def routable(office: Office) -> set[str]:
    async with office.engine.begin() as db:
        return {str(lead_id) for lead_id in await find_routable(db)}


async def lock(db: Any, lead_id: str) -> None:
    await db.exec_driver_sql(f"select from routing.lead where lead_id = '{lead_id}' for no key update")
