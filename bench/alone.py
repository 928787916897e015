"""PostgreSQL and one service, nothing else: what a command's own path costs.

Temporal's address is one where nobody listens, so the service's relay waits and claims nothing.
"""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bench.rounds import Say
from cli.stack import postgres
from cli.stack.addresses import SERVICES, Addresses
from cli.stack.ports import free_ports
from cli.stack.processes import Processes
from cli.stack.stack import clew_processes


@dataclass(frozen=True)
class Database:
    """A running cluster, and the processes that run on it."""

    folder: Path
    cluster: postgres.Cluster
    processes: Processes

    async def start_service(self, service: str, *, url: str) -> str:
        """Start a service on a database; several may run on one cluster. Returns its address."""
        *ports, nobody = free_ports(len(SERVICES) + 1)
        addresses = Addresses(
            **{name: f"127.0.0.1:{port}" for name, port in zip(SERVICES, ports, strict=True)},
            temporal=f"127.0.0.1:{nobody}",
            temporal_namespace="clew",
            ui_url=None,
            database_url=url,
        )
        ours = clew_processes(addresses, self.folder, test_clock=False)
        process = next(process for process in ours.services if process.name == service)
        name = f"{service}-{len(self.processes.names())}"
        await self.processes.start(replace(process, name=name))
        return addresses.of(service)


@contextmanager
def short_folder() -> Iterator[Path]:
    """PostgreSQL's socket lies in it, so its path is short, and PostgreSQL's own system user may enter it."""
    folder = Path(tempfile.mkdtemp(prefix="clew-bench-", dir="/tmp"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def running_database(say: Say) -> AsyncIterator[Database]:
    with short_folder() as folder:
        processes = Processes(folder / "logs", say)
        try:
            cluster = await postgres.prepared_cluster(folder, say)
            await processes.start(postgres.server_process(cluster))
            yield Database(folder, cluster, processes)
        finally:
            # What was started last stands on what was started first.
            for name in reversed(processes.names()):
                await processes.stop(name)
