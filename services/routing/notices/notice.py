"""What a rep, his managers, or a pool's people must hear of."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class NoticeKind(StrEnum):
    REMINDER = "REMINDER"
    FIRST_RESPONSE_DUTY = "FIRST_RESPONSE_DUTY"
    ASSIGNED = "ASSIGNED"
    RECALLED = "RECALLED"
    RECLAIMED = "RECLAIMED"
    TRANSFERRED = "TRANSFERRED"
    REENQUIRY = "REENQUIRY"
    MATURITY = "MATURITY"
    EXTENSION_REQUESTED = "EXTENSION_REQUESTED"
    EXTENSION_DECIDED = "EXTENSION_DECIDED"
    LONG_LEAVE = "LONG_LEAVE"
    POOL_DWELL = "POOL_DWELL"
    FOLLOW_UP_VOIDED = "FOLLOW_UP_VOIDED"
    PLAN_DUE = "PLAN_DUE"
    REBASED = "REBASED"
    UNASSIGNED = "UNASSIGNED"
    REP_INACTIVE = "REP_INACTIVE"


@dataclass(frozen=True)
class Notice:
    """To a rep, a team's managers or a pool's people; once per (subject, kind, step, deadline).

    The subject is the holding, or the lead when there is none.
    """

    kind: NoticeKind
    lead_id: UUID
    created_at: datetime
    rep_id: UUID | None = None
    pool_id: UUID | None = None
    team_id: UUID | None = None
    holding_id: UUID | None = None
    step: str = ""
    due_at: datetime | None = None
    reason: str | None = None

    @property
    def subject_id(self) -> UUID:
        return self.holding_id or self.lead_id


@dataclass(frozen=True)
class RecordedNotice:
    notice_id: UUID
    kind: NoticeKind
    step: str
    rep_id: UUID | None
    rep_code: str
    pool_code: str
    team_code: str
    lead_id: UUID
    holding_id: UUID | None
    due_at: datetime | None
    reason: str
    created_at: datetime
    acknowledged_at: datetime | None
