"""What people ask about holdings."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.holdings.holding import Holding
from services.routing.holdings.refusals import NotYours
from services.routing.holdings.store import HOLDINGS, holding_of
from services.routing.holdings.store_time import know_calendars
from services.shared.database import text


@dataclass(frozen=True)
class Place:
    """Where a page of holdings ended, in their order: by deadline, then by id."""

    due_at: datetime
    holding_id: UUID


async def list_open_holdings(
    db: AsyncConnection,
    *,
    rep_id: UUID | None = None,
    rep_code: str | None = None,
    after: Place | None,
    limit: int,
) -> list[Holding]:
    """Open holdings, the nearest deadline first: of one rep, or of everybody."""
    asked: dict[str, object] = {"limit": limit}
    wanted = ["h.ended_at is null"]
    if rep_id is not None:
        wanted.append("h.rep_id = :rep_id")
        asked["rep_id"] = rep_id
    if rep_code is not None:
        wanted.append("rep.code = :rep_code")
        asked["rep_code"] = rep_code
    if after is not None:
        wanted.append("(h.due_at, h.holding_id) > (:due_at, :holding_id)")
        asked.update(due_at=after.due_at, holding_id=after.holding_id)
    question = f"{HOLDINGS} where {' and '.join(wanted)} order by h.due_at, h.holding_id limit :limit"
    rows = (await db.execute(text(question), asked)).all()
    await know_calendars(db, rows)
    return [holding_of(row) for row in rows]


async def check_own_code(db: AsyncConnection, rep_id: UUID, rep_code: str) -> None:
    """A rep who names somebody else is refused: an empty list would tell him that nothing is held. NotYours."""
    question = "select code from routing.rep where rep_id = :rep_id"
    if await db.scalar(text(question), {"rep_id": rep_id}) != rep_code:
        raise NotYours("list of rep", rep_code)


async def reminded_of(db: AsyncConnection, holding: Holding) -> frozenset[str]:
    """The steps of the present deadline that the holder has been reminded at."""
    question = """
        select step from routing.notice
        where subject_id = :holding_id and kind = 'REMINDER' and due_at = :due_at
    """
    of_this = {"holding_id": holding.holding_id, "due_at": holding.schedule.due_at}
    return frozenset((await db.execute(text(question), of_this)).scalars())
