"""The stack that is going to be broken: real processes, and a proxy on each way that a fault may cut."""

import os
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

from google.protobuf.message import Message
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool
from temporalio.client import Client

from cli.calling import Clew, connected
from cli.stack.addresses import SERVICES, Addresses
from cli.stack.ports import FREE_PORTS
from cli.stack.processes import Process, Say
from cli.stack.stack import WORKERS, Stack, clew_processes
from cli.stack.stack import Clew as Processes
from services.shared.crash_points import VARIABLE
from tests.faults.journal import Act, Ended, Journal
from tests.faults.office import MANAGER, Rep
from tests.faults.proxy import Proxy

OURS = (*SERVICES, *WORKERS)


@dataclass(frozen=True)
class Ways:
    """The connections that a fault may disturb."""

    clients_to_routing: Proxy
    routing_to_database: Proxy
    to_temporal: Proxy

    @property
    def by_name(self) -> dict[str, Proxy]:
        return {
            "clients → routing": self.clients_to_routing,
            "routing → PostgreSQL": self.routing_to_database,
            "services and workers → Temporal": self.to_temporal,
        }


@dataclass
class Scene:
    """What a fault works on. `clew` and `database` are the harness's own, past every proxy."""

    stack: Stack
    ways: Ways
    clew: Clew
    clients: Clew
    database: AsyncEngine
    temporal: Client
    crash_points: Path
    journal: Journal
    rng: Random
    # Holds what faults themselves need held, and does nothing else.
    patient_rep: Rep = Rep("", "")  # noqa: RUF009  # frozen, so that it may be shared
    notes: list[str] = field(default_factory=list)
    postgres_crashed_at: list[float] = field(default_factory=list)

    async def act(self, kind: str, method: Any, request: Message) -> Any:
        """Something that a fault does itself, as a manager: counted like every act."""
        act = self.journal.begin(Act(kind, request, MANAGER, time.time()))
        act.answer = await self.clew.call(method, request)
        act.ended, act.outcome = time.time(), Ended.OK
        return act.answer

    async def all_ready(self, names: Sequence[str] = OURS) -> None:
        for name in names:
            await self.stack.until_ready(name)


@asynccontextmanager
async def set_up(seed: int, say: Say) -> AsyncIterator[Scene]:
    """Start everything in a folder of its own. Its path is short: PostgreSQL's socket lies in it."""
    async with AsyncExitStack() as open_:
        place = open_.enter_context(tempfile.TemporaryDirectory(prefix="clew-faults-", dir="/tmp"))
        folder = Path(place)
        folder.chmod(0o755)  # noqa: ASYNC240  # once, before anything runs
        points = folder / "crash-points"
        points.mkdir()
        ways = Ways(*[await open_.enter_async_context(Proxy(Random(seed + way))) for way in range(3)])

        def through_proxies(addresses: Addresses) -> Processes:
            own = clew_processes(addresses, folder, test_clock=False)
            socket = make_url(addresses.database_url).query["host"]
            ways.routing_to_database.target = f"{socket}/.s.PGSQL.5432"
            ways.to_temporal.target = addresses.temporal
            ways.clients_to_routing.target = addresses.routing
            return Processes(
                tuple(_through(one, addresses, ways, points) for one in own.services),
                tuple(_through(one, addresses, ways, points) for one in own.workers),
            )

        stack = await open_.enter_async_context(
            Stack.start(folder, ports=FREE_PORTS, progress=say, clew=through_proxies)
        )
        database = create_async_engine(stack.addresses.database_url, poolclass=NullPool)
        open_.push_async_callback(database.dispose)
        proxied = replace(stack.addresses, routing=ways.clients_to_routing.address)
        yield Scene(
            stack=stack,
            ways=ways,
            clew=await open_.enter_async_context(connected(stack.addresses, MANAGER)),
            clients=await open_.enter_async_context(connected(proxied, MANAGER)),
            database=database,
            temporal=await Client.connect(stack.addresses.temporal, namespace=stack.addresses.temporal_namespace),
            crash_points=points,
            journal=Journal(),
            rng=Random(seed),
        )


def _through(process: Process, addresses: Addresses, ways: Ways, points: Path) -> Process:
    env = {
        **process.env,
        VARIABLE: str(points),
        "TEMPORAL_ADDRESS": ways.to_temporal.address,
    }
    if process.name == "routing":
        database = make_url(addresses.database_url).database
        address = ways.routing_to_database.address
        env["CLEW_DATABASE_URL"] = f"postgresql+psycopg://postgres@{address}/{database}?sslmode=disable"
    return replace(process, env=env)


def processes_of(pid: int) -> list[int]:
    """A process and all that it started, as the kernel lists them."""
    parents = {}
    for entry in os.listdir("/proc"):  # noqa: PTH208  # thousands of entries, only names are wanted
        if entry.isdigit():
            try:
                parents[int(entry)] = int(Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()[1])
            except (FileNotFoundError, ProcessLookupError):
                continue
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found
