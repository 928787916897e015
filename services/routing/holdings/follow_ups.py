"""Follow-ups: what a rep may note of them, and the reasons why one counts or does not (schedule.py weighs them)."""

from enum import StrEnum

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
    VOIDED = "VOIDED"


MOVING = frozenset({Because.FIRST_RESPONSE_MET, Because.EXTENDED, Because.ATTEMPT_EXTENDED})


def check_outcome(direction: Direction, outcome: Outcome) -> None:
    """An attempt is ours: what reached us was no attempt that failed."""
    if direction is Direction.INBOUND and outcome in ATTEMPTS:
        raise InvalidInput(
            "outcome",
            f"An inbound follow-up cannot end in {outcome}: say OUTBOUND for an attempt of ours, "
            "or CONNECTED, REPLIED, MET or SYSTEM for one of theirs.",
        )
