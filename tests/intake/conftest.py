"""Intake in this process, on a database of each module's own."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from clew.intake.v1.intake_pb2_grpc import IntakeServiceStub, add_IntakeServiceServicer_to_server
from services.intake.access import METHODS
from services.intake.servicer import IntakeServicer
from services.shared.database import make_engine
from services.shared.grpc_server import running
from services.shared.migrations import migrate

REVIEW_WITHIN = timedelta(hours=24)


@pytest.fixture(scope="module")
async def engine(fresh_database: str) -> AsyncIterator[AsyncEngine]:
    made = make_engine(fresh_database, pool_size=24)
    await migrate(made, schema="intake", package="services.intake", test_clock=True)
    yield made
    await made.dispose()


@pytest.fixture(scope="module")
async def intake(engine: AsyncEngine) -> AsyncIterator[IntakeServiceStub]:
    servicer = IntakeServicer(engine, review_within=REVIEW_WITHIN)
    added = (add_IntakeServiceServicer_to_server, servicer, "clew.intake.v1.IntakeService")
    async with running([added], METHODS, receive_bytes=4 << 20) as channel:
        yield IntakeServiceStub(channel)
