"""Find a Temporal server to run: the ways in their order, and why each was or was not taken."""

import asyncio
import json
import os
import shutil
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from cli.stack.folder import cache_folder
from cli.stack.problem import StackProblem
from cli.stack.processes import Process, Say
from cli.stack.readiness import Question, listening
from cli.stack.temporal_build import SERVER, UI, CannotBuild, build, cached
from cli.stack.temporal_config import (
    ServerSettings,
    dynamic_config,
    forget_former_members,
    write_server_config,
    write_ui_config,
)
from cli.stack.temporal_download import CannotDownload, download, downloaded
from cli.stack.temporal_namespace import answers


class Kind(StrEnum):
    ADDRESS = "a server that somebody else runs"
    COMMAND_LINE = "the `temporal` command's development server"
    SERVER = "the Temporal server's own program"


@dataclass(frozen=True)
class TemporalFound:
    kind: Kind
    way: str  # a sentence: which way was taken, and why not an earlier one
    address: str = ""
    program: Path = Path()
    ui: Path | None = None  # a program of its own; the `temporal` command brings its UI along


class NoTemporalServer(StackProblem):
    """Every way to a Temporal server failed."""


def at_hand(environment: Mapping[str, str] = os.environ) -> TemporalFound | None:
    """What needs neither the network nor a compiler. `clew doctor` looks no further."""
    if address := environment.get("TEMPORAL_ADDRESS"):
        return TemporalFound(Kind.ADDRESS, "TEMPORAL_ADDRESS is set", address=address)
    if program := shutil.which("temporal", path=environment.get("PATH")):
        return TemporalFound(Kind.COMMAND_LINE, "`temporal` is on PATH", program=Path(program))
    cache = cache_folder()
    if (server := cached(cache, SERVER)) is not None:
        way = f"built before, in Clew's cache {cache}"
        return TemporalFound(Kind.SERVER, way, program=server, ui=cached(cache, UI))
    if (command := downloaded(cache)) is not None:
        way = f"downloaded before, in Clew's cache {cache}"
        return TemporalFound(Kind.COMMAND_LINE, way, program=command)
    return None


async def find_temporal(say: Say) -> TemporalFound:
    found = at_hand()
    if found is not None and (found.kind is not Kind.SERVER or found.ui is not None):
        return found
    cache = cache_folder()
    cache.mkdir(parents=True, exist_ok=True)
    if found is not None:
        return await _with_ui(found, cache, say)
    not_at_hand = {
        "TEMPORAL_ADDRESS": "it is not set",
        "`temporal` on PATH": "there is no such program",
        "Clew's cache": f"no Temporal server in {cache}",
    }
    say("No Temporal server at hand: trying the SDK's own download")
    try:
        command = await download(cache)
        return TemporalFound(Kind.COMMAND_LINE, "downloaded by the Temporal SDK", program=command)
    except CannotDownload as reason:
        not_at_hand["the Temporal SDK's download"] = str(reason)
        say(f"No download ({reason}): building the Temporal server from its Go modules, once")
    try:
        server = await build(SERVER, cache, say)
    except CannotBuild as reason:
        not_at_hand["building it from Go modules"] = str(reason)
        raise NoTemporalServer(_every_way(not_at_hand)) from None
    way = "built from Go modules, as the download failed"
    return await _with_ui(TemporalFound(Kind.SERVER, way, program=server), cache, say)


async def _with_ui(found: TemporalFound, cache: Path, say: Say) -> TemporalFound:
    try:
        ui = await build(UI, cache, say)
    except CannotBuild as reason:
        say(f"The Temporal UI is left out: {reason}")
        return found
    return TemporalFound(found.kind, found.way, program=found.program, ui=ui)


def _every_way(tried: Mapping[str, str]) -> str:
    lines = [f"  {way}: {reason}" for way, reason in tried.items()]
    return "\n".join(
        [
            "No Temporal server could be found, downloaded or built. Tried, in this order:",
            *lines,
            "Any one of these helps: run a Temporal server and set TEMPORAL_ADDRESS=host:port; put the",
            "`temporal` command on PATH; let this machine reach the network; or install Go 1.26.8 or newer.",
        ]
    )


def temporal_processes(
    found: TemporalFound, settings: ServerSettings, namespace: str
) -> tuple[Process, Process | None]:
    """The server's process, and the UI's when it is one of its own. Writes what they need first."""
    address = f"127.0.0.1:{settings.port}"

    async def server_answers() -> bool:
        return await answers(address)

    if found.kind is Kind.COMMAND_LINE:
        settings.folder.mkdir(parents=True, exist_ok=True)
        argv = (str(found.program), *_development_server(settings))
        return _server(argv, server_answers), None
    write_server_config(settings)
    forget_former_members(settings.database)
    argv = (str(found.program), "--config-file", str(settings.config_file), "start")
    server = _server(argv, server_answers)
    if found.ui is None:
        return server, None
    write_ui_config(settings, namespace)
    folder = str(settings.ui_folder)
    ui_argv = (str(found.ui), "-r", folder, "-c", ".", "-e", "clew", "start")
    return server, Process("temporal-ui", ui_argv, listening(settings.ui_port))


def _server(argv: tuple[str, ...], is_ready: Question) -> Process:
    # Asked to stop, it waits 10 s and more for system workers of its own. All it knows is committed to
    # its file, which outlives kill -9, so that is how it is stopped.
    return Process("temporal", argv, is_ready, stop_signal=signal.SIGKILL)


def has_ui(found: TemporalFound) -> bool:
    return found.kind is Kind.COMMAND_LINE or found.ui is not None


def _development_server(settings: ServerSettings) -> tuple[str, ...]:
    dynamic = [
        word
        for key, value in dynamic_config(settings).items()
        for word in ("--dynamic-config-value", f"{key}={json.dumps(value)}")
    ]
    return (
        *("server", "start-dev", "--db-filename", str(settings.database)),
        *("--ip", "127.0.0.1", "--port", str(settings.port)),
        *("--ui-ip", "127.0.0.1", "--ui-port", str(settings.ui_port)),
        *("--log-level", "warn", "--sqlite-pragma", "journal_mode=WAL"),
        *dynamic,
    )


async def version_of(found: TemporalFound) -> str:
    """What the program says of its version; a server built by us has it in its name."""
    if found.kind is Kind.SERVER:
        return found.program.name.removeprefix("temporal-server-")
    running = await asyncio.create_subprocess_exec(
        str(found.program),
        "--version",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    output, _ = await running.communicate()
    return output.decode(errors="replace").strip()
