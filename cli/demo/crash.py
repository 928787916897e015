"""The moment when a worker dies in the middle of its work: others go on with it, and nothing is lost."""

import asyncio
import time
from collections.abc import Sequence

from rich.text import Text

from cli.demo.gathering import states_of
from cli.demo.stage import Stage
from cli.demo.waiting import until
from cli.output import facts
from cli.stack.stack import WORKERS, Stack

# A worker of the two, and how many leads are to be on their way when it dies.
VICTIM, ON_THEIR_WAY = WORKERS[0], 5
WAITED_FOR = 120.0
ROUTED_WITHIN = 60.0


async def a_worker_is_killed(stage: Stage, stack: Stack, rows_are_in: asyncio.Event) -> None:
    """Kill one of the two workers while leads are on their way to be routed, and follow those to their pool or rep."""

    async def look() -> Sequence[str] | None:
        caught = await _on_their_way(stage)
        if len(caught) >= ON_THEIR_WAY:
            return caught
        return [] if rows_are_in.is_set() else None

    caught = await until(look, WAITED_FOR)
    if not caught:
        stage.show.say("So few leads were on their way at once that no worker was killed")
        return
    began = time.perf_counter()
    await stack.kill(VICTIM)
    stage.show.say(f"{VICTIM} is killed (kill -9) while {len(caught)} leads are on their way")

    async def all_routed() -> float | None:
        states = await states_of(stage.clew, caught)
        return None if "QUALIFYING" in states else time.perf_counter() - began

    routed_after = await until(all_routed, ROUTED_WITHIN)
    await stack.until_ready(VICTIM)
    states = await states_of(stage.clew, caught)
    stage.seen.caught_by_a_crash = list(caught)
    stage.show.moment(
        "A worker is killed, nothing is lost",
        facts(
            "",
            [
                ("On their way when it died", f"{len(caught)} leads"),
                ("Routed all the same", f"{len(caught) - states.count('QUALIFYING')} leads{_after(routed_after)}"),
                ("Worker", Text(f"{VICTIM} was started again and takes work; no deadline moved")),
            ],
        ),
    )


def _after(seconds: float | None) -> str:
    return f", the last {seconds:.1f} s after the kill" if seconds is not None else ""


async def _on_their_way(stage: Stage) -> Sequence[str]:
    """Of the newest leads those that are not routed yet."""
    newest = list(stage.seen.created)[-4 * ON_THEIR_WAY :]
    states = await states_of(stage.clew, newest)
    return [lead_id for lead_id, state in zip(newest, states, strict=True) if state == "QUALIFYING"]
