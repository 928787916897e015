"""The words that workflows and activities exchange: plain data, readable in the Temporal UI, nothing personal.

States and tasks are plain text: a newer service may name one that is unknown here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from services.shared.events import Wakes, workflow_id

# A message as its JSON, carried from one service to another and read by neither workflow nor activity.
Carried = Mapping[str, Any]


class LeadTask(StrEnum):
    """What routing wants done for a lead."""

    HAND_OVER = "HAND_OVER"
    SCORE = "SCORE"
    ROUTE = "ROUTE"
    ADVANCE = "ADVANCE"
    END_LEASE = "END_LEASE"
    WAIT = "WAIT"
    NONE = "NONE"
    # Never routing's answer: it refused to answer.
    ASK_AGAIN = "ASK_AGAIN"


class ConversionTask(StrEnum):
    """What conversion wants done for a conversion."""

    COMMIT = "COMMIT"
    FINISH = "FINISH"
    TELL = "TELL"
    NONE = "NONE"
    # Never conversion's answer: it refused to answer.
    ASK_AGAIN = "ASK_AGAIN"


@dataclass(frozen=True)
class RunEnd:
    """How a run ended: the state it left behind, and why nothing is pending."""

    state: str
    reason: str


UNKNOWN = "UNKNOWN"


@dataclass(frozen=True)
class LeadWork:
    """Routing's answer to "what is to be done?"."""

    task: str
    state: str = ""
    lead_version: int = 0
    holding_id: str = ""
    epoch: int = 0
    conversion_id: str = ""
    wake_at: datetime | None = None
    wake_in: float | None = None  # seconds by the database's clock: the one to sleep by
    owner_id: str = ""
    owner_code: str = ""
    due_at: datetime | None = None
    why: str = ""
    facts: Carried | None = None  # with SCORE only
    hidden: bool = False
    access_version: int = 0
    collaborator_ids: list[str] = field(default_factory=list)

    @property
    def access(self) -> "Access":
        """Who sees the lead and the person behind it."""
        return Access(
            self.owner_id, self.owner_code, self.epoch, self.hidden, self.access_version, self.collaborator_ids
        )


@dataclass(frozen=True)
class Facts:
    """What intake knows of a lead, and how far routing has taken it."""

    lead_id: str
    facts: Carried
    version: int
    taken_version: int
    captured_by: str
    account_owner: str
    reenquiries: int
    # Ids of the reps who own open opportunities of the matched account.
    opportunity_owners: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Score:
    """What scoring says of a lead, and how far routing has taken it."""

    lead_id: str
    version: int
    taken_version: int
    fit_score: int
    behavior_score: int
    grade: str
    maturities: int
    rules_version: int


@dataclass(frozen=True)
class TakeFacts:
    request_id: str
    facts: Facts


@dataclass(frozen=True)
class TakeScore:
    request_id: str
    score: Score


@dataclass(frozen=True)
class Taken:
    """Routing has taken a lead up to this version."""

    request_id: str
    lead_id: str
    version: int


@dataclass(frozen=True)
class ToScore:
    request_id: str
    facts: Carried


@dataclass(frozen=True)
class ToRoute:
    request_id: str
    lead_id: str


@dataclass(frozen=True)
class Access:
    """Who sees the person behind a lead: the rep who holds it and his collaborators, or nobody, as of an epoch.

    A hidden lead is seen by no other rep at all, as of a version that is 0 until somebody beside the holder matters.
    """

    holder_id: str
    holder_code: str
    epoch: int
    hidden: bool = False
    version: int = 0
    collaborator_ids: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class SetAccess:
    request_id: str
    lead_id: str
    access: Access


@dataclass(frozen=True)
class ToAdvance:
    request_id: str
    holding_id: str


class Effect(StrEnum):
    """What a step of a holding did."""

    REMINDED = "REMINDED"
    RECALLED = "RECALLED"
    NOT_DUE = "NOT_DUE"
    ENDED = "ENDED"


@dataclass(frozen=True)
class Advanced:
    effect: str
    wake_in: float | None = None


@dataclass(frozen=True)
class ConversionWork:
    """Conversion's answer to "what is to be done?"."""

    task: str
    state: str = ""
    conversion_id: str = ""
    lead_id: str = ""
    holding_id: str = ""
    epoch: int = 0
    converter_id: str = ""
    by_manager: bool = False
    account_id: str = ""
    contact_id: str = ""
    account_owner_id: str = ""
    reason: str = ""
    # Ids of the reps who own open opportunities of the account, at conversion's version of them.
    opportunity_owners: list[str] = field(default_factory=list)
    opportunities_version: int = 0


@dataclass(frozen=True)
class ToLease:
    request_id: str
    holding_id: str
    epoch: int
    conversion_id: str
    converter_id: str
    by_manager: bool
    lease_for: float  # seconds
    lead_id: str = ""


@dataclass(frozen=True)
class Lease:
    """Until when a holding waits for its conversion, and whose it is."""

    rep_id: str
    until: datetime


@dataclass(frozen=True)
class OfConversion:
    """A step of routing's about a holding and the conversion that leases it."""

    request_id: str
    holding_id: str
    conversion_id: str


@dataclass(frozen=True)
class ToComplete:
    request_id: str
    conversion_id: str
    # Of the opportunities' owners that intake was told with the keys.
    told_version: int = 0


@dataclass(frozen=True)
class Match:
    """Whom intake knows the lead's company and person to be."""

    account_id: str
    contact_id: str
    organisation_id: str
    person_id: str
    facts: Carried = field(default_factory=dict)


@dataclass(frozen=True)
class ToCommit:
    request_id: str
    conversion_id: str
    rep_id: str
    match: Match


# The states of a conversion that can only go forward.
COMMITTED = frozenset({"COMMITTED", "COMPLETED"})


class AbandonCause(StrEnum):
    LEASE_REFUSED = "LEASE_REFUSED"
    LEASE_ENDED = "LEASE_ENDED"


@dataclass(frozen=True)
class ToAbandon:
    request_id: str
    conversion_id: str
    cause: AbandonCause
    reason: str = ""


@dataclass(frozen=True)
class ToRegister:
    request_id: str
    lead_id: str
    account_id: str
    contact_id: str
    account_owner_id: str
    opportunity_owners: list[str] = field(default_factory=list)
    opportunities_version: int = 0


@dataclass(frozen=True)
class ToTell:
    """Who owns open opportunities of an account now."""

    request_id: str
    account_id: str
    opportunity_owners: list[str]
    opportunities_version: int


@dataclass(frozen=True)
class OwnersTold:
    """Intake knows them, as of this version."""

    request_id: str
    conversion_id: str
    version: int


@dataclass(frozen=True)
class Look:
    """A span of time in which runs closed, and the page of them that is looked at."""

    since: datetime
    until: datetime
    page: str = ""


@dataclass(frozen=True)
class BrokenRun:
    """A run that closed otherwise than of its own will."""

    wakes: Wakes
    subject: str
    run_id: str
    status: str

    @property
    def workflow_id(self) -> str:
        return workflow_id(self.wakes, self.subject)


@dataclass(frozen=True)
class BrokenRuns:
    runs: list[BrokenRun]
    next_page: str


@dataclass(frozen=True)
class LookOn:
    """Where a long look goes on in a new history."""

    look: Look
    begun_again: int


@dataclass(frozen=True)
class Drift:
    """What a look found: until when it looked, and how many runs had to be begun again."""

    looked_until: datetime
    begun_again: int = 0
