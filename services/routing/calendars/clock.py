"""How far a clock has gone that runs only within spans.

Days come as an endless ascending stream of spans; all numbers are exact. Time that is looked at backwards comes
with its signs turned, so that each rule is written once: what is first there is last here.
"""

from collections.abc import Iterable
from itertools import islice

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


def days_after(days: Iterable[Spans], start: int, count: int) -> int | None:
    """The first instant at which so many days have passed, each counted by how much of its time is over.

    A day on which the clock does not run is none.
    """
    running = (spans for spans in days if spans and spans[-1][1] > start)
    today = next(running, ())
    if not today or count == 0:
        return time_after([today], start, 0)
    passed = time_between([today], today[0][0], start)
    if passed == 0:
        # Nothing of today is all of the day before.
        passed, count = _length(today), count - 1
    then = next(islice(running, count - 1, None), ()) if count else today
    # Rounded up: a moment before it not quite as much has passed.
    return time_after([then], then[0][0], -(-passed * _length(then) // _length(today))) if then else None


def _length(spans: Spans) -> int:
    return sum(closes - opens for opens, closes in spans)
