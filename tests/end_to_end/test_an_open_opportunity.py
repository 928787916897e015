"""A colleague of a customer: nobody takes the lead from the rep who works on an opportunity with the same account."""

from datetime import UTC, timedelta
from uuid import uuid4

from clew.conversion.v1 import conversion_pb2, opportunities_pb2
from clew.lead.v1.lead_pb2 import LeadState
from clew.routing.v1 import holdings_pb2, leads_pb2, pools_pb2, roster_pb2
from cli.calling import Clew, new_request_id
from cli.lead import conversion_end
from cli.periods import period
from services.shared.callers import Caller, Role
from tests.end_to_end.conftest import eventually
from tests.end_to_end.people import ARep, PassTime, a_rep, a_submission, in_state, let_it_fall_due
from tests.intake.submissions import new_credit_code

DAY = timedelta(days=1)
RUNS = Caller("tests", Role.SERVICE)
HELD, POOLED = LeadState.LEAD_STATE_HELD, LeadState.LEAD_STATE_POOLED


async def a_pool(clew: Clew) -> str:
    """Protected for four days, a floor of one."""
    code = f"accounts-{uuid4().hex[:8]}"
    policy = roster_pb2.Policy(
        first_response=period("4d"),
        protection=period("4d"),
        notice_floor=period("1d"),
        reminders=[roster_pb2.Reminder(percent=50)],
    )
    publish = roster_pb2.PublishPolicyRequest(request_id=new_request_id(), code=code, policy=policy)
    await clew.call(clew.roster.PublishPolicy, publish)
    create = roster_pb2.CreatePoolRequest(request_id=new_request_id(), code=code, name="公海", policy_code=code)
    await clew.call(clew.roster.CreatePool, create)
    return code


async def held_by(clew: Clew, rep: ARep, pool_code: str, credit_code: str, name: str) -> holdings_pb2.Holding:
    """A lead of the company, claimed out of the pool."""
    submission = a_submission(name=name, company="云帆科技有限公司", credit_code=credit_code)
    lead_id = (await clew.call(clew.intake.SubmitLead, submission)).lead_id
    await in_state(clew, lead_id, POOLED)
    move = pools_pb2.MoveLeadRequest(request_id=new_request_id(), lead_id=lead_id, pool_code=pool_code)
    await clew.call(clew.pools.MoveLead, move)
    claim = holdings_pb2.ClaimLeadRequest(request_id=new_request_id(), lead_id=lead_id)
    return (await clew.call(clew.holdings.ClaimLead, claim, as_=rep.caller)).holding


async def converted(clew: Clew, rep: ARep, holding: holdings_pb2.Holding) -> conversion_pb2.Conversion:
    request = conversion_pb2.ConvertLeadRequest(
        request_id=new_request_id(), lead_id=holding.lead_id, holding_id=holding.holding_id, epoch=holding.epoch
    )
    asked = await clew.call(clew.conversion.ConvertLead, request, as_=rep.caller)
    return await conversion_end(clew, asked.conversion.conversion_id)


async def close(clew: Clew, rep: ARep, made: conversion_pb2.Conversion) -> None:
    request = opportunities_pb2.CloseOpportunityRequest(
        request_id=new_request_id(),
        opportunity_id=made.opportunity_id,
        outcome=opportunities_pb2.OPPORTUNITY_STATE_LOST,
        reason="PRICE",
    )
    await clew.call(clew.opportunities.CloseOpportunity, request, as_=rep.caller)


async def until_due(clew: Clew, lead_id: str, *, is_due: bool) -> leads_pb2.GetWorkResponse:
    return await eventually(
        lambda: clew.call(clew.leads.GetWork, leads_pb2.GetWorkRequest(lead_id=lead_id), as_=RUNS),
        lambda work: work.HasField("due_at") == is_due,
        "a deadline" if is_due else "an exemption",
    )


async def test_a_colleagues_lead_is_not_recalled_while_the_opportunity_is_open(clew: Clew, pass_time: PassTime) -> None:
    rep, other, code = await a_rep(clew), await a_rep(clew), new_credit_code()
    pool = await a_pool(clew)
    customer = await held_by(clew, rep, pool, code, "李雷")
    colleague = await held_by(clew, rep, pool, code, "王建国")
    of_another_rep = await held_by(clew, other, pool, code, "张伟")
    assert colleague.HasField("due_at")

    made = await converted(clew, rep, customer)
    work = await until_due(clew, colleague.lead_id, is_due=False)
    later = await held_by(clew, rep, pool, code, "韩梅梅")
    # The other rep owns no opportunity: what he holds of the same company is taken back as ever.
    await let_it_fall_due(clew, pass_time, of_another_rep)
    await in_state(clew, of_another_rep.lead_id, POOLED)
    await pass_time(f"lead/{colleague.lead_id}", 40 * DAY)
    still_held = await in_state(clew, colleague.lead_id, HELD)

    assert made.state == conversion_pb2.CONVERSION_STATE_COMPLETED
    assert work.why == "nothing is due: the holder owns an open opportunity on the matched account"
    assert still_held.holding.holding_id == colleague.holding_id
    assert not later.HasField("due_at")

    await close(clew, rep, made)
    await until_due(clew, colleague.lead_id, is_due=True)
    await until_due(clew, later.lead_id, is_due=True)
    asked = holdings_pb2.GetScheduleRequest(holding_id=colleague.holding_id)
    schedule = (await clew.call(clew.holdings.GetSchedule, asked)).schedule
    ended = schedule.entries[-1]
    assert [entry.kind for entry in schedule.entries] == ["EXEMPTED", "EXEMPTION_ENDED"]
    assert schedule.due_at.ToDatetime(UTC) == ended.at.ToDatetime(UTC) + DAY

    # From the end of the exemption on, as if it began there.
    colleague.started_at.CopyFrom(ended.at)
    await let_it_fall_due(clew, pass_time, colleague)
    await in_state(clew, colleague.lead_id, POOLED)
    verbs = await clew.call(clew.leads.ListDecisions, leads_pb2.ListDecisionsRequest(lead_id=colleague.lead_id))
    assert [one.verb for one in verbs.decisions][-3:] == ["Exempt", "EndExemption", "Recall"]
