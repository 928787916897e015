"""Child processes: started, waited for, restarted when they crash, stopped in order."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, TypeVar

from cli.stack.problem import StackProblem

T = TypeVar("T")
Say = Callable[[str], None]
READY_IS_ASKED_EVERY = 0.05
FIRST_RESTART_AFTER, LONGEST_RESTART_AFTER = 0.25, 15.0
# A child that lived this long was well: its next crash is a first one.
WELL_AFTER = 60.0
LARGEST_LOG = 20_000_000


@dataclass(frozen=True)
class Process:
    """A program to run. What it is, as data; `Processes` runs it."""

    name: str
    argv: tuple[str, ...]
    is_ready: Callable[[], Awaitable[bool]]
    env: Mapping[str, str] = field(default_factory=dict)
    ready_within: float = 60.0
    # Written by the program when it is ready; an old one is removed before each start.
    ready_file: Path | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_within: float = 10.0
    # What the kernel sends when we are killed: nothing that needs patience, save for a database.
    signal_when_orphaned: signal.Signals = signal.SIGKILL
    user: str | None = None


@dataclass
class _Child:
    process: Process
    running: asyncio.subprocess.Process
    started_at: float
    ready: asyncio.Event
    wanted: bool = True  # False once we stop it ourselves
    ended: bool = False
    crashes: int = 0
    guard: asyncio.Task[None] | None = None


def command_of(
    argv: tuple[str, ...], *, user: str | None, when_orphaned: signal.Signals = signal.SIGKILL
) -> tuple[str, ...]:
    """The command line by which a program becomes a child that cannot outlive us."""
    wrapper = str(Path(__file__).with_name("child.py"))
    python = (sys.executable, "-I", "-S", wrapper)
    return (*python, str(os.getpid()), str(int(when_orphaned)), user or "-", *argv)


async def all_or_none(*starts: Coroutine[None, None, T]) -> list[T]:
    """Run starts side by side; the first that fails ends the others before its error is raised."""
    try:
        async with asyncio.TaskGroup() as starting:
            tasks = [starting.create_task(start) for start in starts]
    except BaseExceptionGroup as failed:
        raise failed.exceptions[0] from None
    return [task.result() for task in tasks]


class Processes:
    """The children of one stack, by name."""

    def __init__(self, logs: Path, say: Say) -> None:
        self._logs = logs
        self._say = say
        self._children: dict[str, _Child] = {}
        logs.mkdir(parents=True, exist_ok=True)

    async def start(self, process: Process) -> None:
        """Start a program and wait until it is ready. One that dies before that is not restarted."""
        child = await self._launch(process)
        self._children[process.name] = child
        try:
            await self._until_ready(child)
        except BaseException:
            await self._end(child)
            raise
        child.guard = asyncio.create_task(self._restart_when_it_crashes(child))

    async def start_together(self, processes: Iterable[Process]) -> None:
        await all_or_none(*(self.start(process) for process in processes))

    def pid(self, name: str) -> int:
        return self._children[name].running.pid

    def names(self) -> tuple[str, ...]:
        return tuple(self._children)

    def log(self, name: str) -> Path:
        return self._logs / f"{name}.log"

    def send(self, name: str, number: signal.Signals) -> None:
        """Send a signal to the program's whole process group."""
        with suppress(ProcessLookupError):
            os.killpg(self._children[name].running.pid, number)

    async def until_ready(self, name: str) -> None:
        """Wait until the program answers, over as many restarts as that takes."""
        await self._children[name].ready.wait()

    async def stop(self, name: str) -> None:
        await self._end(self._children[name])

    async def kill(self, name: str, *, restarted: bool = True) -> None:
        """Kill it as a crash would. `restarted=False` keeps it down until `restart`."""
        child = self._children[name]
        if not restarted:
            await self._end(child, with_signal=signal.SIGKILL)
            return
        child.ready.clear()
        died = child.running
        self.send(name, signal.SIGKILL)
        await died.wait()

    async def restart(self, name: str) -> None:
        child = self._children[name]
        await self._end(child)
        await self.start(child.process)

    async def stop_together(self, names: Iterable[str]) -> None:
        children = [self._children[name] for name in names if name in self._children]
        await asyncio.gather(*(self._end(child) for child in children))

    async def _launch(self, process: Process) -> _Child:
        command = command_of(process.argv, user=process.user, when_orphaned=process.signal_when_orphaned)
        with self._fresh_start(process) as output:
            running = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=asyncio.subprocess.STDOUT,
                env={**os.environ, "PYTHONUNBUFFERED": "1", **process.env},
                # Its own session: Ctrl-C in the terminal reaches only us, and we stop in order.
                start_new_session=True,
            )
        return _Child(process, running, time.monotonic(), asyncio.Event())

    def _fresh_start(self, process: Process) -> BinaryIO:
        """Forget an earlier start's readiness; return the log, begun anew when it is large."""
        log = self.log(process.name)
        if log.exists() and log.stat().st_size > LARGEST_LOG:
            log.replace(log.with_suffix(".log.1"))
        if process.ready_file is not None:
            process.ready_file.unlink(missing_ok=True)
        return log.open("ab")

    async def _until_ready(self, child: _Child) -> None:
        process = child.process
        deadline = time.monotonic() + process.ready_within
        while not await process.is_ready():
            if child.running.returncode is not None:
                raise StackProblem(self._obituary(child, "ended before it was ready"))
            if time.monotonic() > deadline:
                within = f"was not ready within {process.ready_within:.0f} s"
                raise StackProblem(self._obituary(child, within))
            await asyncio.sleep(READY_IS_ASKED_EVERY)
        child.ready.set()

    async def _restart_when_it_crashes(self, child: _Child) -> None:
        name = child.process.name
        while True:
            code = await child.running.wait()
            child.ready.clear()
            if not child.wanted:
                return
            await _kill(child.running)
            lived = time.monotonic() - child.started_at
            child.crashes = 1 if lived > WELL_AFTER else child.crashes + 1
            pause = min(FIRST_RESTART_AFTER * 2 ** (child.crashes - 1), LONGEST_RESTART_AFTER)
            self._say(f"{name} {_how_it_ended(code)}; starting it again in {pause:g} s")
            await asyncio.sleep(pause)
            again = await self._launch(child.process)
            child.running, child.started_at = again.running, again.started_at
            try:
                await self._until_ready(child)
            except StackProblem as problem:
                self._say(str(problem))
                await _kill(child.running)
            else:
                self._say(f"{name} runs again")

    async def _end(self, child: _Child, with_signal: signal.Signals | None = None) -> None:
        child.wanted = False
        child.ready.clear()
        if child.guard is not None and child.guard is not asyncio.current_task():
            # The guard may be in the midst of a restart: nobody else may start or await it now.
            child.guard.cancel()
            with suppress(asyncio.CancelledError):
                await child.guard
            child.guard = None
        if child.ended:
            return
        running = child.running
        if running.returncode is None:
            with suppress(ProcessLookupError):
                running.send_signal(signal.SIGCONT)  # a stopped one could not hear the next signal
                running.send_signal(with_signal or child.process.stop_signal)
            try:
                await asyncio.wait_for(running.wait(), child.process.stop_within)
            except TimeoutError:
                self._say(f"{child.process.name} did not stop within {child.process.stop_within:g} s: killed")
        await _kill(running)
        child.ended = True  # from here on its number may be another process's

    def _obituary(self, child: _Child, what: str) -> str:
        log = self.log(child.process.name)
        last_lines = log.read_text(errors="replace").splitlines()[-8:]
        lines = "\n".join(f"  {line[:300]}" for line in last_lines)
        return f"{child.process.name} {what}. The end of {log}:\n{lines}"


async def _kill(running: asyncio.subprocess.Process) -> None:
    """Kill what is left of the process group, the program itself and any child of its own."""
    with suppress(ProcessLookupError):
        os.killpg(running.pid, signal.SIGKILL)
    await running.wait()


def _how_it_ended(code: int) -> str:
    return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
