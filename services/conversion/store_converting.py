"""A conversion's walk: asked for, committed or ended without effect, completed. Each step once, however often asked."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.conversion import store, tables
from services.conversion.stages import (
    MADE,
    WITHOUT_EFFECT,
    AccountChoice,
    Conversion,
    ConversionEnded,
    NotCommitted,
    State,
)
from services.conversion.store import Unknown, Wanted
from services.conversion.store_opportunities import find_open_opportunity, mark_told
from services.conversion.store_trio import Known, make_account, make_contact, make_opportunity
from services.shared import outbox
from services.shared.outbox import Event
from services.shared.refusals import InvalidInput
from services.shared.sweep import BATCH


async def convert_lead(db: AsyncConnection, wanted: Wanted) -> Conversion:
    """Raises Unknown (existing account or opportunity), OpportunityClosed, InvalidInput (existing_opportunity_id of
    another account)."""
    if wanted.existing_account_id and await store.account_owner(db, wanted.existing_account_id) is None:
        raise Unknown("account", wanted.existing_account_id)
    if wanted.existing_opportunity_id:
        opportunity = await find_open_opportunity(db, wanted.existing_opportunity_id)
        wanted = into_account_of_opportunity(wanted, opportunity.account_id)
    conversion, first_asked = await store.request_conversion(db, wanted)
    if first_asked:
        await _tell(db, conversion, "conversion_requested", wakes=True, holding_id=conversion.holding_id)
    if first_asked and conversion.state is State.REFUSED:
        await _tell(db, conversion, "conversion_refused", reason=conversion.reason)
        # Answered as any that is asked for; what became of it he finds when he looks.
        return replace(conversion, state=State.REQUESTED, reason=None)
    return conversion


def into_account_of_opportunity(wanted: Wanted, account_id: UUID) -> Wanted:
    """An opportunity brings its account along; another one cannot be wanted beside it."""
    if wanted.account_choice is AccountChoice.NEW or wanted.existing_account_id not in (None, account_id):
        raise InvalidInput(
            "existing_opportunity_id",
            f"The opportunity {wanted.existing_opportunity_id} is of the account {account_id}, not of the one "
            "asked for. Leave the account out, or ask for a new opportunity.",
        )
    return replace(wanted, account_choice=AccountChoice.EXISTING, existing_account_id=account_id)


async def commit_conversion(db: AsyncConnection, conversion_id: UUID, known: Known) -> Conversion:
    """The trio, in one transaction. Raises ConversionEnded when it was refused or abandoned before."""
    conversion = await store.lock_conversion(db, conversion_id)
    if conversion.state in WITHOUT_EFFECT:
        raise ConversionEnded(conversion)
    if conversion.state in MADE:
        return conversion
    account_id, account_created = await make_account(db, conversion, known)
    contact_id = await make_contact(db, conversion, known, account_id)
    await make_opportunity(db, conversion, known, account_id)
    committed = await store.save_commit(
        db, conversion, account_id=account_id, contact_id=contact_id, account_created=account_created
    )
    await _tell(
        db,
        committed,
        "conversion_committed",
        account_id=account_id,
        contact_id=contact_id,
        opportunity_id=committed.opportunity_id,
        account_created=account_created,
    )
    return committed


async def abandon_conversion(db: AsyncConnection, conversion_id: UUID, *, refused: bool, reason: str) -> Conversion:
    """End it without effect; one that is committed stays committed and is answered as it is."""
    conversion = await store.lock_conversion(db, conversion_id)
    if conversion.state is not State.REQUESTED:
        return conversion
    state = State.REFUSED if refused else State.ABANDONED
    ended = await store.save_end(db, conversion, state, reason or "LEASE_ENDED")
    await _tell(db, ended, "conversion_refused" if refused else "conversion_abandoned", reason=ended.reason)
    return ended


async def complete_conversion(db: AsyncConnection, conversion_id: UUID, *, told_version: int) -> Conversion:
    """`told_version`: of the open opportunities' owners that intake was told of beside. Raises NotCommitted."""
    conversion = await store.lock_conversion(db, conversion_id)
    if conversion.state is State.COMPLETED:
        return conversion
    if conversion.state is not State.COMMITTED:
        raise NotCommitted(conversion)
    completed = await store.save_completion(db, conversion)
    await mark_told(db, conversion.account_id, told_version)
    await _tell(db, completed, "conversion_completed")
    return completed


async def nudge_pending(db: AsyncConnection) -> int:
    """A step of the sweep: conversions that nobody has touched for 10 s are told again."""
    due = await store.due_for_nudge(db, BATCH)
    for conversion_id, lead_id in due:
        await _record(db, lead_id, conversion_id, "conversion_nudged", wakes=True)
    return len(due)


async def _tell(
    db: AsyncConnection,
    conversion: Conversion,
    kind: str,
    *,
    wakes: bool = False,
    reason: str | None = None,
    **changes: object,
) -> None:
    await _record(db, conversion.lead_id, conversion.conversion_id, kind, wakes=wakes, reason=reason, **changes)


async def _record(
    db: AsyncConnection,
    lead_id: UUID,
    conversion_id: UUID,
    kind: str,
    *,
    wakes: bool,
    reason: str | None = None,
    **changes: object,
) -> None:
    await outbox.lock_timeline(db, tables.event, lead_id)
    data = {"conversion_id": conversion_id, **changes}
    wake_id = conversion_id if wakes else None
    await outbox.record(db, tables.event, Event(lead_id, kind, data=data, reason=reason, wake_id=wake_id))
