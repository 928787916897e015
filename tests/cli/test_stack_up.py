"""`clew up` and `clew doctor`, with real PostgreSQL and Temporal and stand-ins for Clew's own processes."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.stack.addresses import SERVICES
from cli.stack.folder import is_held, running_stack
from cli.stack.ports import FREE_PORTS
from cli.stack.readiness import is_serving
from cli.stack.stack import WORKERS, Stack
from tests.cli.stand_in import stand_ins
from tests.conftest import TemporalServer

STAND_IN = str(Path(__file__).with_name("stand_in.py"))


@pytest.fixture
def environment(stack_folder: Path, tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CLEW_", "TEMPORAL_"))}
    return {
        **kept,
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "COLUMNS": "120",
    }


class Up:
    """A `clew up` that runs in its own process."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.output = folder.with_suffix(".output")
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, STAND_IN, "up", "--folder", str(folder)],
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment,
            )

    def until_it_says(self, words: str) -> str:
        deadline = time.monotonic() + 60
        while words not in (said := self.output.read_text()):
            assert self.process.poll() is None, said
            assert time.monotonic() < deadline, said
            time.sleep(0.05)
        return said

    def descendants(self) -> set[int]:
        """Every process below it, found by parentage, whatever session or user it has."""
        parents = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                except (FileNotFoundError, ProcessLookupError):
                    continue
        below, more = set[int](), {self.process.pid}
        while more:
            more = {pid for pid, parent in parents.items() if parent in more}
            below |= more
        return below


def environment_of(pid: int) -> str:
    return Path(f"/proc/{pid}/environ").read_text()


def page_of(url: str | None) -> int:
    assert url is not None
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 -- our own UI's address
        assert "text/html" in answer.headers["content-type"]
        return int(answer.status)


def none_is_left(pids: set[int], *, within: float = 15.0) -> bool:
    deadline = time.monotonic() + within
    while any(Path(f"/proc/{pid}").exists() for pid in pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@pytest.fixture
def running(stack_folder: Path, environment: dict[str, str], request: pytest.FixtureRequest) -> Iterator[Up]:
    started = Up(stack_folder / f"up-{abs(hash(request.node.name)) % 10000}", environment)
    yield started
    if started.process.poll() is None:
        started.process.terminate()
        started.process.wait(60)


def test_ctrl_c_stops_every_child_and_keeps_the_data(running: Up) -> None:
    running.until_it_says("to stop:")
    children = running.descendants()
    assert len(children) > 8  # PostgreSQL, Temporal, its UI, four services and two workers

    running.process.send_signal(signal.SIGINT)

    assert running.process.wait(60) == 0
    assert none_is_left(children)
    assert "Everything is stopped" in running.output.read_text()
    assert (running.folder / "temporal" / "temporal.db").exists()
    assert "database system is shut down" in (running.folder / "logs" / "postgres.log").read_text()
    assert "did not stop" not in running.output.read_text()


def test_no_child_outlives_a_stack_that_is_killed_and_the_next_one_starts(
    running: Up, environment: dict[str, str]
) -> None:
    running.until_it_says("to stop:")
    children = running.descendants()

    running.process.kill()
    running.process.wait()
    again = Up(running.folder, environment)

    assert none_is_left(children)
    again.until_it_says("to stop:")
    again.process.send_signal(signal.SIGTERM)
    assert again.process.wait(60) == 0
    # Its supervisor's death let PostgreSQL stop in order: nothing had to be recovered.
    assert "not properly shut down" not in (running.folder / "logs" / "postgres.log").read_text()


def test_ctrl_c_while_it_starts_leaves_no_child_and_the_next_start_works(
    running: Up, environment: dict[str, str]
) -> None:
    running.until_it_says("Temporal server:")
    time.sleep(0.3)
    children = running.descendants()

    running.process.send_signal(signal.SIGINT)

    assert running.process.wait(60) == 0
    assert none_is_left(children)
    again = Up(running.folder, environment)
    again.until_it_says("to stop:")
    again.process.terminate()
    assert again.process.wait(60) == 0


def test_a_second_up_says_where_the_first_runs_and_doctor_sees_its_services(
    running: Up, environment: dict[str, str]
) -> None:
    running.until_it_says("to stop:")
    found = running_stack(running.folder)
    assert found is not None

    second = subprocess.run(
        [sys.executable, STAND_IN, "up", "--folder", str(running.folder)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert second.returncode == 1
    assert found.intake in second.stderr
    assert str(running.process.pid) in second.stderr
    assert "Traceback" not in second.stderr

    examined = subprocess.run(
        [sys.executable, STAND_IN, "doctor", "--json"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert examined.returncode == 0
    report = json.loads(examined.stdout)
    assert report["demo_can_run"] is True
    states = {finding["subject"]: finding["what"] for finding in report["findings"]}
    assert states["routing"] == f"{found.routing} answers"
    assert states["stack"].startswith("runs")


async def test_a_database_and_a_temporal_server_of_ones_own_are_used_instead(
    stack_folder: Path,
    fresh_database: str,
    temporal: TemporalServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CLEW_DATABASE_URL", fresh_database)
    monkeypatch.setenv("TEMPORAL_ADDRESS", temporal.address)
    folder = stack_folder / "given"

    async with Stack.start(folder, ports=FREE_PORTS, clew=lambda addresses: stand_ins(addresses, folder)) as stack:
        assert stack.addresses.database_url == fresh_database
        assert stack.addresses.temporal == temporal.address
        assert set(stack.processes.names()) == {*SERVICES, *WORKERS}


async def test_a_stack_as_a_library_is_killed_paused_and_restarted_part_by_part(
    stack_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    folder = stack_folder / "library"
    async with Stack.start(
        folder,
        ports=FREE_PORTS,
        time_skipping=True,
        overrides={"routing": {"HELLO": "there"}},
        clew=lambda addresses: stand_ins(addresses, folder),
    ) as stack:
        routing = stack.addresses.routing
        assert await is_serving(routing)
        assert await asyncio.to_thread(page_of, stack.addresses.workflows_url('ClewOwner="L007"')) == 200
        assert "HELLO=there" in environment_of(stack.processes.pid("routing"))

        await stack.kill("routing", restarted=False)
        assert not await is_serving(routing)
        await stack.restart("routing")
        assert await is_serving(routing)

        stack.pause("routing")
        assert not await is_serving(routing)
        stack.resume("routing")
        assert await is_serving(routing)

        await stack.kill("postgres")
        await stack.until_ready("postgres")
        assert is_held(folder)
    assert not is_held(folder)
    assert not (tmp_path / "clew").exists()  # a stack with ports of its own is not the one used last
