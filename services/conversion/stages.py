"""The stages of a conversion: asked for, then either made and finished, or ended without effect."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.shared.refusals import Refused


class State(StrEnum):
    REQUESTED = "REQUESTED"
    COMMITTED = "COMMITTED"
    COMPLETED = "COMPLETED"
    REFUSED = "REFUSED"
    ABANDONED = "ABANDONED"


class Task(StrEnum):
    """What a conversion's run is to do."""

    COMMIT = "COMMIT"
    FINISH = "FINISH"
    # Intake does not know who owns open opportunities of the account now.
    TELL = "TELL"
    NONE = "NONE"


class AccountChoice(StrEnum):
    # The account that intake matches, or else a new one.
    MATCHED = "MATCHED"
    EXISTING = "EXISTING"
    NEW = "NEW"


class OpportunityChoice(StrEnum):
    EXISTING = "EXISTING"
    NEW = "NEW"


# From the commit on forward only.
MADE = frozenset({State.COMMITTED, State.COMPLETED})
WITHOUT_EFFECT = frozenset({State.REFUSED, State.ABANDONED})


@dataclass(frozen=True)
class Conversion:
    conversion_id: UUID
    lead_id: UUID
    holding_id: UUID
    epoch: int
    state: State
    account_id: UUID
    contact_id: UUID
    opportunity_id: UUID
    account_choice: AccountChoice
    opportunity_choice: OpportunityChoice
    amount_minor: int
    currency: str
    product: str
    account_created: bool | None
    converter_id: str
    by_manager: bool
    reason: str | None
    requested_at: datetime
    committed_at: datetime | None
    completed_at: datetime | None

    def task(self, *, owners_owed: bool) -> Task:
        """`owners_owed`: intake is to be told who owns open opportunities of the account."""
        if self.state is State.REQUESTED:
            return Task.COMMIT
        if self.state is State.COMMITTED:
            return Task.FINISH
        return Task.TELL if self.state is State.COMPLETED and owners_owed else Task.NONE


class ConversionEnded(Refused):
    def __init__(self, conversion: Conversion) -> None:
        super().__init__(
            "CONVERSION_ENDED",
            f"The conversion {conversion.conversion_id} is {conversion.state}: ask for a new one.",
            conversion_id=str(conversion.conversion_id),
            state=conversion.state,
        )


class NotCommitted(Refused):
    def __init__(self, conversion: Conversion) -> None:
        super().__init__(
            "ILLEGAL_TRANSITION",
            f"The conversion {conversion.conversion_id} is {conversion.state}; it is completed after its commit.",
            state=conversion.state,
            verb="CompleteConversion",
            allowed="CommitConversion, AbandonConversion",
        )
