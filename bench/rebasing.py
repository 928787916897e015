"""Ten thousand live deadlines computed anew after a policy changed: how fast, against pgbench's simple-update, and how
much longer claims take meanwhile."""

import itertools
from collections.abc import Awaitable, Callable
from datetime import timedelta

import grpc.aio

from bench import seeding
from bench.alone import running_database
from bench.calls import LEADS_PER_COMPANY
from bench.comparison import Comparison, Effort, Target
from bench.generator import running_generator
from bench.load import Done, Load
from bench.looking import Connection, connect, until, value
from bench.rounds import Say, in_turn, ratios, spread
from bench.yardsticks import SCALE, prepare_pgbench, simple_update
from clew.routing.v1 import roster_pb2
from clew.routing.v1.roster_pb2_grpc import RosterServiceStub
from cli.periods import period
from cli.stack import postgres
from services.routing.policy import Period, Policy, version_text
from services.shared.callers import Caller, Role
from services.shared.channels import caller_metadata
from services.shared.ids import new_id

POOL = "rebased"
REPS = 100
LEADS = 10_000
IN_FLIGHT = 8
PATIENCE = 300.0
OURS, PGBENCH = "re-based", "simple-update c=1"
ALONE, BESIDE = "claims alone", "claims beside a re-basing"
MEASURED = """\
{leads:,} holdings of {reps} reps are open under one policy; a new version is published with REBASE_WITH_FLOOR, in turn
with a shorter protection and with a longer one. Counted is from the publication until the last holding is written: in
batches of 200, each a transaction of routing's sweep that locks the leads, computes each schedule from all that
happened to its holding, and writes holding, ledger row and event (and a notice where it becomes due earlier). Only
PostgreSQL, intake (for its tables) and routing run; Temporal is away. Against it pgbench's simple-update with one
client (`-s {scale}`). Claims are ClaimLead out of another pool by the same reps, {in_flight} in flight for
{seconds:g} s: with nothing beside them, and from the moment at which another version is published. Ratios are taken
round by round."""


async def measure(effort: Effort, say: Say) -> Comparison:
    leads, per_leg, seconds = int(effort.of(LEADS, 400)), int(effort.of(6_000, 300)), effort.of(2.0, 0.3)
    async with running_database(say) as database, running_generator() as generator:
        url = await postgres.make_database(database.cluster)
        await database.start_service("intake", url=url)
        routing = await database.start_service("routing", url=url)
        say(f"seeding {leads:,} holdings, leads to be claimed and pgbench's accounts")
        await prepare_pgbench(database, int(effort.of(SCALE, 1)))
        rep_ids = await _held(url, leads)
        waiting = iter(await seeding.pooled_leads(url, per_leg * 2 * (effort.rounds + 1)))

        async def claimed() -> Done:
            given = {"leads": list(itertools.islice(waiting, per_leg)), "reps": rep_ids}
            return await generator.carry_out(Load("claim", routing, IN_FLIGHT, seconds, calls=per_leg, given=given))

        async with grpc.aio.insecure_channel(routing) as channel, await connect(url) as db:
            rebasing = _Rebasing(RosterServiceStub(channel), db, leads)
            say("warming up")
            await claimed()
            rates = {OURS: rebasing.carried_out, PGBENCH: lambda: simple_update(database, 1, effort.of(3.0, 1.0))}
            claims = {ALONE: claimed, BESIDE: lambda: rebasing.beside(claimed)}
            given: dict[str, list[float]] = {name: [] for name in rates}
            taken: dict[str, list[Done]] = {name: [] for name in claims}
            for _ in range(effort.rounds):
                for name, found in (await in_turn(rates, 1, say)).items():
                    given[name] += found
                for name, done in (await in_turn(claims, 1, say)).items():
                    taken[name] += done
    measured = MEASURED.format(leads=leads, reps=REPS, scale=SCALE, in_flight=IN_FLIGHT, seconds=seconds)
    return _compared(given, taken, leads, measured, effort.rounds)


class _Rebasing:
    """Of all open holdings, by one version after another: each moves every deadline."""

    def __init__(self, roster: RosterServiceStub, db: Connection, leads: int) -> None:
        self._roster, self._db, self._leads = roster, db, leads
        self._days = itertools.cycle([20, 25])

    async def carried_out(self) -> float:
        """Holdings per second."""
        return self._leads / await self._finished(await self._begun())

    async def beside(self, claimed: Callable[[], Awaitable[Done]]) -> Done:
        """What claims are like while it goes on."""
        rebasing_id = await self._begun()
        done = await claimed()
        await self._finished(rebasing_id)
        return done

    async def _begun(self) -> str:
        policy = roster_pb2.Policy(
            first_response=period("15d"),
            protection=period(f"{next(self._days)}d"),
            maximum=period("30d"),
            reminders=[_REMINDER],
        )
        request = roster_pb2.PublishPolicyRequest(
            request_id=str(new_id()), code=POOL, policy=policy, live_holdings="LIVE_HOLDINGS_REBASE_WITH_FLOOR"
        )
        answer = await self._roster.PublishPolicy(request, metadata=caller_metadata(Caller("bench", Role.MANAGER)))
        assert answer.rebasing == self._leads  # otherwise something else is measured
        return answer.rebasing_id

    async def _finished(self, rebasing_id: str) -> float:
        """How many seconds it took."""
        finished = "select finished_at is not null from routing.rebasing where rebasing_id = %s"
        await until(self._db, finished, rebasing_id, patience=PATIENCE)
        question = (
            "select extract(epoch from finished_at - asked_at)::float8 from routing.rebasing where rebasing_id = %s"
        )
        return float(await value(self._db, question, rebasing_id))


async def _held(url: str, leads: int) -> list[str]:
    """Returns their reps. Seen by nobody's clock while they are measured: due in a month."""
    policy = Policy(first_response=Period(timedelta(days=29)), protection=Period(timedelta(days=30)), reminders=())
    pool_id = await seeding.pool(url, POOL, policy)
    await seeding.known_leads(url, leads, LEADS_PER_COMPANY)
    rep_ids = await seeding.reps(url, REPS)
    await seeding.held_leads(url, pool_id, rep_ids, policy, version_text(POOL, 1), timedelta(hours=1))
    return rep_ids


_REMINDER = roster_pb2.Reminder(percent=50)


def _compared(
    given: dict[str, list[float]], taken: dict[str, list[Done]], leads: int, measured: str, rounds: int
) -> Comparison:
    ours, theirs = spread(given[OURS]), spread(given[PGBENCH])
    ratio = spread(ratios(given[OURS], given[PGBENCH]))
    took = spread([leads / rate for rate in given[OURS]])
    p99 = {name: [done.p99_ms for done in found] for name, found in taken.items()}
    alone, beside = spread(p99[ALONE]), spread(p99[BESIDE])
    longer = spread(ratios(p99[BESIDE], p99[ALONE]))
    return Comparison(
        title=f"Re-basing {leads:,} live deadlines",
        measured=measured,
        head=[
            "holdings/s",
            "until all are written",
            "simple-update/s",
            "ratio",
            "claims' p99 ms alone",
            "beside it",
            "ratio",
        ],
        rows=[
            [
                f"{ours.median:,.0f} ({ours.lowest:,.0f}–{ours.highest:,.0f})",
                f"{took.median:.1f} s ({took.lowest:.1f}–{took.highest:.1f})",
                f"{theirs.median:,.0f}",
                f"**{ratio.median:.2f}** ({ratio.lowest:.2f}–{ratio.highest:.2f})",
                f"{alone.median:.1f}",
                f"{beside.median:.1f}",
                f"**{longer.median:.2f}** ({longer.lowest:.2f}–{longer.highest:.2f})",
            ]
        ],
        how_often=f"{rounds} rounds",
        targets=[
            Target("re-based to simple-update at c=1", ratio.median),
            Target("claims' p99 beside a re-basing to alone", longer.median, lower=True),
        ],
        rounds={**given, **{f"{name}, p99 ms": found for name, found in p99.items()}},
    )
