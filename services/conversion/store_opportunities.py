"""Opportunities in the database: closed, counted by account, and told to intake.

Whoever makes or closes one counts up its account's version in the same transaction; until intake has been told that
version, a run of one of the account's conversions has something to do.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.conversion import tables
from services.conversion.opportunity import (
    NotYours,
    OpenOpportunities,
    Opportunity,
    OpportunityClosed,
    OpportunityState,
    check_outcome,
    to_be_closed,
)
from services.conversion.store import Unknown
from services.shared import outbox
from services.shared.callers import current_caller
from services.shared.database import text
from services.shared.outbox import Event
from services.shared.sweep import BATCH


async def find_opportunity(db: AsyncConnection, opportunity_id: UUID) -> Opportunity:
    """Raises Unknown."""
    return await _one(db, opportunity_id, "")


async def find_open_opportunity(db: AsyncConnection, opportunity_id: UUID) -> Opportunity:
    """Raises Unknown, OpportunityClosed."""
    found = await find_opportunity(db, opportunity_id)
    if found.state is not OpportunityState.OPEN:
        raise OpportunityClosed(found)
    return found


async def close_opportunity(
    db: AsyncConnection, opportunity_id: UUID, outcome: OpportunityState, reason: str, *, only_of: UUID | None
) -> Opportunity:
    """`only_of`: the rep who asks, for his own. Raises InvalidInput, Unknown, NotYours, OpportunityClosed."""
    check_outcome(outcome, reason)
    opportunity = await _one(db, opportunity_id, "for no key update")
    if only_of not in (None, opportunity.owner_id):
        raise NotYours(opportunity_id)
    if not to_be_closed(opportunity, outcome):
        return opportunity
    values = {"opportunity_id": opportunity_id, "state": outcome, "reason": reason, "by": current_caller().id}
    await db.execute(text(CLOSE), values)
    await count_up(db, opportunity.account_id)
    # On the timeline of the lead that became it.
    made_by = (await db.execute(text(MADE_BY), {"opportunity_id": opportunity_id})).one()
    await outbox.lock_timeline(db, tables.event, made_by.lead_id)
    data = {
        "conversion_id": made_by.conversion_id,
        "opportunity_id": opportunity_id,
        "account_id": opportunity.account_id,
        "owner_id": opportunity.owner_id,
        "state": outcome,
    }
    event = Event(
        made_by.lead_id, "opportunity_closed", data=data, reason=reason or None, wake_id=made_by.conversion_id
    )
    await outbox.record(db, tables.event, event)
    return await find_opportunity(db, opportunity_id)


async def count_up(db: AsyncConnection, account_id: UUID) -> None:
    """Its open opportunities have changed: intake is to be told."""
    await db.execute(text(COUNT_UP), {"account_id": account_id})


async def open_opportunities(db: AsyncConnection, account_id: UUID) -> OpenOpportunities:
    """As they are at one instant; none of an account that was not made."""
    row = (await db.execute(text(OPEN), {"account_id": account_id})).one_or_none()
    return OpenOpportunities(row.owners, row.version, row.told) if row else OpenOpportunities((), 0, 0)


async def mark_told(db: AsyncConnection, account_id: UUID, version: int) -> int:
    """Never back to a lower version, and never to one that is yet to come."""
    return int(await db.scalar(text(MARK_TOLD), {"account_id": account_id, "version": version}) or 0)


async def nudge_untold(db: AsyncConnection) -> int:
    """A step of the sweep: what intake was not told within 10 s, a run of the account is to tell."""
    due = (await db.execute(text(NUDGE), {"limit": BATCH})).all()
    for row in due:
        await outbox.lock_timeline(db, tables.event, row.lead_id)
        event = Event(
            row.lead_id,
            "conversion_nudged",
            data={"conversion_id": row.conversion_id},
            reason="OWNERS_UNTOLD",
            wake_id=row.conversion_id,
        )
        await outbox.record(db, tables.event, event)
    return len(due)


async def _one(db: AsyncConnection, opportunity_id: UUID, lock: str) -> Opportunity:
    question = f"{OPPORTUNITIES} where opportunity_id = :opportunity_id {lock}"
    row = (await db.execute(text(question), {"opportunity_id": opportunity_id})).one_or_none()
    if row is None:
        raise Unknown("opportunity", opportunity_id)
    return _opportunity(row)


def _opportunity(row: Row[Any]) -> Opportunity:
    return Opportunity(**{**row._mapping, "state": OpportunityState(row.state)})


OPPORTUNITIES = """
select opportunity_id, account_id, owner_id, amount_minor, currency, product, state, reason, created_at, closed_at,
  closed_by
from conversion.opportunity
"""
CLOSE = """
update conversion.opportunity
set state = :state, reason = :reason, closed_at = clew.clew_now(), closed_by = :by
where opportunity_id = :opportunity_id
"""
MADE_BY = """
select conversion_id, lead_id from conversion.conversion
where opportunity_id = :opportunity_id and state in ('COMMITTED', 'COMPLETED') order by requested_at limit 1
"""
COUNT_UP = """
update conversion.account set opportunities_version = opportunities_version + 1,
  opportunities_changed_at = clew.clew_now(), nudges = 0
where account_id = :account_id
"""
OPEN = """
select opportunities_version as version, owners_told as told, array(
  select distinct owner_id from conversion.opportunity
  where opportunity.account_id = account.account_id and state = 'OPEN' order by owner_id
) as owners
from conversion.account where account_id = :account_id
"""
MARK_TOLD = """
update conversion.account set owners_told = greatest(owners_told, least(:version, opportunities_version))
where account_id = :account_id returning owners_told
"""
# A conversion that is not complete tells it by itself, and what is owed an event needs no second one. After the first
# nudge 10 s, doubling to 60 s.
NUDGE = """
with due as materialized (
  select account.account_id, teller.conversion_id, teller.lead_id
  from conversion.account
  cross join (select clew.clew_now() as at) now
  cross join lateral (
    select conversion_id, lead_id, state from conversion.conversion
    where conversion.account_id = account.account_id and state in ('COMMITTED', 'COMPLETED')
    order by requested_at desc limit 1
  ) teller
  where opportunities_version > owners_told and opportunities_changed_at < now.at - interval '10 seconds'
    and teller.state = 'COMPLETED'
    and (nudges = 0 or nudged_at < now.at - least(60, 10 * power(2, least(nudges, 4) - 1)) * interval '1 second')
    and not exists (
      select from conversion.event owed
      where owed.wake_id = teller.conversion_id and owed.delivered_at is null and owed.wakes <> 'none')
  order by opportunities_changed_at limit :limit for no key update of account skip locked
)
update conversion.account set nudged_at = clew.clew_now(), nudges = nudges + 1 from due
where account.account_id = due.account_id
returning due.conversion_id, due.lead_id
"""
