"""Assignment: the first rule that holds decides, and round robin chooses among a team's reps.

Round robin gives to whoever waited longest since any assignment, whoever made it; a rep who never had one comes
first; the rep's id ends every tie, so that the order is total and the same for everybody who asks.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from services.routing.holdings.limits import LimitScope, Room
from services.routing.ledger import Candidate

NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Rule:
    """Exactly one of the two outcomes is set."""

    rule_id: str
    expression: str
    assign_team_code: str = ""
    pool_code: str = ""


@dataclass(frozen=True)
class RuleSet:
    """What was published at once. Version 0 is before the first publication."""

    version: int
    rules: tuple[Rule, ...] = ()

    def first_match(self, holds: Callable[[str], bool]) -> Rule | None:
        return next((rule for rule in self.rules if holds(rule.expression)), None)

    def version_text(self, rule: Rule | None) -> str | None:
        """How a decision names what decided, such as `assignment@3/east`; nothing before the first publication."""
        if not self.version:
            return None
        return f"assignment@{self.version}" + (f"/{rule.rule_id}" if rule else "")


@dataclass(frozen=True)
class Member:
    """A rep who might be given a lead."""

    rep_id: UUID
    rep_code: str
    active: bool
    last_assigned_at: datetime | None
    # Under the first limit that is full, or else under that of all his holdings.
    room: Room
    scope: LimitScope = LimitScope.REP


def by_waiting(members: Iterable[Member]) -> list[Member]:
    """Whoever waited longest first; total."""
    return sorted(members, key=lambda member: (member.last_assigned_at or NEVER, member.rep_id))


def verdicts(members: Sequence[Member], returned_by: Collection[UUID]) -> tuple[Candidate, ...]:
    """Everybody in the order of choice, with what became of it; at most one is CHOSEN."""
    chosen = False
    considered = []
    for member in by_waiting(members):
        verdict = "WAITED_LESS"
        if not member.active:
            verdict = "INACTIVE"
        elif member.rep_id in returned_by:
            verdict = "RETURNED_IT"
        elif member.room.full:
            verdict = "NO_ROOM" if member.scope is LimitScope.REP else f"NO_ROOM_FOR_{member.scope}"
        elif not chosen:
            verdict, chosen = "CHOSEN", True
        considered.append(
            Candidate(
                rep_id=member.rep_id,
                rep_code=member.rep_code,
                verdict=verdict,
                held=member.room.held,
                limit=member.room.limit,
                last_assigned_at=member.last_assigned_at,
            )
        )
    return tuple(considered)


def unknown_rep(rep_id: UUID) -> Candidate:
    """Somebody who is named and whom routing does not know: passed over, and said so."""
    return Candidate(rep_id, str(rep_id), "UNKNOWN", held=0, limit=0, last_assigned_at=None)


def chosen_of(candidates: Iterable[Candidate]) -> Candidate | None:
    return next((candidate for candidate in candidates if candidate.verdict == "CHOSEN"), None)
