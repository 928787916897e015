"""What we are measured against: a bare gRPC call, a bare commit, and PostgreSQL's own benchmark."""

import asyncio
import os
import re
import sys

from bench.alone import Database
from bench.looking import connect
from cli.stack import postgres
from cli.stack.ports import free_ports
from cli.stack.processes import Process, command_of
from cli.stack.readiness import listening
from cli.stack.stack import ROOT

PGBENCH = "pgbench"
SCALE = 32  # 3.2 million accounts: 32 sessions hardly ever meet on a row


async def start_echo(database: Database, reply: bytes) -> str:
    """A bare grpc.aio server in its own process, answering these bytes. Returns its address."""
    [port] = free_ports(1)
    path = os.pathsep.join([str(ROOT), str(ROOT / "proto" / "generated")])
    await database.processes.start(
        Process(
            name="echo",
            argv=(sys.executable, "-m", "bench.echo", str(port), reply.hex()),
            is_ready=listening(port),
            env={"PYTHONPATH": path},
        )
    )
    return f"127.0.0.1:{port}"


async def insert_database(database: Database) -> str:
    """A database with one table to insert into, on the same cluster. Returns its connection string."""
    url = await postgres.make_database(database.cluster, "inserted")
    async with await connect(url) as connection:
        await connection.execute("create table inserted (id uuid primary key, body bytea not null)")
    return database.cluster.conninfo("inserted")


async def prepare_pgbench(database: Database, scale: int) -> None:
    await postgres.make_database(database.cluster, PGBENCH)
    await _pgbench(database, "-i", "-q", "-s", str(scale))


async def simple_update(database: Database, clients: int, seconds: float) -> float:
    """Transactions per second of pgbench's simple-update: an update, a select and an insert each."""
    said = await _pgbench(
        database, "-b", "simple-update", "-n", "-c", str(clients), "-j", "2", "-T", str(max(1, round(seconds)))
    )
    found = re.search(r"^tps = ([\d.]+)", said, re.MULTILINE)
    if found is None:
        raise RuntimeError(f"pgbench did not say how many transactions it made:\n{said}")
    return float(found[1])


async def _pgbench(database: Database, *arguments: str) -> str:
    cluster = database.cluster
    program = str(cluster.programs / "pgbench")
    argv = (program, "-h", str(cluster.socket), "-U", "postgres", *arguments, PGBENCH)
    running = await asyncio.create_subprocess_exec(
        *command_of(argv, user=cluster.user),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd="/",
        start_new_session=True,  # Ctrl-C is ours to answer
    )
    output, _ = await running.communicate()
    if running.returncode != 0:
        raise RuntimeError(f"pgbench failed:\n{output.decode(errors='replace')}")
    return output.decode()
