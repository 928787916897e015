"""A rep is deactivated at the moment at which he is given a lead: it is his and counted, or it is refused."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from uuid import UUID

import grpc.aio
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from cli.refusals import refusal_of
from services.routing.holdings.store_claiming import claim_lead
from services.routing.roster import store_activity
from services.shared.callers import Caller, Role, set_caller
from services.shared.database import CONNECT, SESSION, make_engine
from services.shared.migrations import migrate
from tests.routing.holdings.scenes import miscounted
from tests.routing.office import SECOND, Office, Rep, refused
from tests.routing.queue.waiting import a_look_later, an_unassigned_lead
from tests.routing.roster.leaving import WAYS, refusals_in, set_active, shown
from tests.shared.waiting import until_locks_are_waited_for


@pytest.fixture(scope="module")
async def engine(fresh_database: str) -> AsyncIterator[AsyncEngine]:
    """Whoever waits for a lock does so for as long as a busy machine takes to see it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(CONNECT, "options", f"{SESSION} -c lock_timeout=0 -c statement_timeout=0")
        made = make_engine(fresh_database, pool_size=24)
        await migrate(made, schema="routing", package="services.routing", test_clock=True)
        yield made
        await made.dispose()


@pytest.mark.parametrize("way", WAYS)
async def test_a_lead_that_is_given_while_the_deactivation_is_under_way_is_refused(office: Office, way: str) -> None:
    rep = await office.a_rep()
    give = await WAYS[way](office, rep)

    async with office.engine.begin() as db:
        await deactivate(db, rep)
        # It has read that he is active, and waits for his row.
        giving = asyncio.ensure_future(give())
        await until_locks_are_waited_for(office.engine)
    [answer] = await asyncio.gather(giving, return_exceptions=True)

    reasons = [refusal_of(answer).reason] if isinstance(answer, grpc.aio.AioRpcError) else refusals_in(answer)
    assert reasons == ["REP_INACTIVE"]
    await nothing_is_held(office, rep)


async def test_the_queues_sweep_gives_him_nothing_either_and_the_lead_goes_on_waiting(office: Office) -> None:
    rep = await office.a_rep(limit=0)
    lead_id = await an_unassigned_lead(office, rep.team_code)
    await a_look_later(office)
    await office.set_limit(rep, 100)
    await office.pass_time(2 * SECOND)

    async with office.engine.begin() as db:
        await deactivate(db, rep)
        sweeping = asyncio.create_task(office.sweep_queue())
        await until_locks_are_waited_for(office.engine)
    await sweeping
    await a_look_later(office)

    assert await office.state(lead_id) == "UNASSIGNED"
    await nothing_is_held(office, rep)


async def test_of_claims_that_go_together_only_his_is_refused(office: Office) -> None:
    first, gone, colleague = [await office.a_rep() for _ in range(3)]
    leads = [await office.a_pooled_lead() for _ in range(3)]

    async with office.engine.begin() as later:
        await deactivate(later, gone)
        async with office.engine.begin() as sooner:
            await deactivate(sooner, first)
            alone = asyncio.create_task(refused(office.claim(first, leads[0])))
            await until_locks_are_waited_for(office.engine)
            # These go together: the first of all is under way.
            his = asyncio.create_task(refused(office.claim(gone, leads[1])))
            colleagues = asyncio.create_task(office.claim(colleague, leads[2]))
        assert (await alone).reason == "REP_INACTIVE"
        await until_locks_are_waited_for(office.engine)

    assert (await his).reason == "REP_INACTIVE"
    assert (await colleagues).rep_code == colleague.code
    await nothing_is_held(office, gone)


async def test_a_claim_that_came_first_is_waited_for_counted_and_told_of(office: Office) -> None:
    rep, lead_id = await office.a_rep(), await office.a_pooled_lead()

    async with office.engine.begin() as db:
        set_caller(Caller(rep.rep_id, Role.REP))
        await claim_lead(db, UUID(lead_id), UUID(rep.rep_id))
        deactivating = asyncio.create_task(set_active(office, rep, active=False))
        await until_locks_are_waited_for(office.engine)
    answer = await deactivating

    assert (answer.active, answer.held) == (False, 1)
    [told] = await office.notices_of(lead_id, "REP_INACTIVE")
    assert told.step.startswith("1 held at ")


async def test_of_two_who_deactivate_him_at_once_one_did_it(office: Office) -> None:
    rep = await office.a_rep()
    lead_id, _ = await office.a_held_lead(rep)

    answers = await asyncio.gather(*(set_active(office, rep, active=False, by=by) for by in ("wang", "chen")))

    assert answers[0] == answers[1]
    assert len(await office.notices_of(lead_id, "REP_INACTIVE")) == 1


@pytest.mark.parametrize("attempt", range(5))
async def test_of_claims_before_and_after_it_those_that_went_through_are_what_it_counted(
    office: Office, attempt: int
) -> None:
    rep, other = await office.a_rep(), await office.a_rep()
    leads = [await office.a_pooled_lead() for _ in range(12)]
    sooner = [asyncio.create_task(office.claim(rep, lead_id)) for lead_id in leads[:5]]
    deactivating = asyncio.create_task(set_active(office, rep, active=False))
    later = [asyncio.create_task(office.claim(rep, lead_id)) for lead_id in leads[5:10]]
    others = [asyncio.create_task(office.claim(other, lead_id)) for lead_id in leads[10:]]

    found = await asyncio.gather(*sooner, *later, return_exceptions=True)
    counted = (await deactivating).held

    said = Counter(refusal_of(one).reason if isinstance(one, grpc.aio.AioRpcError) else "OK" for one in found)
    assert set(said) <= {"OK", "REP_INACTIVE"}
    assert counted == said["OK"] == (await shown(office, rep)).held
    assert [(await one).rep_code for one in others] == [other.code] * 2
    async with office.engine.begin() as db:
        assert await miscounted(db) == []


async def deactivate(db: AsyncConnection, rep: Rep) -> None:
    set_caller(Caller("wang", Role.MANAGER))
    await store_activity.set_active(db, rep.code, active=False)


async def nothing_is_held(office: Office, rep: Rep) -> None:
    """Nor is any place under his limits taken, or a request left that was begun."""
    [row] = await office.run(
        """
        select (select count(*) from routing.holding where rep_id = cast(:id as uuid) and ended_at is null) as held,
          (select coalesce(sum(held), 0) from routing.holding_limit where rep_id = cast(:id as uuid)) as counted,
          (select count(*) from routing.request where response is null) as begun
        """,
        id=rep.rep_id,
    )
    assert tuple(row) == (0, 0, 0)
