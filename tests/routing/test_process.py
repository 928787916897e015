"""`python -m services.routing`: starts on an empty database, answers, ends in order."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from clew.routing.v1 import roster_pb2
from clew.routing.v1.roster_pb2_grpc import RosterServiceStub
from cli.stack.ports import free_ports
from services.shared.channels import open_channel
from tests.examples import as_manager

# Nobody answers there: events wait in the outbox, and nothing else minds.
NO_TEMPORAL = "127.0.0.1:9"


async def test_it_makes_its_tables_answers_and_ends_in_order(fresh_database: str) -> None:
    [port] = free_ports(1)
    async with started(settings(fresh_database, f"127.0.0.1:{port}")) as process:
        async with open_channel(f"127.0.0.1:{port}") as channel:
            await serving(health_pb2_grpc.HealthStub(channel))
            pools = await RosterServiceStub(channel).ListPools(
                roster_pb2.ListPoolsRequest(), metadata=as_manager(), timeout=10
            )
        process.send_signal(signal.SIGTERM)

        assert await asyncio.wait_for(process.wait(), 30) == 0
    assert [pool.code for pool in pools.pools] == ["default"]


async def test_two_that_start_at_once_on_an_empty_database_both_serve(fresh_database: str) -> None:
    first, second = (f"127.0.0.1:{port}" for port in free_ports(2))
    async with started(settings(fresh_database, first)), started(settings(fresh_database, second)):
        for address in (first, second):
            async with open_channel(address) as channel:
                await serving(health_pb2_grpc.HealthStub(channel))


async def test_all_settings_that_are_missing_are_named_at_once() -> None:
    async with started({}) as process:
        _, errors = await process.communicate()

    assert process.returncode == 2
    for name in ("CLEW_DATABASE_URL", "CLEW_LISTEN", "TEMPORAL_ADDRESS"):
        assert name in errors.decode()


@pytest.mark.parametrize("listen", ["0.0.0.0:0", "[::]:0"])  # refused, which is the point
async def test_it_refuses_to_listen_beyond_this_machine(fresh_database: str, listen: str) -> None:
    async with started(settings(fresh_database, listen)) as process:
        _, errors = await process.communicate()

    assert process.returncode == 2
    assert "CLEW_ALLOW_REMOTE=1" in errors.decode()


def settings(database_url: str, listen: str) -> dict[str, str]:
    return {"CLEW_DATABASE_URL": database_url, "CLEW_LISTEN": listen, "TEMPORAL_ADDRESS": NO_TEMPORAL}


@asynccontextmanager
async def started(given: Mapping[str, str]) -> AsyncIterator[Process]:
    without = {name: value for name, value in os.environ.items() if not name.startswith(("CLEW_", "TEMPORAL_"))}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.routing", env={**without, **given}, stdout=PIPE, stderr=PIPE
    )
    yield process
    if process.returncode is None:
        process.kill()
        await process.communicate()


async def serving(health: health_pb2_grpc.HealthStub) -> None:
    """Wait until it says that it serves; the channel waits for it to listen."""
    request = health_pb2.HealthCheckRequest(service="clew.routing.v1.LeadService")
    async with asyncio.timeout(30):
        async for answer in health.Watch(request):
            if answer.status == health_pb2.HealthCheckResponse.SERVING:
                return
