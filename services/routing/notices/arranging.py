"""Out of what is due on a channel: what goes now and with what, what waits, what need not go at all."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.routing.notices.contact import Preferences
from services.routing.notices.notice import RecordedNotice
from services.routing.notices.timing import is_urgent, may_go_at

# More than this for one recipient at once are one message.
MOST_SINGLY = 5
MOST_IN_A_DIGEST = 100


class Skip(StrEnum):
    NO_ADDRESS = "NO_ADDRESS"
    NOT_WANTED = "NOT_WANTED"
    CHANNEL_OFF = "CHANNEL_OFF"
    ACKNOWLEDGED = "ACKNOWLEDGED"


@dataclass(frozen=True)
class Due:
    """A delivery that is due, with what its recipient wants now. Without an address he no longer has the channel."""

    delivery_id: UUID
    message_id: UUID | None
    attempts: int
    contact_id: UUID
    preferences: Preferences
    address: str | None = field(repr=False)
    secret: str = field(repr=False)
    wanted: bool
    notice: RecordedNotice


@dataclass(frozen=True)
class Message:
    """What goes as one. Its id is that of its first delivery, and stays whatever happens."""

    message_id: UUID
    deliveries: Sequence[Due]

    @property
    def contact_id(self) -> UUID:
        return self.deliveries[0].contact_id

    @property
    def attempts(self) -> int:
        return max(due.attempts for due in self.deliveries)


@dataclass(frozen=True)
class Arranged:
    messages: Sequence[Message]
    put_off: Mapping[UUID, datetime]
    skipped: Mapping[UUID, Skip]


def arrange(due: Sequence[Due], now: datetime) -> Arranged:
    """A message that has been tried stays as it is, but for the hour; what is new is put together."""
    messages: list[Message] = []
    put_off: dict[UUID, datetime] = {}
    skipped: dict[UUID, Skip] = {}
    new: dict[UUID, list[Due]] = defaultdict(list)
    for together in _as_they_were_tried(due):
        if skip := _needless(together):
            skipped |= dict.fromkeys((one.delivery_id for one in together), skip)
        elif (at := _not_before(together, now)) > now:
            put_off |= dict.fromkeys((one.delivery_id for one in together), at)
        elif (message_id := together[0].message_id) is not None:
            messages.append(Message(message_id, together))
        else:
            new[together[0].contact_id] += together
    for of_one in new.values():
        messages += _put_together(of_one)
    return Arranged(messages, put_off, skipped)


def _as_they_were_tried(due: Sequence[Due]) -> Iterator[list[Due]]:
    tried: dict[UUID, list[Due]] = defaultdict(list)
    for one in due:
        tried[one.message_id or one.delivery_id].append(one)
    yield from tried.values()


def _needless(together: Sequence[Due]) -> Skip | None:
    first = together[0]
    if first.address is None:
        return Skip.NO_ADDRESS
    if all(one.notice.acknowledged_at for one in together):
        return Skip.ACKNOWLEDGED
    # A digest that has been tried goes whole.
    if len(together) == 1 and not first.wanted:
        return Skip.NOT_WANTED
    return None


def _not_before(together: Sequence[Due], now: datetime) -> datetime:
    """A digest goes with the most urgent of what is in it."""
    return min(
        may_go_at(
            one.notice.created_at,
            now,
            one.preferences,
            urgent=is_urgent(one.notice.kind, one.notice.created_at, one.notice.due_at),
        )
        for one in together
    )


def _put_together(of_one: Sequence[Due]) -> Iterator[Message]:
    if len(of_one) <= MOST_SINGLY and not of_one[0].preferences.digest_every:
        yield from (Message(one.delivery_id, [one]) for one in of_one)
        return
    for start in range(0, len(of_one), MOST_IN_A_DIGEST):
        digest = of_one[start : start + MOST_IN_A_DIGEST]
        yield Message(digest[0].delivery_id, digest)
