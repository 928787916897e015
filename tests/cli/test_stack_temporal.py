"""The embedded Temporal server: found in a fixed order, configured, prepared, and not to be killed."""

import asyncio
import json
import stat
import time
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.client import Client
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes
from temporalio.testing import TimeSkipper
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from cli.stack import temporal_build, temporal_server
from cli.stack.ports import free_ports
from cli.stack.processes import Processes
from cli.stack.temporal_build import SERVER, CannotBuild, build, cached, usable_go
from cli.stack.temporal_config import ServerSettings, write_server_config, write_ui_config
from cli.stack.temporal_download import CannotDownload
from cli.stack.temporal_namespace import prepare_namespace, server_version
from cli.stack.temporal_server import (
    Kind,
    NoTemporalServer,
    TemporalFound,
    at_hand,
    find_temporal,
    temporal_processes,
)
from tests.conftest import TemporalServer

OWNER = SearchAttributeKey.for_keyword("ClewOwner")


@workflow.defn
class TwoWeeks:
    @workflow.run
    async def run(self) -> str:
        await workflow.sleep(timedelta(days=14))
        return "rested"


async def test_it_keeps_runs_over_kill_minus_nine_on_the_same_file(stack_folder: Path) -> None:
    found = await find_temporal(print)
    port, ui_port = free_ports(2)
    settings = ServerSettings(stack_folder / "killed", port, ui_port)
    server, _ = temporal_processes(found, settings, "clew")
    processes = Processes(stack_folder / "killed" / "logs", print)
    await processes.start(server)
    address = f"127.0.0.1:{port}"
    await prepare_namespace(address, "clew")
    client = await Client.connect(address, namespace="clew")
    owned = TypedSearchAttributes([SearchAttributePair(OWNER, "L007")])
    await client.start_workflow("Any", id="lead/1", task_queue="nobody", search_attributes=owned)

    await processes.kill("temporal")
    await processes.until_ready("temporal")
    await prepare_namespace(address, "clew")  # a second time changes nothing

    description = await client.get_workflow_handle("lead/1").describe()
    assert description.typed_search_attributes.get(OWNER) == "L007"
    async for run in client.list_workflows('ClewOwner = "L007"'):
        assert run.id == "lead/1"
    await processes.stop("temporal")


async def test_a_server_on_other_ports_right_after_a_kill_is_usable_at_once(stack_folder: Path) -> None:
    found = await find_temporal(print)
    took = []
    for _ in range(2):
        port, ui_port = free_ports(2)
        began = time.monotonic()
        server, _ = temporal_processes(found, ServerSettings(stack_folder / "moved", port, ui_port), "clew")
        processes = Processes(stack_folder / "moved" / "logs", print)
        await processes.start(server)
        await prepare_namespace(f"127.0.0.1:{port}", "clew")
        took.append(time.monotonic() - began)
        await processes.kill("temporal", restarted=False)

    assert took[1] < 10  # most of a minute when it looks for its former self


async def test_a_server_made_for_tests_skips_two_weeks_at_once(temporal: TemporalServer) -> None:
    client = await Client.connect(temporal.address, namespace=temporal.namespace)
    skipper = TimeSkipper(client)
    worker = Worker(client, task_queue="two-weeks", workflows=[TwoWeeks], workflow_runner=UnsandboxedWorkflowRunner())
    async with worker:
        handle = await skipper.client.start_workflow(TwoWeeks.run, id="two-weeks", task_queue="two-weeks")

        await skipper.fast_forward(handle, timedelta(days=15))

        assert await asyncio.wait_for(handle.result(), 20) == "rested"


async def test_the_server_says_its_version(temporal: TemporalServer) -> None:
    assert (await server_version(temporal.address) or "").startswith("1.")


def test_every_port_is_bound_to_loopback_and_time_is_skipped_only_when_asked(tmp_path: Path) -> None:
    write_server_config(ServerSettings(tmp_path, 7233, 8233))
    config = json.loads((tmp_path / "server.yaml").read_text())
    dynamic = json.loads((tmp_path / "dynamic.yaml").read_text())

    assert all(service["rpc"]["bindOnLocalHost"] for service in config["services"].values())
    assert config["global"]["membership"]["broadcastAddress"] == "127.0.0.1"
    assert dynamic["history.hostLevelCacheMaxSize"] == [{"value": 2000}]
    assert "frontend.WorkflowTimeSkippingEnabled" not in dynamic

    write_server_config(ServerSettings(tmp_path, 7233, 8233, time_skipping=True))
    dynamic = json.loads((tmp_path / "dynamic.yaml").read_text())
    assert dynamic["frontend.WorkflowTimeSkippingEnabled"] == [{"value": True}]


def test_the_ui_listens_on_loopback_and_fetches_no_news(tmp_path: Path) -> None:
    settings = ServerSettings(tmp_path, 7233, 8233)
    write_ui_config(settings, "clew")
    config = json.loads((settings.ui_folder / "clew.yaml").read_text())

    assert (config["host"], config["port"], config["disableNewsFetch"]) == ("127.0.0.1", 8233, True)


def files_in(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir()]


def lines_of(file: Path) -> list[str]:
    return file.read_text().splitlines()


def program(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return file


def test_an_address_comes_before_the_command_and_the_command_before_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert at_hand({"PATH": ""}) is None

    server = program(tmp_path / "clew" / "temporal-server-1.32.1", "")
    found = at_hand({"PATH": ""})
    assert found is not None
    assert (found.kind, found.program) == (Kind.SERVER, server)

    command = program(tmp_path / "bin" / "temporal", "")
    found = at_hand({"PATH": str(tmp_path / "bin")})
    assert found is not None
    assert (found.kind, found.program) == (Kind.COMMAND_LINE, command)

    found = at_hand({"PATH": str(tmp_path / "bin"), "TEMPORAL_ADDRESS": "temporal:7233"})
    assert found is not None
    assert (found.kind, found.address) == (Kind.ADDRESS, "temporal:7233")


def test_the_temporal_command_is_told_loopback_its_file_and_the_same_limits(tmp_path: Path) -> None:
    found = TemporalFound(Kind.COMMAND_LINE, "", program=Path("temporal"))
    settings = ServerSettings(tmp_path, 7233, 8233, time_skipping=True)

    server, ui = temporal_processes(found, settings, "clew")

    assert ui is None
    said = " ".join(server.argv)
    assert "--ip 127.0.0.1 --port 7233" in said
    assert "--ui-ip 127.0.0.1 --ui-port 8233" in said
    assert f"--db-filename {tmp_path}/temporal.db" in said
    assert "history.hostLevelCacheMaxSize=2000" in said
    assert "frontend.WorkflowTimeSkippingEnabled=true" in said


FAKE_GO = """
if [ "$1" = env ]; then echo {version}; exit; fi
echo "$@" >> {folder}/builds
echo go.temporal.io/server/service/history >&2
sleep 0.5
{end}
"""


def fake_go(folder: Path, monkeypatch: pytest.MonkeyPatch, *, version: str = "go1.26.8", fails: bool = False) -> None:
    end = "echo no space left on device >&2; exit 1" if fails else 'touch "$GOBIN/server"; chmod +x "$GOBIN/server"'
    program(folder / "bin" / "go", FAKE_GO.format(version=version, folder=folder, end=end))
    monkeypatch.setenv("PATH", f"{folder / 'bin'}:/usr/bin:/bin")


async def test_two_that_need_the_server_build_it_once_and_the_other_says_that_it_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_go(tmp_path, monkeypatch)
    said: list[str] = []

    first, second = await asyncio.gather(build(SERVER, tmp_path, said.append), build(SERVER, tmp_path, said.append))

    assert first == second == cached(tmp_path, SERVER)
    built = lines_of(tmp_path / "builds")
    assert built == ["install -v -trimpath -ldflags -s -w go.temporal.io/server/cmd/server@v1.32.1"]
    assert any("Another process builds temporal-server-1.32.1" in line for line in said)
    assert not any(name.startswith("build-") for name in files_in(tmp_path))


async def test_a_long_build_says_how_long_and_what_is_compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_go(tmp_path, monkeypatch)
    monkeypatch.setattr(temporal_build, "PROGRESS_EVERY", 0.0)
    said: list[str] = []

    await build(SERVER, tmp_path, said.append)

    assert any("0:00, step 1, compiling go.temporal.io/server/service/history" in line for line in said)


async def test_an_old_go_is_refused_with_both_versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_go(tmp_path, monkeypatch, version="go1.22.1")

    with pytest.raises(CannotBuild, match=r"Go is 1\.22\.1, and 1\.26\.8 or newer is needed"):
        await usable_go()


async def test_when_every_way_fails_one_message_names_each_with_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unreachable(cache: Path) -> Path:
        raise CannotDownload("nothing arrived for 20 s")

    monkeypatch.setattr(temporal_server, "download", unreachable)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("TEMPORAL_ADDRESS", raising=False)
    fake_go(tmp_path, monkeypatch, fails=True)

    with pytest.raises(NoTemporalServer) as nothing:
        await find_temporal(lambda _: None)

    for said in (
        "TEMPORAL_ADDRESS: it is not set",
        "there is no such program",
        "nothing arrived for 20 s",
        "no space left on device",
        "Any one of these helps",
    ):
        assert said in str(nothing.value)
    assert files_in(tmp_path / "cache" / "clew") == ["temporal-server-1.32.1.lock"]
