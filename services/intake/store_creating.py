"""A submission becomes a lead, or a touchpoint of one that we have."""

import json
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.intake import tables
from services.intake.facts import compose_facts
from services.intake.keys import Contacts
from services.intake.store_keys import account_of, take_keys
from services.intake.submission import Consent, Submission
from services.shared import outbox
from services.shared.ids import new_id
from services.shared.outbox import Event


async def create_lead(
    db: AsyncConnection,
    lead_id: UUID,
    submission_id: UUID,
    submission: Submission,
    contacts: Contacts,
    now: datetime,
    *,
    unreviewed: bool = False,
) -> None:
    """A new lead with its person; its keys are taken already."""
    account = await account_of(db, contacts.credit_code, submission.business_line)
    person_id = new_id()
    facts = compose_facts(
        lead_id,
        business_line=submission.business_line,
        source=submission.source,
        campaign_id=submission.campaign_id,
        attributes=submission.attributes,
        contacts=contacts,
        account_matched=account is not None,
        created_at=now,
    )
    person = {**asdict(submission.person), "phone": contacts.phone.e164 if contacts.phone else ""}
    person |= {"email": contacts.email.address if contacts.email else "", "credit_code": contacts.credit_code}
    await db.execute(
        text(CREATE),
        {
            **person,
            "person_id": person_id,
            "organisation_id": await _organisation(db, submission, contacts),
            "lead_id": lead_id,
            "business_line": submission.business_line,
            "facts": json.dumps(facts, ensure_ascii=False),
            "channel": submission.source.channel,
            "campaign_id": submission.campaign_id,
            "captured_by": submission.captured_by,
            "account_owner": account[1] if account else None,
            "unreviewed": unreviewed,
            "now": now,
        },
    )
    await _touch(db, lead_id, submission_id, submission, now)
    await _keep_consents(db, person_id, submission.consents, now)
    data = {"channel": submission.source.channel, "unreviewed": unreviewed}
    await outbox.record(db, tables.event, Event(lead_id, "lead_created", data=data))


async def attach(
    db: AsyncConnection,
    lead_id: UUID,
    submission_id: UUID,
    submission: Submission,
    contacts: Contacts,
    now: datetime,
) -> None:
    """A re-enquiry: one more touchpoint, and the keys that nobody has yet."""
    row = (await db.execute(text(ATTACH), {"lead_id": lead_id, "now": now})).one()
    await take_keys(db, contacts.keys, submission.business_line, lead_id)
    await _touch(db, lead_id, submission_id, submission, now)
    await _keep_consents(db, row.person_id, submission.consents, now)
    data = {"channel": submission.source.channel, "reenquiries": row.reenquiries}
    await outbox.record(db, tables.event, Event(lead_id, "lead_attached", data=data))


async def _organisation(db: AsyncConnection, submission: Submission, contacts: Contacts) -> UUID | None:
    """The company, known again by its credit code only."""
    if not submission.person.company and not contacts.credit_code:
        return None
    values = {
        "organisation_id": new_id(),
        "name": submission.person.company,
        "credit_code": contacts.credit_code or None,
    }
    found = await db.scalar(text(ORGANISATION), values)
    return found if isinstance(found, UUID) else None


async def _touch(
    db: AsyncConnection, lead_id: UUID, submission_id: UUID, submission: Submission, now: datetime
) -> None:
    await db.execute(
        text(TOUCH),
        {
            "touchpoint_id": new_id(),
            "lead_id": lead_id,
            "submission_id": submission_id,
            "channel": submission.source.channel,
            "campaign_id": submission.campaign_id,
            "occurred_at": submission.occurred_at or now,
            "received_at": now,
        },
    )


async def _keep_consents(db: AsyncConnection, person_id: UUID, consents: tuple[Consent, ...], now: datetime) -> None:
    if consents:
        await db.execute(
            text(CONSENT),
            [
                {
                    **asdict(consent),
                    "consent_id": new_id(),
                    "person_id": person_id,
                    "given_at": consent.given_at or now,
                    "received_at": now,
                }
                for consent in consents
            ],
        )


CREATE = """
with person as (
  insert into intake.person (person_id, name, phone, email, wecom_id, company, credit_code, title)
  values (:person_id, :name, :phone, :email, :wecom_id, :company, :credit_code, :title)
)
insert into intake.lead (lead_id, person_id, organisation_id, business_line, facts, channel, campaign_id, captured_by,
  account_owner, unreviewed, created_at, changed_at)
values (:lead_id, :person_id, :organisation_id, :business_line, cast(:facts as jsonb), :channel, :campaign_id,
  :captured_by, :account_owner, :unreviewed, :now, :now)
"""

ATTACH = """
update intake.lead set reenquiries = reenquiries + 1, version = version + 1, changed_at = :now, nudges = 0
where lead_id = :lead_id returning person_id, reenquiries
"""

# `do update` so that the row is returned also when it was there.
ORGANISATION = """
insert into intake.organisation (organisation_id, name, credit_code) values (:organisation_id, :name, :credit_code)
on conflict (credit_code) do update set name = coalesce(nullif(organisation.name, ''), excluded.name)
returning organisation_id
"""

TOUCH = """
insert into intake.touchpoint (touchpoint_id, lead_id, submission_id, channel, campaign_id, occurred_at, received_at)
values (:touchpoint_id, :lead_id, :submission_id, :channel, :campaign_id, :occurred_at, :received_at)
"""

CONSENT = """
insert into intake.consent (consent_id, person_id, purpose, channel, granted, text_version, given_at, received_at)
values (:consent_id, :person_id, :purpose, :channel, :granted, :text_version, :given_at, :received_at)
"""
