"""How long calls took, second by second, drawn as SVG: faults as bands, calls without an answer as crosses."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from math import ceil, log10

from tests.faults.figures import FaultResult, Run, Second

LEFT, RIGHT, TOP, BOTTOM = 52, 10, 34, 34
FASTEST_MS = 1.0
TICKS_AT_MOST = 8
STEPS = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600)


@dataclass(frozen=True)
class Frame:
    """A stretch of a run, in seconds since its start, on so many pixels. Milliseconds are drawn by their logarithm."""

    begins: float
    ends: float
    slowest_ms: float
    width: int
    height: int

    def x(self, second: float) -> float:
        share = (min(max(second, self.begins), self.ends) - self.begins) / max(self.ends - self.begins, 1)
        return LEFT + share * (self.width - LEFT - RIGHT)

    def y(self, ms: float) -> float:
        share = log10(max(ms, FASTEST_MS) / FASTEST_MS) / log10(self.slowest_ms / FASTEST_MS)
        return self.height - BOTTOM - share * (self.height - TOP - BOTTOM)


def of_run(run: Run) -> str:
    """The whole run; its faults by their number in the table."""
    ends = max([run.seconds, *(second.second + 1 for second in run.series)])
    frame = Frame(0, ends, slowest(run.series), 1160, 260)
    return drawn(run, frame, zero=0, name="p50 and p99 over the whole run", of_fault=None)


def of_fault(run: Run, fault: FaultResult) -> str:
    """From a little before the fault until it was no longer watched; second 0 is when it began."""
    began, ended = (instant - run.started_at.timestamp() for instant in (fault.began, fault.ended))
    frame = Frame(max(began - 6, 0), ended, slowest(run.series), 460, 220)
    return drawn(run, frame, zero=began, name=f"p50 and p99 around: {fault.name}", of_fault=fault)


def slowest(series: Sequence[Second]) -> float:
    """The upper end of every plot of a run, so that they compare: a power of ten, at least a second."""
    return 10.0 ** ceil(log10(max([1000.0, *(second.p99_ms for second in series)])))


def drawn(run: Run, frame: Frame, *, zero: float, name: str, of_fault: FaultResult | None) -> str:
    shown = [one for one in run.series if frame.begins <= one.second + 0.5 <= frame.ends]
    parts = [
        *bands(run, frame, of_fault),
        *axes(frame, zero),
        *(line(shown, frame, "p50_ms", "p50"), line(shown, frame, "p99_ms", "p99")),
        *crosses(shown, frame, zero),
    ]
    return (
        f'<svg viewBox="0 0 {frame.width} {frame.height}" role="img" aria-label="{escape(name)}" '
        f'xmlns="http://www.w3.org/2000/svg">{"".join(parts)}</svg>'
    )


def bands(run: Run, frame: Frame, of_fault: FaultResult | None) -> Iterator[str]:
    """While broken, and paler until calls were as before. In a fault's own plot it is called by its name."""
    start = run.started_at.timestamp()
    for number, fault in enumerate(run.faults, 1):
        began, healed, ended = fault.began - start, fault.healed - start, fault.ended - start
        if ended < frame.begins or began > frame.ends:
            continue
        recovered = healed + (ended - healed if fault.recovered_in is None else fault.recovered_in)
        label = fault.name if fault is of_fault else str(number)
        yield (
            f"<g><title>{number}. {escape(fault.name)}</title>{band(frame, began, healed, 'broken')}"
            f'{band(frame, healed, recovered, "recovering")}<text x="{frame.x(began):.1f}" y="{TOP - 18}">'
            f"{escape(label)}</text></g>"
        )


def band(frame: Frame, begins: float, ends: float, kind: str) -> str:
    # What lasted no time at all is still to be seen.
    width = max(frame.x(ends) - frame.x(begins), 1.5 if kind == "broken" else 0)
    height = frame.height - TOP - BOTTOM
    return f'<rect class="{kind}" x="{frame.x(begins):.1f}" y="{TOP}" width="{width:.1f}" height="{height}"/>'


def axes(frame: Frame, zero: float) -> Iterator[str]:
    ms = FASTEST_MS
    while ms <= frame.slowest_ms:
        y = frame.y(ms)
        yield f'<path class="grid" d="M{LEFT},{y:.1f}H{frame.width - RIGHT}"/>'
        words = f"{ms:.0f} ms" if ms < 1000 else f"{ms / 1000:.0f} s"
        yield f'<text class="left" x="{LEFT - 6}" y="{y + 4:.1f}">{words}</text>'
        ms *= 10
    span = frame.ends - frame.begins
    step = next((step for step in STEPS if span / step <= TICKS_AT_MOST), STEPS[-1])
    for tick in range(ceil((frame.begins - zero) / step) * step, int(frame.ends - zero) + 1, step):
        yield f'<text class="below" x="{frame.x(zero + tick):.1f}" y="{frame.height - BOTTOM + 16}">{tick} s</text>'


def line(series: Sequence[Second], frame: Frame, of: str, kind: str) -> str:
    """Broken where no call ended: nothing is known of such a second."""
    pieces = []
    for ended, seconds in groupby(series, lambda one: one.ok + one.failed > 0):
        if ended:
            points = [f"{frame.x(one.second + 0.5):.1f},{frame.y(getattr(one, of)):.1f}" for one in seconds]
            # A piece of one point is drawn as a dot, by the round ends of a line of no length.
            pieces.append(f"M{' '.join(points)}h0")
    return f'<path class="{kind}" d="{"".join(pieces)}"/>' if pieces else ""


def crosses(series: Sequence[Second], frame: Frame, zero: float) -> Iterator[str]:
    """A cross for each second in which calls failed, the larger the more they were."""
    for one in series:
        if one.failed:
            x, half = frame.x(one.second + 0.5), min(2.5 + one.failed**0.5 / 2, 6)
            left, upper, lower, right = x - half, TOP - 7 - half, TOP - 7 + half, x + half
            yield (
                f'<path class="failed" d="M{left:.1f},{upper:.1f}L{right:.1f},{lower:.1f}M{left:.1f},{lower:.1f}'
                f'L{right:.1f},{upper:.1f}"><title>{one.failed} without an answer, '
                f"second {one.second - zero:.0f}</title></path>"
            )
