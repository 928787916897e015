"""The ways to refuse a call. Rules raise them; one interceptor turns them into a gRPC status with details.

Pure: rule modules import this, so nothing here knows gRPC. `reason` is a name of
`clew.lead.v1.ErrorReason` without its prefix. The message is for people: it names the value, the bound and the way
out, and never anything personal.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class FieldViolation:
    """A field of the request that is at fault, by its path, such as `person.phone`."""

    field: str
    description: str


class Refusal(Exception):
    """A call that is not carried out; nothing of it is stored."""

    fields: tuple[FieldViolation, ...] = ()
    retry_after: timedelta | None = None

    def __init__(self, reason: str, message: str, /, **metadata: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.metadata: Mapping[str, str] = metadata


class InvalidInput(Refusal):
    """The request is at fault, whatever the state of things. INVALID_ARGUMENT."""

    def __init__(self, field: str, message: str, /, reason: str = "INVALID_FIELD", **metadata: str) -> None:
        super().__init__(reason, message, **metadata)
        if field:
            self.fields = (FieldViolation(field, message),)


class NotFound(Refusal):
    """There is no such thing. NOT_FOUND."""


class NotReady(Refusal):
    """Not known here yet; it may be in a moment. NOT_FOUND with a time to retry."""

    retry_after = timedelta(seconds=1)


class AlreadyExists(Refusal):
    """The code is taken. ALREADY_EXISTS."""


class Refused(Refusal):
    """The state of things forbids it. FAILED_PRECONDITION."""


class Exhausted(Refusal):
    """A limit is reached. RESOURCE_EXHAUSTED."""


class Denied(Refusal):
    """This caller may not. PERMISSION_DENIED."""


class Unauthenticated(Refusal):
    """The caller does not say who it is. UNAUTHENTICATED."""


class Conflict(Refusal):
    """Somebody else was in the way; the same call may succeed at once. ABORTED."""

    retry_after = timedelta(milliseconds=100)


class Unavailable(Refusal):
    """A part that is needed cannot be reached now. UNAVAILABLE."""

    retry_after = timedelta(seconds=1)


class OutOfTime(Refusal):
    """The call's time was up; whether it took effect is unknown. DEADLINE_EXCEEDED."""
