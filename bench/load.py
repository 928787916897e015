"""The load generator, a process of its own: `python -m bench.load` reads legs, a JSON object a line, answers each.

So many calls are in flight all the time: whoever has its answer asks again at once. The same program drives our
services and what they are measured against, so that a slow client is slow for both.
"""

import asyncio
import itertools
import json
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from bench import calls
from bench.rounds import percentile


@dataclass(frozen=True)
class Load:
    """What to do (a name in `calls.KINDS`), where, by how many at once and for how long."""

    kind: str
    target: str  # a gRPC address, or a connection string of PostgreSQL
    in_flight: int
    seconds: float
    calls: int | None = None  # no more than so many
    given: dict[str, Any] = field(default_factory=dict)  # what this kind needs beside


@dataclass(frozen=True)
class Done:
    calls: int
    seconds: float
    p50_ms: float
    p99_ms: float
    slowest_ms: float

    @property
    def per_second(self) -> float:
        return self.calls / self.seconds

    def __str__(self) -> str:
        return f"{self.per_second:,.0f}/s, p99 {self.p99_ms:.1f} ms"


async def carry_out(load: Load) -> Done:
    """Any call that fails ends the leg with its error: a ratio of failures would be a fine one."""
    async with calls.KINDS[load.kind](load.target, load.in_flight, load.given) as slots:
        took: list[float] = []
        left = iter(range(load.calls)) if load.calls is not None else itertools.count()
        began = time.perf_counter()
        until = began + load.seconds

        async def keep_asking(call: Callable[[], Awaitable[None]]) -> None:
            while (asked := time.perf_counter()) < until and next(left, None) is not None:
                await call()
                took.append(time.perf_counter() - asked)

        async with asyncio.TaskGroup() as asking:
            for call in slots:
                asking.create_task(keep_asking(call))
        seconds = time.perf_counter() - began
    milliseconds = [1_000 * one for one in took]
    p50, p99 = (round(percentile(milliseconds, percent), 3) for percent in (50, 99))
    return Done(len(took), seconds, p50, p99, round(max(milliseconds), 3))


async def main() -> None:
    while line := await asyncio.to_thread(sys.stdin.readline):
        done = await carry_out(Load(**json.loads(line)))
        sys.stdout.write(json.dumps(asdict(done)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main())
