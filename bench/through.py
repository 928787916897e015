"""From submitted to routed, on the whole stack: leads per second in a burst, and how long one takes in calm."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from bench.alone import short_folder
from bench.comparison import Comparison, Effort
from bench.generator import Generator, running_generator
from bench.load import Load
from bench.looking import Connection, connect, until, value
from bench.rounds import Say, in_turn, percentile, spread
from cli.stack.ports import FREE_PORTS
from cli.stack.stack import Stack

IN_FLIGHT = 32
PATIENCE = 180.0
BURST, CALM = "burst", "calm"
MEASURED = """\
SubmitLead until RouteLead's decision, by PostgreSQL's clock (`decided_at` in routing's ledger against `created_at` in
intake), on the whole stack: four services, two workers, Temporal on SQLite. No assignment rule is set, so each lead is
handed over, scored and routed to the pool. In a burst {burst} leads are submitted with {in_flight} calls in flight
(accepted/s is SubmitLead with everything running) and all are waited for; in calm {calm} are submitted one after the
other, each once the one before is routed."""


@dataclass(frozen=True)
class Through:
    accepted_per_second: float
    routed_per_second: float
    seconds: list[float]  # of each lead

    def __str__(self) -> str:
        return (
            f"{self.accepted_per_second:,.0f}/s accepted, {self.routed_per_second:,.1f}/s routed, "
            f"p50 {percentile(self.seconds, 50):.2f} s"
        )


async def measure(effort: Effort, say: Say) -> Comparison:
    burst, calm, rounds = int(effort.of(200, 10)), int(effort.of(20, 2)), min(effort.rounds, 3)
    async with AsyncExitStack() as running:
        folder = running.enter_context(short_folder())
        stack = await running.enter_async_context(Stack.start(folder, ports=FREE_PORTS, progress=say))
        generator = await running.enter_async_context(running_generator())
        db = await running.enter_async_context(await connect(stack.addresses.database_url))
        legs = {
            BURST: partial(_burst, db, generator, stack.addresses.intake, burst),
            CALM: partial(_calm, db, generator, stack.addresses.intake, calm),
        }
        say("warming up")
        await _burst(db, generator, stack.addresses.intake, IN_FLIGHT)
        given = await in_turn(legs, rounds, say)
    return _table(given, burst, calm, f"{rounds} rounds")


async def _burst(db: Connection, generator: Generator, intake: str, leads: int) -> Through:
    """As many calls in flight as there may be, until all that were submitted are routed."""
    began = await value(db, "select clew.clew_now()")
    done = await generator.carry_out(Load("submit", intake, min(leads, IN_FLIGHT), PATIENCE, calls=leads))
    await until(db, ROUTED, leads, began, patience=PATIENCE)
    return await _took(db, began, done.per_second)


async def _calm(db: Connection, generator: Generator, intake: str, leads: int) -> Through:
    """One at a time, each once the one before is routed."""
    began = await value(db, "select clew.clew_now()")
    took = 0.0
    for number in range(1, leads + 1):
        took += (await generator.carry_out(Load("submit", intake, 1, PATIENCE, calls=1))).seconds
        await until(db, ROUTED, number, began, patience=PATIENCE)
    return await _took(db, began, leads / took)


async def _took(db: Connection, began: datetime, accepted_per_second: float) -> Through:
    rows = await (await db.execute(TOOK, [began])).fetchall()
    first, last = min(created for created, _ in rows), max(decided for _, decided in rows)
    return Through(
        accepted_per_second=accepted_per_second,
        routed_per_second=len(rows) / (last - first).total_seconds(),
        seconds=[(decided - created).total_seconds() for created, decided in rows],
    )


ROUTED = """
select count(*) >= %s from intake.lead join routing.decision using (lead_id)
where verb = 'RouteLead' and created_at >= %s
"""
TOOK = """
select created_at, decided_at from intake.lead join routing.decision using (lead_id)
where verb = 'RouteLead' and created_at >= %s
"""


def _table(given: dict[str, list[Through]], burst: int, calm: int, how_often: str) -> Comparison:
    return Comparison(
        title="From submitted to routed",
        measured=MEASURED.format(burst=burst, in_flight=IN_FLIGHT, calm=calm),
        head=["", "accepted/s", "routed/s", "one lead, p50 s", "p99 s"],
        rows=[
            _in_words(f"{BURST} of {burst}", given[BURST], rates=True),
            _in_words(CALM, given[CALM], rates=False),
        ],
        how_often=how_often,
        rounds={name: [vars(through) for through in rounds] for name, rounds in given.items()},
    )


def _in_words(name: str, rounds: Sequence[Through], *, rates: bool) -> list[str]:
    accepted, routed = (
        spread([getattr(one, rate) for one in rounds]) for rate in ("accepted_per_second", "routed_per_second")
    )
    p50, p99 = (spread([percentile(one.seconds, percent) for one in rounds]) for percent in (50, 99))
    return [
        name,
        f"{accepted.median:,.0f}" if rates else "",
        f"**{routed.median:.1f}** ({routed.lowest:.1f}–{routed.highest:.1f})" if rates else "",
        f"{p50.median:.2f}",
        f"{p99.median:.2f}",
    ]
