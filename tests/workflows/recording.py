"""Not a test: `python -m workflows.record_histories` runs this to record histories for test_replay.py."""

import sys

import pytest
from temporalio.client import Client
from temporalio.contrib.opentelemetry import TracingInterceptor

from tests.conftest import TemporalServer
from tests.workflows.fake_world import World
from tests.workflows.histories import keep
from tests.workflows.stories import STORIES, Story

pytestmark = pytest.mark.usefixtures("worker")


@pytest.fixture(scope="session")
async def client(temporal: TemporalServer) -> Client:
    """As the tests have it, but for the name, which by default tells of the machine."""
    return await Client.connect(
        temporal.address, namespace=temporal.namespace, identity="recorder", interceptors=[TracingInterceptor()]
    )


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
async def test_record(client: Client, world: World, story: Story, capsys: pytest.CaptureFixture[str]) -> None:
    for run in await story(client, world):
        path = keep(story.__name__, await run.fetch_history())
        with capsys.disabled():
            sys.stdout.write(f"\n{story.__name__}: {path.name if path else 'as kept before'}\n")
