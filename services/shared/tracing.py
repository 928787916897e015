"""Spans and figures of calls, on both sides of the wire. The trace travels as W3C `traceparent`."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from time import perf_counter
from typing import Any

import grpc.aio
from opentelemetry.propagate import extract, inject
from opentelemetry.trace import Span, SpanKind, Status, StatusCode

from services.shared.telemetry import OF_A_CALL, meter, tracer

duration = meter.create_histogram(
    "rpc.server.call.duration",
    unit="s",
    description="How long calls took, by method and status.",
    explicit_bucket_boundaries_advisory=OF_A_CALL,
)


@asynccontextmanager
async def server_span(method: str, metadata: Mapping[str, str]) -> AsyncIterator["CallOutcome"]:
    """A span around one answered call. Its status is what the caller saw; no exception's text is kept."""
    began = perf_counter()
    outcome = CallOutcome()
    with tracer.start_as_current_span(
        method.lstrip("/"),
        context=extract(dict(metadata)),
        kind=SpanKind.SERVER,
        attributes={"rpc.system.name": "grpc", "rpc.method": method.lstrip("/")},
        record_exception=False,
        set_status_on_exception=False,
    ) as span:
        try:
            yield outcome
        finally:
            outcome.tell(span)
            labels = {"rpc.method": method.lstrip("/"), "rpc.response.status_code": outcome.status}
            duration.record(perf_counter() - began, labels)


class CallOutcome:
    """How a call ended, as the caller saw it."""

    status = "OK"

    def tell(self, span: Span) -> None:
        span.set_attribute("rpc.response.status_code", self.status)
        if self.status in {"INTERNAL", "UNKNOWN", "UNAVAILABLE", "DATA_LOSS", "DEADLINE_EXCEEDED"}:
            span.set_status(Status(StatusCode.ERROR, self.status))


class TracedClient(grpc.aio.UnaryUnaryClientInterceptor):  # type: ignore[type-arg]  # generic only in its stubs
    """Sends the current trace along."""

    async def intercept_unary_unary(
        self,
        continuation: Callable[[grpc.aio.ClientCallDetails, Any], Awaitable[Any]],
        client_call_details: grpc.aio.ClientCallDetails,
        request: Any,
    ) -> Any:
        carrier: dict[str, str] = {}
        inject(carrier)
        metadata = grpc.aio.Metadata(*(client_call_details.metadata or ()), *carrier.items())
        details = grpc.aio.ClientCallDetails(
            client_call_details.method,
            client_call_details.timeout,
            metadata,
            client_call_details.credentials,
            client_call_details.wait_for_ready,
        )
        return await continuation(details, request)
