"""The working time of a holding: the calendar of its policy, and the leave of its rep."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.calendars.store import calendar_version, known_calendar
from services.routing.calendars.working_time import Absence, WorkingTime

# Columns of a question about a rep and a policy's body, from an instant on: `calendar_code`, `calendar_version` and
# `calendar_published_at` (none without a calendar), `absences`. A calendar's days are read once per process and
# version (calendars/store.py).
TIME = """
  nullif({body}->>'calendar', '') as calendar_code,
  (select version from routing.calendar where calendar.code = {body}->>'calendar'
   order by version desc limit 1) as calendar_version,
  (select published_at from routing.calendar where calendar.code = {body}->>'calendar'
   order by version desc limit 1) as calendar_published_at,
  (select jsonb_agg(jsonb_build_array(starts_at, ends_at) order by starts_at) from routing.leave
   where leave.rep_id = {rep_id} and leave.cancelled_at is null and leave.ends_at > {since}) as absences
"""


async def know_calendars(db: AsyncConnection, rows: Iterable[Any]) -> None:
    """Read the calendars that these rows name, if this process has not yet."""
    named = {(row.calendar_code, row.calendar_version, row.calendar_published_at) for row in rows}
    for code, version, published_at in named:
        if version and known_calendar(code, version, published_at) is None:
            await calendar_version(db, code, version)


def known_time(row: Any) -> WorkingTime | None:
    """The working time of a row; none where its calendar has not been read yet."""
    if row.calendar_version is None:
        return WorkingTime(None, absences_of(row))
    calendar = known_calendar(row.calendar_code, row.calendar_version, row.calendar_published_at)
    if calendar is None:
        return None
    return WorkingTime(calendar, absences_of(row))


def absences_of(row: Any) -> tuple[Absence, ...]:
    return tuple(
        Absence(datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in row.absences or ()
    )


def time_of(row: Any) -> WorkingTime:
    """The same of a row whose calendar is known."""
    time = known_time(row)
    assert time is not None  # noqa: S101  # know_calendars was asked before
    return time
