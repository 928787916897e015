"""Who owns open opportunities of an account, and of the account that a lead is matched to.

What conversion tells is kept by account, so that a lead that comes later finds it. The account's companies are locked
first: a submission of one of them locks it too (store_creating.py), and so is seen here, or sees what is told here.
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.intake import tables
from services.shared import outbox
from services.shared.database import text
from services.shared.outbox import Event


@dataclass(frozen=True)
class OpportunityOwners:
    """The reps who own open opportunities of an account, at conversion's version of them."""

    owners: Collection[UUID]
    version: int


async def set_opportunity_owners(db: AsyncConnection, account_id: UUID, told: OpportunityOwners) -> int:
    """The leads that are matched to the account learn it. An older version changes nothing. Returns the one known."""
    await lock_companies(db, account_id)
    if await keep_owners(db, account_id, told):
        await tell_leads(db, account_id)
    return await known_version(db, account_id)


async def known_version(db: AsyncConnection, account_id: UUID) -> int:
    """0 of an account of which nothing was told."""
    question = "select version from intake.account_opportunities where account_id = :account_id"
    return int(await db.scalar(text(question), {"account_id": account_id}) or 0)


async def lock_companies(db: AsyncConnection, account_id: UUID, *, becoming_it: UUID | None = None) -> Collection[UUID]:
    """The companies of an account, and of a lead that is becoming it; then their leads, which are returned."""
    values = {"account_id": account_id, "lead_id": becoming_it}
    await db.execute(text(LOCK_COMPANIES), values)
    return set((await db.execute(text(LOCK_LEADS), values)).scalars())


async def keep_owners(db: AsyncConnection, account_id: UUID, told: OpportunityOwners) -> bool:
    """False when as new a version is known."""
    values = {"account_id": account_id, "owners": sorted(told.owners), "version": told.version}
    return (await db.execute(text(KEEP), values)).rowcount == 1


async def tell_leads(db: AsyncConnection, account_id: UUID) -> None:
    """Those of the account's companies for whom it is news."""
    for row in (await db.execute(text(TELL), {"account_id": account_id})).all():
        data = {"opportunity_owners": len(row.opportunity_owners)}
        await outbox.record(db, tables.event, Event(row.lead_id, "facts_changed", data=data))


def owners_of(credit_code: str, business_line: str) -> str:
    """The owners of open opportunities of the accounts with this company's code, as an expression."""
    return f"""array(
  select distinct works.rep_id from intake.identity_key of_account
  join intake.account_opportunities known on known.account_id = of_account.owner_id
  cross join unnest(known.owners) as works (rep_id)
  where of_account.kind = 'CREDIT_CODE' and of_account.value = {credit_code}
    and of_account.business_line = {business_line} and of_account.owner = 'ACCOUNT'
  order by works.rep_id)"""


# What became an account and a contact itself is frozen: nobody takes it back.
NOT_CONVERTED = """not exists (
    select from intake.identity_key became where became.lead_id = lead.lead_id and became.owner <> 'LEAD')"""

COMPANIES = """
  select organisation_id from intake.organisation
  where credit_code in (
    select value from intake.identity_key
    where owner_id = :account_id and owner = 'ACCOUNT' and kind = 'CREDIT_CODE'
    union all
    select credit_code from intake.lead join intake.organisation using (organisation_id) where lead_id = :lead_id
  )
"""
LOCK_COMPANIES = f"""
select 1 from intake.organisation where organisation_id in ({COMPANIES}) order by organisation_id for no key update
"""
LOCK_LEADS = f"""
select lead_id from intake.lead
where lead_id = any(array(
  select cast(:lead_id as uuid)
  union select lead_id from intake.lead where organisation_id in ({COMPANIES})
))
order by lead_id for no key update
"""
KEEP = """
insert into intake.account_opportunities (account_id, owners, version)
values (:account_id, cast(:owners as uuid[]), :version)
on conflict (account_id) do update set owners = excluded.owners, version = excluded.version
where excluded.version > account_opportunities.version
"""
TELL = f"""
update intake.lead set opportunity_owners = owed.owners, version = version + 1, changed_at = clew.clew_now(), nudges = 0
from (
  select lead.lead_id, {owners_of("company.credit_code", "lead.business_line")} as owners
  from intake.identity_key told
  join intake.organisation company on company.credit_code = told.value
  join intake.lead
    on lead.organisation_id = company.organisation_id and lead.business_line = told.business_line
  where told.owner_id = :account_id and told.owner = 'ACCOUNT' and told.kind = 'CREDIT_CODE' and {NOT_CONVERTED}
) owed
where lead.lead_id = owed.lead_id and lead.opportunity_owners <> owed.owners
returning lead.lead_id, lead.opportunity_owners
"""  # composed of parts above
