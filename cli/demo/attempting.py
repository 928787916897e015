"""Calls that may be refused: a refusal is part of the story, any other failure is a defect that the report shows."""

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TypeVar

import grpc

from cli.demo.seen import Seen
from cli.refusals import Refusal, refusal_of

T = TypeVar("T")

# What a rule may answer to somebody who came too late, holds too much or asks for what is not his.
REFUSALS = {
    grpc.StatusCode.FAILED_PRECONDITION,
    grpc.StatusCode.RESOURCE_EXHAUSTED,
    grpc.StatusCode.NOT_FOUND,
    grpc.StatusCode.PERMISSION_DENIED,
    grpc.StatusCode.ABORTED,
}


@dataclass(frozen=True)
class Refused:
    refusal: Refusal


async def attempt(seen: Seen, call: Awaitable[T], *, timed: str = "", met: bool = True) -> T | Refused:
    """Make a call; answer its refusal. A failure that no rule explains is noted and answered likewise.

    met=False: a refusal here is only part of waiting, and nobody in the story meets it.
    """
    try:
        if not timed:
            return await call
        with seen.timed(timed):
            return await call
    except grpc.aio.AioRpcError as error:
        refusal = refusal_of(error)
        if refusal.status in REFUSALS:
            if met:
                seen.refusals[refusal.reason] += 1
        else:
            seen.failures[f"{refusal.reason}: {refusal.message}"] += 1
        return Refused(refusal)
