"""Rows that a comparison begins with: as the services would have written them."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bench import seeding
from bench.calls import LEADS_PER_COMPANY, keys_of
from services.intake.keys import Key, KeyKind, Person, read_contacts
from services.intake.store_keys import find_matches
from services.routing.holdings.holding import Holding
from services.routing.holdings.schedule import DueCause
from services.routing.holdings.store import find_open_holding
from services.routing.policy import Period, Policy, version_text
from services.shared.database import make_engine
from services.shared.migrations import migrate
from tests.routing.holdings.scenes import violations

LEADS = 120
POLICY = Policy(first_response=Period(timedelta(minutes=5)), reminders=())
WITHIN = timedelta(seconds=1)


@pytest.fixture(scope="module")
async def engine(fresh_database: str) -> AsyncIterator[AsyncEngine]:
    made = make_engine(fresh_database)
    for service in ("intake", "routing"):
        await migrate(made, schema=service, package=f"services.{service}", test_clock=False)
    await seeding.known_leads(fresh_database, LEADS, LEADS_PER_COMPANY)
    rep_ids = await seeding.reps(fresh_database, 7)
    pool_id = await seeding.pool(fresh_database, "east", POLICY)
    await seeding.held_leads(fresh_database, pool_id, rep_ids, POLICY, version_text("east", 1), WITHIN)
    await seeding.pooled_leads(fresh_database, LEADS, pool_id)
    yield made
    await made.dispose()


@pytest.mark.parametrize("number", [0, 49, LEADS - 1])
async def test_a_seeded_lead_is_found_by_each_of_its_keys_as_intake_reads_them(
    engine: AsyncEngine, number: int
) -> None:
    keys = read_contacts(Person(**keys_of(number)), "CN").keys

    async with engine.connect() as db:
        by_key = {key: await find_matches(db, [key], "default") for key in keys}

    company, email, mobile = (
        by_key[Key(kind, key.value)]
        for key, kind in zip(keys, (KeyKind.COMPANY_NAME, KeyKind.EMAIL, KeyKind.MOBILE), strict=True)
    )
    assert [match.lead_id for match in mobile] == [match.lead_id for match in email]
    assert mobile[0].person_email == keys_of(number)["email"]
    assert len(company) == 20  # of those who work there, no more are shown


async def test_somebody_beyond_the_last_seeded_lead_is_unknown(engine: AsyncEngine) -> None:
    keys = read_contacts(Person(**keys_of(LEADS + LEADS_PER_COMPANY)), "CN").keys

    async with engine.connect() as db:
        assert await find_matches(db, keys, "default") == ()


async def test_ownership_and_limits_of_seeded_leads_agree(engine: AsyncEngine) -> None:
    async with engine.connect() as db:
        assert await violations(db) == []
        states = await db.execute(text("select state, count(*)::int from routing.lead group by state order by state"))
        assert [tuple(row) for row in states] == [("HELD", LEADS), ("POOLED", LEADS)]


async def test_seeded_holdings_are_due_within_the_time_given_and_owe_their_runs_a_nudge(engine: AsyncEngine) -> None:
    async with engine.connect() as db:
        lead_ids = (await db.scalars(text("select lead_id from routing.holding"))).all()
        holdings = [found for lead_id in lead_ids if (found := await find_open_holding(db, lead_id))]
        owed = await db.scalar(
            text("select count(distinct wake_id) from routing.event where delivered_at is null and wakes = 'lead'")
        )

    due = [holding.schedule.due_at for holding in holdings]
    assert (len(holdings), owed) == (LEADS, LEADS)
    assert max(due) - min(due) < WITHIN
    assert all(as_claimed(holding) for holding in holdings)


def as_claimed(holding: Holding) -> bool:
    """Due for its first response, and to be looked at just then."""
    due_at = holding.started_at + (POLICY.first_response.elapsed or timedelta(0))
    due = (due_at, due_at, DueCause.FIRST_RESPONSE)
    return due == (holding.schedule.due_at, holding.wake_at, holding.schedule.due_cause)
