"""How late a process comes to what is due in it: one slow thing on the event loop delays everything else there."""

import asyncio

from services.shared.telemetry import OF_A_CALL, meter

MEASURED_EVERY_SECONDS = 0.5

lag = meter.create_histogram(
    "clew.event_loop.lag",
    unit="s",
    description="How much later than asked for the process's event loop went on.",
    explicit_bucket_boundaries_advisory=OF_A_CALL,
)


async def measure_lag() -> None:
    """Measure until cancelled."""
    clock = asyncio.get_running_loop().time
    while True:
        wanted = clock() + MEASURED_EVERY_SECONDS
        await asyncio.sleep(MEASURED_EVERY_SECONDS)
        lag.record(max(clock() - wanted, 0.0))
