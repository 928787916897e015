"""The limit table in the database: published, applied to every rep, applied anew when a season begins or ends.

Whoever applies a table holds the lock of `limit_table`, so that one is applied after the other; whoever makes a rep
holds it shared, so that none is passed over. Limits are locked in the order that everybody keeps, after that.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.limits.limit_table import LimitTable, Line, Season
from services.routing.limits.standing import ChangeKind
from services.routing.limits.store_changes import record_table_change
from services.shared import database
from services.shared.callers import current_caller
from services.shared.database import text
from services.shared.refusals import NotFound


@dataclass(frozen=True)
class Published:
    """A version of the table."""

    version: int
    table: LimitTable
    published_at: datetime
    published_by: str
    # When a season begins or ends next; none for a version that is not the newest.
    next_change_at: datetime | None


class TableNotFound(NotFound):
    def __init__(self, version: int) -> None:
        super().__init__("NOT_FOUND", f"The limit table has no version {version}.", kind="limit_table", id=str(version))


async def publish_table(db: AsyncConnection, table: LimitTable) -> tuple[Published, int]:
    """The next version, applied. Returns it, and how many limits are others now."""
    await db.execute(text(LOCK_ALONE))
    now = await database.now(db)
    values = {
        "lines": json.dumps([_to_json(line) for line in table.lines]),
        "time_zone": table.zone.key,
        "now": now,
        "published_by": current_caller().id,
        "next_change_at": table.next_change(now),
    }
    published = _published((await db.execute(text(PUBLISH), values)).one())
    changed = await _apply(db, table, now)
    await record_table_change(db, ChangeKind.TABLE_PUBLISHED, published.version, changed, now)
    return published, changed


async def change_season(db: AsyncConnection) -> int:
    """A step of the sweep: apply the newest table anew once one of its seasons has begun or ended."""
    if not await db.scalar(text(SEASON_IS_OVER)):
        return 0
    await db.execute(text(LOCK_ALONE))
    now = await database.now(db)
    newest = await find_table(db)
    if newest is None or newest.next_change_at is None or newest.next_change_at > now:
        return 0  # Another process was faster.
    changed = await _apply(db, newest.table, now)
    following = {"version": newest.version, "next_change_at": newest.table.next_change(now)}
    await db.execute(
        text("update routing.limit_table set next_change_at = :next_change_at where version = :version"), following
    )
    await record_table_change(db, ChangeKind.SEASON_CHANGED, newest.version, changed, now)
    return 1


async def begin_limits(db: AsyncConnection, rep_id: UUID, team_code: str, default_limit: int) -> None:
    """Of a new rep: his team's, and what the newest table says."""
    await db.execute(text(BEGIN), {"rep_id": rep_id, "limit": default_limit})
    await db.execute(text(LOCK_SHARED))
    if newest := await find_table(db):
        await _apply(db, newest.table, await database.now(db), only=(rep_id, team_code))


async def find_table(db: AsyncConnection, version: int = 0) -> Published | None:
    """A version, or with 0 the newest; none before the first publication. Raises TableNotFound."""
    row = (await db.execute(text(FIND), {"version": version or None})).one_or_none()
    if row is None and version:
        raise TableNotFound(version)
    return _published(row) if row else None


async def _apply(db: AsyncConnection, table: LimitTable, at: datetime, *, only: tuple[UUID, str] | None = None) -> int:
    """Write what the table says at this instant to the limits of all reps, or of one. Returns how many changed."""
    rep_id, team_code = only or (None, None)
    team_codes = [team_code] if team_code else (await db.execute(text("select code from routing.team"))).scalars().all()
    cells = table.on(at, team_codes)
    values = {
        "rep_id": rep_id,
        "team_codes": [cell.team_code for cell in cells],
        "scopes": [str(cell.scope) for cell in cells],
        "keys": [cell.key for cell in cells],
        "limits": [cell.limit for cell in cells],
    }
    return (await db.execute(text(APPLY), values)).rowcount


def _published(row: Row[Any]) -> Published:
    table = LimitTable([_from_json(line) for line in row.lines], ZoneInfo(row.time_zone))
    return Published(row.version, table, row.published_at, row.published_by, row.next_change_at)


def _to_json(line: Line) -> dict[str, object]:
    season = [line.season.first.isoformat(), line.season.last.isoformat()] if line.season else None
    return {
        "limit": line.limit,
        "team_code": line.team_code,
        "grade": line.grade,
        "product": line.product,
        "season": season,
    }


def _from_json(stored: dict[str, Any]) -> Line:
    season: Sequence[str] | None = stored["season"]
    return Line(**{**stored, "season": Season(*map(date.fromisoformat, season)) if season else None})


LOCK_ALONE = "lock table routing.limit_table in share row exclusive mode"
LOCK_SHARED = "lock table routing.limit_table in share mode"

PUBLISH = """
insert into routing.limit_table (version, lines, time_zone, published_at, published_by, next_change_at)
select coalesce(max(version), 0) + 1, cast(:lines as jsonb), :time_zone, :now, :published_by,
  cast(:next_change_at as timestamptz)
from routing.limit_table
returning *
"""

FIND = """
select version, lines, time_zone, published_at, published_by,
  case when version = (select max(version) from routing.limit_table) then next_change_at end as next_change_at
from routing.limit_table
where version = coalesce(cast(:version as int), (select max(version) from routing.limit_table))
"""

SEASON_IS_OVER = """
select next_change_at <= clew.clew_now() from routing.limit_table order by version desc limit 1
"""

BEGIN = """
insert into routing.holding_limit (scope, key, rep_id, held, default_limit) values ('REP', '', :rep_id, 0, :limit)
"""

# Only what changes is locked and written, and in the order of locking.
APPLY = """
with wanted as materialized (
  select scope, key, rep_id, cell."limit"
  from unnest(cast(:team_codes as text[]), cast(:scopes as text[]), cast(:keys as text[]), cast(:limits as int[]))
    as cell (team_code, scope, key, "limit")
  join routing.team on team.code = cell.team_code join routing.rep using (team_id)
  where cast(:rep_id as uuid) is null or rep_id = cast(:rep_id as uuid)
), changed as (
  select scope, key, rep_id, wanted."limit" from wanted left join routing.holding_limit l using (scope, key, rep_id)
  where wanted."limit" is distinct from l.table_limit
  union all
  select scope, key, rep_id, null from routing.holding_limit l left join wanted using (scope, key, rep_id)
  where l.table_limit is not null and wanted.rep_id is null
    and (cast(:rep_id as uuid) is null or l.rep_id = cast(:rep_id as uuid))
)
insert into routing.holding_limit (scope, key, rep_id, held, table_limit)
select scope, key, rep_id, 0, "limit" from changed order by scope, key collate "C", rep_id
on conflict (scope, key, rep_id) do update set table_limit = excluded.table_limit
"""
