"""What a comparison found: a table to be read, the figures that have a target, and every round for machines."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.rounds import Say


@dataclass(frozen=True)
class Target:
    """A figure and what it must, should and could reach. `lower`: a time, of which less is better."""

    figure: str
    value: float
    floor: float | None = None
    aim: float | None = None
    stretch: float | None = None
    unit: str = ""
    lower: bool = False

    def reaches(self, bound: float | None) -> bool:
        return bound is None or (self.value <= bound if self.lower else self.value >= bound)

    @property
    def under_floor(self) -> bool:
        return not self.reaches(self.floor)

    def in_words(self) -> str:
        """Such as `0.21 at c=32: floor 0.15 met, aim 0.35 missed`."""
        bounds = (("floor", self.floor), ("aim", self.aim), ("stretch", self.stretch))
        said = [
            f"{name} {bound:g}{self.unit} {'met' if self.reaches(bound) else 'MISSED'}"
            for name, bound in bounds
            if bound is not None
        ]
        return f"{self.figure}: {self.value:.3g}{self.unit}" + (f" ({', '.join(said)})" if said else "")


@dataclass(frozen=True)
class Comparison:
    title: str
    # What exactly is measured, a paragraph.
    measured: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    how_often: str  # such as `5 rounds of 2 s`
    targets: Sequence[Target] = ()
    # Every round, by what was measured.
    rounds: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Effort:
    """How long to measure: in full, or only so that everything has run once."""

    quick: bool

    @property
    def rounds(self) -> int:
        return 1 if self.quick else 5

    def of(self, full: float, quick: float) -> float:
        return quick if self.quick else full


Measure = Callable[[Effort, Say], Awaitable[Comparison]]
