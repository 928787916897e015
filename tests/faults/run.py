"""One run: load, fault after fault, a seeded mix of them, rest, verdict."""

import asyncio
import os
import platform
import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime

from cli.stack.processes import Say
from tests.faults.faults import Fault
from tests.faults.figures import FaultResult, Run, Second
from tests.faults.journal import Call, Journal
from tests.faults.load import CLIENTS, Load
from tests.faults.office import open_office
from tests.faults.profiles import Profile
from tests.faults.resting import at_rest
from tests.faults.scene import Scene, set_up
from tests.faults.verdict import judge
from tests.faults.watching import Watch

CALM_SECONDS = 6.0
SEEDED_WITHIN = 60.0
# Calls are as before when for a second none failed and half as many as usual were answered.
NORMAL_FOR, NORMAL_SHARE = 1.0, 0.5
BACK_TO_NORMAL_WITHIN = 60.0
WATCHED_AFTER = 2.0
BESIDE_EACH_OTHER = 2


async def run(profile: Profile, seed: int, say: Say) -> Run:
    """Raises nothing for a broken promise: it stands in the figures."""
    started_at, began = datetime.now(UTC), time.time()
    async with set_up(seed, say) as scene:
        reps = await open_office(scene.clew, CLIENTS + 1)
        scene.patient_rep = reps.pop()
        load = Load(scene.clients, reps, scene.journal, seed, profile.calls_per_second)
        say(f"Submitting {profile.leads} leads")
        await load.seed_leads(profile.leads, profile.patient_leads)
        await at_rest(scene.database, scene.temporal, within=SEEDED_WITHIN)
        watch = Watch(scene.database)
        async with asyncio.TaskGroup() as tasks:
            watching = tasks.create_task(watch.run())
            loading = tasks.create_task(load.run())
            await asyncio.sleep(CALM_SECONDS)
            results = [await strike(scene, fault, profile, say) for fault in profile.faults]
            results += await mix(scene, profile, say)
            load.stop()
            await loading
            watching.cancel()
        say("The load has ended: asking again what is unknown, then waiting for rest")
        await load.settle()
        return Run(
            seed=seed,
            profile=profile.name,
            started_at=started_at,
            seconds=time.time() - began,
            machine=f"{os.cpu_count()} cores, Linux {platform.release()}, Python {platform.python_version()}",
            faults=results,
            invariants=await judge(scene, watch, results),
            series=series(scene.journal.calls, began),
        )


async def strike(scene: Scene, fault: Fault, profile: Profile, say: Say) -> FaultResult:
    """Break, heal, and watch until calls are as before."""
    journal, began = scene.journal, time.time()
    before = [call.ended - call.began for call in journal.between(began - CALM_SECONDS, began) if not call.failed]
    scene.notes.clear()
    broken_promise = ""
    try:
        await fault.strike(scene)
    except AssertionError as failed:
        broken_promise = str(failed)
    except Exception as failed:  # the other faults are struck all the same
        broken_promise = f"the fault itself failed: {type(failed).__name__}: {failed}"
    healed = time.time()
    recovered_in = await _back_to_normal(journal, healed, profile.calls_per_second)
    if recovered_in is None:
        broken_promise = broken_promise or f"calls were not as before within {BACK_TO_NORMAL_WITHIN:.0f} s"
    await asyncio.sleep(WATCHED_AFTER)
    ended = time.time()
    calls = journal.between(began, ended)
    spans = [call.ended - call.began for call in calls]
    result = FaultResult(
        name=fault.name,
        description=fault.description,
        began=began,
        healed=healed,
        ended=ended,
        calls=len(calls),
        failed=sum(call.failed for call in calls),
        unknown=sum(1 for act in journal.unknown if began <= act.began <= ended - WATCHED_AFTER),
        p50_ms=percentile(spans, 0.5),
        p99_ms=percentile(spans, 0.99),
        p99_before_ms=percentile(before, 0.99),
        recovered_in=recovered_in,
        note="; ".join(scene.notes),
        broken_promise=broken_promise,
    )
    say(
        f"{fault.name}: {healed - began:.1f} s, {result.calls} calls, {result.failed} without answer, "
        f"as before {'never' if recovered_in is None else f'{recovered_in:.1f} s'} after it healed. "
        f"{result.note} {'NOT KEPT: ' + broken_promise if broken_promise else ''}"
    )
    return result


async def mix(scene: Scene, profile: Profile, say: Say) -> list[FaultResult]:
    """Faults drawn by the seed, some beside each other, for so long."""
    if not profile.mix_seconds:
        return []
    until = time.monotonic() + profile.mix_seconds
    struck: list[str] = []

    async def one_after_the_other(inner: Scene) -> None:
        while time.monotonic() < until:
            fault = inner.rng.choice(list(profile.mixed))
            struck.append(fault.name)
            await fault.strike(inner)

    async def all_of_them(inner: Scene) -> None:
        await asyncio.gather(*(one_after_the_other(inner) for _ in range(BESIDE_EACH_OTHER)))
        await inner.all_ready()
        inner.notes[:] = [f"{len(struck)} faults: {', '.join(struck)}"]

    mixed = Fault("a mix by the seed", f"{BESIDE_EACH_OTHER} at a time, {profile.mix_seconds:.0f} s", all_of_them)
    return [await strike(scene, mixed, profile, say)]


async def _back_to_normal(journal: Journal, healed: float, usual: float) -> float | None:
    while (now := time.time()) - healed < BACK_TO_NORMAL_WITHIN:
        since = max(healed, now - NORMAL_FOR)
        lately = [call for call in journal.between(since, now) if call.ended >= since]
        answered = len(lately) >= usual * NORMAL_SHARE * NORMAL_FOR and not any(call.failed for call in lately)
        if answered and now - healed >= NORMAL_FOR:
            return since - healed
        await asyncio.sleep(0.1)
    return None


def percentile(spans: Sequence[float], share: float) -> float:
    """In milliseconds; 0 of nothing."""
    ordered = sorted(spans)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 if ordered else 0.0


def series(calls: Sequence[Call], began: float) -> list[Second]:
    """Second by second, from the first call's to the last's."""
    by_second: dict[int, list[Call]] = defaultdict(list)
    for call in calls:
        by_second[int(call.ended - began)].append(call)
    found = []
    for second in range(min(by_second, default=0), max(by_second, default=-1) + 1):
        ended = by_second[second]
        spans = [call.ended - call.began for call in ended]
        failed = sum(call.failed for call in ended)
        found.append(Second(second, len(ended) - failed, failed, percentile(spans, 0.5), percentile(spans, 0.99)))
    return found
