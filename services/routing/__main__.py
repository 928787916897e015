"""`python -m services.routing`: settings → migrations → servicers → serve, with the relay and the sweep beside."""

import asyncio

from clew.routing.v1.deliveries_pb2_grpc import add_DeliveryServiceServicer_to_server
from clew.routing.v1.holdings_pb2_grpc import add_HoldingServiceServicer_to_server
from clew.routing.v1.leads_pb2_grpc import add_LeadServiceServicer_to_server
from clew.routing.v1.notices_pb2_grpc import add_NoticeServiceServicer_to_server
from clew.routing.v1.roster_pb2_grpc import add_RosterServiceServicer_to_server
from services.routing import tables
from services.routing.access import METHODS
from services.routing.holdings.servicer import HoldingServicer
from services.routing.holdings.store_sweep import sweep_steps
from services.routing.leads.servicer import LeadServicer
from services.routing.notices.ports import lines
from services.routing.notices.servicer import NoticeServicer
from services.routing.notices.servicer_deliveries import DeliveryServicer
from services.routing.notices.store_deliveries import planning
from services.routing.notices.store_delivering import Delivering
from services.routing.notices.store_watching import Watching
from services.routing.roster.servicer import RosterServicer
from services.routing.settings import RoutingSettings
from services.routing.store_figures import ask_limits, ask_notices, ask_pools, ask_what_is_overdue
from services.shared import telemetry
from services.shared.database import make_engine
from services.shared.gauges import watching
from services.shared.grpc_server import serve
from services.shared.migrations import migrate
from services.shared.relay import Relay, Temporal
from services.shared.settings import read_settings
from services.shared.sweep import Sweep


async def main() -> None:
    settings = read_settings(RoutingSettings)
    telemetry.start("routing", otlp_endpoint=settings.otlp_endpoint, log_level=settings.log_level)
    engine = make_engine(settings.database_url)
    await migrate(engine, schema="routing", package="services.routing", test_clock=settings.test_clock)
    relay = Relay(engine, tables.event, Temporal(settings.temporal_address, settings.temporal_namespace))
    sweep = Sweep(engine, "routing", sweep_steps())
    # Apart from the sweep of deadlines: no server that hangs, and no flood of notices, delays a recall.
    channels, leaving = lines(settings), asyncio.Event()
    plan = Sweep(engine, "deliveries", [planning(channels)])
    delivering = [Delivering(engine, channel, line) for channel, line in channels.items()]
    figures = watching(settings, engine, tables.event, ask_pools, ask_limits, ask_notices, ask_what_is_overdue)
    await serve(
        settings,
        "routing",
        [
            (add_RosterServiceServicer_to_server, RosterServicer(engine), "clew.routing.v1.RosterService"),
            (add_LeadServiceServicer_to_server, LeadServicer(engine), "clew.routing.v1.LeadService"),
            (
                add_HoldingServiceServicer_to_server,
                HoldingServicer(engine, tables.request),
                "clew.routing.v1.HoldingService",
            ),
            (add_NoticeServiceServicer_to_server, NoticeServicer(engine), "clew.routing.v1.NoticeService"),
            (
                add_DeliveryServiceServicer_to_server,
                DeliveryServicer(engine, channels, Watching(engine, leaving)),
                "clew.routing.v1.DeliveryService",
            ),
        ],
        METHODS,
        engine=engine,
        background=[relay.run, sweep.run, plan.run, *(one.run for one in delivering), *figures],
        leaving=leaving,
    )


if __name__ == "__main__":
    asyncio.run(main())
