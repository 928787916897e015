"""What tests ask of the calendars of an office."""

from datetime import datetime, timedelta
from typing import Any

from clew.routing.v1 import calendars_pb2 as pb
from tests.examples import as_manager
from tests.routing.office import Office, Rep, a_code, fresh

OFFICE_HOURS = ["09:00-12:00", "13:00-18:00"]
WEEK = [pb.WeekdayHours(weekday=weekday, spans=OFFICE_HOURS) for weekday in range(1, 6)]


def holiday(date: str, name: str = "国庆节") -> pb.ImportedDate:
    return pb.ImportedDate(date=date, kind="DATE_KIND_HOLIDAY", name=name)


def make_up(date: str, *spans: str, name: str = "国庆节") -> pb.ImportedDate:
    return pb.ImportedDate(date=date, kind="DATE_KIND_MAKE_UP", name=name, spans=spans)


GOLDEN_WEEK = [*(holiday(f"2025-10-0{day}") for day in range(1, 9)), make_up("2025-09-28"), make_up("2025-10-11")]


def an_import(code: str = "", **fields: Any) -> pb.ImportCalendarRequest:
    """In full, unless it extends another calendar."""
    whole = {} if fields.get("extends") else {"zone": "Asia/Shanghai", "week": WEEK, "published_years": [2025]}
    given: dict[str, Any] = {"request_id": fresh(), "code": code or a_code("cal"), "name": "上海", **whole, **fields}
    return pb.ImportCalendarRequest(**given)


async def imported(office: Office, code: str = "", **fields: Any) -> pb.ImportCalendarResponse:
    return await office.calendars.ImportCalendar(an_import(code, **fields), metadata=as_manager())


async def a_calendar(office: Office, **fields: Any) -> str:
    """The code of one that is new."""
    version = (await imported(office, **{"days": GOLDEN_WEEK, **fields})).calendar_version
    return version.partition("@")[0]


async def shown(office: Office, code: str, first: str, last: str = "", version: int = 0) -> pb.GetCalendarResponse:
    request = pb.GetCalendarRequest(code=code, version=version, from_date=first, to_date=last or first)
    return await office.calendars.GetCalendar(request, metadata=as_manager())


async def on_leave(office: Office, rep: Rep, starts_at: datetime, span: timedelta) -> pb.Leave:
    request = pb.SetLeaveRequest(request_id=fresh(), rep_code=rep.code, starts_at=starts_at, ends_at=starts_at + span)
    return (await office.calendars.SetLeave(request, metadata=as_manager())).leave
