"""From a failed call to a failed activity to what a workflow sees: one table, and nothing personal on the way.

An outage is tried again. A refusal is the service's answer: trying again at once would be refused again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

import grpc
import grpc.aio
from google.rpc import error_details_pb2
from grpc_status import rpc_status
from temporalio.exceptions import (
    ActivityError,
    ApplicationError,
    ApplicationErrorCategory,
    FailureError,
    is_cancelled_exception,
)
from temporalio.exceptions import TimeoutError as ActivityTimedOut

# Whether the call took effect may be unknown: its request id makes the next attempt answer the same.
OUTAGES = frozenset(
    {
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.ABORTED,
        grpc.StatusCode.INTERNAL,
        grpc.StatusCode.UNKNOWN,
        grpc.StatusCode.CANCELLED,
    }
)


@dataclass(frozen=True)
class Refusal:
    """Why a call had no effect: the status, the stable reason, and what the service says of it."""

    status: str
    reason: str
    metadata: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_final(self) -> bool:
        """The state of things forbids it: it would be refused tomorrow, too."""
        return self.status == "FAILED_PRECONDITION" or self.reason in {"NOT_FOUND", "NOT_YOURS"}

    def __str__(self) -> str:
        told = ", ".join(f"{name} {value}" for name, value in sorted(self.metadata.items()))
        return f"{self.reason} ({told})" if told else self.reason


NO_ANSWER = Refusal("DEADLINE_EXCEEDED", "NO_ANSWER")


class Refused(Exception):
    """A step of a workflow that could not be done now."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal


def as_activity_failure(error: grpc.aio.AioRpcError, call: str) -> ApplicationError:
    """The failure of an activity: its type is the reason. The text of the error stays behind."""
    status, info = error.code(), error_details_pb2.ErrorInfo()
    answered = rpc_status.from_call(cast(grpc.Call, error))
    for detail in answered.details if answered else ():
        detail.Unpack(info)
    reason = info.reason or status.name
    return ApplicationError(
        f"{call}: {reason}",
        status.name,
        dict(info.metadata),
        type=reason,
        non_retryable=status not in OUTAGES,
        category=ApplicationErrorCategory.BENIGN,
    )


def refusal_in(failed: FailureError) -> Refusal:
    """What a workflow may know of a failed activity. A cancelled one is no refusal: the run is to end."""
    if is_cancelled_exception(failed):
        raise failed
    cause = _cause(failed)
    if isinstance(cause, ApplicationError) and len(cause.details) == 2:  # as written above
        status, metadata = cause.details
        return Refusal(status, cause.type or status, metadata)
    if isinstance(cause, ActivityTimedOut):
        return NO_ANSWER
    return Refusal("INTERNAL", "FAILED")


def is_answer(failed: FailureError) -> bool:
    """The service has answered, and would answer the same again."""
    cause = _cause(failed)
    return isinstance(cause, ApplicationError) and cause.non_retryable


def _cause(failed: FailureError) -> BaseException | None:
    """An activity's failure is wrapped, one within the workflow's task is not."""
    return failed.cause if isinstance(failed, ActivityError) else failed
