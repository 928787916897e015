import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from clew.routing.v1.deliveries_pb2_grpc import DeliveryServiceStub, add_DeliveryServiceServicer_to_server
from clew.routing.v1.holdings_pb2_grpc import HoldingServiceStub, add_HoldingServiceServicer_to_server
from clew.routing.v1.leads_pb2_grpc import LeadServiceStub, add_LeadServiceServicer_to_server
from clew.routing.v1.notices_pb2_grpc import NoticeServiceStub, add_NoticeServiceServicer_to_server
from clew.routing.v1.roster_pb2_grpc import RosterServiceStub, add_RosterServiceServicer_to_server
from services.routing import tables
from services.routing.access import METHODS
from services.routing.holdings.servicer import HoldingServicer
from services.routing.leads.servicer import LeadServicer
from services.routing.notices.contact import Channel
from services.routing.notices.ports import Line
from services.routing.notices.servicer import NoticeServicer
from services.routing.notices.servicer_deliveries import DeliveryServicer
from services.routing.notices.store_watching import Watching
from services.routing.notices.webhook import Webhook
from services.routing.roster.servicer import RosterServicer
from services.shared.database import make_engine
from services.shared.grpc_server import Servicer, running
from services.shared.migrations import migrate
from tests.routing.office import Office


@pytest.fixture(scope="module")
async def engine(fresh_database: str) -> AsyncIterator[AsyncEngine]:
    made = make_engine(fresh_database, pool_size=24)
    await migrate(made, schema="routing", package="services.routing", test_clock=True)
    yield made
    await made.dispose()


@pytest.fixture(scope="module")
async def office(engine: AsyncEngine) -> AsyncIterator[Office]:
    """All of routing on a live server, with the roles that it is shipped with."""
    deliveries = DeliveryServicer(
        engine, {Channel.WEBHOOK: Line(Webhook(), 6_000)}, Watching(engine, leaving=asyncio.Event())
    )
    servicers: list[Servicer] = [
        (add_RosterServiceServicer_to_server, RosterServicer(engine), "clew.routing.v1.RosterService"),
        (add_LeadServiceServicer_to_server, LeadServicer(engine), "clew.routing.v1.LeadService"),
        (
            add_HoldingServiceServicer_to_server,
            HoldingServicer(engine, tables.request),
            "clew.routing.v1.HoldingService",
        ),
        (add_NoticeServiceServicer_to_server, NoticeServicer(engine), "clew.routing.v1.NoticeService"),
        (add_DeliveryServiceServicer_to_server, deliveries, "clew.routing.v1.DeliveryService"),
    ]
    async with running(servicers, METHODS) as channel:
        yield Office(
            engine,
            RosterServiceStub(channel),
            LeadServiceStub(channel),
            HoldingServiceStub(channel),
            NoticeServiceStub(channel),
            DeliveryServiceStub(channel),
        )
