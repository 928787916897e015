"""`python -m tests.faults.soak`: load for half an hour, and whether any process grows by it.

Memory may be 10 % above what it was after the warm-up; file descriptors, threads and connections are, once the load has
ended, no more than they were in the warm-up, when the pools of connections filled.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table
from sqlalchemy import text

from tests.faults.load import CLIENTS, Load
from tests.faults.office import open_office
from tests.faults.resting import at_rest
from tests.faults.scene import OURS, Scene, processes_of, set_up
from tests.faults.verdict import judge
from tests.faults.watching import Watch

CALLS_PER_SECOND = 60.0
LEADS, PATIENT_LEADS = 200, 2
SAMPLED_EVERY = 10.0
# Shares of the whole time: what is warm-up, and how long the spans are whose medians are compared.
WARM_UP, COMPARED = 0.25, 0.1
MOST_GROWTH = 1.10
REST_SECONDS = 20.0
# A pool's connection that idles, a thread of a library that comes and goes.
SLACK = 5
WATCHED = (*OURS, "temporal", "postgres")
SETTLE = ("descriptors", "threads")


@dataclass(frozen=True)
class Sample:
    """Of one process, with what it started. Bytes are its share of memory, shared pages divided among their users."""

    at: float
    bytes: int
    descriptors: int
    threads: int


@dataclass(frozen=True)
class Growth:
    """One figure of one process, before and after, and how much it may be."""

    process: str
    figure: str
    before: float
    after: float
    most: float

    @property
    def within(self) -> bool:
        return self.after <= self.most


def sample(pid: int) -> Sample:
    pids = processes_of(pid)
    return Sample(
        time.monotonic(),
        sum(_read(one, _memory) for one in pids),
        sum(_read(one, lambda of: len(list((of / "fd").iterdir()))) for one in pids),
        sum(_read(one, lambda of: len(list((of / "task").iterdir()))) for one in pids),
    )


# What these keep in memory is bounded by their settings, and fills for longer than a warm-up. MiB.
CACHES_UP_TO = {"temporal": 450.0, "postgres": 450.0}


def memory_growth(name: str, samples: list[Sample]) -> Growth:
    """The end against the end of the warm-up, each as a median over a while."""
    began, ended = samples[0].at, samples[-1].at
    span = ended - began
    warm = [one.bytes for one in samples if WARM_UP <= (one.at - began) / span <= WARM_UP + COMPARED]
    last = [one.bytes for one in samples if (one.at - began) / span >= 1 - COMPARED]
    before = median(warm) / 2**20
    return Growth(name, "memory, MiB", before, median(last) / 2**20, CACHES_UP_TO.get(name, before * MOST_GROWTH))


def settled(name: str, samples: list[Sample], after: Sample) -> list[Growth]:
    """What must be back after the load where it was in the warm-up."""
    began, ended = samples[0].at, samples[-1].at
    warming_up = [one for one in samples if one.at - began <= WARM_UP * (ended - began)]
    return [
        _settled(name, figure, [getattr(one, figure) for one in warming_up], getattr(after, figure))
        for figure in SETTLE
    ]


def _settled(name: str, figure: str, warming_up: Sequence[float], after: float) -> Growth:
    most = max(warming_up)
    return Growth(name, figure, most, after, most + SLACK)


async def soak(minutes: float, seed: int, console: Console) -> bool:
    """Whether nothing grew and every promise was kept."""
    say = console.print
    async with set_up(seed, say) as scene:
        reps = await open_office(scene.clew, CLIENTS + 1)
        scene.patient_rep = reps.pop()
        load = Load(scene.clients, reps, scene.journal, seed, CALLS_PER_SECOND)
        await load.seed_leads(LEADS, PATIENT_LEADS)
        await at_rest(scene.database, scene.temporal, within=REST_SECONDS)
        samples: dict[str, list[Sample]] = {name: [] for name in WATCHED}
        connections: list[int] = []
        watch = Watch(scene.database)
        async with asyncio.TaskGroup() as tasks:
            watching = tasks.create_task(watch.run())
            loading = tasks.create_task(load.run())
            until = time.monotonic() + minutes * 60
            while time.monotonic() < until:
                await asyncio.sleep(SAMPLED_EVERY)
                for name, one in _sample_all(scene).items():
                    samples[name].append(one)
                connections.append(await _connections(scene))
                say(_line(samples, until, len(scene.journal.calls)), soft_wrap=True)
            load.stop()
            await loading
            watching.cancel()
        await load.settle()
        kept = await judge(scene, watch, [])
        await asyncio.sleep(REST_SECONDS)
        after, connections_after = _sample_all(scene), await _connections(scene)
    warming_up = connections[: max(1, int(len(connections) * WARM_UP))]
    growths = [memory_growth(name, samples[name]) for name in WATCHED]
    growths += [one for name in OURS for one in settled(name, samples[name], after[name])]
    growths.append(_settled("postgres", "connections", warming_up, connections_after))
    console.print(_table(growths, minutes, len(scene.journal.calls), seed))
    for promise in kept:
        verdict = "kept" if not promise.violations else f"{promise.violations} violations: {promise.examples}"
        console.print(f"{promise.code:>6}  {promise.promise}: {verdict} ({promise.checked} checked)", soft_wrap=True)
    return all(one.within for one in growths) and not any(one.violations for one in kept)


def _sample_all(scene: Scene) -> dict[str, Sample]:
    return {name: sample(scene.stack.processes.pid(name)) for name in WATCHED}


async def _connections(scene: Scene) -> int:
    async with scene.database.connect() as db:
        return await db.scalar(text("select count(*) from pg_stat_activity where datname = current_database()")) or 0


def _memory(of: Path) -> int:
    lines = (of / "smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024


def _read(pid: int, look: Callable[[Path], int]) -> int:
    try:
        return look(Path(f"/proc/{pid}"))
    except (FileNotFoundError, ProcessLookupError):
        return 0  # it ended a moment ago


def _line(samples: Mapping[str, list[Sample]], until: float, calls: int) -> str:
    left = max(0.0, until - time.monotonic())
    memory = ", ".join(f"{name} {of[-1].bytes / 2**20:.0f}" for name, of in samples.items())
    return f"{left / 60:4.1f} min left, {calls} calls; MiB: {memory}"


def _table(growths: list[Growth], minutes: float, calls: int, seed: int) -> Table:
    table = Table(title=f"{minutes:g} minutes, {calls} calls, seed {seed}", title_justify="left")
    for column in ("Process", "Figure", "Before", "After", "At most", ""):
        table.add_column(column, justify="left" if column in ("Process", "Figure", "") else "right")
    for one in growths:
        verdict = "[green]ok[/]" if one.within else "[bold red]grew[/]"
        table.add_row(one.process, one.figure, f"{one.before:.0f}", f"{one.after:.0f}", f"{one.most:.0f}", verdict)
    return table


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=20260101)
    asked = parser.parse_args()
    return 0 if asyncio.run(soak(asked.minutes, asked.seed, Console(width=None))) else 1


if __name__ == "__main__":
    sys.exit(main())
