"""One gRPC call of an activity: in whose name, within which time, and what its failure becomes."""

from collections.abc import Awaitable
from typing import Protocol, TypeVar

import grpc.aio
from temporalio import activity

from services.shared.callers import Caller, Role
from services.shared.channels import caller_metadata
from services.shared.crash_points import AFTER_CALL, crash_point
from services.shared.telemetry import meter
from workflows.limits import ONE_CALL, SHARE_OF_A_CALL
from workflows.refusals import as_activity_failure

AS_WORKFLOWS = caller_metadata(Caller("workflows", Role.SERVICE))
# Temporal's own count leaves out what is tried again as a matter of course.
failures = meter.create_counter(
    "clew.step.failures", unit="{call}", description="Calls of runs' steps that failed or were refused, by status."
)

RequestT_contra = TypeVar("RequestT_contra", contravariant=True)
ResponseT_co = TypeVar("ResponseT_co", covariant=True)


class Method(Protocol[RequestT_contra, ResponseT_co]):
    """A unary method of a stub."""

    def __call__(
        self, request: RequestT_contra, *, timeout: float, metadata: tuple[tuple[str, str], ...]
    ) -> Awaitable[ResponseT_co]: ...


async def ask(method: Method[RequestT_contra, ResponseT_co], request: RequestT_contra) -> ResponseT_co:
    """Make the call. A failure becomes one that Temporal tries again, or, for a refusal, does not."""
    about = activity.info()
    time_left = (about.start_to_close_timeout or ONE_CALL).total_seconds() * SHARE_OF_A_CALL
    try:
        answer = await method(request, timeout=time_left, metadata=AS_WORKFLOWS)
    except grpc.aio.AioRpcError as error:
        failures.add(1, {"activity": about.activity_type, "status": error.code().name})
        raise as_activity_failure(error, about.activity_type) from None
    crash_point(AFTER_CALL)
    return answer
