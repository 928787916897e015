"""The embedded PostgreSQL: real, private, and not to be killed."""

import os
import signal
from pathlib import Path

import psycopg
import pytest

from cli.stack import postgres
from cli.stack.postgres_account import can_enter, system_user
from cli.stack.problem import StackProblem
from cli.stack.processes import Processes


async def ask(url: str, question: str) -> object:
    async with await psycopg.AsyncConnection.connect(url.replace("+psycopg", "")) as connection:
        row = await (await connection.execute(question)).fetchone()
        return row[0] if row else None


async def run(url: str, statement: str) -> None:
    async with await psycopg.AsyncConnection.connect(url.replace("+psycopg", "")) as connection:
        await connection.execute(statement)


async def test_committed_data_survives_kill_minus_nine(
    database_cluster: postgres.Cluster, fresh_database: str, session_processes: Processes
) -> None:
    await run(fresh_database, "CREATE TABLE lead (name text)")
    await run(fresh_database, "INSERT INTO lead VALUES ('王小明')")

    await session_processes.kill("postgres")
    await session_processes.until_ready("postgres")

    assert await ask(fresh_database, "SELECT name FROM lead") == "王小明"


async def test_a_cluster_stops_cleanly_and_keeps_its_data(stack_folder: Path) -> None:
    folder = stack_folder / "another"
    cluster = await postgres.prepared_cluster(folder, print)
    processes = Processes(folder / "logs", print)
    await processes.start(postgres.server_process(cluster))
    url = await postgres.make_database(cluster)
    await run(url, "CREATE TABLE kept AS SELECT 1 AS one")

    await processes.restart("postgres")

    assert await ask(url, "SELECT one FROM kept") == 1
    await processes.stop("postgres")
    assert "database system is shut down" in processes.log("postgres").read_text()


async def test_it_is_told_to_stop_in_order_when_its_supervisor_is_killed(stack_folder: Path) -> None:
    cluster = await postgres.prepared_cluster(stack_folder / "third", print)

    assert postgres.server_process(cluster).signal_when_orphaned == signal.SIGINT


async def test_it_listens_on_no_network_and_writes_durably(fresh_database: str) -> None:
    assert await ask(fresh_database, "SHOW listen_addresses") == ""
    assert await ask(fresh_database, "SHOW fsync") == "on"
    assert await ask(fresh_database, "SHOW max_connections") == "200"
    assert await ask(fresh_database, "SHOW server_encoding") == "UTF8"


async def test_a_deep_folder_gets_its_socket_in_a_short_one(stack_folder: Path) -> None:
    deep = stack_folder / ("d" * 120)
    cluster = await postgres.prepared_cluster(deep, print)
    processes = Processes(deep / "logs", print)
    await processes.start(postgres.server_process(cluster))
    try:
        assert len(str(cluster.socket)) < 100
        assert await ask(await postgres.make_database(cluster), "SELECT 1") == 1
    finally:
        await processes.stop("postgres")
        cluster.socket.rmdir()


async def test_a_cluster_left_half_made_by_a_killed_start_is_made_anew(stack_folder: Path) -> None:
    folder = stack_folder / "half"
    half_made = folder / "postgres.unfinished"
    half_made.mkdir(parents=True)
    (half_made / "PG_VERSION").write_text("18\n")

    cluster = await postgres.prepared_cluster(folder, print)

    assert (cluster.data / "postgresql.conf").exists()
    assert not half_made.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gets a system user for PostgreSQL")
async def test_programs_that_the_database_user_cannot_reach_are_copied_to_where_he_can(
    stack_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = postgres.packaged_programs()
    monkeypatch.setattr(postgres, "SHARED_PLACE", stack_folder / "shared")
    monkeypatch.setattr(postgres, "can_enter", lambda _, place: place != programs)

    cluster = await postgres.prepared_cluster(stack_folder / "far", print)

    assert cluster.programs.is_relative_to(stack_folder / "shared")
    processes = Processes(stack_folder / "far" / "logs", print)
    await processes.start(postgres.server_process(cluster))
    assert await ask(await postgres.make_database(cluster), "SELECT 1") == 1
    await processes.stop("postgres")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gets a system user for PostgreSQL")
def test_a_folder_that_the_database_user_cannot_enter_is_left_closed(stack_folder: Path) -> None:
    closed = stack_folder / "closed"
    closed.mkdir(mode=0o700)
    user = system_user(create=True)
    assert user is not None

    assert not can_enter(user, closed)
    assert postgres.postgres_folder(closed / "data").parent == postgres.SHARED_PLACE
    assert closed.stat().st_mode & 0o777 == 0o700


async def test_a_database_that_cannot_be_reached_is_named_as_the_problem() -> None:
    problem = await postgres.problem_with("postgresql+psycopg://x@127.0.0.1:1/none")

    assert problem is not None
    assert "127.0.0.1" in problem


async def test_a_folder_with_other_things_in_the_clusters_place_is_left_alone(stack_folder: Path) -> None:
    folder = stack_folder / "spoilt"
    (folder / "postgres").mkdir(parents=True)
    (folder / "postgres" / "somebody elses file").touch()

    with pytest.raises(StackProblem, match="is not empty and holds no database cluster"):
        await postgres.prepared_cluster(folder, print)
