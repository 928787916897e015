"""The three clocks of a holding."""

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given

from services.routing.holdings.follow_ups import Direction, Outcome
from services.routing.holdings.schedule import DueCause, ReminderTime, compute_schedule
from services.routing.holdings.schedule_json import from_json, to_json
from services.routing.policy import AfterPercent, BeforeDeadline, Period, Policy
from tests.routing.holdings.courses import (
    START,
    Received,
    Released,
    courses,
    follow,
    follow_ups,
    instants,
    policies,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def on(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 9, 0, tzinfo=UTC)


# The worked example of domain.md §2.2: default 10 days, extension 3, maximum 20; claimed on 25 March.
THREE_CLOCKS = Policy(
    first_response=Period(20 * DAY),
    protection=Period(10 * DAY),
    extension=Period(3 * DAY),
    maximum=Period(20 * DAY),
)


@pytest.mark.parametrize(
    ("followed_up_on", "due_at"),
    [
        ([], on(4, 4)),
        ([on(3, 28)], on(4, 4)),
        ([on(3, 28), on(4, 2)], on(4, 5)),
        ([on(3, 28), on(4, 2), on(4, 4)], on(4, 7)),
        ([on(3, 28), on(4, 2), on(4, 4), on(4, 6), on(4, 8), on(4, 10), on(4, 12)], on(4, 14)),
    ],
)
def test_the_worked_example_of_the_three_clocks(followed_up_on: list[datetime], due_at: datetime) -> None:
    schedule = follow(THREE_CLOCKS, [Received(at - START) for at in followed_up_on])

    assert schedule.due_at == due_at


def test_the_forced_recall_is_of_the_maximum() -> None:
    every_second_day = [Received(2 * day * DAY) for day in range(1, 10)]

    schedule = follow(THREE_CLOCKS, every_second_day)

    assert (schedule.due_at, schedule.due_cause) == (on(4, 14), DueCause.MAXIMUM)


def test_the_first_response_is_due_first_and_protection_after_it() -> None:
    awaited = follow(Policy(), [])
    met = follow(Policy(), [Received(HOUR, Outcome.NO_ANSWER)])

    assert (awaited.due_at, awaited.due_cause) == (START + 2 * HOUR, DueCause.FIRST_RESPONSE)
    assert (met.due_at, met.due_cause) == (START + 10 * DAY, DueCause.PROTECTION)
    assert met.first_responded_at == START + HOUR


def test_a_protection_shorter_than_the_first_response_is_due_before_it() -> None:
    schedule = follow(Policy(protection=Period(HOUR)), [])

    assert (schedule.due_at, schedule.due_cause) == (START + HOUR, DueCause.PROTECTION)


def test_reminders_go_by_the_time_of_their_deadline() -> None:
    awaited = follow(Policy(), [])
    met = follow(Policy(), [Received(HOUR)])
    extended = follow(Policy(), [Received(HOUR), Received(9 * DAY)])

    assert awaited.reminders == (ReminderTime("50%", START + HOUR),)
    assert met.reminders == (
        ReminderTime("50%", START + 5 * DAY),
        ReminderTime("1d before", START + 9 * DAY),
        ReminderTime("2h before", START + 10 * DAY - 2 * HOUR),
    )
    assert [reminder.at for reminder in extended.reminders] == [
        START + 10 * DAY + 12 * HOUR,  # half of the three days since the follow-up
        START + 11 * DAY,
        START + 12 * DAY - 2 * HOUR,
    ]


def test_two_reminders_at_one_instant_are_one() -> None:
    policy = Policy(first_response=Period(2 * HOUR), reminders=(AfterPercent(50), BeforeDeadline(Period(HOUR))))

    assert follow(policy, []).reminders == (ReminderTime("50%", START + HOUR),)


def test_a_reminder_whose_instant_was_past_when_the_deadline_moved_is_dropped() -> None:
    policy = Policy(protection=Period(2 * DAY), first_response=Period(36 * HOUR))

    schedule = follow(policy, [Received(30 * HOUR, direction=Direction.OUTBOUND, outcome=Outcome.NO_ANSWER)])

    # Extended by a day at hour 30; half of that day and two hours before its end are left.
    assert schedule.due_at == START + 54 * HOUR
    assert [reminder.step for reminder in schedule.reminders] == ["50%", "2h before"]


def test_a_conversion_without_effect_leaves_the_notice_floor_even_over_the_maximum() -> None:
    policy = Policy(maximum=Period(12 * DAY))
    released_at = 12 * DAY + HOUR  # the recall waited for the lease

    schedule = follow(policy, [Received(HOUR), Received(9 * DAY), Released(released_at)])

    assert schedule.due_at == START + released_at + DAY
    assert schedule.maximum_at == START + 12 * DAY
    assert "nothing is due before 2026-04-07 10:00:00 UTC" in schedule.because[-1]


def test_a_first_response_that_a_conversion_kept_waiting_can_still_be_met() -> None:
    released: list[Received | Released] = [Released(3 * HOUR)]
    answered = [*released, Received(20 * HOUR)]

    assert follow(Policy(), released).due_at == START + 27 * HOUR
    assert follow(Policy(), released).due_cause is DueCause.FIRST_RESPONSE
    assert follow(Policy(), answered).due_at == START + 10 * DAY


def test_each_move_is_told_in_words() -> None:
    schedule = follow(Policy(), [Received(HOUR), Received(9 * DAY), Received(11 * DAY, Outcome.NO_ANSWER)])

    assert schedule.because == (
        "Began 2026-03-25 09:00:00 UTC under standard@1: first response within 2h, protected for 10d, at most 30d.",
        "First response received 2026-03-25 10:00:00 UTC.",
        "Follow-up received 2026-04-03 09:00:00 UTC: protected until 2026-04-06 09:00:00 UTC (3d after receipt).",
        "Follow-up received 2026-04-05 09:00:00 UTC: protection lasts longer already, until 2026-04-06 09:00:00 UTC.",
    )


@given(policies, follow_ups)
def test_no_follow_up_leads_over_the_maximum(policy: Policy, course: list[Received]) -> None:
    schedule = follow(policy, course)

    assert schedule.due_at <= schedule.protected_until <= schedule.maximum_at


@given(policies, courses)
def test_nothing_that_happens_makes_a_deadline_earlier(policy: Policy, course: list[Received | Released]) -> None:
    deadlines = [follow(policy, course[:length]) for length in range(len(course) + 1)]

    for before, after in pairwise(deadlines):
        assert after.due_at >= before.due_at
        assert after.protected_until >= before.protected_until


@given(policies, instants(), instants())
def test_of_two_follow_ups_in_time_the_later_protects_no_shorter(
    policy: Policy, one: timedelta, other: timedelta
) -> None:
    earlier, later = sorted((one, other))
    if START + later < follow(policy, []).due_at:
        by_the_earlier, by_the_later = (follow(policy, [Received(after)]) for after in (earlier, later))

        assert by_the_later.protected_until >= by_the_earlier.protected_until


@given(policies, courses)
def test_reminders_are_in_order_and_between_the_last_move_and_the_deadline(
    policy: Policy, course: list[Received | Released]
) -> None:
    schedule = follow(policy, course)
    at = [reminder.at for reminder in schedule.reminders]
    set_at = schedule.entries[-1].at if schedule.entries else START

    assert at == sorted(set(at))
    assert all(set_at < instant < schedule.due_at for instant in at)
    assert schedule.wake_at == (at[0] if at else schedule.due_at)


@given(policies, courses)
def test_computing_it_again_from_what_was_stored_gives_the_same(
    policy: Policy, course: list[Received | Released]
) -> None:
    schedule = follow(policy, course)
    read_back = from_json(json.loads(json.dumps(to_json(schedule))))

    again = compute_schedule(
        Policy.from_body(json.loads(json.dumps(policy.to_body()))),
        read_back.policy_version,
        read_back.started_at,
        read_back.entries,
    )

    assert read_back == schedule
    assert again == schedule


@given(policies, courses)
def test_the_deadline_is_the_earliest_clock_that_applies(policy: Policy, course: list[Received | Released]) -> None:
    schedule = follow(policy, course)
    clocks = [schedule.protected_until]
    if schedule.first_responded_at is None:
        clocks.append(schedule.first_response_due_at)

    assert schedule.due_at == min(clocks)
    assert (schedule.due_cause is DueCause.FIRST_RESPONSE) <= (schedule.first_responded_at is None)
