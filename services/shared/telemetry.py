"""Traces, metrics and logs of a process: one call at its start. Nothing personal, never a request's body."""

from uuid import uuid4

from opentelemetry import metrics, trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF

from services.shared import logs

tracer = trace.get_tracer("clew")
meter = metrics.get_meter("clew")

# Upper bounds of a histogram's buckets, in seconds. OpenTelemetry's own are made for milliseconds.
OF_A_CALL = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
OF_A_DEADLINE = (0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0, 60.0, 300.0, 3_600.0)

# Of all that this process exports, Temporal's figures included: without it, what two workers count would be taken for
# one count that jumps.
_instance_id = str(uuid4())


def identity(name: str) -> dict[str, str]:
    """Who this process is, in everything that it exports."""
    return {"service.name": f"clew-{name}", "service.instance.id": _instance_id}


def start(name: str, *, otlp_endpoint: str | None, log_level: str) -> None:
    """JSON logs to standard error; traces and metrics to the endpoint, when there is one."""
    logs.start(name, log_level)
    resource = Resource.create(identity(name))
    # Without anybody to tell, traces are passed on and logged by their ids, and nothing of them is recorded. Else
    # OTEL_TRACES_SAMPLER says how many are; all by default.
    provider = TracerProvider(resource=resource, sampler=None if otlp_endpoint else ALWAYS_OFF)
    if otlp_endpoint:
        from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter

        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=otlp_endpoint)))
        reader = PeriodicExportingMetricReader(OTLPMetricExporter(endpoint=otlp_endpoint))
        metrics.set_meter_provider(MeterProvider([reader], resource=resource))
    trace.set_tracer_provider(provider)
