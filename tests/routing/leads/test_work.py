"""What a lead's run is to do, and until when there is nothing."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routing.lead import LeadState
from services.routing.leads.work import Pending, Task, next_work

NOON = datetime(2026, 3, 25, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
HOLDING = UUID(int=7)


def pending(
    state: LeadState = LeadState.QUALIFYING,
    *,
    score_version: int = 0,
    route_due: bool = False,
    wake_in: timedelta | None = None,
    epoch: int = 0,
    holding_wakes_in: timedelta | None = None,
    lease_ends_in: timedelta | None = None,
) -> Pending:
    """By default a lead that has just been opened, at noon."""

    def instant(span: timedelta | None) -> datetime | None:
        return None if span is None else NOON + span

    return Pending(
        state=state,
        now=NOON,
        score_version=score_version,
        route_due=route_due,
        wake_at=instant(wake_in),
        epoch=epoch,
        holding_id=HOLDING if holding_wakes_in is not None else None,
        holding_wake_at=instant(holding_wakes_in),
        lease_until=instant(lease_ends_in),
        due_in_words="first response is due",
    )


def test_a_new_lead_is_scored_until_its_budget_is_over() -> None:
    work = next_work(pending(wake_in=30 * SECOND))

    assert (work.task, work.wake_at) == (Task.SCORE, NOON + 30 * SECOND)


def test_a_scored_lead_is_routed_before_its_budget_is_over() -> None:
    assert next_work(pending(score_version=1, wake_in=29 * SECOND)).task is Task.ROUTE


@pytest.mark.parametrize("wake_in", [timedelta(0), -SECOND])
def test_at_the_end_of_the_budget_a_lead_is_routed_on_what_is_known(wake_in: timedelta) -> None:
    assert next_work(pending(wake_in=wake_in)).task is Task.ROUTE


def test_a_lead_that_was_held_before_is_routed_anew_without_waiting_for_a_score() -> None:
    assert next_work(pending(epoch=1, wake_in=30 * SECOND)).task is Task.ROUTE


def test_a_pooled_lead_has_nothing_pending_unless_it_has_become_mature() -> None:
    assert next_work(pending(LeadState.POOLED)).task is Task.NONE
    assert next_work(pending(LeadState.POOLED, route_due=True, wake_in=timedelta(0))).task is Task.ROUTE


def test_a_held_lead_waits_for_its_next_step_and_says_which_deadline_that_is() -> None:
    work = next_work(pending(LeadState.HELD, holding_wakes_in=SECOND))

    assert (work.task, work.wake_at, work.why) == (Task.WAIT, NOON + SECOND, "first response is due")


@pytest.mark.parametrize("wakes_in", [timedelta(0), -SECOND])
def test_a_step_that_is_due_is_done(wakes_in: timedelta) -> None:
    assert next_work(pending(LeadState.HELD, holding_wakes_in=wakes_in)).task is Task.ADVANCE


def test_a_leased_lead_waits_for_the_lease_to_end_and_then_asks_what_became_of_the_conversion() -> None:
    leased = pending(LeadState.CONVERTING, holding_wakes_in=SECOND, lease_ends_in=SECOND)
    ended = pending(LeadState.CONVERTING, holding_wakes_in=-SECOND, lease_ends_in=-SECOND)

    assert (next_work(leased).task, next_work(leased).wake_at) == (Task.WAIT, NOON + SECOND)
    assert next_work(ended).task is Task.END_LEASE


def test_a_lead_in_the_managers_queue_has_nothing_pending_and_says_where_it_is() -> None:
    work = next_work(pending(LeadState.UNASSIGNED))

    assert (work.task, work.wake_at, work.why) == (Task.NONE, None, "it waits in the managers' queue")


@pytest.mark.parametrize("state", [LeadState.CONVERTED, LeadState.INVALID, LeadState.DORMANT, LeadState.VOIDED])
def test_a_lead_that_has_come_to_its_end_has_nothing_pending(state: LeadState) -> None:
    assert next_work(pending(state)).task is Task.NONE


spans = st.timedeltas(-timedelta(days=40), timedelta(days=40)) | st.none()
anything = st.builds(
    pending,
    st.sampled_from(LeadState),
    score_version=st.integers(0, 2),
    route_due=st.booleans(),
    wake_in=spans,
    epoch=st.integers(0, 3),
    holding_wakes_in=spans,
    lease_ends_in=spans,
)


@given(anything)
def test_there_is_always_one_answer_with_a_reason_and_whoever_waits_knows_until_when(lead: Pending) -> None:
    work = next_work(lead)

    assert work.why
    if work.task is Task.WAIT:
        assert work.wake_at is not None
        assert work.wake_at > lead.now


@given(anything)
def test_a_run_goes_on_exactly_while_something_is_pending(lead: Pending) -> None:
    is_pending = (
        lead.state is LeadState.QUALIFYING
        or (lead.state is LeadState.POOLED and lead.route_due)
        or (lead.state is LeadState.HELD and lead.holding_wake_at is not None)
        or (lead.state is LeadState.CONVERTING and lead.lease_until is not None)
    )

    assert (next_work(lead).task is not Task.NONE) == is_pending
