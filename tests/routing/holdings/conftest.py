"""Routing's HoldingService on a live server and a real database."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from clew.routing.v1.holdings_pb2_grpc import HoldingServiceStub, add_HoldingServiceServicer_to_server
from services.routing import tables
from services.routing.access import METHODS
from services.routing.holdings.servicer import HoldingServicer
from services.shared.database import make_engine
from services.shared.grpc_server import running
from services.shared.migrations import migrate
from tests.routing.holdings.scenes import Scene, violations


@pytest.fixture(scope="module")
async def engine(fresh_database: str) -> AsyncIterator[AsyncEngine]:
    made = make_engine(fresh_database, pool_size=24)
    await migrate(made, schema="routing", package="services.routing", test_clock=True)
    yield made
    await made.dispose()


@pytest.fixture(scope="module")
async def scene(engine: AsyncEngine) -> AsyncIterator[Scene]:
    servicer = HoldingServicer(engine, tables.request)
    added = (add_HoldingServiceServicer_to_server, servicer, "clew.routing.v1.HoldingService")
    async with running([added], METHODS) as channel:
        yield Scene(engine, HoldingServiceStub(channel))


@pytest.fixture
async def watched(engine: AsyncEngine) -> AsyncIterator[None]:
    """Ownership is right all the time that the test runs, at each of many looks, and at the end."""
    ending, looks = asyncio.Event(), 0
    snapshots = engine.execution_options(isolation_level="REPEATABLE READ")

    async def look() -> None:
        nonlocal looks
        while not ending.is_set():
            async with snapshots.connect() as db:
                assert await violations(db) == []
            looks += 1
            await asyncio.sleep(0.01)

    watching = asyncio.create_task(look())
    yield
    ending.set()
    await watching
    assert looks > 0
    async with engine.connect() as db:
        assert await violations(db) == []
