"""The catalogue of reasons: each says who may use it and what becomes of the lead."""

import re

import pytest

from services.routing.lead import LeadState
from services.routing.reasons import CATALOGUE, CATALOGUE_VERSION, Next, Reason, ReasonNotAllowed, reason_for
from services.routing.transitions import TRANSITIONS

VERBS = ("ReturnLead", "ReclaimLead", "RejectLead", "DisqualifyLead", "VoidLead")
LEADS_TO = {
    Next.POOL: LeadState.POOLED,
    Next.REROUTE: LeadState.QUALIFYING,
    Next.INVALID: LeadState.INVALID,
    Next.VOIDED: LeadState.VOIDED,
}


def by_code(code: str) -> Reason:
    return next(reason for reason in CATALOGUE if reason.code == code)


@pytest.mark.parametrize("reason", CATALOGUE, ids=lambda reason: reason.code)
def test_a_reason_has_a_stable_code_both_texts_and_a_verb(reason: Reason) -> None:
    assert re.fullmatch(r"[A-Z0-9_]{1,64}", reason.code)
    assert reason.text_zh
    assert reason.text_en
    assert reason.verbs
    assert reason.verbs <= set(VERBS)


@pytest.mark.parametrize("reason", CATALOGUE, ids=lambda reason: reason.code)
def test_the_table_of_transitions_has_a_way_to_where_a_reason_leads(reason: Reason) -> None:
    held = {(row.verb, row.to_state) for row in TRANSITIONS if row.from_state is LeadState.HELD}

    assert {(verb, LEADS_TO[reason.next]) for verb in reason.verbs} <= held


def test_codes_are_unique_and_the_catalogue_has_a_version() -> None:
    assert len({reason.code for reason in CATALOGUE}) == len(CATALOGUE)
    assert CATALOGUE_VERSION >= 1


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_reasons_and_every_reason_is_found_by_its_verbs_alone(verb: str) -> None:
    allowed = {reason.code for reason in CATALOGUE if verb in reason.verbs}

    assert allowed
    for reason in CATALOGUE:
        if reason.code in allowed:
            assert reason_for(reason.code, verb) is reason
        else:
            with pytest.raises(ReasonNotAllowed):
                reason_for(reason.code, verb)


def test_a_wrong_reason_is_told_which_ones_the_verb_has() -> None:
    with pytest.raises(ReasonNotAllowed) as refused:
        reason_for("SUN_IN_THE_EYES", "DisqualifyLead")

    assert refused.value.reason == "REASON_NOT_ALLOWED"
    assert refused.value.fields[0].field == "reason"
    assert "SPAM" in refused.value.metadata["allowed"].split(", ")
    assert "NOT_INTERESTED" not in refused.value.metadata["allowed"]


@pytest.mark.parametrize("code", ["NOT_INTERESTED", "UNREACHABLE", "NO_TIME"])
def test_a_rep_who_gives_up_waits_before_he_may_claim_the_lead_again(code: str) -> None:
    assert (by_code(code).next, by_code(code).cooldown) == (Next.POOL, True)


@pytest.mark.parametrize("code", ["WRONG_REP", "REP_ABSENT"])
def test_a_lead_that_came_to_the_wrong_rep_is_routed_anew_without_a_cooldown(code: str) -> None:
    assert (by_code(code).next, by_code(code).cooldown) == (Next.REROUTE, False)


@pytest.mark.parametrize("code", ["DEAD_NUMBER", "SPAM", "COMPETITOR", "NOT_A_BUYER"])
def test_what_is_no_lead_becomes_invalid(code: str) -> None:
    assert by_code(code).next is Next.INVALID
    assert "DisqualifyLead" in by_code(code).verbs


def test_whatever_disqualifies_makes_invalid() -> None:
    assert {reason.next for reason in CATALOGUE if "DisqualifyLead" in reason.verbs} == {Next.INVALID}


def test_whatever_strikes_out_makes_voided_and_nothing_else_does() -> None:
    assert {reason.verbs for reason in CATALOGUE if reason.next is Next.VOIDED} == {frozenset({"VoidLead"})}


def test_what_is_rejected_goes_back_to_its_pool() -> None:
    assert {reason.next for reason in CATALOGUE if "RejectLead" in reason.verbs} == {Next.POOL}
