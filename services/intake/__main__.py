"""`python -m services.intake`: settings → migrations → servicer → serve, with the relay and the sweep beside."""

import asyncio
from datetime import timedelta

from pydantic import Field

from clew.intake.v1.intake_pb2_grpc import add_IntakeServiceServicer_to_server
from services.intake import tables
from services.intake.access import METHODS
from services.intake.servicer import IntakeServicer
from services.intake.store import nudge_untaken
from services.intake.store_figures import ask_what_is_overdue
from services.intake.store_reviews import decide_overdue
from services.shared import telemetry
from services.shared.database import make_engine
from services.shared.gauges import watching
from services.shared.grpc_server import serve
from services.shared.migrations import migrate
from services.shared.relay import Relay, Temporal
from services.shared.requests import purging
from services.shared.settings import ServiceSettings, read_settings
from services.shared.sweep import Sweep

# A batch of 500 submissions, each with all its fields.
RECEIVE_BYTES = 4 << 20


class IntakeSettings(ServiceSettings):
    # A review that nobody decides becomes a lead after this time, a year at most.
    review_hours: float = Field(24.0, validation_alias="CLEW_REVIEW_HOURS", gt=0, le=8_760)


async def main() -> None:
    settings = read_settings(IntakeSettings)
    telemetry.start("intake", otlp_endpoint=settings.otlp_endpoint, log_level=settings.log_level)
    engine = make_engine(settings.database_url)
    await migrate(engine, schema="intake", package="services.intake", test_clock=settings.test_clock)
    relay = Relay(engine, tables.event, Temporal(settings.temporal_address, settings.temporal_namespace))
    sweep = Sweep(engine, "intake", [nudge_untaken, decide_overdue, purging(tables.request)])
    servicer = IntakeServicer(engine, review_within=timedelta(hours=settings.review_hours))
    await serve(
        settings,
        "intake",
        [(add_IntakeServiceServicer_to_server, servicer, "clew.intake.v1.IntakeService")],
        METHODS,
        engine=engine,
        background=[relay.run, sweep.run, *watching(settings, engine, tables.event, ask_what_is_overdue)],
        receive_bytes=RECEIVE_BYTES,
    )


if __name__ == "__main__":
    asyncio.run(main())
