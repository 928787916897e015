"""What a run of the fault harness found, as plain data. Instants are seconds since the epoch."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class FaultResult:
    name: str
    description: str
    began: float
    healed: float  # what was broken answers again
    ended: float  # of the time that was watched for it
    calls: int
    failed: int  # calls without an answer, as a client of the shipped channel sees it
    unknown: int  # acts whose client gave up waiting; asked again at the end
    p50_ms: float
    p99_ms: float
    p99_before_ms: float
    recovered_in: float | None  # seconds from healed until calls were as before; None: not within the time watched
    note: str = ""
    broken_promise: str = ""  # what the fault itself promises and did not keep


@dataclass(frozen=True)
class InvariantResult:
    code: str
    promise: str
    checked: int
    violations: int
    examples: Sequence[str]
    figure: str = ""


@dataclass(frozen=True)
class Second:
    """The calls that ended within one second, counted from the run's start."""

    second: int
    ok: int
    failed: int
    p50_ms: float
    p99_ms: float


@dataclass(frozen=True)
class Run:
    seed: int
    profile: str
    started_at: datetime
    seconds: float
    machine: str
    faults: Sequence[FaultResult]
    invariants: Sequence[InvariantResult]
    series: Sequence[Second]

    @property
    def kept(self) -> bool:
        """Every invariant, and every fault's own promise."""
        return not any(one.violations for one in self.invariants) and not any(one.broken_promise for one in self.faults)
