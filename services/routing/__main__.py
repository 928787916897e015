"""`python -m services.routing`: settings → migrations → servicers → serve, with the relay and the sweep beside."""

import asyncio

from clew.routing.v1.calendars_pb2_grpc import add_CalendarServiceServicer_to_server
from clew.routing.v1.deliveries_pb2_grpc import add_DeliveryServiceServicer_to_server
from clew.routing.v1.extensions_pb2_grpc import add_ExtensionServiceServicer_to_server
from clew.routing.v1.holdings_pb2_grpc import add_HoldingServiceServicer_to_server
from clew.routing.v1.leads_pb2_grpc import add_LeadServiceServicer_to_server
from clew.routing.v1.limits_pb2_grpc import add_LimitServiceServicer_to_server
from clew.routing.v1.notices_pb2_grpc import add_NoticeServiceServicer_to_server
from clew.routing.v1.policies_pb2_grpc import add_PolicyServiceServicer_to_server
from clew.routing.v1.pools_pb2_grpc import add_PoolServiceServicer_to_server
from clew.routing.v1.queue_pb2_grpc import add_QueueServiceServicer_to_server
from clew.routing.v1.roster_pb2_grpc import add_RosterServiceServicer_to_server
from clew.routing.v1.stages_pb2_grpc import add_StageServiceServicer_to_server
from services.routing import tables
from services.routing.access import METHODS
from services.routing.calendars.china import china
from services.routing.calendars.servicer import CalendarServicer
from services.routing.calendars.store import add_default
from services.routing.extensions.servicer import ExtensionServicer
from services.routing.extensions.store_planning import tell_of_plans
from services.routing.holdings.servicer import HoldingServicer
from services.routing.holdings.store_rebasing import ask_rebasing, rebase
from services.routing.holdings.store_sweep import sweep_steps
from services.routing.leads.servicer import LeadServicer
from services.routing.limits.servicer import LimitServicer
from services.routing.limits.store import change_season
from services.routing.limits.store_setting import end_overrides
from services.routing.notices.ports import lines
from services.routing.notices.servicer import NoticeServicer
from services.routing.notices.servicer_deliveries import DeliveryServicer
from services.routing.notices.store_deliveries import planning
from services.routing.notices.store_delivering import Delivering
from services.routing.notices.store_watching import Watching
from services.routing.policies.servicer import PolicyServicer
from services.routing.pools.servicer import PoolServicer
from services.routing.pools.store_hygiene import home_steps, hygiene_steps
from services.routing.queue.servicer import QueueServicer
from services.routing.queue.store_retrying import Retrying
from services.routing.roster.servicer import RosterServicer
from services.routing.servicer_facts import conditions_of
from services.routing.settings import RoutingSettings
from services.routing.stages.servicer import StageServicer
from services.routing.store_figures import (
    ask_deliveries,
    ask_limits,
    ask_notices,
    ask_pools,
    ask_queue,
    ask_what_is_overdue,
)
from services.shared import telemetry
from services.shared.callers import Caller, Role, set_caller
from services.shared.database import make_engine
from services.shared.gauges import watching
from services.shared.grpc_server import serve
from services.shared.migrations import migrate
from services.shared.relay import Relay, Temporal
from services.shared.requests import purging
from services.shared.settings import read_settings
from services.shared.sweep import Sweep

KEEPING_SECONDS = 3.0


async def main() -> None:
    settings = read_settings(RoutingSettings)
    telemetry.start("routing", otlp_endpoint=settings.otlp_endpoint, log_level=settings.log_level)
    engine = make_engine(settings.database_url)
    await migrate(engine, schema="routing", package="services.routing", test_clock=settings.test_clock)
    set_caller(Caller("routing", Role.SERVICE))
    async with engine.begin() as db:
        for calendar in await add_default(db, china()):
            await ask_rebasing(db, f"calendar {calendar}", calendar_code=calendar.code)
    relay = Relay(engine, tables.event, Temporal(settings.temporal_address, settings.temporal_namespace))
    sweep = Sweep(engine, "routing", [*sweep_steps(), *home_steps()])
    # What is counted in hours and days. Looked at as often as deadlines are, it would slow down every claim.
    daily = [*hygiene_steps(), tell_of_plans, end_overrides, change_season, purging(tables.request)]
    keeping = Sweep(engine, "keeping", daily, every=KEEPING_SECONDS)
    # Apart from the sweep of deadlines: neither thousands of them that move, nor leads that wait for a rep, nor a
    # server that hangs, delay a recall.
    rebasing = Sweep(engine, "rebasing", [rebase])
    queue = Sweep(engine, "queue", [Retrying(conditions_of)])
    channels, leaving = lines(settings), asyncio.Event()
    plan = Sweep(engine, "deliveries", [planning(channels)])
    delivering = [Delivering(engine, channel, line) for channel, line in channels.items()]
    figures = watching(
        settings,
        engine,
        tables.event,
        ask_pools,
        ask_queue,
        ask_limits,
        ask_notices,
        ask_deliveries,
        ask_what_is_overdue,
    )
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
            (add_PoolServiceServicer_to_server, PoolServicer(engine), "clew.routing.v1.PoolService"),
            (add_QueueServiceServicer_to_server, QueueServicer(engine), "clew.routing.v1.QueueService"),
            (add_LimitServiceServicer_to_server, LimitServicer(engine), "clew.routing.v1.LimitService"),
            (add_ExtensionServiceServicer_to_server, ExtensionServicer(engine), "clew.routing.v1.ExtensionService"),
            (add_PolicyServiceServicer_to_server, PolicyServicer(engine), "clew.routing.v1.PolicyService"),
            (add_StageServiceServicer_to_server, StageServicer(engine), "clew.routing.v1.StageService"),
            (add_NoticeServiceServicer_to_server, NoticeServicer(engine), "clew.routing.v1.NoticeService"),
            (add_CalendarServiceServicer_to_server, CalendarServicer(engine), "clew.routing.v1.CalendarService"),
            (
                add_DeliveryServiceServicer_to_server,
                DeliveryServicer(engine, channels, Watching(engine, leaving)),
                "clew.routing.v1.DeliveryService",
            ),
        ],
        METHODS,
        engine=engine,
        background=[
            relay.run,
            sweep.run,
            keeping.run,
            rebasing.run,
            queue.run,
            plan.run,
            *(one.run for one in delivering),
            *figures,
        ],
        leaving=leaving,
    )


if __name__ == "__main__":
    asyncio.run(main())
