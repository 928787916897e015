"""Is it somebody we know? The decision over the keys that matched. Never a silent merge.

- One lead by strong keys, and no clearly different name: ATTACHED as a touchpoint.
- A strong key with a clearly different name, or strong keys of several leads: a person decides.
- Only weak keys: a person decides. A company's name alone is no question where the submission has a personal key of
  its own that nobody has: a company has many people, each a lead of its own.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from services.intake.keys import Key, KeyKind
from services.intake.names import differ_clearly


class Outcome(StrEnum):
    CREATED = "CREATED"
    ATTACHED = "ATTACHED"
    IN_REVIEW = "IN_REVIEW"
    REJECTED = "REJECTED"


class ReviewCause(StrEnum):
    WEAK_MATCH = "WEAK_MATCH"
    NAME_DIFFERS = "NAME_DIFFERS"
    SEVERAL_LEADS = "SEVERAL_LEADS"


class KeyOwner(StrEnum):
    LEAD = "LEAD"
    CONTACT = "CONTACT"
    ACCOUNT = "ACCOUNT"


@dataclass(frozen=True)
class Match:
    """A known key, and whom it belongs to. The person is the one of the lead behind it."""

    kind: KeyKind
    owner: KeyOwner
    owner_id: UUID
    lead_id: UUID
    person_name: str
    person_phone: str
    person_email: str
    holder_code: str


@dataclass(frozen=True)
class Identity:
    """Who it is: somebody new, the lead to attach to, or why a person must decide."""

    outcome: Outcome
    lead_id: UUID | None = None
    cause: ReviewCause | None = None


def identify(name: str, keys: Collection[Key], matches: Sequence[Match]) -> Identity:
    strong = [match for match in matches if match.kind.strong]
    leads = {match.lead_id for match in strong}
    if len(leads) > 1:
        return Identity(Outcome.IN_REVIEW, cause=ReviewCause.SEVERAL_LEADS)
    if strong:
        if differ_clearly(name, strong[0].person_name):
            return Identity(Outcome.IN_REVIEW, cause=ReviewCause.NAME_DIFFERS)
        return Identity(Outcome.ATTACHED, strong[0].lead_id)
    has_own_key = any(key.kind.of_a_person for key in keys)
    if any(match.kind is not KeyKind.COMPANY_NAME or not has_own_key for match in matches):
        return Identity(Outcome.IN_REVIEW, cause=ReviewCause.WEAK_MATCH)
    return Identity(Outcome.CREATED)
