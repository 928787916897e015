"""`clew leave`: when reps are away. Their deadlines stand still meanwhile."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from clew.routing.v1 import calendars_pb2 as pb
from cli.calendars import read_instant
from cli.calling import Clew, Unusable, new_request_id
from cli.command import command
from cli.output import Output, more, short, table
from cli.roster import PageSize, PageToken
from services.shared.zones import zone_named

app = typer.Typer(no_args_is_help=True, help="Leave of reps: their deadlines stand still.")

Zone = Annotated[str, typer.Option(help="Of the dates that are given and shown.")]
USUAL_ZONE = "Asia/Shanghai"


@command(app, "set")
async def set_leave(
    clew: Clew,
    rep: Annotated[str, typer.Argument(help="Code of the rep.")],
    start: Annotated[str, typer.Argument(metavar="FROM", help="A date, or '2026-11-16 13:00'.")],
    end: Annotated[str, typer.Argument(metavar="TO", help="A date, which still belongs to it, or a time.")],
    zone: Zone = USUAL_ZONE,
) -> Output:
    """Approve leave of a rep."""
    place = read_zone(zone)
    answer = await clew.call(
        clew.calendars.SetLeave,
        pb.SetLeaveRequest(
            request_id=new_request_id(),
            rep_code=rep,
            starts_at=read_instant(start, place),
            ends_at=end_of(end, place),
        ),
    )
    return Output(answer, f"Leave {answer.leave.leave_id}: {rep} {span_in_words(answer.leave, place)}")


@command(app)
async def cancel(clew: Clew, leave_id: Annotated[str, typer.Argument(help="As `clew leave list` shows it.")]) -> Output:
    """Cancel leave, as if it had never been approved."""
    answer = await clew.call(
        clew.calendars.CancelLeave, pb.CancelLeaveRequest(request_id=new_request_id(), leave_id=leave_id)
    )
    return Output(answer, f"Leave {leave_id} of {answer.leave.rep_code} is cancelled.")


@command(app, "list")
async def list_leaves(
    clew: Clew,
    rep: Annotated[str, typer.Option(help="Only of the rep with this code.")] = "",
    cancelled: Annotated[bool, typer.Option("--cancelled", help="Those that were cancelled too.")] = False,
    zone: Zone = USUAL_ZONE,
    page_size: PageSize = 50,
    page_token: PageToken = "",
) -> Output:
    """Leaves, those that begin last first; a rep sees his own."""
    place = read_zone(zone)
    answer = await clew.call(
        clew.calendars.ListLeaves,
        pb.ListLeavesRequest(rep_code=rep, with_cancelled=cancelled, page_size=page_size, page_token=page_token),
    )
    view = table(
        "Leaves" + more(answer.next_page_token),
        "Leave",
        "Rep",
        "When",
        "State",
        "Approved by",
        rows=[
            (
                one.leave_id,
                one.rep_code,
                span_in_words(one, place),
                short(pb.LeaveState.Name(one.state)),
                one.approved_by,
            )
            for one in answer.leaves
        ],
    )
    return Output(answer, view)


def read_zone(name: str) -> ZoneInfo:
    """Raises Unusable."""
    zone = zone_named(name)
    if zone is None:
        raise Unusable(f"{name!r} is no zone: write it as {USUAL_ZONE}.")
    return zone


def end_of(text: str, zone: ZoneInfo) -> datetime:
    """An instant, or of a date its end. Raises Unusable."""
    try:
        return read_instant((date.fromisoformat(text) + timedelta(days=1)).isoformat(), zone)
    except ValueError:
        return read_instant(text, zone)


def span_in_words(leave: pb.Leave, zone: ZoneInfo) -> str:
    starts_at, ends_at = (at.ToDatetime(UTC).astimezone(zone) for at in (leave.starts_at, leave.ends_at))
    return f"{starts_at:%Y-%m-%d %H:%M} to {ends_at:%Y-%m-%d %H:%M} {zone.key}"
