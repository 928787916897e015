"""The transition table, as data: which verb is allowed in which state, and where it may lead."""

from dataclasses import dataclass

from services.routing.lead import LeadState
from services.shared.refusals import Refused


@dataclass(frozen=True)
class Transition:
    """One row. The verb is the name of its RPC; `Recall`, `GoDormant` and `GoToReview` are the clock's,
    `Reopen` a re-enquiry's."""

    from_state: LeadState
    verb: str
    to_state: LeadState


QUALIFYING, POOLED, HELD = LeadState.QUALIFYING, LeadState.POOLED, LeadState.HELD
CONVERTING, CONVERTED, INVALID = LeadState.CONVERTING, LeadState.CONVERTED, LeadState.INVALID
DORMANT, VOIDED, UNASSIGNED = LeadState.DORMANT, LeadState.VOIDED, LeadState.UNASSIGNED

TRANSITIONS: tuple[Transition, ...] = (
    Transition(QUALIFYING, "RouteLead", POOLED),
    Transition(QUALIFYING, "RouteLead", HELD),
    # A rule wanted a rep and none could take it.
    Transition(QUALIFYING, "RouteLead", UNASSIGNED),
    Transition(QUALIFYING, "DisqualifyLead", INVALID),
    Transition(QUALIFYING, "VoidLead", VOIDED),
    # Routed again when there is room or the rules have changed.
    Transition(UNASSIGNED, "RouteLead", HELD),
    Transition(UNASSIGNED, "RouteLead", POOLED),
    Transition(UNASSIGNED, "RouteLead", UNASSIGNED),
    Transition(UNASSIGNED, "AssignLead", HELD),
    Transition(UNASSIGNED, "MoveLead", POOLED),
    Transition(UNASSIGNED, "DisqualifyLead", INVALID),
    Transition(UNASSIGNED, "VoidLead", VOIDED),
    # A newly mature lead is routed out of its pool, or stays.
    Transition(POOLED, "RouteLead", HELD),
    Transition(POOLED, "RouteLead", POOLED),
    Transition(POOLED, "ClaimLead", HELD),
    Transition(POOLED, "AssignLead", HELD),
    Transition(POOLED, "DisqualifyLead", INVALID),
    Transition(POOLED, "VoidLead", VOIDED),
    Transition(HELD, "AcceptLead", HELD),
    Transition(HELD, "LockHolding", HELD),
    Transition(HELD, "UnlockHolding", HELD),
    Transition(HELD, "RequestExtension", HELD),
    Transition(HELD, "DecideExtension", HELD),
    Transition(HELD, "VoidFollowUp", HELD),
    Transition(HELD, "RejectLead", POOLED),
    Transition(HELD, "AdvanceStage", HELD),
    Transition(HELD, "AddCollaborator", HELD),
    Transition(HELD, "RemoveCollaborator", HELD),
    Transition(HELD, "LogFollowUp", HELD),
    Transition(HELD, "TransferLead", HELD),
    Transition(HELD, "HandOff", HELD),
    Transition(HELD, "Recall", POOLED),
    # A rule's rep did not answer: the next one is looked for.
    Transition(HELD, "Recall", QUALIFYING),
    # A return or reclaim leads where its reason says.
    Transition(HELD, "ReturnLead", POOLED),
    Transition(HELD, "ReturnLead", QUALIFYING),
    Transition(HELD, "ReturnLead", INVALID),
    Transition(HELD, "ReclaimLead", POOLED),
    Transition(HELD, "ReclaimLead", QUALIFYING),
    Transition(HELD, "ReclaimLead", INVALID),
    Transition(HELD, "DisqualifyLead", INVALID),
    Transition(HELD, "VoidLead", VOIDED),
    Transition(HELD, "LeaseHolding", CONVERTING),
    Transition(CONVERTING, "LogFollowUp", CONVERTING),
    Transition(CONVERTING, "AddCollaborator", CONVERTING),
    Transition(CONVERTING, "RemoveCollaborator", CONVERTING),
    Transition(CONVERTING, "ReleaseLease", HELD),
    Transition(CONVERTING, "FinishConversion", CONVERTED),
    Transition(INVALID, "Reopen", QUALIFYING),
    Transition(POOLED, "MoveLead", POOLED),
    Transition(HELD, "MoveLead", HELD),
    Transition(POOLED, "RestLead", POOLED),
    Transition(POOLED, "GoDormant", DORMANT),
    Transition(POOLED, "GoToReview", UNASSIGNED),
    Transition(DORMANT, "DisqualifyLead", INVALID),
    Transition(DORMANT, "Reopen", QUALIFYING),
    Transition(INVALID, "ReopenLead", QUALIFYING),
    Transition(DORMANT, "ReopenLead", QUALIFYING),
    Transition(DORMANT, "VoidLead", VOIDED),
)
VERBS = tuple(sorted({row.verb for row in TRANSITIONS}))


class IllegalTransition(Refused):
    def __init__(self, state: LeadState, verb: str) -> None:
        allowed = allowed_verbs(state)
        super().__init__(
            "ILLEGAL_TRANSITION",
            f"A lead that is {state} does not allow {verb}; it allows {', '.join(allowed) or 'nothing more'}.",
            state=state,
            verb=verb,
            allowed=", ".join(allowed),
        )


class NotDueForRouting(Refused):
    """The table has a row, but only for a lead that is due: newly captured, given back or newly mature.

    What waits in the managers' queue is routed by the sweep, never by a call.
    """

    def __init__(self, state: LeadState) -> None:
        allowed = [verb for verb in allowed_verbs(state) if verb != "RouteLead"]
        super().__init__(
            "ILLEGAL_TRANSITION",
            f"This lead is {state} and not due for routing; it allows {', '.join(allowed) or 'nothing more'}.",
            state=state,
            verb="RouteLead",
            allowed=", ".join(allowed),
        )


def allowed_verbs(state: LeadState) -> tuple[str, ...]:
    """The verbs that a state allows, by name."""
    return tuple(sorted({row.verb for row in TRANSITIONS if row.from_state is state}))


def check(state: LeadState, verb: str) -> None:
    """Raises IllegalTransition where the table has no row."""
    if verb not in allowed_verbs(state):
        raise IllegalTransition(state, verb)
