"""A rule wants a rep who holds all that he may: the lead waits for the managers, and is his as soon as he has room."""

from temporalio.client import Client, WorkflowExecutionStatus

from clew.lead.v1.lead_pb2 import LeadState
from clew.routing.v1 import leads_pb2, queue_pb2, roster_pb2
from cli.calling import Clew, new_request_id
from tests.end_to_end.conftest import eventually
from tests.end_to_end.people import ARep, a_lead, a_rep, in_state


async def publish(clew: Clew, *rules: roster_pb2.AssignmentRule) -> None:
    request = roster_pb2.PublishAssignmentRulesRequest(request_id=new_request_id(), rules=rules)
    await clew.call(clew.roster.PublishAssignmentRules, request)


def team_of(rep: ARep) -> str:
    return rep.code.replace("L-", "t-")


async def run_of(client: Client, lead_id: str) -> tuple[WorkflowExecutionStatus | None, str, str]:
    """Its status, and the state and holder that operators filter by."""
    described = await client.get_workflow_handle(f"lead/{lead_id}").describe()
    shown = described.typed_search_attributes
    names = {pair.key.name: str(pair.value) for pair in shown}
    return described.status, names.get("ClewState", ""), names.get("ClewOwner", "")


async def test_a_lead_that_found_no_rep_is_his_whose_limit_is_raised(clew: Clew, temporal_client: Client) -> None:
    rep = await a_rep(clew, holding_limit=0)
    # Each lead of this test alone: other tests' go where no rule matches.
    rule = roster_pb2.AssignmentRule(rule_id="wanted", expression="true", assign_team_code=team_of(rep))
    await publish(clew, rule)
    lead_id = await a_lead(clew)

    await in_state(clew, lead_id, LeadState.LEAD_STATE_UNASSIGNED)
    await publish(clew, rule_for(lead_id, rule))
    await eventually(
        lambda: run_of(temporal_client, lead_id),
        lambda run: run == (WorkflowExecutionStatus.COMPLETED, "UNASSIGNED", ""),
        "the end of the run: a lead that waits for a manager has none",
    )
    asked = queue_pb2.ListUnassignedRequest(team_code=team_of(rep))
    [listed] = (await clew.call(clew.queue.ListUnassigned, asked)).leads

    limit = roster_pb2.SetLimitRequest(
        request_id=new_request_id(), scope=roster_pb2.LIMIT_SCOPE_REP, rep_code=rep.code, limit=1
    )
    await clew.call(clew.roster.SetLimit, limit)
    held = await in_state(clew, lead_id, LeadState.LEAD_STATE_HELD)
    await eventually(
        lambda: run_of(temporal_client, lead_id),
        lambda run: run == (WorkflowExecutionStatus.RUNNING, "HELD", rep.code),
        "a new run that waits for his deadline",
    )

    decisions = (await clew.call(clew.leads.ListDecisions, leads_pb2.ListDecisionsRequest(lead_id=lead_id))).decisions
    await publish(clew)
    assert (listed.lead_id, listed.reason) == (lead_id, "NOBODY_HAS_ROOM")
    assert [(one.rep_code, one.verdict, one.limit) for one in decisions[0].candidates] == [(rep.code, "NO_ROOM", 0)]
    assert (held.holding.rep_code, decisions[-1].done_by) == (rep.code, leads_pb2.DONE_BY_SWEEP)


def rule_for(lead_id: str, rule: roster_pb2.AssignmentRule) -> roster_pb2.AssignmentRule:
    """The same rule, of this lead alone."""
    return roster_pb2.AssignmentRule(
        rule_id=rule.rule_id, expression=f"lead.lead_id == '{lead_id}'", assign_team_code=rule.assign_team_code
    )
