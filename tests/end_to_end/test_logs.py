"""Logs of a running stack: whoever has a lead's id or a trace's finds all that happened there."""

import json
from pathlib import Path
from typing import Any

from clew.lead.v1.lead_pb2 import LeadState
from cli.calling import Clew
from cli.stack.addresses import SERVICES
from cli.stack.stack import Stack
from tests.end_to_end.conftest import eventually
from tests.end_to_end.people import a_lead, in_state


def lines_of(folder: Path) -> list[dict[str, Any]]:
    """What the services logged, each line an object of its own."""
    return [
        json.loads(line)
        for service in SERVICES
        for line in (folder / f"{service}.log").read_text().splitlines()
        if line.startswith("{")
    ]


async def test_calls_about_a_lead_are_found_by_its_id_and_share_the_trace_of_its_submission(
    stack: Stack, clew: Clew
) -> None:
    lead_id = await a_lead(clew)
    await in_state(clew, lead_id, LeadState.LEAD_STATE_POOLED)
    wanted = {"GetLeadFacts", "OpenLead", "MarkTaken", "ScoreLead", "UpdateScore", "RouteLead"}

    async def traces() -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for line in lines_of(stack.folder / "logs"):
            if line.get("lead_id") == lead_id and line.get("method") in wanted:
                found.setdefault(line["trace_id"], set()).add(line["method"])
        return found

    seen = await eventually(traces, lambda found: wanted in found.values(), "a line of each call")

    [trace_id] = [trace_id for trace_id, methods in seen.items() if methods == wanted]
    of_the_trace = [line for line in lines_of(stack.folder / "logs") if line.get("trace_id") == trace_id]
    assert {"SubmitLead"} | wanted <= {line["method"] for line in of_the_trace}
    assert {line["service"] for line in of_the_trace} == {"intake", "scoring", "routing"}


async def test_every_line_is_an_object_with_its_service_its_level_and_its_instant(stack: Stack, clew: Clew) -> None:
    await a_lead(clew)

    lines = lines_of(stack.folder / "logs")

    assert {line["service"] for line in lines} <= set(SERVICES)
    assert all({"service", "event", "level", "timestamp"} <= set(line) for line in lines)
