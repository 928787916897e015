"""`clew up`: start the whole stack and keep it until Ctrl-C."""

import asyncio
import signal
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.stack.addresses import SERVICES
from cli.stack.folder import folder_used_last
from cli.stack.problem import StackProblem
from cli.stack.stack import Stack

Folder = Annotated[
    Path | None,
    typer.Option("--folder", help="Where the data is. Default: the folder used last.", file_okay=False),
]


def up(folder: Folder = None) -> None:
    """Start PostgreSQL, Temporal with its UI, the services and the workers; stop them with Ctrl-C."""
    console = Console()
    try:
        asyncio.run(_keep_running(folder or folder_used_last(), console))
    except StackProblem as problem:
        Console(stderr=True).print(Text(str(problem)), soft_wrap=True)
        raise typer.Exit(1) from None
    except asyncio.CancelledError:
        console.print("Everything is stopped. The data stays.")


async def _keep_running(folder: Path, console: Console) -> None:
    cancel_once_on_signals()
    began = time.monotonic()

    def say(what: str) -> None:
        console.print(Text(f"{time.monotonic() - began:6.1f} s  {what}"), soft_wrap=True)

    say(f"Starting the stack in {folder}")
    async with Stack.start(folder, progress=say) as stack:
        _show(stack, console)
        try:
            await asyncio.Event().wait()
        finally:
            say("Stopping workers, services, Temporal and PostgreSQL")


def cancel_once_on_signals() -> None:
    """The first Ctrl-C or SIGTERM stops in order; a second must not interrupt that."""
    loop, running = asyncio.get_running_loop(), asyncio.current_task()
    stopping = False

    def stop() -> None:
        nonlocal stopping
        if running is not None and not stopping:
            stopping = True
            running.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)


def _show(stack: Stack, console: Console) -> None:
    addresses = stack.addresses
    for name, port in stack.moved_ports.items():
        console.print(f"The usual port of {name} is taken: it listens on {port}.", style="yellow")
    table = Table(title=f"Clew runs (started in {stack.started_in:.1f} s)", title_justify="left")
    table.add_column("part")
    table.add_column("where", overflow="fold")
    for service in SERVICES:
        table.add_row(service, addresses.of(service))
    table.add_row("workers", ", ".join(name for name in stack.processes.names() if "worker" in name))
    table.add_row("Temporal", f"{addresses.temporal}, namespace {addresses.temporal_namespace}")
    table.add_row("Temporal UI", addresses.ui_url or "not available")
    table.add_row("PostgreSQL", addresses.database_url)
    table.add_row("data", str(stack.folder))
    table.add_row("logs", str(stack.folder / "logs"))
    console.print(table)
    links = {
        "every workflow": addresses.workflows_url(),
        "what one rep holds": addresses.workflows_url('ClewOwner="L007"'),
    }
    for name, url in links.items():
        if url is not None:
            console.print(Text(f"  {name + ':':<20} {url}"), soft_wrap=True)
    console.print("  next, elsewhere:     clew doctor · clew inbox · clew lead submit --help")
    console.print("  to stop:             Ctrl-C (the data stays)")
