"""`python -m services.conversion`: settings → migrations → servicer → serve, with the relay and the sweep beside."""

import asyncio

from clew.conversion.v1.conversion_pb2_grpc import add_ConversionServiceServicer_to_server
from clew.conversion.v1.opportunities_pb2_grpc import add_OpportunityServiceServicer_to_server
from services.conversion import tables
from services.conversion.access import METHODS
from services.conversion.servicer import ConversionServicer
from services.conversion.servicer_opportunities import OpportunityServicer
from services.conversion.store_converting import nudge_pending
from services.conversion.store_figures import ask_what_is_overdue
from services.conversion.store_opportunities import nudge_untold
from services.shared import telemetry
from services.shared.database import make_engine
from services.shared.gauges import watching
from services.shared.grpc_server import serve
from services.shared.migrations import migrate
from services.shared.relay import Relay, Temporal
from services.shared.requests import purging
from services.shared.settings import ServiceSettings, read_settings
from services.shared.sweep import Sweep


async def main() -> None:
    settings = read_settings(ServiceSettings)
    telemetry.start("conversion", otlp_endpoint=settings.otlp_endpoint, log_level=settings.log_level)
    engine = make_engine(settings.database_url)
    await migrate(engine, schema="conversion", package="services.conversion", test_clock=settings.test_clock)
    relay = Relay(engine, tables.event, Temporal(settings.temporal_address, settings.temporal_namespace))
    sweep = Sweep(engine, "conversion", [nudge_pending, nudge_untold, purging(tables.request)])
    await serve(
        settings,
        "conversion",
        [
            (
                add_ConversionServiceServicer_to_server,
                ConversionServicer(engine),
                "clew.conversion.v1.ConversionService",
            ),
            (
                add_OpportunityServiceServicer_to_server,
                OpportunityServicer(engine),
                "clew.conversion.v1.OpportunityService",
            ),
        ],
        METHODS,
        engine=engine,
        background=[relay.run, sweep.run, *watching(settings, engine, tables.event, ask_what_is_overdue)],
    )


if __name__ == "__main__":
    asyncio.run(main())
