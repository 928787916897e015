"""A service's part of a timeline: the same for every service's ListLeadEvents."""

import json
from typing import Protocol

from sqlalchemy import Table, TextClause
from sqlalchemy.ext.asyncio import AsyncConnection

from clew.lead.v1 import lead_pb2
from services.shared.ids import read_id
from services.shared.outbox import RecordedEvent, list_events
from services.shared.pages import next_page_token, page_size, read_position


class EventsRequest(Protocol):
    """Any service's ListLeadEventsRequest."""

    lead_id: str
    page_size: int
    page_token: str


async def events_page(
    db: AsyncConnection, table: Table, request: EventsRequest, *, only: TextClause | None = None
) -> tuple[list[lead_pb2.LeadEvent], str]:
    """A page of a lead's events in order, or `only` of some of them, and the token of the next."""
    size, filters = page_size(request.page_size), [request.lead_id]
    [after] = read_position(request.page_token, "ListLeadEvents", filters, int) or [0]
    found = await list_events(db, table, read_id(request.lead_id, "lead_id"), after, size + 1, only=only)
    token = next_page_token("ListLeadEvents", filters, found, size, lambda event: [event.seq])
    return [_event_message(str(table.schema), event) for event in found[:size]], token


def _event_message(service: str, event: RecordedEvent) -> lead_pb2.LeadEvent:
    return lead_pb2.LeadEvent(
        event_id=str(event.event_id),
        service=service,
        lead_id=str(event.lead_id),
        seq=event.seq,
        kind=event.kind,
        actor_id=event.actor_id,
        actor_role=event.actor_role,
        reason=event.reason or "",
        rule_version=event.rule_version or "",
        recorded_at=event.recorded_at,
        changes={name: value if isinstance(value, str) else json.dumps(value) for name, value in event.data.items()},
    )
