"""Conversion in this process, on a database of each module's own."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from clew.conversion.v1.conversion_pb2_grpc import ConversionServiceStub, add_ConversionServiceServicer_to_server
from clew.conversion.v1.opportunities_pb2_grpc import OpportunityServiceStub, add_OpportunityServiceServicer_to_server
from services.conversion.access import METHODS
from services.conversion.servicer import ConversionServicer
from services.conversion.servicer_opportunities import OpportunityServicer
from services.shared.database import make_engine
from services.shared.grpc_server import running
from services.shared.migrations import migrate


@pytest.fixture(scope="module")
async def engine(fresh_database: str) -> AsyncIterator[AsyncEngine]:
    made = make_engine(fresh_database, pool_size=24)
    await migrate(made, schema="conversion", package="services.conversion", test_clock=True)
    yield made
    await made.dispose()


@pytest.fixture(scope="module")
async def conversion(engine: AsyncEngine) -> AsyncIterator[ConversionServiceStub]:
    servicer = ConversionServicer(engine)
    added = (add_ConversionServiceServicer_to_server, servicer, "clew.conversion.v1.ConversionService")
    async with running([added], METHODS) as channel:
        yield ConversionServiceStub(channel)


@pytest.fixture(scope="module")
async def opportunities(engine: AsyncEngine) -> AsyncIterator[OpportunityServiceStub]:
    servicer = OpportunityServicer(engine)
    added = (add_OpportunityServiceServicer_to_server, servicer, "clew.conversion.v1.OpportunityService")
    async with running([added], METHODS) as channel:
        yield OpportunityServiceStub(channel)
