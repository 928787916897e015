"""Rows on their way into intake: what comes one by one is submitted one by one, the rest in batches."""

import asyncio
from collections.abc import Iterator, Sequence

import grpc

from clew.intake.v1 import intake_pb2
from cli.calling import Clew
from cli.demo.seen import Seen, Submitted
from cli.demo.setting import MARKETER
from cli.demo.submissions import Prepared
from cli.demo.waiting import until
from cli.refusals import refusal_of

# Somebody waits at the other end of these; what an event or a register brings comes as a list.
LIVE_CHANNELS = {"web_form", "wecom", "phone_enquiry", "online_ad"}
# Of a file that names no channel some rows are still submitted singly, so that there is something to time.
SINGLY_AT_LEAST = 20
BATCH = 20
# Rows a second: a pace at which the view can be followed.
RATE = 16.0
# A machine that is slower gets no more rows while so many leads wait to be routed, but not for ever.
MOST_QUALIFYING, HELD_BACK_AT_MOST = 50, 12.0
AT_ONCE = 4
SUBMIT, SUBMIT_BATCH = "submit", f"submit a batch of up to {BATCH}"


async def submit_all(clew: Clew, rows: Sequence[Prepared], seen: Seen) -> None:
    """Submit every row once, at an even pace that the machine can keep."""
    clock = asyncio.get_running_loop().time
    next_at, room, patience = clock(), asyncio.Semaphore(AT_ONCE), HELD_BACK_AT_MOST

    async def caught_up() -> bool | None:
        return True if seen.states["qualifying"] < MOST_QUALIFYING else None

    async with asyncio.TaskGroup() as sending:
        for together in divided(rows):
            asked_at = clock()
            await until(caught_up, patience)
            patience = max(0.0, patience - (clock() - asked_at))
            next_at = max(next_at, clock()) + len(together) / RATE
            await asyncio.sleep(next_at - clock())
            await room.acquire()
            task = sending.create_task(_submit(clew, together, seen))
            task.add_done_callback(lambda _: room.release())


def divided(rows: Sequence[Prepared]) -> Iterator[list[Prepared]]:
    """Single rows and batches, in the order of the file."""
    singly_for_timing = {id(row) for row in rows[:SINGLY_AT_LEAST]}
    batch: list[Prepared] = []
    for row in rows:
        if row.request.source.channel in LIVE_CHANNELS or id(row) in singly_for_timing:
            yield [row]
            continue
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


async def submit_one(clew: Clew, row: Prepared, seen: Seen) -> Submitted | None:
    """A single submission; None when intake does not take it."""
    try:
        with seen.timed(SUBMIT):
            answer = await clew.call(clew.intake.SubmitLead, row.request, as_=MARKETER)
    except grpc.aio.AioRpcError as error:
        refusal = refusal_of(error)
        if refusal.status is grpc.StatusCode.INVALID_ARGUMENT:
            field = refusal.fields[0][0] if refusal.fields else ""
            seen.refuse(row, refusal.reason, field, refusal.message)
        else:
            seen.failures[f"{refusal.reason}: {refusal.message}"] += 1
        return None
    return seen.take(row, answer)


async def _submit(clew: Clew, rows: Sequence[Prepared], seen: Seen) -> None:
    if len(rows) == 1:
        await submit_one(clew, rows[0], seen)
        return
    request = intake_pb2.BatchSubmitLeadsRequest(rows=[row.request for row in rows])
    try:
        with seen.timed(SUBMIT_BATCH):
            answer = await clew.call(clew.intake.BatchSubmitLeads, request, as_=MARKETER)
    except grpc.aio.AioRpcError as error:
        refusal = refusal_of(error)
        seen.failures[f"{refusal.reason}: {refusal.message}"] += len(rows)
        return
    for row, outcome in zip(rows, answer.outcomes, strict=True):
        if outcome.HasField("response"):
            seen.take(row, outcome.response)
        else:
            seen.refuse(row, outcome.error.reason, outcome.error.field, outcome.error.message)
