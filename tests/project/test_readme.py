"""The README is true: its examples are run, its commands, folders, files and settings are there."""

import asyncio
import json
import os
import re
import shlex
import sys
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from cli.stack.addresses import Addresses
from cli.stack.ports import FREE_PORTS
from cli.stack.stack import Stack

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# What differs from run to run: the ends of ids, days, times, lengths of time.
CHANGING = re.compile(
    r"…[0-9a-f]{8}|\d{4}-\d\d-\d\d(T[\d:.]+(Z|\+00:00))?|\d\d:\d\d:\d\d|in [\d.]+ \w+( \d+ \w+)?"
    # Whichever of them was first.
    r"|the lead's timer|the sweep"
)


@dataclass(frozen=True)
class Step:
    """A command of the example and what the README says that it prints."""

    command: str
    printed: str


def steps_of_the_examples() -> list[Step]:
    blocks = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    assert len(blocks) == 2
    parts = [part for block in blocks for part in re.split(r"^\$ clew ", block, flags=re.MULTILINE)[1:]]
    return [Step(*part.partition("\n")[::2]) for part in parts]


@pytest.fixture(scope="module")
async def stack() -> AsyncIterator[Addresses]:
    with tempfile.TemporaryDirectory(prefix="clew-readme-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o755)  # noqa: PTH101, S103  # PostgreSQL's own system user must be able to enter it
        async with Stack.start(Path(folder), ports=FREE_PORTS) as started:
            yield started.addresses


async def clew(addresses: Addresses, command: str) -> str:
    named = {
        f"CLEW_{name.upper()}_ADDRESS": addresses.of(name) for name in ("intake", "scoring", "routing", "conversion")
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "cli",
        *shlex.split(command),
        cwd=ROOT,
        env={**os.environ, **named, "CLEW_AS": "manager:wang", "COLUMNS": "118", "TZ": "UTC", "NO_COLOR": "1"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    printed, _ = await process.communicate()
    return "\n".join(line.rstrip() for line in printed.decode().splitlines())


def unchanging(text: str) -> list[str]:
    """The words of a text without what differs from run to run, whatever the order of its lines."""
    return sorted(CHANGING.sub("~", ID.sub("ID", text)).split())


async def until_pooled(addresses: Addresses) -> None:
    for _ in range(100):
        pools = json.loads(await clew(addresses, "pool list --json"))["pools"]
        if sum(pool["waiting"] for pool in pools):
            return
    raise AssertionError("the lead is in no pool")


@pytest.mark.timeout(240)
async def test_the_examples_print_what_the_readme_says(stack: Addresses) -> None:
    real_ids: dict[str, str] = {}
    for step in steps_of_the_examples():
        command = step.command
        for shown, real in real_ids.items():
            command = command.replace(shown, real)

        if command.startswith("lead why"):
            await until_pooled(stack)
        printed = await clew(stack, command)

        assert unchanging(printed) == unchanging(step.printed), printed
        # The ids that the README shows stand for those that were made now.
        real_ids |= dict(zip(ID.findall(step.printed), ID.findall(printed), strict=True))
        if command.startswith("lead submit"):
            await until_pooled(stack)


def test_every_make_target_that_is_named_is_there() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"^make (\w+)", README, re.MULTILINE))

    assert {"demo", "test", "up"} <= named <= targets


def test_every_folder_and_file_that_is_named_is_there() -> None:
    named = re.findall(r"`((?:proto|services|workflows|cli|tests)/[\w/.]*)`", README)

    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_setting_that_is_read_is_in_the_table() -> None:
    sources = [*ROOT.glob("services/**/*.py"), *ROOT.glob("workflows/*.py"), *ROOT.glob("cli/**/*.py")]
    read = {name for path in sources for name in re.findall(r'"((?:CLEW|OTEL)_[A-Z_]+)"', path.read_text())}
    documented = set(re.findall(r"`((?:CLEW|OTEL)_[A-Z_]+)`", README))
    # Between the supervisor and its worker: nobody sets it.
    internal = {"CLEW_READY_FILE"}

    assert read - internal - documented == set()


def test_the_top_folders_are_on_the_map() -> None:
    tracked = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith((".", "__"))}

    made = {"build", "dist", "out"}
    assert [name for name in sorted(tracked - made) if f"`{name}/" not in README] == []
