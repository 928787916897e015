"""Two things at one instant: the database lets one of them win, and ownership is right throughout."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Sequence
from datetime import timedelta
from uuid import uuid4

import pytest

from clew.routing.v1 import holdings_pb2 as pb
from services.routing.policy import Period, Policy
from tests.routing.holdings.scenes import CALM, DAY, Pool, Rep, Scene, refusal_of

pytestmark = pytest.mark.usefixtures("watched")

# Due so soon that a test lives through it.
A_MOMENT = timedelta(milliseconds=400)
BRIEF = Policy(
    first_response=Period(A_MOMENT), protection=Period(DAY), extension=Period(DAY), maximum=Period(DAY), reminders=()
)


async def outcomes(calls: Sequence[Awaitable[object]]) -> list[str]:
    """Which calls went through, and why the others did not."""
    answers = await asyncio.gather(*calls, return_exceptions=True)
    return [refusal_of(one).reason if isinstance(one, BaseException) else "OK" for one in answers]


async def held_leads(scene: Scene, rep: Rep, pool: Pool, number: int) -> list[pb.Holding]:
    return [await scene.claim(rep, lead_id) for lead_id in await scene.leads(number, pool)]


async def test_of_fifty_claims_of_one_lead_one_wins(scene: Scene) -> None:
    lead_id = await scene.a_lead()
    reps = [await scene.a_rep() for _ in range(50)]

    found = Counter(await outcomes([scene.claim(rep, lead_id) for rep in reps]))

    assert found == {"OK": 1, "ALREADY_HELD": 49}


@pytest.mark.parametrize("scope", ["REP", "POOL"])
async def test_of_five_claims_with_one_place_left_one_wins(scene: Scene, scope: str) -> None:
    rep, pool = await scene.a_rep(limit=3 if scope == "REP" else None), await scene.a_pool()
    if scope == "POOL":
        await scene.limit(rep, pool, 3)
    first, second, *five = await scene.leads(7, pool)
    await scene.claim(rep, first)
    await scene.claim(rep, second)

    found = Counter(await outcomes([scene.claim(rep, lead_id) for lead_id in five]))

    assert found == {"OK": 1, "HOLDING_LIMIT_REACHED": 4}


async def test_the_first_holdings_of_a_rep_are_counted_though_no_row_was_there(scene: Scene) -> None:
    rep, pool = await scene.a_rep(), await scene.a_pool()

    found = await outcomes([scene.claim(rep, lead_id) for lead_id in await scene.leads(10, pool)])

    [counted] = await scene.run(
        "select held from routing.holding_limit where scope = 'POOL' and rep_id = :rep_id", rep_id=rep.rep_id
    )
    assert found == ["OK"] * 10
    assert counted.held == 10


async def test_a_claim_meets_a_recall_of_the_same_instant(scene: Scene) -> None:
    rep, claimer, pool = await scene.a_rep(), await scene.a_rep(), await scene.a_pool()
    holdings = await held_leads(scene, rep, pool, 20)
    await scene.pass_time(31 * DAY)

    recalls = [scene.advance(holding) for holding in holdings]
    claims = [scene.claim(claimer, holding.lead_id) for holding in holdings]
    found = await outcomes([call for pair in zip(claims, recalls, strict=True) for call in pair])

    assert found[1::2] == ["OK"] * 20
    assert set(found[0::2]) <= {"OK", "ALREADY_HELD"}
    for holding, claim in zip(holdings, found[0::2], strict=True):
        [verbs] = await scene.run(
            "select array_agg(verb order by decided_at) as verbs from routing.decision where lead_id = :lead_id",
            lead_id=holding.lead_id,
        )
        assert verbs.verbs == ["ClaimLead", "Recall", *(["ClaimLead"] if claim == "OK" else [])]


async def test_a_holding_is_recalled_once_by_the_sweep_and_many_timers(scene: Scene) -> None:
    rep, pool = await scene.a_rep(), await scene.a_pool()
    holdings = await held_leads(scene, rep, pool, 10)
    await scene.pass_time(31 * DAY)

    timers = [scene.advance(holding) for holding in holdings for _ in range(3)]
    await asyncio.gather(scene.sweep(), *timers, scene.sweep())

    [counted] = await scene.run(
        "select count(*) as recalls from routing.decision where verb = 'Recall' and rep_id = :rep_id",
        rep_id=rep.rep_id,
    )
    assert counted.recalls == 10
    assert [notice.kind for notice in await scene.notices(rep)].count("RECALLED") == 10


async def test_an_old_timer_does_not_touch_the_holding_after_a_transfer(scene: Scene) -> None:
    rep, successor, pool = await scene.a_rep(), await scene.a_rep(), await scene.a_pool()
    holdings = await held_leads(scene, rep, pool, 20)
    await scene.pass_time(31 * DAY)

    calls = [call for each in holdings for call in (scene.transfer(each, successor), scene.advance(each))]
    transfers = (await outcomes(calls))[0::2]

    assert set(transfers) <= {"OK", "HOLDING_ENDED"}
    for holding, transfer in zip(holdings, transfers, strict=True):
        again = await scene.advance(holding)
        assert again.effect == pb.ADVANCE_EFFECT_ENDED
        assert await scene.state(holding.lead_id) == ("HELD" if transfer == "OK" else "POOLED")


async def test_a_follow_up_and_a_recall_at_the_due_instant_agree_on_who_was_first(scene: Scene) -> None:
    rep, pool = await scene.a_rep(), await scene.a_pool(BRIEF)
    holdings = await held_leads(scene, rep, pool, 12)
    last_due = max(holding.due_at.ToDatetime() for holding in holdings)
    started = min(holding.due_at.ToDatetime() for holding in holdings) - A_MOMENT
    await asyncio.sleep((A_MOMENT - (last_due - started - A_MOMENT)).total_seconds() * 0.9)

    async def follow_until_late(holding: pb.Holding, number: int) -> bool:
        """Says whether one counted. Each holding's rep tries at an instant of his own around the deadline."""
        await asyncio.sleep(number * 0.01)
        return (await scene.follow_up(rep, holding)).counted

    async def advance_until_due(holding: pb.Holding) -> None:
        while (await scene.advance(holding)).effect == pb.ADVANCE_EFFECT_NOT_DUE:
            if instant_passed(await scene.schedule(holding)):
                return
            await asyncio.sleep(0.005)

    follow_ups = [follow_until_late(holding, number) for number, holding in enumerate(holdings)]
    recalls = [advance_until_due(holding) for holding in holdings]
    counted = (await asyncio.gather(*follow_ups, *recalls))[: len(holdings)]

    for holding, in_time in zip(holdings, counted, strict=True):
        [row] = await scene.run(
            """
            select f.received_at < :due_at as in_time, h.end_cause from routing.follow_up f
            join routing.holding h using (holding_id) where holding_id = :holding_id
            """,
            holding_id=holding.holding_id,
            due_at=holding.due_at.ToDatetime(),
        )
        assert row.in_time == in_time
        assert row.end_cause == (None if in_time else "recalled")


def instant_passed(found: pb.GetScheduleResponse) -> bool:
    """The first response was met, so that nothing is due soon."""
    return found.schedule.HasField("first_responded_at")


async def test_transfers_to_and_fro_wait_for_one_another_and_never_for_ever(scene: Scene) -> None:
    one, other, pool = await scene.a_rep(), await scene.a_rep(), await scene.a_pool()
    of_one = await held_leads(scene, one, pool, 10)
    of_the_other = await held_leads(scene, other, pool, 10)
    free = await scene.leads(10, pool)

    found = await outcomes(
        [
            *(scene.transfer(holding, other) for holding in of_one),
            *(scene.transfer(holding, one) for holding in of_the_other),
            *(scene.claim(one, lead_id) for lead_id in free),
        ]
    )

    assert found == ["OK"] * 30


async def test_a_return_and_a_recall_end_a_holding_once(scene: Scene) -> None:
    rep, pool = await scene.a_rep(), await scene.a_pool()
    holdings = await held_leads(scene, rep, pool, 10)
    await scene.pass_time(31 * DAY)

    returns = [scene.give_back(rep, holding) for holding in holdings]
    recalls = [scene.advance(holding) for holding in holdings]
    found = await outcomes([*returns, *recalls])

    assert set(found[:10]) <= {"OK", "HOLDING_ENDED"}
    assert found[10:] == ["OK"] * 10


async def test_a_recall_waits_for_a_conversion_that_was_first(scene: Scene) -> None:
    rep, pool = await scene.a_rep(), await scene.a_pool(CALM)
    holdings = await held_leads(scene, rep, pool, 10)
    await scene.pass_time(30 * DAY - timedelta(milliseconds=150))

    leases = [scene.lease(holding, uuid4()) for holding in holdings]
    recalls = [advance_for_a_while(scene, holding) for holding in holdings]
    found = await outcomes([*leases, *recalls])

    for holding, lease in zip(holdings, found[:10], strict=True):
        state = await scene.state(holding.lead_id)
        assert (lease, state) in {("OK", "CONVERTING"), ("HOLDING_ENDED", "POOLED")}


async def advance_for_a_while(scene: Scene, holding: pb.Holding) -> None:
    for _ in range(20):
        await scene.advance(holding)
        await asyncio.sleep(0.02)
