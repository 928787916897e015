"""Conversions in the database. A conversion's row is locked before anything of it changes."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, TextClause
from sqlalchemy.ext.asyncio import AsyncConnection

from services.conversion.stages import AccountChoice, Conversion, OpportunityChoice, State
from services.shared import hidden_leads
from services.shared.database import text
from services.shared.hidden_leads import asking, hidden_by
from services.shared.ids import new_id
from services.shared.refusals import Conflict, NotFound

# Each try loses to another conversion that begins and ends meanwhile.
TRIES = 5


@dataclass(frozen=True)
class Wanted:
    """What is asked for: a held lead, and into what it is to be converted."""

    lead_id: UUID
    holding_id: UUID
    epoch: int
    converter_id: str
    by_manager: bool
    account_choice: AccountChoice = AccountChoice.MATCHED
    existing_account_id: UUID | None = None
    existing_opportunity_id: UUID | None = None
    amount_minor: int = 0
    currency: str = "CNY"
    product: str = ""


class Unknown(NotFound):
    def __init__(self, kind: str, subject_id: UUID) -> None:
        super().__init__("NOT_FOUND", f"There is no {kind} {subject_id}.", kind=kind, id=str(subject_id))


async def request_conversion(db: AsyncConnection, wanted: Wanted) -> tuple[Conversion, bool]:
    """The lead's conversion, and whether this call asked for it first: the unique index decides.

    The one in the way may end before it is read; then there is room for a new one. If the caller may not know of it,
    his own is refused, as that of a holding which does not exist. Raises Conflict (BUSY).
    """
    for _ in range(TRIES):
        asked = (await db.execute(text(REQUEST), _reserved(wanted))).one_or_none()
        if asked is not None:
            return _conversion(asked), True
        in_the_way = (await db.execute(text(IN_THE_WAY), {"lead_id": wanted.lead_id, **asking()})).one_or_none()
        if in_the_way is not None and not in_the_way.seen:
            return _conversion((await db.execute(text(REFUSE), _reserved(wanted))).one()), True
        if in_the_way is not None:
            return _conversion(in_the_way), False
    raise Conflict("BUSY", "Others convert this lead at this moment. Retry with the same request id.")


def _reserved(wanted: Wanted) -> dict[str, Any]:
    """A conversion's row, its three ids drawn where they are not given."""
    opportunity_choice = OpportunityChoice.EXISTING if wanted.existing_opportunity_id else OpportunityChoice.NEW
    return {
        "conversion_id": new_id(),
        "lead_id": wanted.lead_id,
        "holding_id": wanted.holding_id,
        "epoch": wanted.epoch,
        "account_id": wanted.existing_account_id or new_id(),
        "contact_id": new_id(),
        "opportunity_id": wanted.existing_opportunity_id or new_id(),
        "account_choice": wanted.account_choice,
        "opportunity_choice": opportunity_choice,
        "amount_minor": wanted.amount_minor,
        "currency": wanted.currency,
        "product": wanted.product,
        "converter_id": wanted.converter_id,
        "by_manager": wanted.by_manager,
    }


async def lock_conversion(db: AsyncConnection, conversion_id: UUID) -> Conversion:
    """Raises Unknown."""
    return await _one(db, conversion_id, "for no key update")


async def find_conversion(db: AsyncConnection, conversion_id: UUID) -> Conversion:
    """Raises Unknown, also of one that the caller may not know of."""
    return await _one(db, conversion_id, "")


async def newest_of_lead(db: AsyncConnection, lead_id: UUID) -> Conversion:
    """The newest that the caller may know of. Raises Unknown."""
    question = f"{CONVERSIONS} where lead_id = :lead_id and {SEEN} order by requested_at desc limit 1"
    row = (await db.execute(text(question), {"lead_id": lead_id, **asking()})).one_or_none()
    if row is None:
        raise Unknown("conversion of lead", lead_id)
    return _conversion(row)


def events_seen() -> TextClause | None:
    """Which events the caller sees of a lead; None: all."""
    return hidden_leads.events_seen("conversion", OF_OWN)


async def save_end(db: AsyncConnection, conversion: Conversion, state: State, reason: str) -> Conversion:
    """Ended without effect."""
    values = {"conversion_id": conversion.conversion_id, "state": state, "reason": reason}
    return _conversion((await db.execute(text(END), values)).one())


async def save_completion(db: AsyncConnection, conversion: Conversion) -> Conversion:
    return _conversion((await db.execute(text(COMPLETE), {"conversion_id": conversion.conversion_id})).one())


async def save_commit(
    db: AsyncConnection, conversion: Conversion, *, account_id: UUID, contact_id: UUID, account_created: bool
) -> Conversion:
    values = {
        "conversion_id": conversion.conversion_id,
        "account_id": account_id,
        "contact_id": contact_id,
        "account_created": account_created,
    }
    return _conversion((await db.execute(text(COMMIT), values)).one())


async def account_owner(db: AsyncConnection, account_id: UUID) -> UUID | None:
    """Who owns an account; none before it was made."""
    question = "select owner_id from conversion.account where account_id = :account_id"
    owner = await db.scalar(text(question), {"account_id": account_id})
    return owner if isinstance(owner, UUID) else None


async def due_for_nudge(db: AsyncConnection, limit: int) -> list[tuple[UUID, UUID]]:
    """Pending conversions untouched for 10 s, locked: (conversion, lead). Nudged again after 10 s doubling to 60 s."""
    return [(row.conversion_id, row.lead_id) for row in await db.execute(text(NUDGE), {"limit": limit})]


async def _one(db: AsyncConnection, conversion_id: UUID, lock: str) -> Conversion:
    question = f"{CONVERSIONS} where conversion_id = :conversion_id and {SEEN} {lock}"
    row = (await db.execute(text(question), {"conversion_id": conversion_id, **asking()})).one_or_none()
    if row is None:
        raise Unknown("conversion", conversion_id)
    return _conversion(row)


def _conversion(row: Row[Any]) -> Conversion:
    fields = {name: value for name, value in row._mapping.items() if name != "seen"}
    fields["state"] = State(row.state)
    fields["account_choice"] = AccountChoice(row.account_choice)
    fields["opportunity_choice"] = OpportunityChoice(row.opportunity_choice)
    return Conversion(**fields)


COLUMNS = """conversion_id, lead_id, holding_id, epoch, state, account_id, contact_id, opportunity_id, account_choice,
  opportunity_choice, amount_minor, currency, product, account_created, converter_id, by_manager, reason,
  requested_at, committed_at, completed_at"""
CONVERSIONS = f"select {COLUMNS} from conversion.conversion"
# Of a hidden lead, what he asked for himself.
SEEN = f"(not {hidden_by('conversion', 'conversion.lead_id')} or conversion.converter_id = :asking_rep)"
OF_OWN = """event.data ->> 'conversion_id' in (
  select cast(own.conversion_id as text) from conversion.conversion own
  where own.lead_id = event.lead_id and own.converter_id = :asking_rep
)"""
IN_THE_WAY = f"""
select {COLUMNS}, {SEEN} as seen from conversion.conversion
where lead_id = :lead_id and state not in ('REFUSED', 'ABANDONED') for no key update
"""

ASK = """
insert into conversion.conversion (conversion_id, lead_id, holding_id, epoch, state, account_id, contact_id,
  opportunity_id, account_choice, opportunity_choice, amount_minor, currency, product, converter_id, by_manager,
  requested_at, changed_at, reason)
select :conversion_id, :lead_id, :holding_id, :epoch, {state}, :account_id, :contact_id, :opportunity_id,
  :account_choice, :opportunity_choice, :amount_minor, :currency, :product, :converter_id, :by_manager, now.at,
  now.at, {reason}
from (select clew.clew_now() as at) now
on conflict (lead_id) where state not in ('REFUSED', 'ABANDONED') do nothing
returning {columns}
"""
REQUEST = ASK.format(state="'REQUESTED'", reason="null", columns=COLUMNS)
# By the reason that routing gives of a holding that it does not know.
REFUSE = ASK.format(state="'REFUSED'", reason="'NOT_FOUND'", columns=COLUMNS)

END = f"""
update conversion.conversion set state = :state, reason = :reason, changed_at = clew.clew_now()
where conversion_id = :conversion_id returning {COLUMNS}
"""
COMPLETE = f"""
update conversion.conversion set state = 'COMPLETED', completed_at = clew.clew_now(), changed_at = clew.clew_now()
where conversion_id = :conversion_id returning {COLUMNS}
"""
COMMIT = f"""
update conversion.conversion set state = 'COMMITTED', committed_at = clew.clew_now(), changed_at = clew.clew_now(),
  account_id = :account_id, contact_id = :contact_id, account_created = :account_created
where conversion_id = :conversion_id returning {COLUMNS}
"""

NUDGE = """
update conversion.conversion set nudged_at = clew.clew_now(), nudges = nudges + 1 where conversion_id = any(array(
  select conversion_id from conversion.conversion, (select clew.clew_now() as at) now
  where state in ('REQUESTED', 'COMMITTED') and changed_at < now.at - interval '10 seconds'
    and (nudges = 0 or nudged_at < now.at - least(60, 10 * power(2, least(nudges, 4) - 1)) * interval '1 second')
    and not exists (
      select from conversion.event owed
      where owed.wake_id = conversion.conversion_id and owed.delivered_at is null and owed.wakes <> 'none')
  order by changed_at limit :limit for no key update of conversion skip locked))
returning conversion_id, lead_id
"""
