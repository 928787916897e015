"""Notices in the database."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing import tables
from services.routing.holdings.refusals import NotYours
from services.routing.leads.store import lock_any_lead
from services.routing.notices.notice import Notice, NoticeKind, RecordedNotice
from services.shared import outbox
from services.shared.database import text
from services.shared.ids import new_id
from services.shared.outbox import Event
from services.shared.refusals import NotFound


class NoticeNotFound(NotFound):
    def __init__(self, notice_id: UUID) -> None:
        super().__init__("NOT_FOUND", f"There is no notice {notice_id}.", kind="notice", id=str(notice_id))


async def write_notice(db: AsyncConnection, notice: Notice) -> None:
    """In the transaction of what it tells; told once."""
    await db.execute(
        text(WRITE),
        {
            "notice_id": new_id(),
            "subject_id": notice.subject_id,
            "kind": notice.kind,
            "step": notice.step,
            "rep_id": notice.rep_id,
            "pool_id": notice.pool_id,
            "team_id": notice.team_id,
            "lead_id": notice.lead_id,
            "holding_id": notice.holding_id,
            "due_at": notice.due_at,
            "reason": notice.reason,
            "created_at": notice.created_at,
        },
    )


async def list_notices(
    db: AsyncConnection,
    *,
    rep_id: UUID | None,
    rep_code: str,
    pool_code: str,
    team_code: str,
    open_only: bool,
    before: UUID | None,
    limit: int,
) -> Sequence[RecordedNotice]:
    """Newest first, from before an id on; filters that are empty let everything through."""
    asked: dict[str, object] = {"limit": limit}
    wanted = ["n.acknowledged_at is null"] if open_only else ["true"]
    for name, value, condition in (
        ("rep_id", rep_id, "n.rep_id = :rep_id"),
        ("rep_code", rep_code, "n.rep_id = (select rep_id from routing.rep where code = :rep_code)"),
        ("pool_code", pool_code, "n.pool_id = (select pool_id from routing.pool where code = :pool_code)"),
        ("team_code", team_code, "n.team_id = (select team_id from routing.team where code = :team_code)"),
        ("before", before, "n.notice_id < :before"),
    ):
        if value:
            wanted.append(condition)
            asked[name] = value
    question = f"{NOTICES} where {' and '.join(wanted)} order by n.notice_id desc limit :limit"
    return [notice_of(row) for row in await db.execute(text(question), asked)]


async def _one_notice(db: AsyncConnection, notice_id: UUID) -> RecordedNotice:
    question = f"{NOTICES} where n.notice_id = :notice_id"
    row = (await db.execute(text(question), {"notice_id": notice_id})).one_or_none()
    if row is None:
        raise NoticeNotFound(notice_id)
    return notice_of(row)


async def acknowledge(db: AsyncConnection, notice_id: UUID, *, only_of: UUID | None) -> RecordedNotice:
    """Seen; the first time stays. `only_of`: the rep who asks, who may acknowledge only his own.

    Raises NoticeNotFound, NotYours.
    """
    await lock_any_lead(db, (await _one_notice(db, notice_id)).lead_id)
    notice = await _one_notice(db, notice_id)
    if only_of is not None and notice.rep_id != only_of:
        raise NotYours("notice", notice_id)
    if notice.acknowledged_at is not None:
        return notice
    acknowledged_at = await db.scalar(text(ACKNOWLEDGE), {"notice_id": notice_id})
    data = {"notice_id": notice_id, "kind": notice.kind, "step": notice.step}
    await outbox.record(db, tables.event, Event(notice.lead_id, "notice_acknowledged", data=data))
    return replace(notice, acknowledged_at=acknowledged_at)


def notice_of(row: Row[Any]) -> RecordedNotice:
    """Out of a row that has NOTICE_COLUMNS, whatever else it has."""
    fields = {name: getattr(row, name) for name in RecordedNotice.__dataclass_fields__}
    return RecordedNotice(**{**fields, "kind": NoticeKind(row.kind)})


WRITE = """
insert into routing.notice (notice_id, subject_id, kind, step, rep_id, pool_id, team_id, lead_id, holding_id, due_at,
  reason, created_at)
values (:notice_id, :subject_id, :kind, :step, :rep_id, :pool_id, :team_id, :lead_id, :holding_id, :due_at,
  :reason, :created_at)
on conflict do nothing
"""

# Of a holding that began while nothing was due (schedule.NEVER), none is told.
NOTICE_COLUMNS = """n.notice_id, n.kind, n.step, n.rep_id, coalesce(rep.code, '') as rep_code,
  coalesce(pool.code, '') as pool_code, coalesce(team.code, '') as team_code, n.lead_id, n.holding_id,
  nullif(n.due_at, timestamptz '9999-01-01 00:00Z') as due_at, coalesce(n.reason, '') as reason,
  n.created_at, n.acknowledged_at"""
NOTICE_TABLES = """(routing.notice n left join routing.rep using (rep_id) left join routing.pool using (pool_id)
left join routing.team on team.team_id = n.team_id)"""
NOTICES = f"select {NOTICE_COLUMNS} from {NOTICE_TABLES}"

ACKNOWLEDGE = """
update routing.notice set acknowledged_at = clew.clew_now() where notice_id = :notice_id returning acknowledged_at
"""
