"""Calendars and leave as messages."""

from collections.abc import Iterable
from datetime import date, timedelta

from clew.routing.v1 import calendars_pb2 as pb
from services.routing.calendars.calendar import Calendar, Week, parse_spans
from services.routing.calendars.imported import Imported, ImportedDay
from services.routing.calendars.store import StoredCalendar
from services.routing.calendars.store_leave import Leave
from services.routing.calendars.working_time import Stop
from services.shared.refusals import InvalidInput


def imported_calendar(request: pb.ImportCalendarRequest) -> Imported:
    """Raises InvalidInput naming the weekday or date at fault."""
    return Imported(
        code=request.code,
        name=request.name,
        zone=request.zone,
        extends=request.extends,
        week=_week(request.week),
        days=_days(request.days),
        published=frozenset(request.published_years),
    )


def _week(messages: Iterable[pb.WeekdayHours]) -> Week:
    hours = {}
    for index, message in enumerate(messages):
        if message.weekday in hours:
            raise InvalidInput(f"week[{index}].weekday", f"Weekday {message.weekday} is there twice.")
        hours[message.weekday] = parse_spans(message.spans)
    return tuple(hours.get(weekday, ()) for weekday in range(1, 8)) if hours else ()


def _days(messages: Iterable[pb.ImportedDate]) -> dict[date, ImportedDay]:
    days: dict[date, ImportedDay] = {}
    for index, message in enumerate(messages):
        day = read_date(message.date, f"days[{index}].date")
        if day in days:
            raise InvalidInput(f"days[{index}].date", f"{message.date} is there twice: a date is one thing.")
        make_up = message.kind == pb.DATE_KIND_MAKE_UP
        if message.spans and not make_up:
            raise InvalidInput(f"days[{index}].spans", f"{message.date} is a holiday: it has no hours.")
        days[day] = ImportedDay(make_up, message.name, parse_spans(message.spans))
    return days


def calendar_message(stored: StoredCalendar) -> pb.Calendar:
    calendar = stored.calendar
    return pb.Calendar(
        code=calendar.code,
        version=calendar.version,
        name=stored.name,
        zone=calendar.zone.key,
        extends=stored.extends,
        week=[
            pb.WeekdayHours(weekday=weekday, spans=map(str, spans))
            for weekday, spans in enumerate(calendar.week, start=1)
            if spans
        ],
        published_years=sorted(calendar.published),
        exceptions=len(calendar.days),
        published_at=stored.published_at,
        published_by=stored.published_by,
    )


def date_messages(calendar: Calendar, first: date, last: date) -> list[pb.CalendarDate]:
    days = (first + timedelta(n) for n in range((last - first).days + 1))
    return [
        pb.CalendarDate(
            date=day.isoformat(),
            kind=f"DATE_KIND_{calendar.kind_of(day)}",
            name=calendar.name_of(day),
            spans=map(str, calendar.spans_on(day)),
            provisional=day.year not in calendar.published,
        )
        for day in days
    ]


def stop_messages(stops: Iterable[Stop]) -> list[pb.CalendarStop]:
    return [pb.CalendarStop(starts_at=stop.start, ends_at=stop.end, why=stop.why) for stop in stops]


def leave_message(leave: Leave) -> pb.Leave:
    return pb.Leave(
        leave_id=str(leave.leave_id),
        rep_code=leave.rep_code,
        starts_at=leave.starts_at,
        ends_at=leave.ends_at,
        state=f"LEAVE_STATE_{leave.state}",
        approved_by=leave.approved_by,
        approved_at=leave.approved_at,
        cancelled_by=leave.cancelled_by or "",
        cancelled_at=leave.cancelled_at,
    )


def read_date(text: str, field: str) -> date:
    """A date out of a request, of the years 1970 to 2099."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(field, f"{text!r} is no date: write it as 2026-10-01.") from None
    if not 1970 <= day.year <= 2099:
        raise InvalidInput(field, f"{text} is out of range: dates are of the years 1970 to 2099.")
    return day
