"""What happened to a holding and matters to its deadlines, in the order in which the server received it.

From the policy, the start, the working time and these entries all deadlines follow (schedule.py): nothing that was
computed before is kept as a truth of its own. So a follow-up that is voided, a calendar that is corrected, a leave
that is approved late or a policy that is re-based need no case of their own: everything is computed again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from services.routing.holdings.follow_ups import Direction, Outcome


class EntryKind(StrEnum):
    FOLLOW_UP = "FOLLOW_UP"
    # The rep accepted the lead: a first response in itself.
    ACCEPTED = "ACCEPTED"
    # Nothing is due until `until`, and a notice floor after it.
    LOCKED = "LOCKED"
    UNLOCKED = "UNLOCKED"
    # The manager granted more time: protected until `until`.
    EXTENSION_GRANTED = "EXTENSION_GRANTED"
    # A conversion (`id`) ended without effect: the holder could do nothing meanwhile.
    CONVERSION_RELEASED = "CONVERSION_RELEASED"
    # What follows made the deadline earlier, or could have: nothing is due before `until`.
    FOLLOW_UP_VOIDED = "FOLLOW_UP_VOIDED"
    REBASED = "REBASED"
    # The policy was disabled: nothing is due until it is enabled again, and then a notice floor is left.
    SUSPENDED = "SUSPENDED"
    RESUMED = "RESUMED"
    # Due, but never warned through an outage of ours: nothing is due before `until`.
    UNWARNED = "UNWARNED"
    # The holder owns an open opportunity on the lead's matched account: nothing is due until he owns none any more,
    # and then a notice floor is left.
    EXEMPTED = "EXEMPTED"
    EXEMPTION_ENDED = "EXEMPTION_ENDED"


@dataclass(frozen=True)
class Entry:
    """One of them; `at` is when the server received it."""

    kind: EntryKind
    at: datetime
    # Of the follow-up, the extension or the conversion. What is told twice counts once.
    id: str = ""
    outcome: Outcome | None = None
    direction: Direction | None = None
    until: datetime | None = None
    # Why it was re-based, such as `standard@3`.
    cause: str = ""
    # Of a follow-up: struck out by a manager.
    voided: bool = False

    def to_json(self) -> dict[str, Any]:
        stored = {
            "kind": self.kind,
            "at": self.at.isoformat(),
            "id": self.id,
            "outcome": self.outcome,
            "direction": self.direction,
            "until": self.until and self.until.isoformat(),
            "cause": self.cause,
            "voided": self.voided,
        }
        return {name: value for name, value in stored.items() if value}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Entry":
        return cls(
            kind=EntryKind(stored["kind"]),
            at=datetime.fromisoformat(stored["at"]),
            id=stored.get("id", ""),
            outcome=Outcome(stored["outcome"]) if "outcome" in stored else None,
            direction=Direction(stored["direction"]) if "direction" in stored else None,
            until=datetime.fromisoformat(stored["until"]) if "until" in stored else None,
            cause=stored.get("cause", ""),
            voided=stored.get("voided", False),
        )
