"""Clocks of many holdings written at once, each with its ledger row, its event and, if need be, its notice.

The caller has locked the leads and the holdings.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing import tables
from services.routing.holdings.holding import Holding
from services.routing.holdings.schedule import Schedule
from services.routing.holdings.store import clocks_of
from services.routing.notices.notice import NoticeKind
from services.routing.policy import Policy, Unwarned
from services.shared.callers import Caller
from services.shared.statements import run


@dataclass(frozen=True)
class Rewritten:
    """A holding as it stood, and what its clocks say from now on."""

    holding: Holding
    schedule: Schedule
    # The version that it goes over to; none keeps its own.
    policy_version: int | None = None
    policy: Policy | None = None
    # What its rep is told, and of which step.
    notice: NoticeKind | None = None
    step: str = ""


async def rewrite_many(
    db: AsyncConnection,
    rewritten: Sequence[Rewritten],
    *,
    verb: str,
    event: str,
    reason: str,
    at: datetime,
    caller: Caller,
    by_run: bool = False,
) -> None:
    """`reason` is what the ledger gives: the cause of the rebasing, or `UNWARNED`. `caller`: who is answerable."""
    if not rewritten:
        return
    values = {
        "holdings": json.dumps([_row(one) for one in rewritten], default=_plain),
        "verb": verb,
        "event": event,
        "reason": reason,
        "at": at,
        "actor_id": caller.id,
        "actor_role": caller.role,
        "by_run": by_run,
    }
    await run(db, REWRITE, values)


def _row(one: Rewritten) -> dict[str, Any]:
    holding = one.holding
    policy = one.policy or holding.policy
    return {
        "holding_id": holding.holding_id,
        "lead_id": holding.lead_id,
        "epoch": holding.epoch,
        "rep_id": holding.rep_id,
        "rep_code": holding.rep_code,
        "policy_version": one.policy_version or holding.policy_version,
        "policy_text": one.schedule.policy_version,
        "claim_cooldown": policy.cooldown.total_seconds(),
        "postpones": policy.unwarned is Unwarned.POSTPONE and not one.schedule.postponed,
        "was_due_at": holding.schedule.due_in_text,
        "due_in_text": one.schedule.due_in_text,
        "notice": one.notice,
        "step": one.step,
        **clocks_of(one.schedule),
    }


def _plain(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


# While it is leased it wakes at the end of the lease.
REWRITE = f"""
with rewritten as materialized (
  select row.*, lead.state from jsonb_to_recordset(cast(:holdings as jsonb)) as row (
    holding_id uuid, lead_id uuid, epoch bigint, rep_id uuid, rep_code text, policy_version int, policy_text text,
    claim_cooldown float8, postpones boolean, was_due_at text, due_in_text text, notice text, step text, schedule text,
    first_responded_at timestamptz, due_at timestamptz, due_cause text, reminders timestamptz[],
    reminder_steps text[], wake_at timestamptz, locked_until timestamptz)
  join routing.lead using (lead_id)
), moved as (
  update routing.holding set policy_version = rewritten.policy_version, schedule = cast(rewritten.schedule as jsonb),
    first_responded_at = rewritten.first_responded_at, due_at = rewritten.due_at, due_cause = rewritten.due_cause,
    reminders = rewritten.reminders, reminder_steps = rewritten.reminder_steps,
    wake_at = coalesce(lease_until, rewritten.wake_at), locked_until = rewritten.locked_until,
    claim_cooldown = rewritten.claim_cooldown * interval '1 second', postpones = rewritten.postpones
  from rewritten where holding.holding_id = rewritten.holding_id
), decided as (
  insert into routing.decision (decision_id, lead_id, verb, from_state, to_state, holding_id, epoch, rep_id,
    actor_id, actor_role, reason, rule_version, due_at, decided_at, schedule)
  select uuidv7(), lead_id, :verb, state, state, holding_id, epoch, rep_id, :actor_id, :actor_role, :reason,
    policy_text, cast(nullif(due_in_text, '') as timestamptz), :at, cast(schedule as jsonb)
  from rewritten
), told as (
  insert into routing.notice (notice_id, subject_id, kind, step, rep_id, lead_id, holding_id, due_at, reason,
    created_at)
  select uuidv7(), holding_id, notice, step, rep_id, lead_id, holding_id, due_at, :reason, :at
  from rewritten where notice is not null
  on conflict do nothing
)
insert into routing.event (event_id, lead_id, seq, kind, wakes, wake_id, by_run, actor_id, actor_role, reason,
  rule_version, data, recorded_at)
select uuidv7(), lead_id, {tables.next_seq("rewritten")},
  :event, case when :by_run then 'none' else 'lead' end, case when :by_run then null else lead_id end, :by_run,
  :actor_id, :actor_role, :reason, policy_text,
  jsonb_build_object('holding_id', holding_id, 'epoch', epoch, 'rep_code', rep_code, 'due_at', due_in_text,
    'was_due_at', was_due_at), :at
from rewritten
"""
