"""While the holder owns an open opportunity on the matched account nothing is due; then a notice floor is left."""

import json
from datetime import timedelta
from itertools import pairwise

from hypothesis import given

from services.routing.holdings.entries import EntryKind
from services.routing.holdings.follow_ups import Outcome
from services.routing.holdings.schedule import AS_IT_ELAPSES, NEVER, DueCause, compute_schedule
from services.routing.holdings.schedule_json import from_json, to_json
from services.routing.policy import Policy
from tests.routing.holdings.courses import (
    START,
    Changed,
    Received,
    Released,
    courses,
    everything,
    follow,
    instants,
    policies,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Course = list[Received | Released | Changed]


def exempted(after: timedelta) -> Changed:
    return Changed(after, EntryKind.EXEMPTED)


def ended(after: timedelta) -> Changed:
    return Changed(after, EntryKind.EXEMPTION_ENDED)


def test_while_the_holder_is_exempt_nothing_is_due_and_nobody_is_reminded() -> None:
    schedule = follow(Policy(), [Received(HOUR), exempted(DAY)])

    assert (schedule.due_at, schedule.wake_at, schedule.reminders) == (NEVER, NEVER, ())
    assert schedule.because[-1] == (
        "The holder owns an open opportunity on the matched account, known 2026-03-26 09:00:00 UTC: nothing is due."
    )


def test_an_exemption_that_ends_early_leaves_the_deadline_where_it_was() -> None:
    schedule = follow(Policy(), [Received(HOUR), exempted(DAY), ended(2 * DAY)])

    assert (schedule.due_at, schedule.due_cause) == (START + 10 * DAY, DueCause.PROTECTION)


def test_an_exemption_that_ends_after_the_deadline_leaves_the_notice_floor_even_over_the_maximum() -> None:
    schedule = follow(Policy(), [Received(HOUR), exempted(DAY), ended(40 * DAY)])

    assert (schedule.due_at, schedule.due_cause) == (START + 41 * DAY, DueCause.MAXIMUM)
    assert schedule.due_at > schedule.maximum_at
    assert [reminder.step for reminder in schedule.reminders] == ["50%", "2h before"]


def test_a_first_response_that_is_awaited_waits_too() -> None:
    schedule = follow(Policy(), [exempted(HOUR), ended(5 * DAY)])

    assert (schedule.due_at, schedule.due_cause) == (START + 6 * DAY, DueCause.FIRST_RESPONSE)


def test_a_follow_up_meanwhile_counts_as_ever() -> None:
    schedule = follow(Policy(), [Received(HOUR), exempted(DAY), Received(9 * DAY), ended(9 * DAY + HOUR)])

    assert schedule.due_at == START + 12 * DAY


def test_of_a_lock_and_an_exemption_whichever_ends_last_leaves_the_floor() -> None:
    def locked(until: timedelta) -> Changed:
        return Changed(2 * HOUR, EntryKind.LOCKED, until - 2 * HOUR)

    exempt_longer = follow(Policy(), [Received(HOUR), locked(12 * DAY), exempted(DAY), ended(15 * DAY)])
    locked_longer = follow(Policy(), [Received(HOUR), locked(15 * DAY), exempted(DAY), ended(12 * DAY)])

    assert exempt_longer.due_at == locked_longer.due_at == START + 16 * DAY


def test_what_is_suspended_and_exempt_is_due_only_when_both_have_ended() -> None:
    both: Course = [
        Received(HOUR, Outcome.CONNECTED),
        Changed(DAY, EntryKind.SUSPENDED),
        exempted(2 * DAY),
    ]
    still_suspended = follow(Policy(), [*both, ended(15 * DAY)])
    still_exempt = follow(Policy(), [*both, Changed(15 * DAY, EntryKind.RESUMED)])
    neither = follow(Policy(), [*both, ended(15 * DAY), Changed(16 * DAY, EntryKind.RESUMED)])

    assert (still_suspended.nothing_due, still_suspended.suspended, still_suspended.exempt) == (True, True, False)
    assert (still_exempt.nothing_due, still_exempt.suspended, still_exempt.exempt) == (True, False, True)
    assert neither.due_at == START + 17 * DAY


@given(policies, everything())
def test_nothing_is_ever_due_while_the_holder_is_exempt_or_the_policy_disabled(policy: Policy, course: Course) -> None:
    schedule = follow(policy, course)

    assert schedule.nothing_due == (schedule.exempt or schedule.suspended)
    if schedule.nothing_due:
        assert (schedule.wake_at, schedule.reminders) == (NEVER, ())


@given(policies, courses, instants(), instants())
def test_an_exemption_makes_nothing_due_earlier_and_its_end_leaves_the_floor(
    policy: Policy, before: list[Received | Released], one: timedelta, other: timedelta
) -> None:
    begins, ends = sorted((one, other))
    until_then: Course = [each for each in before if each.after <= begins]
    without = follow(policy, until_then)

    after = follow(policy, [*until_then, exempted(begins), ended(ends)])

    floor = policy.notice_floor.after(START + ends, AS_IT_ELAPSES)
    assert after.due_at >= without.due_at
    assert after.due_at >= floor
    if after.first_responded_at is not None:
        assert after.due_at == max(without.due_at, floor)


@given(policies, everything())
def test_only_an_end_of_its_own_makes_a_deadline_earlier(policy: Policy, course: Course) -> None:
    """What was due never becomes due earlier, whatever begins and ends over it; a lock that is lifted gives way."""
    without_locks = [each for each in course if not isinstance(each, Changed) or each.kind not in LOCKS]
    steps = [follow(policy, without_locks[:length]) for length in range(len(without_locks) + 1)]
    due = [step.due_at for step in steps if not step.nothing_due]

    assert all(earlier <= later for earlier, later in pairwise(due))


@given(policies, everything())
def test_stored_and_computed_again_it_is_the_same(policy: Policy, course: Course) -> None:
    schedule = follow(policy, course)
    read_back = from_json(json.loads(json.dumps(to_json(schedule))))

    assert read_back == schedule
    assert compute_schedule(policy, read_back.policy_version, START, read_back.entries) == schedule


LOCKS = {EntryKind.LOCKED, EntryKind.UNLOCKED}
