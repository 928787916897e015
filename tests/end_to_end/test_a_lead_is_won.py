"""One lead's whole thread, through every process: captured, held, followed up, converted; or recalled."""

import asyncio
from datetime import timedelta

import grpc
import pytest
from temporalio.client import Client, WorkflowExecutionStatus

from clew.conversion.v1 import conversion_pb2
from clew.intake.v1 import intake_pb2
from clew.lead.v1.lead_pb2 import LeadState
from clew.routing.v1 import holdings_pb2, leads_pb2, notices_pb2
from cli.calling import Clew, new_request_id
from cli.lead import conversion_end
from cli.refusals import refusal_of
from cli.timeline import events_of
from tests.end_to_end.conftest import eventually
from tests.end_to_end.people import ARep, PassTime, a_lead, a_rep, a_submission, in_state, publish_standard_policy


async def claimed(clew: Clew, lead_id: str, rep: ARep) -> holdings_pb2.Holding:
    answer = await clew.call(
        clew.holdings.ClaimLead,
        holdings_pb2.ClaimLeadRequest(request_id=new_request_id(), lead_id=lead_id),
        as_=rep.caller,
    )
    return answer.holding


async def followed_up(clew: Clew, holding_id: str, rep: ARep) -> holdings_pb2.LogFollowUpResponse:
    return await clew.call(
        clew.holdings.LogFollowUp,
        holdings_pb2.LogFollowUpRequest(
            request_id=new_request_id(),
            holding_id=holding_id,
            kind=holdings_pb2.FOLLOW_UP_KIND_CALL,
            direction=holdings_pb2.FOLLOW_UP_DIRECTION_OUTBOUND,
            outcome=holdings_pb2.FOLLOW_UP_OUTCOME_CONNECTED,
        ),
        as_=rep.caller,
    )


async def converted(clew: Clew, lead_id: str, holding: holdings_pb2.Holding, rep: ARep) -> conversion_pb2.Conversion:
    asked = await clew.call(
        clew.conversion.ConvertLead,
        conversion_pb2.ConvertLeadRequest(
            request_id=new_request_id(), lead_id=lead_id, holding_id=holding.holding_id, epoch=holding.epoch
        ),
        as_=rep.caller,
    )
    return await conversion_end(clew, asked.conversion.conversion_id)


async def run_closes(temporal_client: Client, lead_id: str) -> None:
    async def status() -> WorkflowExecutionStatus | None:
        return (await temporal_client.get_workflow_handle(f"lead/{lead_id}").describe()).status

    await eventually(
        status,
        lambda seen: seen == WorkflowExecutionStatus.COMPLETED,
        "a run that ends when nothing is pending",
    )


async def test_a_lead_is_captured_claimed_followed_up_and_converted(clew: Clew, temporal_client: Client) -> None:
    rep = await a_rep(clew)
    lead_id = await a_lead(clew)
    await in_state(clew, lead_id, LeadState.LEAD_STATE_POOLED)

    holding = await claimed(clew, lead_id, rep)
    counted = await followed_up(clew, holding.holding_id, rep)
    conversion = await converted(clew, lead_id, holding, rep)
    won = await in_state(clew, lead_id, LeadState.LEAD_STATE_CONVERTED)

    assert counted.counted
    assert conversion.state == conversion_pb2.CONVERSION_STATE_COMPLETED
    assert conversion.account_id
    assert conversion.contact_id
    assert conversion.opportunity_id
    assert list(won.allowed_verbs) == []
    kinds = [event.kind for event in await events_of(clew, lead_id)]
    order = [
        "lead_created",
        "lead_opened",
        "lead_routed",
        "lead_claimed",
        "follow_up_logged",
        "conversion_requested",
    ]
    assert [kind for kind in kinds if kind in order] == order
    await run_closes(temporal_client, lead_id)


async def test_a_claimed_lead_without_a_first_response_is_recalled_after_a_day_and_says_why(
    clew: Clew, temporal_client: Client, pass_time: PassTime
) -> None:
    await publish_standard_policy(clew, first_response="1d", protection="10d", maximum="30d")
    rep = await a_rep(clew)
    lead_id = await a_lead(clew)
    await in_state(clew, lead_id, LeadState.LEAD_STATE_POOLED)
    await run_closes(temporal_client, lead_id)
    await claimed(clew, lead_id, rep)

    await pass_time(f"lead/{lead_id}", timedelta(hours=13))
    still_held = await in_state(clew, lead_id, LeadState.LEAD_STATE_HELD)
    await reminded(clew, rep, times=1)
    await pass_time(f"lead/{lead_id}", timedelta(hours=10))
    await reminded(clew, rep, times=2)
    await pass_time(f"lead/{lead_id}", timedelta(hours=2))
    await in_state(clew, lead_id, LeadState.LEAD_STATE_POOLED)

    assert still_held.holding.rep_code == rep.code
    decisions = await clew.call(clew.leads.ListDecisions, leads_pb2.ListDecisionsRequest(lead_id=lead_id))
    recall = decisions.decisions[-1]
    assert recall.verb == "Recall"
    assert recall.reason == "FIRST_RESPONSE"
    assert recall.rule_version.startswith("standard@")
    assert recall.decided_at.ToNanoseconds() >= recall.due_at.ToNanoseconds()
    assert recall.done_by in (leads_pb2.DONE_BY_TIMER, leads_pb2.DONE_BY_SWEEP)
    assert recall.schedule.because


async def reminded(clew: Clew, rep: ARep, times: int) -> None:
    """Half-way and two hours before: a lead is taken from nobody whom the last reminder did not reach."""
    await eventually(
        lambda: clew.call(clew.notices.ListNotices, notices_pb2.ListNoticesRequest(rep_code=rep.code)),
        lambda seen: sum(n.kind == notices_pb2.NOTICE_KIND_REMINDER for n in seen.notices) == times,
        f"{times} reminders",
    )


async def test_the_rep_who_lost_a_lead_may_not_claim_it_again_at_once(clew: Clew) -> None:
    rep = await a_rep(clew)
    lead_id = await a_lead(clew)
    await in_state(clew, lead_id, LeadState.LEAD_STATE_POOLED)
    holding = await claimed(clew, lead_id, rep)
    await clew.call(
        clew.holdings.ReturnLead,
        holdings_pb2.ReturnLeadRequest(
            request_id=new_request_id(), holding_id=holding.holding_id, reason="NOT_INTERESTED"
        ),
        as_=rep.caller,
    )

    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await claimed(clew, lead_id, rep)

    refusal = refusal_of(refused.value)
    assert refusal.reason == "CLAIM_COOLDOWN"
    assert refusal.metadata["ends_at"]


async def test_operators_find_what_a_rep_holds_by_the_search_attributes(clew: Clew, temporal_client: Client) -> None:
    rep = await a_rep(clew)
    lead_id = await a_lead(clew)
    await in_state(clew, lead_id, LeadState.LEAD_STATE_POOLED)
    await claimed(clew, lead_id, rep)

    async def found() -> list[str]:
        query = f'ClewOwner="{rep.code}" and ClewState="HELD" and ExecutionStatus="Running"'
        return [run.id async for run in temporal_client.list_workflows(query)]

    assert await eventually(found, lambda ids: ids == [f"lead/{lead_id}"], "the run under its owner's code")
    handle = temporal_client.get_workflow_handle(f"lead/{lead_id}")
    assert rep.code in str(await handle.query("schedule"))
    assert await (await handle.describe()).static_summary()


async def test_the_holder_sees_the_person_and_a_colleague_sees_a_mask(clew: Clew) -> None:
    holder, colleague = await a_rep(clew), await a_rep(clew)
    submission = a_submission(name="韩梅梅")
    lead_id = (await clew.call(clew.intake.SubmitLead, submission)).lead_id
    await in_state(clew, lead_id, LeadState.LEAD_STATE_POOLED)
    await claimed(clew, lead_id, holder)

    async def seen_by(rep: ARep) -> intake_pb2.Lead:
        request = intake_pb2.GetLeadRequest(lead_id=lead_id)
        return (await clew.call(clew.intake.GetLead, request, as_=rep.caller)).lead

    seen = await eventually(lambda: seen_by(holder), lambda lead: not lead.masked, "the holder's sight")
    assert seen.person.email == submission.person.email
    masked = await seen_by(colleague)
    assert masked.masked
    assert submission.person.email not in str(masked)
    assert masked.person.name != "韩梅梅"


async def test_three_reps_claim_one_lead_and_one_gets_it(clew: Clew) -> None:
    reps = [await a_rep(clew) for _ in range(3)]
    lead_id = await a_lead(clew)
    await in_state(clew, lead_id, LeadState.LEAD_STATE_POOLED)

    tries = await asyncio.gather(*(claimed(clew, lead_id, rep) for rep in reps), return_exceptions=True)

    refused = [refusal_of(one) for one in tries if isinstance(one, grpc.aio.AioRpcError)]
    assert [one.reason for one in refused] == ["ALREADY_HELD", "ALREADY_HELD"]
    winner = (await in_state(clew, lead_id, LeadState.LEAD_STATE_HELD)).holding.rep_code
    assert {one.metadata["holder"] for one in refused} == {winner}
