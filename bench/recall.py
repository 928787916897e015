"""Recall with a thousand holdings due in one second, on the whole stack: how late, by whom, and until all is calm."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from temporalio.client import Client

from bench import seeding
from bench.alone import short_folder
from bench.calls import LEADS_PER_COMPANY
from bench.comparison import Comparison, Effort, Target
from bench.looking import connect, until, value
from bench.rounds import Say, percentile
from cli.stack.ports import FREE_PORTS
from cli.stack.stack import Stack
from services.routing.policy import Period, Policy, version_text
from services.shared.runs import LEAD_LIFECYCLE

POOL = "recalled"
REPS = 20
LOOK_EVERY = 0.5
PATIENCE = 300.0
WITHIN = timedelta(seconds=1)
RUNNING = f"WorkflowType = '{LEAD_LIFECYCLE}' and ExecutionStatus = 'Running'"
MEASURED = """\
Leads held by {reps} reps whose deadlines all fall within one second, on the whole stack (four services, two workers,
Temporal on SQLite). The holdings are seeded with the schedules that claims would have given them; their runs are
started by the relay and wait at their timers before the first deadline comes. Late is `decided_at - due_at` of the
recall in routing's ledger, by PostgreSQL's clock. A recall is done by the run's timer or by the sweep, which leaves
each to the timer for a second. The last two figures count from the last deadline; open runs are counted every 0.5 s."""


@dataclass(frozen=True)
class Recalled:
    late: list[float]  # seconds
    by_timer: int
    waiting_at_first_deadline: int
    all_in_pool_after: float  # seconds after the last deadline
    last_run_closed_after: float  # the same


async def measure(effort: Effort, say: Say) -> Comparison:
    leads = int(effort.of(1_000, 20))
    # Time for the runs to start; a worker starts some 30 a second.
    ahead = timedelta(seconds=10 + leads * 0.06)
    with short_folder() as folder:
        async with Stack.start(folder, ports=FREE_PORTS, progress=say) as stack:
            found = await _recalled(stack, leads, ahead, say)
    return _table(found, leads)


async def _recalled(stack: Stack, leads: int, ahead: timedelta, say: Say) -> Recalled:
    url = stack.addresses.database_url
    policy = Policy(first_response=Period(ahead), reminders=())
    pool_id = await seeding.pool(url, POOL, policy)
    rep_ids = await seeding.reps(url, REPS)
    await seeding.known_leads(url, leads, LEADS_PER_COMPANY)
    await seeding.held_leads(url, pool_id, rep_ids, policy, version_text(POOL, 1), WITHIN)
    client = await Client.connect(stack.addresses.temporal, namespace=stack.addresses.temporal_namespace)
    async with await connect(url) as db:
        say(f"{leads:,} leads are held; their runs start")
        begun = "select clew.clew_now() >= min(due_at) from routing.holding"
        await until(db, begun, patience=ahead.total_seconds() + 5)
        waiting = await value(db, "select count(*) from intake.lead where access_epoch = 1")
        say(f"the first deadline has come; {waiting:,} runs wait")
        await until(db, "select count(*) = 0 from routing.holding where ended_at is null", patience=PATIENCE)
        say("all leads are back in their pool")
        await _until_all_are_closed(client, say)
        closed_at = await value(db, "select clew.clew_now()")
        rows = await (await db.execute(LATE)).fetchall()
    last_due = max(row[0] for row in rows)
    return Recalled(
        late=[(decided_at - due_at).total_seconds() for due_at, decided_at, _ in rows],
        by_timer=sum(done_by == "TIMER" for _, _, done_by in rows),
        waiting_at_first_deadline=waiting,
        all_in_pool_after=(max(row[1] for row in rows) - last_due).total_seconds(),
        last_run_closed_after=(closed_at - last_due).total_seconds(),
    )


async def _until_all_are_closed(client: Client, say: Say) -> None:
    """Counted, not listed: the embedded server refuses a list of so many for as long as it is busy."""
    async with asyncio.timeout(PATIENCE):
        while still_open := (await client.count_workflows(RUNNING)).count:
            say(f"{still_open:,} runs are open")
            await asyncio.sleep(LOOK_EVERY)


LATE = "select due_at, decided_at, done_by from routing.decision where verb = 'Recall'"


def _table(found: Recalled, leads: int) -> Comparison:
    p50, p99, worst = (percentile(found.late, percent) for percent in (50, 99, 100))
    by_timer = found.by_timer / leads
    return Comparison(
        title=f"Recall, {leads:,} due in one second",
        measured=MEASURED.format(reps=REPS),
        head=["figure", "value"],
        rows=[
            ["late, p50", f"{p50:.2f} s"],
            ["late, p99", f"**{p99:.2f} s**"],
            ["late, the last", f"{worst:.2f} s"],
            ["done by a timer", f"{by_timer:.0%}"],
            ["done by the sweep", f"{1 - by_timer:.0%}"],
            ["runs that waited when the first deadline came", f"{found.waiting_at_first_deadline:,} of {leads:,}"],
            ["until all were in their pool", f"{found.all_in_pool_after:.1f} s"],
            ["until the last run had closed", f"{found.last_run_closed_after:.1f} s"],
        ],
        how_often="once",
        targets=[Target("p99 late in the database", p99, aim=2.0, unit=" s", lower=True)],
        rounds=dict(vars(found)),
    )
