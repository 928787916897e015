"""The trio that a commit makes: account, contact, opportunity (一转三)."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.conversion.stages import AccountChoice, Conversion, OpportunityChoice
from services.conversion.store import Unknown
from services.conversion.store_opportunities import count_up
from services.shared.database import text


@dataclass(frozen=True)
class CompanyFacts:
    """What is known of the lead's company, nothing of which is a name."""

    industry: str = ""
    company_size: int = 0
    region: str = ""
    city: str = ""
    country: str = ""


@dataclass(frozen=True)
class Known:
    """What the commit is told: who holds the lead, whom intake matched, what is known."""

    rep_id: UUID
    person_id: UUID
    matched_account_id: UUID | None
    matched_contact_id: UUID | None
    organisation_id: UUID | None
    facts: CompanyFacts


async def make_account(db: AsyncConnection, conversion: Conversion, known: Known) -> tuple[UUID, bool]:
    """The account, and whether it was made now. Two who make one for the same organisation get the same."""
    existing = _existing_account(conversion, known)
    if existing is None:
        organisation_id = None if conversion.account_choice is AccountChoice.NEW else known.organisation_id
        values = {
            "account_id": conversion.account_id,
            "organisation_id": organisation_id,
            "owner_id": known.rep_id,
            **known.facts.__dict__,
        }
        made = await db.scalar(text(MAKE_ACCOUNT), values)
        if isinstance(made, UUID):
            return made, True
        existing = await db.scalar(text(OF_ORGANISATION), {"organisation_id": organisation_id})
    filled = {"account_id": existing, "organisation_id": known.organisation_id, **known.facts.__dict__}
    owner = await db.scalar(text(FILL_ACCOUNT), filled)
    if owner is None or existing is None:
        raise Unknown("account", existing or conversion.account_id)
    if owner != known.rep_id:
        await db.execute(text(COLLABORATE), {"account_id": existing, "rep_id": known.rep_id})
    return existing, False


def _existing_account(conversion: Conversion, known: Known) -> UUID | None:
    if conversion.account_choice is AccountChoice.EXISTING:
        return conversion.account_id
    return known.matched_account_id if conversion.account_choice is AccountChoice.MATCHED else None


async def make_contact(db: AsyncConnection, conversion: Conversion, known: Known, account_id: UUID) -> UUID:
    """The matched contact when it is of this account, otherwise a new one."""
    if known.matched_contact_id:
        values = {"contact_id": known.matched_contact_id, "account_id": account_id}
        matched = await db.scalar(text(FIND_CONTACT), values)
        if isinstance(matched, UUID):
            return matched
    await db.execute(
        text(MAKE_CONTACT),
        {"contact_id": conversion.contact_id, "account_id": account_id, "person_id": known.person_id},
    )
    return conversion.contact_id


async def make_opportunity(db: AsyncConnection, conversion: Conversion, known: Known, account_id: UUID) -> None:
    """A new one, owned by who held the lead. An existing one stays as it is."""
    if conversion.opportunity_choice is OpportunityChoice.EXISTING:
        return
    await db.execute(
        text(MAKE_OPPORTUNITY),
        {
            "opportunity_id": conversion.opportunity_id,
            "account_id": account_id,
            "owner_id": known.rep_id,
            "amount_minor": conversion.amount_minor,
            "currency": conversion.currency,
            "product": conversion.product,
        },
    )
    await count_up(db, account_id)


MAKE_ACCOUNT = """
insert into conversion.account (account_id, organisation_id, owner_id, industry, company_size, region, city, country)
values (:account_id, :organisation_id, :owner_id, :industry, :company_size, :region, :city, :country)
on conflict (organisation_id) where organisation_id is not null do nothing
returning account_id
"""
OF_ORGANISATION = "select account_id from conversion.account where organisation_id = :organisation_id"

# Into an existing account only what is empty is filled; its owner stays. An organisation that another account has
# stays with that one.
FILL_ACCOUNT = """
update conversion.account set
  organisation_id = coalesce(organisation_id, case when not exists (
    select 1 from conversion.account other where other.organisation_id = cast(:organisation_id as uuid)
  ) then cast(:organisation_id as uuid) end),
  industry = coalesce(nullif(industry, ''), :industry),
  company_size = coalesce(nullif(company_size, 0), :company_size),
  region = coalesce(nullif(region, ''), :region), city = coalesce(nullif(city, ''), :city),
  country = coalesce(nullif(country, ''), :country)
where account_id = :account_id returning owner_id
"""
COLLABORATE = """
insert into conversion.collaborator (account_id, rep_id) values (:account_id, :rep_id) on conflict do nothing
"""

FIND_CONTACT = "select contact_id from conversion.contact where contact_id = :contact_id and account_id = :account_id"
MAKE_CONTACT = """
insert into conversion.contact (contact_id, account_id, person_id) values (:contact_id, :account_id, :person_id)
"""
MAKE_OPPORTUNITY = """
insert into conversion.opportunity (opportunity_id, account_id, owner_id, amount_minor, currency, product)
values (:opportunity_id, :account_id, :owner_id, :amount_minor, :currency, :product)
"""
