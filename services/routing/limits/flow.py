"""Flows (流入流出): holdings that began and ended on each day, and what was held at its end."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.routing.limits.days import A_DAY
from services.shared.refusals import InvalidInput

MOST_DAYS = 92


class FlowGroup(StrEnum):
    """What flows are of."""

    REP = "REP"
    POOL = "POOL"


@dataclass(frozen=True)
class Moved:
    """So many holdings of a day that began, or ended, in one way."""

    day: date
    began: bool
    # An origin, or the cause of an end.
    way: str
    number: int


@dataclass(frozen=True)
class FlowDay:
    """By origin and by cause of the end."""

    day: date
    began: Mapping[str, int]
    ended: Mapping[str, int]
    held: int


@dataclass(frozen=True)
class Flow:
    code: str
    held_before: int
    days: Sequence[FlowDay]


def days_from(first: date, last: date) -> list[date]:
    """Both included. Raises InvalidInput for more than 92, or for none."""
    number = (last - first).days + 1
    if not 1 <= number <= MOST_DAYS:
        raise InvalidInput("last_day", f"The last day is not before the first, and there are at most {MOST_DAYS} days.")
    return [first + index * A_DAY for index in range(number)]


def flow_of(code: str, held_before: int, days: Iterable[date], moved: Iterable[Moved]) -> Flow:
    """Day by day from what was held when the first one began."""
    began: dict[date, dict[str, int]] = {}
    ended: dict[date, dict[str, int]] = {}
    for one in moved:
        (began if one.began else ended).setdefault(one.day, {})[one.way] = one.number
    held, found = held_before, []
    for day in days:
        came, went = began.get(day, {}), ended.get(day, {})
        held += sum(came.values()) - sum(went.values())
        found.append(FlowDay(day, came, went, held))
    return Flow(code, held_before, found)
