"""What a limit might be, from what happened."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routing.limits.suggestion import HIGHEST, LOWEST, History, suggest

# 4 reps, 600 leads in 90 days, 12 days each until converted.
USUAL = History(
    grade="",
    conversions=60,
    mean_days=12.0,
    begun=600,
    reps=4,
    days=90.0,
    lowest_present=30,
    highest_present=100,
)


def test_it_is_the_mean_time_times_the_leads_per_rep_and_day_rounded_up() -> None:
    suggestion = suggest(USUAL)

    assert suggestion.begun_per_rep_and_day == pytest.approx(600 / 4 / 90)
    assert suggestion.raw == pytest.approx(12 * 600 / 4 / 90)
    assert suggestion.limit == 20


@pytest.mark.parametrize(("mean_days", "limit"), [(0.5, LOWEST), (900.0, HIGHEST)])
def test_it_is_never_too_small_to_work_with_nor_without_meaning(mean_days: float, limit: int) -> None:
    assert suggest(replace(USUAL, mean_days=mean_days)).limit == limit


@pytest.mark.parametrize(("conversions", "said"), [(19, False), (20, True)])
def test_of_fewer_than_twenty_conversions_nothing_is_said_but_the_arithmetic_shown(
    conversions: int, said: bool
) -> None:
    suggestion = suggest(replace(USUAL, conversions=conversions))

    assert (suggestion.limit is not None) is said
    assert suggestion.raw > 0


def test_where_nobody_is_active_nothing_is_said() -> None:
    assert suggest(replace(USUAL, reps=0)).limit is None


@given(st.floats(0.1, 90), st.integers(1, 5000), st.integers(1, 100))
def test_who_takes_more_or_needs_longer_is_never_given_less(mean_days: float, begun: int, reps: int) -> None:
    usual = replace(USUAL, mean_days=mean_days, begun=begun, reps=reps)
    limit = suggest(usual).limit

    assert limit is not None
    for more in (replace(usual, mean_days=mean_days * 2), replace(usual, begun=begun * 2)):
        assert (suggest(more).limit or 0) >= limit
