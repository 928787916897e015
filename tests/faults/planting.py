"""Rows that are as they should be, for tests that then break one thing."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.shared.ids import new_id

DEFAULT_POOL = UUID("00000000-0000-7000-8000-000000000001")


@dataclass(frozen=True)
class Planted:
    lead_id: UUID
    rep_id: UUID
    holding_id: UUID
    at: datetime


async def execute(db: AsyncConnection, statement: str, **values: object) -> None:
    await db.execute(text(statement), values)


async def held_lead(db: AsyncConnection) -> Planted:
    """A lead that was routed and claimed, with its decisions, its events delivered, its place counted."""
    at = await db.scalar(text("select clew.clew_now()"))
    assert isinstance(at, datetime)
    planted = Planted(new_id(), new_id(), new_id(), at)
    team_id = new_id()
    mark = str(planted.rep_id)
    await execute(db, "insert into routing.team values (:id, :mark, '华东一组', 9)", id=team_id, mark=mark)
    await execute(
        db,
        "insert into routing.rep (rep_id, code, display_name, team_id) values (:rep_id, :mark, '李雷', :team_id)",
        rep_id=planted.rep_id,
        mark=mark,
        team_id=team_id,
    )
    await execute(
        db,
        """insert into routing.lead (lead_id, state, facts, facts_version, home_pool_id, epoch, route_due)
           values (:lead_id, 'HELD', '{}', 1, :pool_id, 1, false)""",
        lead_id=planted.lead_id,
        pool_id=DEFAULT_POOL,
    )
    await hold(db, planted, planted.holding_id, epoch=1)
    await execute(
        db,
        "insert into routing.holding_limit (scope, key, rep_id, held, default_limit) "
        "values ('REP', '', :rep_id, 1, 9), ('POOL', :pool_id, :rep_id, 1, null)",
        pool_id=str(DEFAULT_POOL),
        rep_id=planted.rep_id,
    )
    await decide(db, planted, "RouteLead", "QUALIFYING", "POOLED", "-1 s")
    await decide(db, planted, "ClaimLead", "POOLED", "HELD", "0 s")
    for seq, kind in enumerate(("lead_opened", "lead_routed", "lead_claimed"), start=1):
        await note(db, planted, seq, kind)
    return planted


async def hold(db: AsyncConnection, planted: Planted, holding_id: UUID, *, epoch: int) -> None:
    await execute(
        db,
        """insert into routing.holding (holding_id, lead_id, epoch, rep_id, origin, taken_from_pool_id, policy_code,
             policy_version, started_at, schedule, due_at, due_cause, reminders, reminder_steps, wake_at,
             claim_cooldown)
           values (:holding_id, :lead_id, :epoch, :rep_id, 'CLAIMED', :pool_id, 'standard', 1, :at, '{}',
             :at + interval '1 h', 'PROTECTION', '{}', '{}', :at + interval '1 h', '0 s')""",
        holding_id=holding_id,
        lead_id=planted.lead_id,
        epoch=epoch,
        rep_id=planted.rep_id,
        pool_id=DEFAULT_POOL,
        at=planted.at,
    )


async def decide(
    db: AsyncConnection, planted: Planted, verb: str, from_state: str, to_state: str, after: str, due: str | None = None
) -> None:
    """A decision so long after the holding began; `due` likewise, for a recall."""
    await execute(
        db,
        """insert into routing.decision (decision_id, lead_id, verb, from_state, to_state, actor_id, actor_role,
             decided_at, due_at, done_by)
           values (:id, :lead_id, :verb, :from_state, :to_state, 'tests', 'service', :at + cast(:after as interval),
             :at + cast(:due as interval), case when :verb = 'Recall' then 'TIMER' end)""",
        id=new_id(),
        lead_id=planted.lead_id,
        verb=verb,
        from_state=from_state,
        to_state=to_state,
        at=planted.at,
        after=after,
        due=due,
    )


async def note(db: AsyncConnection, planted: Planted, seq: int, kind: str, *, delivered: bool = True) -> None:
    await execute(
        db,
        """insert into routing.event (event_id, lead_id, seq, kind, wakes, wake_id, actor_id, actor_role, recorded_at,
             delivered_at)
           values (:id, :lead_id, :seq, :kind, 'lead', :lead_id, 'tests', 'service',
             :at + :seq * interval '1 ms', case when :delivered then :at end)""",
        id=new_id(),
        lead_id=planted.lead_id,
        seq=seq,
        kind=kind,
        at=planted.at,
        delivered=delivered,
    )
