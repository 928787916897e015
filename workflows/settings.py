"""What a worker process is told by its environment."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class WorkerSettings(BaseSettings):
    """Where Temporal and the services are. Names of variables stand beside them."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    intake: str = Field(validation_alias="CLEW_INTAKE_ADDRESS")
    scoring: str = Field(validation_alias="CLEW_SCORING_ADDRESS")
    routing: str = Field(validation_alias="CLEW_ROUTING_ADDRESS")
    conversion: str = Field(validation_alias="CLEW_CONVERSION_ADDRESS")
    temporal_address: str = Field(validation_alias="TEMPORAL_ADDRESS")
    temporal_namespace: str = Field("clew", validation_alias="TEMPORAL_NAMESPACE")
    # Written when the worker takes work, for whoever started it.
    ready_file: Path | None = Field(None, validation_alias="CLEW_READY_FILE")
    otlp_endpoint: str | None = Field(None, validation_alias="OTEL_EXPORTER_OTLP_ENDPOINT")
    # OpenTelemetry reads it by itself, Temporal's core does not.
    export_every_ms: int = Field(60_000, validation_alias="OTEL_METRIC_EXPORT_INTERVAL", gt=0)
    log_level: str = Field("info", validation_alias="CLEW_LOG_LEVEL")
