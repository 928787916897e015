"""Deadlines that move while the lead's run sleeps: the run is told, and wakes by the new one."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client

from clew.lead.v1.lead_pb2 import LeadState
from clew.routing.v1 import calendars_pb2, holdings_pb2, pools_pb2, roster_pb2, stages_pb2
from cli.calling import Clew, new_request_id
from tests.end_to_end.conftest import eventually
from tests.end_to_end.deadlines import (
    a_holding,
    a_policy,
    a_pool,
    due,
    instant,
    moved_to,
    published,
    until_reminded,
    until_the_run_sleeps_to,
    until_the_run_waits_for,
)
from tests.end_to_end.people import ARep, PassTime, a_rep, in_state, many_leads

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
LIVE, ACCEPTED = 200, 40


async def test_leave_moves_the_deadline_that_the_run_sleeps_to(
    clew: Clew, database: AsyncEngine, temporal_client: Client, pass_time: PassTime
) -> None:
    rep, _, holding = await a_holding(clew, a_policy(first_response="4d"))
    was_due = instant(holding.due_at)
    starts_at = instant(holding.started_at) + HOUR
    leave = calendars_pb2.SetLeaveRequest(
        request_id=new_request_id(), rep_code=rep.code, starts_at=starts_at, ends_at=starts_at + 3 * DAY
    )
    await clew.call(clew.calendars.SetLeave, leave)

    await until_the_run_waits_for(temporal_client, holding.lead_id, was_due + 3 * DAY)
    await until_the_run_sleeps_to(temporal_client, database, holding.lead_id, was_due + DAY)
    await pass_time(f"lead/{holding.lead_id}", 4 * DAY + HOUR)
    still = await in_state(clew, holding.lead_id, LeadState.LEAD_STATE_HELD)
    # Half of the four days that count, and the rest of them.
    await pass_time(f"lead/{holding.lead_id}", DAY + HOUR)
    await until_reminded(clew, holding)
    await pass_time(f"lead/{holding.lead_id}", 2 * DAY)
    await in_state(clew, holding.lead_id, LeadState.LEAD_STATE_POOLED)

    assert still.holding.holding_id == holding.holding_id
    assert await due(clew, holding) == was_due + 3 * DAY


async def test_a_policy_that_is_rebased_wakes_the_run_by_the_new_deadline(
    clew: Clew, database: AsyncEngine, temporal_client: Client, pass_time: PassTime
) -> None:
    _, code, holding = await a_holding(clew, a_policy(first_response="9d"))
    await until_the_run_waits_for(temporal_client, holding.lead_id, instant(holding.due_at))

    await published(clew, code, a_policy(first_response="3d"), "REBASE_WITH_FLOOR")

    due_at = instant(holding.started_at) + 3 * DAY
    await until_the_run_waits_for(temporal_client, holding.lead_id, due_at)
    await until_the_run_sleeps_to(temporal_client, database, holding.lead_id, due_at - 1.5 * DAY)
    await pass_time(f"lead/{holding.lead_id}", 2 * DAY)
    await until_reminded(clew, holding)
    await in_state(clew, holding.lead_id, LeadState.LEAD_STATE_HELD)
    await pass_time(f"lead/{holding.lead_id}", DAY + HOUR)
    await in_state(clew, holding.lead_id, LeadState.LEAD_STATE_POOLED)


async def held_live(clew: Clew, code: str) -> list[holdings_pb2.Holding]:
    """LIVE holdings of one rep, the first of them accepted."""
    rep = await a_rep(clew, holding_limit=LIVE)
    lead_ids = await many_leads(clew, LIVE)
    for lead_id in lead_ids:
        await in_state(clew, lead_id, LeadState.LEAD_STATE_POOLED)
        await moved_to(clew, lead_id, code)
    items = [pools_pb2.LeadAssignment(lead_id=lead_id, rep_code=rep.code) for lead_id in lead_ids]
    request = pools_pb2.AssignLeadsRequest(request_id=new_request_id(), items=items)
    outcomes = (await clew.call(clew.pools.AssignLeads, request)).outcomes
    await asyncio.gather(*(accepted(clew, rep, outcome.holding) for outcome in outcomes[:ACCEPTED]))
    return [outcome.holding for outcome in outcomes]


async def accepted(clew: Clew, rep: ARep, holding: holdings_pb2.Holding) -> None:
    request = stages_pb2.AcceptLeadRequest(request_id=new_request_id(), holding_id=holding.holding_id)
    await clew.call(clew.stages.AcceptLead, request, as_=rep.caller)


@pytest.mark.timeout(240)
async def test_a_policy_that_is_published_over_200_live_holdings_moves_them_as_its_preview_said(
    clew: Clew, database: AsyncEngine, temporal_client: Client
) -> None:
    """Who has accepted is protected for 12 days instead of 10, who has not must answer within 3 days instead of 5."""
    code = await a_pool(clew, a_policy(first_response="5d", protection="10d"))
    held = await held_live(clew, code)
    stricter = a_policy(first_response="3d", protection="12d")
    preview = roster_pb2.PreviewPolicyRequest(
        code=code, policy=stricter, live_holdings="LIVE_HOLDINGS_REBASE_WITH_FLOOR"
    )
    said = await clew.call(clew.roster.PreviewPolicy, preview)

    answer = await published(clew, code, stricter, "REBASE_WITH_FLOOR")
    asked = roster_pb2.GetRebasingRequest(rebasing_id=answer.rebasing_id)
    done = await eventually(
        lambda: clew.call(clew.roster.GetRebasing, asked), lambda seen: seen.HasField("finished_at"), "its end"
    )

    assert (said.open_holdings, said.computed, said.unchanged) == (LIVE, LIVE, 0)
    assert (said.later, said.earlier) == (ACCEPTED, LIVE - ACCEPTED)
    assert (said.recalled_at_once, said.due_within_a_day) == (0, 0)
    assert answer.rebasing == LIVE
    assert (done.cause, done.done, done.moved) == (f"{code}@2", LIVE, LIVE)
    ours = [holding.holding_id for holding in held]
    async with database.connect() as db:
        rows = (await db.execute(text(REBASED), {"holding_ids": ours, "cause": done.cause})).all()
    assert Counter(row.decisions for row in rows) == {1: LIVE}
    new = {
        holding.holding_id: instant(holding.started_at) + (12 if number < ACCEPTED else 3) * DAY
        for number, holding in enumerate(held)
    }
    assert {str(row.holding_id): row.due_at for row in rows} == new
    for holding in (held[0], held[ACCEPTED - 1], held[ACCEPTED], held[-1]):
        first_reminder = instant(holding.started_at) + (new[holding.holding_id] - instant(holding.started_at)) / 2
        await until_the_run_waits_for(temporal_client, holding.lead_id, new[holding.holding_id])
        await until_the_run_sleeps_to(temporal_client, database, holding.lead_id, first_reminder)


REBASED = """
select holding_id, h.due_at, count(d.decision_id) as decisions
from routing.holding h left join routing.decision d using (holding_id)
where holding_id = any(cast(:holding_ids as uuid[])) and d.verb = 'Rebase' and d.reason = :cause
group by holding_id
"""
