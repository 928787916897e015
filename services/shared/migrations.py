"""Each service applies its own migrations at start, under a lock, so that starting together is harmless."""

import asyncio
import importlib.resources
from pathlib import Path

import structlog
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from services.shared.clock import CLOCK_DDL, MARK
from services.shared.database import text

# One lock for all services: they share the schema `clew`. Any number that nobody else uses.
LOCK_KEY = 0x636C6577
LOCK_TIMEOUT = "60s"
WAITED_SECONDS = 30.0
RETRY_SECONDS = 0.5
log = structlog.get_logger()


async def migrate(engine: AsyncEngine, *, schema: str, package: str, test_clock: bool = False) -> None:
    """Bring a service's schema to its newest revision.

    `package` has a folder `migrations` of Alembic revisions that name their tables with the schema. `test_clock`
    marks a database that is new as a test's, whose clock may be moved; it never marks one that is in use.
    """
    folder = Path(str(importlib.resources.files(package))) / "migrations"
    until = asyncio.get_running_loop().time() + WAITED_SECONDS
    while True:
        try:
            return await _migrate(engine, schema, folder, test_clock)
        except OperationalError as error:
            # Started together with its database: it may be there in a moment.
            if not _is_away(error) or asyncio.get_running_loop().time() > until:
                raise
            log.warning("waits_for_database")
            await asyncio.sleep(RETRY_SECONDS)


def _is_away(error: OperationalError) -> bool:
    """Nobody answers there, it ends (or one of its processes was killed), or it is only starting; not what a statement
    met."""
    return getattr(error.orig, "sqlstate", None) in {None, "57P01", "57P02", "57P03"}


async def _migrate(engine: AsyncEngine, schema: str, folder: Path, test_clock: bool) -> None:
    async with engine.begin() as db:
        await db.execute(text(f"set local lock_timeout = '{LOCK_TIMEOUT}'"))
        await db.execute(text(f"set local statement_timeout = '{LOCK_TIMEOUT}'"))
        await db.execute(text("select pg_advisory_xact_lock(:key)"), {"key": LOCK_KEY})
        if await db.scalar(text("select to_regclass('clew.clock')")) is None:
            await db.execute(text(CLOCK_DDL))
            await db.execute(text(MARK), {"of_a_test": test_clock})
        await db.execute(text(f"create schema if not exists {schema}"))
        await db.run_sync(_upgrade, schema, folder)


def _upgrade(connection: Connection, schema: str, folder: Path) -> None:
    config = Config()
    script = ScriptDirectory(str(folder), version_locations=[str(folder)])
    with EnvironmentContext(
        config,
        script,
        fn=lambda revision, _: script._upgrade_revs("head", revision),
    ) as environment:
        environment.configure(
            connection=connection,
            version_table_schema=schema,
            transactional_ddl=True,
            transaction_per_migration=False,
        )
        environment.run_migrations()
