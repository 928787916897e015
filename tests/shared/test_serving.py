"""A service as a process: says where it serves, tells its health, and ends in order."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import grpc.aio
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1._async import HealthServicer
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from clew.routing.v1 import notices_pb2 as pb
from clew.routing.v1.notices_pb2_grpc import NoticeServiceStub
from services.shared import grpc_server
from services.shared.channels import open_channel
from services.shared.database import make_engine
from services.shared.grpc_server import kept_alive, running, tell_health
from tests.examples import as_manager, as_rep
from tests.shared.sample import METHODS, SERVICE, Servicer, added
from tests.shared.waiting import until

Process = asyncio.subprocess.Process
SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


async def started(**settings: str) -> Process:
    environment = {"PATH": os.environ["PATH"], "TEMPORAL_ADDRESS": "127.0.0.1:1", "CLEW_LISTEN": "127.0.0.1:0"}
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.shared.sample",
        env=environment | settings,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


@asynccontextmanager
async def serving(url: str) -> AsyncIterator[tuple[Process, str]]:
    process = await started(CLEW_DATABASE_URL=url)
    assert process.stdout is not None
    line = (await process.stdout.readline()).decode().strip()
    assert line.startswith("sample serves on 127.0.0.1:")
    try:
        yield process, line.rpartition(" ")[2]
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def healthy(channel: grpc.aio.Channel, service: str = "") -> bool:
    answer = await health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(service=service))
    return bool(answer.status == SERVING)


async def is_carried_out(engine: AsyncEngine) -> bool:
    """A call is in the middle of its transaction."""
    question = "select count(*) from pg_stat_activity where datname = current_database() and state = :state"
    async with engine.connect() as db:
        return bool(await db.scalar(text(question), {"state": "idle in transaction"}))


async def test_on_sigterm_a_service_tells_its_health_finishes_what_it_has_begun_and_exits(
    fresh_database: str, engine: AsyncEngine
) -> None:
    async with serving(fresh_database) as (process, address), open_channel(address) as channel:

        async def is_serving() -> bool:
            return await healthy(channel, SERVICE) and await healthy(channel)

        await until(is_serving)
        watched = health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest(service=SERVICE))
        assert (await watched.read()).status == SERVING
        request = pb.AcknowledgeNoticeRequest(request_id=str(uuid4()), notice_id=str(uuid4()))
        call = NoticeServiceStub(channel).AcknowledgeNotice(request, metadata=as_rep(uuid4()))
        await until(lambda: is_carried_out(engine))
        process.send_signal(signal.SIGTERM)

        assert (await watched.read()).status == NOT_SERVING
        watched.cancel()
        assert (await call).notice.notice_id
        assert await process.wait() == 0


async def test_a_client_of_ours_waits_for_a_service_that_starts_anew(fresh_database: str, engine: AsyncEngine) -> None:
    servicer = Servicer(engine)
    async with serving(fresh_database) as (process, address), open_channel(address) as channel:
        stub = NoticeServiceStub(channel)
        await stub.ListNotices(pb.ListNoticesRequest(), metadata=as_manager())
        process.kill()
        await process.wait()
        waiting = asyncio.ensure_future(stub.ListNotices(pb.ListNoticesRequest(), metadata=as_manager(), timeout=30.0))
        await asyncio.sleep(0.3)
        server, _ = grpc_server.make_server([added(servicer)], METHODS)
        server.add_insecure_port(address)
        await server.start()

        assert await waiting == pb.ListNoticesResponse()
        await server.stop(None)


async def test_everything_that_is_missing_is_named_at_once() -> None:
    process = await started(CLEW_LISTEN="", CLEW_LOG_LEVEL="loud")
    _, told = await process.communicate()

    assert process.returncode == 2
    assert b"CLEW_DATABASE_URL" in told
    assert b"CLEW_LOG_LEVEL" in told
    assert b"Traceback" not in told


@pytest.mark.parametrize("listen", ["0.0.0.0:0", "[::]:0", "example.com:7001"])
async def test_a_service_does_not_listen_beyond_this_machine_unless_told_so(fresh_database: str, listen: str) -> None:
    process = await started(CLEW_DATABASE_URL=fresh_database, CLEW_LISTEN=listen)
    _, told = await process.communicate()

    assert process.returncode == 2
    assert b"CLEW_ALLOW_REMOTE=1" in told


async def test_a_port_that_is_taken_is_said_in_one_line(fresh_database: str, engine: AsyncEngine) -> None:
    async with serving(fresh_database) as (_, address):
        process = await started(CLEW_DATABASE_URL=fresh_database, CLEW_LISTEN=address)
        _, told = await process.communicate()

    assert process.returncode == 2
    assert address.encode() in told
    assert b"Traceback" not in told


async def test_reflection_names_the_service_to_anybody(channel: grpc.aio.Channel) -> None:
    asked = reflection_pb2.ServerReflectionRequest(list_services="")
    call = reflection_pb2_grpc.ServerReflectionStub(channel).ServerReflectionInfo(iter([asked]))

    named = [one.name async for answer in call for one in answer.list_services_response.service]

    assert SERVICE in named


async def test_a_full_pool_is_no_illness(fresh_database: str, engine: AsyncEngine) -> None:
    small, servicer = make_engine(fresh_database, pool_size=1), HealthServicer()
    async with small.connect():
        task = asyncio.create_task(tell_health(servicer, ["x"], small))
        await until(lambda: servicer._server_status.get("x") == SERVING)
        task.cancel()
    await small.dispose()


async def test_without_its_database_a_service_is_not_serving() -> None:
    servicer = HealthServicer()
    task = asyncio.create_task(
        tell_health(servicer, ["x"], make_engine("postgresql+psycopg://nobody@127.0.0.1:1/none"))
    )
    await until(lambda: servicer._server_status.get("x") == NOT_SERVING)
    task.cancel()


async def test_background_work_that_fails_or_ends_is_begun_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grpc_server, "RESTART_SECONDS", 0.01)
    begun = 0

    async def fail_then_end() -> None:
        nonlocal begun
        begun += 1
        if begun == 1:
            raise ValueError

    task = asyncio.create_task(kept_alive(fail_then_end))
    await until(lambda: begun > 2)
    task.cancel()


async def test_a_test_that_fails_leaves_no_server_behind(engine: AsyncEngine) -> None:
    with pytest.raises(ValueError, match="of the test"):
        async with running([added(Servicer(engine))], METHODS) as channel:
            raise ValueError("of the test")
    with pytest.raises(grpc.aio.UsageError):
        await NoticeServiceStub(channel).ListNotices(pb.ListNoticesRequest())
