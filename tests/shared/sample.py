"""A small service of the tests' own, on the contract's NoticeService: what it does is set by the test.

`python -m tests.shared.sample` serves it as a process.
"""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

from sqlalchemy import MetaData, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from clew.routing.v1 import notices_pb2 as pb
from clew.routing.v1 import notices_pb2_grpc
from services.shared import telemetry
from services.shared.callers import Role
from services.shared.clock import CLOCK_DDL, MARK
from services.shared.database import make_engine
from services.shared.grpc_server import Servicer as Added
from services.shared.grpc_server import serve
from services.shared.outbox import EVENT_DDL, Event, event_table, record
from services.shared.requests import REQUEST_DDL, command, query, request_table
from services.shared.settings import ServiceSettings, read_settings

CANARY = "+8613800138000"
SERVICE = "clew.routing.v1.NoticeService"
METHODS = {"ListNotices": frozenset({Role.REP, Role.MANAGER}), "AcknowledgeNotice": frozenset({Role.REP})}
metadata = MetaData()
events = event_table(metadata, "sample")
requests = request_table(metadata, "sample")

# A row whose commit waits for this lock.
COMMIT_LOCK = 99
HELD_BACK = text("insert into sample.held_back default values")
HELD_BACK_DDL = f"""
create table sample.held_back (since timestamptz not null default now());
create function sample.wait_at_commit() returns trigger language plpgsql set lock_timeout = '30s' as
  'begin perform pg_advisory_xact_lock({COMMIT_LOCK}); return null; end';
create constraint trigger wait_at_commit after insert on sample.held_back
  deferrable initially deferred for each row execute function sample.wait_at_commit();
"""

Deed = Callable[[AsyncConnection], Awaitable[object]]


async def nothing(db: AsyncConnection) -> None: ...


class Servicer(notices_pb2_grpc.NoticeServiceServicer):
    """AcknowledgeNotice records one event and then does `deed`; ListNotices does `look`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine, self._requests = engine, requests
        self.deed: Deed = nothing
        self.look: Deed = nothing

    @command(pb.AcknowledgeNoticeResponse)
    async def AcknowledgeNotice(
        self, request: pb.AcknowledgeNoticeRequest, db: AsyncConnection
    ) -> pb.AcknowledgeNoticeResponse:
        await record(db, events, Event(UUID(request.notice_id), "lead_claimed", data={"by": "test"}))
        await self.deed(db)
        return pb.AcknowledgeNoticeResponse(notice=pb.Notice(notice_id=str(uuid4())))

    @query
    async def ListNotices(self, request: pb.ListNoticesRequest, db: AsyncConnection) -> pb.ListNoticesResponse:
        await self.look(db)
        return pb.ListNoticesResponse()


def added(servicer: Servicer) -> Added:
    return (notices_pb2_grpc.add_NoticeServiceServicer_to_server, servicer, SERVICE)


async def make_tables(engine: AsyncEngine) -> None:
    async with engine.begin() as db:
        await db.execute(text(CLOCK_DDL))
        await db.execute(text(MARK), {"of_a_test": True})
        await db.execute(text("create schema sample"))
        await db.execute(text(EVENT_DDL("sample")))
        await db.execute(text(REQUEST_DDL("sample")))
        await db.execute(text(HELD_BACK_DDL))


async def main() -> None:
    settings = read_settings(ServiceSettings)
    telemetry.start("sample", otlp_endpoint=settings.otlp_endpoint, log_level=settings.log_level)
    engine = make_engine(settings.database_url)
    servicer = Servicer(engine)

    async def slow(db: AsyncConnection) -> None:
        await asyncio.sleep(1.0)

    servicer.deed = slow
    await serve(settings, "sample", [added(servicer)], METHODS, engine=engine)


if __name__ == "__main__":
    asyncio.run(main())
