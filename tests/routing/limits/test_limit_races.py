"""Tables, overrides and seasons change while leads are claimed, returned and transferred: every count stays right."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Sequence
from datetime import timedelta

import grpc.aio
import pytest

from clew.routing.v1 import limits_pb2 as pb
from clew.routing.v1 import roster_pb2
from cli.refusals import refusal_of
from services.routing.limits.store import change_season
from services.routing.limits.store_setting import end_overrides
from services.shared.callers import Caller, Role, set_caller
from services.shared.sweep import Sweep
from tests.examples import as_manager
from tests.routing.holdings.scenes import miscounted
from tests.routing.office import Office, Rep, fresh

PRODUCT = "crm"


@pytest.fixture(autouse=True)
async def counted_right(office: Office) -> AsyncIterator[None]:
    """Looked at while the test runs, again and again, and at its end."""
    ending, looks = asyncio.Event(), 0
    snapshots = office.engine.execution_options(isolation_level="REPEATABLE READ")

    async def look() -> None:
        nonlocal looks
        while not ending.is_set():
            async with snapshots.connect() as db:
                assert await miscounted(db) == []
            looks += 1
            await asyncio.sleep(0.01)

    watching = asyncio.create_task(look())
    yield
    ending.set()
    await watching
    assert looks > 0
    async with office.engine.connect() as db:
        assert await miscounted(db) == []
    await publish(office)


async def outcomes(calls: Sequence[Awaitable[object]]) -> Counter[str]:
    answers = await asyncio.gather(*calls, return_exceptions=True)
    failed = [one for one in answers if isinstance(one, BaseException)]
    reasons = Counter(refusal_of(one).reason if isinstance(one, grpc.aio.AioRpcError) else repr(one) for one in failed)
    return reasons + Counter({"OK": len(answers) - len(failed)})


async def publish(office: Office, *lines: pb.LimitLine) -> None:
    request = pb.PublishLimitsRequest(request_id=fresh(), lines=lines, time_zone="UTC")
    await office.limits.PublishLimits(request, metadata=as_manager())


async def override(office: Office, rep: Rep, limit: int, lasting: timedelta) -> None:
    request = pb.OverrideLimitRequest(
        request_id=fresh(),
        rep_code=rep.code,
        scope=roster_pb2.LIMIT_SCOPE_PRODUCT,
        product=PRODUCT,
        limit=limit,
        until=await office.now() + lasting,
        reason="CAMPAIGN",
    )
    await office.limits.OverrideLimit(request, metadata=as_manager())


async def sweep(office: Office) -> None:
    set_caller(Caller("routing", Role.SERVICE))
    async with office.engine.connect() as db:
        await Sweep(office.engine, "routing", [end_overrides, change_season]).look(db)


async def pooled(office: Office, number: int) -> list[str]:
    return [await office.a_pooled_lead(intent={"product": PRODUCT}) for _ in range(number)]


async def held(office: Office, rep: Rep) -> int:
    [row] = await office.run(
        "select held from routing.holding_limit where rep_id = cast(:id as uuid) and scope = 'PRODUCT'", id=rep.rep_id
    )
    return int(row.held)


async def test_a_table_that_is_published_while_leads_are_claimed_gives_each_place_once(office: Office) -> None:
    rep, leads = await office.a_rep(), await pooled(office, 32)
    await publish(office, pb.LimitLine(product=PRODUCT, limit=5))

    found = await outcomes(
        [
            *(office.claim(rep, lead_id) for lead_id in leads),
            *(publish(office, pb.LimitLine(product=PRODUCT, limit=5), pb.LimitLine(limit=90 + n)) for n in range(6)),
        ]
    )

    assert found == {"OK": 5 + 6, "HOLDING_LIMIT_REACHED": 27}
    assert await held(office, rep) == 5


async def test_a_limit_that_moves_lets_in_as_many_as_its_highest_and_no_fewer_than_its_lowest(office: Office) -> None:
    rep, leads = await office.a_rep(), await pooled(office, 24)
    await publish(office, pb.LimitLine(product=PRODUCT, limit=4))

    found = await outcomes(
        [
            *(office.claim(rep, lead_id) for lead_id in leads[:12]),
            override(office, rep, 8, timedelta(hours=1)),
            publish(office, pb.LimitLine(product=PRODUCT, limit=6)),
            *(office.claim(rep, lead_id) for lead_id in leads[12:]),
            publish(office, pb.LimitLine(product=PRODUCT, limit=4)),
        ]
    )

    assert set(found) <= {"OK", "HOLDING_LIMIT_REACHED"}
    assert 4 <= await held(office, rep) == found["OK"] - 3 <= 8


async def test_an_override_that_ends_while_leads_come_and_go_loses_no_count(office: Office) -> None:
    rep, other = await office.a_rep(), await office.a_rep()
    await office.set_limit(rep, 2, product=PRODUCT)
    await override(office, rep, 30, timedelta(hours=1))
    of_the_rep = [await office.claim(rep, lead_id) for lead_id in await pooled(office, 8)]
    of_the_other = [await office.claim(other, lead_id) for lead_id in await pooled(office, 4)]
    await office.pass_time(timedelta(hours=2))
    free = await pooled(office, 8)

    found = await outcomes(
        [
            *(office.give_back(rep, holding) for holding in of_the_rep[:4]),
            *(office.claim(rep, lead_id) for lead_id in free),
            *(sweep(office) for _ in range(3)),
            *(office.give_back(other, holding) for holding in of_the_other),
        ]
    )

    assert set(found) <= {"OK", "HOLDING_LIMIT_REACHED"}
    told = await outcomes([office.claim(rep, lead_id) for lead_id in await pooled(office, 1)])
    assert told == {"HOLDING_LIMIT_REACHED": 1}


async def test_a_season_that_begins_while_leads_are_claimed_loses_no_count(office: Office) -> None:
    reps, day = [await office.a_rep() for _ in range(3)], (await office.now()).date() + timedelta(days=1)
    season = pb.Season(first_day=str(day), last_day=str(day))
    await publish(
        office, pb.LimitLine(product=PRODUCT, limit=20), pb.LimitLine(product=PRODUCT, limit=3, season=season)
    )
    await office.pass_time(timedelta(days=1))
    leads = await pooled(office, 24)

    found = await outcomes(
        [
            *(office.claim(reps[number % 3], lead_id) for number, lead_id in enumerate(leads)),
            *(sweep(office) for _ in range(3)),
        ]
    )

    assert set(found) <= {"OK", "HOLDING_LIMIT_REACHED"}
    assert sum([await held(office, rep) for rep in reps]) == found["OK"] - 3 >= 9


async def test_tables_that_are_published_at_once_come_one_after_the_other(office: Office) -> None:
    reps = [await office.a_rep() for _ in range(4)]

    await outcomes([publish(office, pb.LimitLine(limit=10 + number)) for number in range(8)])

    newest = await office.limits.GetLimitTable(pb.GetLimitTableRequest(), metadata=as_manager())
    rows = await office.run(
        """select table_limit from routing.holding_limit where scope = 'REP' and rep_id = any(cast(:ids as uuid[]))""",
        ids=[rep.rep_id for rep in reps],
    )
    assert {row.table_limit for row in rows} == {newest.lines[0].limit}
