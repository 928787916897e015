"""The faults, each as a story: break something under load, and come back when it is whole again."""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from cli.stack.addresses import SERVICES
from cli.stack.stack import WORKERS
from services.shared.crash_points import AFTER_CALL, AFTER_COMMIT, AFTER_NUDGE
from tests.faults.journal import Ended
from tests.faults.scene import Scene, processes_of

# Past every timeout of a workflow's task, an activity and a worker's loyalty.
ZOMBIE_SECONDS = 12.0
TEMPORAL_AWAY_SECONDS = 20.0
FROZEN_SECONDS = 15.0
CRASHES_WITHIN = 20.0


@dataclass(frozen=True)
class Fault:
    """`strike` breaks and heals: it returns when what it broke answers again."""

    name: str
    description: str
    strike: Callable[[Scene], Awaitable[None]]


async def kill(name: str, scene: Scene) -> None:
    await scene.stack.kill(name)
    await scene.stack.until_ready(name)


async def kill_workers(scene: Scene) -> None:
    await asyncio.gather(*(kill(worker, scene) for worker in WORKERS))


async def crash_at(point: str, times: int, scene: Scene) -> None:
    """Somebody dies at this point of the code: its effect is there, and nobody has been told."""
    died = []
    for _ in range(times):
        before = {name: scene.stack.processes.pid(name) for name in (*SERVICES, *WORKERS)}
        armed = scene.crash_points / point
        armed.touch()
        until = time.monotonic() + CRASHES_WITHIN
        while not (changed := [name for name in before if scene.stack.processes.pid(name) != before[name]]):
            if time.monotonic() > until:
                armed.unlink(missing_ok=True)
                raise AssertionError(f"nobody came by {point} within {CRASHES_WITHIN:.0f} s")
            await asyncio.sleep(0.02)
        died += changed
        await scene.all_ready(changed)
    scene.notes.append(f"died: {', '.join(died)}")


async def stop_worker_and_let_it_go(scene: Scene) -> None:
    """A zombie: it believes that its tasks are still its own."""
    worker = scene.rng.choice(WORKERS)
    scene.stack.pause(worker)
    try:
        await asyncio.sleep(ZOMBIE_SECONDS)
    finally:
        scene.stack.resume(worker)


async def kill_temporal(scene: Scene) -> None:
    await kill("temporal", scene)


async def temporal_away(scene: Scene) -> None:
    """Submitting, claiming and returning go on meanwhile."""
    began = time.time()
    await scene.stack.kill("temporal", restarted=False)
    try:
        await asyncio.sleep(TEMPORAL_AWAY_SECONDS)
        ended = time.time()
    finally:
        await scene.stack.restart("temporal")
    acts = [
        act
        for act in scene.journal.acts
        if act.kind in ("submit", "claim", "return") and began < act.began < ended - 1.0
    ]
    unanswered = [act for act in acts if act.outcome is Ended.UNKNOWN or act.ended > ended]
    scene.notes.append(f"{len(acts) - len(unanswered)} of {len(acts)} submits, claims and returns answered meanwhile")
    assert not unanswered, f"not answered while Temporal was away: {[act.kind for act in unanswered]}"


async def kill_postgres(scene: Scene) -> None:
    """Every process of it at once, as a machine that loses power."""
    scene.postgres_crashed_at.append(time.time())
    for pid in processes_of(scene.stack.processes.pid("postgres")):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    # The supervisor must see its death before it can be ready anew.
    await asyncio.sleep(0.2)
    await scene.stack.until_ready("postgres")


async def restart_postgres(scene: Scene) -> None:
    await scene.stack.restart("postgres")


async def terminate_backends(scene: Scene) -> None:
    """Every connection is cut, ten times."""
    cut = 0
    for _ in range(10):
        with suppress(DBAPIError):  # in a mix the database itself may be away
            async with scene.database.connect() as db:
                cut += await db.scalar(text(TERMINATE)) or 0
        await asyncio.sleep(0.3)
    scene.notes.append(f"{cut} connections cut")


async def freeze_postgres(scene: Scene) -> None:
    frozen = processes_of(scene.stack.processes.pid("postgres"))
    for pid in frozen:
        os.kill(pid, signal.SIGSTOP)
    try:
        await asyncio.sleep(FROZEN_SECONDS)
    finally:
        for pid in frozen:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


async def roll(scene: Scene) -> None:
    """Each process is stopped by SIGTERM and started anew, under load: no call fails."""
    began = time.time()
    for name in (*SERVICES, *WORKERS):
        await scene.stack.restart(name)
    failed = [call for call in scene.journal.between(began, time.time()) if call.failed]
    assert not failed, f"calls failed in a rolling restart: {[(call.kind, call.status) for call in failed][:5]}"


async def disturb(way: str, how: str, seconds: float, scene: Scene) -> None:
    proxy = scene.ways.by_name[way]
    match how:
        case "slow":
            proxy.delay(0.2, 0.1)
        case "reset":
            proxy.reset()
        case "truncated":
            proxy.truncate(200)
        case "half-open":
            proxy.half_open()
    try:
        await asyncio.sleep(seconds)
    finally:
        proxy.heal()


TERMINATE = """
select count(pg_terminate_backend(pid)) from pg_stat_activity
where pid <> pg_backend_pid() and datname = current_database()
"""

KILLS = [Fault(f"kill -9 {name}", "killed under load, started again", partial(kill, name)) for name in SERVICES]
WORKERS_KILLED = Fault("kill -9 both workers", "what they had in hand goes to the next ones", kill_workers)
COMMITTED = Fault(
    "crash after a commit", "before its answer: the client asks again", partial(crash_at, AFTER_COMMIT, 3)
)
NUDGED = Fault("crash after a nudge", "sent to Temporal, not marked as sent", partial(crash_at, AFTER_NUDGE, 3))
CALLED = Fault("crash after a call", "a worker dies with a service's answer in hand", partial(crash_at, AFTER_CALL, 3))
ZOMBIE = Fault(
    f"a worker stopped {ZOMBIE_SECONDS:.0f} s", "past its timeouts, then let go: a zombie", stop_worker_and_let_it_go
)
TEMPORAL_KILLED = Fault("kill -9 Temporal", "started again on its file", kill_temporal)
TEMPORAL_AWAY = Fault(f"Temporal away {TEMPORAL_AWAY_SECONDS:.0f} s", "submit, claim and return go on", temporal_away)
POSTGRES_KILLED = Fault("kill -9 PostgreSQL", "all its processes at once", kill_postgres)
POSTGRES_RESTARTED = Fault("PostgreSQL restarted", "fast: sessions are ended", restart_postgres)
CONNECTIONS_CUT = Fault("connections cut", "every one of the database's, ten times in 3 s", terminate_backends)
POSTGRES_FROZEN = Fault(f"PostgreSQL frozen {FROZEN_SECONDS:.0f} s", "it neither answers nor dies", freeze_postgres)
ROLLED = Fault("rolling restart", "SIGTERM, one process after the other: no call fails", roll)


def disturbances(seconds: float) -> list[Fault]:
    """Each way, disturbed in each manner."""
    ways = ("clients → routing", "routing → PostgreSQL", "services and workers → Temporal")
    return [
        Fault(f"{way}: {how}", MANNERS[how], partial(disturb, way, how, seconds)) for way in ways for how in MANNERS
    ]


MANNERS = {
    "slow": "200 ms ± 100 ms later, each way",
    "reset": "connections are reset",
    "truncated": "cut off within an answer",
    "half-open": "connections stay, nothing passes",
}
