"""Intake's records as messages, and requests as records; who sees a person in full is decided here once."""

from datetime import UTC, datetime
from uuid import UUID

from google.protobuf import json_format
from google.protobuf.timestamp_pb2 import Timestamp

from clew.intake.v1 import intake_pb2 as pb
from clew.lead.v1 import lead_pb2
from services.intake.facts import Attributes, Source
from services.intake.identity import Match
from services.intake.keys import Person, read_contacts
from services.intake.masking import masked_code, masked_company, masked_email, masked_name, masked_phone
from services.intake.screening import Check
from services.intake.store import Lead
from services.intake.store_reviews import Review
from services.intake.submission import DEFAULT_BUSINESS_LINE, Consent, Submission, Submitted
from services.shared.callers import Caller, Role
from services.shared.hidden_leads import is_hidden_from, works_on
from services.shared.ids import read_id

SEE_EVERYBODY = frozenset({Role.MANAGER, Role.ADMINISTRATOR})


def submission_of(request: pb.SubmitLeadRequest) -> Submission:
    """Raises UnusablePhone, UnusableEmail, UnusableCreditCode, InvalidInput (campaign_id)."""
    given = request.attributes
    return Submission(
        source=Source(
            lead_pb2.SourceKind.Name(request.source.kind), request.source.channel, request.source.detail_code
        ),
        source_event_id=request.source_event_id,
        occurred_at=instant_of(request.occurred_at) if request.HasField("occurred_at") else None,
        campaign_id=read_id(request.campaign_id, "campaign_id") if request.campaign_id else None,
        captured_by=UUID(request.captured_by) if request.captured_by else None,
        business_line=request.business_line or DEFAULT_BUSINESS_LINE,
        person=person_of(request.person),
        contacts=read_contacts(person_of(request.person), given.country),
        attributes=Attributes(
            industry=given.industry.strip(),
            company_size=given.company_size,
            region=given.region.strip(),
            city=given.city.strip(),
            country=given.country,
            seniority=given.seniority,
            product=given.intent.product,
            budget=given.intent.budget,
            urgency=lead_pb2.Urgency.Name(given.intent.urgency),
            horizon_days=given.intent.horizon_days,
            tags=tuple(given.tags),
        ),
        consents=tuple(
            Consent(
                consent.purpose,
                consent.channel,
                consent.granted,
                consent.text_version,
                instant_of(consent.given_at) if consent.HasField("given_at") else None,
            )
            for consent in request.consents
        ),
    )


def person_of(message: pb.Person) -> Person:
    return Person(
        name=message.name.strip(),
        phone=message.phone,
        email=message.email,
        wecom_id=message.wecom_id,
        company=message.company.strip(),
        credit_code=message.credit_code,
        title=message.title.strip(),
    )


def instant_of(timestamp: Timestamp) -> datetime:
    return timestamp.ToDatetime(UTC)


def submitted_message(submitted: Submitted, caller: Caller) -> pb.SubmitLeadResponse:
    """That it is somebody known, who submits him has to be told; of a lead that is hidden from him nothing beside."""
    return pb.SubmitLeadResponse(
        submission_id=str(submitted.submission_id),
        outcome=f"OUTCOME_{submitted.outcome}",
        lead_id=str(submitted.lead_id or ""),
        review_id=str(submitted.review_id or ""),
        screening=[_check_message(check) for check in submitted.screening],
        matches=[match_message(match) for match in submitted.matches if not is_hidden_from(caller, match)],
    )


def _check_message(check: Check) -> pb.ScreeningCheck:
    return pb.ScreeningCheck(
        check=check.check, verdict=f"VERDICT_{check.verdict}", required=check.required, evidence=check.evidence
    )


def match_message(match: Match) -> pb.KeyMatch:
    reached_by = masked_phone(match.person_phone) or masked_email(match.person_email)
    return pb.KeyMatch(
        key_kind=f"KEY_KIND_{match.kind}",
        strong=match.kind.strong,
        owner=f"KEY_OWNER_{match.owner}",
        owner_id=str(match.owner_id),
        lead_id=str(match.lead_id),
        masked_person=" ".join(filter(None, [masked_name(match.person_name), reached_by])),
        masked_holder=masked_code(match.holder_code),
    )


def lead_message(lead: Lead, caller: Caller, *, always_masked: bool = False) -> pb.Lead:
    sees = caller.role in SEE_EVERYBODY or (caller.role is Role.REP and works_on(caller.id, lead))
    in_full = sees and not always_masked
    return pb.Lead(
        lead_id=str(lead.lead_id),
        person_id=str(lead.person_id),
        person=person_message(lead.person) if in_full else masked_message(lead.person),
        masked=not in_full,
        facts=facts_message(lead),
        touchpoints=lead.touchpoints,
        captured_by=str(lead.captured_by or ""),
        unreviewed=lead.unreviewed,
        holder_code=lead.holder_code,
    )


def facts_message(lead: Lead) -> lead_pb2.LeadFacts:
    return json_format.ParseDict(dict(lead.facts), lead_pb2.LeadFacts(), ignore_unknown_fields=True)


def person_message(person: Person) -> pb.Person:
    return pb.Person(**person.__dict__)


def masked_message(person: Person) -> pb.Person:
    """Neither WeCom id nor credit code nor title: nothing of them can be shown in part."""
    return pb.Person(
        name=masked_name(person.name),
        phone=masked_phone(person.phone),
        email=masked_email(person.email),
        company=masked_company(person.company),
    )


def consent_message(consent: Consent) -> pb.Consent:
    return pb.Consent(**consent.__dict__)


def review_message(review: Review) -> pb.Review:
    return pb.Review(
        review_id=str(review.review_id),
        submission_id=str(review.submission_id),
        person=masked_message(review.person),
        cause=review.cause,
        matches=[match_message(match) for match in review.matches],
        opened_at=review.opened_at,
        decide_by=review.decide_by,
    )
