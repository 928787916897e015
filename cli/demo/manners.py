"""How each simulated rep works: what he does with a lead, and when, counted from when he got it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from clew.routing.v1 import holdings_pb2 as pb


@dataclass(frozen=True)
class FollowUp:
    outcome: pb.FollowUpOutcome
    kind: pb.FollowUpKind = pb.FOLLOW_UP_KIND_CALL


@dataclass(frozen=True)
class Return:
    reason: str


@dataclass(frozen=True)
class Convert:
    pass


@dataclass(frozen=True)
class Step:
    after: float  # seconds
    act: FollowUp | Return | Convert


CONNECTED = FollowUp(pb.FOLLOW_UP_OUTCOME_CONNECTED)
MET = FollowUp(pb.FOLLOW_UP_OUTCOME_MET, pb.FOLLOW_UP_KIND_VISIT)
NO_ANSWER = FollowUp(pb.FOLLOW_UP_OUTCOME_NO_ANSWER)

Manner = Callable[[Random], list[Step]]


def _diligent(rng: Random) -> list[Step]:
    """In time, and again before protection ends; some are won, some given back."""
    first = Step(rng.uniform(0.6, 2.0), CONNECTED)
    if rng.random() < 0.5:
        return [first, Step(rng.uniform(3.0, 4.5), Convert())]
    return [first, Step(rng.uniform(4.8, 6.0), MET), Step(rng.uniform(6.5, 8.5), Return("NOT_INTERESTED"))]


def _closes(rng: Random) -> list[Step]:
    return [Step(rng.uniform(0.5, 1.2), CONNECTED), Step(rng.uniform(2.0, 3.5), Convert())]


def _sleeps(_: Random) -> list[Step]:
    return []


def _forgets(rng: Random) -> list[Step]:
    """Answers in time and never again: protection runs out."""
    return [Step(rng.uniform(0.8, 3.0), CONNECTED)]


def _holds_on(_: Random) -> list[Step]:
    """Follows up for ever: only the maximum ends it."""
    return [Step(1.0 + 3.0 * n, CONNECTED) for n in range(6)]


def _late(rng: Random) -> list[Step]:
    """After the first response was due: kept on the trail, counted for nothing."""
    return [Step(rng.uniform(4.2, 5.0), CONNECTED)]


def _returns(rng: Random) -> list[Step]:
    reason = rng.choice(("UNREACHABLE", "NOT_INTERESTED", "DEAD_NUMBER", "NOT_A_BUYER", "WRONG_REP"))
    return [Step(rng.uniform(0.8, 1.6), NO_ANSWER), Step(rng.uniform(2.2, 3.4), Return(reason))]


MANNERS: Mapping[str, Manner] = {
    "diligent": _diligent,
    "closes": _closes,
    "sleeps": _sleeps,
    "forgets": _forgets,
    "holds on": _holds_on,
    "late": _late,
    "returns": _returns,
}
