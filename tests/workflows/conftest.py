"""Real workflows and activities on the real Temporal server; only the four services are fake."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from temporalio.client import Client

from services.shared.channels import open_channel
from tests.conftest import TemporalServer
from tests.workflows.fake_services import serving
from tests.workflows.fake_world import World
from workflows.worker import WORKFLOWS, Channels, connected, make_worker

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """On a busy machine the SDK cancels a call whose task has run out of time, and finds it gone. It only warns."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.filterwarnings("ignore:Cannot find activity to cancel"))


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
async def services(world: World) -> AsyncIterator[str]:
    """The address of the four fake services."""
    async with serving(world) as address:
        yield address


@pytest.fixture(scope="session")
async def client(temporal: TemporalServer) -> Client:
    return await connected(temporal.address, temporal.namespace)


@pytest.fixture
async def worker(client: Client, services: str) -> AsyncIterator[None]:
    """A worker as `python -m workflows` has it, in this process."""
    async with working(client, services):
        yield


@asynccontextmanager
async def working(client: Client, services: str, workflows: Sequence[type] = WORKFLOWS) -> AsyncIterator[None]:
    async with open_channel(services) as way, make_worker(client, Channels(way, way, way, way), workflows):
        yield
