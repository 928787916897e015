"""The supervisor, with stand-in programs."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cli.stack.problem import StackProblem
from cli.stack.processes import LARGEST_LOG, Process, Processes
from cli.stack.readiness import listening, wrote

SLEEPS = "import time; print('up', flush=True); time.sleep(600)"
IGNORES_SIGTERM = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEPS}"


async def at_once() -> bool:
    return True


def stand_in(name: str, code: str, **more: object) -> Process:
    return Process(name, (sys.executable, "-c", code), **{"is_ready": at_once, **more})  # type: ignore[arg-type]


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def until(question: object, *, within: float = 10.0) -> None:
    deadline = time.monotonic() + within
    while not question():  # type: ignore[operator]
        assert time.monotonic() < deadline, "it never came true"
        await asyncio.sleep(0.02)


async def test_a_killed_child_is_started_again_and_it_is_said(tmp_path: Path) -> None:
    said: list[str] = []
    processes = Processes(tmp_path, said.append)
    await processes.start(stand_in("scoring", SLEEPS))
    first = processes.pid("scoring")

    await processes.kill("scoring")
    await processes.until_ready("scoring")

    assert processes.pid("scoring") != first
    assert said == ["scoring was killed by SIGKILL; starting it again in 0.25 s", "scoring runs again"]
    await processes.stop("scoring")


async def test_a_child_that_crashes_again_and_again_waits_longer_each_time(tmp_path: Path) -> None:
    said: list[str] = []
    processes = Processes(tmp_path, said.append)
    await processes.start(stand_in("routing", "import time; time.sleep(0.1); raise SystemExit(3)"))

    await until(lambda: sum("ended with code 3" in line for line in said) >= 3)

    pauses = [line.rpartition(" in ")[2] for line in said if "ended with code 3" in line]
    assert pauses[:3] == ["0.25 s", "0.5 s", "1 s"]
    await processes.stop("routing")


async def test_a_child_kept_down_stays_down_until_it_is_restarted(tmp_path: Path) -> None:
    processes = Processes(tmp_path, print)
    await processes.start(stand_in("intake", SLEEPS))
    first = processes.pid("intake")

    await processes.kill("intake", restarted=False)
    await asyncio.sleep(0.5)
    assert not is_alive(first)

    await processes.restart("intake")
    assert is_alive(processes.pid("intake"))
    await processes.stop("intake")


async def test_a_child_that_ends_before_it_is_ready_is_reported_with_the_end_of_its_log(
    tmp_path: Path,
) -> None:
    async def never() -> bool:
        return False

    processes = Processes(tmp_path, print)
    with pytest.raises(StackProblem, match=r"(?s)intake ended before it was ready.*no such column"):
        await processes.start(stand_in("intake", "raise SystemExit('no such column')", is_ready=never))


async def test_a_child_that_ignores_the_stop_signal_is_killed_and_it_is_said(tmp_path: Path) -> None:
    said: list[str] = []
    processes = Processes(tmp_path, said.append)
    await processes.start(stand_in("stubborn", IGNORES_SIGTERM, stop_within=0.3))
    await until(lambda: "up" in processes.log("stubborn").read_text())
    pid = processes.pid("stubborn")

    await processes.stop("stubborn")

    assert not is_alive(pid)
    assert said == ["stubborn did not stop within 0.3 s: killed"]


async def test_a_frozen_child_can_still_be_stopped(tmp_path: Path) -> None:
    processes = Processes(tmp_path, print)
    await processes.start(stand_in("frozen", SLEEPS))
    processes.send("frozen", signal.SIGSTOP)
    began = time.monotonic()

    await processes.stop("frozen")

    assert time.monotonic() - began < 2


async def test_a_childs_own_children_do_not_outlive_it(tmp_path: Path) -> None:
    starts_one = f"import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', {SLEEPS!r}]).pid)"
    code = f"{starts_one}; {SLEEPS}"
    processes = Processes(tmp_path, print)
    await processes.start(stand_in("parent", code))
    await until(lambda: "up" in processes.log("parent").read_text())
    grandchild = int(processes.log("parent").read_text().split()[0])

    await processes.stop("parent")

    await until(lambda: not is_alive(grandchild))


async def test_readiness_can_be_a_file_an_open_port_or_not_having_died(tmp_path: Path) -> None:
    ready_file = tmp_path / "ready"
    by_file, by_age = wrote(ready_file, or_alive_for=600), wrote(ready_file, or_alive_for=0.01)
    assert not await by_file()
    assert not await by_age()
    await asyncio.sleep(0.02)
    assert await by_age()
    await asyncio.to_thread(ready_file.touch)
    assert await by_file()

    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    assert await listening(port)()
    server.close()
    await server.wait_closed()
    assert not await listening(port)()


async def test_a_large_log_is_begun_anew_and_the_old_one_kept(tmp_path: Path) -> None:
    processes = Processes(tmp_path, print)
    log = processes.log("intake")
    with log.open("wb") as old:
        old.truncate(LARGEST_LOG + 1)

    await processes.start(stand_in("intake", SLEEPS))
    await processes.stop("intake")

    assert log.stat().st_size < 100
    assert log.with_suffix(".log.1").stat().st_size == LARGEST_LOG + 1


def test_no_child_outlives_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    supervisor = f"""
import asyncio, pathlib
from cli.stack.processes import Process, Processes
async def ready(): return True
async def main():
    processes = Processes(pathlib.Path({str(tmp_path)!r}), print)
    for name in ("one", "two"):
        await processes.start(Process(name, ({sys.executable!r}, "-c", {IGNORES_SIGTERM!r}), ready))
        print(processes.pid(name), flush=True)
    await asyncio.sleep(600)
asyncio.run(main())
"""
    with subprocess.Popen(
        [sys.executable, "-c", supervisor], stdout=subprocess.PIPE, text=True, env={**os.environ}
    ) as running:
        assert running.stdout is not None
        pids = [int(running.stdout.readline()) for _ in range(2)]
        assert all(is_alive(pid) for pid in pids)
        running.kill()

    deadline = time.monotonic() + 5
    while any(is_alive(pid) for pid in pids):
        assert time.monotonic() < deadline, "a child outlived its supervisor"
        time.sleep(0.02)
