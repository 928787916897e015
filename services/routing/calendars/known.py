"""Calendars as this process knows them: a version never changes, so it is read once."""

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.calendars.calendar import Calendar
from services.shared.database import text
from services.shared.refusals import NotFound


class CalendarNotFound(NotFound):
    def __init__(self, code: str) -> None:
        super().__init__(
            "NOT_FOUND", f"There is no calendar {code}: import it, or name another.", kind="calendar", id=code
        )


_known: dict[tuple[str, int], Calendar] = {}
# Versions are few; whoever corrects one every day for a year has not filled it.
AT_MOST = 512


def cached_calendar(code: str, version: int) -> Calendar | None:
    return _known.get((code, version))


async def read_calendar(db: AsyncConnection, code: str, version: int) -> Calendar:
    """A version that is there."""
    if (known := cached_calendar(code, version)) is not None:
        return known
    question = "select body from routing.calendar where code = :code and version = :version"
    body = await db.scalar(text(question), {"code": code, "version": version})
    if len(_known) >= AT_MOST:
        _known.clear()
    return _known.setdefault((code, version), Calendar.from_body(code, version, body))


async def newest_calendar(db: AsyncConnection, code: str) -> Calendar:
    """Raises CalendarNotFound."""
    version = await db.scalar(text("select max(version) from routing.calendar where code = :code"), {"code": code})
    if version is None:
        raise CalendarNotFound(code)
    return await read_calendar(db, code, version)
