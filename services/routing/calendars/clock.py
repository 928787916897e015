"""How far a clock has gone that runs only within spans.

Days come as an endless ascending stream of spans; all numbers are exact. Time that is looked at backwards comes
with its signs turned, so that each rule is written once: what is first there is last here.
"""

from collections.abc import Iterable
from fractions import Fraction
from math import ceil

from services.routing.calendars.calendar import Spans


def without(spans: Spans, taken: Spans) -> Spans:
    """The spans less what is taken, both ascending."""
    for start, end in taken:
        spans = tuple(
            piece
            for opens, closes in spans
            for piece in ((opens, min(closes, start)), (max(opens, end), closes))
            if piece[0] < piece[1]
        )
    return spans


def turned(spans: Spans) -> Spans:
    """The same, looked at backwards."""
    return tuple((-closes, -opens) for opens, closes in reversed(spans))


def merged(spans: Iterable[tuple[int, int]]) -> Spans:
    """Ascending, with those that touch made one."""
    result: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return tuple(result)


def time_between(days: Iterable[Spans], start: int, end: int) -> int:
    """How long the clock ran."""
    passed = 0
    for spans in days:
        for opens, closes in spans:
            if opens >= end:
                return passed
            passed += max(0, min(closes, end) - max(opens, start))
    return passed


def time_after(days: Iterable[Spans], start: int, length: int) -> int | None:
    """The first instant at which the clock has run so long; for no time at all, the first at which it runs."""
    for spans in days:
        for opens, closes in spans:
            if closes > start:
                begins = max(opens, start)
                if length <= closes - begins:
                    return begins + length
                length -= closes - begins
    return None


def days_after(days: Iterable[Spans], whole: Iterable[Spans], start: int, count: int) -> int | None:
    """The first instant at which so many days have passed, each counted by how much of its time is over.

    `whole`: the same days with nothing taken from them. Of a day on half of which the clock stands still, half counts.
    """
    left = Fraction(count)
    for spans, all_of_it in zip(days, whole, strict=True):
        if spans and spans[-1][1] > start:
            runs, length = time_between([spans], start, spans[-1][1]), _length(all_of_it)
            if left * length <= runs:
                # Rounded up: a moment before it not quite as much has passed.
                return time_after([spans], start, ceil(left * length))
            left -= Fraction(runs, length)
    return None


def _length(spans: Spans) -> int:
    return sum(closes - opens for opens, closes in spans)
