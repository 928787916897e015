"""What a limit might be, from how long a conversion takes and how many leads a rep begins to hold.

By Little's law a rep to whom so many leads come per day, each held for so long, holds their product at a time. Only
holdings that were converted say how long a lead needs; those that were given up earlier make room sooner.
"""

from dataclasses import dataclass
from math import ceil

# A mean of fewer says nothing.
LEAST_CONVERSIONS = 20
# A limit that is computed never stops a rep, nor leaves him without one.
LOWEST, HIGHEST = 5, 500


@dataclass(frozen=True)
class History:
    """What happened in the window, to reps who are active now."""

    # Empty: of all grades together.
    grade: str
    conversions: int
    mean_days: float
    # Holdings that began, however they came to the rep.
    begun: int
    reps: int
    days: float
    lowest_present: int | None
    highest_present: int | None


@dataclass(frozen=True)
class Suggestion:
    history: History
    begun_per_rep_and_day: float
    raw: float
    # None: there is not enough to say one.
    limit: int | None


def suggest(history: History) -> Suggestion:
    rep_days = history.reps * history.days
    per_rep_and_day = history.begun / rep_days if rep_days else 0.0
    raw = history.mean_days * per_rep_and_day
    enough = history.conversions >= LEAST_CONVERSIONS and rep_days > 0
    return Suggestion(history, per_rep_and_day, raw, min(max(ceil(raw), LOWEST), HIGHEST) if enough else None)
