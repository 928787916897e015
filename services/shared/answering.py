"""What every call passes through before its method, and every failure on its way back.

Outermost first: span, figures and log · errors · who calls, and may that role · is it a message, does it keep the
field rules · the call's time.
"""

import asyncio
import inspect
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

import grpc
import grpc.aio
import structlog
from google.protobuf.message import DecodeError, Message
from grpc_status import rpc_status

from services.shared import validation
from services.shared.callers import Caller, Role, caller_from, set_caller
from services.shared.grpc_errors import code_of, refusal_for, status_of
from services.shared.refusals import Denied, Exhausted, InvalidInput
from services.shared.tracing import server_span

DEFAULT_SECONDS = 10.0
LONGEST_SECONDS = 60.0
# A stream lives longer, and not for ever: an abandoned one is never told so by gRPC.
LONGEST_STREAM_SECONDS = 1_800.0
# Health and reflection are for everybody.
OPEN = "/grpc."
ID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
log = structlog.get_logger()

Context = grpc.aio.ServicerContext[Any, Any]
Behaviour = Callable[[Any, Context], Any]
Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"


@dataclass(frozen=True)
class Unreadable:
    """Stands for bytes that are not a message of the method's type, or too many of them."""

    size: int
    too_large: bool


class Answering(grpc.aio.ServerInterceptor):  # type: ignore[type-arg]  # generic only in its stubs
    """Wraps each of our methods; `methods` says which role may call which, by the method's short name."""

    def __init__(self, methods: Mapping[str, frozenset[Role]], receive_bytes: int) -> None:
        self._methods, self._receive_bytes = methods, receive_bytes
        self._handlers: dict[str, Handler] = {}

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable["grpc.RpcMethodHandler[Any, Any]"]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> "grpc.RpcMethodHandler[Any, Any]":
        method = handler_call_details.method
        if (known := self._handlers.get(method)) is not None:
            return known
        handler = await continuation(handler_call_details)
        # A method that is not there has no handler, whatever the stub says, and anybody can make up names of such.
        if method.startswith(OPEN) or not handler:
            return handler
        self._handlers[method] = self._wrapped(method, handler)
        return self._handlers[method]

    def _wrapped(self, method: str, handler: "Handler") -> "Handler":
        read = _reader(cast(Callable[[bytes], Any], handler.request_deserializer), self._receive_bytes)
        write = cast(Callable[[Any], bytes], handler.response_serializer)
        # Answers are written as bytes here: a method that answers with something else is a defect like any other.
        if handler.response_streaming:
            streaming = self._streaming(method, cast(Behaviour, handler.unary_stream), write)
            return grpc.unary_stream_rpc_method_handler(streaming, request_deserializer=read)
        answering = self._answering(method, cast(Behaviour, handler.unary_unary), write)
        return grpc.unary_unary_rpc_method_handler(answering, request_deserializer=read)

    def _answering(self, method: str, behaviour: Behaviour, write: Callable[[Any], bytes]) -> Behaviour:
        async def answer(request: Message | Unreadable, context: Context) -> bytes:
            async def work() -> bytes:
                async with asyncio.timeout(_seconds(context, DEFAULT_SECONDS, LONGEST_SECONDS)):
                    return write(await behaviour(request, context))

            return cast(bytes, await self._carried_out(method, request, context, work))

        return answer

    def _streaming(self, method: str, behaviour: Behaviour, write: Callable[[Any], bytes]) -> Behaviour:
        async def answer(request: Message | Unreadable, context: Context) -> None:
            async def work() -> None:
                async with asyncio.timeout(_seconds(context, LONGEST_STREAM_SECONDS, LONGEST_STREAM_SECONDS)):
                    if inspect.isasyncgenfunction(behaviour):
                        async for message in behaviour(request, context):
                            await context.write(write(message))
                    else:
                        await behaviour(request, cast(Context, WritesMessages(context, write)))

            await self._carried_out(method, request, context, work)

        return answer

    async def _carried_out(
        self, method: str, request: Message | Unreadable, context: Context, work: Callable[[], Awaitable[Any]]
    ) -> Any:
        name = method.rpartition("/")[2]
        metadata = tuple(context.invocation_metadata() or ())
        texts = {key: value for key, value in metadata if isinstance(value, str)}
        async with server_span(method, texts) as outcome:
            structlog.contextvars.bind_contextvars(method=name, **_named_by(request))
            try:
                set_caller(self._admitted(name, caller_from(metadata)))
                self._check(name, request)
                answer = await work()
                log.debug("answered")
                return answer
            except asyncio.CancelledError:
                outcome.status = "CANCELLED"
                raise
            except Exception as error:  # whatever it is, the caller is told only what refusal_for says
                refusal = refusal_for(error)
                outcome.status = code_of(refusal).name
                log.info("refused", reason=refusal.reason, status=outcome.status)
                told = rpc_status.to_status(status_of(refusal))
        # Missing in the stubs; it raises and never returns. No transaction is open here that it could commit.
        return await cast(Any, context).abort_with_status(told)

    def _admitted(self, name: str, caller: Caller) -> Caller:
        allowed = self._methods.get(name, frozenset())
        if caller.role not in allowed:
            raise Denied(
                "ROLE_NOT_ALLOWED",
                f"{name} is not for the role {caller.role}.",
                method=name,
                role=str(caller.role),
                allowed=", ".join(sorted(allowed)),
            )
        return caller

    def _check(self, name: str, request: Message | Unreadable) -> None:
        if not isinstance(request, Unreadable):
            validation.check(request)
        elif request.too_large:
            raise TooLarge(name, request.size, self._receive_bytes)
        else:
            raise InvalidInput("", f"The bytes are not a request of {name}.", reason="MALFORMED_MESSAGE")


class TooLarge(Exhausted):
    def __init__(self, method: str, size: int, limit: int) -> None:
        message = f"The request has {size} bytes, {method} takes {limit}. Send less at once."
        super().__init__("TOO_LARGE", message, method=method, size=str(size), limit=str(limit))


class WritesMessages:
    """A streaming method's context: what it writes are messages, what gRPC gets are bytes."""

    def __init__(self, context: Context, write: Callable[[Any], bytes]) -> None:
        self._context, self._write = context, write

    async def write(self, message: Message) -> None:
        await self._context.write(self._write(message))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._context, name)


def _reader(deserialize: Callable[[bytes], Any], most: int) -> Callable[[bytes], Any]:
    def read(data: bytes) -> Any:
        if len(data) > most:
            return Unreadable(len(data), too_large=True)
        try:
            return deserialize(data)
        except DecodeError:
            return Unreadable(len(data), too_large=False)

    return read


def _seconds(context: Context, default: float, longest: float) -> float:
    """The caller's deadline, or ours; never longer than the longest."""
    left = cast(float | None, context.time_remaining())
    return default if left is None else min(left, longest)


def _named_by(request: Message | Unreadable) -> dict[str, str]:
    """Ids that the log is searched by. Nothing else of a request is logged, and nothing that is no id."""
    found = {name: getattr(request, name, None) for name in ("lead_id", "holding_id", "conversion_id", "request_id")}
    # What is told of a lead as a whole names it inside.
    found["lead_id"] = found["lead_id"] or getattr(getattr(request, "facts", None), "lead_id", None)
    return {name: value for name, value in found.items() if isinstance(value, str) and ID.fullmatch(value)}
