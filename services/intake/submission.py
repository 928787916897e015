"""A submission as intake reads it, and what it is answered."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from services.intake.emails import Email
from services.intake.facts import Attributes, Source
from services.intake.identity import KeyOwner, Match, Outcome
from services.intake.keys import Contacts, KeyKind, Person
from services.intake.phones import Phone, PhoneKind
from services.intake.screening import Check, Verdict

DEFAULT_BUSINESS_LINE = "default"


@dataclass(frozen=True)
class Consent:
    """Somebody's yes or no to being contacted for a purpose. `given_at` None: when it was received."""

    purpose: str
    channel: str
    granted: bool
    text_version: str
    given_at: datetime | None


@dataclass(frozen=True)
class Submission:
    source: Source
    source_event_id: str
    occurred_at: datetime | None
    campaign_id: UUID | None
    captured_by: UUID | None
    business_line: str
    person: Person
    # The person's, as they were read when it was submitted: what is decided later is decided on the same keys.
    contacts: Contacts
    attributes: Attributes
    consents: tuple[Consent, ...]

    @property
    def cleaned_person(self) -> Person:
        """The person with each contact in its one form."""
        phone, email = self.contacts.phone, self.contacts.email
        return replace(
            self.person,
            phone=phone.dialled if phone else "",
            email=email.address if email else "",
            wecom_id=self.contacts.wecom_id,
            credit_code=self.contacts.credit_code,
        )


@dataclass(frozen=True)
class Submitted:
    """What became of a submission."""

    submission_id: UUID
    outcome: Outcome
    lead_id: UUID | None
    review_id: UUID | None
    screening: tuple[Check, ...]
    matches: tuple[Match, ...]


def stored_match(match: Match) -> dict[str, Any]:
    """A match as it is kept with a submission: whom, not who."""
    return {
        "kind": match.kind,
        "owner": match.owner,
        "owner_id": str(match.owner_id),
        "lead_id": str(match.lead_id),
    }


def read_match(stored: Mapping[str, Any]) -> Match:
    return Match(
        kind=KeyKind(stored["kind"]),
        owner=KeyOwner(stored["owner"]),
        owner_id=UUID(stored["owner_id"]),
        lead_id=UUID(stored["lead_id"]),
        person_name="",
        person_phone="",
        person_email="",
        holder_code="",
    )


def read_check(stored: Mapping[str, Any]) -> Check:
    return Check(stored["check"], Verdict(stored["verdict"]), stored["required"], stored["evidence"])


def stored_submission(submission: Submission) -> dict[str, Any]:
    """Person, contacts, attributes and consents as JSON; a review that is resolved later reads them back."""
    contacts = submission.contacts
    return {
        # `vars` for what holds nothing but values: `asdict` copies each of them, at ten times the cost.
        "person": vars(submission.person),
        "contacts": {
            **vars(contacts),
            "phone": contacts.phone and vars(contacts.phone),
            "email": contacts.email and vars(contacts.email),
        },
        "attributes": vars(submission.attributes),
        "consents": [
            {**vars(consent), "given_at": consent.given_at and consent.given_at.isoformat()}
            for consent in submission.consents
        ],
    }


def read_consent(stored: Mapping[str, Any]) -> Consent:
    given_at = stored["given_at"]
    return Consent(
        stored["purpose"],
        stored["channel"],
        stored["granted"],
        stored["text_version"],
        datetime.fromisoformat(given_at) if given_at else None,
    )


def read_attributes(stored: Mapping[str, Any]) -> Attributes:
    return Attributes(**{**stored, "tags": tuple(stored["tags"])})


def read_stored_contacts(stored: Mapping[str, Any]) -> Contacts:
    phone, email = stored["phone"], stored["email"]
    return Contacts(
        phone=Phone(**{**phone, "kind": PhoneKind(phone["kind"])}) if phone else None,
        email=Email(**email) if email else None,
        wecom_id=stored["wecom_id"],
        credit_code=stored["credit_code"],
        company_key=stored["company_key"],
    )
