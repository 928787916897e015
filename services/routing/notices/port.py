"""What a channel is given to send, and what it answers. A code says what went wrong, never a server's own words."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from services.routing.notices.notice import RecordedNotice


@dataclass(frozen=True)
class Outgoing:
    """Sent twice it carries the same id."""

    message_id: UUID
    address: str = field(repr=False)
    secret: str = field(repr=False)
    subject: str
    # Lines; what a channel has no room for is cut off at the end.
    body: Sequence[str]
    notices: Sequence[RecordedNotice]


@dataclass(frozen=True)
class Sent:
    """The provider has it. `code`: what it remarked all the same."""

    provider_id: str = ""
    code: str = ""


@dataclass(frozen=True)
class Rejected:
    """It will never be taken."""

    code: str


@dataclass(frozen=True)
class Later:
    """Not now; it may be taken later, not before the provider's own wish."""

    code: str
    after: timedelta | None = None


Outcome = Sent | Rejected | Later


class Port(Protocol):
    async def send(self, message: Outgoing) -> Outcome:
        """Answers within half a minute, whatever the other end does."""
        ...
