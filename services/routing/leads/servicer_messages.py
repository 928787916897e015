"""Decisions and states as messages."""

from clew.lead.v1 import lead_pb2
from clew.routing.v1 import leads_pb2 as pb
from services.routing.holdings.servicer_messages import schedule_message
from services.routing.lead import LeadState
from services.routing.ledger import Candidate, RecordedDecision


def state_value(state: LeadState) -> lead_pb2.LeadState:
    value: lead_pb2.LeadState = getattr(lead_pb2, f"LEAD_STATE_{state}")
    return value


def decision_message(recorded: RecordedDecision) -> pb.Decision:
    decision = recorded.decision
    schedule = None
    if decision.schedule and decision.holding_id:
        schedule = schedule_message(decision.schedule, decision.holding_id)
    return pb.Decision(
        decision_id=str(recorded.decision_id),
        verb=decision.verb,
        from_state=state_value(decision.from_state) if decision.from_state else None,
        to_state=state_value(decision.to_state),
        holding_id=str(decision.holding_id or ""),
        epoch=decision.epoch,
        rep_code=recorded.rep_code,
        actor_id=recorded.actor_id,
        actor_role=recorded.actor_role,
        reason=decision.reason or "",
        rule_version=decision.rule_version or "",
        candidates=[_candidate_message(one) for one in decision.candidates],
        due_at=decision.due_at,
        decided_at=decision.decided_at,
        done_by=f"DONE_BY_{decision.done_by}" if decision.done_by else None,
        schedule=schedule,
    )


def _candidate_message(candidate: Candidate) -> pb.Candidate:
    return pb.Candidate(
        rep_code=candidate.rep_code,
        verdict=candidate.verdict,
        held=candidate.held,
        limit=candidate.limit,
        last_assigned_at=candidate.last_assigned_at,
    )
