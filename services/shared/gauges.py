"""Figures that only the database knows, as gauges: asked every 10 s, and only when somebody receives the answers."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.shared.database import engine_beside, text
from services.shared.grpc_server import Background
from services.shared.loop_lag import measure_lag
from services.shared.settings import ServiceSettings
from services.shared.telemetry import meter

ASKED_EVERY_SECONDS = 10.0
# Longer than any of these statements needs. A figure is never worth a database that is short of breath.
ANSWERED_WITHIN_SECONDS = 2.0
# Counting ends here, so that a question costs the same with a million rows as with this many: more means "or more".
COUNTED_TO = 100_000
# For the planner a look at the whole table is quicker when most of it is counted. It is not when most pools are empty,
# and it does not end where the counting does.
ALONG_INDEXES = text("select set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true)")
log = structlog.get_logger()

# Asks the database in the transaction it is given, and sets the gauges that its answer is about.
Question = Callable[[AsyncConnection], Awaitable[None]]

outbox_depth = meter.create_gauge(
    "clew.outbox.depth", unit="{event}", description="Events that owe a run a nudge and are not delivered yet."
)
outbox_age = meter.create_gauge(
    "clew.outbox.age", unit="s", description="How long the oldest event that is not delivered yet has waited."
)
overdue = meter.create_gauge(
    "clew.work.overdue", unit="{work}", description="Work that should have been done some seconds ago, by its kind."
)


def watching(settings: ServiceSettings, engine: AsyncEngine, events: Table, *questions: Question) -> list[Background]:
    """Background work of a service that keeps its gauges right: the outbox's, and those of its own questions.

    None without an endpoint: then nothing is asked and nothing is measured.
    """
    if not settings.otlp_endpoint:
        return []
    beside = engine_beside(engine)
    asked = (lambda db: _ask_outbox(db, events), *questions)

    async def ask_for_ever() -> None:
        while True:
            for question in asked:
                try:
                    async with asyncio.timeout(ANSWERED_WITHIN_SECONDS), beside.begin() as db:
                        await db.execute(ALONG_INDEXES)
                        await question(db)
                except Exception as error:  # the gauges keep what was known; the next round asks again
                    log.warning("figures_not_known", kind=type(error).__name__)
            await asyncio.sleep(ASKED_EVERY_SECONDS)

    return [ask_for_ever, measure_lag]


async def ask_overdue(db: AsyncConnection, statement: str) -> None:
    """Set the gauge of overdue work by a statement of rows (work, how much)."""
    rows = await db.execute(text(statement), {"counted_to": COUNTED_TO})
    for work, amount in rows:
        overdue.set(amount, {"work": work})


async def _ask_outbox(db: AsyncConnection, events: Table) -> None:
    """Along the partial index of what is owed, the oldest first."""
    question = f"""
        select count(*), coalesce(extract(epoch from (select clew.clew_now()) - min(recorded_at)), 0)
        from (
          select recorded_at from {events.fullname} where delivered_at is null and wakes <> 'none'
          order by recorded_at limit :counted_to
        ) owed
    """
    depth, age = (await db.execute(text(question), {"counted_to": COUNTED_TO})).one()
    outbox_depth.set(depth)
    outbox_age.set(max(float(age), 0.0))
