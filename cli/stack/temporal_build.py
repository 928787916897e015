"""Build the Temporal server and its UI from their Go modules, once, into Clew's cache."""

import asyncio
import fcntl
import os
import re
import shutil
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from cli.stack.processes import Say, command_of

OLDEST_GO = (1, 26, 8)
PROGRESS_EVERY = 10.0


@dataclass(frozen=True)
class Program:
    name: str
    module: str
    version: str
    takes: str  # how long a first build takes, for people

    @property
    def file_name(self) -> str:
        return f"{self.name}-{self.version}"


# The newest that Go 1.26.8 builds: later ones ask for 1.26.10.
SERVER = Program("temporal-server", "go.temporal.io/server/cmd/server", "1.32.1", "some 5 minutes on 2 cores")
UI = Program("temporal-ui", "github.com/temporalio/ui-server/v2/cmd/server", "2.55.0", "some seconds")


class CannotBuild(Exception):
    """The build is not possible or failed; the text is the reason."""


def cached(cache: Path, program: Program) -> Path | None:
    file = cache / program.file_name
    return file if os.access(file, os.X_OK) else None


async def build(program: Program, cache: Path, say: Say) -> Path:
    """Return the program in the cache, building it first when it is not there."""
    if (built := cached(cache, program)) is not None:
        return built
    go = await usable_go()
    async with _alone(cache, program, say):
        if (built := cached(cache, program)) is not None:  # by the process we waited for
            return built
        folder = _fresh_folder(cache, f"build-{program.file_name}-")
        try:
            await _go_install(go, program, folder, say)
            # Both programs come out as `server`. The rename publishes a whole file or nothing.
            return (folder / "server").rename(cache / program.file_name)
        finally:
            shutil.rmtree(folder)


def _fresh_folder(cache: Path, prefix: str) -> Path:
    for left_by_a_killed_build in cache.glob(f"{prefix}*"):
        shutil.rmtree(left_by_a_killed_build)
    return Path(tempfile.mkdtemp(prefix=prefix, dir=cache))


async def usable_go() -> str:
    go = shutil.which("go")
    wanted = ".".join(map(str, OLDEST_GO))
    if go is None:
        raise CannotBuild(f"Go is not installed (needs {wanted} or newer)")
    version = await go_version()
    if version is None or version < OLDEST_GO:
        found = ".".join(map(str, version)) if version else "an unknown version"
        raise CannotBuild(f"Go is {found}, and {wanted} or newer is needed")
    return go


async def go_version() -> tuple[int, ...] | None:
    if (go := shutil.which("go")) is None:
        return None
    running = await asyncio.create_subprocess_exec(
        go, "env", "GOVERSION", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL, cwd="/"
    )
    output, _ = await running.communicate()
    numbers = re.match(r"go(\d+)\.(\d+)(?:\.(\d+))?", output.decode())
    return tuple(int(number or 0) for number in numbers.groups()) if numbers else None


async def _go_install(go: str, program: Program, folder: Path, say: Say) -> None:
    say(f"Building {program.file_name} from Go modules ({program.takes} the first time)")
    started = time.monotonic()
    install = (go, "install", "-v", "-trimpath", "-ldflags", "-s -w")
    running = await asyncio.create_subprocess_exec(
        *command_of((*install, f"{program.module}@v{program.version}"), user=None),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "GOBIN": str(folder)},
        cwd="/",  # the versions are the module's own: no go.mod around us may have a say
        start_new_session=True,
    )
    output = cast(asyncio.StreamReader, running.stderr)  # a pipe was asked for
    last_said, lines, last_lines = started, 0, [""]
    try:
        while line := (await output.readline()).decode(errors="replace").strip():
            lines += 1
            last_lines = [*last_lines[-5:], line]
            if time.monotonic() - last_said > PROGRESS_EVERY:
                last_said = time.monotonic()
                doing = line if line.startswith("go: ") else f"compiling {line}"
                say(f"{program.file_name}: {_elapsed(started)}, step {lines}, {doing.removeprefix('go: ')}")
        code = await running.wait()
    finally:
        if running.returncode is None:
            os.killpg(running.pid, 9)
            await running.wait()
    if code != 0:
        raise CannotBuild(f"`go install` failed: {' '.join(last_lines).strip()[:500]}")
    say(f"Built {program.file_name} in {_elapsed(started)}")


@asynccontextmanager
async def _alone(cache: Path, program: Program, say: Say) -> AsyncIterator[None]:
    """Let one process build; another waits for it and says so."""
    with (cache / f"{program.file_name}.lock").open("a") as lock:
        said = started = time.monotonic()
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() - said > PROGRESS_EVERY or said == started:
                    said = time.monotonic()
                    say(f"Another process builds {program.file_name}: waiting for it, {_elapsed(started)}")
                await asyncio.sleep(0.5)
        yield


def _elapsed(started: float) -> str:
    minutes, seconds = divmod(int(time.monotonic() - started), 60)
    return f"{minutes}:{seconds:02}"
