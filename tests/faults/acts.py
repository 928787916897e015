"""What a client may do next, and what it learns from the answer."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from google.protobuf.message import Message

from clew.conversion.v1 import conversion_pb2
from clew.intake.v1 import intake_pb2
from clew.lead.v1.lead_pb2 import Source, SourceKind
from clew.routing.v1 import holdings_pb2, leads_pb2, roster_pb2
from cli.calling import Clew, new_request_id
from services.shared.callers import Caller
from tests.faults.office import MANAGER, MARKETER, POOL, Rep

# By how often they occur: half of a CRM's traffic are looks, the rest moves leads.
WEIGHTS = {
    "list_pool": 7,
    "state": 12,
    "schedule": 10,
    "lead": 8,
    "timeline": 3,
    "check": 6,
    "holdings": 4,
    "follow_up": 19,
    "claim": 13,
    "return": 6,
    "submit": 4,
    "reenquire": 1,
    "transfer": 2,
    "assign": 2,
    "reclaim": 1,
    "convert": 2,
}
CHANNEL, REGION = "faults", "上海"
# Clients race for the leads at the top of the pool, as people do.
RACED_FOR = 24


@dataclass(frozen=True)
class Held:
    lead_id: str
    holding_id: str
    epoch: int


@dataclass
class Shared:
    """What every client can see."""

    reps: list[Rep]
    pooled: list[str] = field(default_factory=list)
    leads: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)  # addresses of persons that were submitted


@dataclass(frozen=True)
class Planned:
    kind: str
    method: Any
    request: Message
    caller: Caller
    learn: Callable[[Any], None] = lambda _: None


class Desk:
    """One client: a rep with his holdings, and a manager and a marketer who sit with him."""

    def __init__(self, clew: Clew, rep: Rep, shared: Shared, rng: random.Random) -> None:
        self._clew, self.rep, self._shared, self._rng = clew, rep, shared, rng
        self.held: dict[str, Held] = {}

    def next(self) -> Planned:
        """What to do now; a look at the pool where the chosen act needs what is not there."""
        kind = self._rng.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        return self.plan(kind) or self._list_pool()

    def plan(self, kind: str) -> Planned | None:
        planned: Planned | None = getattr(self, f"_{kind}")()
        return planned

    def _list_pool(self) -> Planned:
        def learn(answer: roster_pb2.ListPoolLeadsResponse) -> None:
            self._shared.pooled[:] = [lead.lead_id for lead in answer.leads]

        request = roster_pb2.ListPoolLeadsRequest(pool_code=POOL, page_size=100)
        return Planned("list_pool", self._clew.roster.ListPoolLeads, request, self.rep.caller, learn)

    def _state(self) -> Planned | None:
        if (lead_id := self._any_lead()) is None:
            return None
        request = leads_pb2.GetLeadStateRequest(lead_id=lead_id)
        return Planned("state", self._clew.leads.GetLeadState, request, MANAGER)

    def _timeline(self) -> Planned | None:
        if (lead_id := self._any_lead()) is None:
            return None
        request = leads_pb2.ListLeadEventsRequest(lead_id=lead_id, page_size=50)
        return Planned("timeline", self._clew.leads.ListLeadEvents, request, MANAGER)

    def _lead(self) -> Planned | None:
        if (lead_id := self._any_lead()) is None:
            return None
        return Planned("lead", self._clew.intake.GetLead, intake_pb2.GetLeadRequest(lead_id=lead_id), self.rep.caller)

    def _check(self) -> Planned | None:
        if not self._shared.people:
            return None
        person = intake_pb2.Person(email=self._rng.choice(self._shared.people))
        request = intake_pb2.CheckDuplicatesRequest(person=person)
        return Planned("check", self._clew.intake.CheckDuplicates, request, MARKETER)

    def _holdings(self) -> Planned:
        request = holdings_pb2.ListHoldingsRequest(page_size=20)
        return Planned("holdings", self._clew.holdings.ListHoldings, request, self.rep.caller)

    def _schedule(self) -> Planned | None:
        if (held := self._one_held()) is None:
            return None
        request = holdings_pb2.GetScheduleRequest(holding_id=held.holding_id)
        return Planned("schedule", self._clew.holdings.GetSchedule, request, self.rep.caller)

    def _submit(self) -> Planned:
        return self.submit(REGION)

    def submit(self, region: str) -> Planned:
        """Somebody new, of a region."""
        email = f"{uuid4().hex}@example.com"

        def learn(answer: intake_pb2.SubmitLeadResponse) -> None:
            self._shared.leads.append(answer.lead_id)
            self._shared.people.append(email)

        return Planned("submit", self._clew.intake.SubmitLead, submission(email, region), MARKETER, learn)

    def _reenquire(self) -> Planned | None:
        if not self._shared.people:
            return None
        request = submission(self._rng.choice(self._shared.people), REGION)
        return Planned("reenquire", self._clew.intake.SubmitLead, request, MARKETER)

    def _claim(self) -> Planned | None:
        if (lead_id := self._one_pooled()) is None:
            return None
        request = holdings_pb2.ClaimLeadRequest(request_id=new_request_id(), lead_id=lead_id)
        return Planned("claim", self._clew.holdings.ClaimLead, request, self.rep.caller, self._take)

    def _assign(self) -> Planned | None:
        if (lead_id := self._one_pooled()) is None:
            return None
        request = holdings_pb2.AssignLeadRequest(request_id=new_request_id(), lead_id=lead_id, rep_code=self.rep.code)
        return Planned("assign", self._clew.holdings.AssignLead, request, MANAGER, self._take)

    def _follow_up(self) -> Planned | None:
        if (held := self._one_held()) is None:
            return None
        request = holdings_pb2.LogFollowUpRequest(
            request_id=new_request_id(),
            holding_id=held.holding_id,
            kind=holdings_pb2.FOLLOW_UP_KIND_CALL,
            direction=holdings_pb2.FOLLOW_UP_DIRECTION_OUTBOUND,
            outcome=self._rng.choice(
                (holdings_pb2.FOLLOW_UP_OUTCOME_CONNECTED, holdings_pb2.FOLLOW_UP_OUTCOME_NO_ANSWER)
            ),
        )
        return Planned("follow_up", self._clew.holdings.LogFollowUp, request, self.rep.caller)

    def _return(self) -> Planned | None:
        if (held := self._one_held()) is None:
            return None
        reason = self._rng.choice(("UNREACHABLE", "NO_TIME", "NOT_INTERESTED", "WRONG_REP"))
        request = holdings_pb2.ReturnLeadRequest(request_id=new_request_id(), holding_id=held.holding_id, reason=reason)
        return self._giving_up("return", self._clew.holdings.ReturnLead, request, self.rep.caller, held)

    def _reclaim(self) -> Planned | None:
        if (held := self._one_held()) is None:
            return None
        request = holdings_pb2.ReclaimLeadRequest(
            request_id=new_request_id(), holding_id=held.holding_id, reason="NEGLECTED"
        )
        return self._giving_up("reclaim", self._clew.holdings.ReclaimLead, request, MANAGER, held)

    def _transfer(self) -> Planned | None:
        if (held := self._one_held()) is None:
            return None
        to = self._rng.choice([rep for rep in self._shared.reps if rep != self.rep])
        request = holdings_pb2.TransferLeadRequest(
            request_id=new_request_id(), holding_id=held.holding_id, rep_code=to.code
        )
        return self._giving_up("transfer", self._clew.holdings.TransferLead, request, MANAGER, held)

    def _convert(self) -> Planned | None:
        if (held := self._one_held()) is None:
            return None
        request = conversion_pb2.ConvertLeadRequest(
            request_id=new_request_id(), lead_id=held.lead_id, holding_id=held.holding_id, epoch=held.epoch
        )
        return self._giving_up("convert", self._clew.conversion.ConvertLead, request, self.rep.caller, held)

    def _giving_up(self, kind: str, method: Any, request: Message, caller: Caller, held: Held) -> Planned:
        del self.held[held.holding_id]
        return Planned(kind, method, request, caller)

    def _take(self, answer: Any) -> None:
        holding = answer.holding
        self.held[holding.holding_id] = Held(holding.lead_id, holding.holding_id, holding.epoch)

    def _one_held(self) -> Held | None:
        return self._rng.choice(list(self.held.values())) if self.held else None

    def _one_pooled(self) -> str | None:
        return self._rng.choice(self._shared.pooled[:RACED_FOR]) if self._shared.pooled else None

    def _any_lead(self) -> str | None:
        return self._rng.choice(self._shared.leads) if self._shared.leads else None


def submission(email: str, region: str) -> intake_pb2.SubmitLeadRequest:
    return intake_pb2.SubmitLeadRequest(
        request_id=new_request_id(),
        source=Source(kind=SourceKind.SOURCE_KIND_INDIRECT, channel=CHANNEL),
        person=intake_pb2.Person(name="韩梅梅", email=email),
        attributes=intake_pb2.Attributes(industry="制造业", company_size=120, region=region),
    )
