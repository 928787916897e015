"""The whole stack as real processes, on clocks that tests may move."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import TimeSkipper

from cli.calling import Clew, connected
from cli.stack.addresses import SERVICES
from cli.stack.ports import FREE_PORTS
from cli.stack.stack import WORKERS, Stack
from services.shared.callers import Caller, Role
from services.shared.clock import move
from tests.otlp import SOON, Collector, collecting

T = TypeVar("T")
PATIENCE = 20.0
MANAGER = Caller("wang", Role.MANAGER)


@pytest.fixture(scope="session")
async def collector() -> AsyncIterator[Collector]:
    """Takes what every process of the stack exports."""
    async with collecting() as made:
        yield made


@pytest.fixture(scope="session")
async def stack(collector: Collector) -> AsyncIterator[Stack]:
    """Every process of Clew, once for all end-to-end tests. A short path: PostgreSQL's socket lies in it."""
    watched = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.endpoint, "CLEW_LOG_LEVEL": "debug", **SOON}
    folder = tempfile.mkdtemp(prefix="clew-e2e-", dir="/tmp")
    os.chmod(folder, 0o755)  # noqa: PTH101, S103  # PostgreSQL's own system user must be able to enter it
    overrides = dict.fromkeys((*SERVICES, *WORKERS), watched)
    async with Stack.start(
        Path(folder), ports=FREE_PORTS, test_clock=True, time_skipping=True, overrides=overrides
    ) as started:
        yield started
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
async def clew(stack: Stack) -> AsyncIterator[Clew]:
    """The four services, called as a manager unless a test says otherwise."""
    async with connected(stack.addresses, MANAGER) as calling:
        yield calling


@pytest.fixture(scope="session")
async def temporal_client(stack: Stack) -> Client:
    return await Client.connect(stack.addresses.temporal, namespace=stack.addresses.temporal_namespace)


@pytest.fixture(scope="session")
async def database(stack: Stack) -> AsyncIterator[AsyncEngine]:
    engine = create_async_engine(stack.addresses.database_url)
    yield engine
    await engine.dispose()


@pytest.fixture
def pass_time(database: AsyncEngine, temporal_client: Client) -> Callable[[str, timedelta], Awaitable[None]]:
    """Let time pass for one workflow: PostgreSQL's clock first, so that a woken run finds its step due."""

    async def passed(workflow_id: str, span: timedelta) -> None:
        await move(database, span)
        handle = temporal_client.get_workflow_handle(workflow_id)
        try:
            await TimeSkipper(temporal_client).fast_forward(handle, span)
        except RPCError as error:
            # The sweep saw PostgreSQL's clock first, did what was due, and the run has ended on that.
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise

    return passed


async def eventually(look: Callable[[], Awaitable[T]], wanted: Callable[[T], bool], what: str) -> T:
    """Look again and again until it is as wanted; fail with what was seen last."""
    clock = asyncio.get_running_loop().time
    give_up = clock() + PATIENCE
    while True:
        seen = await look()
        if wanted(seen):
            return seen
        assert clock() < give_up, f"waited {PATIENCE:.0f} s for {what}; saw {seen}"
        await asyncio.sleep(0.05)
