"""Reps who work on a lead beside its holder: they log follow-ups and see schedule and person, nothing more.

A collaboration belongs to a holding: whoever holds the lead next begins with nobody.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing import tables, transitions
from services.routing.holdings.holding import Holding
from services.routing.holdings.refusals import HoldingEnded, NotYours, RepInactive, RepNotFound
from services.routing.holdings.store_found import check_own, lock_named
from services.routing.leads.store import Lead
from services.routing.ledger import Decision
from services.routing.store_ledger import record_decision
from services.shared import database, outbox
from services.shared.callers import Role, current_caller
from services.shared.database import text
from services.shared.outbox import Event
from services.shared.refusals import InvalidInput, NotFound


@dataclass(frozen=True)
class Collaborator:
    rep_id: UUID
    rep_code: str
    since: datetime
    until: datetime | None
    added_by: str


class CollaboratorNotFound(NotFound):
    def __init__(self, rep_code: str) -> None:
        super().__init__(
            "NOT_FOUND", f"Rep {rep_code} does not collaborate on this holding.", kind="collaborator", id=rep_code
        )


async def add_collaborator(db: AsyncConnection, holding_id: UUID, rep_code: str) -> Collaborator:
    """Asked twice, once done. Raises NotYours, HoldingEnded, RepNotFound, RepInactive, InvalidInput (the holder)."""
    verb = "AddCollaborator"
    lead, holding = await _lock_open(db, holding_id, verb)
    rep = (await db.execute(text(REP), {"rep_code": rep_code})).one_or_none()
    if rep is None:
        raise RepNotFound(rep_code)
    if rep.rep_id == holding.rep_id:
        raise InvalidInput("rep_code", f"Rep {rep_code} holds this lead: name somebody else.")
    if not rep.active:
        raise RepInactive(rep_code)
    if present := await _present(db, holding_id, rep_code):
        return present
    added = Collaborator(rep.rep_id, rep_code, await database.now(db), None, current_caller().id)
    await db.execute(text(ADD), {"holding_id": holding_id, "lead_id": lead.lead_id, **vars(added)})
    await _record(db, lead, holding, added.rep_id, rep_code, verb, "collaborator_added", added.since)
    return added


async def remove_collaborator(db: AsyncConnection, holding_id: UUID, rep_code: str) -> Collaborator:
    """Raises NotYours, HoldingEnded, CollaboratorNotFound."""
    verb = "RemoveCollaborator"
    lead, holding = await _lock_open(db, holding_id, verb)
    present = await _present(db, holding_id, rep_code)
    if present is None:
        raise CollaboratorNotFound(rep_code)
    at = await database.now(db)
    await db.execute(text(REMOVE), {"holding_id": holding_id, "rep_id": present.rep_id, "at": at})
    await _record(db, lead, holding, present.rep_id, rep_code, verb, "collaborator_removed", at)
    return Collaborator(present.rep_id, rep_code, present.since, at, present.added_by)


async def list_collaborators(
    db: AsyncConnection, holding_id: UUID, after: tuple[datetime, str] | None, limit: int
) -> list[Collaborator]:
    """Those of now and before, by since when, from after a position on."""
    since, rep_code = after or (None, None)
    asked = {"holding_id": holding_id, "since": since, "rep_code": rep_code, "limit": limit}
    return [Collaborator(**row._mapping) for row in await db.execute(text(LIST), asked)]


async def check_takes_part(db: AsyncConnection, holding: Holding) -> None:
    """A rep who asks is the holder, or collaborated to the last. Raises NotYours."""
    caller = current_caller()
    if caller.role is not Role.REP or caller.id == str(holding.rep_id):
        return
    asked = {"holding_id": holding.holding_id, "rep_id": caller.id}
    if not await db.scalar(text(TAKES_PART), asked):
        raise NotYours("holding", holding.holding_id)


async def _lock_open(db: AsyncConnection, holding_id: UUID, verb: str) -> tuple[Lead, Holding]:
    """Open, with a conversion in flight or not: a collaborator moves no lead from under it."""
    lead, holding = await lock_named(db, holding_id)
    check_own(holding)
    if holding.end_cause is not None:
        raise HoldingEnded(holding_id, holding.end_cause)
    transitions.check(lead.state, verb)
    return lead, holding


async def _present(db: AsyncConnection, holding_id: UUID, rep_code: str) -> Collaborator | None:
    row = (await db.execute(text(PRESENT), {"holding_id": holding_id, "rep_code": rep_code})).one_or_none()
    return Collaborator(**row._mapping) if row else None


async def _record(
    db: AsyncConnection,
    lead: Lead,
    holding: Holding,
    rep_id: UUID,
    rep_code: str,
    verb: str,
    event: str,
    at: datetime,
) -> None:
    await record_decision(
        db,
        Decision(
            lead_id=lead.lead_id,
            verb=verb,
            from_state=lead.state,
            to_state=lead.state,
            holding_id=holding.holding_id,
            epoch=holding.epoch,
            rep_id=rep_id,
            decided_at=at,
        ),
    )
    data = {"holding_id": holding.holding_id, "epoch": holding.epoch, "rep_code": rep_code}
    await outbox.record(db, tables.event, Event(lead.lead_id, event, data=data))


REP = "select rep_id, active from routing.rep where code = :rep_code"

# A collaboration ends with its holding, where nobody ended it before.
COLLABORATORS = """
select c.rep_id, rep.code as rep_code, c.since, coalesce(c.until, h.ended_at) as until, c.added_by
from routing.collaborator c join routing.rep using (rep_id) join routing.holding h on h.holding_id = c.holding_id
where c.holding_id = :holding_id
"""

PRESENT = f"{COLLABORATORS} and rep.code = :rep_code and c.until is null"  # composed of a part above

LIST = f"""{COLLABORATORS}
  and (cast(:since as timestamptz) is null
       or (c.since, rep.code) > (cast(:since as timestamptz), cast(:rep_code as text)))
order by c.since, rep.code limit :limit
"""  # composed of a part above

TAKES_PART = """
select exists (
  select from routing.collaborator
  where holding_id = :holding_id and rep_id = cast(:rep_id as uuid) and until is null
)
"""

SEEN_BY_OTHERS = "update routing.lead set access_version = access_version + 1, version = version + 1"
ADD = f"""
with seen as ({SEEN_BY_OTHERS} where lead_id = :lead_id)
insert into routing.collaborator (holding_id, lead_id, rep_id, since, added_by)
values (:holding_id, :lead_id, :rep_id, :since, :added_by)
"""  # composed of a part above

REMOVE = f"""
with seen as ({SEEN_BY_OTHERS} where lead_id = (select lead_id from routing.holding where holding_id = :holding_id))
update routing.collaborator set until = :at where holding_id = :holding_id and rep_id = :rep_id and until is null
"""  # composed of a part above
