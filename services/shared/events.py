"""What can happen to a lead, and whom it wakes. The one file here that knows leads.

Only what can create or change something pending wakes a run; an event that the lead's own run wrote (`by_run`)
never wakes it again.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID


class Wakes(StrEnum):
    NONE = "none"
    LEAD = "lead"
    CONVERSION = "conversion"


EVENT_KINDS: Mapping[str, Wakes] = MappingProxyType(
    {
        # intake
        "lead_created": Wakes.LEAD,
        "lead_attached": Wakes.LEAD,
        "facts_changed": Wakes.LEAD,
        "review_opened": Wakes.NONE,
        "note_added": Wakes.NONE,
        "person_read": Wakes.NONE,
        "access_set": Wakes.NONE,
        "keys_registered": Wakes.NONE,
        # scoring
        "lead_scored": Wakes.LEAD,
        "engagement_recorded": Wakes.NONE,
        "grade_changed": Wakes.LEAD,
        "maturity_reached": Wakes.LEAD,
        # routing
        "lead_opened": Wakes.LEAD,
        "facts_updated": Wakes.LEAD,
        "score_updated": Wakes.LEAD,
        "lead_routed": Wakes.LEAD,
        "lead_claimed": Wakes.LEAD,
        "lead_assigned": Wakes.LEAD,
        "lead_returned": Wakes.LEAD,
        "lead_reclaimed": Wakes.LEAD,
        "lead_transferred": Wakes.LEAD,
        "lead_recalled": Wakes.LEAD,
        "lead_disqualified": Wakes.LEAD,
        "lead_reopened": Wakes.LEAD,
        "lead_moved": Wakes.NONE,
        "access_changed": Wakes.LEAD,
        "lead_rested": Wakes.NONE,
        "lead_dormant": Wakes.NONE,
        "lead_unassigned": Wakes.NONE,
        "lead_voided": Wakes.LEAD,
        "lead_accepted": Wakes.LEAD,
        "deadline_rebased": Wakes.LEAD,
        "holding_postponed": Wakes.LEAD,
        "holding_locked": Wakes.LEAD,
        "holding_unlocked": Wakes.LEAD,
        "holding_exempted": Wakes.LEAD,
        "exemption_ended": Wakes.LEAD,
        "extension_requested": Wakes.NONE,
        "extension_decided": Wakes.LEAD,
        "follow_up_voided": Wakes.LEAD,
        "follow_up_planned": Wakes.NONE,
        "plan_cancelled": Wakes.NONE,
        "lead_rejected": Wakes.LEAD,
        "lead_handed_off": Wakes.LEAD,
        "stage_entered": Wakes.NONE,
        "collaborator_added": Wakes.LEAD,
        "collaborator_removed": Wakes.LEAD,
        "follow_up_logged": Wakes.LEAD,
        "reminder_sent": Wakes.NONE,
        "notice_acknowledged": Wakes.NONE,
        "holding_leased": Wakes.LEAD,
        "lease_released": Wakes.LEAD,
        "holding_converted": Wakes.LEAD,
        "work_nudged": Wakes.LEAD,
        # conversion
        "conversion_requested": Wakes.CONVERSION,
        "conversion_nudged": Wakes.CONVERSION,
        "conversion_refused": Wakes.NONE,
        "conversion_committed": Wakes.NONE,
        "conversion_abandoned": Wakes.NONE,
        "conversion_completed": Wakes.NONE,
        "opportunity_closed": Wakes.CONVERSION,
    }
)


def workflow_id(wakes: Wakes, subject: UUID | str) -> str:
    """The one place that formats workflow ids: `lead/{lead_id}`, `conversion/{conversion_id}`."""
    return f"{wakes}/{subject}"
