"""The whole stack as one thing: started in order, supervised, stopped in order."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from cli.stack import postgres
from cli.stack.addresses import NAMESPACE, SERVICES, Addresses
from cli.stack.folder import held, keep_ports, kept_ports, remember_as_last, write_addresses
from cli.stack.ports import choose_ports
from cli.stack.processes import Process, Processes, Say, all_or_none
from cli.stack.readiness import serving, wrote
from cli.stack.temporal_config import ServerSettings
from cli.stack.temporal_namespace import prepare_namespace
from cli.stack.temporal_server import Kind, TemporalFound, find_temporal, has_ui, temporal_processes

WORKERS = ("worker-1", "worker-2")
ROOT = Path(__file__).parents[2]
# A worker that never says so is taken for ready when it has not died for so long.
WORKER_ALIVE_FOR = 3.0


@dataclass(frozen=True)
class Clew:
    """Clew's own processes, as data: services first, then workers."""

    services: tuple[Process, ...]
    workers: tuple[Process, ...]


def clew_processes(addresses: Addresses, folder: Path, *, test_clock: bool) -> Clew:
    common = {
        "PYTHONPATH": os.pathsep.join(
            filter(None, [str(ROOT), str(ROOT / "proto" / "generated"), os.environ.get("PYTHONPATH")])
        ),
        # The workflow sandbox imports its file anew for each run: compiled once, that is three times as fast.
        "PYTHONDONTWRITEBYTECODE": "",
        "TEMPORAL_ADDRESS": addresses.temporal,
        "TEMPORAL_NAMESPACE": addresses.temporal_namespace,
    }
    clock = {"CLEW_TEST_CLOCK": "1"} if test_clock else {}
    services = [
        Process(
            name=service,
            argv=(sys.executable, "-m", f"services.{service}"),
            is_ready=serving(addresses.of(service)),
            env={
                **common,
                **clock,
                "CLEW_DATABASE_URL": addresses.database_url,
                "CLEW_LISTEN": addresses.of(service),
            },
        )
        for service in SERVICES
    ]
    peers = {f"CLEW_{service.upper()}_ADDRESS": addresses.of(service) for service in SERVICES}
    workers = [
        Process(
            name=worker,
            argv=(sys.executable, "-m", "workflows"),
            is_ready=wrote(folder / f"{worker}.ready", or_alive_for=WORKER_ALIVE_FOR),
            env={**common, **peers, "CLEW_READY_FILE": str(folder / f"{worker}.ready")},
            ready_file=folder / f"{worker}.ready",
        )
        for worker in WORKERS
    ]
    return Clew(tuple(services), tuple(workers))


@dataclass(frozen=True)
class Stack:
    folder: Path
    addresses: Addresses
    temporal: TemporalFound
    started_in: float  # seconds
    moved_ports: Mapping[str, int]
    processes: Processes

    @staticmethod
    @asynccontextmanager
    async def start(
        folder: Path,
        *,
        ports: Mapping[str, int] | None = None,
        progress: Say = lambda _: None,
        test_clock: bool = False,
        time_skipping: bool = False,
        overrides: Mapping[str, Mapping[str, str]] | None = None,
        clew: Callable[[Addresses], Clew] | None = None,
    ) -> AsyncIterator["Stack"]:
        """Start everything in a data folder; stop everything at the end, however it comes.

        ports: what to listen on (0: any free port); without it the ports that the folder keeps, and
        then this becomes the folder used last, whose stack the other commands find.
        overrides: additional environment by process name. clew: other processes than Clew's own.
        """
        folder = await asyncio.to_thread(folder.resolve)
        began = time.monotonic()
        with ExitStack() as holding:
            holding.enter_context(held(folder))
            processes = Processes(folder / "logs", progress)
            try:
                temporal = await find_temporal(progress)
                progress(f"Temporal server: {temporal.kind} ({temporal.way})")
                wanted = dict(ports if ports is not None else kept_ports(folder))
                chosen, moved = choose_ports(_needed(wanted, temporal))
                database_url, temporal_address = await all_or_none(
                    _start_database(folder, processes, progress),
                    _start_temporal(temporal, folder, chosen, processes, time_skipping=time_skipping),
                )
                addresses = Addresses(
                    **{service: f"127.0.0.1:{chosen[service]}" for service in SERVICES},
                    temporal=temporal_address,
                    temporal_namespace=_namespace(),
                    ui_url=f"http://127.0.0.1:{chosen['ui']}" if has_ui(temporal) else None,
                    database_url=database_url,
                )
                own = clew(addresses) if clew else clew_processes(addresses, folder, test_clock=test_clock)
                progress("PostgreSQL and Temporal run: starting the services")
                await processes.start_together(_overridden(own.services, overrides or {}))
                progress("The services answer: starting the workers")
                await processes.start_together(_overridden(own.workers, overrides or {}))
                write_addresses(folder, addresses)
                if ports is None:  # named ports are a passing stack's, such as a test's
                    keep_ports(folder, {**wanted, **chosen})
                    remember_as_last(folder)
                yield Stack(folder, addresses, temporal, time.monotonic() - began, moved, processes)
            finally:
                await _stop(processes)

    async def kill(self, name: str, *, restarted: bool = True) -> None:
        """kill -9, as a crash: started again with back-off, or, not `restarted`, kept down."""
        await self.processes.kill(name, restarted=restarted)

    async def restart(self, name: str) -> None:
        """Stop it gracefully if it runs, start it and wait until it is ready."""
        await self.processes.restart(name)

    async def until_ready(self, name: str) -> None:
        await self.processes.until_ready(name)

    def pause(self, name: str) -> None:
        """Freeze a process (SIGSTOP): it neither answers nor dies, as a machine that hangs."""
        self.processes.send(name, signal.SIGSTOP)

    def resume(self, name: str) -> None:
        self.processes.send(name, signal.SIGCONT)


async def _start_database(folder: Path, processes: Processes, progress: Say) -> str:
    if given := os.environ.get("CLEW_DATABASE_URL"):
        progress("PostgreSQL: the one that CLEW_DATABASE_URL names")
        return given
    cluster = await postgres.prepared_cluster(folder, progress)
    await processes.start(postgres.server_process(cluster))
    return await postgres.make_database(cluster)


async def _start_temporal(
    found: TemporalFound,
    folder: Path,
    ports: Mapping[str, int],
    processes: Processes,
    *,
    time_skipping: bool,
) -> str:
    namespace = _namespace()
    if found.kind is Kind.ADDRESS:
        await prepare_namespace(found.address, namespace)
        return found.address
    settings = ServerSettings(folder / "temporal", ports["temporal"], ports["ui"], time_skipping)
    server, ui = temporal_processes(found, settings, namespace)
    await processes.start(server)
    address = f"127.0.0.1:{settings.port}"
    await prepare_namespace(address, namespace)
    if ui is not None:
        await processes.start(ui)
    return address


def _needed(ports: Mapping[str, int], found: TemporalFound) -> Mapping[str, int]:
    if found.kind is Kind.ADDRESS:
        return {service: ports[service] for service in SERVICES}
    return ports


def _namespace() -> str:
    return os.environ.get("TEMPORAL_NAMESPACE", NAMESPACE)


def _overridden(processes: Iterable[Process], overrides: Mapping[str, Mapping[str, str]]) -> Sequence[Process]:
    return [replace(one, env={**one.env, **overrides.get(one.name, {})}) for one in processes]


async def _stop(processes: Processes) -> None:
    """Workers, services, UI, Temporal, PostgreSQL: nobody loses what it still talks to."""
    below = ("temporal-ui", "temporal", "postgres")
    workers = [name for name in processes.names() if name.startswith("worker")]
    services = [name for name in processes.names() if name not in (*below, *workers)]
    for together in (workers, services, *([name] for name in below)):
        await processes.stop_together(together)
