"""What everybody in the demo acts with, and how they wait for what comes a moment later."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import TypeVar

from google.protobuf.timestamp_pb2 import Timestamp

from clew.lead.v1.lead_pb2 import LeadState
from clew.routing.v1 import leads_pb2
from cli.calling import Clew
from cli.demo.attempting import Refused, attempt
from cli.demo.live import Show
from cli.demo.reps import Desk, Shift
from cli.demo.seen import Seen
from cli.demo.setting import Setting

T = TypeVar("T")
PATIENCE = 20.0
ASKS_EVERY = 0.1


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


async def until(look: Callable[[], Awaitable[T | None]], patience: float = PATIENCE) -> T | None:
    """Look again and again until there is something to see."""
    clock = asyncio.get_running_loop().time
    give_up = clock() + patience
    while True:
        if (found := await look()) is not None or clock() > give_up:
            return found
        await asyncio.sleep(ASKS_EVERY)


def clock_time(instant: Timestamp) -> str:
    """An instant to the millisecond, in this machine's zone."""
    return f"{instant.ToDatetime(UTC).astimezone():%H:%M:%S.%f}"[:-3]
