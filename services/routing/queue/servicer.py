"""QueueService: translates, nothing else."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from clew.routing.v1 import queue_pb2 as pb
from clew.routing.v1.queue_pb2_grpc import QueueServiceServicer
from services.routing.queue.store import UnassignedLead, list_unassigned
from services.routing.roster.store import pool_id_of, team_id_of
from services.routing.servicer_facts import lead_facts
from services.shared.pages import next_page_token, page_size, read_position
from services.shared.requests import query


class QueueServicer(QueueServiceServicer):
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @query
    async def ListUnassigned(self, request: pb.ListUnassignedRequest, db: AsyncConnection) -> pb.ListUnassignedResponse:
        size, filters = page_size(request.page_size), [request.team_code, request.pool_code]
        after = read_position(
            request.page_token, "ListUnassigned", filters, str, int, int, datetime.fromisoformat, UUID
        )
        found = await list_unassigned(
            db,
            team_id=await team_id_of(db, request.team_code) if request.team_code else None,
            pool_id=await pool_id_of(db, request.pool_code) if request.pool_code else None,
            after=after,
            limit=size + 1,
        )
        return pb.ListUnassignedResponse(
            leads=[_message(one) for one in found[:size]],
            next_page_token=next_page_token("ListUnassigned", filters, found, size, _place),
        )


def _place(waiting: UnassignedLead) -> list[str | int]:
    """Where it stands in the queue."""
    grade, score, reenquiries, unassigned_at, lead_id = waiting.place
    return [grade, score, reenquiries, unassigned_at.isoformat(), str(lead_id)]


def _message(waiting: UnassignedLead) -> pb.UnassignedLead:
    lead = waiting.lead
    return pb.UnassignedLead(
        lead_id=str(lead.lead_id),
        facts=lead_facts(lead),
        reason=waiting.reason,
        unassigned_at=waiting.unassigned_at,
        home_pool_code=waiting.home_pool_code,
        team_code=waiting.team_code,
        retry_at=waiting.retry_at,
        holdings=lead.epoch,
        reenquiries=lead.reenquiries,
    )
