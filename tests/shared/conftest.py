"""The sample service on a database of the module's own, and a stub of it."""

from collections.abc import AsyncIterator

import grpc.aio
import pytest
import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from clew.routing.v1 import notices_pb2_grpc
from services.shared import logs
from services.shared.database import make_engine
from services.shared.grpc_server import running
from tests.shared.sample import METHODS, Servicer, added, make_tables


@pytest.fixture(scope="session", autouse=True)
def plain_logs() -> None:
    """Drawn for a terminal, with every local variable, one traceback takes seconds on a busy machine."""
    structlog.configure(processors=[logs.without_texts, structlog.processors.JSONRenderer(default=str)])


@pytest.fixture(scope="module")
async def engine(fresh_database: str) -> AsyncIterator[AsyncEngine]:
    made = make_engine(fresh_database)
    await make_tables(made)
    yield made
    await made.dispose()


@pytest.fixture
async def nothing_owed(engine: AsyncEngine) -> None:
    """No event of another test's."""
    async with engine.begin() as db:
        await db.execute(text("update sample.event set delivered_at = now() where delivered_at is null"))


@pytest.fixture
def servicer(engine: AsyncEngine) -> Servicer:
    return Servicer(engine)


@pytest.fixture
async def channel(servicer: Servicer) -> AsyncIterator[grpc.aio.Channel]:
    async with running([added(servicer)], METHODS) as opened:
        yield opened


@pytest.fixture
def stub(channel: grpc.aio.Channel) -> notices_pb2_grpc.NoticeServiceStub:
    return notices_pb2_grpc.NoticeServiceStub(channel)
