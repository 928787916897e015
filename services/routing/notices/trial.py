"""A test message over every channel of a contact, and what each server said."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from services.routing.notices.contact import Channel, Contact, Way
from services.routing.notices.port import Later, Outcome, Outgoing, Rejected, Sent
from services.routing.notices.ports import Lines
from services.routing.notices.wording import trial_wording
from services.shared.ids import new_id

# Whoever tries it out waits for the answer.
SECONDS = 8.0


@dataclass(frozen=True)
class Trial:
    channel: Channel
    state: str
    code: str = ""
    provider_id: str = ""


async def try_out(contact: Contact, lines: Lines) -> Sequence[Trial]:
    """All channels side by side, at once whatever the hour."""
    return await asyncio.gather(*(_try_one(contact, way, lines) for way in contact.ways))


async def _try_one(contact: Contact, way: Way, lines: Lines) -> Trial:
    if way.channel not in lines:
        return Trial(way.channel, "SKIPPED", "CHANNEL_OFF")
    subject, body = trial_wording(contact.preferences)
    # WeCom knows a repeat by its text: each trial has its own.
    message_id = new_id()
    message = Outgoing(message_id, way.address, way.secret, subject, [*body, str(message_id)], [])
    try:
        async with asyncio.timeout(SECONDS):
            return _trial(way.channel, await lines[way.channel].port.send(message))
    except TimeoutError:
        return Trial(way.channel, "PENDING", "TIMEOUT")


def _trial(channel: Channel, outcome: Outcome) -> Trial:
    match outcome:
        case Sent(provider_id, code):
            return Trial(channel, "SENT", code, provider_id)
        case Rejected(code):
            return Trial(channel, "FAILED", code)
        case Later(code):
            return Trial(channel, "PENDING", code)
