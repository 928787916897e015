"""A command about a holding begins here: the lead is locked, then the holding, then it is looked at."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing import transitions
from services.routing.holdings import store
from services.routing.holdings.holding import Holding
from services.routing.holdings.refusals import ConversionInFlight, HoldingEnded, HoldingNotFound, NotYours
from services.routing.leads.store import Lead, lock_any_lead
from services.routing.pools.store_seeing import is_hidden, sees_lead
from services.shared.callers import Role, current_caller


async def lock_named(db: AsyncConnection, holding_id: UUID) -> tuple[Lead, Holding]:
    """The holding that a command names, whether open or ended, and its lead.

    Raises HoldingNotFound, also of another's holding of a lead that is hidden from the caller.
    """
    lead = await lock_any_lead(db, await store.lead_of(db, holding_id))
    holding = await store.lock_holding(db, holding_id)
    if lead.hidden and not is_own(holding) and not await sees_lead(db, lead.lead_id):
        raise HoldingNotFound(holding_id)
    return lead, holding


def is_own(holding: Holding) -> bool:
    caller = current_caller()
    return caller.role is Role.REP and caller.id == str(holding.rep_id)


async def check_seen(db: AsyncConnection, holding: Holding) -> None:
    """For who only looks. Raises HoldingNotFound as `lock_named` does."""
    if not is_own(holding) and await is_hidden(db, holding.lead_id):
        raise HoldingNotFound(holding.holding_id)


def check_own(holding: Holding) -> None:
    """A rep acts on his own holdings only; other roles are bound by the table of roles alone."""
    caller = current_caller()
    if caller.role is Role.REP and caller.id != str(holding.rep_id):
        raise NotYours("holding", holding.holding_id)


def check_movable(lead: Lead, holding: Holding, verb: str) -> None:
    """Ended holdings are fenced off, and nobody takes a lead from under its conversion."""
    if holding.end_cause is not None:
        raise HoldingEnded(holding.holding_id, holding.end_cause)
    if holding.conversion_id is not None:
        raise ConversionInFlight(holding.conversion_id)
    transitions.check(lead.state, verb)
