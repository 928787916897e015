"""What a service process is told by its environment; read once, frozen."""

import sys
from typing import Any, Literal, TypeVar

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict


class ServiceSettings(BaseSettings):
    """The settings that every service has. Names of variables stand beside them."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    database_url: str = Field(validation_alias="CLEW_DATABASE_URL")
    listen: str = Field(validation_alias="CLEW_LISTEN")
    temporal_address: str = Field(validation_alias="TEMPORAL_ADDRESS")
    temporal_namespace: str = Field("clew", validation_alias="TEMPORAL_NAMESPACE")
    # Callers are trusted until authentication comes: beyond loopback only on an explicit word.
    allow_remote: bool = Field(False, validation_alias="CLEW_ALLOW_REMOTE")
    otlp_endpoint: str | None = Field(None, validation_alias="OTEL_EXPORTER_OTLP_ENDPOINT")
    test_clock: bool = Field(False, validation_alias="CLEW_TEST_CLOCK")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", validation_alias="CLEW_LOG_LEVEL")


SettingsT = TypeVar("SettingsT", bound=BaseSettings)


def read_settings(kind: type[SettingsT], **given: Any) -> SettingsT:
    """Read all settings; everything missing or wrong is said at once, then the process exits with 2."""
    try:
        return kind(**given)
    except ValidationError as error:
        for problem in error.errors():
            name = ".".join(str(part) for part in problem["loc"])
            sys.stderr.write(f"setting {name}: {problem['msg']}\n")
        sys.exit(2)
