"""What the demo ends with: figures that must add up, and how late, how fast and why. Pure arithmetic."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cli.demo.csv_file import BadLine

OUTCOMES = ("CREATED", "ATTACHED", "IN_REVIEW", "REJECTED")
# States in which a holding is open, and in which a lead's run has something to wait for.
HOLDING_STATES = ("HELD", "CONVERTING")
PENDING_STATES = ("QUALIFYING", *HOLDING_STATES)
IN_ORDER = ("QUALIFYING", "UNASSIGNED", "POOLED", "HELD", "CONVERTING", "CONVERTED", "INVALID")


@dataclass(frozen=True)
class Recall:
    """One lead that the clock took back, as the ledger keeps it."""

    lead_id: str
    holding_id: str
    rep_code: str
    policy_version: str
    cause: str  # the clock: FIRST_RESPONSE, PROTECTION, MAXIMUM
    due_at: datetime
    executed_at: datetime
    done_by: str  # TIMER or SWEEP
    because: tuple[str, ...]  # the schedule's own words
    reminders: tuple[str, ...]  # steps of which a notice was written

    @property
    def late(self) -> timedelta:
        return self.executed_at - self.due_at


@dataclass(frozen=True)
class Counted:
    """What the services say at the end, each asked for itself."""

    leads: int  # intake's list
    open_reviews: int  # intake's list
    waiting: int  # routing's pools
    held: int  # routing's reps
    open_runs: int | None  # Temporal's list; None when it could not be asked


@dataclass(frozen=True)
class Observed:
    """Everything that the report is computed from."""

    source: str
    rows: int
    bad_lines: Sequence[BadLine]  # in the file, or refused by intake as malformed
    outcomes: Mapping[str, int]  # of the submissions, after the decided reviews
    reviews_decided: Mapping[str, int]
    states: Mapping[str, int]  # of each created lead
    counted: Counted
    recalls: Sequence[Recall]
    seconds: Mapping[str, Sequence[float]]  # by kind of call, as the caller waited
    first_responses: Sequence[timedelta]  # from a holding's start to its first attempt
    verbs: Mapping[str, int] = field(default_factory=dict)  # decisions in the ledger
    refusals: Mapping[str, int] = field(default_factory=dict)  # that somebody met, by reason
    failures: Mapping[str, int] = field(default_factory=dict)  # of calls that no rule explains
    phases: Mapping[str, float] = field(default_factory=dict)  # seconds
    caught_by_a_crash: int = 0  # leads on their way when a worker was killed
    went_on: int = 0  # those of them that were routed


@dataclass(frozen=True)
class Equation:
    """Two counts that must be the same."""

    left: str
    left_count: int
    right: str
    right_count: int

    @property
    def holds(self) -> bool:
        return self.left_count == self.right_count

    @property
    def difference(self) -> int:
        return self.left_count - self.right_count


@dataclass(frozen=True)
class Spread:
    """How a measure is distributed, by nearest rank: each figure is one that was measured."""

    count: int
    p50: float
    p99: float
    largest: float


def spread(values: Sequence[float]) -> Spread | None:
    if not values:
        return None
    ordered = sorted(values)
    return Spread(len(ordered), *(ordered[math.ceil(share * len(ordered)) - 1] for share in (0.50, 0.99, 1.0)))


def equations(seen: Observed) -> list[Equation]:
    outcomes, states, counted = seen.outcomes, seen.states, seen.counted
    submitted = seen.rows - len(seen.bad_lines)
    in_order = [
        *(state for state in IN_ORDER if state in states),
        *(state for state in states if state not in IN_ORDER),
    ]
    by_state = {state: states[state] for state in in_order}
    held = sum(states.get(state, 0) for state in HOLDING_STATES)
    found = [
        Equation(
            f"{submitted} rows in (of {seen.rows}, {len(seen.bad_lines)} malformed and named)",
            submitted,
            _sum({name: outcomes.get(name, 0) for name in OUTCOMES}),
            sum(outcomes.values()),
        ),
        Equation(
            f"{outcomes.get('CREATED', 0)} created", outcomes.get("CREATED", 0), _sum(by_state), sum(states.values())
        ),
        Equation(
            f"{outcomes.get('CREATED', 0)} created",
            outcomes.get("CREATED", 0),
            f"{counted.leads} leads that intake lists",
            counted.leads,
        ),
        Equation(
            f"{outcomes.get('IN_REVIEW', 0)} in review",
            outcomes.get("IN_REVIEW", 0),
            f"{counted.open_reviews} reviews that intake lists as open",
            counted.open_reviews,
        ),
        Equation(
            f"{states.get('POOLED', 0)} pooled",
            states.get("POOLED", 0),
            f"{counted.waiting} waiting, by the pools' counts",
            counted.waiting,
        ),
        Equation(f"{held} held", held, f"{counted.held} held, by the reps' limits", counted.held),
        Equation(f"{_early(seen)} recalls before their due time", _early(seen), "none", 0),
    ]
    if seen.caught_by_a_crash:
        caught = f"{seen.caught_by_a_crash} on their way when a worker was killed"
        found.append(Equation(caught, seen.caught_by_a_crash, f"{seen.went_on} routed", seen.went_on))
    failed = sum(seen.failures.values())
    found.append(Equation(f"{failed} calls failed for no reason of the rules", failed, "none", 0))
    if counted.open_runs is not None:
        pending = sum(states.get(state, 0) for state in PENDING_STATES)
        found.append(
            Equation(
                f"{pending} leads with a deadline", pending, f"{counted.open_runs} open lead runs", counted.open_runs
            )
        )
    return found


def reconciles(seen: Observed) -> bool:
    return all(equation.holds for equation in equations(seen))


def lateness(seen: Observed) -> Spread | None:
    """Seconds from the due time to the recall, both by the database's clock."""
    return spread([recall.late.total_seconds() for recall in seen.recalls])


def done_by(seen: Observed) -> Mapping[str, int]:
    return Counter(recall.done_by for recall in seen.recalls)


def mean_first_response(seen: Observed) -> timedelta | None:
    if not seen.first_responses:
        return None
    return sum(seen.first_responses, timedelta()) / len(seen.first_responses)


def as_json(seen: Observed) -> dict[str, Any]:
    """The whole report for programs: nothing is left out, and nothing in it says who a person is."""
    first_response, late = mean_first_response(seen), lateness(seen)
    return {
        "source": seen.source,
        "reconciles": reconciles(seen),
        "equations": [
            {**asdict(equation), "holds": equation.holds, "difference": equation.difference}
            for equation in equations(seen)
        ],
        "rows": seen.rows,
        "malformed": [asdict(line) for line in seen.bad_lines],
        "outcomes": dict(seen.outcomes),
        "reviews_decided": dict(seen.reviews_decided),
        "states": dict(seen.states),
        "recall_lateness_seconds": asdict(late) if late else None,
        "recalls_done_by": dict(done_by(seen)),
        "call_seconds": {kind: asdict(one) for kind, values in seen.seconds.items() if (one := spread(values))},
        "mean_first_response_seconds": first_response.total_seconds() if first_response else None,
        "first_responses": len(seen.first_responses),
        "decisions": dict(seen.verbs),
        "refusals": dict(seen.refusals),
        "failures": dict(seen.failures),
        "recalls": [
            {
                **asdict(recall),
                "due_at": recall.due_at.isoformat(),
                "executed_at": recall.executed_at.isoformat(),
                "late_seconds": recall.late.total_seconds(),
            }
            for recall in seen.recalls
        ],
        "phases_seconds": dict(seen.phases),
    }


def _sum(counts: Mapping[str, int]) -> str:
    """`210 created + 40 attached`."""
    parts = [f"{count} {name.lower().replace('_', ' ')}" for name, count in counts.items()]
    return " + ".join(parts) or "0"


def _early(seen: Observed) -> int:
    return sum(recall.late < timedelta() for recall in seen.recalls)
