"""One PostgreSQL cluster and one Temporal server for the whole run; a new database for each module."""

import re
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from cli.stack import postgres
from cli.stack.ports import free_ports
from cli.stack.processes import Processes
from cli.stack.temporal_config import ServerSettings
from cli.stack.temporal_namespace import prepare_namespace
from cli.stack.temporal_server import Kind, find_temporal, temporal_processes


@dataclass(frozen=True)
class TemporalServer:
    address: str
    namespace: str


@pytest.fixture(scope="session")
def stack_folder() -> Iterator[Path]:
    """A short path that PostgreSQL's system user can enter, as pytest's own temporary folders are not."""
    folder = Path(tempfile.mkdtemp(prefix="clew-test-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
async def session_processes(stack_folder: Path) -> AsyncIterator[Processes]:
    processes = Processes(stack_folder / "logs", print)
    yield processes
    await processes.stop_together(processes.names())


@pytest.fixture(scope="session")
async def database_cluster(stack_folder: Path, session_processes: Processes) -> postgres.Cluster:
    cluster = await postgres.prepared_cluster(stack_folder, print)
    await session_processes.start(postgres.server_process(cluster))
    return cluster


@pytest.fixture(scope="module")
async def fresh_database(database_cluster: postgres.Cluster, request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """The URL of an empty database of this module's own, as SQLAlchemy reads it."""
    module = re.sub(r"\W+", "_", request.module.__name__).lower()[-40:]
    name = f"{module}_{uuid4().hex[:8]}"
    yield await postgres.make_database(database_cluster, name)
    await postgres.drop_database(database_cluster, name)


@pytest.fixture(scope="session")
async def temporal(stack_folder: Path, session_processes: Processes) -> TemporalServer:
    """A server that can skip time, with Clew's namespace and search attributes."""
    found = await find_temporal(print)
    address = found.address
    if found.kind is not Kind.ADDRESS:
        port, ui_port = free_ports(2)
        settings = ServerSettings(stack_folder / "temporal", port, ui_port, time_skipping=True)
        server, _ = temporal_processes(found, settings, "clew")
        await session_processes.start(server)
        address = f"127.0.0.1:{port}"
    await prepare_namespace(address, "clew")
    return TemporalServer(address, "clew")
