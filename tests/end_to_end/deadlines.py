"""Leads held under a policy of their own: what is published, held, waited for and looked at."""

import operator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client

from clew.lead.v1.lead_pb2 import LeadState
from clew.routing.v1 import holdings_pb2, leads_pb2, pools_pb2, roster_pb2
from cli.calling import Clew, new_request_id
from cli.periods import period, reminder
from tests.end_to_end.conftest import eventually
from tests.end_to_end.people import ARep, a_lead, a_rep, in_state


def a_policy(*reminders: str, **periods: str) -> roster_pb2.Policy:
    """With the first response alone given, nothing else is due before it."""
    given: dict[str, Any] = {name: period(length) for name, length in periods.items()}
    return roster_pb2.Policy(reminders=[reminder(one) for one in reminders or ["50%"]], **given)


async def published(
    clew: Clew, code: str, policy: roster_pb2.Policy, live: str = "GRANDFATHER"
) -> roster_pb2.PublishPolicyResponse:
    request = roster_pb2.PublishPolicyRequest(
        request_id=new_request_id(), code=code, policy=policy, live_holdings=f"LIVE_HOLDINGS_{live}"
    )
    return await clew.call(clew.roster.PublishPolicy, request)


async def a_pool(clew: Clew, policy: roster_pb2.Policy) -> str:
    """The code of a pool, which is its policy's too."""
    code = f"moving-{uuid4().hex[:8]}"
    await published(clew, code, policy)
    request = roster_pb2.CreatePoolRequest(request_id=new_request_id(), code=code, name="公海", policy_code=code)
    await clew.call(clew.roster.CreatePool, request)
    return code


async def a_lead_in(clew: Clew, pool_code: str) -> str:
    lead_id = await a_lead(clew)
    await in_state(clew, lead_id, LeadState.LEAD_STATE_POOLED)
    await moved_to(clew, lead_id, pool_code)
    return lead_id


async def moved_to(clew: Clew, lead_id: str, pool_code: str) -> None:
    request = pools_pb2.MoveLeadRequest(request_id=new_request_id(), lead_id=lead_id, pool_code=pool_code)
    await clew.call(clew.pools.MoveLead, request)


async def a_holding(clew: Clew, policy: roster_pb2.Policy) -> tuple[ARep, str, holdings_pb2.Holding]:
    """Claimed out of a pool of its own, whose code is the policy's too."""
    code, rep = await a_pool(clew, policy), await a_rep(clew)
    lead_id = await a_lead_in(clew, code)
    claim = holdings_pb2.ClaimLeadRequest(request_id=new_request_id(), lead_id=lead_id)
    return rep, code, (await clew.call(clew.holdings.ClaimLead, claim, as_=rep.caller)).holding


async def schedule(clew: Clew, holding: holdings_pb2.Holding) -> holdings_pb2.Schedule:
    asked = holdings_pb2.GetScheduleRequest(holding_id=holding.holding_id)
    return (await clew.call(clew.holdings.GetSchedule, asked)).schedule


async def due(clew: Clew, holding: holdings_pb2.Holding) -> datetime:
    return instant((await schedule(clew, holding)).due_at)


async def until_the_run_waits_for(client: Client, lead_id: str, due_at: datetime) -> None:
    """It knows of this deadline; what it wakes by next may be a reminder."""
    await _until_the_run_shows(client, lead_id, "due_at", due_at)


async def until_the_run_sleeps_to(client: Client, database: AsyncEngine, lead_id: str, wake_at: datetime) -> None:
    """Nothing is on its way to it any more: what it hears of later it would hear on another day."""
    handle = client.get_workflow_handle(f"lead/{lead_id}")

    async def awake() -> bool:
        async with database.connect() as db:
            owed = await db.scalar(text(OWED), {"lead_id": lead_id})
        described = (await handle.describe()).raw_description
        return bool(owed) or described.HasField("pending_workflow_task") or bool(described.pending_activities)

    await eventually(awake, operator.not_, "a run that sleeps")
    await _until_the_run_shows(client, lead_id, "wake_at", wake_at)


async def _until_the_run_shows(client: Client, lead_id: str, what: str, wanted: datetime) -> None:
    handle = client.get_workflow_handle(f"lead/{lead_id}")

    async def shown() -> datetime | None:
        seen = (await handle.query("schedule"))[what]
        return datetime.fromisoformat(seen) if seen else None

    await eventually(shown, lambda seen: seen == wanted, f"a run whose {what} is {wanted}")


async def until_reminded(clew: Clew, holding: holdings_pb2.Holding, times: int = 1) -> None:
    """A lead is taken from nobody who was not warned."""
    await eventually(
        lambda: schedule(clew, holding),
        lambda seen: sum(one.sent for one in seen.reminders) == times,
        f"reminder {times}",
    )


async def until_all_is_rebased(database: AsyncEngine) -> None:
    """Two things that are asked for at once may be done as one, under the name of the first."""

    async def going_on() -> bool:
        async with database.connect() as db:
            return bool(await db.scalar(text("select exists(select from routing.rebasing where finished_at is null)")))

    await eventually(going_on, operator.not_, "the end of all rebasings")


async def decisions(clew: Clew, lead_id: str, verb: str) -> list[leads_pb2.Decision]:
    request = leads_pb2.ListDecisionsRequest(lead_id=lead_id)
    found = (await clew.call(clew.leads.ListDecisions, request)).decisions
    return [decision for decision in found if decision.verb == verb]


OWED = "select exists(select from routing.event where wake_id = :lead_id and wakes = 'lead' and delivered_at is null)"


def instant(timestamp: Any) -> datetime:
    made: datetime = timestamp.ToDatetime(UTC)
    return made
