"""What a follow-up moves, and the reason it is given."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routing.holdings.follow_ups import (
    ATTEMPTS,
    Because,
    Direction,
    Outcome,
    check_outcome,
)
from services.routing.holdings.schedule import AS_IT_ELAPSES, Schedule, counted
from services.routing.policy import Period, Policy
from services.shared.refusals import InvalidInput
from tests.routing.holdings.courses import START, Received, courses, follow, instants, policies, receive

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ANSWERED = Received(HOUR)
# Ten days of protection and an attempt's day: attempts matter from day nine on.
NEAR_THE_END = 9 * DAY + HOUR


def because(course: list[Received], last: Received, policy: Policy | None = None) -> tuple[Because, ...]:
    policy = policy or Policy()
    return receive(policy, follow(policy, course), last)[1]


def clocks(schedule: Schedule) -> tuple[datetime, datetime | None]:
    return schedule.protected_until, schedule.first_responded_at


@pytest.mark.parametrize("outcome", [o for o in Outcome if o is not Outcome.SYSTEM])
def test_any_outbound_attempt_in_time_meets_the_first_response(outcome: Outcome) -> None:
    found = because([], Received(2 * HOUR - timedelta(microseconds=1), outcome))

    assert counted(found)
    assert found == (Because.FIRST_RESPONSE_MET, Because.NOT_LATER)


@pytest.mark.parametrize("outcome", [Outcome.CONNECTED, Outcome.REPLIED, Outcome.MET])
def test_what_the_lead_did_does_not_meet_the_first_response(outcome: Outcome) -> None:
    found = because([], Received(HOUR, outcome, Direction.INBOUND))

    assert not counted(found)
    assert found == (Because.NOT_LATER,)


@pytest.mark.parametrize("direction", list(Direction))
def test_what_a_machine_did_never_counts(direction: Direction) -> None:
    first = because([], Received(HOUR, Outcome.SYSTEM, direction))
    late = because([ANSWERED], Received(NEAR_THE_END, Outcome.SYSTEM, direction))

    assert first == late == (Because.SYSTEM,)


def test_a_follow_up_at_the_due_instant_is_late_even_before_the_lead_was_taken_back() -> None:
    at_the_instant = because([], Received(2 * HOUR))
    after_protection = because([ANSWERED], Received(10 * DAY))

    assert at_the_instant == after_protection == (Because.AFTER_THE_END,)


@pytest.mark.parametrize("outcome", [Outcome.CONNECTED, Outcome.REPLIED, Outcome.MET])
@pytest.mark.parametrize("direction", list(Direction))
def test_reaching_somebody_extends_in_full(outcome: Outcome, direction: Direction) -> None:
    last = Received(9 * DAY, outcome, direction)

    assert because([ANSWERED], last) == (Because.EXTENDED,)
    assert follow(Policy(), [ANSWERED, last]).due_at == START + 12 * DAY


@pytest.mark.parametrize("outcome", sorted(ATTEMPTS))
def test_an_attempt_extends_by_a_day(outcome: Outcome) -> None:
    last = Received(NEAR_THE_END, outcome)

    assert because([ANSWERED], last) == (Because.ATTEMPT_EXTENDED,)
    assert follow(Policy(), [ANSWERED, last]).due_at == START + 10 * DAY + HOUR


def test_an_early_attempt_moves_nothing_and_uses_none_up() -> None:
    early = [Received((2 + number) * DAY, Outcome.NO_ANSWER) for number in range(5)]
    last = Received(NEAR_THE_END, Outcome.NO_ANSWER)

    assert because([ANSWERED], early[0]) == (Because.NOT_LATER,)
    assert because([ANSWERED, *early], last) == (Because.ATTEMPT_EXTENDED,)


def test_a_second_attempt_within_four_hours_is_too_soon() -> None:
    first = Received(NEAR_THE_END, Outcome.NO_ANSWER)
    just_before = Received(NEAR_THE_END + 4 * HOUR - timedelta(microseconds=1), Outcome.NO_ANSWER)
    in_time = Received(NEAR_THE_END + 4 * HOUR, Outcome.NO_ANSWER)

    assert because([ANSWERED, first], just_before) == (Because.ATTEMPT_TOO_SOON,)
    assert because([ANSWERED, first], in_time) == (Because.ATTEMPT_EXTENDED,)


def test_the_fourth_attempt_that_would_extend_is_one_too_many() -> None:
    three = [Received(NEAR_THE_END + 5 * number * HOUR, Outcome.NO_ANSWER) for number in range(3)]
    fourth = Received(NEAR_THE_END + 15 * HOUR, Outcome.NO_ANSWER)

    assert follow(Policy(), [ANSWERED, *three]).attempts_counted == 3
    assert because([ANSWERED, *three], fourth) == (Because.ATTEMPTS_EXHAUSTED,)


def test_at_the_maximum_nothing_extends_any_more() -> None:
    policy = Policy(maximum=Period(11 * DAY))
    to_the_maximum = Received(9 * DAY)

    assert follow(policy, [ANSWERED, to_the_maximum]).due_at == START + 11 * DAY
    assert because([ANSWERED, to_the_maximum], Received(10 * DAY), policy) == (Because.AT_MAXIMUM,)


@pytest.mark.parametrize("outcome", sorted(ATTEMPTS))
def test_an_attempt_cannot_be_inbound(outcome: Outcome) -> None:
    with pytest.raises(InvalidInput, match="inbound") as refused:
        check_outcome(Direction.INBOUND, outcome)

    assert [violation.field for violation in refused.value.fields] == ["outcome"]


@given(policies, courses, st.sampled_from(sorted(set(Outcome) - ATTEMPTS)), instants())
def test_counted_says_whether_the_schedule_moved(
    policy: Policy, course: list[Received], outcome: Outcome, after: timedelta
) -> None:
    before = follow(policy, course)
    _, found = receive(policy, before, Received(after, outcome))
    later = follow(policy, [*course, Received(after, outcome)])

    assert found
    assert counted(found) == (clocks(later) != clocks(before))


@given(policies, courses)
def test_no_more_attempts_count_than_the_policy_says_nor_closer_together(
    policy: Policy, course: list[Received]
) -> None:
    schedule = follow(policy, course)
    attempts = [told.entry.at for told in schedule.told if Because.ATTEMPT_EXTENDED in told.because]

    assert schedule.attempts_counted == len(attempts) <= policy.attempts_counted
    for one, next_one in pairwise(attempts):
        assert next_one >= policy.attempt_interval.after(one, AS_IT_ELAPSES)
