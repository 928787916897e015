"""Steps that were refused, and when each is tried again. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from workflows.limits import FIRST_PAUSE, LONGEST_PAUSE
from workflows.refusals import Refusal


@dataclass(frozen=True)
class Rest:
    refusal: Refusal
    pause: timedelta
    until: datetime
    over: bool = False  # a nudge came: try again, whatever the time


class Rests:
    def __init__(self) -> None:
        self._rests: dict[str, Rest] = {}

    def begin(self, step: str, refusal: Refusal, now: datetime) -> None:
        """A step was refused: each time in a row it rests twice as long."""
        before = self._rests.get(step)
        pause = min(before.pause * 2, LONGEST_PAUSE) if before else FIRST_PAUSE
        self._rests[step] = Rest(refusal, pause, now + pause)

    def forget(self, step: str) -> None:
        self._rests.pop(step, None)

    def forget_all_but(self, steps: Iterable[str]) -> None:
        """What is no longer to be done needs no rest."""
        wanted = set(steps)
        self._rests = {step: rest for step, rest in self._rests.items() if step in wanted}

    def end(self) -> None:
        """Something happened: what was refused may go now. If not, its pauses go on growing."""
        self._rests = {step: replace(rest, over=True) for step, rest in self._rests.items()}

    def is_resting(self, step: str, now: datetime) -> bool:
        rest = self._rests.get(step)
        return rest is not None and not rest.over and now < rest.until

    def first_end(self) -> datetime | None:
        return min((rest.until for rest in self._rests.values()), default=None)

    def items(self) -> list[tuple[str, Rest]]:
        return list(self._rests.items())
