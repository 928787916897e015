"""A database with the schemas of all services, as the harness looks at them."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.shared.database import make_engine
from services.shared.migrations import migrate
from tests.faults.invariants import SERVICES


@pytest.fixture(scope="module")
async def engine(fresh_database: str) -> AsyncIterator[AsyncEngine]:
    made = make_engine(fresh_database)
    for service in SERVICES:
        await migrate(made, schema=service, package=f"services.{service}", test_clock=True)
    yield made
    await made.dispose()


@pytest.fixture
async def db(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A transaction that is rolled back: what a test plants is nobody else's."""
    async with engine.connect() as connection:
        yield connection
        await connection.rollback()
