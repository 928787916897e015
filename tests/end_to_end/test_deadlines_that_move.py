"""Deadlines that move while the lead's run sleeps: the run is told, and wakes by the new one."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from temporalio.client import Client

from clew.lead.v1.lead_pb2 import LeadState
from clew.routing.v1 import calendars_pb2, holdings_pb2, pools_pb2, roster_pb2
from cli.calling import Clew, new_request_id
from cli.periods import period
from tests.end_to_end.conftest import eventually
from tests.end_to_end.people import ARep, PassTime, a_lead, a_rep, in_state

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


async def publish(clew: Clew, code: str, first_response: str, *, rebase: bool = False) -> None:
    policy = roster_pb2.Policy(first_response=period(first_response), reminders=[roster_pb2.Reminder(percent=50)])
    live = "LIVE_HOLDINGS_REBASE_WITH_FLOOR" if rebase else "LIVE_HOLDINGS_GRANDFATHER"
    await clew.call(
        clew.roster.PublishPolicy,
        roster_pb2.PublishPolicyRequest(request_id=new_request_id(), code=code, policy=policy, live_holdings=live),
    )


async def a_holding(clew: Clew, first_response: str) -> tuple[ARep, str, holdings_pb2.Holding]:
    """Under a policy of its own."""
    code = f"moving-{uuid4().hex[:8]}"
    await publish(clew, code, first_response)
    await clew.call(
        clew.roster.CreatePool,
        roster_pb2.CreatePoolRequest(request_id=new_request_id(), code=code, name="公海", policy_code=code),
    )
    rep, lead_id = await a_rep(clew), await a_lead(clew)
    await in_state(clew, lead_id, LeadState.LEAD_STATE_POOLED)
    moved = clew.pools.MoveLead
    await clew.call(moved, pools_pb2.MoveLeadRequest(request_id=new_request_id(), lead_id=lead_id, pool_code=code))
    claim = holdings_pb2.ClaimLeadRequest(request_id=new_request_id(), lead_id=lead_id)
    return rep, code, (await clew.call(clew.holdings.ClaimLead, claim, as_=rep.caller)).holding


async def until_the_run_waits_for(client: Client, holding: holdings_pb2.Holding, due_at: datetime) -> None:
    handle = client.get_workflow_handle(f"lead/{holding.lead_id}")

    async def shown() -> datetime | None:
        due = (await handle.query("schedule"))["due_at"]
        return datetime.fromisoformat(due) if due else None

    await eventually(
        shown, lambda seen: seen is not None and abs(seen - due_at) < timedelta(seconds=2), "the new due time"
    )


async def due(clew: Clew, holding: holdings_pb2.Holding) -> datetime:
    asked = holdings_pb2.GetScheduleRequest(holding_id=holding.holding_id)
    return (await clew.call(clew.holdings.GetSchedule, asked)).schedule.due_at.ToDatetime(UTC)


async def until_reminded(clew: Clew, holding: holdings_pb2.Holding) -> None:
    """A lead is taken from nobody who was not warned."""
    asked = holdings_pb2.GetScheduleRequest(holding_id=holding.holding_id)
    await eventually(
        lambda: clew.call(clew.holdings.GetSchedule, asked),
        lambda seen: any(reminder.sent for reminder in seen.schedule.reminders),
        "the reminder",
    )


async def test_leave_moves_the_deadline_that_the_run_sleeps_to(
    clew: Clew, temporal_client: Client, pass_time: PassTime
) -> None:
    rep, _, holding = await a_holding(clew, "4d")
    was_due = holding.due_at.ToDatetime(UTC)
    starts_at = holding.started_at.ToDatetime(UTC) + HOUR
    leave = calendars_pb2.SetLeaveRequest(
        request_id=new_request_id(), rep_code=rep.code, starts_at=starts_at, ends_at=starts_at + 3 * DAY
    )
    await clew.call(clew.calendars.SetLeave, leave)

    await until_the_run_waits_for(temporal_client, holding, was_due + 3 * DAY)
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
    clew: Clew, temporal_client: Client, pass_time: PassTime
) -> None:
    _, code, holding = await a_holding(clew, "9d")
    await until_the_run_waits_for(temporal_client, holding, holding.due_at.ToDatetime(UTC))

    await publish(clew, code, "3d", rebase=True)

    due_at = holding.started_at.ToDatetime(UTC) + 3 * DAY
    await until_the_run_waits_for(temporal_client, holding, due_at)
    await pass_time(f"lead/{holding.lead_id}", 2 * DAY)
    await until_reminded(clew, holding)
    await in_state(clew, holding.lead_id, LeadState.LEAD_STATE_HELD)
    await pass_time(f"lead/{holding.lead_id}", DAY + HOUR)
    await in_state(clew, holding.lead_id, LeadState.LEAD_STATE_POOLED)
