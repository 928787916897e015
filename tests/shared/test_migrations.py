"""Migrations and the clock: safe when every service starts at once; time moves in a test's database only."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from cli.stack import postgres
from services.shared import clock, database
from services.shared import migrations as shared_migrations
from services.shared.database import make_engine
from services.shared.migrations import migrate
from tests.shared.waiting import until

SERVICES = ("intake", "scoring", "routing", "conversion")
MakeEngine = Callable[[], Awaitable[AsyncEngine]]


@pytest.fixture
async def empty_database(database_cluster: postgres.Cluster) -> AsyncIterator[MakeEngine]:
    name = f"migrations_{uuid4().hex[:8]}"
    url = await postgres.make_database(database_cluster, name)
    engines = []

    async def engine() -> AsyncEngine:
        engines.append(make_engine(url))
        return engines[-1]

    yield engine
    for one in engines:
        await one.dispose()
    await postgres.drop_database(database_cluster, name)


async def start(engine: AsyncEngine, service: str, *, test_clock: bool = False) -> None:
    await migrate(engine, schema=service, package=f"services.{service}", test_clock=test_clock)


async def revisions(engine: AsyncEngine) -> dict[str, str]:
    async with engine.connect() as db:
        return {
            service: str(await db.scalar(text(f"select version_num from {service}.alembic_version")))
            for service in SERVICES
        }


async def test_four_services_that_start_at_once_on_an_empty_database_all_find_it_ready(
    empty_database: MakeEngine,
) -> None:
    engines = [await empty_database() for _ in range(2 * len(SERVICES))]

    await asyncio.gather(*(start(engine, service) for engine, service in zip(engines, SERVICES * 2, strict=True)))

    first = await revisions(engines[0])
    assert all(first.values())
    await start(engines[0], "routing")
    assert await revisions(engines[0]) == first


async def test_a_database_of_real_leads_has_a_clock_that_cannot_be_moved(empty_database: MakeEngine) -> None:
    engine = await empty_database()
    await start(engine, "scoring")

    with pytest.raises(IntegrityError, match="only_a_test_moves_it"):
        await clock.move(engine, timedelta(days=1))


async def test_a_database_in_use_does_not_become_a_tests(empty_database: MakeEngine) -> None:
    engine = await empty_database()
    await start(engine, "scoring")
    await start(engine, "conversion", test_clock=True)

    with pytest.raises(IntegrityError, match="only_a_test_moves_it"):
        await clock.move(engine, timedelta(days=1))


async def test_in_a_tests_database_days_pass_at_once_and_add_up(empty_database: MakeEngine) -> None:
    engine = await empty_database()
    await start(engine, "scoring", test_clock=True)
    async with engine.connect() as db:
        before = await database.now(db)

    await clock.move(engine, timedelta(days=14))
    await clock.move(engine, timedelta(hours=1))

    async with engine.connect() as db:
        passed = await database.now(db) - before
    assert timedelta(days=14, hours=1) <= passed < timedelta(days=14, hours=2)


async def test_the_clock_goes_on_within_a_transaction(empty_database: MakeEngine) -> None:
    engine = await empty_database()
    await start(engine, "scoring")

    async with engine.begin() as db:
        assert await database.now(db) < await database.now(db)


async def test_a_service_waits_a_while_for_its_database_and_then_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_migrations, "WAITED_SECONDS", 0.2)
    monkeypatch.setattr(shared_migrations, "RETRY_SECONDS", 0.05)
    nowhere = make_engine("postgresql+psycopg://nobody@127.0.0.1:1/none")

    with pytest.raises(OperationalError, match="refused"):
        await start(nowhere, "scoring")


async def test_a_service_whose_database_ends_under_its_migrations_begins_them_again(empty_database: MakeEngine) -> None:
    engine, other = await empty_database(), await empty_database()
    lock = {"key": shared_migrations.LOCK_KEY}

    async def cut() -> bool:
        async with other.connect() as db:
            return bool(await db.scalar(text(CUT_WHO_WAITS)))

    async with other.connect() as db:
        await db.execute(text("select pg_advisory_lock(:key)"), lock)
        migrating = asyncio.create_task(start(engine, "scoring"))
        await until(cut)
        await db.execute(text("select pg_advisory_unlock(:key)"), lock)
    await migrating

    async with engine.connect() as db:
        assert await db.scalar(text("select version_num from scoring.alembic_version"))


CUT_WHO_WAITS = """
select count(pg_terminate_backend(pid)) from pg_stat_activity
where datname = current_database() and wait_event_type = 'Lock' and wait_event = 'advisory'
"""
