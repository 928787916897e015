"""Accounts and contacts as intake knows them: by the keys of the leads that they were."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.intake import tables
from services.intake.store import LeadNotFound
from services.intake.store_opportunities import (
    OpportunityOwners,
    keep_owners,
    lock_companies,
    owners_of,
    tell_leads,
)
from services.shared import outbox
from services.shared.database import text
from services.shared.outbox import Event


async def account_of(db: AsyncConnection, credit_code: str, business_line: str) -> tuple[UUID, UUID | None] | None:
    """The account that has this strong company key, and its owner."""
    if not credit_code:
        return None
    row = (await db.execute(text(ACCOUNT), {"value": credit_code, "business_line": business_line})).first()
    return (row.owner_id, row.account_owner) if row else None


async def contact_of(db: AsyncConnection, lead_id: UUID) -> UUID | None:
    """The contact that has a strong personal key of the lead's."""
    contact = await db.scalar(text(CONTACT), {"lead_id": lead_id})
    return contact if isinstance(contact, UUID) else None


async def register_keys(
    db: AsyncConnection,
    lead_id: UUID,
    *,
    account_id: UUID,
    contact_id: UUID,
    account_owner: UUID,
    opportunities: OpportunityOwners | None,
) -> int:
    """Copy a lead's keys to the contact and the account that it became. Returns how many these have now.

    The company's other leads learn that there is an account, whose, and who works on something with it. Raises
    LeadNotFound.
    """
    values = {
        "lead_id": lead_id,
        "account_id": account_id,
        "contact_id": contact_id,
        "account_owner": account_owner,
    }
    # All of them before anything is written, in one order: two conversions of one company wait for each other.
    if lead_id not in await lock_companies(db, account_id, becoming_it=lead_id):
        raise LeadNotFound(lead_id)
    registered = await db.execute(text(REGISTER), values)
    keys = int(await db.scalar(text(REGISTERED), values) or 0)
    if registered.rowcount > 0:
        data = {"account_id": account_id, "keys": keys}
        await outbox.record(db, tables.event, Event(lead_id, "keys_registered", data=data))
    if opportunities is not None:
        await keep_owners(db, account_id, opportunities)
    for colleague in (await db.execute(text(MATCH_COLLEAGUES), values)).scalars().all():
        await outbox.record(db, tables.event, Event(colleague, "facts_changed", data={"account_matched": True}))
    await tell_leads(db, account_id)
    return keys


ACCOUNT = """
select owner_id, account_owner from intake.identity_key
where kind = 'CREDIT_CODE' and value = :value and business_line = :business_line and owner = 'ACCOUNT'
order by owner_id limit 1
"""

CONTACT = """
select contact.owner_id
from intake.identity_key own join intake.identity_key contact using (kind, value, business_line)
where own.lead_id = :lead_id and own.owner = 'LEAD' and own.strong and contact.owner = 'CONTACT'
order by contact.owner_id limit 1
"""

# Only a credit code makes two leads' companies one.
OF_ONE_COMPANY = """
select colleague.lead_id
from intake.lead own
join intake.organisation company on company.organisation_id = own.organisation_id and company.credit_code is not null
join intake.lead colleague
  on colleague.organisation_id = company.organisation_id and colleague.business_line = own.business_line
where own.lead_id = :lead_id
"""
OWNERS_OF_COMPANY = owners_of(
    "(select credit_code from intake.organisation where organisation_id = lead.organisation_id)", "lead.business_line"
)
MATCH_COLLEAGUES = f"""
update intake.lead
set facts = facts || '{{"account_matched": true}}', account_owner = :account_owner,
  opportunity_owners = {OWNERS_OF_COMPANY}, version = version + 1, changed_at = clew.clew_now(), nudges = 0
where lead_id = any(array({OF_ONE_COMPANY})) and lead_id <> :lead_id
  and (not cast(facts ->> 'account_matched' as boolean) or account_owner is distinct from :account_owner)
returning lead_id
"""  # composed of parts above

# The lead's keys, and its company's code also where that is a colleague's key. The owner of an account may change.
REGISTER = """
insert into intake.identity_key (kind, value, business_line, strong, owner, owner_id, lead_id, account_owner)
select kind, value, business_line, strong, case when of_company then 'ACCOUNT' else 'CONTACT' end,
  case when of_company then cast(:account_id as uuid) else cast(:contact_id as uuid) end,
  :lead_id, case when of_company then cast(:account_owner as uuid) end
from (
  select kind, value, business_line, strong, kind in ('CREDIT_CODE', 'COMPANY_NAME') as of_company
  from intake.identity_key where lead_id = :lead_id and owner = 'LEAD'
  union
  select 'CREDIT_CODE', person.credit_code, lead.business_line, true, true
  from intake.lead join intake.person using (person_id) where lead.lead_id = :lead_id and person.credit_code <> ''
) k
order by kind, value
on conflict (kind, value, business_line, owner, owner_id) do update set account_owner = excluded.account_owner
where identity_key.account_owner is distinct from excluded.account_owner
"""
REGISTERED = """
select count(*) from intake.identity_key where owner_id in (:account_id, :contact_id) and owner <> 'LEAD'
"""
