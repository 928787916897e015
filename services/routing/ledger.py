"""The ledger's entries: each decision about a lead, with what decided it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.routing.holdings.schedule import Schedule
from services.routing.lead import LeadState


class DoneBy(StrEnum):
    """What carried a clock's decision out."""

    TIMER = "TIMER"
    SWEEP = "SWEEP"


@dataclass(frozen=True)
class Candidate:
    """A rep who was considered, and what became of that: CHOSEN, or why not."""

    rep_id: UUID
    rep_code: str
    verdict: str
    held: int
    limit: int | None
    last_assigned_at: datetime | None


@dataclass(frozen=True)
class Decision:
    """One decision. Who made it is the caller of the moment."""

    lead_id: UUID
    verb: str
    from_state: LeadState | None
    to_state: LeadState
    decided_at: datetime
    holding_id: UUID | None = None
    epoch: int | None = None
    rep_id: UUID | None = None
    reason: str | None = None
    rule_version: str | None = None
    candidates: tuple[Candidate, ...] = ()
    due_at: datetime | None = None
    done_by: DoneBy | None = None
    schedule: Schedule | None = None


@dataclass(frozen=True)
class RecordedDecision:
    """A decision as the ledger has it."""

    decision_id: UUID
    decision: Decision
    rep_code: str
    actor_id: str
    actor_role: str
