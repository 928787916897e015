"""Identifiers: UUIDv7, so that ids made later sort later."""

import secrets
import time
from uuid import UUID

from services.shared.refusals import InvalidInput


def new_id() -> UUID:
    """A UUIDv7: 48 bits of milliseconds, 12 of the fraction of one, then randomness (RFC 9562, 5.7 and 6.2 method 3).

    PostgreSQL's `uuidv7()` is made alike.
    """
    milliseconds, nanoseconds = divmod(time.time_ns(), 1_000_000)
    fraction = (nanoseconds << 12) // 1_000_000
    value = (milliseconds << 80) | (0x7 << 76) | (fraction << 64) | (0b10 << 62) | secrets.randbits(62)
    return UUID(int=value)


def read_id(text: str, field: str) -> UUID:
    """An id out of a request."""
    try:
        return UUID(text)
    except ValueError:
        raise InvalidInput(field, f"{field} must be a UUID, such as {new_id()}.") from None
