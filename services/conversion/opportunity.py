"""An opportunity: open until somebody says that it was won or lost."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.shared.refusals import Denied, InvalidInput, Refused


class OpportunityState(StrEnum):
    OPEN = "OPEN"
    WON = "WON"
    LOST = "LOST"


@dataclass(frozen=True)
class Opportunity:
    opportunity_id: UUID
    account_id: UUID
    owner_id: UUID
    amount_minor: int
    currency: str
    product: str
    state: OpportunityState
    # A code, such as `PRICE`.
    reason: str
    created_at: datetime
    closed_at: datetime | None
    closed_by: str | None


@dataclass(frozen=True)
class OpenOpportunities:
    """Who owns open opportunities of an account, as of a version, and the version that intake was told."""

    owners: Collection[UUID]
    version: int
    told: int


class OpportunityClosed(Refused):
    def __init__(self, opportunity: Opportunity) -> None:
        super().__init__(
            "OPPORTUNITY_CLOSED",
            f"The opportunity {opportunity.opportunity_id} is {opportunity.state} since "
            f"{opportunity.closed_at:%Y-%m-%d %H:%M} UTC: it stays so. Convert the next lead into a new one.",
            opportunity_id=str(opportunity.opportunity_id),
            state=opportunity.state,
        )


class NotYours(Denied):
    def __init__(self, opportunity_id: UUID) -> None:
        super().__init__(
            "NOT_YOURS",
            f"The opportunity {opportunity_id} is another rep's: its owner or a manager closes it.",
            kind="opportunity",
            id=str(opportunity_id),
        )


def check_outcome(outcome: OpportunityState, reason: str) -> None:
    """Raises InvalidInput."""
    if outcome is OpportunityState.LOST and not reason:
        raise InvalidInput("reason", "Say why it was lost, as a code such as PRICE: the next lead begins with that.")


def to_be_closed(opportunity: Opportunity, outcome: OpportunityState) -> bool:
    """False when it ended so before. Raises OpportunityClosed when it ended otherwise."""
    if opportunity.state is OpportunityState.OPEN:
        return True
    if opportunity.state is not outcome:
        raise OpportunityClosed(opportunity)
    return False
