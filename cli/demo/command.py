"""`clew demo`: a stack of its own, the main job on it, the report, and the way back to it."""

import asyncio
import json
import sys
import time
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.text import Text

from cli.demo.generated_leads import leads_csv
from cli.demo.leads_file import LeadsFile, mapping_view, read_leads
from cli.demo.live import Show
from cli.demo.report import Observed, as_json, reconciles
from cli.demo.report_view import report_view
from cli.demo.seen import Seen
from cli.demo.setting import REPS
from cli.demo.story import Played, play
from cli.refusals import complaining
from cli.stack.addresses import Addresses
from cli.stack.folder import default_folder, folder_used_last, refuse_if_held
from cli.stack.problem import StackProblem
from cli.stack.stack import Stack
from cli.up import cancel_once_on_signals

SEED = 20260101
REPORT, FOLDER_NAME = "demo-report.json", "demo-"
WAY_OUT = "The demo starts a stack of its own: stop this one with Ctrl-C where it runs."
INTERRUPTED = 130
# Where there is no terminal to ask.
PLAIN_WIDTH = 120


def demo(
    leads: Annotated[
        Path | None, typer.Option("--leads", metavar="FILE.csv", help="Your own file instead of generated leads.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Which leads are generated, and how the reps behave.")] = SEED,
    folder: Annotated[
        Path | None, typer.Option("--folder", help="An empty folder for the data. Default: a new one.", file_okay=False)
    ] = None,
    json_: Annotated[bool, typer.Option("--json", help="Print the report as JSON; all else goes to stderr.")] = False,
) -> None:
    """Run the main job, live: leads come in, reps work, deadlines pass, and the report adds up."""
    console = _console(stderr=json_)
    with complaining(as_json=json_):
        try:
            observed = asyncio.run(_demo(leads, seed, folder, console))
        except StackProblem as problem:
            Console(stderr=True).print(Text(str(problem)), soft_wrap=True)
            raise typer.Exit(1) from None
        except asyncio.CancelledError:
            console.print("Interrupted: every process of the demo is stopped. Its data stays.")
            raise typer.Exit(INTERRUPTED) from None
        except BaseExceptionGroup as failed:
            _raise_first(failed)
    if json_:
        sys.stdout.write(_json(observed))
    raise typer.Exit(0 if reconciles(observed) else 1)


async def _demo(leads: Path | None, seed: int, folder: Path | None, console: Console) -> Observed:
    cancel_once_on_signals()
    file = await asyncio.to_thread(read_leads, leads) if leads else None
    folder = await asyncio.to_thread(_empty_folder, folder)
    seen = Seen()
    show = Show(console, seen)
    if file is None:
        file = await asyncio.to_thread(_generated, folder / "leads.csv", seed)
    show.print(mapping_view(file))
    async with AsyncExitStack() as running:
        with seen.phase("start of the stack"):
            stack = await running.enter_async_context(Stack.start(folder, progress=show.say))
        played = await play(stack, file, seen, show, seed=seed, invented=leads is None)
        show.print(report_view(played.observed))
        await asyncio.to_thread((folder / REPORT).write_text, _json(played.observed), "utf-8")
        show.say("Stopping workers, services, Temporal and PostgreSQL")
        stopping = time.perf_counter()
    seen.phases["stop of the stack"] = time.perf_counter() - stopping
    observed = replace(played.observed, phases=dict(seen.phases))
    await asyncio.to_thread((folder / REPORT).write_text, _json(observed), "utf-8")
    console.print(_closing(folder, stack.addresses, replace(played, observed=observed)), soft_wrap=True)
    return observed


def _console(*, stderr: bool) -> Console:
    # Without markup: a column of somebody's file may be called anything.
    console = Console(stderr=stderr, markup=False)
    return console if console.is_terminal else Console(stderr=stderr, markup=False, width=PLAIN_WIDTH)


def _empty_folder(wanted: Path | None) -> Path:
    """A folder for this demo alone, while no other stack runs where the last one did."""
    refuse_if_held(folder_used_last(), WAY_OUT)
    folder = wanted or default_folder() / f"{FOLDER_NAME}{datetime.now().astimezone():%Y%m%d-%H%M%S}"
    refuse_if_held(folder, WAY_OUT)
    if folder.exists() and any(folder.iterdir()):
        raise StackProblem(
            f"{folder} is not empty, and every demo begins with an empty folder. Name another one, or none."
        )
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _generated(path: Path, seed: int) -> LeadsFile:
    """The generated leads as a file, read as anybody's own would be."""
    path.write_text(leads_csv(seed, rep_codes=tuple(rep.code for rep in REPS)), encoding="utf-8")
    return read_leads(path)


def _json(observed: Observed) -> str:
    return json.dumps(as_json(observed), ensure_ascii=False, indent=2) + "\n"


def _closing(folder: Path, addresses: Addresses, played: Played) -> Text:
    """How long it took, where it is kept, and what can be looked at when it is started again."""
    phases = played.observed.phases
    took = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in phases.items())
    lines = [
        f"{sum(phases.values()):.1f} s in all: {took}.",
        f"The report, complete: {folder / REPORT}",
        f"The data stays in {folder}. To open it again, and then:",
        "",
        "  make up",
        "",
    ]
    links = {"every run": addresses.workflows_url()}
    if played.named_lead_id:
        links["the named lead"] = addresses.workflow_url(f"lead/{played.named_lead_id}")
        lines.append(f"  clew lead timeline {played.named_lead_id}")
    if played.keeper:
        held = f'ClewOwner="{played.keeper}" AND ExecutionStatus="Running"'
        links[f"what {played.keeper} holds"] = addresses.workflows_url(held)
        lines.append(f"  clew inbox --as rep:{played.keeper}")
    lines += [f"  {name + ':':<18} {url}" for name, url in links.items() if url]
    if older := sum(other != folder for other in folder.parent.glob(f"{FOLDER_NAME}*")):
        lines += ["", f"Data of {older} earlier demos beside it may be deleted: {folder.parent}/{FOLDER_NAME}*"]
    return Text("\n".join(lines))


def _raise_first(failed: BaseExceptionGroup[BaseException]) -> NoReturn:
    """Of tasks that ran side by side, the first failure: the others ended because of it."""
    first = failed.exceptions[0]
    if isinstance(first, BaseExceptionGroup):
        _raise_first(first)
    raise first from None
