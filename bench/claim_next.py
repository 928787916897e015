"""ClaimNext per second on a pool of a million leads, with 1 and 32 in flight, against pgbench's simple-update."""

from bench.alone import running_database
from bench.comparison import Comparison, Effort, Target
from bench.generator import Generator, running_generator
from bench.load import Done, Load
from bench.rounds import Say, in_turn, ratios, spread
from bench.seeding import graded_leads, reps
from bench.yardsticks import SCALE, prepare_pgbench, simple_update
from cli.stack import postgres

IN_FLIGHT = (1, 32)
REPS = 1_000
LEADS = 1_000_000
OURS, PGBENCH = "ClaimNext c={}", "simple-update c={}"
MEASURED = f"""\
ClaimNext, each call the best lead left in one pool of {{leads:,}}, c in flight from one client process over one
channel, by {REPS:,} reps in turn. All want the same lead first. Those who come at once share a transaction, which
looks at the head of the pool's index, locks as many leads as there are calls and gives each the best that is left. Only
PostgreSQL and the routing process run, Temporal is away. Against it pgbench's simple-update with as many clients
(`-s {SCALE}`) over the same socket and cluster. Ratios are taken round by round."""


async def measure(effort: Effort, say: Say) -> Comparison:
    async with running_database(say) as database, running_generator() as generator:
        url = await postgres.make_database(database.cluster)
        routing = await database.start_service("routing", url=url)
        leads = int(effort.of(LEADS, 5_000))
        say(f"seeding {leads:,} leads, reps and pgbench's accounts")
        await prepare_pgbench(database, int(effort.of(SCALE, 1)))
        rep_ids = await reps(url, REPS)
        await graded_leads(url, leads)
        seconds = effort.of(3.0, 0.3)

        ours = {OURS.format(c): lambda c=c: _claim_next(generator, routing, c, rep_ids, seconds) for c in IN_FLIGHT}
        theirs = {PGBENCH.format(c): lambda c=c: simple_update(database, c, seconds) for c in IN_FLIGHT}
        say("warming up")
        await in_turn(ours, 1, lambda _: None)
        taken: dict[str, list[Done]] = {name: [] for name in ours}
        compared: dict[str, list[float]] = {name: [] for name in theirs}
        for _ in range(effort.rounds):
            for name, done in (await in_turn(ours, 1, say)).items():
                taken[name] += done
            for name, rates in (await in_turn(theirs, 1, say)).items():
                compared[name] += rates
    return _compared(taken, compared, leads, f"{effort.rounds} rounds of {seconds:g} s")


async def _claim_next(generator: Generator, routing: str, in_flight: int, rep_ids: list[str], seconds: float) -> Done:
    given = {"pool": "default", "reps": rep_ids}
    return await generator.carry_out(Load("claim_next", routing, in_flight, seconds, given=given))


def _compared(taken: dict[str, list[Done]], compared: dict[str, list[float]], leads: int, how_often: str) -> Comparison:
    rows, by_ratio = [], {}
    for c in IN_FLIGHT:
        ours, theirs = taken[OURS.format(c)], compared[PGBENCH.format(c)]
        rates = spread([done.per_second for done in ours])
        by_ratio[c] = spread(ratios([done.per_second for done in ours], theirs))
        rows.append(
            [
                str(c),
                f"{rates.median:,.0f} ({rates.lowest:,.0f}–{rates.highest:,.0f})",
                f"{spread([done.p50_ms for done in ours]).median:.1f}",
                f"{spread([done.p99_ms for done in ours]).median:.1f}",
                f"{spread(theirs).median:,.0f}",
                f"**{by_ratio[c].median:.2f}** ({by_ratio[c].lowest:.2f}–{by_ratio[c].highest:.2f})",
            ]
        )
    return Comparison(
        title="ClaimNext on a pool of a million",
        measured=MEASURED.format(leads=leads),
        head=["c", "ClaimNext/s", "p50 ms", "p99 ms", "simple-update/s", "ratio"],
        rows=rows,
        how_often=how_often,
        targets=[Target("ClaimNext to simple-update at c=32", by_ratio[32].median)],
        rounds={
            **{name: [done.per_second for done in ours] for name, ours in taken.items()},
            **compared,
        },
    )
