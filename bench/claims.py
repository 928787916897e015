"""Claims per second with 32 in flight, against pgbench's simple-update with 32 clients."""

import itertools
from collections.abc import Iterator

from bench.alone import running_database
from bench.comparison import Comparison, Effort, Target
from bench.generator import Generator, running_generator
from bench.load import Load
from bench.rounds import Say, in_turn, ratios, spread
from bench.seeding import pooled_leads, reps
from bench.yardsticks import SCALE, prepare_pgbench, simple_update
from cli.stack import postgres

IN_FLIGHT = 32
REPS = 1_000
OURS, PGBENCH = "ClaimLead", "simple-update"
MEASURED = f"""\
ClaimLead, each call another pooled lead, {IN_FLIGHT} in flight from one client process over one channel, by {REPS:,}
reps in turn, so that no limit is full and hardly two claims wait for one rep. Only PostgreSQL and the routing process
run, Temporal is away. A claim writes request, lead, holding, limits, ledger, notice and event; claims that come at once
share a transaction, where each of pgbench's commits its own.
Against it pgbench's simple-update (one update, one select, one insert, one commit; `-c {IN_FLIGHT} -j 2 -s {SCALE}`)
over the same socket and cluster. Ratios are taken round by round."""


async def measure(effort: Effort, say: Say) -> Comparison:
    async with running_database(say) as database, running_generator() as generator:
        url = await postgres.make_database(database.cluster)
        routing = await database.start_service("routing", url=url)
        say("seeding leads, reps and pgbench's accounts")
        await prepare_pgbench(database, int(effort.of(SCALE, 1)))
        rep_ids = await reps(url, REPS)
        seconds = effort.of(3.0, 1.0)
        # More than any machine claims: those left over stay in the pool.
        per_leg = int(effort.of(15_000, 2_000))
        leads = iter(await pooled_leads(url, per_leg * (effort.rounds + 1)))

        legs = {
            OURS: lambda: _claim(generator, routing, leads, per_leg, rep_ids, seconds),
            PGBENCH: lambda: simple_update(database, IN_FLIGHT, seconds),
        }
        say("warming up")
        await in_turn(legs, 1, lambda _: None)
        return _compared(await in_turn(legs, effort.rounds, say), f"{effort.rounds} rounds of {seconds:g} s")


async def _claim(
    generator: Generator, routing: str, leads: Iterator[str], at_most: int, rep_ids: list[str], seconds: float
) -> float:
    given = {"leads": list(itertools.islice(leads, at_most)), "reps": rep_ids}
    done = await generator.carry_out(Load("claim", routing, IN_FLIGHT, seconds, calls=at_most, given=given))
    return done.per_second


def _compared(given: dict[str, list[float]], how_often: str) -> Comparison:
    ours, theirs = spread(given[OURS]), spread(given[PGBENCH])
    ratio = spread(ratios(given[OURS], given[PGBENCH]))
    rows = [
        [
            f"{IN_FLIGHT}",
            f"{ours.median:,.0f} ({ours.lowest:,.0f}–{ours.highest:,.0f})",
            f"{theirs.median:,.0f} ({theirs.lowest:,.0f}–{theirs.highest:,.0f})",
            f"**{ratio.median:.2f}** ({ratio.lowest:.2f}–{ratio.highest:.2f})",
        ]
    ]
    target = Target("ClaimLead to simple-update at 32 in flight", ratio.median, floor=0.20, aim=0.50)
    head = ["in flight", "ClaimLead/s", "simple-update/s", "ratio"]
    return Comparison("Claims per second", MEASURED, head, rows, how_often, [target], given)
