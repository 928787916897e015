"""Leads that wait in the managers' queue, and what is asked about them."""

from typing import Any
from uuid import UUID

from clew.routing.v1 import queue_pb2 as pb
from clew.routing.v1 import roster_pb2
from tests.examples import as_manager
from tests.routing.office import SECOND, Office, state_name, to_team


def wanting(team: str) -> roster_pb2.AssignmentRule:
    """Leads of one test go to its team, and all others that wait still, to no other."""
    return to_team(team, f"lead.region == '{team}'", rule_id=team.replace("-", "_"))


async def an_unassigned_lead(office: Office, team: str, *, grade: str = "", **fields: Any) -> str:
    """A rule wants a rep of the team, and none of them can take it."""
    lead_id = await office.open(region=team, **fields)
    if grade:
        await office.update_score(lead_id, 1, grade=grade)
    await office.publish_rules(wanting(team))
    assert state_name((await office.route(lead_id)).state) == "UNASSIGNED"
    return lead_id


async def a_look_later(office: Office) -> None:
    """The next look of the queue's sweep that tries again what was just tried."""
    await office.pass_time(2 * SECOND)
    await office.sweep_queue()


async def unassigned(office: Office, **asked: Any) -> pb.ListUnassignedResponse:
    return await office.queue.ListUnassigned(pb.ListUnassignedRequest(**asked), metadata=as_manager())


async def row_of(office: Office, lead_id: str) -> Any:
    [row] = await office.run("select * from routing.lead where lead_id = :id", id=UUID(lead_id))
    return row
