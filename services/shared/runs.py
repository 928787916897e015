"""What starts a run and what reaches it: plain data, the same for the relay and for the workflows."""

from dataclasses import dataclass
from datetime import timedelta

TASK_QUEUE = "clew"
NUDGE = "nudge"
LEAD_LIFECYCLE = "LeadLifecycle"
CONVERSION = "Conversion"
# Bounds how long a task stays with a worker that was killed.
WORKFLOW_TASK_TIMEOUT = timedelta(seconds=5)


@dataclass(frozen=True)
class LeadRun:
    """Which lead a LeadLifecycle run is about."""

    lead_id: str


@dataclass(frozen=True)
class ConversionRun:
    """Which conversion a Conversion run is about."""

    conversion_id: str
    lead_id: str


@dataclass(frozen=True)
class Nudge:
    """Something happened. A run never acts on its content: it asks what is to be done."""

    event_id: str
    kind: str
    id: str
