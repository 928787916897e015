"""A service as a process: listens, answers for its health, does its background work, ends in order."""

import asyncio
import contextlib
import gc
import ipaddress
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import grpc.aio
import structlog
from google.protobuf import descriptor_pool
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_health.v1._async import HealthServicer
from grpc_reflection.v1alpha import reflection
from sqlalchemy.ext.asyncio import AsyncEngine

from services.shared import database
from services.shared.answering import Answering
from services.shared.callers import Role
from services.shared.channels import open_channel
from services.shared.settings import ServiceSettings

# How to add a servicer to a server, the servicer, and the full name of its RPC service.
Servicer = tuple[Callable[[Any, grpc.aio.Server], None], Any, str]
Background = Callable[[], Coroutine[Any, Any, None]]

GRACE_SECONDS = 20.0
# Between saying NOT_SERVING and refusing: clients that look at health go elsewhere first.
LEAVING_SECONDS = 0.2
RESTART_SECONDS = 0.5
PING_SECONDS = 2.0
MOST_RPCS = 200
# So much over a method's limit is still read, to be refused with a reason; more is cut off by gRPC itself.
READ_AND_REFUSED = 1 << 20
log = structlog.get_logger()


def make_server(
    servicers: Sequence[Servicer], methods: Mapping[str, frozenset[Role]], *, receive_bytes: int = 1 << 20
) -> tuple[grpc.aio.Server, HealthServicer]:
    """A server with our interceptor, health and reflection. Refuses methods that `methods` does not list."""
    names = [name for _, _, name in servicers]
    pool = descriptor_pool.Default()
    described = [method for name in names for method in pool.FindServiceByName(name).methods]
    if unlisted := sorted({method.name for method in described} - set(methods)):
        raise RuntimeError(f"who may call {', '.join(unlisted)}? The access table does not say")
    if streams := sorted(method.name for method in described if method.client_streaming):
        raise RuntimeError(f"{', '.join(streams)} takes a stream of requests, which nothing here checks")
    server = grpc.aio.server(
        interceptors=[Answering(methods, receive_bytes)],
        maximum_concurrent_rpcs=MOST_RPCS,
        options=[
            ("grpc.max_receive_message_length", receive_bytes + READ_AND_REFUSED),
            ("grpc.max_allowed_incoming_connections", 1_000),
            ("grpc.server_handshake_timeout_ms", 5_000),
            ("grpc.http2.settings_timeout", 5_000),
            ("grpc.max_connection_idle_ms", 300_000),
            ("grpc.max_connection_age_ms", 1_800_000),
            ("grpc.max_connection_age_grace_ms", 30_000),
            ("grpc.http2.min_ping_interval_without_data_ms", 30_000),
            ("grpc.so_reuseport", 0),
        ],
    )
    for add, servicer, _ in servicers:
        add(servicer, server)
    healthy = HealthServicer()
    health_pb2_grpc.add_HealthServicer_to_server(healthy, server)
    reflection.enable_server_reflection([*names, health.SERVICE_NAME, reflection.SERVICE_NAME], server)
    return server, healthy


@asynccontextmanager
async def running(
    servicers: Sequence[Servicer], methods: Mapping[str, frozenset[Role]], *, receive_bytes: int = 1 << 20
) -> AsyncIterator[grpc.aio.Channel]:
    """A server in this process on a free port, and a channel to it."""
    server, _ = make_server(servicers, methods, receive_bytes=receive_bytes)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        async with open_channel(f"127.0.0.1:{port}") as channel:
            yield channel
    finally:
        await server.stop(None)


async def serve(
    settings: ServiceSettings,
    name: str,
    servicers: Sequence[Servicer],
    methods: Mapping[str, frozenset[Role]],
    *,
    engine: AsyncEngine,
    background: Sequence[Background] = (),
    receive_bytes: int = 1 << 20,
    leaving: asyncio.Event | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT: then NOT_SERVING, the calls in flight, the background work, the engine.

    `leaving` is set when the end begins: streams that would go on for ever end themselves then.
    """
    refuse_strangers(settings)
    server, healthy = make_server(servicers, methods, receive_bytes=receive_bytes)
    names = ["", *(service for _, _, service in servicers)]
    # Until the database has answered once.
    for service in names:
        await healthy.set(service, health_pb2.HealthCheckResponse.NOT_SERVING)
    port = bound(server, settings.listen)
    ending = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ending.set)
    await server.start()
    tasks = [asyncio.create_task(kept_alive(work)) for work in background]
    tasks.append(asyncio.create_task(kept_alive(lambda: tell_health(healthy, names, engine))))
    sys.stdout.write(f"{name} serves on {settings.listen.rpartition(':')[0]}:{port}\n")
    sys.stdout.flush()
    # What is there now stays: looking through it again and again held up calls by 50 ms at a time.
    gc.collect()
    gc.freeze()
    await ending.wait()
    await healthy.enter_graceful_shutdown()
    await asyncio.sleep(LEAVING_SECONDS)
    if leaving is not None:
        leaving.set()
    await server.stop(GRACE_SECONDS)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await engine.dispose()


def bound(server: grpc.aio.Server, listen: str) -> int:
    """The port that the server listens on; exits with 2 when somebody else does."""
    try:
        return server.add_insecure_port(listen)
    except RuntimeError:
        sys.stderr.write(f"CLEW_LISTEN={listen} cannot be listened on: is another process there?\n")
        sys.exit(2)


def refuse_strangers(settings: ServiceSettings) -> None:
    """Exit with 2 rather than listen beyond this machine, unless that was asked for."""
    host = settings.listen.rpartition(":")[0].strip("[]")
    local = host == "localhost"
    with contextlib.suppress(ValueError):
        local = local or ipaddress.ip_address(host).is_loopback
    if not local and not settings.allow_remote:
        sys.stderr.write(
            f"CLEW_LISTEN={settings.listen} is beyond this machine, and callers are trusted without authentication. "
            "Listen on 127.0.0.1, or set CLEW_ALLOW_REMOTE=1 where the network itself is trusted.\n"
        )
        sys.exit(2)


async def kept_alive(work: Background) -> None:
    """Background work that fails is logged and begun again; it is never silently gone."""
    while True:
        try:
            await work()
        except asyncio.CancelledError:
            raise
        except Exception as error:  # whatever it is, the work must go on
            log.error("background_work_failed", exc_info=error)
        await asyncio.sleep(RESTART_SECONDS)


async def tell_health(healthy: HealthServicer, names: Sequence[str], engine: AsyncEngine) -> None:
    """SERVING as long as the database answers, on a connection of its own: a busy pool is no illness."""
    beside, before = database.engine_beside(engine), None
    while True:
        try:
            async with asyncio.timeout(PING_SECONDS):
                await database.ping(beside)
            status = health_pb2.HealthCheckResponse.SERVING
        except Exception as error:  # any failure of a ping means the same
            log.warning("database_does_not_answer", kind=type(error).__name__)
            status = health_pb2.HealthCheckResponse.NOT_SERVING
        if status != before:
            for name in names:
                await healthy.set(name, status)
        before = status
        await asyncio.sleep(PING_SECONDS if status == health_pb2.HealthCheckResponse.SERVING else RESTART_SECONDS)
