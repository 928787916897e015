"""A lead's timeline: the events of every service, merged in order."""

import asyncio
import re
from collections.abc import Sequence
from typing import Protocol, TypeVar

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from clew.conversion.v1 import conversion_pb2
from clew.intake.v1 import intake_pb2
from clew.lead.v1.lead_pb2 import LeadEvent
from clew.routing.v1 import leads_pb2
from clew.scoring.v1 import scoring_pb2
from cli.calling import Clew, Method
from cli.output import when

PAGE = 500
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
INSTANT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.\d+\+00:00")


class EventsRequest(Protocol):
    """Any service's ListLeadEventsRequest."""

    page_token: str


class EventsPage(Protocol):
    """A page of any service's ListLeadEvents."""

    @property
    def events(self) -> Sequence[LeadEvent]: ...
    @property
    def next_page_token(self) -> str: ...


RequestT = TypeVar("RequestT", bound=EventsRequest)
PageT = TypeVar("PageT", bound=EventsPage)


async def events_of(clew: Clew, lead_id: str) -> list[LeadEvent]:
    """Every event of a lead from every service, merged by (recorded_at, service, seq)."""
    parts = await asyncio.gather(
        _all(
            clew,
            clew.intake.ListLeadEvents,
            intake_pb2.ListLeadEventsRequest(lead_id=lead_id, page_size=PAGE),
        ),
        _all(
            clew,
            clew.scoring.ListLeadEvents,
            scoring_pb2.ListLeadEventsRequest(lead_id=lead_id, page_size=PAGE),
        ),
        _all(clew, clew.leads.ListLeadEvents, leads_pb2.ListLeadEventsRequest(lead_id=lead_id, page_size=PAGE)),
        _all(
            clew,
            clew.conversion.ListLeadEvents,
            conversion_pb2.ListLeadEventsRequest(lead_id=lead_id, page_size=PAGE),
        ),
    )
    merged = [event for part in parts for event in part]
    return sorted(merged, key=lambda e: (e.recorded_at.ToNanoseconds(), e.service, e.seq))


async def _all(clew: Clew, method: Method[RequestT, PageT], request: RequestT) -> list[LeadEvent]:
    events: list[LeadEvent] = []
    while True:
        page = await clew.call(method, request)
        events += page.events
        if not page.next_page_token:
            return events
        request.page_token = page.next_page_token


def timeline_view(lead_id: str, events: Sequence[LeadEvent]) -> Group:
    """The timeline to look at: when, what, who, why and by which version; below it what changed."""
    lines: list[RenderableType] = [Text(f"Lead {lead_id} (other ids by their last eight characters)", style="bold")]
    day = ""
    for event in events:
        date, _, time = when(event.recorded_at).partition(" ")
        if date != day:
            lines.append(Text(date, style="bold"))
            day = date
        why = " ".join(filter(None, [event.reason, event.rule_version]))
        actor = "the run" if event.actor_role == "service" else f"{event.actor_role} {shortened(event.actor_id)}"
        lines.append(Text(f"{time}  {event.service:<10}  {event.kind:<22}  {actor:<14}  {why}".rstrip()))
        changes = ", ".join(f"{name} {shortened(value)}" for name, value in sorted(event.changes.items()) if value)
        lines.append(Padding(Text(changes, style="dim"), (0, 0, 0, 4)))
    return Group(*lines)


def shortened(value: str) -> str:
    """An id by its last eight characters, an instant to the second; everything else as it is."""
    value = value.strip('"')
    if ID.fullmatch(value):
        return f"…{value[-8:]}"
    return INSTANT.sub(r"\1Z", value)
