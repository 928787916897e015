"""A submission becomes a lead, or a touchpoint of one that we have."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.intake import tables
from services.intake.facts import compose_facts, fill_in
from services.intake.store_accounts import account_of
from services.intake.store_keys import take_keys
from services.intake.store_opportunities import owners_of
from services.intake.submission import Consent, Submission
from services.shared import outbox
from services.shared.database import text
from services.shared.ids import new_id
from services.shared.outbox import Event
from services.shared.statements import fetch, run

Account = tuple[UUID, UUID | None]


async def create_lead(
    db: AsyncConnection,
    lead_id: UUID,
    submission_id: UUID,
    submission: Submission,
    now: datetime,
    *,
    reason: str | None = None,
    unreviewed: bool = False,
) -> None:
    """A new lead with its person; its keys are taken already. `reason`: how a review ended."""
    await _lock_company(db, submission)
    account = await account_of(db, submission.contacts.credit_code, submission.business_line)
    await run(
        db,
        CREATE,
        {
            **asdict(submission.cleaned_person),
            **_touch(lead_id, submission_id, submission, now),
            "person_id": new_id(),
            "organisation_id": new_id(),
            # The company as it was typed; its code as it was read.
            "organisation": submission.person.company,
            "business_line": submission.business_line,
            "facts": _json(first_facts(lead_id, submission, account, now)),
            "captured_by": submission.captured_by,
            "account_owner": account[1] if account else None,
            "unreviewed": unreviewed,
            "consents": _consents(submission.consents),
        },
    )
    data = {"channel": submission.source.channel, "unreviewed": unreviewed}
    await outbox.record(db, tables.event, Event(lead_id, "lead_created", data=data, reason=reason))


async def attach(
    db: AsyncConnection,
    lead_id: UUID,
    submission_id: UUID,
    submission: Submission,
    now: datetime,
    *,
    reason: str | None = None,
) -> None:
    """A re-enquiry: one more touchpoint, the keys that nobody has yet, and what nobody had said before."""
    await _lock_company(db, submission)
    known = (await db.execute(text(LOCK), {"lead_id": lead_id})).one()
    account = await account_of(db, submission.contacts.credit_code, submission.business_line)
    facts = fill_in(known.facts, first_facts(lead_id, submission, account, now))
    person = asdict(submission.cleaned_person)
    if any(value and not getattr(known, name) for name, value in person.items()):
        await db.execute(text(FILL_IN_PERSON), {**person, "person_id": known.person_id})
    organisation_id = known.organisation_id
    if organisation_id is None or (submission.contacts.credit_code and not known.credit_code):
        organisation_id = await _organisation(db, submission) or organisation_id
    values = {
        "lead_id": lead_id,
        "facts": _json(facts),
        "account_owner": account[1] if account else None,
        "organisation_id": organisation_id,
        "now": now,
    }
    reenquiries = await db.scalar(text(ATTACH), values)
    await take_keys(db, submission.contacts.keys, submission.business_line, lead_id)
    touched = {**_touch(lead_id, submission_id, submission, now), "consents": _consents(submission.consents)}
    await run(db, TOUCH, {**touched, "person_id": known.person_id})
    data = {"channel": submission.source.channel, "reenquiries": reenquiries}
    if filled := sorted(name for name, value in facts.items() if value != known.facts[name]):
        data["facts_filled_in"] = ", ".join(filled)
    await outbox.record(db, tables.event, Event(lead_id, "lead_attached", data=data, reason=reason))


def first_facts(lead_id: UUID, submission: Submission, account: Account | None, now: datetime) -> dict[str, Any]:
    """Intake's part of LeadFacts as this submission alone tells it."""
    return compose_facts(
        lead_id,
        business_line=submission.business_line,
        source=submission.source,
        campaign_id=submission.campaign_id,
        attributes=submission.attributes,
        contacts=submission.contacts,
        account_matched=account is not None,
        created_at=now,
    )


async def _lock_company(db: AsyncConnection, submission: Submission) -> None:
    """Before its account is looked for: what somebody tells of that at this moment is seen, or sees this lead."""
    if submission.contacts.credit_code:
        await fetch(db, LOCK_COMPANY, {"credit_code": submission.contacts.credit_code})


async def _organisation(db: AsyncConnection, submission: Submission) -> UUID | None:
    """The company, known again by its credit code only."""
    company, credit_code = submission.person.company, submission.contacts.credit_code
    if not company and not credit_code:
        return None
    values = {"organisation_id": new_id(), "organisation": company, "credit_code": credit_code}
    [found] = await fetch(db, ORGANISATION, values)
    organisation_id: UUID = found.organisation_id
    return organisation_id


def _touch(lead_id: UUID, submission_id: UUID, submission: Submission, now: datetime) -> dict[str, Any]:
    return {
        "touchpoint_id": new_id(),
        "lead_id": lead_id,
        "submission_id": submission_id,
        "channel": submission.source.channel,
        "campaign_id": submission.campaign_id,
        "occurred_at": submission.occurred_at or now,
        "now": now,
    }


def _consents(consents: tuple[Consent, ...]) -> str:
    rows = [{**asdict(one), "given_at": one.given_at and one.given_at.isoformat()} for one in consents]
    return json.dumps(rows, ensure_ascii=False)


def _json(facts: dict[str, Any]) -> str:
    return json.dumps(facts, ensure_ascii=False)


# One that is not there yet has no account.
LOCK_COMPANY = "select 1 from intake.organisation where credit_code = :credit_code for no key update"

# `do update` so that the row is returned also when it was there.
ORGANISATION = """
  insert into intake.organisation (organisation_id, name, credit_code)
  select cast(:organisation_id as uuid), :organisation, nullif(:credit_code, '')
  where :organisation <> '' or :credit_code <> ''
  on conflict (credit_code) do update set name = coalesce(nullif(organisation.name, ''), excluded.name)
  returning organisation_id
"""

TOUCHED = """
touched as (
  insert into intake.touchpoint (touchpoint_id, lead_id, submission_id, channel, campaign_id, occurred_at, received_at)
  values (:touchpoint_id, :lead_id, :submission_id, :channel, :campaign_id, :occurred_at, :now)
)
insert into intake.consent (consent_id, person_id, purpose, channel, granted, text_version, given_at, received_at)
select uuidv7(), :person_id, purpose, channel, granted, text_version, coalesce(given_at, :now), :now
from jsonb_to_recordset(cast(:consents as jsonb))
  as said (purpose text, channel text, granted boolean, text_version text, given_at timestamptz)
"""

CREATE = f"""
with organisation as ({ORGANISATION}), person as (
  insert into intake.person (person_id, name, phone, email, wecom_id, company, credit_code, title)
  values (:person_id, :name, :phone, :email, :wecom_id, :company, :credit_code, :title)
), created as (
  insert into intake.lead (lead_id, person_id, organisation_id, business_line, facts, channel, campaign_id,
    captured_by, account_owner, opportunity_owners, unreviewed, created_at, changed_at)
  values (:lead_id, :person_id, (select organisation_id from organisation), :business_line, cast(:facts as jsonb),
    :channel, :campaign_id, :captured_by, :account_owner, {owners_of(":credit_code", ":business_line")}, :unreviewed,
    :now, :now)
), {TOUCHED}
"""  # composed of parts above
TOUCH = f"with {TOUCHED}"

LOCK = """
select l.facts, l.organisation_id, p.* from intake.lead l join intake.person p using (person_id)
where l.lead_id = :lead_id for no key update of l
"""

FILL_IN_PERSON = """
update intake.person set name = coalesce(nullif(name, ''), :name), phone = coalesce(nullif(phone, ''), :phone),
  email = coalesce(nullif(email, ''), :email), wecom_id = coalesce(nullif(wecom_id, ''), :wecom_id),
  company = coalesce(nullif(company, ''), :company), credit_code = coalesce(nullif(credit_code, ''), :credit_code),
  title = coalesce(nullif(title, ''), :title)
where person_id = :person_id
"""

OWNERS_OF_COMPANY = owners_of(
    "(select credit_code from intake.organisation where organisation_id = :organisation_id)", "lead.business_line"
)
ATTACH = f"""
update intake.lead set facts = cast(:facts as jsonb), account_owner = coalesce(account_owner, :account_owner),
  opportunity_owners = {OWNERS_OF_COMPANY},
  organisation_id = :organisation_id, reenquiries = reenquiries + 1, version = version + 1, changed_at = :now,
  nudges = 0
where lead_id = :lead_id returning reenquiries
"""
