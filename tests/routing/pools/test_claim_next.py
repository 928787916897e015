"""The best lead of a pool that the rep may claim."""

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import pytest
from grpc.aio import AioRpcError
from sqlalchemy import text

from cli.refusals import refusal_of
from services.routing.pools import store_next, store_next_together
from tests.routing.office import Office, refused
from tests.routing.pools.keeping import DAY, claim_next, keep, mark, set_members, waiting_leads


async def test_leads_come_by_grade_then_score_then_reenquiries_then_as_they_came(office: Office) -> None:
    pool, rep = await office.a_pool(), await office.a_rep()
    first, second, asked_again, better, a_grade, unscored = await waiting_leads(office, pool, 6, grade="B")
    await mark(office, unscored, grade="")
    await mark(office, a_grade, grade="A")
    await mark(office, better, fit_score=30, behavior_score=5)
    await mark(office, asked_again, reenquiries=2)

    taken = [(await claim_next(office, rep, pool)).lead_id for _ in range(6)]

    assert taken == [a_grade, better, asked_again, first, second, unscored]


async def test_what_the_rep_may_not_claim_is_passed_over(office: Office) -> None:
    pool, rep, colleague = await office.a_pool(), await office.a_rep(), await office.a_rep()
    cooled, resting, frozen, unreleased, free = await waiting_leads(office, pool, 5)
    await office.give_back(rep, await office.claim(rep, cooled))
    await mark(office, cooled, grade="A")
    soon = await office.now() + DAY
    await mark(office, resting, resting_until=soon)
    await mark(office, frozen, frozen_until=soon)
    await mark(office, unreleased, release_at=soon)

    assert (await claim_next(office, rep, pool)).lead_id == free
    told = await refused(claim_next(office, rep, pool))

    assert (told.reason, told.status.name) == ("NOTHING_TO_CLAIM", "FAILED_PRECONDITION")
    assert told.metadata == {
        "pool": pool,
        "looked_at": "4",
        "cooldown": "1",
        "resting": "1",
        "frozen": "1",
        "not_released": "1",
    }
    assert (await claim_next(office, colleague, pool)).lead_id == cooled


async def test_an_empty_pool_has_nothing_to_claim(office: Office) -> None:
    pool = await office.a_pool()

    told = await refused(claim_next(office, await office.a_rep(), pool))

    assert told.metadata == {"pool": pool, "looked_at": "0"}
    assert "the pool is empty" in told.message


async def test_it_looks_beyond_the_first_leads_but_not_for_ever(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_next, "IN_ALL", 100)
    pool, rep = await office.a_pool(), await office.a_rep()
    soon = await office.now() + DAY
    await waiting_leads(office, pool, 60, grade="A", resting_until=soon)
    [free] = await waiting_leads(office, pool, 1, grade="B")
    await waiting_leads(office, pool, 60, grade="C", resting_until=soon)
    await waiting_leads(office, pool, 1, grade="D")

    assert (await claim_next(office, rep, pool)).lead_id == free
    told = await refused(claim_next(office, rep, pool))

    assert (told.reason, told.metadata["looked_at"], told.metadata["resting"]) == ("NOTHING_TO_CLAIM", "100", "100")


async def test_what_stands_against_the_rep_himself_is_said_as_of_any_claim(office: Office) -> None:
    pool, full, other = await office.a_pool(), await office.a_rep(limit=0), await office.a_rep()
    await waiting_leads(office, pool, 1)

    assert (await refused(claim_next(office, full, pool))).reason == "HOLDING_LIMIT_REACHED"
    await keep(office, pool, daily_claim_limit=0)
    assert (await refused(claim_next(office, other, pool))).reason == "DAILY_CLAIM_LIMIT_REACHED"
    await set_members(office, pool, full)
    assert (await refused(claim_next(office, other, pool))).reason == "NOT_A_MEMBER"


async def test_sixteen_reps_at_once_get_sixteen_leads_the_best_ones(office: Office) -> None:
    pool, reps = await office.a_pool(), [await office.a_rep() for _ in range(16)]
    leads = await waiting_leads(office, pool, 40)

    taken = await asyncio.gather(*(claim_next(office, rep, pool) for rep in reps))

    assert {holding.lead_id for holding in taken} == set(leads[:16])


async def test_reps_at_once_are_fewer_transactions_than_claims(office: Office) -> None:
    pool, reps = await office.a_pool(), [await office.a_rep() for _ in range(24)]
    leads = await waiting_leads(office, pool, 24)

    await asyncio.gather(*(claim_next(office, rep, pool) for rep in reps))

    [row] = await office.run(
        "select count(distinct xmin::text) as n from routing.holding where lead_id = any(cast(:ids as uuid[]))",
        ids=leads,
    )
    assert row.n < 24


async def test_of_reps_at_once_each_gets_the_best_that_he_may_have_out_of_his_pool(office: Office) -> None:
    pool, other_pool = await office.a_pool(), await office.a_pool()
    cooled, *reps = [await office.a_rep() for _ in range(8)]
    best, *leads = await waiting_leads(office, pool, 7)
    [elsewhere] = await waiting_leads(office, other_pool, 1)
    await office.give_back(cooled, await office.claim(cooled, best))
    await mark(office, best, grade="A")

    asked = [(cooled, pool), *((rep, pool) for rep in reps[:6]), (reps[6], other_pool)]
    taken = await asyncio.gather(*(claim_next(office, rep, of_it) for rep, of_it in asked))

    assert {holding.lead_id for holding in taken} == {best, *leads, elsewhere}
    assert taken[0].lead_id != best
    assert taken[-1].lead_id == elsewhere


async def test_of_reps_at_once_each_that_gets_nothing_is_refused_for_his_own_reason(office: Office) -> None:
    pool, empty = await office.a_pool(), await office.a_pool()
    rep, full, stranger, late = [await office.a_rep(limit=limit) for limit in (5, 0, 5, 5)]
    await set_members(office, pool, rep, full)
    leads = await waiting_leads(office, pool, 6)

    asked = [(rep, pool), (full, pool), (stranger, pool), (late, empty), (late, "nowhere")]
    taken, *others = await asyncio.gather(
        *(claim_next(office, each, of_it) for each, of_it in asked), return_exceptions=True
    )

    assert not isinstance(taken, BaseException)
    assert taken.lead_id in leads
    assert [refusal_of(other).reason for other in others if isinstance(other, AioRpcError)] == [
        "HOLDING_LIMIT_REACHED",
        "NOT_A_MEMBER",
        "NOTHING_TO_CLAIM",
        "NOT_FOUND",
    ]
    assert not await office.run("select from routing.request where response is null")


async def test_a_lead_that_somebody_holds_fast_is_passed_over(office: Office) -> None:
    pool, rep = await office.a_pool(), await office.a_rep()
    locked, next_best = await waiting_leads(office, pool, 2)
    async with office.engine.begin() as db:
        await db.execute(text("select from routing.lead where lead_id = :id for update"), {"id": locked})

        taken = await claim_next(office, rep, pool)

    assert taken.lead_id == next_best


async def plan_of(office: Office, statement: str, values: Mapping[str, Any]) -> list[str]:
    async with office.engine.begin() as db:
        return [line.strip(" ->") for line in (await db.execute(text(f"explain {statement}"), values)).scalars()]


async def test_the_look_reads_the_index_in_its_order(office: Office) -> None:
    pool = await office.a_pool()
    await waiting_leads(office, pool, 300)
    [row] = await office.run("select pool_id from routing.pool where code = :code", code=pool)
    values = {"pool_id": row.pool_id, "rep_id": row.pool_id, **store_next._beyond(None)}

    lines = await plan_of(office, store_next.LOOK, values)

    first = lines.index(next(line for line in lines if line.startswith("Limit")))
    assert lines[first + 1].startswith("Index Scan using lead_in_pool")
    assert [line for line in lines if "Sort Key" in line] == [
        "Sort Key: looked_at.place",
        "Sort Key: looked_at_1.place",
    ]
    assert any("Index Scan using lead_pkey" in line for line in lines)


async def test_the_look_for_many_reads_the_same_index_no_further(office: Office) -> None:
    pool = await office.a_pool()
    await waiting_leads(office, pool, 300)
    values = {"pool_codes": [pool], "numbers": [32], "rep_ids": [uuid4()]}

    lines = await plan_of(office, store_next_together.OFFER, values)

    scans = [line.partition(" on lead")[0] for line in lines if " on lead" in line]
    assert sorted(scans) == ["Index Scan using lead_in_pool", "Index Scan using lead_pkey"]
