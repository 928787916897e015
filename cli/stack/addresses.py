"""Where the parts of a running stack answer, and where a client finds that."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from urllib.parse import quote

SERVICES = ("intake", "scoring", "routing", "conversion")
NAMESPACE = "clew"


@dataclass(frozen=True)
class Addresses:
    intake: str
    scoring: str
    routing: str
    conversion: str
    temporal: str
    temporal_namespace: str
    ui_url: str | None  # None when no Temporal UI could be found
    database_url: str  # as SQLAlchemy reads it: postgresql+psycopg://…

    def of(self, service: str) -> str:
        return {
            "intake": self.intake,
            "scoring": self.scoring,
            "routing": self.routing,
            "conversion": self.conversion,
        }[service]

    def workflows_url(self, query: str = "") -> str | None:
        """The page of the Temporal UI that lists workflows, filtered when a query is given."""
        if self.ui_url is None:
            return None
        page = f"{self.ui_url}/namespaces/{self.temporal_namespace}/workflows"
        return f"{page}?query={quote(query)}" if query else page

    def workflow_url(self, workflow_id: str) -> str | None:
        """The page of a workflow's latest run, whichever that is when it is opened."""
        return None if self.ui_url is None else f"{self.workflows_url()}/{quote(workflow_id, safe='')}"

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=2)


def addresses_from_json(text: str) -> Addresses:
    return Addresses(**json.loads(text))


def with_environment(found: Addresses | None, environment: Mapping[str, str] = os.environ) -> Addresses | None:
    """Let CLEW_<SERVICE>_ADDRESS and TEMPORAL_* win; all four services named need no stack at all."""
    named = {
        service: environment[name] for service in SERVICES if (name := f"CLEW_{service.upper()}_ADDRESS") in environment
    }
    if found is None:
        if len(named) < len(SERVICES):
            return None
        found = Addresses(**named, temporal="", temporal_namespace=NAMESPACE, ui_url=None, database_url="")
    return replace(
        found,
        **named,
        temporal=environment.get("TEMPORAL_ADDRESS", found.temporal),
        temporal_namespace=environment.get("TEMPORAL_NAMESPACE", found.temporal_namespace),
        database_url=environment.get("CLEW_DATABASE_URL", found.database_url),
    )
