"""Traces, metrics and logs of a process: one call at its start. Nothing personal, never a request's body."""

from opentelemetry import metrics, trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON

from services.shared import logs

tracer = trace.get_tracer("clew")
meter = metrics.get_meter("clew")


def start(name: str, *, otlp_endpoint: str | None, log_level: str) -> None:
    """JSON logs to standard error; traces and metrics to the endpoint, when there is one."""
    logs.start(name, log_level)
    resource = Resource.create({"service.name": f"clew-{name}"})
    # Without anybody to tell, traces are passed on and logged by their ids, and nothing of them is recorded.
    provider = TracerProvider(resource=resource, sampler=ALWAYS_ON if otlp_endpoint else ALWAYS_OFF)
    if otlp_endpoint:
        from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter

        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=otlp_endpoint)))
        reader = PeriodicExportingMetricReader(OTLPMetricExporter(endpoint=otlp_endpoint))
        metrics.set_meter_provider(MeterProvider([reader], resource=resource))
    trace.set_tracer_provider(provider)
