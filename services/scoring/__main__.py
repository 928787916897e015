"""`python -m services.scoring`: settings → migrations → servicer → serve, with the relay and the sweep beside."""

import asyncio

from clew.scoring.v1.scoring_pb2_grpc import add_ScoringServiceServicer_to_server
from services.scoring import tables
from services.scoring.access import METHODS
from services.scoring.servicer import ScoringServicer
from services.scoring.store_figures import ask_what_is_overdue
from services.scoring.store_scoring import nudge_untaken
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
    telemetry.start("scoring", otlp_endpoint=settings.otlp_endpoint, log_level=settings.log_level)
    engine = make_engine(settings.database_url)
    await migrate(engine, schema="scoring", package="services.scoring", test_clock=settings.test_clock)
    relay = Relay(engine, tables.event, Temporal(settings.temporal_address, settings.temporal_namespace))
    sweep = Sweep(engine, "scoring", [nudge_untaken, purging(tables.request)])
    await serve(
        settings,
        "scoring",
        [(add_ScoringServiceServicer_to_server, ScoringServicer(engine), "clew.scoring.v1.ScoringService")],
        METHODS,
        engine=engine,
        background=[relay.run, sweep.run, *watching(settings, engine, tables.event, ask_what_is_overdue)],
    )


if __name__ == "__main__":
    asyncio.run(main())
