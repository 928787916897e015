"""Scoring in this process, on a database of each module's own."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from clew.scoring.v1.scoring_pb2_grpc import ScoringServiceStub, add_ScoringServiceServicer_to_server
from services.scoring.access import METHODS
from services.scoring.servicer import ScoringServicer
from services.shared.database import make_engine
from services.shared.grpc_server import running
from services.shared.migrations import migrate


@pytest.fixture(scope="module")
async def engine(fresh_database: str) -> AsyncIterator[AsyncEngine]:
    made = make_engine(fresh_database)
    await migrate(made, schema="scoring", package="services.scoring", test_clock=True)
    yield made
    await made.dispose()


@pytest.fixture(scope="module")
async def scoring(engine: AsyncEngine) -> AsyncIterator[ScoringServiceStub]:
    added = (add_ScoringServiceServicer_to_server, ScoringServicer(engine), "clew.scoring.v1.ScoringService")
    async with running([added], METHODS) as channel:
        yield ScoringServiceStub(channel)
