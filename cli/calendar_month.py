"""A month of a calendar as people hang it on a wall."""

from datetime import date

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from clew.routing.v1 import calendars_pb2 as pb

LEGEND = "休 holiday   班 make-up working day   – closed"
PROVISIONAL = "? The holidays of this year are not published yet: it is shown as its weekdays."


def month_view(answer: pb.GetCalendarResponse) -> RenderableType:
    """Weeks as rows, Monday first. The hours are told below, and of a date only where it has its own."""
    calendar, dates = answer.calendar, answer.dates
    days = [date.fromisoformat(one.date) for one in dates]
    ordinary = list(calendar.week[0].spans)
    grid = Table(
        title=f"{calendar.code}@{calendar.version} {calendar.name} · {days[0]:%B %Y} · {calendar.zone}",
        title_justify="left",
        header_style="bold",
        show_edge=False,
        show_lines=True,
    )
    for name in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"):
        grid.add_column(name, min_width=8)
    cells: list[Text] = [Text()] * days[0].weekday()
    for day, one in zip(days, dates, strict=True):
        cells.append(_cell(day, one, ordinary))
    for start in range(0, len(cells), 7):
        grid.add_row(*cells[start : start + 7])
    below = [Text(f"Hours: {', '.join(ordinary)}   {LEGEND}")]
    if any(one.provisional for one in dates):
        below.append(Text(PROVISIONAL, style="bold yellow"))
    return Group(grid, *below)


def _cell(day: date, one: pb.CalendarDate, ordinary: list[str]) -> Text:
    mark = "?" if one.provisional else ""
    if one.kind == pb.DATE_KIND_HOLIDAY:
        return Text(f"{day.day}{mark} 休\n{one.name}", style="red")
    if one.kind == pb.DATE_KIND_WEEKEND:
        return Text(f"{day.day}{mark} –", style="dim")
    own = "" if list(one.spans) == ordinary else "\n" + "\n".join(one.spans)
    if one.kind == pb.DATE_KIND_MAKE_UP:
        return Text(f"{day.day}{mark} 班\n{one.name}{own}", style="bold")
    return Text(f"{day.day}{mark}{own}")
