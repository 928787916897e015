"""Limits of a grade and of a product: counted as the holding began, on every way that opens or ends one."""

import asyncio
from collections import Counter
from uuid import UUID

import pytest

from clew.routing.v1 import holdings_pb2 as pb
from tests.routing.holdings.scenes import DAY, Pool, Rep, Scene, refusal_of, refused

pytestmark = pytest.mark.usefixtures("watched")


async def claims(scene: Scene, rep: Rep, leads: list[UUID]) -> Counter[str]:
    """What became of claims made at once."""
    answers = await asyncio.gather(*(scene.claim(rep, lead_id) for lead_id in leads), return_exceptions=True)
    return Counter(refusal_of(one).reason if isinstance(one, BaseException) else "OK" for one in answers)


@pytest.mark.parametrize(("scope", "key"), [("GRADE", "A"), ("PRODUCT", "crm")])
async def test_of_thirty_two_claims_at_once_against_a_limit_of_five_five_win(
    scene: Scene, scope: str, key: str
) -> None:
    rep = await scene.a_rep()
    await scene.limit_of(rep, scope, key, 5)
    leads = await scene.leads(32, await scene.a_pool(), grade="A", product="crm")

    assert await claims(scene, rep, leads) == {"OK": 5, "HOLDING_LIMIT_REACHED": 27}
    assert (await scene.held(rep))[scope, key] == 5


async def test_many_reps_who_claim_at_once_reach_each_his_own_limit(scene: Scene) -> None:
    reps = [await scene.a_rep() for _ in range(8)]
    for rep in reps:
        await scene.limit_of(rep, "GRADE", "B", 2)
    pool = await scene.a_pool()
    shares = [await scene.leads(6, pool, grade="B", product="erp") for _ in reps]

    found = await asyncio.gather(*(claims(scene, rep, share) for rep, share in zip(reps, shares, strict=True)))

    assert found == [{"OK": 2, "HOLDING_LIMIT_REACHED": 4}] * len(reps)


async def test_the_refusal_names_the_first_full_limit_with_what_it_counts(scene: Scene) -> None:
    rep, pool = await scene.a_rep(limit=1), await scene.a_pool()
    await scene.limit_of(rep, "GRADE", "A", 1)
    first, second = await scene.leads(2, pool, grade="A", product="crm")
    await scene.claim(rep, first)

    told = await refused(scene.claim(rep, second))

    assert told.metadata == {"scope": "GRADE", "key": "A", "rep": rep.code, "held": "1", "limit": "1"}


async def test_a_full_grade_leaves_room_for_another(scene: Scene) -> None:
    rep, pool = await scene.a_rep(), await scene.a_pool()
    await scene.limit_of(rep, "GRADE", "A", 0)
    [of_grade_b], [unscored] = await scene.leads(1, pool, grade="B"), await scene.leads(1, pool)

    await scene.claim(rep, of_grade_b)
    await scene.claim(rep, unscored)

    assert await scene.held(rep) == {("GRADE", "B"): 1, ("POOL", str(pool.pool_id)): 2, ("REP", ""): 2}


async def test_an_assignment_and_a_transfer_are_bound_by_them_too(scene: Scene) -> None:
    one, other, pool = await scene.a_rep(), await scene.a_rep(), await scene.a_pool()
    await scene.limit_of(other, "PRODUCT", "crm", 0)
    first, second = await scene.leads(2, pool, grade="A", product="crm")
    holding = await scene.claim(one, first)

    assert (await refused(scene.assign(other, second))).metadata["scope"] == "PRODUCT"
    assert (await refused(scene.transfer(holding, other))).metadata["scope"] == "PRODUCT"

    assert await scene.held(other) == {}


@pytest.mark.parametrize("way", ["returned", "recalled", "swept", "transferred"])
async def test_a_holding_gives_back_what_it_took_whatever_its_lead_has_become(scene: Scene, way: str) -> None:
    rep, other, pool = await scene.a_rep(), await scene.a_rep(), await scene.a_pool()
    [lead_id] = await scene.leads(1, pool, grade="A", product="crm")
    holding = await scene.claim(rep, lead_id)
    await scene.run(
        """update routing.lead set grade = 'C', facts = '{"intent": {"product": "erp"}}' where lead_id = :id""",
        id=lead_id,
    )

    await end(scene, way, rep, other, holding)

    assert await scene.held(rep) == {}
    taken = {("GRADE", "C"): 1, ("PRODUCT", "erp"): 1, ("REP", ""): 1} if way == "transferred" else {}
    assert await scene.held(other) == taken


async def end(scene: Scene, way: str, rep: Rep, other: Rep, holding: pb.Holding) -> None:
    if way == "returned":
        await scene.give_back(rep, holding)
    elif way == "transferred":
        await scene.transfer(holding, other)
    else:
        await scene.pass_time(31 * DAY)
        if way == "swept":
            await scene.sweep()
        else:
            await scene.advance(holding)


async def test_transfers_across_with_first_holdings_of_a_grade_never_wait_for_one_another(scene: Scene) -> None:
    """A limit that is made by its first holding is made in the order of locking."""
    one, other, pool = await scene.a_rep(), await scene.a_rep(), await scene.a_pool()
    of_one = [await scene.claim(one, lead_id) for lead_id in await scene.leads(8, pool)]
    of_the_other = [await scene.claim(other, lead_id) for lead_id in await scene.leads(8, pool)]
    free = await scene.leads(8, pool, grade="A", product="crm")
    await scene.run("update routing.lead set grade = 'A' where home_pool_id = :id", id=pool.pool_id)

    await asyncio.gather(
        *(scene.transfer(holding, other) for holding in of_one),
        *(scene.transfer(holding, one) for holding in of_the_other),
        *(scene.claim(one, lead_id) for lead_id in free),
    )

    assert sum(count for (scope, _), count in (await scene.held(one)).items() if scope == "GRADE") == 16


async def test_a_pool_of_leads_of_many_kinds_falls_due_at_once_and_every_place_is_given_back(scene: Scene) -> None:
    reps, pool = [await scene.a_rep() for _ in range(3)], await scene.a_pool()
    for rep in reps:
        await open_of_each_kind(scene, rep, pool)
    await scene.pass_time(31 * DAY)

    await scene.sweep()

    assert [await scene.held(rep) for rep in reps] == [{}] * 3


async def open_of_each_kind(scene: Scene, rep: Rep, pool: Pool) -> None:
    for grade in ("", "A", "B"):
        for product in ("", "crm"):
            for lead_id in await scene.leads(2, pool, grade=grade, product=product):
                await scene.claim(rep, lead_id)
