"""Notices in the database."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.notices.notice import Notice, NoticeKind, RecordedNotice
from services.shared.ids import new_id
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
    open_only: bool,
    before: UUID | None,
    limit: int,
) -> Sequence[RecordedNotice]:
    """Newest first, from before an id on; filters that are empty let everything through."""
    rows = await db.execute(
        text(f"{NOTICES} where {FILTER} order by n.notice_id desc limit :limit"),
        {
            "rep_id": rep_id,
            "rep_code": rep_code,
            "pool_code": pool_code,
            "open_only": open_only,
            "before": before,
            "limit": limit,
        },
    )
    return [_notice(row) for row in rows]


async def lock_notice(db: AsyncConnection, notice_id: UUID) -> RecordedNotice:
    """Raises NoticeNotFound."""
    question = f"{NOTICES} where n.notice_id = :notice_id for no key update of n"
    row = (await db.execute(text(question), {"notice_id": notice_id})).one_or_none()
    if row is None:
        raise NoticeNotFound(notice_id)
    return _notice(row)


async def acknowledge(db: AsyncConnection, notice_id: UUID) -> None:
    """Seen; the first time stays."""
    await db.execute(text(ACKNOWLEDGE), {"notice_id": notice_id})


def _notice(row: Row[Any]) -> RecordedNotice:
    fields = {**row._mapping, "kind": NoticeKind(row.kind)}
    return RecordedNotice(**fields)


WRITE = """
insert into routing.notice (notice_id, subject_id, kind, step, rep_id, pool_id, lead_id, holding_id, due_at, reason,
  created_at)
values (:notice_id, :subject_id, :kind, :step, :rep_id, :pool_id, :lead_id, :holding_id, :due_at, :reason,
  :created_at)
on conflict do nothing
"""

NOTICES = """
select n.notice_id, n.kind, n.step, n.rep_id, coalesce(rep.code, '') as rep_code,
  coalesce(pool.code, '') as pool_code, n.lead_id, n.holding_id, n.due_at, coalesce(n.reason, '') as reason,
  n.created_at, n.acknowledged_at
from routing.notice n left join routing.rep using (rep_id) left join routing.pool using (pool_id)
"""

FILTER = """
(cast(:rep_id as uuid) is null or n.rep_id = cast(:rep_id as uuid))
and (cast(:rep_code as text) = '' or rep.code = :rep_code)
and (cast(:pool_code as text) = '' or pool.code = :pool_code)
and (not :open_only or n.acknowledged_at is null)
and (cast(:before as uuid) is null or n.notice_id < cast(:before as uuid))
"""

ACKNOWLEDGE = """
update routing.notice set acknowledged_at = coalesce(acknowledged_at, clew.clew_now()) where notice_id = :notice_id
"""
