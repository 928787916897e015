"""A schedule as it is stored with the holding and in the ledger."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.routing.calendars.working_time import Stop
from services.routing.holdings.entries import Entry
from services.routing.holdings.follow_ups import Because
from services.routing.holdings.schedule import DueCause, ReminderTime, Schedule, Told


def to_json(schedule: Schedule) -> dict[str, Any]:
    return {
        "policy_version": schedule.policy_version,
        "calendar_version": schedule.calendar_version,
        "started_at": schedule.started_at.isoformat(),
        "told": [
            {"entry": told.entry.to_json(), "because": list(told.because), "words": told.words}
            for told in schedule.told
        ],
        "first_response_due_at": schedule.first_response_due_at.isoformat(),
        "first_responded_at": _stored(schedule.first_responded_at),
        "protected_until": schedule.protected_until.isoformat(),
        "maximum_at": schedule.maximum_at.isoformat(),
        "locked_until": _stored(schedule.locked_until),
        "due_at": schedule.due_at.isoformat(),
        "due_cause": schedule.due_cause,
        "reminders": [{"step": reminder.step, "at": reminder.at.isoformat()} for reminder in schedule.reminders],
        "attempts_counted": schedule.attempts_counted,
        "passed_over": [
            {"start": stop.start.isoformat(), "end": stop.end.isoformat(), "why": stop.why}
            for stop in schedule.passed_over
        ],
        "provisional_years": list(schedule.provisional_years),
        "because": list(schedule.because),
    }


def from_json(stored: Mapping[str, Any]) -> Schedule:
    """What the first version stored has no entries: the migration wrote them for open holdings."""
    return Schedule(
        policy_version=stored["policy_version"],
        calendar_version=stored.get("calendar_version", ""),
        started_at=datetime.fromisoformat(stored["started_at"]),
        told=tuple(
            Told(
                Entry.from_json(told["entry"]),
                tuple(Because(because) for because in told["because"]),
                told["words"],
            )
            for told in stored.get("told", ())
        ),
        first_response_due_at=datetime.fromisoformat(stored["first_response_due_at"]),
        first_responded_at=_read(stored["first_responded_at"]),
        protected_until=datetime.fromisoformat(stored["protected_until"]),
        maximum_at=datetime.fromisoformat(stored["maximum_at"]),
        locked_until=_read(stored.get("locked_until")),
        due_at=datetime.fromisoformat(stored["due_at"]),
        due_cause=DueCause(stored["due_cause"]),
        reminders=tuple(
            ReminderTime(reminder["step"], datetime.fromisoformat(reminder["at"])) for reminder in stored["reminders"]
        ),
        attempts_counted=stored.get("attempts_counted", 0),
        passed_over=tuple(
            Stop(datetime.fromisoformat(stop["start"]), datetime.fromisoformat(stop["end"]), stop["why"])
            for stop in stored.get("passed_over", ())
        ),
        provisional_years=tuple(stored.get("provisional_years", ())),
        because=tuple(stored["because"]),
    )


def _stored(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None


def _read(stored: str | None) -> datetime | None:
    return datetime.fromisoformat(stored) if stored else None
