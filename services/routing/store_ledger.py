"""The decision ledger in the database."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.holdings.schedule_json import from_json, to_json
from services.routing.lead import LeadState
from services.routing.ledger import Candidate, Decision, DoneBy, RecordedDecision
from services.shared.callers import current_caller
from services.shared.database import text
from services.shared.ids import new_id
from services.shared.statements import run


async def record_decision(db: AsyncConnection, decision: Decision) -> RecordedDecision:
    """Write a decision in the transaction that carries it out."""
    caller, decision_id = current_caller(), new_id()
    schedule = decision.schedule
    await run(
        db,
        RECORD,
        {
            "decision_id": decision_id,
            "lead_id": decision.lead_id,
            "verb": decision.verb,
            "from_state": decision.from_state,
            "to_state": decision.to_state,
            "holding_id": decision.holding_id,
            "epoch": decision.epoch,
            "rep_id": decision.rep_id,
            "actor_id": caller.id,
            "actor_role": caller.role,
            "reason": decision.reason,
            "rule_version": decision.rule_version,
            "candidates": json.dumps([asdict(one) for one in decision.candidates], default=str),
            "due_at": decision.due_at,
            "decided_at": decision.decided_at,
            "done_by": decision.done_by,
            "schedule": json.dumps(to_json(schedule)) if schedule else None,
        },
    )
    return RecordedDecision(decision_id, decision, "", caller.id, caller.role)


async def list_decisions(
    db: AsyncConnection, lead_id: UUID, after: tuple[datetime, UUID] | None, limit: int
) -> list[RecordedDecision]:
    """A lead's decisions, oldest first, from after a position on."""
    at, decision_id = after or (None, None)
    rows = await db.execute(text(LIST), {"lead_id": lead_id, "at": at, "decision_id": decision_id, "limit": limit})
    return [_decision(row) for row in rows]


def _decision(row: Row[Any]) -> RecordedDecision:
    decision = Decision(
        lead_id=row.lead_id,
        verb=row.verb,
        from_state=LeadState(row.from_state) if row.from_state else None,
        to_state=LeadState(row.to_state),
        decided_at=row.decided_at,
        holding_id=row.holding_id,
        epoch=row.epoch,
        rep_id=row.rep_id,
        reason=row.reason,
        rule_version=row.rule_version,
        candidates=tuple(_candidate(stored) for stored in row.candidates),
        due_at=row.due_at,
        done_by=DoneBy(row.done_by) if row.done_by else None,
        schedule=from_json(row.schedule) if row.schedule else None,
    )
    return RecordedDecision(row.decision_id, decision, row.rep_code, row.actor_id, row.actor_role)


def _candidate(stored: Mapping[str, Any]) -> Candidate:
    last = stored["last_assigned_at"]
    return Candidate(
        rep_id=UUID(stored["rep_id"]),
        rep_code=stored["rep_code"],
        verdict=stored["verdict"],
        held=stored["held"],
        limit=stored["limit"],
        last_assigned_at=datetime.fromisoformat(last) if last else None,
    )


RECORD = """
insert into routing.decision (decision_id, lead_id, verb, from_state, to_state, holding_id, epoch, rep_id, actor_id,
  actor_role, reason, rule_version, candidates, due_at, decided_at, done_by, schedule)
values (:decision_id, :lead_id, :verb, :from_state, :to_state, :holding_id, :epoch, :rep_id, :actor_id, :actor_role,
  :reason, :rule_version, cast(:candidates as jsonb), :due_at, :decided_at, :done_by, cast(:schedule as jsonb))
"""

LIST = """
select d.*, coalesce(rep.code, '') as rep_code
from routing.decision d left join routing.rep using (rep_id)
where d.lead_id = :lead_id
  and (cast(:at as timestamptz) is null
       or (d.decided_at, d.decision_id) > (cast(:at as timestamptz), cast(:decision_id as uuid)))
order by d.decided_at, d.decision_id limit :limit
"""
