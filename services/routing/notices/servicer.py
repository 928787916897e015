"""NoticeService: translates, nothing else."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from clew.routing.v1 import notices_pb2 as pb
from clew.routing.v1.notices_pb2_grpc import NoticeServiceServicer
from services.routing import tables
from services.routing.notices import store
from services.routing.notices.servicer_messages import notice_message
from services.shared.callers import Role, current_caller
from services.shared.ids import read_id
from services.shared.pages import next_page_token, page_size, read_position
from services.shared.requests import command, query


class NoticeServicer(NoticeServiceServicer):
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine, self._requests = engine, tables.request

    @query
    async def ListNotices(self, request: pb.ListNoticesRequest, db: AsyncConnection) -> pb.ListNoticesResponse:
        size, own = page_size(request.page_size), _own_id()
        filters = [str(own), request.rep_code, request.pool_code, request.team_code, str(request.open_only)]
        [before] = read_position(request.page_token, "ListNotices", filters, UUID) or [None]
        found = await store.list_notices(
            db,
            rep_id=own,
            rep_code=request.rep_code,
            pool_code=request.pool_code,
            team_code=request.team_code,
            open_only=request.open_only,
            before=before,
            limit=size + 1,
        )
        return pb.ListNoticesResponse(
            notices=[notice_message(notice) for notice in found[:size]],
            next_page_token=next_page_token("ListNotices", filters, found, size, lambda one: [str(one.notice_id)]),
        )

    @command(pb.AcknowledgeNoticeResponse)
    async def AcknowledgeNotice(
        self, request: pb.AcknowledgeNoticeRequest, db: AsyncConnection
    ) -> pb.AcknowledgeNoticeResponse:
        notice = await store.acknowledge(db, read_id(request.notice_id, "notice_id"), only_of=_own_id())
        return pb.AcknowledgeNoticeResponse(notice=notice_message(notice))


def _own_id() -> UUID | None:
    """The rep who calls, who sees only his own; None for everybody else."""
    caller = current_caller()
    return read_id(caller.id, "clew-caller-id") if caller.role is Role.REP else None
