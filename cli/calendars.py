"""`clew calendar`: working calendars out of files, month by month, and deadlines tried out on them."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Group
from rich.text import Text

from clew.routing.v1 import calendars_pb2 as pb
from cli.calendar_file import SPAN, imported_dates, padded, read_csv_days
from cli.calendar_month import month_view
from cli.calling import Clew, Unusable, new_request_id
from cli.command import command
from cli.icalendar_file import WORKING_SUMMARY, read_icalendar_days
from cli.output import Output, facts, more, table, when
from cli.roster import PageSize, PageToken

app = typer.Typer(no_args_is_help=True, help="Working calendars: hours, holidays, make-up days (调休).")

Code = Annotated[str, typer.Argument(help="Code of the calendar, such as cn.")]
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
USUAL_HOURS, USUAL_ZONE = "Mon-Fri 09:00-12:00,13:00-18:00", "Asia/Shanghai"
LENGTHS = {"wd": "working_days", "wh": "working_time", "wm": "working_time"}
SECONDS_IN = {"wm": 60, "wh": 3600, "m": 60, "h": 3600, "d": 86400}


@command(app, "import")
async def import_calendar(
    clew: Clew,
    file: Annotated[Path, typer.Argument(help="An iCalendar file (.ics), or CSV with date,kind,name[,hours].")],
    code: Annotated[str, typer.Option(help="The calendar's code; a new code begins a new calendar.")],
    name: Annotated[str, typer.Option(help="Name for people.")],
    zone: Annotated[str, typer.Option(help=f"IANA zone. Default: {USUAL_ZONE}, or that of --extends.")] = "",
    extends: Annotated[str, typer.Option(help="Code of the calendar that the file adds to, such as cn.")] = "",
    hours: Annotated[
        str, typer.Option(help=f"Such as 'Mon-Fri 09:00-18:00; Sat 09:00-12:00'. Default: {USUAL_HOURS}.")
    ] = "",
    years: Annotated[
        str, typer.Option(help="Years whose holidays are known, such as 2025,2026. Default: those of the file.")
    ] = "",
    working_summary: Annotated[
        str, typer.Option(help="Events whose summary has this pattern are make-up days.")
    ] = WORKING_SUMMARY,
) -> Output:
    """Import a file as the next version of a calendar; it replaces the whole of the version before."""
    if file.suffix.lower() in {".ics", ".ical"}:
        days = read_icalendar_days(file, working_summary)
    else:
        days = read_csv_days(file)
    published = read_years(years) if years else sorted({one.day.year for one in days})
    request = pb.ImportCalendarRequest(
        request_id=new_request_id(),
        code=code,
        name=name,
        zone=zone or ("" if extends else USUAL_ZONE),
        extends=extends,
        week=read_hours(hours or ("" if extends else USUAL_HOURS)),
        days=imported_dates(file.name, days),
        # What is added to a calendar does not say that other years of it are unknown.
        published_years=[] if extends and not years else published,
    )
    answer = await clew.call(clew.calendars.ImportCalendar, request)
    make_up = sum(one.kind == pb.DATE_KIND_MAKE_UP for one in request.days)
    view = facts(
        answer.calendar_version,
        [
            ("Holidays", str(len(request.days) - make_up)),
            ("Make-up days", str(make_up)),
            ("Published", years_in_words(request.published_years) or f"as {extends}"),
            ("Made anew", ", ".join(answer.extended_versions)),
        ],
    )
    return Output(answer, view)


@command(app)
async def show(
    clew: Clew,
    code: Code,
    month: Annotated[str, typer.Option(help="Such as 2026-10. Default: this month.")] = "",
    version: Annotated[int, typer.Option(help="Default: the newest.")] = 0,
) -> Output:
    """A month of a calendar: working days, weekends, holidays, make-up days, and what is not published yet."""
    first = read_month(month) if month else datetime.now(UTC).astimezone().date().replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    answer = await clew.call(
        clew.calendars.GetCalendar,
        pb.GetCalendarRequest(code=code, version=version, from_date=first.isoformat(), to_date=last.isoformat()),
    )
    return Output(answer, month_view(answer))


@command(app, "list")
async def list_calendars(clew: Clew, page_size: PageSize = 50, page_token: PageToken = "") -> Output:
    """The newest version of each calendar."""
    answer = await clew.call(
        clew.calendars.ListCalendars, pb.ListCalendarsRequest(page_size=page_size, page_token=page_token)
    )
    view = table(
        "Calendars" + more(answer.next_page_token),
        "Calendar",
        "Name",
        "Zone",
        "Extends",
        "Published",
        "Since",
        "By",
        rows=[
            (
                f"{one.code}@{one.version}",
                one.name,
                one.zone,
                one.extends,
                years_in_words(one.published_years),
                when(one.published_at),
                one.published_by,
            )
            for one in answer.calendars
        ],
    )
    return Output(answer, view)


@command(app)
async def deadline(
    clew: Clew,
    code: Code,
    start: Annotated[str, typer.Argument(help="Such as '2026-09-30 10:00', in the calendar's zone.")],
    length: Annotated[str, typer.Argument(help="10wd (working days), 8wh (working hours), 90wm, 2h, 3d, 45m.")],
    rep: Annotated[str, typer.Option(help="Code of a rep whose leave counts.")] = "",
) -> Output:
    """Try a deadline: when it would be, and over what it is carried."""
    zone = ZoneInfo(await _zone_of(clew, code))
    answer = await clew.call(
        clew.calendars.ComputeDeadline,
        a_deadline(code, read_instant(start, zone), length, rep),
    )

    def local(instant: datetime) -> str:
        return f"{instant.astimezone(zone):%a %Y-%m-%d %H:%M:%S}"

    stops = table(
        "Carried over",
        "From",
        "Until",
        "Why",
        rows=[
            (local(stop.starts_at.ToDatetime(UTC)), local(stop.ends_at.ToDatetime(UTC)), stop.why)
            for stop in answer.passed_over
        ],
    )
    told = Text(f"{local(answer.deadline.ToDatetime(UTC))} {answer.zone}, by {answer.calendar_version}")
    if answer.provisional_years:
        unknown = years_in_words(answer.provisional_years)
        told.append(f"\nProvisional: the holidays of {unknown} are not published yet; it may still move.")
    return Output(answer, Group(told, stops) if answer.passed_over else told)


async def _zone_of(clew: Clew, code: str) -> str:
    asked = pb.GetCalendarRequest(code=code, from_date="2000-01-01", to_date="2000-01-01")
    return (await clew.call(clew.calendars.GetCalendar, asked)).calendar.zone


def a_deadline(code: str, start: datetime, length: str, rep: str = "") -> pb.ComputeDeadlineRequest:
    """Raises Unusable where the length is none."""
    request = pb.ComputeDeadlineRequest(calendar_code=code, start=start, rep_code=rep)
    written = re.fullmatch(r"(\d{1,9})(wd|wh|wm|m|h|d)", length)
    if written is None:
        raise Unusable(f"A length is a number and wd, wh, wm, m, h or d, such as 10wd or 8wh; not {length!r}.")
    amount, unit = int(written[1]), written[2]
    if unit == "wd":
        request.working_days = min(amount, 2**31 - 1)
    elif unit in LENGTHS:
        request.working_time.FromSeconds(amount * SECONDS_IN[unit])
    else:
        request.elapsed.FromSeconds(amount * SECONDS_IN[unit])
    return request


def read_hours(text: str) -> list[pb.WeekdayHours]:
    """`Mon-Fri 09:00-12:00,13:00-18:00; Sat 09:00-12:00`. Raises Unusable."""
    hours: dict[int, list[str]] = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        names, _, times = part.partition(" ")
        first, _, last = names.lower().partition("-")
        spans = [span.strip() for span in times.split(",")]
        if first not in WEEKDAYS or (last or first) not in WEEKDAYS or not all(map(SPAN.fullmatch, spans)):
            raise Unusable(f"{part!r} are no hours: write them as {USUAL_HOURS!r}, parts with a semicolon between.")
        weekdays = range(WEEKDAYS.index(first), WEEKDAYS.index(last or first) + 1)
        if not weekdays or hours.keys() & set(weekdays):
            raise Unusable(f"{names!r} in the hours ends before it begins, or names a weekday again.")
        hours |= {weekday: [padded(span) for span in spans] for weekday in weekdays}
    return [pb.WeekdayHours(weekday=weekday + 1, spans=spans) for weekday, spans in sorted(hours.items())]


def read_years(text: str) -> list[int]:
    """`2025,2026` or `2004-2026`. Raises Unusable."""
    years: set[int] = set()
    for part in text.split(","):
        written = re.fullmatch(r"\s*(\d{4})(?:-(\d{4}))?\s*", part)
        if written is None:
            raise Unusable(f"{part!r} is no year: write them as 2025,2026 or 2004-2026.")
        years |= set(range(int(written[1]), int(written[2] or written[1]) + 1))
    return sorted(years)


def years_in_words(years: Iterable[int]) -> str:
    """`2004-2026, 2028`."""
    runs: list[list[int]] = []
    for year in years:
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)


def read_month(text: str) -> date:
    """The first date of `2026-10`. Raises Unusable."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise Unusable(f"{text!r} is no month: write it as 2026-10.") from None


def read_instant(text: str, zone: ZoneInfo) -> datetime:
    """An instant in a zone, unless it names its own. Raises Unusable."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise Unusable(f"{text!r} is no instant: write it as '2026-09-30 10:00'.") from None
    return instant if instant.tzinfo else instant.replace(tzinfo=zone)
