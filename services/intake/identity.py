"""Is it somebody we know? The decision over the keys that matched. Never a silent merge.

- One lead by strong keys, and no clearly different name: ATTACHED as a touchpoint.
- A strong key with a clearly different name, or personal keys of several leads: a person decides.
- Only weak keys: a person decides.
- A company has many people, each a lead of its own. So where a submission has a personal key that nobody has (a mobile
  number, an address, a WeCom id), its company is no question: neither the name, unless somebody there has the same
  name as the submission, nor the credit code, which then attaches to nobody but a person of the same name.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from services.intake.keys import Key, KeyKind
from services.intake.names import differ_clearly, same_name


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
    # Who sees the lead.
    hidden: bool = False
    holder_id: UUID | None = None
    collaborator_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class Identity:
    """Who it is: somebody new, the lead to attach to, or why a person must decide."""

    outcome: Outcome
    lead_id: UUID | None = None
    cause: ReviewCause | None = None


def identify(name: str, keys: Collection[Key], matches: Sequence[Match]) -> Identity:
    own_key = any(key.kind.of_a_person for key in keys)
    strong = [match for match in matches if match.kind.of_a_person or (match.kind.strong and not own_key)]
    leads = {match.lead_id for match in strong}
    if len(leads) > 1:
        return Identity(Outcome.IN_REVIEW, cause=ReviewCause.SEVERAL_LEADS)
    if strong:
        if differ_clearly(name, strong[0].person_name):
            return Identity(Outcome.IN_REVIEW, cause=ReviewCause.NAME_DIFFERS)
        return Identity(Outcome.ATTACHED, strong[0].lead_id)
    return _by_company_or_weak_keys(name, matches, own_key=own_key)


def _by_company_or_weak_keys(name: str, matches: Sequence[Match], *, own_key: bool) -> Identity:
    """No strong key tells who it is. `own_key`: there is a personal one, which nobody has yet."""
    for match in matches:
        if match.kind is KeyKind.CREDIT_CODE and same_name(name, match.person_name):
            return Identity(Outcome.ATTACHED, match.lead_id)
    for match in matches:
        of_company = match.kind in (KeyKind.COMPANY_NAME, KeyKind.CREDIT_CODE)
        if not (of_company and own_key) or (match.kind is KeyKind.COMPANY_NAME and same_name(name, match.person_name)):
            return Identity(Outcome.IN_REVIEW, cause=ReviewCause.WEAK_MATCH)
    return Identity(Outcome.CREATED)
