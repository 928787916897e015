"""CheckDuplicates with ten thousand leads and with a million: does it stay as fast?"""

from functools import partial

from bench import seeding
from bench.alone import running_database
from bench.calls import LEADS_PER_COMPANY
from bench.comparison import Comparison, Effort, Target
from bench.generator import running_generator
from bench.load import Done, Load
from bench.rounds import Say, in_turn, ratios, spread
from cli.stack import postgres

IN_FLIGHT = (1, 8)
MEASURED = """\
CheckDuplicates in two databases of one cluster, each with an intake process of its own, asked in turn. Leads, persons
and identity keys are seeded through intake's tables (a mobile number and an e-mail address each, a company name for
every {per_company}), then VACUUM ANALYZE. Asked is by mobile, by e-mail, by company name and by all three, in turn,
half of it for leads that are there and half for such that are not; a company's answer has 20 matches, the most an
answer has. One client process, c calls in flight at all times; p50 and p99 are the medians of the rounds' own."""


async def measure(effort: Effort, say: Say) -> Comparison:
    few, many = int(effort.of(10_000, 1_000)), int(effort.of(1_000_000, 10_000))
    async with running_database(say) as database, running_generator() as generator:
        intakes = {}
        for leads in (few, many):
            url = await postgres.make_database(database.cluster, f"known_{leads}")
            intakes[leads] = await database.start_service("intake", url=url)
            say(f"seeding {leads:,} leads")
            await seeding.known_leads(url, leads, LEADS_PER_COMPANY)
        seconds = effort.of(3.0, 0.3)
        legs = {
            f"{leads:,} leads, c={in_flight}": partial(
                generator.carry_out, Load("check", intakes[leads], in_flight, seconds, given={"leads": leads})
            )
            for in_flight in IN_FLIGHT
            for leads in (few, many)
        }
        say("warming up")
        await in_turn(legs, 1, lambda _: None)
        given = await in_turn(legs, effort.rounds, say)
    return _compared(given, few, many, f"{effort.rounds} rounds of {seconds:g} s")


def _compared(given: dict[str, list[Done]], few: int, many: int, how_often: str) -> Comparison:
    rows, targets = [], []
    for in_flight in IN_FLIGHT:
        with_few, with_many = (given[f"{leads:,} leads, c={in_flight}"] for leads in (few, many))
        ratio = spread(ratios([done.p99_ms for done in with_many], [done.p99_ms for done in with_few]))
        slow = spread([done.p99_ms for done in with_many])
        rows.append(
            [
                f"{in_flight}",
                *(
                    f"{spread([done.p50_ms for done in rounds]).median:.1f} / "
                    f"{spread([done.p99_ms for done in rounds]).median:.1f}"
                    for rounds in (with_few, with_many)
                ),
                f"**{ratio.median:.2f}** ({ratio.lowest:.2f}–{ratio.highest:.2f})",
            ]
        )
        targets += [
            Target(f"p99 with {many:,} leads to p99 with {few:,}, c={in_flight}", ratio.median, floor=1.5, lower=True),
            Target(f"p99 with {many:,} leads, c={in_flight}", slow.median, floor=20, unit=" ms", lower=True),
        ]
    return Comparison(
        title="Looking for duplicates",
        measured=MEASURED.format(per_company=LEADS_PER_COMPANY),
        head=["c", f"{few:,} leads, p50 / p99 ms", f"{many:,} leads, p50 / p99 ms", "p99 to p99"],
        rows=rows,
        how_often=how_often,
        targets=targets,
        rounds={name: [vars(done) for done in rounds] for name, rounds in given.items()},
    )
