"""What a lead's run is to do now. Pure: the same question has the same answer, however often it is asked."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.routing.lead import LeadState

# So long a lead is qualified, from when intake created it; then it is routed on what is known.
BUDGET = timedelta(seconds=30)


class Task(StrEnum):
    HAND_OVER = "HAND_OVER"
    SCORE = "SCORE"
    ROUTE = "ROUTE"
    ADVANCE = "ADVANCE"
    END_LEASE = "END_LEASE"
    WAIT = "WAIT"
    NONE = "NONE"


@dataclass(frozen=True)
class Pending:
    """What decides the task: of the lead, and of its open holding when there is one."""

    state: LeadState
    now: datetime
    score_version: int
    route_due: bool
    # The end of the qualification's budget, or when routing fell due.
    wake_at: datetime | None
    # It was held before: it is routed anew, on what is known.
    epoch: int
    holding_id: UUID | None = None
    holding_wake_at: datetime | None = None
    lease_until: datetime | None = None
    due_in_words: str = ""


@dataclass(frozen=True)
class Work:
    task: Task
    why: str
    wake_at: datetime | None = None


def next_work(lead: Pending) -> Work:
    """The one thing to do next."""
    if lead.state is LeadState.QUALIFYING:
        return _qualify(lead)
    if lead.state is LeadState.POOLED and lead.route_due:
        return Work(Task.ROUTE, "the lead has become mature")
    if lead.state is LeadState.HELD and lead.holding_wake_at is not None:
        if lead.holding_wake_at <= lead.now:
            return Work(Task.ADVANCE, "a step of the holding is due", lead.holding_wake_at)
        return Work(Task.WAIT, lead.due_in_words, lead.holding_wake_at)
    if lead.state is LeadState.CONVERTING and lead.lease_until is not None:
        if lead.lease_until <= lead.now:
            return Work(Task.END_LEASE, "the conversion's lease has ended", lead.lease_until)
        return Work(Task.WAIT, "a conversion is in flight", lead.lease_until)
    if lead.state is LeadState.UNASSIGNED:
        return Work(Task.NONE, "it waits in the managers' queue")
    return Work(Task.NONE, "nothing is pending")


def _qualify(lead: Pending) -> Work:
    """Scored first, but only within the budget: then the lead is routed on what is known."""
    if lead.epoch > 0:
        return Work(Task.ROUTE, "routed anew")
    if lead.score_version > 0:
        return Work(Task.ROUTE, "scored")
    if lead.wake_at is not None and lead.wake_at <= lead.now:
        return Work(Task.ROUTE, "the time for qualification is up")
    return Work(Task.SCORE, "not scored yet", lead.wake_at)
