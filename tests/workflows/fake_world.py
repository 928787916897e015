"""Leads and conversions as the four services would keep them, small enough to see through. Rules in their simplest
form: what is under test is the process, not the rules."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from opentelemetry import trace

from services.shared.refusals import NotFound, NotReady, Refused, Unavailable


@dataclass
class FakeHolding:
    rep_id: str
    rep_code: str
    epoch: int
    due_at: datetime
    reminders: list[datetime]
    holding_id: str = field(default_factory=lambda: str(uuid4()))
    conversion_id: str = ""
    lease_until: datetime | None = None

    def wake_at(self) -> datetime:
        return self.lease_until or min([*self.reminders, self.due_at])


@dataclass
class FakeLead:
    lead_id: str
    # intake
    exists: bool = True
    facts_version: int = 1
    facts_taken: int = 0
    access: list[tuple[str, int]] = field(default_factory=list)
    # Whom the run has told that it is hidden or shown.
    told: list[tuple[str, bool]] = field(default_factory=list)
    keys_registered: bool = False
    # scoring
    score_version: int = 0
    score_taken: int = 0
    maturities: int = 0
    # routing
    state: str = ""
    version: int = 0
    facts_known: int = 0
    score_known: int = 0
    opened_at: datetime | None = None
    route_due: bool = False
    routed_at: datetime | None = None
    epoch: int = 0
    holding: FakeHolding | None = None
    converter_id: str = ""
    hidden: bool = False
    access_version: int = 0
    unknown_task: int = 0
    # What happened to it, and how much of that a GetWork has seen.
    happened: int = 0
    seen: int = 0
    trail: list[str] = field(default_factory=list)

    def changed(self, what: str) -> None:
        self.version += 1
        self.trail.append(what)


@dataclass
class FakeConversion:
    lead_id: str
    holding_id: str
    epoch: int
    converter_id: str
    conversion_id: str = field(default_factory=lambda: str(uuid4()))
    account_id: str = field(default_factory=lambda: str(uuid4()))
    contact_id: str = field(default_factory=lambda: str(uuid4()))
    opportunity_id: str = field(default_factory=lambda: str(uuid4()))
    state: str = "REQUESTED"
    reason: str = ""
    commits: int = 0
    # 1: its opportunity is open; 2: it is closed. What intake was told of that.
    owners_version: int = 0
    owners_told: int = 0


class World:
    """The state of all, a clock that can be moved, and what is out of order."""

    def __init__(self) -> None:
        self.leads: dict[str, FakeLead] = {}
        self.conversions: dict[str, FakeConversion] = {}
        # By account, as intake was told: the version, and who owns open opportunities.
        self.owners_known: defaultdict[str, tuple[int, list[str]]] = defaultdict(lambda: (0, []))
        self.calls: Counter[str] = Counter()
        self.traces: defaultdict[str, set[int]] = defaultdict(set)
        self.down: set[str] = set()
        self.hangs: set[str] = set()
        # How long an answer is under way, by method: what happens meanwhile is not in it.
        self.answers_take: dict[str, Callable[[], float]] = {}
        # Answers that are held back until a test lets them go, and how many are.
        self.gates: dict[str, asyncio.Event] = {}
        self.held_back: Counter[str] = Counter()
        self.refused: dict[str, Exception] = {}
        # The code of the rep whom routing chooses; None: the pool.
        self.route_to: str | None = None
        # Its pool is a hidden one.
        self.routes_out_of_sight = False
        self.protection = timedelta(days=30)
        self.budget = timedelta(seconds=30)
        self.advances_late_by = timedelta()
        # An older intake: it registers keys and nothing else.
        self.forgets_owners = False
        self._ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def move(self, span: timedelta) -> None:
        self._ahead += span

    async def called(self, service: str, method: str) -> None:
        """Every call passes here, and meets the outage or the refusal that a test wants."""
        self.calls[f"{service}.{method}"] += 1
        self.traces[f"{service}.{method}"].add(trace.get_current_span().get_span_context().trace_id)
        while f"{service}.{method}" in self.hangs:  # noqa: ASYNC110  # a test ends it
            await asyncio.sleep(0.1)
        if service in self.down:
            raise Unavailable("DATABASE_UNAVAILABLE", f"{service} is down")
        if refusal := self.refused.get(f"{service}.{method}"):
            raise refusal

    async def answering(self, service: str, method: str) -> None:
        """Every answer passes here, and is as old as a test wants when it arrives."""
        call = f"{service}.{method}"
        if slowness := self.answers_take.get(call):
            await asyncio.sleep(slowness())
        if gate := self.gates.get(call):
            self.held_back[call] += 1
            await gate.wait()

    @contextmanager
    def outage(self, *services: str) -> Iterator[None]:
        self.down |= set(services)
        yield
        self.down -= set(services)

    # What people do.

    def a_lead(self) -> FakeLead:
        """A lead that intake has created and nobody else knows yet."""
        lead = FakeLead(str(uuid4()))
        self.leads[lead.lead_id] = lead
        return lead

    def a_pooled_lead(self) -> FakeLead:
        lead = self.a_lead()
        lead.state, lead.opened_at, lead.facts_known, lead.facts_taken = "POOLED", self.now(), 1, 1
        lead.score_version = lead.score_taken = lead.score_known = 1
        return lead

    def a_held_lead(self, rep_code: str = "L007") -> FakeLead:
        lead = self.a_pooled_lead()
        self.claim(lead, rep_code)
        return lead

    def claim(self, lead: FakeLead, rep_code: str) -> FakeHolding:
        now = self.now()
        half, last = now + self.protection / 2, now + self.protection - timedelta(hours=2)
        lead.epoch += 1
        lead.holding = FakeHolding(str(uuid4()), rep_code, lead.epoch, now + self.protection, [half, last])
        lead.state = "HELD"
        lead.changed(f"claimed by {rep_code}")
        return lead.holding

    def end_holding(self, lead: FakeLead, how: str, state: str = "POOLED") -> None:
        lead.holding, lead.state = None, state
        lead.changed(how)

    def hide(self, lead: FakeLead, hidden: bool) -> None:
        lead.hidden, lead.access_version = hidden, lead.access_version + 1
        lead.changed("hidden" if hidden else "shown")

    def convert(self, lead: FakeLead) -> FakeConversion:
        held = lead.holding
        assert held is not None
        conversion = FakeConversion(lead.lead_id, held.holding_id, held.epoch, held.rep_id)
        self.conversions[conversion.conversion_id] = conversion
        return conversion

    # What services look up.

    def lead(self, lead_id: str) -> FakeLead:
        """A lead that intake knows."""
        lead = self.leads.get(lead_id)
        if lead is None or not lead.exists:
            raise NotFound("NOT_FOUND", "no such lead", kind="lead", id=lead_id)
        return lead

    def opened(self, lead_id: str) -> FakeLead:
        """A lead that routing knows."""
        lead = self.leads.get(lead_id)
        if lead is None or not lead.state:
            raise NotReady("NOT_READY_YET", "not known yet")
        return lead

    def held(self, holding_id: str) -> tuple[FakeLead, FakeHolding]:
        for lead in self.leads.values():
            if lead.holding is not None and lead.holding.holding_id == holding_id:
                return lead, lead.holding
        raise Refused("HOLDING_ENDED", "it has ended", holding_id=holding_id)

    def conversion(self, conversion_id: str) -> FakeConversion:
        if conversion_id not in self.conversions:
            raise NotFound("NOT_FOUND", "no such conversion", kind="conversion", id=conversion_id)
        return self.conversions[conversion_id]

    def unseen(self) -> list[FakeLead]:
        """Leads to which something happened that no GetWork has seen, or that routing has not taken."""
        return [
            lead
            for lead in self.leads.values()
            if lead.seen < lead.happened
            or lead.facts_taken < lead.facts_version
            or lead.score_taken < lead.score_version
        ]
