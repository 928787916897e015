"""What a worker process is told by its environment."""

from pathlib import Path

from pydantic import Field

from services.shared.settings import ProcessSettings


class WorkerSettings(ProcessSettings):
    """Where Temporal and the services are. Names of variables stand beside them."""

    intake: str = Field(validation_alias="CLEW_INTAKE_ADDRESS", min_length=1)
    scoring: str = Field(validation_alias="CLEW_SCORING_ADDRESS", min_length=1)
    routing: str = Field(validation_alias="CLEW_ROUTING_ADDRESS", min_length=1)
    conversion: str = Field(validation_alias="CLEW_CONVERSION_ADDRESS", min_length=1)
    # Written when the worker takes work, for whoever started it.
    ready_file: Path | None = Field(None, validation_alias="CLEW_READY_FILE")
