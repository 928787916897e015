"""Steps that were refused rest, and are tried again."""

from datetime import UTC, datetime, timedelta

from workflows.refusals import Refusal
from workflows.rests import Rests

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
REFUSAL = Refusal("FAILED_PRECONDITION", "NO_RULES")


def pauses(rests: Rests, times: int) -> list[timedelta]:
    """How long a step rests after each of so many refusals in a row."""
    seen, now = [], NOON
    for _ in range(times):
        rests.begin("route", REFUSAL, now)
        end = rests.first_end()
        assert end is not None
        seen.append(end - now)
        now = end
    return seen


def test_pauses_begin_with_a_second_and_double_up_to_a_minute() -> None:
    assert [pause.total_seconds() for pause in pauses(Rests(), 8)] == [1, 2, 4, 8, 16, 32, 60, 60]


def test_a_step_that_succeeded_begins_with_a_second_again() -> None:
    rests = Rests()
    pauses(rests, 4)

    rests.forget("route")

    assert pauses(rests, 1) == [timedelta(seconds=1)]


def test_a_nudge_ends_every_rest_but_not_the_growing_of_pauses() -> None:
    rests = Rests()
    rests.begin("route", REFUSAL, NOON)
    assert rests.is_resting("route", NOON)

    rests.end()

    assert not rests.is_resting("route", NOON)
    assert pauses(rests, 1) == [timedelta(seconds=2)]


def test_steps_rest_by_themselves() -> None:
    rests = Rests()
    rests.begin("route", REFUSAL, NOON)

    assert not rests.is_resting("advance", NOON)
    assert not rests.is_resting("route", NOON + timedelta(seconds=1))


def test_what_is_no_longer_to_be_done_is_forgotten() -> None:
    rests = Rests()
    rests.begin("route", REFUSAL, NOON)

    rests.forget_all_but(["advance"])

    assert rests.items() == []
    assert rests.first_end() is None
