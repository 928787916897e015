"""A command of many parts: each part is a command of its own, and the whole keeps its answer.

A part that is refused undoes no other. Who asks again with the same request id gets the same answer; a call that was
cut short goes on where it ended, for the parts that were done answer what they answered.
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar
from uuid import UUID, uuid5

from google.protobuf.message import Message
from sqlalchemy.ext.asyncio import AsyncConnection

from services.shared.callers import current_caller
from services.shared.refusals import Conflict, OutOfTime, Refusal, Unavailable
from services.shared.requests import RECALL, TakesCommands, answer_of, fingerprint_of, once
from services.shared.statements import fetch

PartT = TypeVar("PartT", bound=Message)
AnswerT = TypeVar("AnswerT", bound=Message)
OutcomeT = TypeVar("OutcomeT", bound=Message)
RequestT = TypeVar("RequestT", bound=Message)
ResponseT = TypeVar("ResponseT", bound=Message)

# Not decided: the same call may succeed in a moment.
PASSING = (Conflict, OutOfTime, Unavailable)


def part_id(request_id: str, number: int) -> str:
    """The request id of a part: the same whenever the whole is asked again."""
    return str(uuid5(UUID(request_id), str(number)))


async def each(
    servicer: TakesCommands,
    method: Callable[[PartT, AsyncConnection], Awaitable[AnswerT]],
    answer_type: type[AnswerT],
    parts: Iterable[PartT],
    *,
    name: str,
) -> list[AnswerT | Refusal]:
    """Carry the parts out, one after the other, each in a transaction of its own."""
    outcomes: list[AnswerT | Refusal] = []
    for part in parts:
        try:
            outcomes.append(await once(servicer, method, answer_type, part, name=name))
        except PASSING:
            raise
        except Refusal as refusal:
            outcomes.append(refusal)
    return outcomes


async def all_or_known(
    servicer: TakesCommands,
    carry_out: Callable[[], Awaitable[ResponseT]],
    response_type: type[ResponseT],
    request: Message,
    *,
    name: str,
) -> ResponseT:
    """What this request answered before; else carry it out and keep its answer. Of two at once the first's stays."""
    table = servicer._requests.fullname
    key = {
        "caller_id": current_caller().id,
        "method": name,
        "request_id": getattr(request, "request_id"),  # noqa: B009  # every command has one; the type does not say so
    }
    async with servicer._engine.connect() as db:
        known = await fetch(db, RECALL.format(table=table), key)
        await db.commit()
    if known:
        return response_type.FromString(answer_of(known, fingerprint_of(request), name))
    response = await carry_out()

    async def keep(_: Message, __: AsyncConnection) -> ResponseT:
        return response

    return await once(servicer, keep, response_type, request, name=name)
