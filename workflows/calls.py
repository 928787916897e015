"""How a workflow calls a service. Runs inside workflows: nothing here may depend on anything but its arguments."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.exceptions import FailureError
from temporalio.types import MethodAsyncSingleParam

from workflows.details import summary_of
from workflows.limits import ONE_CALL, QUICK_CALL, QUICK_CALL_WITH_RETRIES, QUICK_RETRIES, RETRIES
from workflows.refusals import NO_ANSWER, Refused, is_answer, refusal_in

Argument = TypeVar("Argument")
Answer = TypeVar("Answer")


def new_request_id() -> str:
    """Drawn before an act is scheduled: the same over all its attempts, another for the next act."""
    return str(workflow.uuid4())


async def call(
    activity: MethodAsyncSingleParam[Any, Argument, Answer],
    argument: Argument,
    *,
    summary: str,
    until: datetime | None = None,
) -> Answer:
    """Call as an activity of its own, tried again until it is answered or the time is up. Raises Refused."""
    try:
        return await workflow.execute_activity_method(
            activity,
            argument,
            start_to_close_timeout=ONE_CALL,
            schedule_to_close_timeout=_left(until),
            retry_policy=RETRIES,
            summary=summary_of(summary),
        )
    except FailureError as failed:
        raise Refused(refusal_in(failed)) from None


class QuickCalls:
    """Calls on the way of nearly every run: inside the workflow's own task, which is quick and costs one event."""

    def __init__(self, *, before_waiting: Callable[[], None]) -> None:
        self._before_waiting = before_waiting

    async def __call__(
        self,
        activity: MethodAsyncSingleParam[Any, Argument, Answer],
        argument: Argument,
        *,
        summary: str,
        until: datetime | None = None,
    ) -> Answer:
        """Call; when that brings no answer soon, wait for the service in everybody's sight.

        Raises Refused for a refusal, and when the time is up.
        """
        try:
            return await workflow.execute_local_activity_method(
                activity,
                argument,
                start_to_close_timeout=QUICK_CALL,
                schedule_to_close_timeout=min(_left(until) or QUICK_CALL_WITH_RETRIES, QUICK_CALL_WITH_RETRIES),
                retry_policy=QUICK_RETRIES,
                summary=summary_of(summary),
            )
        except FailureError as failed:
            refusal = refusal_in(failed)
            if is_answer(failed):
                raise Refused(refusal) from None
        self._before_waiting()
        return await call(activity, argument, summary=f"{summary} ({refusal.reason})", until=until)


def _left(until: datetime | None) -> timedelta | None:
    """The time that is left; None is without end. Raises Refused when there is none."""
    if until is None:
        return None
    left = until - workflow.now()
    if left <= timedelta(0):
        raise Refused(NO_ANSWER)
    return left
