"""The data folder: one stack at a time, found by the other commands, emptied only when it is ours."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from cli.stack.addresses import Addresses, with_environment
from cli.stack.folder import (
    StackRunsAlready,
    empty,
    folder_used_last,
    held,
    is_held,
    keep_ports,
    kept_ports,
    remember_as_last,
    running_stack,
    write_addresses,
)
from cli.stack.ports import DEFAULT_PORTS, choose_ports, free_ports
from cli.stack.problem import StackProblem

ADDRESSES = Addresses(
    intake="127.0.0.1:7401",
    scoring="127.0.0.1:7402",
    routing="127.0.0.1:7403",
    conversion="127.0.0.1:7404",
    temporal="127.0.0.1:7233",
    temporal_namespace="clew",
    ui_url="http://127.0.0.1:8233",
    database_url="postgresql+psycopg://postgres@/clew?host=/somewhere",
)


@pytest.fixture(autouse=True)
def nobody_elses_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    for name in [name for name in os.environ if name.startswith(("CLEW_", "TEMPORAL_"))]:
        monkeypatch.delenv(name)


def test_a_second_stack_on_the_same_folder_is_refused_and_says_where(tmp_path: Path) -> None:
    with held(tmp_path):
        write_addresses(tmp_path, ADDRESSES)

        with pytest.raises(StackRunsAlready) as refusal, held(tmp_path):
            pass

    for said in (str(tmp_path), str(os.getpid()), "127.0.0.1:7401", "http://127.0.0.1:8233"):
        assert said in str(refusal.value)


def test_a_folder_that_cannot_be_written_is_refused_in_words(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()

    with pytest.raises(StackProblem, match=rf"The folder {file}/data cannot be written: Not a directory\."):
        held(file / "data").__enter__()


def test_a_killed_stack_does_not_block_its_folder(tmp_path: Path) -> None:
    code = f"""
import os, pathlib
from cli.stack.folder import held
with held(pathlib.Path({str(tmp_path)!r})):
    os.kill(os.getpid(), 9)
"""
    subprocess.run([sys.executable, "-c", code], check=False)

    assert (tmp_path / "stack.lock").exists()
    assert not is_held(tmp_path)
    with held(tmp_path):
        assert is_held(tmp_path)


def test_clients_find_the_running_stack_of_the_folder_used_last(tmp_path: Path) -> None:
    folder = tmp_path / "stack"
    with held(folder):
        write_addresses(folder, ADDRESSES)
        remember_as_last(folder)

        assert folder_used_last() == folder
        assert running_stack() == ADDRESSES

    assert running_stack() is None


def test_addresses_of_a_stack_that_was_killed_are_not_believed(tmp_path: Path) -> None:
    (tmp_path / "stack.lock").touch()
    write_addresses(tmp_path, ADDRESSES)

    assert running_stack(tmp_path) is None


def test_an_address_in_the_environment_wins_over_the_folder() -> None:
    found = with_environment(ADDRESSES, {"CLEW_ROUTING_ADDRESS": "elsewhere:1"})

    assert found is not None
    assert (found.routing, found.intake) == ("elsewhere:1", "127.0.0.1:7401")


def test_four_addresses_in_the_environment_need_no_stack() -> None:
    services = ("INTAKE", "SCORING", "ROUTING", "CONVERSION")
    found = with_environment(None, {f"CLEW_{name}_ADDRESS": f"{name.lower()}:1" for name in services})

    assert found is not None
    assert found.conversion == "conversion:1"
    assert with_environment(None, {"CLEW_INTAKE_ADDRESS": "intake:1"}) is None


def test_the_folder_used_last_is_the_default_one_when_it_is_gone(tmp_path: Path) -> None:
    remember_as_last(tmp_path / "gone")

    assert folder_used_last() == tmp_path / "data" / "clew"


def test_ports_are_the_usual_ones_and_move_only_when_taken() -> None:
    usual, other = free_ports(2)
    with socket.create_server(("127.0.0.1", usual)):
        chosen, moved = choose_ports({"intake": usual, "scoring": other})

    assert chosen["scoring"] == other
    assert chosen["intake"] not in (usual, other)
    assert moved == {"intake": chosen["intake"]}


def test_a_folder_keeps_its_ports(tmp_path: Path) -> None:
    assert kept_ports(tmp_path) == DEFAULT_PORTS

    keep_ports(tmp_path, {**DEFAULT_PORTS, "ui": 9000})

    assert kept_ports(tmp_path)["ui"] == 9000


def test_emptying_leaves_a_folder_alone_that_is_not_a_stacks(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")

    with pytest.raises(StackProblem, match="left as it is"):
        empty(tmp_path)

    assert (tmp_path / "thesis.txt").exists()


def test_emptying_erases_the_data_but_not_under_a_running_stack(tmp_path: Path) -> None:
    with held(tmp_path):
        (tmp_path / "temporal").mkdir()
        (tmp_path / "temporal" / "temporal.db").touch()
        with pytest.raises(StackRunsAlready):
            empty(tmp_path)

    empty(tmp_path)

    assert [entry.name for entry in tmp_path.iterdir()] == ["stack.lock"]


def test_a_link_into_the_temporal_ui_carries_its_query() -> None:
    link = ADDRESSES.workflows_url('ClewOwner="L007"')

    assert link == "http://127.0.0.1:8233/namespaces/clew/workflows?query=ClewOwner%3D%22L007%22"
