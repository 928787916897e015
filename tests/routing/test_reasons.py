"""The catalogue of reasons: each says who may use it and what becomes of the lead."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from services.routing.lead import LeadState
from services.routing.reasons import (
    CATALOGUE,
    CATALOGUE_VERSION,
    Next,
    Reason,
    ReasonNotAllowed,
    reason_for,
    resting_until,
)
from services.routing.transitions import TRANSITIONS
from services.shared.refusals import InvalidInput

VERBS = ("ReturnLead", "ReclaimLead", "RejectLead", "DisqualifyLead", "VoidLead")
LEADS_TO = {
    Next.POOL: LeadState.POOLED,
    Next.RESTING: LeadState.POOLED,
    Next.REROUTE: LeadState.QUALIFYING,
    Next.INVALID: LeadState.INVALID,
    Next.VOIDED: LeadState.VOIDED,
}
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)


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


@pytest.mark.parametrize("reason", CATALOGUE, ids=lambda reason: reason.code)
def test_a_lead_rests_for_those_reasons_that_say_so_and_only_for_them(reason: Reason) -> None:
    until = resting_until(reason, NOON, None)

    assert (until is not None) == (reason.next is Next.RESTING)
    assert until is None or until > NOON


def test_a_complaint_rests_half_a_year_whatever_the_rep_would_like() -> None:
    assert resting_until(by_code("COMPLAINT"), NOON, None) == NOON + 180 * DAY
    with pytest.raises(InvalidInput):
        resting_until(by_code("COMPLAINT"), NOON, NOON + DAY)


def test_who_is_not_ready_rests_until_the_rep_says_he_is() -> None:
    assert resting_until(by_code("NOT_READY"), NOON, NOON + 30 * DAY) == NOON + 30 * DAY


@pytest.mark.parametrize("until", [NOON, NOON - DAY, NOON + 367 * DAY])
def test_a_rest_ends_in_the_future_and_within_a_year(until: datetime) -> None:
    with pytest.raises(InvalidInput) as refused:
        resting_until(by_code("NOT_READY"), NOON, until)

    assert refused.value.fields[0].field == "resting_until"


def test_only_a_dead_number_gives_the_claim_back() -> None:
    assert [reason.code for reason in CATALOGUE if reason.gives_claim_back] == ["DEAD_NUMBER"]


def test_whatever_disqualifies_makes_invalid() -> None:
    assert {reason.next for reason in CATALOGUE if "DisqualifyLead" in reason.verbs} == {Next.INVALID}


def test_whatever_strikes_out_makes_voided_and_nothing_else_does() -> None:
    assert {reason.verbs for reason in CATALOGUE if reason.next is Next.VOIDED} == {frozenset({"VoidLead"})}


def test_what_is_rejected_goes_back_to_its_pool() -> None:
    assert {reason.next for reason in CATALOGUE if "RejectLead" in reason.verbs} == {Next.POOL}
