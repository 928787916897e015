"""What a follow-up moves: the first response, protection, or nothing, and why.

The instant at which the server received it decides, never the one at which it is said to have happened. A
deadline that has passed has passed: a follow-up received at or after `due_at` is kept and moves nothing, also
in the moment before the lead is taken back, so that a recall never depends on how busy the sweep was.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.routing.holdings.schedule import Move, MoveKind, Schedule, extended_until
from services.routing.policy import Policy
from services.shared.refusals import InvalidInput


class Kind(StrEnum):
    """By which means."""

    CALL = "CALL"
    EMAIL = "EMAIL"
    MESSAGE = "MESSAGE"
    MEETING = "MEETING"
    VISIT = "VISIT"


class Direction(StrEnum):
    """Who reached out."""

    OUTBOUND = "OUTBOUND"
    INBOUND = "INBOUND"


class Outcome(StrEnum):
    """What came of it."""

    CONNECTED = "CONNECTED"
    REPLIED = "REPLIED"
    MET = "MET"
    NO_ANSWER = "NO_ANSWER"
    WRONG_NUMBER = "WRONG_NUMBER"
    SYSTEM = "SYSTEM"


ATTEMPTS = frozenset({Outcome.NO_ANSWER, Outcome.WRONG_NUMBER})


class Because(StrEnum):
    """Why a follow-up counted, or why not."""

    FIRST_RESPONSE_MET = "FIRST_RESPONSE_MET"
    EXTENDED = "EXTENDED"
    ATTEMPT_EXTENDED = "ATTEMPT_EXTENDED"
    NOT_LATER = "NOT_LATER"
    AT_MAXIMUM = "AT_MAXIMUM"
    ATTEMPTS_EXHAUSTED = "ATTEMPTS_EXHAUSTED"
    ATTEMPT_TOO_SOON = "ATTEMPT_TOO_SOON"
    SYSTEM = "SYSTEM"
    AFTER_THE_END = "AFTER_THE_END"


@dataclass(frozen=True)
class Weighed:
    """The moves of a follow-up, and why these."""

    moves: tuple[Move, ...]
    because: tuple[Because, ...]

    @property
    def counted(self) -> bool:
        return bool(self.moves)


def check_outcome(direction: Direction, outcome: Outcome) -> None:
    """An attempt is ours: what reached us was no attempt that failed."""
    if direction is Direction.INBOUND and outcome in ATTEMPTS:
        raise InvalidInput(
            "outcome",
            f"An inbound follow-up cannot end in {outcome}: say OUTBOUND for an attempt of ours, "
            "or CONNECTED, REPLIED, MET or SYSTEM for one of theirs.",
        )


def weigh(policy: Policy, schedule: Schedule, direction: Direction, outcome: Outcome, received_at: datetime) -> Weighed:
    """What a follow-up to an open holding moves."""
    if received_at >= schedule.due_at:
        return Weighed((), (Because.AFTER_THE_END,))
    if outcome is Outcome.SYSTEM:
        return Weighed((), (Because.SYSTEM,))
    moves: list[Move] = []
    because: list[Because] = []
    if direction is Direction.OUTBOUND and schedule.first_responded_at is None:
        moves.append(Move(MoveKind.FIRST_RESPONSE_MET, received_at))
        because.append(Because.FIRST_RESPONSE_MET)
    kind = MoveKind.ATTEMPT_EXTENDED if outcome in ATTEMPTS else MoveKind.EXTENDED
    verdict = _weigh_extension(policy, schedule, kind, received_at)
    because.append(verdict)
    if verdict in {Because.EXTENDED, Because.ATTEMPT_EXTENDED}:
        moves.append(Move(kind, received_at))
    return Weighed(tuple(moves), tuple(because))


def _weigh_extension(policy: Policy, schedule: Schedule, kind: MoveKind, received_at: datetime) -> Because:
    """Only what makes protection last longer counts: an early attempt uses up none of those counted."""
    if schedule.protected_until >= schedule.maximum_at:
        return Because.AT_MAXIMUM
    until = extended_until(policy, schedule.started_at, kind, received_at)
    if until <= schedule.protected_until:
        return Because.NOT_LATER
    if kind is MoveKind.EXTENDED:
        return Because.EXTENDED
    if schedule.attempts_counted >= policy.attempts_counted:
        return Because.ATTEMPTS_EXHAUSTED
    last = schedule.last_attempt_at
    if last is not None and received_at < policy.attempt_interval.after(last):
        return Because.ATTEMPT_TOO_SOON
    return Because.ATTEMPT_EXTENDED
