"""One effect per request id: a command is one transaction that keeps its own answer.

The request's row is inserted first: a second call with the same id waits there for the first one's commit, then
finds the answer. Only successes are kept; a refusal rolls the row back, and the same call is decided again.
"""

import asyncio
import functools
import hashlib
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any, Protocol, TypeVar

import grpc.aio
from google.protobuf.message import Message
from sqlalchemy import Column, DateTime, LargeBinary, MetaData, Table, Text, Uuid
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.shared.callers import current_caller
from services.shared.crash_points import AFTER_COMMIT, crash_point
from services.shared.database import text
from services.shared.refusals import Conflict, InvalidInput
from services.shared.statements import fetch, run

KEPT = "72 hours"
PURGED_AT_ONCE = 1_000
COMMIT_SECONDS = 5.0
# Each try sees what the one before lost to; more than this many in a row is somebody's flood.
TRIES = 5


class HasEngine(Protocol):
    _engine: AsyncEngine


class TakesCommands(HasEngine, Protocol):
    """A servicer: its engine, and the table of its requests."""

    _requests: Table


class LostTheRace(Exception):
    """Somebody else was a moment faster: all is rolled back, and the command begins anew on what is there now."""


RequestT = TypeVar("RequestT", bound=Message)
ResponseT = TypeVar("ResponseT", bound=Message)
ServicerT = TypeVar("ServicerT", bound=TakesCommands)
ReaderT = TypeVar("ReaderT", bound=HasEngine)
Context = grpc.aio.ServicerContext[Any, Any]


def request_table(metadata: MetaData, schema: str) -> Table:
    return Table(
        "request",
        metadata,
        Column("caller_id", Text, primary_key=True),
        Column("method", Text, primary_key=True),
        Column("request_id", Uuid, primary_key=True),
        Column("request_hash", LargeBinary, nullable=False),
        Column("response", LargeBinary),
        Column("recorded_at", DateTime(timezone=True), nullable=False),
        schema=schema,
    )


def REQUEST_DDL(schema: str) -> str:  # noqa: N802  # reads as the constant that it is, but for the schema
    return f"""
create table {schema}.request (
  caller_id text not null,
  method text not null,
  request_id uuid not null,
  request_hash bytea not null,
  response bytea,
  recorded_at timestamptz not null,
  primary key (caller_id, method, request_id)
);
create index request_by_age on {schema}.request (recorded_at);
"""


def command(
    response_type: type[ResponseT],
) -> Callable[
    [Callable[[ServicerT, RequestT, AsyncConnection], Awaitable[ResponseT]]],
    Callable[[ServicerT, RequestT, Context], Awaitable[ResponseT]],
]:
    """Make a method `(self, request, db)` an RPC handler that is one transaction with one effect per request id."""

    def decorate(
        method: Callable[[ServicerT, RequestT, AsyncConnection], Awaitable[ResponseT]],
    ) -> Callable[[ServicerT, RequestT, Context], Awaitable[ResponseT]]:
        @functools.wraps(method)
        async def handle(self: ServicerT, request: RequestT, context: Context) -> ResponseT:  # noqa: ARG001  # gRPC passes it
            return await once(self, functools.partial(method, self), response_type, request, name=method.__name__)

        return handle

    return decorate


async def once(
    servicer: TakesCommands,
    method: Callable[[RequestT, AsyncConnection], Awaitable[ResponseT]],
    response_type: type[ResponseT],
    request: RequestT,
    *,
    name: str,
) -> ResponseT:
    """Carry the command `name` out, or answer what it answered before. Raises InvalidInput (REQUEST_ID_REUSED)."""
    for _ in range(TRIES):
        with suppress(LostTheRace):
            return await _once(servicer, method, response_type, request, name)
    raise Conflict("BUSY", "Others do the same at this moment. Retry with the same request id.")


async def _once(
    servicer: TakesCommands,
    method: Callable[[RequestT, AsyncConnection], Awaitable[ResponseT]],
    response_type: type[ResponseT],
    request: RequestT,
    name: str,
) -> ResponseT:
    table = servicer._requests.fullname
    key = {
        "caller_id": current_caller().id,
        "method": name,
        "request_id": getattr(request, "request_id"),  # noqa: B009  # every command has one; the type does not say so
    }
    fingerprint = fingerprint_of(request)
    # Left before the commit (a refusal, a client that went away, the end of its time), everything is rolled back.
    async with servicer._engine.connect() as db, db.begin() as transaction:
        if not await run(db, TAKE.format(table=table), {**key, "request_hash": fingerprint}):
            known = await fetch(db, RECALL.format(table=table), key)
            return response_type.FromString(answer_of(known, fingerprint, name))
        response = await method(request, db)
        await run(db, KEEP.format(table=table), {**key, "response": response.SerializeToString()})
        await _to_its_end(transaction.commit())
        crash_point(AFTER_COMMIT)
        return response


def fingerprint_of(request: Message) -> bytes:
    """By which a request is known again."""
    return hashlib.sha256(request.SerializeToString(deterministic=True)).digest()


def answer_of(known: list[Any], fingerprint: bytes, name: str) -> bytes:
    if not known:
        raise Conflict("BUSY", "What this request id answered was forgotten just now. Retry.")
    if known[0].request_hash != fingerprint:
        raise InvalidInput(
            "request_id",
            "This request id was used for another request. Draw a new one for a new act.",
            reason="REQUEST_ID_REUSED",
            method=name,
        )
    answer: bytes = known[0].response
    return answer


async def _to_its_end(commit: Coroutine[Any, Any, None]) -> None:
    """Wait for a commit however often the waiting is cancelled, then pass that on: it must not be cut in half.

    A database that hangs is not waited for: whether it took effect is then unknown, until the call is repeated.
    """
    task = asyncio.ensure_future(commit)
    until = asyncio.get_running_loop().time() + COMMIT_SECONDS
    cancelled: asyncio.CancelledError | None = None
    while not task.done() and (left := until - asyncio.get_running_loop().time()) > 0:
        try:
            await asyncio.wait({task}, timeout=left)
        except asyncio.CancelledError as error:
            cancelled = error
    if not task.done():
        task.cancel()
        raise ConnectionError("a commit hangs")
    failure = task.exception()
    if cancelled or failure:
        raise cancelled or failure  # type: ignore[misc]  # one of them is there


TAKE = """
insert into {table} (caller_id, method, request_id, request_hash, recorded_at)
values (:caller_id, :method, cast(:request_id as uuid), :request_hash, clew.clew_now()) on conflict do nothing
"""
RECALL = """
select request_hash, response from {table}
where caller_id = :caller_id and method = :method and request_id = cast(:request_id as uuid)
"""
KEEP = """
update {table} set response = :response
where caller_id = :caller_id and method = :method and request_id = cast(:request_id as uuid)
"""


def query(
    method: Callable[[ReaderT, RequestT, AsyncConnection], Awaitable[ResponseT]],
) -> Callable[[ReaderT, RequestT, Context], Awaitable[ResponseT]]:
    """Make a method `(self, request, db)` an RPC handler that reads in one transaction."""

    @functools.wraps(method)
    async def handle(self: ReaderT, request: RequestT, context: Context) -> ResponseT:  # noqa: ARG001  # gRPC passes it
        async with self._engine.connect() as db:
            answer = await method(self, request, db)
            # After a rollback psycopg forgets what it has prepared on the connection, and prepares it all again.
            await db.commit()
            return answer

    return handle


async def purge(db: AsyncConnection, table: Table) -> int:
    """Forget answers older than 72 h, some at once. Returns how many."""
    gone = await db.execute(
        text(
            f"""
            delete from {table.fullname} where ctid = any(array(
              select ctid from {table.fullname}
              where recorded_at < (select clew.clew_now()) - interval '{KEPT}' limit {PURGED_AT_ONCE}))
            """
        )
    )
    return gone.rowcount


def purging(table: Table) -> Callable[[AsyncConnection], Awaitable[int]]:
    """`purge` as a step of a service's sweep."""

    async def forget_requests(db: AsyncConnection) -> int:
        return await purge(db, table)

    return forget_requests
