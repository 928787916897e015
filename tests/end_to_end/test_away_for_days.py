"""Processes that are away for days: what is due happens all the same, and nobody loses a lead unwarned."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client

from clew.lead.v1.lead_pb2 import LeadState
from clew.routing.v1 import holdings_pb2, leads_pb2, notices_pb2, roster_pb2
from cli.calling import Clew
from cli.stack.stack import WORKERS, Stack
from services.shared.clock import move
from tests.end_to_end.conftest import eventually
from tests.end_to_end.deadlines import (
    a_holding,
    a_policy,
    decisions,
    instant,
    schedule,
    until_reminded,
    until_the_run_waits_for,
)
from tests.end_to_end.people import ARep, in_state

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
# Due after four days; reminded after two, and after three.
REMINDED = ("50%", "1d")


@asynccontextmanager
async def away(stack: Stack, *names: str) -> AsyncIterator[None]:
    """Killed, and started again at the end."""
    await asyncio.gather(*(stack.kill(name, restarted=False) for name in names))
    try:
        yield
    finally:
        await asyncio.gather(*(stack.restart(name) for name in names))


async def pass_until(database: AsyncEngine, wanted: datetime) -> None:
    """A moment longer, by PostgreSQL's clock alone: no run is there whose clock would move."""
    await move(database, wanted + SECOND - await now(database))


async def now(database: AsyncEngine) -> datetime:
    async with database.connect() as db:
        read: datetime = await db.scalar(text("select clew.clew_now()"))
    return read


async def reminders_of(clew: Clew, rep: ARep) -> list[notices_pb2.Notice]:
    """Oldest first."""
    request = notices_pb2.ListNoticesRequest(rep_code=rep.code)
    notices = (await clew.call(clew.notices.ListNotices, request)).notices
    return [notice for notice in reversed(notices) if notice.kind == notices_pb2.NOTICE_KIND_REMINDER]


@pytest.mark.timeout(180)
async def test_while_the_workers_are_away_for_days_the_sweep_reminds_and_recalls_at_its_time(
    stack: Stack, clew: Clew, database: AsyncEngine, temporal_client: Client
) -> None:
    rep, _, holding = await a_holding(clew, a_policy(*REMINDED, first_response="4d"))
    due_at = instant(holding.due_at)
    planned = {reminder.step: instant(reminder.at) for reminder in (await schedule(clew, holding)).reminders}

    async with away(stack, *WORKERS):
        for times, instant_of_reminder in enumerate(planned.values(), start=1):
            await pass_until(database, instant_of_reminder)
            await until_reminded(clew, holding, times)
        held = await in_state(clew, holding.lead_id, LeadState.LEAD_STATE_HELD)
        await pass_until(database, due_at)
        await in_state(clew, holding.lead_id, LeadState.LEAD_STATE_POOLED)
        before = await reminders_of(clew, rep)
    ended = await temporal_client.get_workflow_handle(f"lead/{holding.lead_id}").result()

    assert held.holding.holding_id == holding.holding_id
    [recall] = await decisions(clew, holding.lead_id, "Recall")
    assert (recall.done_by, instant(recall.due_at)) == (leads_pb2.DONE_BY_SWEEP, due_at)
    assert due_at <= instant(recall.decided_at)
    assert list(planned.values()) == [due_at - 2 * DAY, due_at - DAY]
    assert [notice.step for notice in before] == list(planned)
    for notice in before:
        assert planned[notice.step] <= instant(notice.created_at) < instant(notice.due_at) == due_at
    # The run comes back late: it finds nothing to do, and tells nobody anything.
    assert ended["state"] == "POOLED"
    assert await reminders_of(clew, rep) == before


def of_the_unwarned(what: roster_pb2.Unwarned) -> roster_pb2.Policy:
    policy = a_policy(*REMINDED, first_response="4d")
    policy.unwarned = what
    return policy


@pytest.mark.timeout(180)
async def test_after_an_outage_over_the_last_reminder_a_lead_is_postponed_once_or_recalled_as_its_policy_says(
    stack: Stack, clew: Clew, database: AsyncEngine, temporal_client: Client
) -> None:
    rep, _, kept = await a_holding(clew, of_the_unwarned(roster_pb2.UNWARNED_POSTPONE))
    loser, _, lost = await a_holding(clew, of_the_unwarned(roster_pb2.UNWARNED_RECALL))

    async with away(stack, *WORKERS, "routing"):
        await pass_until(database, instant(kept.due_at) + 2 * DAY)
        back_at = await now(database)
    await in_state(clew, lost.lead_id, LeadState.LEAD_STATE_POOLED)
    shown = await postponed(clew, kept)

    [entry] = shown.entries
    assert (entry.kind, instant(entry.until)) == ("UNWARNED", instant(shown.due_at))
    assert shown.because[-1] == entry.words != ""
    assert instant(shown.due_at) == instant(entry.at) + DAY >= back_at + DAY
    [decision] = await decisions(clew, kept.lead_id, "Postpone")
    assert (decision.reason, instant(decision.due_at)) == ("UNWARNED", instant(shown.due_at))
    [warned] = await reminders_of(clew, rep)
    assert (warned.step, instant(warned.due_at)) == ("1d before", instant(shown.due_at))
    assert back_at <= instant(warned.created_at) < instant(warned.due_at)
    [recall] = await decisions(clew, lost.lead_id, "Recall")
    assert instant(recall.due_at) == instant(lost.due_at) < back_at <= instant(recall.decided_at)
    assert await reminders_of(clew, loser) == []
    await until_the_run_waits_for(temporal_client, kept.lead_id, instant(shown.due_at))

    async with away(stack, *WORKERS, "routing"):
        await pass_until(database, instant(shown.due_at) + 2 * DAY)
    await in_state(clew, kept.lead_id, LeadState.LEAD_STATE_POOLED)

    [recall] = await decisions(clew, kept.lead_id, "Recall")
    assert instant(recall.due_at) == instant(shown.due_at) <= instant(recall.decided_at)


async def postponed(clew: Clew, holding: holdings_pb2.Holding) -> holdings_pb2.Schedule:
    return await eventually(
        lambda: schedule(clew, holding),
        lambda seen: instant(seen.due_at) != instant(holding.due_at),
        "another due time",
    )
