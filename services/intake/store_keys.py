"""Identity keys in the database: one indexed question over leads, contacts and accounts."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.intake.identity import KeyOwner, Match
from services.intake.keys import Key, KeyKind

MOST_MATCHES = 20


async def find_matches(db: AsyncConnection, keys: Collection[Key], business_line: str) -> tuple[Match, ...]:
    """Whom these keys belong to, strong keys first; at most 20."""
    if not keys:
        return ()
    ordered = sorted(keys)
    rows = await db.execute(
        text(MATCHES),
        {
            "kinds": [str(key.kind) for key in ordered],
            "values": [key.value for key in ordered],
            "business_line": business_line,
            "most": MOST_MATCHES,
        },
    )
    return tuple(
        Match(
            kind=KeyKind(row.kind),
            owner=KeyOwner(row.owner),
            owner_id=row.owner_id,
            lead_id=row.lead_id,
            person_name=row.name,
            person_phone=row.phone,
            person_email=row.email,
            holder_code=row.holder_code,
        )
        for row in rows
    )


async def take_keys(db: AsyncConnection, keys: Collection[Key], business_line: str, lead_id: UUID) -> int:
    """Give a lead those of the keys that are free. Returns how many strong ones it got.

    The insert waits for whoever is inserting the same strong key and then leaves it to them.
    """
    if not keys:
        return 0
    ordered = sorted(keys)
    taken = await db.execute(
        text(TAKE),
        {
            "kinds": [str(key.kind) for key in ordered],
            "values": [key.value for key in ordered],
            "strong": [key.kind.strong for key in ordered],
            "business_line": business_line,
            "lead_id": lead_id,
        },
    )
    return sum(row.strong for row in taken)


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
    db: AsyncConnection, lead_id: UUID, *, account_id: UUID, contact_id: UUID, account_owner: UUID
) -> int:
    """Copy a lead's keys to the contact and the account that it became. Returns how many these have now."""
    values = {
        "lead_id": lead_id,
        "account_id": account_id,
        "contact_id": contact_id,
        "account_owner": account_owner,
    }
    await db.execute(text(REGISTER), values)
    counted = await db.scalar(text(REGISTERED), values)
    return int(counted or 0)


MATCHES = """
select k.kind, k.owner, k.owner_id, k.lead_id, person.name, person.phone, person.email, lead.holder_code
from unnest(cast(:kinds as text[]), cast(:values as text[])) as asked (kind, value)
join intake.identity_key k on k.kind = asked.kind and k.value = asked.value and k.business_line = :business_line
join intake.lead on lead.lead_id = k.lead_id join intake.person using (person_id)
order by k.strong desc, k.lead_id, k.kind, k.owner limit :most
"""

TAKE = """
insert into intake.identity_key (kind, value, business_line, strong, owner, owner_id, lead_id)
select kind, value, :business_line, strong, 'LEAD', :lead_id, :lead_id
from unnest(cast(:kinds as text[]), cast(:values as text[]), cast(:strong as boolean[])) as k (kind, value, strong)
on conflict do nothing
returning strong
"""

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

REGISTER = """
insert into intake.identity_key (kind, value, business_line, strong, owner, owner_id, lead_id, account_owner)
select kind, value, business_line, strong,
  case when kind in ('CREDIT_CODE', 'COMPANY_NAME') then 'ACCOUNT' else 'CONTACT' end,
  case when kind in ('CREDIT_CODE', 'COMPANY_NAME') then cast(:account_id as uuid) else cast(:contact_id as uuid) end,
  lead_id, case when kind in ('CREDIT_CODE', 'COMPANY_NAME') then cast(:account_owner as uuid) end
from intake.identity_key where lead_id = :lead_id and owner = 'LEAD'
on conflict do nothing
"""
REGISTERED = """
select count(*) from intake.identity_key
where (owner = 'ACCOUNT' and owner_id = :account_id) or (owner = 'CONTACT' and owner_id = :contact_id)
"""
