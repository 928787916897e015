"""Leave of reps in the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.calendars.working_time import Absence
from services.routing.roster.store import Unknown
from services.shared.ids import new_id
from services.shared.refusals import InvalidInput, Refused
from services.shared.statements import fetch, run

LONGEST = timedelta(days=366)


@dataclass(frozen=True)
class Leave:
    leave_id: UUID
    rep_id: UUID
    rep_code: str
    starts_at: datetime
    ends_at: datetime
    state: str
    approved_at: datetime
    approved_by: str
    cancelled_at: datetime | None
    cancelled_by: str | None


class LeaveOverlaps(Refused):
    def __init__(self, leave_id: UUID, starts_at: datetime, ends_at: datetime) -> None:
        super().__init__(
            "LEAVE_OVERLAPS",
            f"The rep is on leave from {starts_at:%Y-%m-%d %H:%M} to {ends_at:%Y-%m-%d %H:%M} UTC already: "
            "cancel that leave, or choose another time.",
            leave_id=str(leave_id),
        )


async def absences_of(db: AsyncConnection, rep_id: UUID) -> tuple[Absence, ...]:
    """Approved leave of a rep, past leave too: a deadline is computed from its holding's start."""
    return (await absences_of_reps(db, [rep_id]))[rep_id]


async def absences_of_reps(db: AsyncConnection, rep_ids: Sequence[UUID]) -> Mapping[UUID, tuple[Absence, ...]]:
    """The same for several; a rep without leave has an empty tuple."""
    absences: dict[UUID, tuple[Absence, ...]] = dict.fromkeys(rep_ids, ())
    for row in await fetch(db, ABSENCES, {"rep_ids": list(absences)}):
        absences[row.rep_id] += (Absence(row.starts_at, row.ends_at),)
    return absences


async def set_leave(
    db: AsyncConnection, rep_id: UUID, starts_at: datetime, ends_at: datetime, approved_by: str
) -> Leave:
    """Approve leave. Raises InvalidInput (ends_at), LeaveOverlaps."""
    if ends_at <= starts_at:
        raise InvalidInput("ends_at", "Leave must end after it starts.")
    if ends_at - starts_at > LONGEST:
        raise InvalidInput("ends_at", f"Leave lasts {LONGEST.days} days at most: deactivate a rep who stays away.")
    # Whoever approves leave of this rep at the same moment waits here, and then sees this one.
    await fetch(db, LOCK_REP, {"rep_id": rep_id})
    span = {"rep_id": rep_id, "starts_at": starts_at, "ends_at": ends_at}
    for row in await fetch(db, OVERLAPPING, span):
        raise LeaveOverlaps(row.leave_id, row.starts_at, row.ends_at)
    leave_id = new_id()
    await run(db, INSERT, {**span, "leave_id": leave_id, "approved_by": approved_by})
    return await _leave(db, leave_id)


async def cancel_leave(db: AsyncConnection, leave_id: UUID, cancelled_by: str) -> tuple[Leave, bool]:
    """Cancel leave; it may have been cancelled before. Returns it, and whether this call did it. Raises Unknown."""
    changed = await run(db, CANCEL, {"leave_id": leave_id, "cancelled_by": cancelled_by})
    return await _leave(db, leave_id), changed == 1


async def list_leaves(
    db: AsyncConnection,
    *,
    rep_id: UUID | None,
    rep_code: str,
    with_cancelled: bool,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> Sequence[Leave]:
    """Those that begin last first, from after a place (starts_at, leave_id) on."""
    starts_at, leave_id = before or (None, None)
    asked = {
        "rep_id": rep_id,
        "rep_code": rep_code,
        "with_cancelled": with_cancelled,
        "starts_at": starts_at,
        "leave_id": leave_id,
        "limit": limit,
    }
    return [Leave(**row._asdict()) for row in await fetch(db, LIST, asked)]


async def _leave(db: AsyncConnection, leave_id: UUID) -> Leave:
    for row in await fetch(db, f"{LEAVES} where leave_id = :leave_id", {"leave_id": leave_id}):
        return Leave(**row._asdict())
    raise Unknown("leave", str(leave_id))


LEAVES = """
select leave_id, rep_id, rep.code as rep_code, starts_at, ends_at, state, approved_at, approved_by, cancelled_at,
  cancelled_by
from routing.leave join routing.rep using (rep_id)
"""

ABSENCES = """
select rep_id, starts_at, ends_at from routing.leave where rep_id = any(:rep_ids) and state = 'APPROVED'
order by rep_id, starts_at
"""

LOCK_REP = "select 1 from routing.rep where rep_id = :rep_id for no key update"

OVERLAPPING = """
select leave_id, starts_at, ends_at from routing.leave
where rep_id = :rep_id and state = 'APPROVED' and starts_at < :ends_at and ends_at > :starts_at limit 1
"""

INSERT = """
insert into routing.leave (leave_id, rep_id, starts_at, ends_at, approved_by)
values (:leave_id, :rep_id, :starts_at, :ends_at, :approved_by)
"""

CANCEL = """
update routing.leave set state = 'CANCELLED', cancelled_at = clew.clew_now(), cancelled_by = :cancelled_by
where leave_id = :leave_id and state = 'APPROVED'
"""

LIST = f"""
{LEAVES}
where (cast(:rep_id as uuid) is null or rep_id = cast(:rep_id as uuid))
  and (:rep_code = '' or rep.code = :rep_code)
  and (:with_cancelled or state = 'APPROVED')
  and (cast(:starts_at as timestamptz) is null
       or (starts_at, leave_id) < (cast(:starts_at as timestamptz), cast(:leave_id as uuid)))
order by starts_at desc, leave_id desc limit :limit
"""
