"""Rounds in turn: A B C, A B C, ... so that what the machine does meanwhile falls on all of them alike."""

import math
import statistics
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")
Say = Callable[[str], None]


@dataclass(frozen=True)
class Spread:
    """The median of some rounds, and how far they lay apart."""

    median: float
    lowest: float
    highest: float


def spread(values: Sequence[float]) -> Spread:
    return Spread(statistics.median(values), min(values), max(values))


def ratios(ours: Sequence[float], yardstick: Sequence[float]) -> list[float]:
    """Round by round: what was measured side by side is compared, not medians of different minutes."""
    return [ours_now / theirs_now for ours_now, theirs_now in zip(ours, yardstick, strict=True)]


def both_in_turn(first: Sequence[float], second: Sequence[float]) -> list[float]:
    """Per second, of two things done one after the other that do so many per second each: 1 / (1/a + 1/b)."""
    return [1 / (1 / a + 1 / b) for a, b in zip(first, second, strict=True)]


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that so many per cent of all do not exceed."""
    ranked = sorted(values)
    return ranked[max(0, math.ceil(len(ranked) * percent / 100) - 1)]


async def in_turn(legs: Mapping[str, Callable[[], Awaitable[T]]], rounds: int, say: Say) -> dict[str, list[T]]:
    """Each leg once per round, always in the same order. Returns by leg what each round gave."""
    given: dict[str, list[T]] = {name: [] for name in legs}
    for number in range(1, rounds + 1):
        for name, leg in legs.items():
            value = await leg()
            given[name].append(value)
            say(f"round {number} of {rounds}: {name} {f'{value:,.0f}/s' if isinstance(value, float) else value}")
    return given
