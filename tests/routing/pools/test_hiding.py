"""A lead follows its pool's visibility wherever it is in its life, and its run is woken to tell the other services."""

import asyncio

import pytest
from sqlalchemy import text

from clew.routing.v1 import holdings_pb2, stages_pb2
from cli.refusals import Refusal
from services.routing.pools import store_hiding
from services.routing.pools.settings import Visibility
from services.routing.pools.store import lock_pool
from services.shared.callers import Caller, Role, set_caller
from tests.examples import as_rep, as_service
from tests.routing.office import Office, fresh, refused
from tests.routing.pools.keeping import a_hidden_pool, delete, keep, move, waiting_leads
from tests.shared.waiting import until_locks_are_waited_for

HIDDEN, PUBLIC = "POOL_VISIBILITY_HIDDEN", "POOL_VISIBILITY_PUBLIC"


async def told(office: Office, lead_id: str) -> tuple[bool, int]:
    """What the lead's run is told."""
    work = await office.work(lead_id)
    return work.hidden, work.access_version


async def wakes(office: Office, lead_id: str) -> list[bool]:
    """Each time that the run was woken for it, whether the lead was hidden."""
    events = await office.events(lead_id)
    return [event.data["hidden"] for event in events if (event.kind, event.wakes) == ("access_changed", "lead")]


async def test_a_lead_that_is_routed_into_a_hidden_pool_is_hidden_at_once(office: Office) -> None:
    lead_id = await office.a_pooled_lead(await a_hidden_pool(office))

    assert await told(office, lead_id) == (True, 1)


async def test_of_a_lead_that_was_never_hidden_nobody_is_told_anything(office: Office) -> None:
    rep, other = await office.a_rep(), await office.a_pool()
    lead_id, holding = await office.a_held_lead(rep)
    await office.give_back(rep, holding)

    await move(office, lead_id, other)
    await office.sweep()

    assert await told(office, lead_id) == (False, 0)
    assert await wakes(office, lead_id) == []


async def test_a_lead_that_is_moved_out_of_a_hidden_pool_and_back_wakes_its_run_each_time(office: Office) -> None:
    hidden, public = await a_hidden_pool(office), await office.a_pool()
    lead_id = await office.a_pooled_lead(public)

    seen = []
    for pool in (hidden, public, hidden):
        await move(office, lead_id, pool)
        seen.append(await told(office, lead_id))
        await office.sweep()

    assert seen == [(True, 1), (False, 2), (True, 3)]
    assert await wakes(office, lead_id) == [True, False, True]


async def test_leads_of_a_hidden_pool_that_is_deleted_are_as_their_new_home_is(office: Office) -> None:
    pool, hidden, public = await a_hidden_pool(office), await a_hidden_pool(office), await office.a_pool()
    lead_id = await office.a_pooled_lead(pool)

    await delete(office, pool, hidden)
    stayed = await told(office, lead_id)
    await delete(office, hidden, public)

    assert (stayed, await told(office, lead_id)) == ((True, 1), (False, 2))


async def test_all_leads_at_home_in_a_pool_follow_it_whatever_state_they_are_in(office: Office) -> None:
    rep, pool = await office.a_rep(), await office.a_pool()
    waiting, dormant = await waiting_leads(office, pool, 2)
    await office.run("update routing.lead set state = 'DORMANT', pooled_at = null where lead_id = :id", id=dormant)
    held, _ = await office.a_held_lead(rep, pool)
    invalid = await office.a_pooled_lead(pool)
    await office.disqualify(invalid)
    _, to_convert = await office.a_held_lead(rep, pool)
    await office.convert(to_convert)
    elsewhere = await office.a_pooled_lead()
    all_of_them = [waiting, dormant, held, invalid, to_convert.lead_id]

    await keep(office, pool, visibility=HIDDEN)
    await office.sweep()
    hidden = [await told(office, lead_id) for lead_id in all_of_them]
    await keep(office, pool, visibility=PUBLIC)
    await office.sweep()

    assert hidden == [(True, 1)] * 5
    assert [await told(office, lead_id) for lead_id in all_of_them] == [(False, 2)] * 5
    assert [await wakes(office, lead_id) for lead_id in all_of_them] == [[True, False]] * 5
    assert await told(office, elsewhere) == (False, 0)


async def test_leads_follow_some_at_once_and_a_process_that_is_killed_is_gone_on_from(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = await office.a_pool()
    lead_ids = await waiting_leads(office, pool, 5)
    await keep(office, pool, visibility=HIDDEN)
    monkeypatch.setattr(store_hiding, "BATCH", 2)

    async def followed() -> int:
        return [await told(office, lead_id) for lead_id in lead_ids].count((True, 1))

    steps = []
    while await office.run("select from routing.pool where followed_to is not null"):
        async with office.engine.begin() as db:
            await store_hiding.follow_pools(db)
        steps.append(await followed())

    assert steps[-1] == 5
    assert all(after - before <= 2 for before, after in zip([0, *steps], steps, strict=False))


async def test_the_runs_of_a_large_pool_are_woken_some_at_each_look(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that others are not kept waiting behind them."""
    pool = await a_hidden_pool(office)
    lead_ids = await waiting_leads(office, pool, 5)
    monkeypatch.setattr(store_hiding, "WOKEN_AT_ONCE", 2)

    woken = []
    while await office.run("select from routing.lead where access_untold"):
        await office.sweep()
        woken.append(sum([len(await wakes(office, lead_id)) for lead_id in lead_ids]))

    assert woken[-1] == 5
    assert all(after - before <= 2 for before, after in zip([0, *woken], woken, strict=False))


async def test_a_pool_that_changes_its_mind_begins_anew(office: Office) -> None:
    pool = await office.a_pool()
    [lead_id] = await waiting_leads(office, pool, 1)

    await keep(office, pool, visibility=HIDDEN)
    await keep(office, pool, visibility=PUBLIC)
    await keep(office, pool, name="华南公海")
    await office.sweep()

    assert await told(office, lead_id) == (False, 0)


async def test_a_lead_on_its_way_home_while_its_pool_is_hidden_is_hidden(office: Office) -> None:
    """Both orders: it comes home before the pool's change is decided, or waits for that and reads what it is then."""
    pool = await office.a_pool()
    first, second = await office.a_pooled_lead(), await office.a_pooled_lead()
    come_home = "update routing.lead set home_pool_id = (select pool_id from routing.pool where code = :pool)"

    async with office.engine.begin() as db:
        await db.execute(text(f"{come_home} where lead_id = :id"), {"pool": pool, "id": first})
        hides = asyncio.ensure_future(keep(office, pool, visibility=HIDDEN))
        await until_locks_are_waited_for(office.engine)
    await hides
    await office.sweep()

    await keep(office, pool, visibility=PUBLIC)
    await office.sweep()
    async with office.engine.begin() as db:
        set_caller(Caller("wang", Role.MANAGER))
        await store_hiding.begin_to_follow(db, await lock_pool(db, pool), Visibility.HIDDEN)
        await db.execute(text("update routing.pool set visibility = 'HIDDEN' where code = :pool"), {"pool": pool})
        moves = asyncio.ensure_future(move(office, second, pool))
        await until_locks_are_waited_for(office.engine)
    await moves

    assert await told(office, second) == (True, 1)
    await office.sweep()
    assert await told(office, first) == (True, 3)
    assert await told(office, second) == (True, 1)


async def test_whoever_collaborates_is_told_to_the_lead_s_run_with_the_holding(office: Office) -> None:
    rep, helper = await office.a_rep(), await office.a_rep()
    lead_id, holding = await office.a_held_lead(rep)
    named = {"holding_id": holding.holding_id, "rep_code": helper.code}

    adding = stages_pb2.AddCollaboratorRequest(request_id=fresh(), **named)
    await office.stages.AddCollaborator(adding, metadata=as_rep(rep.rep_id))
    with_helper = await office.work(lead_id)
    removing = stages_pb2.RemoveCollaboratorRequest(request_id=fresh(), **named)
    await office.stages.RemoveCollaborator(removing, metadata=as_rep(rep.rep_id))
    without = await office.work(lead_id)

    assert (list(with_helper.collaborator_ids), with_helper.access_version) == ([helper.rep_id], 1)
    assert (list(without.collaborator_ids), without.access_version, without.hidden) == ([], 2, False)
    events = await office.events(lead_id)
    assert [event.kind for event in events if event.wakes == "lead"][-2:] == [
        "collaborator_added",
        "collaborator_removed",
    ]


async def test_a_conversion_of_another_s_hidden_lead_hears_what_one_of_an_unknown_holding_hears(
    office: Office,
) -> None:
    member, outsider = await office.a_rep(), await office.a_rep()
    _, holding = await office.a_held_lead(member, await a_hidden_pool(office, member))

    async def lease(holding_id: str) -> tuple[str, str]:
        request = holdings_pb2.LeaseHoldingRequest(
            request_id=fresh(),
            holding_id=holding_id,
            epoch=1,
            conversion_id=fresh(),
            converter_id=outsider.rep_id,
        )
        request.lease_for.FromSeconds(60)
        told = await refused(office.holdings.LeaseHolding(request, metadata=as_service()))
        return told.reason, str(told.status)

    assert await lease(holding.holding_id) == await lease(fresh())


async def test_a_lead_is_not_converted_by_the_holding_of_another(office: Office) -> None:
    """Nor by one's own: what is made of it would be made of the other's person."""
    rep = await office.a_rep()
    _, own = await office.a_held_lead(rep)
    hidden = await office.a_pooled_lead(await a_hidden_pool(office))

    async def lease(lead_id: str) -> Refusal:
        request = holdings_pb2.LeaseHoldingRequest(
            request_id=fresh(),
            holding_id=own.holding_id,
            epoch=own.epoch,
            conversion_id=fresh(),
            converter_id=rep.rep_id,
            lead_id=lead_id,
        )
        request.lease_for.FromSeconds(60)
        return await refused(office.holdings.LeaseHolding(request, metadata=as_service()))

    told = await lease(hidden)

    assert told == await lease(fresh())
    assert told.reason == "NOT_FOUND"
    assert await office.state(own.lead_id) == "HELD"
