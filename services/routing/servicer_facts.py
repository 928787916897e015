"""LeadFacts as a message: intake's part as it was stored, completed by the score and the stage."""

import json
from collections.abc import Mapping
from typing import Any

from google.protobuf import json_format

from clew.lead.v1 import lead_pb2
from services.routing.leads.store import Holds, Lead
from services.shared import expressions


def stored_facts(facts: lead_pb2.LeadFacts) -> Mapping[str, Any]:
    """What routing keeps of intake's part, with the field names of the contract."""
    stored: Mapping[str, Any] = json.loads(json_format.MessageToJson(facts, preserving_proto_field_name=True))
    return stored


def facts_message(stored: Mapping[str, Any]) -> lead_pb2.LeadFacts:
    """Intake's part."""
    return expressions.facts_of(stored)


def lead_facts(lead: Lead) -> lead_pb2.LeadFacts:
    """All that is known of a lead: what rules are evaluated on and what others are shown."""
    return expressions.facts_of(lead.known)


def conditions_of(lead: Lead) -> Holds:
    """Which conditions hold of a lead."""
    facts = lead_facts(lead)
    return lambda expression: expressions.holds(expression, facts)
