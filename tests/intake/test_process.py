"""`python -m services.intake`: starts on an empty database, answers, does what nobody asks it to do, ends in order."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from clew.intake.v1 import intake_pb2 as pb
from clew.intake.v1.intake_pb2_grpc import IntakeServiceStub
from cli.stack.ports import free_ports
from services.shared.channels import open_channel
from tests.examples import as_manager
from tests.intake.submissions import a_review, a_submission, lead_as

# Nobody answers there: events wait in the outbox, and nothing else minds.
NO_TEMPORAL = "127.0.0.1:9"


async def test_it_makes_its_tables_answers_and_ends_in_order(fresh_database: str) -> None:
    [port] = free_ports(1)
    async with started(settings(fresh_database, f"127.0.0.1:{port}")) as process:
        async with open_channel(f"127.0.0.1:{port}") as channel:
            await serving(health_pb2_grpc.HealthStub(channel))
            intake = IntakeServiceStub(channel)
            requests = pb.BatchSubmitLeadsRequest(rows=[a_submission() for _ in range(20)])
            answer = await intake.BatchSubmitLeads(requests, metadata=as_manager(), timeout=20)
        process.send_signal(signal.SIGTERM)

        assert await asyncio.wait_for(process.wait(), 30) == 0
    assert {one.response.outcome for one in answer.outcomes} == {pb.OUTCOME_CREATED}


async def test_a_review_becomes_a_flagged_lead_when_the_time_of_the_setting_is_up(fresh_database: str) -> None:
    [port] = free_ports(1)
    given = settings(fresh_database, f"127.0.0.1:{port}", CLEW_REVIEW_HOURS=str(0.5 / 3600))
    async with started(given), open_channel(f"127.0.0.1:{port}") as channel:
        await serving(health_pb2_grpc.HealthStub(channel))
        intake = IntakeServiceStub(channel)
        known, _ = await a_review(intake)
        async with asyncio.timeout(20):
            while (flagged := await newest(intake)).lead_id == known:  # noqa: ASYNC110  # in another process
                await asyncio.sleep(0.1)

        assert flagged.unreviewed
        assert (await lead_as(intake, flagged.lead_id)).person.name == "王建国"


async def newest(intake: IntakeServiceStub) -> pb.Lead:
    page = await intake.ListLeads(pb.ListLeadsRequest(page_size=1), metadata=as_manager())
    return page.leads[0]


@pytest.mark.parametrize("hours", ["0", "-1", "soon", "inf", "1e12"])
async def test_a_time_for_reviews_that_is_none_is_named(fresh_database: str, hours: str) -> None:
    async with started(settings(fresh_database, "127.0.0.1:0", CLEW_REVIEW_HOURS=hours)) as process:
        _, errors = await process.communicate()

    assert process.returncode == 2
    assert "CLEW_REVIEW_HOURS" in errors.decode()


def settings(database_url: str, listen: str, **others: str) -> dict[str, str]:
    return {"CLEW_DATABASE_URL": database_url, "CLEW_LISTEN": listen, "TEMPORAL_ADDRESS": NO_TEMPORAL, **others}


@asynccontextmanager
async def started(given: Mapping[str, str]) -> AsyncIterator[Process]:
    without = {name: value for name, value in os.environ.items() if not name.startswith(("CLEW_", "TEMPORAL_"))}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.intake", env={**without, **given}, stdout=PIPE, stderr=PIPE
    )
    yield process
    if process.returncode is None:
        process.kill()
        await process.communicate()


async def serving(health: health_pb2_grpc.HealthStub) -> None:
    """Wait until it says that it serves; the channel waits for it to listen."""
    request = health_pb2.HealthCheckRequest(service="clew.intake.v1.IntakeService")
    async with asyncio.timeout(30):
        async for answer in health.Watch(request):
            if answer.status == health_pb2.HealthCheckResponse.SERVING:
                return
