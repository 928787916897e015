"""Calendars in the database. Versions never change, so each is read once and kept."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.calendars.calendar import Calendar
from services.routing.calendars.imported import Imported
from services.routing.roster.store import Unknown
from services.shared.database import text
from services.shared.refusals import InvalidInput
from services.shared.statements import fetch, run

# Who imported the calendar that comes with the service.
CLEW = "clew"

# When it was published is part of it: another database, or an import that was rolled back, has another.
_read: dict[tuple[str, int, datetime], Calendar] = {}


@dataclass(frozen=True)
class StoredCalendar:
    """A version, and where it comes from."""

    calendar: Calendar
    name: str
    extends: str
    published_at: datetime
    published_by: str


async def newest_calendar(db: AsyncConnection, code: str) -> Calendar:
    """Raises Unknown (calendar)."""
    return (await stored_calendar(db, code)).calendar


async def calendar_version(db: AsyncConnection, code: str, version: int) -> Calendar:
    """A version that a holding is pinned to. Raises Unknown (calendar)."""
    return (await stored_calendar(db, code, version)).calendar


async def stored_calendar(db: AsyncConnection, code: str, version: int = 0) -> StoredCalendar:
    """A version, 0 for the newest. Raises Unknown (calendar)."""
    found = await fetch(db, FIND, {"code": code, "version": version})
    if not found:
        raise Unknown("calendar", f"{code}@{version}" if version else code)
    return await _stored(db, found[0])


def known_calendar(code: str, version: int, published_at: datetime) -> Calendar | None:
    """A version that this process has read before."""
    return _read.get((code, version, published_at))


async def list_calendars(db: AsyncConnection, after: str, limit: int) -> Sequence[StoredCalendar]:
    """The newest version of each, by code."""
    return [await _stored(db, row) for row in await fetch(db, LIST, {"after": after, "limit": limit})]


async def import_calendar(db: AsyncConnection, imported: Imported, published_by: str) -> list[Calendar]:
    """The next version, and the next of each calendar that extends it. Imports come one after another.

    Raises Unknown (the calendar that it extends), InvalidInput.
    """
    await db.execute(text("lock table routing.calendar in share row exclusive mode"))
    await _check_no_circle(db, imported)
    return await _insert(db, imported, published_by)


async def add_default(db: AsyncConnection, default: Imported) -> list[Calendar]:
    """Import it, unless it is there with as many years, or somebody has imported another under its code."""
    await db.execute(text("lock table routing.calendar in share row exclusive mode"))
    found = await fetch(db, FIND, {"code": default.code, "version": 0})
    if found:
        stored = await _stored(db, found[0])
        if stored.published_by != CLEW or default.published <= stored.calendar.published:
            return []
    return await _insert(db, default, CLEW)


async def _check_no_circle(db: AsyncConnection, imported: Imported) -> None:
    code = imported.extends
    while code:
        if code == imported.code:
            raise InvalidInput("extends", f"Calendar {code} would extend itself. Extend one that does not.")
        code = (await stored_calendar(db, code)).extends


async def _insert(db: AsyncConnection, imported: Imported, published_by: str) -> list[Calendar]:
    base = await newest_calendar(db, imported.extends) if imported.extends else None
    version = await db.scalar(text(NEXT_VERSION), {"code": imported.code})
    calendar = imported.resolved(int(version or 0), base)
    await run(
        db,
        INSERT,
        {
            "code": calendar.code,
            "version": calendar.version,
            "name": imported.name,
            "extends": imported.extends or None,
            "imported": json.dumps(imported.to_body()),
            "body": json.dumps(calendar.to_body()),
            "published_by": published_by,
        },
    )
    inserted = [calendar]
    for row in await fetch(db, EXTENDING, {"code": calendar.code}):
        inserted += await _insert(db, Imported.from_body(row.code, row.imported), published_by)
    return inserted


async def _stored(db: AsyncConnection, row: Row[tuple[object, ...]]) -> StoredCalendar:
    key = (row.code, row.version, row.published_at)
    calendar = _read.get(key)
    if calendar is None:
        [body] = await fetch(db, BODY, {"code": row.code, "version": row.version})
        calendar = _read[key] = Calendar.from_body(row.code, row.version, body.body)
    return StoredCalendar(calendar, row.name, row.extends or "", row.published_at, row.published_by)


FIND = """
select code, version, name, extends, published_at, published_by from routing.calendar
where code = :code and (:version = 0 or version = :version) order by version desc limit 1
"""

BODY = "select body from routing.calendar where code = :code and version = :version"

LIST = """
select distinct on (code) code, version, name, extends, published_at, published_by from routing.calendar
where code > :after order by code, version desc limit :limit
"""

NEXT_VERSION = "select coalesce(max(version), 0) + 1 from routing.calendar where code = :code"

INSERT = """
insert into routing.calendar (code, version, name, extends, imported, body, published_by)
values (:code, :version, :name, :extends, cast(:imported as jsonb), cast(:body as jsonb), :published_by)
"""

# A calendar whose newest version does not extend it any more is left alone.
EXTENDING = """
select newest.code, newest.imported from (
  select distinct on (code) code, extends, imported from routing.calendar order by code, version desc
) newest where newest.extends = :code order by newest.code
"""
