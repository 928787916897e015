"""Figures as small pictures: a line of blocks over time, a bar of a length."""

from collections.abc import Sequence

BLOCKS = "▁▂▃▄▅▆▇█"
FULL, PARTS = "█", "▏▎▍▌▋▊▉"


def spark(values: Sequence[int], *, most: int | None = None) -> str:
    """One block for each value, the highest for `most`, or for the largest of them; 0 is a dot on the ground line."""
    top = max(most or 0, *values, 1)
    return "".join(BLOCKS[-(-value * len(BLOCKS) // top) - 1] if value > 0 else "·" for value in values)


def bar(value: int, most: int, width: int = 20) -> str:
    """As long as its part of `most`, to an eighth of a character; whatever is not 0 can be seen."""
    eighths = max(round(value * width * 8 / max(most, 1)), 1) if value > 0 else 0
    whole, rest = divmod(min(eighths, width * 8), 8)
    return FULL * whole + (PARTS[rest - 1] if rest else "")
