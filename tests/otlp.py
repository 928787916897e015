"""Stands where a collector is: takes what processes export over OTLP, and keeps it as it came."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import grpc.aio
from google.protobuf.message import Message
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2, metrics_service_pb2_grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric
from opentelemetry.proto.trace.v1.trace_pb2 import Span

# What a process is told so that its figures and spans are here within the second.
SOON = {"OTEL_METRIC_EXPORT_INTERVAL": "500", "OTEL_BSP_SCHEDULE_DELAY": "200"}
# What a process says of itself: its service, and which of that service's processes it is.
Process = tuple[tuple[str, str], ...]


class Collector(trace_service_pb2_grpc.TraceServiceServicer, metrics_service_pb2_grpc.MetricsServiceServicer):
    def __init__(self) -> None:
        self.endpoint = ""
        self.traces: list[trace_service_pb2.ExportTraceServiceRequest] = []
        # The newest of each metric and each process; the counts go on from export to export.
        self._newest: dict[tuple[Process, str], Metric] = {}
        # How often figures came, and with which of these times each came last.
        self.exports = 0
        self._came: dict[tuple[Process, str], int] = {}

    async def Export(self, request: Message, context: grpc.aio.ServicerContext[Any, Any]) -> Message:
        """Both services have a method of this name."""
        if isinstance(request, trace_service_pb2.ExportTraceServiceRequest):
            self.traces.append(request)
            return trace_service_pb2.ExportTraceServiceResponse()
        assert isinstance(request, metrics_service_pb2.ExportMetricsServiceRequest)
        self.exports += 1
        for of_process in request.resource_metrics:
            # In whatever order they come.
            process = tuple(sorted((each.key, each.value.string_value) for each in of_process.resource.attributes))
            for scope in of_process.scope_metrics:
                self._newest |= {(process, metric.name): metric for metric in scope.metrics}
                self._came |= {(process, metric.name): self.exports for metric in scope.metrics}
        return metrics_service_pb2.ExportMetricsServiceResponse()

    @property
    def metrics(self) -> list[Metric]:
        return list(self._newest.values())

    def processes(self, name: str, *, since: int = 0) -> set[Process]:
        """Who has exported this metric after so many exports."""
        return {process for (process, each), export in self._came.items() if each == name and export > since}

    def spans(self) -> Iterator[Span]:
        for request in self.traces:
            for of_process in request.resource_spans:
                for scope in of_process.scope_spans:
                    yield from scope.spans

    def everything(self) -> Iterator[tuple[str, bytes]]:
        """All that was exported, as it came, with what to call it."""
        for request in self.traces:
            yield "a span", request.SerializeToString()
        for (process, name), metric in self._newest.items():
            yield f"metric {name}", repr(process).encode() + metric.SerializeToString()


@asynccontextmanager
async def collecting() -> AsyncIterator[Collector]:
    collector = Collector()
    server = grpc.aio.server()
    trace_service_pb2_grpc.add_TraceServiceServicer_to_server(collector, server)  # type: ignore[no-untyped-call]  # generated without types
    metrics_service_pb2_grpc.add_MetricsServiceServicer_to_server(collector, server)  # type: ignore[no-untyped-call]  # the same
    collector.endpoint = f"http://127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    await server.start()
    yield collector
    await server.stop(None)
