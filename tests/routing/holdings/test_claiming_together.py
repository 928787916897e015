"""Claims that come at once are one transaction, and leave behind what each would have left by itself."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from clew.routing.v1 import holdings_pb2 as pb
from services.routing.calendars.store_leave import set_leave
from services.routing.holdings.schedule import NEVER
from services.routing.holdings.store_claiming_together import Claim, claim_together
from services.routing.policy import Period, Policy
from services.shared.together import Together
from tests.examples import as_rep
from tests.routing.holdings.scenes import DAY, HOUR, Scene, refusal_of

# Of each claim its own: ids, instants and what is computed from them.
OWN = frozenset(
    {
        "holding_id",
        "lead_id",
        "rep_id",
        "decision_id",
        "event_id",
        "notice_id",
        "subject_id",
        "wake_id",
        "actor_id",
        "traceparent",
        "claimed_until",
        "delivered_at",
        "attempts",
        "request_id",
        "caller_id",
        "request_hash",
        "response",
    }
)


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every claim is left to itself."""

    async def none(self: Together[Any, Any], asked: object) -> None:
        return None

    monkeypatch.setattr(Together, "ask", none)


async def left_behind(scene: Scene, lead_id: UUID) -> dict[str, Any]:
    """All rows about a claimed lead, without what is each claim's own."""
    found = {}
    for table in ("lead", "holding", "decision", "event", "notice"):
        rows = await scene.run(f"select * from routing.{table} where lead_id = :lead_id", lead_id=lead_id)
        found[table] = [
            {name: _shape(value) for name, value in row._mapping.items() if name not in OWN} for row in rows
        ]
    return found


def _shape(value: Any) -> Any:
    """Instants differ, their being there does not."""
    if hasattr(value, "isoformat"):
        return "an instant"
    if isinstance(value, dict):
        return {name: _shape(one) for name, one in value.items() if name not in OWN | {"rep_code"}}
    if isinstance(value, list):
        return [_shape(one) for one in value]
    if isinstance(value, str) and value[:2] == "20" and value.count("-") >= 2:
        return "an instant"
    return value


async def outcomes(calls: Sequence[Awaitable[object]]) -> list[str]:
    answers = await asyncio.gather(*calls, return_exceptions=True)
    return [refusal_of(one).reason if isinstance(one, BaseException) else "OK" for one in answers]


async def test_a_claim_of_many_leaves_behind_what_a_claim_by_itself_does(
    scene: Scene, request: pytest.FixtureRequest
) -> None:
    rep, pool = await scene.a_rep(), await scene.a_pool()
    together, by_itself = await scene.leads(2, pool)

    await scene.claim(rep, together)
    request.getfixturevalue("alone")
    await scene.claim(await scene.a_rep(), by_itself)

    one, other = await left_behind(scene, together), await left_behind(scene, by_itself)
    # The words in which a schedule explains itself name the instant.
    for rows in (one, other):
        for row in (*rows["holding"], *rows["decision"]):
            row["schedule"].pop("because")
    assert one == other


async def test_each_of_many_has_the_clocks_of_its_own_terms(scene: Scene) -> None:
    quick, slow = [await scene.a_pool(Policy(first_response=Period(hours * HOUR))) for hours in (2, 5)]
    leads = [*await scene.leads(4, quick), *await scene.leads(1, slow)]
    reps = [await scene.a_rep() for _ in leads]
    owner, away = reps[2], reps[3]
    await scene.run(
        "update routing.lead set opportunity_owners = :ids where lead_id = :id returning 1",
        ids=[owner.rep_id],
        id=leads[2],
    )
    async with scene.engine.begin() as db:
        now = await scene.now()
        await set_leave(db, away.rep_id, now + HOUR, now + DAY + HOUR, "wang")
    claims = [
        Claim((str(rep.rep_id), uuid4()), b"", lead_id, rep.rep_id, None)
        for rep, lead_id in zip(reps, leads, strict=True)
    ]

    async with scene.engine.begin() as db:
        answers = await claim_together(db, claims, lambda holding: holding.holding_id.bytes)

    assert len(answers) == len(claims)
    rows = await scene.run(
        "select lead_id, started_at, due_at, schedule from routing.holding where lead_id = any(:ids)", ids=leads
    )
    lasting = {row.lead_id: row.due_at - row.started_at for row in rows}
    assert len({row.started_at for row in rows}) == 1
    assert [lasting[lead_id] for lead_id in (*leads[:2], *leads[3:])] == [2 * HOUR, 2 * HOUR, DAY + 2 * HOUR, 5 * HOUR]
    assert [row.lead_id for row in rows if row.due_at == NEVER] == [leads[2]]
    assert all(row.schedule["due_at"] == row.due_at.isoformat() for row in rows)


async def test_claims_at_once_are_fewer_transactions_than_claims(scene: Scene) -> None:
    pool = await scene.a_pool()
    reps, leads = [await scene.a_rep() for _ in range(24)], await scene.leads(24, pool)

    found = await outcomes([scene.claim(rep, lead_id) for rep, lead_id in zip(reps, leads, strict=True)])

    assert Counter(found) == {"OK": 24}
    [transactions] = await scene.run(
        "select count(distinct xmin::text) as n from routing.holding where lead_id = any(:ids)", ids=leads
    )
    assert transactions.n < 24


async def test_of_claims_at_once_each_that_cannot_be_is_refused_for_its_own_reason(scene: Scene) -> None:
    pool = await scene.a_pool()
    reps = [await scene.a_rep() for _ in range(8)]
    full, gone = await scene.a_rep(limit=0), await scene.a_rep(active=False)
    free = await scene.leads(10, pool)
    held = free.pop()
    await scene.claim(reps[0], held)
    await scene.give_back(reps[1], await scene.claim(reps[1], free[0]))

    claims = [scene.claim(rep, lead_id) for rep, lead_id in zip(reps[2:], free[2:], strict=False)]
    against = [
        scene.claim(full, free[1]),
        scene.claim(gone, free[1]),
        scene.claim(reps[1], free[0]),
        scene.claim(reps[1], held),
        scene.claim(reps[0], uuid4()),
    ]
    found = await outcomes([*claims, *against])

    assert found[: len(claims)] == ["OK"] * len(claims)
    assert found[len(claims) :] == [
        "HOLDING_LIMIT_REACHED",
        "REP_INACTIVE",
        "CLAIM_COOLDOWN",
        "ALREADY_HELD",
        "NOT_READY_YET",
    ]
    [kept] = await scene.run("select count(*) as n from routing.request where response is null")
    assert kept.n == 0


async def test_the_same_request_twice_at_once_is_one_claim_with_one_answer(scene: Scene) -> None:
    rep, lead_id = await scene.a_rep(), await scene.a_lead()
    request = pb.ClaimLeadRequest(request_id=str(uuid4()), lead_id=str(lead_id))

    answers = await asyncio.gather(*(scene.holdings.ClaimLead(request, metadata=as_rep(rep.rep_id)) for _ in range(6)))

    assert all(answer == answers[0] for answer in answers)
    [holdings] = await scene.run("select count(*) as n from routing.holding where lead_id = :id", id=lead_id)
    assert holdings.n == 1


async def test_a_request_id_of_another_claim_is_refused(scene: Scene) -> None:
    rep, pool = await scene.a_rep(), await scene.a_pool()
    request_id = str(uuid4())
    one, other = await scene.leads(2, pool)
    claims = [
        scene.holdings.ClaimLead(
            pb.ClaimLeadRequest(request_id=request_id, lead_id=str(lead_id)), metadata=as_rep(rep.rep_id)
        )
        for lead_id in (one, other)
    ]

    assert sorted(await outcomes(claims)) == ["OK", "REQUEST_ID_REUSED"]


async def test_a_lead_that_somebody_has_locked_keeps_no_other_claim_waiting(scene: Scene) -> None:
    pool = await scene.a_pool()
    reps, leads = [await scene.a_rep() for _ in range(4)], await scene.leads(4, pool)
    async with scene.engine.connect() as db, db.begin():
        await db.execute(text("select 1 from routing.lead where lead_id = :id for no key update"), {"id": leads[0]})
        waiting = asyncio.create_task(scene.claim(reps[0], leads[0]))
        others = await outcomes([scene.claim(rep, lead_id) for rep, lead_id in zip(reps[1:], leads[1:], strict=True)])
        assert not waiting.done()
    held = await waiting

    assert others == ["OK"] * 3
    assert held.lead_id == str(leads[0])
