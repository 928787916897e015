"""Leads that ClaimNext is measured on: it takes them in the order of the pool."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bench import seeding
from services.routing.leads.store import find_lead
from services.routing.pools.store import seen_pool
from services.routing.pools.store_next import claim_next
from services.routing.roster.store import list_pool_leads
from services.shared.callers import Caller, Role, set_caller
from services.shared.database import make_engine
from services.shared.migrations import migrate


@pytest.fixture(scope="module")
async def engine(fresh_database: str) -> AsyncIterator[AsyncEngine]:
    made = make_engine(fresh_database)
    await migrate(made, schema="routing", package="services.routing", test_clock=False)
    await seeding.graded_leads(fresh_database, 200)
    yield made
    await made.dispose()


async def test_seeded_leads_are_claimed_from_the_best_on_as_the_pool_lists_them(
    engine: AsyncEngine, fresh_database: str
) -> None:
    [rep_id] = await seeding.reps(fresh_database, 1)
    set_caller(Caller(rep_id, Role.REP))
    async with engine.begin() as db:
        pool = await seen_pool(db, "default")
        best = await list_pool_leads(db, pool.pool_id, None, 5, offered_only=True)

        taken = [await claim_next(db, pool, UUID(rep_id)) for _ in range(5)]
        after = await find_lead(db, taken[0].lead_id)

    assert [holding.lead_id for holding in taken] == [one.lead.lead_id for one in best]
    assert (best[0].lead.grade, after.state) == ("A", "HELD")
