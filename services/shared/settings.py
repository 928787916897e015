"""What a process is told by its environment; read once, frozen."""

import sys
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError


def _host_and_port(value: str) -> str:
    host, _, port = value.rpartition(":")
    if not host or "/" in host or not port.isdecimal() or int(port) > 65_535:
        raise ValueError("a host and a port are wanted, such as 127.0.0.1:7233")
    return value


def _database(value: str) -> str:
    """Refused in words that do not repeat it: there may be a password in it."""
    try:
        known = make_url(value).drivername in {"postgresql", "postgresql+psycopg"}
    except (ArgumentError, ValueError):
        known = False
    if not known:
        raise ValueError("postgresql+psycopg://user:password@host:port/database is wanted")
    return value


def _endpoint(value: str | None) -> str | None:
    """Empty is none, as OpenTelemetry says."""
    if value and not value.startswith(("http://", "https://")):
        raise ValueError("an address that begins with http:// or https:// is wanted")
    return value or None


HostAndPort = Annotated[str, AfterValidator(_host_and_port)]


class ProcessSettings(BaseSettings):
    """The settings that services and workers have. Names of variables stand beside them."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    temporal_address: HostAndPort = Field(validation_alias="TEMPORAL_ADDRESS")
    temporal_namespace: str = Field("clew", validation_alias="TEMPORAL_NAMESPACE", min_length=1)
    otlp_endpoint: Annotated[str | None, AfterValidator(_endpoint)] = Field(
        None, validation_alias="OTEL_EXPORTER_OTLP_ENDPOINT"
    )
    # OpenTelemetry reads it by itself, and takes its own for a wrong one; Temporal's core does not read it.
    export_every_ms: int = Field(60_000, validation_alias="OTEL_METRIC_EXPORT_INTERVAL", gt=0)
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", validation_alias="CLEW_LOG_LEVEL")


class ServiceSettings(ProcessSettings):
    """The settings that every service has."""

    database_url: Annotated[str, AfterValidator(_database)] = Field(validation_alias="CLEW_DATABASE_URL")
    listen: HostAndPort = Field(validation_alias="CLEW_LISTEN")
    # Callers are trusted until authentication comes: beyond loopback only on an explicit word.
    allow_remote: bool = Field(False, validation_alias="CLEW_ALLOW_REMOTE")
    test_clock: bool = Field(False, validation_alias="CLEW_TEST_CLOCK")


SettingsT = TypeVar("SettingsT", bound=BaseSettings)


def read_settings(kind: type[SettingsT], **given: Any) -> SettingsT:
    """Read all settings; everything missing or wrong is said at once, then the process exits with 2."""
    try:
        return kind(**given)
    except ValidationError as error:
        for problem in error.errors():
            name = ".".join(str(part) for part in problem["loc"])
            sys.stderr.write(f"setting {name}: {problem['msg'].removeprefix('Value error, ')}\n")
        sys.exit(2)
