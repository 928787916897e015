"""A holding's deadlines. This one function computes what is shown and what is enforced.

Three clocks run from the start of a holding:

- the first response: an attempt to reach the lead must be received before `first_response_due_at`;
- protection: lasts until `protected_until`, and each follow-up that counts may make it last longer;
- the maximum: over `maximum_at` no follow-up goes.

The earliest that applies is `due_at`: at that instant the lead is recalled. What happened to a holding is a
list of moves (follow_ups.py decides which follow-up is one); from the policy, the start and the moves
everything follows, so computing it again gives the same. Only a conversion that ended without effect may lead
over the maximum: the holder could do nothing meanwhile, so nothing is due before the notice floor after it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from services.routing.policy import Policy


class DueCause(StrEnum):
    """Which clock a deadline is of."""

    FIRST_RESPONSE = "FIRST_RESPONSE"
    PROTECTION = "PROTECTION"
    MAXIMUM = "MAXIMUM"


class MoveKind(StrEnum):
    """What moved a clock."""

    FIRST_RESPONSE_MET = "FIRST_RESPONSE_MET"
    EXTENDED = "EXTENDED"
    ATTEMPT_EXTENDED = "ATTEMPT_EXTENDED"
    CONVERSION_RELEASED = "CONVERSION_RELEASED"


@dataclass(frozen=True)
class Move:
    """Something that moved a clock, at the instant when the server received it."""

    kind: MoveKind
    at: datetime
    # Of a conversion that ended without effect: told twice, it moves once.
    conversion_id: str | None = None


@dataclass(frozen=True)
class ReminderTime:
    """A reminder of the present deadline."""

    step: str
    at: datetime


@dataclass(frozen=True)
class Schedule:
    """The deadlines of a holding and where they come from."""

    policy_version: str
    started_at: datetime
    moves: tuple[Move, ...]
    first_response_due_at: datetime
    first_responded_at: datetime | None
    protected_until: datetime
    maximum_at: datetime
    due_at: datetime
    due_cause: DueCause
    # Ascending, between the last move and the deadline: what would be late is dropped.
    reminders: tuple[ReminderTime, ...]
    because: tuple[str, ...]

    @property
    def wake_at(self) -> datetime:
        """The first instant at which anything happens."""
        return self.reminders[0].at if self.reminders else self.due_at

    @property
    def attempts_counted(self) -> int:
        return len(self._attempts())

    @property
    def last_attempt_at(self) -> datetime | None:
        attempts = self._attempts()
        return attempts[-1].at if attempts else None

    def released(self, conversion_id: str) -> bool:
        """That conversion has ended without effect here."""
        return any(move.conversion_id == conversion_id for move in self.moves)

    def _attempts(self) -> list[Move]:
        return [move for move in self.moves if move.kind is MoveKind.ATTEMPT_EXTENDED]


@dataclass(frozen=True)
class _Clock:
    """A deadline, and since when it stands there."""

    since: datetime
    until: datetime

    def moved_to(self, until: datetime, at: datetime) -> "_Clock":
        """Never earlier: what would be earlier moves nothing."""
        return _Clock(at, until) if until > self.until else self


def compute_schedule(policy: Policy, policy_version: str, started_at: datetime, moves: Sequence[Move] = ()) -> Schedule:
    maximum_at = policy.maximum.after(started_at)
    first_response = _Clock(started_at, policy.first_response.after(started_at))
    protection = _Clock(started_at, min(policy.protection.after(started_at), maximum_at))
    first_responded_at: datetime | None = None
    attempts = 0
    because = [
        f"Began {in_words(started_at)} under {policy_version}: first response within "
        f"{policy.first_response}, protected for {policy.protection}, at most {policy.maximum}."
    ]
    for move in moves:
        if move.kind is MoveKind.FIRST_RESPONSE_MET:
            first_responded_at = move.at
            because.append(f"First response received {in_words(move.at)}.")
        elif move.kind is MoveKind.CONVERSION_RELEASED:
            floor = policy.notice_floor.after(move.at)
            if first_responded_at is None:
                first_response = first_response.moved_to(floor, move.at)
            protection = protection.moved_to(floor, move.at)
            because.append(
                f"A conversion ended without effect {in_words(move.at)}: "
                f"nothing is due before {in_words(floor)} ({policy.notice_floor} later)."
            )
        else:
            until = extended_until(policy, started_at, move.kind, move.at)
            protection = protection.moved_to(until, move.at)
            attempts += move.kind is MoveKind.ATTEMPT_EXTENDED
            because.append(_extension_in_words(policy, move, until, maximum_at, attempts))

    present, due_cause = protection, DueCause.PROTECTION
    if protection.until >= maximum_at:
        due_cause = DueCause.MAXIMUM
    if first_responded_at is None and first_response.until <= protection.until:
        present, due_cause = first_response, DueCause.FIRST_RESPONSE
    return Schedule(
        policy_version=policy_version,
        started_at=started_at,
        moves=tuple(moves),
        first_response_due_at=first_response.until,
        first_responded_at=first_responded_at,
        protected_until=protection.until,
        maximum_at=maximum_at,
        due_at=present.until,
        due_cause=due_cause,
        reminders=_reminders(policy, present, moves[-1].at if moves else started_at),
        because=tuple(because),
    )


def extended_until(policy: Policy, started_at: datetime, kind: MoveKind, received_at: datetime) -> datetime:
    """How long protection lasts by a follow-up received then: never over the maximum."""
    extension = policy.attempt_extension if kind is MoveKind.ATTEMPT_EXTENDED else policy.extension
    return min(extension.after(received_at), policy.maximum.after(started_at))


def _reminders(policy: Policy, present: _Clock, set_at: datetime) -> tuple[ReminderTime, ...]:
    """Reminders of the present deadline. Two that fall on one instant are one."""
    by_instant: dict[datetime, ReminderTime] = {}
    for reminder in policy.reminders:
        at = reminder.at(present.since, present.until)
        if set_at < at < present.until:
            by_instant.setdefault(at, ReminderTime(reminder.step, at))
    return tuple(by_instant[at] for at in sorted(by_instant))


DUE_IN_WORDS: Mapping[DueCause, str] = {
    DueCause.FIRST_RESPONSE: "first response is due",
    DueCause.PROTECTION: "protection ends",
    DueCause.MAXIMUM: "the longest time of a holding ends",
}


def in_words(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _extension_in_words(policy: Policy, move: Move, until: datetime, maximum_at: datetime, attempts: int) -> str:
    if move.kind is MoveKind.ATTEMPT_EXTENDED:
        what = f"Attempt {attempts} of {policy.attempts_counted}"
        extension = policy.attempt_extension
    else:
        what, extension = "Follow-up", policy.extension
    why = "the maximum" if until == maximum_at else f"{extension} after receipt"
    return f"{what} received {in_words(move.at)}: protected until {in_words(until)} ({why})."


def to_json(schedule: Schedule) -> dict[str, Any]:
    """What is stored with the holding and in the ledger."""
    return {
        "policy_version": schedule.policy_version,
        "started_at": schedule.started_at.isoformat(),
        "moves": [
            {"kind": move.kind, "at": move.at.isoformat(), "conversion_id": move.conversion_id}
            for move in schedule.moves
        ],
        "first_response_due_at": schedule.first_response_due_at.isoformat(),
        "first_responded_at": schedule.first_responded_at and schedule.first_responded_at.isoformat(),
        "protected_until": schedule.protected_until.isoformat(),
        "maximum_at": schedule.maximum_at.isoformat(),
        "due_at": schedule.due_at.isoformat(),
        "due_cause": schedule.due_cause,
        "reminders": [{"step": reminder.step, "at": reminder.at.isoformat()} for reminder in schedule.reminders],
        "because": list(schedule.because),
    }


def from_json(stored: Mapping[str, Any]) -> Schedule:
    first_responded_at = stored["first_responded_at"]
    return Schedule(
        policy_version=stored["policy_version"],
        started_at=datetime.fromisoformat(stored["started_at"]),
        moves=tuple(
            Move(MoveKind(move["kind"]), datetime.fromisoformat(move["at"]), move["conversion_id"])
            for move in stored["moves"]
        ),
        first_response_due_at=datetime.fromisoformat(stored["first_response_due_at"]),
        first_responded_at=datetime.fromisoformat(first_responded_at) if first_responded_at else None,
        protected_until=datetime.fromisoformat(stored["protected_until"]),
        maximum_at=datetime.fromisoformat(stored["maximum_at"]),
        due_at=datetime.fromisoformat(stored["due_at"]),
        due_cause=DueCause(stored["due_cause"]),
        reminders=tuple(
            ReminderTime(reminder["step"], datetime.fromisoformat(reminder["at"])) for reminder in stored["reminders"]
        ),
        because=tuple(stored["because"]),
    )
