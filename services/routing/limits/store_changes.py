"""The ledger of limits in the database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.holdings.limits import LimitScope
from services.routing.limits.standing import Change, ChangeKind
from services.shared.callers import current_caller
from services.shared.database import text


async def record_table_change(db: AsyncConnection, kind: ChangeKind, version: int, changed: int, at: datetime) -> None:
    """In the transaction that applied the table."""
    caller = current_caller()
    values = {"kind": kind, "version": version, "changed": changed, "at": at}
    await db.execute(text(RECORD_TABLE), {**values, "actor_id": caller.id, "actor_role": caller.role})


async def list_changes(db: AsyncConnection, rep_id: UUID | None, before: UUID | None, limit: int) -> Sequence[Change]:
    """The newest first: of one rep, or of all and of the tables; from before a change on."""
    question, asked = CHANGES, {"rep_id": rep_id, "before": before, "limit": limit}
    wanted = ["rep_id = :rep_id"] if rep_id else []
    wanted += ["change_id < :before"] if before else []
    where = f"where {' and '.join(wanted)}" if wanted else ""
    rows = await db.execute(text(question.format(where=where)), {name: value for name, value in asked.items() if value})
    return [_change(row) for row in rows]


def _change(row: Row[Any]) -> Change:
    return Change(
        change_id=row.change_id,
        kind=ChangeKind(row.kind),
        rep_code=row.rep_code or "",
        scope=LimitScope(row.scope) if row.scope else None,
        name=row.name or "",
        limit_before=row.limit_before,
        limit=row.limit,
        held=row.held or 0,
        until=row.until,
        reason=row.reason or "",
        table_version=row.table_version,
        changed=row.changed or 0,
        actor_id=row.actor_id,
        actor_role=row.actor_role,
        changed_at=row.changed_at,
    )


RECORD_TABLE = """
insert into routing.limit_change (change_id, kind, table_version, changed, actor_id, actor_role, changed_at)
values (uuidv7(), :kind, :version, :changed, :actor_id, :actor_role, :at)
"""

CHANGES = """
select c.*, rep.code as rep_code, coalesce(pool.code, c.key) as name
from (select * from routing.limit_change {where} order by change_id desc limit :limit) c
left join routing.rep using (rep_id)
left join routing.pool on pool.pool_id = case when c.scope = 'POOL' then cast(c.key as uuid) end
order by change_id desc
"""
