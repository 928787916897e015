"""What everybody in the demo acts with, and how they wait for what comes a moment later."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC

from google.protobuf.timestamp_pb2 import Timestamp

from clew.lead.v1.lead_pb2 import LeadState
from clew.routing.v1 import leads_pb2
from cli.calling import Clew
from cli.demo.attempting import Refused, attempt
from cli.demo.live import Show
from cli.demo.reps import Desk, Shift
from cli.demo.seen import Seen
from cli.demo.setting import Setting
from cli.demo.waiting import until


@dataclass(frozen=True)
class Stage:
    clew: Clew
    seen: Seen
    shift: Shift
    setting: Setting
    desks: Mapping[str, Desk]  # by the rep's code
    show: Show

    async def state_of(self, lead_id: str) -> leads_pb2.GetLeadStateResponse | None:
        """None while routing does not know the lead yet."""
        request = leads_pb2.GetLeadStateRequest(lead_id=lead_id)
        answer = await attempt(self.seen, self.clew.call(self.clew.leads.GetLeadState, request), met=False)
        return None if isinstance(answer, Refused) else answer

    async def until_in(self, lead_id: str, *states: LeadState) -> leads_pb2.GetLeadStateResponse | None:
        """The lead once it is in one of these states; None when that takes too long."""

        async def look() -> leads_pb2.GetLeadStateResponse | None:
            seen = await self.state_of(lead_id)
            return seen if seen is not None and seen.state in states else None

        return await until(look)


def clock_time(instant: Timestamp) -> str:
    """An instant to the millisecond, in this machine's zone."""
    return f"{instant.ToDatetime(UTC).astimezone():%H:%M:%S.%f}"[:-3]
