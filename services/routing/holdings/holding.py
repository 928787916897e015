"""One ownership of a lead. Its id and epoch fence it: a command that names an older one does nothing."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.routing.calendars.working_time import WorkingTime
from services.routing.holdings.limits import Slot, slots_of
from services.routing.holdings.schedule import Schedule
from services.routing.policy import Policy, version_text


class Origin(StrEnum):
    """How a holding began."""

    CLAIMED = "CLAIMED"
    ASSIGNED = "ASSIGNED"
    RULE = "RULE"
    CAPTURED = "CAPTURED"
    TRANSFERRED = "TRANSFERRED"


class EndCause(StrEnum):
    """How a holding ended."""

    RETURNED = "returned"
    RECLAIMED = "reclaimed"
    RECALLED = "recalled"
    UNANSWERED = "unanswered"
    TRANSFERRED = "transferred"
    CONVERTED = "converted"
    DISQUALIFIED = "disqualified"
    REJECTED = "rejected"
    VOIDED = "voided"


@dataclass(frozen=True)
class Holding:
    holding_id: UUID
    lead_id: UUID
    epoch: int
    rep_id: UUID
    rep_code: str
    origin: Origin
    taken_from_pool_id: UUID | None
    taken_from_pool_code: str
    # As they were at its start; none for a lead without.
    grade: str | None
    product: str | None
    policy_code: str
    policy_version: int
    policy: Policy
    # How time passes for its rep under that policy, as it is known now.
    time: WorkingTime
    started_at: datetime
    schedule: Schedule
    # When anything happens next; none once it has ended.
    wake_at: datetime | None
    conversion_id: UUID | None
    lease_until: datetime | None
    ended_at: datetime | None
    end_cause: EndCause | None

    @property
    def open(self) -> bool:
        return self.ended_at is None

    @property
    def slots(self) -> tuple[Slot, ...]:
        """The places that it takes under the limits, and gives back at its end."""
        return slots_of(self.rep_id, self.taken_from_pool_id, self.grade, self.product)

    @property
    def policy_text(self) -> str:
        return version_text(self.policy_code, self.policy_version)
