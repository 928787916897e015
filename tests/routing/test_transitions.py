"""The transition table: what is not in it is refused, and says what is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routing.lead import LeadState
from services.routing.transitions import TRANSITIONS, VERBS, IllegalTransition, allowed_verbs, check

PAIRS = [(state, verb) for state in LeadState for verb in VERBS]
IN_THE_TABLE = {(row.from_state, row.verb) for row in TRANSITIONS}


@pytest.mark.parametrize(("state", "verb"), PAIRS)
def test_every_pair_is_either_in_the_table_or_refused_naming_the_state_and_what_it_allows(
    state: LeadState, verb: str
) -> None:
    if (state, verb) in IN_THE_TABLE:
        check(state, verb)
        return

    with pytest.raises(IllegalTransition) as refused:
        check(state, verb)

    assert refused.value.reason == "ILLEGAL_TRANSITION"
    assert refused.value.metadata == {"state": state, "verb": verb, "allowed": ", ".join(allowed_verbs(state))}


@given(st.sampled_from(LeadState), st.text(max_size=20))
def test_a_verb_that_is_none_is_allowed_nowhere(state: LeadState, verb: str) -> None:
    if verb not in VERBS:
        with pytest.raises(IllegalTransition):
            check(state, verb)


@pytest.mark.parametrize("state", LeadState)
def test_the_verbs_that_a_state_names_are_those_that_it_lets_pass(state: LeadState) -> None:
    assert set(allowed_verbs(state)) == {verb for verb in VERBS if (state, verb) in IN_THE_TABLE}


def test_no_row_stands_twice() -> None:
    assert len(set(TRANSITIONS)) == len(TRANSITIONS)


def test_a_converted_lead_is_frozen() -> None:
    assert allowed_verbs(LeadState.CONVERTED) == ()


def test_an_invalid_lead_comes_back_only_by_a_reenquiry_or_a_manager() -> None:
    assert allowed_verbs(LeadState.INVALID) == ("Reopen", "ReopenLead")


def test_a_voided_lead_does_not_come_back() -> None:
    assert allowed_verbs(LeadState.VOIDED) == ()


def test_a_lead_in_the_managers_queue_leaves_it_by_them_or_by_routing() -> None:
    ways = {(row.verb, row.to_state) for row in TRANSITIONS if row.from_state is LeadState.UNASSIGNED}

    assert ways == {
        ("RouteLead", LeadState.HELD),
        ("RouteLead", LeadState.POOLED),
        ("RouteLead", LeadState.UNASSIGNED),
        ("AssignLead", LeadState.HELD),
        ("MoveLead", LeadState.POOLED),
        ("DisqualifyLead", LeadState.INVALID),
        ("VoidLead", LeadState.VOIDED),
    }


def test_a_lead_in_conversion_can_be_neither_moved_nor_recalled() -> None:
    forbidden = {"ReturnLead", "ReclaimLead", "TransferLead", "DisqualifyLead", "Recall", "ClaimLead", "AssignLead"}
    forbidden |= {"RejectLead", "HandOff", "VoidLead", "AcceptLead", "AdvanceStage"}

    assert not forbidden & set(allowed_verbs(LeadState.CONVERTING))


def test_a_holding_begins_only_out_of_a_pool_or_the_queue_by_routing_or_by_a_transfer() -> None:
    leaves_the_holding = {
        "LogFollowUp",
        "AcceptLead",
        "AdvanceStage",
        "AddCollaborator",
        "RemoveCollaborator",
        "MoveLead",
        "LockHolding",
        "UnlockHolding",
        "RequestExtension",
        "DecideExtension",
        "VoidFollowUp",
    }
    into_a_holding = {
        (row.from_state, row.verb)
        for row in TRANSITIONS
        if row.to_state is LeadState.HELD and row.verb not in leaves_the_holding
    }

    assert into_a_holding == {
        (LeadState.QUALIFYING, "RouteLead"),
        (LeadState.UNASSIGNED, "RouteLead"),
        (LeadState.UNASSIGNED, "AssignLead"),
        (LeadState.POOLED, "RouteLead"),
        (LeadState.POOLED, "ClaimLead"),
        (LeadState.POOLED, "AssignLead"),
        (LeadState.HELD, "TransferLead"),
        (LeadState.HELD, "HandOff"),
        (LeadState.CONVERTING, "ReleaseLease"),
    }


def test_every_state_is_reached_and_every_state_but_the_last_two_is_left() -> None:
    reached = {row.to_state for row in TRANSITIONS}
    left = {row.from_state for row in TRANSITIONS}

    assert reached == set(LeadState)
    assert left == set(LeadState) - {LeadState.CONVERTED, LeadState.VOIDED}
