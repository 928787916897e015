"""What every call passes through before its method, and every failure on its way back.

Outermost first: span and figures · errors · who calls, and may that role · is it a message, does it keep the field
rules · the call's time.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import grpc
import grpc.aio
import structlog
from google.protobuf.message import DecodeError, Message
from grpc_status import rpc_status

from services.shared import validation
from services.shared.callers import Caller, Role, caller_from, set_caller
from services.shared.grpc_errors import code_of, refusal_for, status_of
from services.shared.refusals import Denied, InvalidInput
from services.shared.tracing import server_span

DEFAULT_SECONDS = 10.0
LONGEST_SECONDS = 60.0
# Health and reflection are for everybody.
OPEN = "/grpc."
log = structlog.get_logger()

Behaviour = Callable[[Any, grpc.aio.ServicerContext[Any, Any]], Awaitable[Any]]


@dataclass(frozen=True)
class Malformed:
    """Stands for bytes that are not a message of the method's type."""


class Answering(grpc.aio.ServerInterceptor):  # type: ignore[type-arg]  # generic only in its stubs
    """Wraps each of our methods; `methods` says which role may call which, by the method's short name."""

    def __init__(self, methods: Mapping[str, frozenset[Role]]) -> None:
        self._methods = methods

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable["grpc.RpcMethodHandler[Any, Any]"]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> "grpc.RpcMethodHandler[Any, Any]":
        handler = await continuation(handler_call_details)
        method = handler_call_details.method
        # A method that is not there has no handler, whatever the stub says.
        if method.startswith(OPEN) or not handler:
            return handler
        return grpc.unary_unary_rpc_method_handler(
            self._answering(method, cast(Behaviour, handler.unary_unary)),
            request_deserializer=_or_malformed(cast(Callable[[bytes], Any], handler.request_deserializer)),
            response_serializer=handler.response_serializer,
        )

    def _answering(self, method: str, behaviour: Behaviour) -> Behaviour:
        name = method.rpartition("/")[2]

        async def answer(request: Message | Malformed, context: grpc.aio.ServicerContext[Any, Any]) -> Any:
            metadata = tuple(context.invocation_metadata() or ())
            texts = {key: value for key, value in metadata if isinstance(value, str)}
            async with server_span(method, texts) as outcome:
                try:
                    set_caller(self._admitted(name, caller_from(metadata)))
                    if isinstance(request, Malformed):
                        raise InvalidInput("", f"The bytes are not a request of {name}.", reason="MALFORMED_MESSAGE")
                    validation.check(request)
                    async with asyncio.timeout(_seconds(context)):
                        return await behaviour(request, context)
                except asyncio.CancelledError:
                    outcome.status = "CANCELLED"
                    raise
                except Exception as error:  # whatever it is, the caller is told only what refusal_for says
                    refusal = refusal_for(error)
                    outcome.status = code_of(refusal).name
                    log.info("refused", method=name, reason=refusal.reason)
                    answer_status = rpc_status.to_status(status_of(refusal))
            # Missing in the stubs; it raises and never returns.
            return await cast(Any, context).abort_with_status(answer_status)

        return answer

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


def _or_malformed(deserialize: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
    def read(data: bytes) -> Any:
        try:
            return deserialize(data)
        except DecodeError:
            return Malformed()

    return read


def _seconds(context: grpc.aio.ServicerContext[Any, Any]) -> float:
    """The caller's deadline, or ours; never longer than a minute."""
    left = cast(float | None, context.time_remaining())
    return DEFAULT_SECONDS if left is None else min(left, LONGEST_SECONDS)
