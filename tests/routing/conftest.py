import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from clew.routing.v1.calendars_pb2_grpc import CalendarServiceStub, add_CalendarServiceServicer_to_server
from clew.routing.v1.deliveries_pb2_grpc import DeliveryServiceStub, add_DeliveryServiceServicer_to_server
from clew.routing.v1.extensions_pb2_grpc import ExtensionServiceStub, add_ExtensionServiceServicer_to_server
from clew.routing.v1.holdings_pb2_grpc import HoldingServiceStub, add_HoldingServiceServicer_to_server
from clew.routing.v1.leads_pb2_grpc import LeadServiceStub, add_LeadServiceServicer_to_server
from clew.routing.v1.limits_pb2_grpc import LimitServiceStub, add_LimitServiceServicer_to_server
from clew.routing.v1.notices_pb2_grpc import NoticeServiceStub, add_NoticeServiceServicer_to_server
from clew.routing.v1.policies_pb2_grpc import PolicyServiceStub, add_PolicyServiceServicer_to_server
from clew.routing.v1.pools_pb2_grpc import PoolServiceStub, add_PoolServiceServicer_to_server
from clew.routing.v1.queue_pb2_grpc import QueueServiceStub, add_QueueServiceServicer_to_server
from clew.routing.v1.roster_pb2_grpc import RosterServiceStub, add_RosterServiceServicer_to_server
from clew.routing.v1.stages_pb2_grpc import StageServiceStub, add_StageServiceServicer_to_server
from services.routing import tables
from services.routing.access import METHODS
from services.routing.calendars.servicer import CalendarServicer
from services.routing.extensions.servicer import ExtensionServicer
from services.routing.holdings.servicer import HoldingServicer
from services.routing.leads.servicer import LeadServicer
from services.routing.limits.servicer import LimitServicer
from services.routing.notices.contact import Channel
from services.routing.notices.mail import Mail, MailServer
from services.routing.notices.ports import Line
from services.routing.notices.servicer import NoticeServicer
from services.routing.notices.servicer_deliveries import DeliveryServicer
from services.routing.notices.store_watching import Watching
from services.routing.notices.webhook import Webhook
from services.routing.policies.servicer import PolicyServicer
from services.routing.pools.servicer import PoolServicer
from services.routing.queue.servicer import QueueServicer
from services.routing.roster.servicer import RosterServicer
from services.routing.stages.servicer import StageServicer
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
    nobody = Mail(MailServer("127.0.0.1", "clew@corp.example", "plain", port=9))
    lines = {Channel.WEBHOOK: Line(Webhook(), 6_000), Channel.EMAIL: Line(nobody, 6_000)}
    deliveries = DeliveryServicer(engine, lines, Watching(engine, leaving=asyncio.Event()))
    servicers: list[Servicer] = [
        (add_RosterServiceServicer_to_server, RosterServicer(engine), "clew.routing.v1.RosterService"),
        (add_LeadServiceServicer_to_server, LeadServicer(engine), "clew.routing.v1.LeadService"),
        (
            add_HoldingServiceServicer_to_server,
            HoldingServicer(engine, tables.request),
            "clew.routing.v1.HoldingService",
        ),
        (add_PoolServiceServicer_to_server, PoolServicer(engine), "clew.routing.v1.PoolService"),
        (add_LimitServiceServicer_to_server, LimitServicer(engine), "clew.routing.v1.LimitService"),
        (add_ExtensionServiceServicer_to_server, ExtensionServicer(engine), "clew.routing.v1.ExtensionService"),
        (add_PolicyServiceServicer_to_server, PolicyServicer(engine), "clew.routing.v1.PolicyService"),
        (add_StageServiceServicer_to_server, StageServicer(engine), "clew.routing.v1.StageService"),
        (add_NoticeServiceServicer_to_server, NoticeServicer(engine), "clew.routing.v1.NoticeService"),
        (add_CalendarServiceServicer_to_server, CalendarServicer(engine), "clew.routing.v1.CalendarService"),
        (add_DeliveryServiceServicer_to_server, deliveries, "clew.routing.v1.DeliveryService"),
        (add_QueueServiceServicer_to_server, QueueServicer(engine), "clew.routing.v1.QueueService"),
    ]
    async with running(servicers, METHODS) as channel:
        yield Office(
            engine,
            RosterServiceStub(channel),
            LeadServiceStub(channel),
            HoldingServiceStub(channel),
            NoticeServiceStub(channel),
            CalendarServiceStub(channel),
            PoolServiceStub(channel),
            LimitServiceStub(channel),
            StageServiceStub(channel),
            PolicyServiceStub(channel),
            ExtensionServiceStub(channel),
            DeliveryServiceStub(channel),
            QueueServiceStub(channel),
        )
