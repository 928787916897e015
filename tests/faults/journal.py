"""What the load did: every act with its request id, its answer, and how each of its calls went."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from google.protobuf.message import Message

from services.shared.callers import Caller


class Ended(StrEnum):
    """How an act ended for its client. Only UNKNOWN may still have had an effect that nobody was told of."""

    OK = "ok"
    REFUSED = "fail"
    UNKNOWN = "unknown"


@dataclass
class Act:
    """One intended act: the same request id over all its calls. Instants are seconds since the epoch."""

    kind: str
    request: Message
    caller: Caller
    began: float
    ended: float = 0.0
    outcome: Ended = Ended.UNKNOWN
    answer: Message | None = None
    reason: str = ""  # of the refusal

    @property
    def request_id(self) -> str:
        return str(getattr(self.request, "request_id", ""))


@dataclass(frozen=True)
class Call:
    """One call as a client of the shipped channel sees it; the channel's own retries are inside."""

    kind: str
    began: float
    ended: float
    status: str  # OK, REFUSED, or the name of the gRPC status

    @property
    def failed(self) -> bool:
        return self.status not in ("OK", "REFUSED")


@dataclass
class Journal:
    acts: list[Act] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    # What must never happen, in words: another answer for the same request id, an error without a type.
    wrong_answers: list[str] = field(default_factory=list)
    untyped_errors: list[str] = field(default_factory=list)
    asked_twice: int = 0

    def begin(self, act: Act) -> Act:
        self.acts.append(act)
        return act

    def ok(self, kind: str) -> Iterator[Act]:
        """Acts of a kind that were acknowledged."""
        return (act for act in self.acts if act.kind == kind and act.outcome is Ended.OK)

    @property
    def unknown(self) -> list[Act]:
        return [act for act in self.acts if act.outcome is Ended.UNKNOWN]

    def tally(self) -> Counter[tuple[str, str]]:
        return Counter((act.kind, str(act.outcome)) for act in self.acts)

    def between(self, began: float, ended: float) -> list[Call]:
        """Calls that were under way in a span of time."""
        return [call for call in self.calls if call.ended >= began and call.began <= ended]
