"""Ten thousand live deadlines computed anew after a policy changed, per second, against pgbench's simple-update."""

from datetime import timedelta

import grpc.aio

from bench import seeding
from bench.alone import running_database
from bench.calls import LEADS_PER_COMPANY
from bench.comparison import Comparison, Effort, Target
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
PATIENCE = 300.0
OURS, PGBENCH = "re-based", "simple-update c=1"
MEASURED = """\
{leads:,} holdings of {reps} reps are open under one policy; a new version is published with REBASE_WITH_FLOOR, in turn
with a shorter protection and with a longer one. Counted is from the publication until the last holding is written: in
batches of 200, each a transaction of routing's sweep that locks the leads, computes each schedule from all that
happened to its holding, and writes holding, ledger row and event (and a notice where it becomes due earlier). Only
PostgreSQL, intake (for its tables) and routing run; Temporal is away. Against it pgbench's simple-update with one
client (`-s {scale}`). Ratios are taken round by round."""


async def measure(effort: Effort, say: Say) -> Comparison:
    leads = int(effort.of(LEADS, 400))
    async with running_database(say) as database:
        url = await postgres.make_database(database.cluster)
        await database.start_service("intake", url=url)
        routing = await database.start_service("routing", url=url)
        say(f"seeding {leads:,} holdings and pgbench's accounts")
        await prepare_pgbench(database, int(effort.of(SCALE, 1)))
        await _held(url, leads)
        async with grpc.aio.insecure_channel(routing) as channel, await connect(url) as db:
            roster, days = RosterServiceStub(channel), iter([20, 25] * 100)
            legs = {
                OURS: lambda: _rebased(roster, db, next(days), leads),
                PGBENCH: lambda: simple_update(database, 1, effort.of(3.0, 1.0)),
            }
            given = await in_turn(legs, effort.rounds, say)
    return _compared(given, leads, effort.rounds)


async def _held(url: str, leads: int) -> None:
    """Seen by nobody's clock while they are measured: due in a month."""
    policy = Policy(first_response=Period(timedelta(days=29)), protection=Period(timedelta(days=30)), reminders=())
    pool_id = await seeding.pool(url, POOL, policy)
    await seeding.known_leads(url, leads, LEADS_PER_COMPANY)
    rep_ids = await seeding.reps(url, REPS)
    await seeding.held_leads(url, pool_id, rep_ids, policy, version_text(POOL, 1), timedelta(hours=1))


async def _rebased(roster: RosterServiceStub, db: Connection, days: int, leads: int) -> float:
    """Holdings per second."""
    policy = roster_pb2.Policy(
        first_response=period("15d"), protection=period(f"{days}d"), maximum=period("30d"), reminders=[_REMINDER]
    )
    request = roster_pb2.PublishPolicyRequest(
        request_id=str(new_id()), code=POOL, policy=policy, live_holdings="LIVE_HOLDINGS_REBASE_WITH_FLOOR"
    )
    answer = await roster.PublishPolicy(request, metadata=caller_metadata(Caller("bench", Role.MANAGER)))
    assert answer.rebasing == leads  # otherwise something else is measured
    finished = "select finished_at is not null from routing.rebasing where rebasing_id = %s"
    await until(db, finished, answer.rebasing_id, patience=PATIENCE)
    took = await value(
        db,
        "select extract(epoch from finished_at - asked_at)::float8 from routing.rebasing where rebasing_id = %s",
        answer.rebasing_id,
    )
    return leads / float(took)


_REMINDER = roster_pb2.Reminder(percent=50)


def _compared(given: dict[str, list[float]], leads: int, rounds: int) -> Comparison:
    ours, theirs = spread(given[OURS]), spread(given[PGBENCH])
    ratio = spread(ratios(given[OURS], given[PGBENCH]))
    took = spread([leads / rate for rate in given[OURS]])
    return Comparison(
        title=f"Re-basing {leads:,} live deadlines",
        measured=MEASURED.format(leads=leads, reps=REPS, scale=SCALE),
        head=["holdings/s", "until all are written", "simple-update/s", "ratio"],
        rows=[
            [
                f"{ours.median:,.0f} ({ours.lowest:,.0f}–{ours.highest:,.0f})",
                f"{took.median:.1f} s ({took.lowest:.1f}–{took.highest:.1f})",
                f"{theirs.median:,.0f}",
                f"**{ratio.median:.2f}** ({ratio.lowest:.2f}–{ratio.highest:.2f})",
            ]
        ],
        how_often=f"{rounds} rounds",
        targets=[Target("re-based to simple-update at c=1", ratio.median)],
        rounds=dict(given),
    )
