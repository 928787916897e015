"""What the demo has seen so far: kept by those who act, read by the live view and the report."""

import time
from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from clew.intake.v1 import intake_pb2
from clew.routing.v1 import holdings_pb2, notices_pb2
from cli.demo.csv_file import BadLine
from cli.demo.submissions import Prepared
from cli.output import short

LATEST = 6


@dataclass
class Submitted:
    """A submission and what became of it; a review that is decided changes that."""

    prepared: Prepared
    outcome: str
    lead_id: str
    review_id: str


@dataclass
class Seen:
    rows: int = 0
    bad_lines: list[BadLine] = field(default_factory=list)
    submitted: list[Submitted] = field(default_factory=list)
    created: dict[str, None] = field(default_factory=dict)  # each lead once, in the order of creation
    reviews_decided: Counter[str] = field(default_factory=Counter)
    seconds: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    refusals: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)  # that no rule explains
    first_responses: dict[str, timedelta] = field(default_factory=dict)  # by holding
    converted: set[str] = field(default_factory=set)  # leads
    phases: dict[str, float] = field(default_factory=dict)
    caught_by_a_crash: list[str] = field(default_factory=list)  # leads on their way when a worker was killed
    # For the live view only: what the services said when last asked.
    waiting: int = 0
    held: int = 0
    invalid: set[str] = field(default_factory=set)  # leads
    notices: dict[str, notices_pb2.Notice] = field(default_factory=dict)
    latest_recalls: deque[notices_pb2.Notice] = field(default_factory=lambda: deque(maxlen=LATEST))

    @contextmanager
    def timed(self, kind: str) -> Iterator[None]:
        """Measure a call that is answered; a refused one is counted by its reason, not timed."""
        began = time.perf_counter()
        yield
        self.seconds[kind].append(time.perf_counter() - began)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        began = time.perf_counter()
        try:
            yield
        finally:
            self.phases[name] = time.perf_counter() - began

    def take(self, prepared: Prepared, answer: intake_pb2.SubmitLeadResponse) -> Submitted:
        outcome = short(intake_pb2.Outcome.Name(answer.outcome))
        taken = Submitted(prepared, outcome, answer.lead_id, answer.review_id)
        self.submitted.append(taken)
        self._note_created(taken)
        return taken

    def refuse(self, prepared: Prepared, reason: str, field_name: str, message: str) -> None:
        """A row that intake will not take: malformed, nothing of it is stored."""
        at = f"{reason} {field_name}".strip()
        self.bad_lines.append(BadLine(prepared.line, f"{at}: {message.removeprefix(f'{field_name}: ')}"))

    def decide(self, review_id: str, outcome: str, lead_id: str) -> None:
        """A person decided a review: its submission has another outcome now."""
        for one in self.submitted:
            if one.review_id == review_id:
                one.outcome, one.lead_id = outcome, lead_id
                self._note_created(one)
        self.reviews_decided[outcome] += 1

    def responded(self, answer: holdings_pb2.LogFollowUpResponse) -> None:
        """The first response counts from the start of the holding, both by the database's clock."""
        schedule = answer.schedule
        if "FIRST_RESPONSE_MET" in answer.because:
            span = schedule.first_responded_at.ToDatetime() - schedule.started_at.ToDatetime()
            self.first_responses[schedule.holding_id] = span

    @property
    def outcomes(self) -> Counter[str]:
        return Counter(one.outcome for one in self.submitted)

    def _note_created(self, one: Submitted) -> None:
        if one.outcome == "CREATED":
            self.created.setdefault(one.lead_id)

    @property
    def states(self) -> dict[str, int]:
        """Leads by state as last asked; the report at the end asks for each lead."""
        known = {
            "pooled": self.waiting,
            "held": self.held,
            "converted": len(self.converted),
            "invalid": len(self.invalid),
        }
        return {"qualifying": max(0, len(self.created) - sum(known.values())), **known}
