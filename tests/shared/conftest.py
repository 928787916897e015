"""A small service of the tests' own, on the contract's NoticeService: what it does is named by the request."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import grpc.aio
import pytest
from sqlalchemy import MetaData, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from clew.routing.v1 import notices_pb2 as pb
from clew.routing.v1 import notices_pb2_grpc
from services.shared.callers import Role
from services.shared.clock import CLOCK_DDL, MARK
from services.shared.database import make_engine
from services.shared.grpc_server import running
from services.shared.outbox import EVENT_DDL, Event, event_table, record
from services.shared.refusals import Exhausted
from services.shared.requests import REQUEST_DDL, command, query, request_table

CANARY = "+8613800138000"
metadata = MetaData()
events = event_table(metadata, "sample")
requests = request_table(metadata, "sample")
METHODS = {"ListNotices": frozenset({Role.REP, Role.MANAGER}), "AcknowledgeNotice": frozenset({Role.REP})}


class Servicer(notices_pb2_grpc.NoticeServiceServicer):
    """AcknowledgeNotice counts its effects; ListNotices fails in the way that the request's rep_code names."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine, self._requests = engine, requests
        self.refuse = False

    @command(pb.AcknowledgeNoticeResponse)
    async def AcknowledgeNotice(
        self, request: pb.AcknowledgeNoticeRequest, db: AsyncConnection
    ) -> pb.AcknowledgeNoticeResponse:
        await record(db, events, Event(UUID(request.notice_id), "lead_claimed", data={"by": "test"}))
        if self.refuse:
            raise Exhausted("HOLDING_LIMIT_REACHED", "L007 holds 5 of 5.", rep="L007", held="5", limit="5")
        await asyncio.sleep(0.01)
        return pb.AcknowledgeNoticeResponse(notice=pb.Notice(notice_id=str(uuid4())))

    @query
    async def ListNotices(self, request: pb.ListNoticesRequest, db: AsyncConnection) -> pb.ListNoticesResponse:
        if request.rep_code == "crash":
            raise ValueError(f"cannot handle {CANARY}")
        if request.rep_code == "slow":
            await asyncio.sleep(5)
        if request.rep_code == "lost":
            await db.execute(text("select pg_terminate_backend(pg_backend_pid())"))
        return pb.ListNoticesResponse()


@pytest.fixture(scope="module")
async def engine(fresh_database: str) -> AsyncIterator[AsyncEngine]:
    made = make_engine(fresh_database)
    async with made.begin() as db:
        await db.execute(text(CLOCK_DDL))
        await db.execute(text(MARK), {"of_a_test": True})
        await db.execute(text("create schema sample"))
        await db.execute(text(EVENT_DDL("sample")))
        await db.execute(text(REQUEST_DDL("sample")))
    yield made
    await made.dispose()


@pytest.fixture
def servicer(engine: AsyncEngine) -> Servicer:
    return Servicer(engine)


@pytest.fixture
async def channel(servicer: Servicer) -> AsyncIterator[grpc.aio.Channel]:
    added = (notices_pb2_grpc.add_NoticeServiceServicer_to_server, servicer, "clew.routing.v1.NoticeService")
    async with running([added], METHODS) as opened:
        yield opened


@pytest.fixture
def stub(channel: grpc.aio.Channel) -> notices_pb2_grpc.NoticeServiceStub:
    return notices_pb2_grpc.NoticeServiceStub(channel)
