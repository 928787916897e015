"""The worker: python -m workflows. Takes work until SIGTERM or SIGINT, then ends what is under way."""

import asyncio
import gc
import logging
import os
import signal
import sys
from contextlib import suppress
from datetime import timedelta

import structlog
from opentelemetry import metrics, trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.trace import TracerProvider
from temporalio.client import Client
from temporalio.runtime import (
    LogForwardingConfig,
    LoggingConfig,
    OpenTelemetryConfig,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)
from temporalio.service import RPCError

from services.shared import telemetry
from services.shared.channels import open_channel
from services.shared.loop_lag import measure_lag
from services.shared.settings import read_settings
from workflows.schedules import keep_reconcile_scheduled
from workflows.settings import WorkerSettings
from workflows.worker import Channels, connected, make_worker

NAME = "workflows"
ASK_TEMPORAL_AGAIN = 1.0
# What the SDK's core has to say goes where libraries' words go, one JSON object a line.
LOGGING = LoggingConfig(
    filter=TelemetryFilter(core_level="WARN", other_level="ERROR"),
    forwarding=LogForwardingConfig(logger=logging.getLogger("temporalio.core")),
)
log = structlog.get_logger()


async def work(settings: WorkerSettings) -> None:
    """Take work until asked to end."""
    ending = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ending.set)
    client = await temporal(settings, ending)
    if client is None:
        return
    measuring = asyncio.create_task(measure_lag()) if settings.otlp_endpoint else None
    async with (
        open_channel(settings.intake) as intake,
        open_channel(settings.scoring) as scoring,
        open_channel(settings.routing) as routing,
        open_channel(settings.conversion) as conversion,
        make_worker(client, Channels(intake, scoring, routing, conversion)),
    ):
        tell_ready(settings)
        # What is there now stays: looking through it again and again would hold up every run.
        gc.collect()
        gc.freeze()
        await ending.wait()
    if measuring is not None:
        measuring.cancel()


async def temporal(settings: WorkerSettings, ending: asyncio.Event) -> Client | None:
    """Connect, however long Temporal takes to come up. None when asked to end before."""
    Runtime.set_default(Runtime(telemetry=telemetry_of_temporal(settings)))
    while not ending.is_set():
        try:
            client = await connected(settings.temporal_address, settings.temporal_namespace)
            await keep_reconcile_scheduled(client)
            return client
        except (RPCError, RuntimeError) as error:
            log.warning("waits_for_temporal", address=settings.temporal_address, kind=type(error).__name__)
        with suppress(TimeoutError):
            await asyncio.wait_for(ending.wait(), ASK_TEMPORAL_AGAIN)
    return None


def telemetry_of_temporal(settings: WorkerSettings) -> TelemetryConfig:
    """Temporal's own figures go where ours go, if anywhere, as this process's and as often."""
    if not settings.otlp_endpoint:
        return TelemetryConfig(logging=LOGGING)
    return TelemetryConfig(
        logging=LOGGING,
        metrics=OpenTelemetryConfig(
            url=settings.otlp_endpoint,
            metric_periodicity=timedelta(milliseconds=settings.export_every_ms),
            durations_as_seconds=True,
        ),
        global_tags=telemetry.identity(NAME),
        attach_service_name=False,
    )


def tell_ready(settings: WorkerSettings) -> None:
    sys.stdout.write(f"the worker takes work from {settings.temporal_address}\n")
    sys.stdout.flush()
    if settings.ready_file is not None:
        settings.ready_file.touch()


def leave() -> None:
    """End at once, spans and figures first: Temporal's threads can abort an interpreter that takes itself down."""
    for provider in (trace.get_tracer_provider(), metrics.get_meter_provider()):
        if isinstance(provider, TracerProvider | MeterProvider):
            provider.shutdown()
    sys.stdout.flush()
    os._exit(0)


def main() -> None:
    settings = read_settings(WorkerSettings)
    # The sandbox imports a workflow's file for each run; compiled each time that takes many times as long.
    sys.dont_write_bytecode = False
    telemetry.start(NAME, otlp_endpoint=settings.otlp_endpoint, log_level=settings.log_level)
    asyncio.run(work(settings))
    leave()


if __name__ == "__main__":
    main()
