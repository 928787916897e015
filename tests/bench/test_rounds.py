"""Figures of rounds: medians, their spread, ratios side by side."""

from functools import partial

import pytest

from bench.rounds import Spread, both_in_turn, in_turn, percentile, ratios, spread


def test_the_spread_of_rounds_is_their_median_with_the_lowest_and_the_highest() -> None:
    assert spread([3.0, 1.0, 9.0]) == Spread(3.0, 1.0, 9.0)
    assert spread([4.0, 2.0]) == Spread(3.0, 2.0, 4.0)


def test_a_ratio_compares_what_was_measured_in_the_same_round() -> None:
    assert ratios([10.0, 30.0], [100.0, 100.0]) == [0.1, 0.3]


def test_doing_two_things_in_turn_is_slower_than_the_slower_of_them() -> None:
    assert both_in_turn([1_000.0, 300.0], [1_000.0, 600.0]) == pytest.approx([500.0, 200.0])


@pytest.mark.parametrize(("percent", "value"), [(50, 50), (99, 99), (100, 100), (1, 1)])
def test_a_percentile_is_a_value_that_so_many_per_cent_do_not_exceed(percent: float, value: float) -> None:
    assert percentile([float(number) for number in range(100, 0, -1)], percent) == value


def test_a_percentile_of_few_is_the_greatest() -> None:
    assert percentile([1.0, 7.0, 3.0], 99) == 7.0


async def test_legs_are_done_in_turn_round_after_round() -> None:
    order: list[str] = []
    said: list[str] = []

    async def leg(name: str) -> float:
        order.append(name)
        return float(len(order))

    given = await in_turn({name: partial(leg, name) for name in "abc"}, 2, said.append)

    assert "".join(order) == "abcabc"
    assert given == {"a": [1.0, 4.0], "b": [2.0, 5.0], "c": [3.0, 6.0]}
    assert said[0] == "round 1 of 2: a 1/s"
