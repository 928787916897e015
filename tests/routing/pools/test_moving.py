"""A lead's home changes by a manager's word, or because its pool is deleted: it always has one."""

import asyncio
from uuid import uuid4

import pytest

from clew.routing.v1 import pools_pb2 as pb
from services.shared import sweep
from tests.examples import as_manager
from tests.routing.office import Office, fresh, refused, to_pool
from tests.routing.pools.keeping import DAY, delete, home_of, keep, move, rest, waiting_leads


async def test_a_waiting_lead_moves_and_waits_on(office: Office) -> None:
    pool, other = await office.a_pool(), await office.a_pool()
    [lead_id] = await waiting_leads(office, pool, 1)
    [before] = await office.run("select pooled_at from routing.lead where lead_id = :id", id=lead_id)

    await move(office, lead_id, other)

    [after] = await office.run("select pooled_at from routing.lead where lead_id = :id", id=lead_id)
    assert (await home_of(office, lead_id), await office.state(lead_id)) == (other, "POOLED")
    assert after.pooled_at == before.pooled_at
    [decision], [event] = await office.decisions(lead_id), await office.events(lead_id)
    assert (decision.verb, event.kind, event.data, event.wakes) == (
        "MoveLead",
        "lead_moved",
        {"pool_code": other},
        "none",
    )


async def test_a_held_lead_goes_home_to_where_it_was_moved(office: Office) -> None:
    pool, other, rep = await office.a_pool(), await office.a_pool(), await office.a_rep()
    lead_id, holding = await office.a_held_lead(rep, pool)

    await move(office, lead_id, other)
    await office.give_back(rep, holding)

    assert (await home_of(office, lead_id), await office.state(lead_id)) == (other, "POOLED")


async def test_what_neither_waits_nor_is_held_does_not_move_or_rest(office: Office) -> None:
    new, pool = await office.open(), await office.a_pool()
    _, held = await office.a_held_lead(await office.a_rep())

    assert (await refused(move(office, new, pool))).reason == "ILLEGAL_TRANSITION"
    assert (await refused(rest(office, held.lead_id))).reason == "ILLEGAL_TRANSITION"
    assert (await refused(move(office, str(uuid4()), pool))).reason == "NOT_READY_YET"


async def test_a_lead_moves_to_pools_that_are_there_and_rests_until_an_instant_to_come(office: Office) -> None:
    [lead_id] = await waiting_leads(office, await office.a_pool(), 1)
    gone = await office.a_pool()
    await delete(office, gone)

    assert (await refused(move(office, lead_id, gone))).reason == "NOT_FOUND"
    told = await refused(rest(office, lead_id, await office.now() - DAY))
    assert [field for field, _ in told.fields] == ["resting_until"]


async def test_a_deleted_pools_leads_go_home_to_its_successor_the_held_ones_too(office: Office) -> None:
    pool, successor, rep = await office.a_pool(), await office.a_pool(), await office.a_rep()
    [waiting] = await waiting_leads(office, pool, 1)
    held, holding = await office.a_held_lead(rep, pool)

    answer = await delete(office, pool, successor)

    assert (answer.moved, answer.more_to_move) == (2, False)
    assert [await home_of(office, lead_id) for lead_id in (waiting, held)] == [successor, successor]
    assert [decision.reason for decision in await office.decisions(waiting)] == ["POOL_DELETED"]
    await office.give_back(rep, holding)
    assert await home_of(office, held) == successor


async def test_without_a_successor_the_default_pool_takes_them(office: Office) -> None:
    pool = await office.a_pool()
    [lead_id] = await waiting_leads(office, pool, 1)

    await delete(office, pool)

    assert await home_of(office, lead_id) == "default"


async def test_a_deleted_pool_is_in_no_list_and_no_verb_finds_it(office: Office) -> None:
    pool = await office.a_pool()
    await delete(office, pool)

    for call in (
        keep(office, pool, max_holdings=1),
        delete(office, pool),
        office.pools.GetPool(pb.GetPoolRequest(pool_code=pool), metadata=as_manager()),
        office.publish_rules(to_pool(pool)),
    ):
        told = await refused(call)
        assert (told.reason, told.metadata) == ("NOT_FOUND", {"kind": "pool", "id": pool})


async def test_the_default_pool_stays_and_no_pool_succeeds_itself(office: Office) -> None:
    pool = await office.a_pool()

    assert (await refused(delete(office, "default", pool))).reason == "POOL_PERMANENT"
    told = await refused(delete(office, pool, pool))
    assert [field for field, _ in told.fields] == ["successor_code"]


async def test_a_rule_that_names_a_deleted_pool_leads_to_its_last_successor(office: Office) -> None:
    pool, second, last = [await office.a_pool() for _ in range(3)]
    lead_id = await office.open()
    await office.publish_rules(to_pool(pool))
    await delete(office, pool, second)
    await delete(office, second, last)

    await office.route(lead_id)

    assert await home_of(office, lead_id) == last


async def test_a_pool_of_many_leads_is_emptied_by_the_sweep(office: Office) -> None:
    pool, successor = await office.a_pool(), await office.a_pool()
    await waiting_leads(office, pool, 2 * sweep.BATCH + 10)

    answer = await delete(office, pool, successor)
    await office.sweep()

    assert (answer.moved, answer.more_to_move) == (sweep.BATCH, True)
    assert await leads_at(office, successor) == 2 * sweep.BATCH + 10
    assert await leads_at(office, pool) == 0


async def leads_at(office: Office, pool: str) -> int:
    [row] = await office.run(
        "select count(*) as n from routing.lead join routing.pool on pool_id = home_pool_id where code = :code",
        code=pool,
    )
    return int(row.n)


async def test_a_pool_is_deleted_while_leads_are_claimed_and_routed_and_orphans_none(office: Office) -> None:
    pool, successor = await office.a_pool(), await office.a_pool()
    reps, leads = [await office.a_rep() for _ in range(30)], await waiting_leads(office, pool, 60)
    new = [await office.open() for _ in range(10)]
    await office.publish_rules(to_pool(pool))

    claims = [office.claim(rep, lead_id) for rep, lead_id in zip(reps, leads, strict=False)]
    routed = [office.route(lead_id) for lead_id in new]
    found = await asyncio.gather(*claims[:15], *routed[:5], delete(office, pool, successor), *claims[15:], *routed[5:])
    await office.sweep()

    assert len(found) == 41
    assert (await leads_at(office, pool), await leads_at(office, successor)) == (0, 70)


@pytest.mark.parametrize("there", [True, False])
async def test_two_pools_that_name_each_other_as_successor_are_deleted_one_after_the_other(
    office: Office, there: bool
) -> None:
    one, other = sorted([await office.a_pool(), await office.a_pool()], reverse=there)

    answers = await asyncio.gather(delete(office, one, other), delete(office, other, one), return_exceptions=True)

    assert sum(isinstance(answer, pb.DeletePoolResponse) for answer in answers) == 1


async def test_the_same_deletion_asked_again_answers_the_same(office: Office) -> None:
    pool = await office.a_pool()
    await waiting_leads(office, pool, 3)
    request = pb.DeletePoolRequest(request_id=fresh(), pool_code=pool)

    first = await office.pools.DeletePool(request, metadata=as_manager())

    assert await office.pools.DeletePool(request, metadata=as_manager()) == first
    assert first.moved == 3
