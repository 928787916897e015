"""Events as messages: the same for every service's part of a timeline."""

import json

from clew.lead.v1 import lead_pb2
from services.shared.outbox import RecordedEvent


def event_message(service: str, event: RecordedEvent) -> lead_pb2.LeadEvent:
    return lead_pb2.LeadEvent(
        event_id=str(event.event_id),
        service=service,
        lead_id=str(event.lead_id),
        seq=event.seq,
        kind=event.kind,
        actor_id=event.actor_id,
        actor_role=event.actor_role,
        reason=event.reason or "",
        rule_version=event.rule_version or "",
        recorded_at=event.recorded_at,
        changes={name: value if isinstance(value, str) else json.dumps(value) for name, value in event.data.items()},
    )
