"""`clew limit suggest | flow`: what a limit might be, and what came and went under it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from google.protobuf.duration_pb2 import Duration
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from clew.routing.v1 import limits_pb2 as pb
from cli.calling import Clew, Unusable
from cli.command import command
from cli.limit import PageSize, PageToken
from cli.output import Output, more, table
from cli.spark import bar, spark

app = typer.Typer()
INS = ("claimed", "assigned", "routed_in", "transferred_in", "other_in")
OUTS = (
    "returned",
    "recalled",
    "unanswered",
    "reclaimed",
    "transferred_out",
    "converted",
    "disqualified",
    "rejected",
    "voided",
    "other_out",
)


@command(app)
async def suggest(
    clew: Clew,
    team: Annotated[str, typer.Option(help="Code of a team; all reps, when left out.")] = "",
    grade: Annotated[str, typer.Option(help="Only of this grade.")] = "",
    days: Annotated[int, typer.Option(help="How far back to look, at most 366.")] = 90,
) -> Output:
    """What a limit might be: the days until a conversion, times the leads that a rep begins to hold per day."""
    window = Duration()
    window.FromTimedelta(timedelta(days=days))
    answer = await clew.call(
        clew.limits.SuggestLimits, pb.SuggestLimitsRequest(team_code=team, grade=grade.upper(), window=window)
    )
    view = table(
        f"Limits of {f'team {team}' if team else 'all reps'}, from the last {days} days",
        "Grade",
        "Converted",
        "Days to convert",
        "× begun per rep and day",
        "= needed",
        "Suggested",
        "At present",
        rows=[
            (
                one.grade or "all",
                str(one.conversions),
                f"{one.mean_days_to_convert:.1f}" if one.conversions else "",
                f"{one.begun_per_rep_and_day:.2f} = {one.begun} ÷ {one.reps} ÷ {one.days:.0f}",
                f"{one.raw:.1f}" if one.conversions else "",
                "not enough data" if one.not_enough_data else str(one.limit),
                present(one),
            )
            for one in answer.suggestions
        ],
    )
    return Output(answer, view)


@command(app)
async def flow(
    clew: Clew,
    code: Annotated[str, typer.Argument(help="Code of a rep, or of a pool; all, when left out.")] = "",
    pools: Annotated[bool, typer.Option("--pools", help="Of pools rather than of reps.")] = False,
    first: Annotated[str, typer.Option("--from", metavar="DAY", help="Two weeks ago, when left out.")] = "",
    last: Annotated[str, typer.Option("--to", metavar="DAY", help="Today, when left out.")] = "",
    zone: Annotated[str, typer.Option(help="Where the days begin.")] = "Asia/Shanghai",
    page_size: PageSize = 50,
    page_token: PageToken = "",
) -> Output:
    """Leads that came and went (流入流出), day by day: of one each way in and out, of all the sums and their course."""
    first_day, last_day = days_of(first, last, zone)
    answer = await clew.call(
        clew.limits.GetFlow,
        pb.GetFlowRequest(
            group=pb.FLOW_GROUP_POOL if pools else pb.FLOW_GROUP_REP,
            code=code,
            first_day=str(first_day),
            last_day=str(last_day),
            time_zone=zone,
            page_size=page_size,
            page_token=page_token,
        ),
    )
    span = f"{first_day} – {last_day}, {zone}"
    if code and answer.flows:
        return Output(answer, of_one(answer.flows[0], f"Flow of {code}, {span}"))
    title = f"Flow of {'pools' if pools else 'reps'}, {span}{more(answer.next_page_token)}"
    return Output(answer, of_many(answer.flows, title))


def days_of(first: str, last: str, zone: str) -> tuple[date, date]:
    """What was named; the last two weeks by default."""
    try:
        until = date.fromisoformat(last) if last else datetime.now(ZoneInfo(zone)).date()
        return date.fromisoformat(first) if first else until - timedelta(days=13), until
    except (ValueError, OSError, LookupError):
        raise Unusable("--from and --to take a day such as 2026-11-01, --zone a name such as Asia/Shanghai.") from None


def came(day: pb.FlowDay) -> int:
    return sum(getattr(day, way) for way in INS)


def went(day: pb.FlowDay) -> int:
    return sum(getattr(day, way) for way in OUTS)


def of_one(flow: pb.Flow, title: str) -> RenderableType:
    """A line for each day; only the ways that were gone."""
    ways = [way for way in (*INS, *OUTS) if any(getattr(day, way) for day in flow.days)]
    most = max((day.held for day in flow.days), default=0)
    rows: list[tuple[RenderableType, ...]] = [
        (
            day.day,
            *(f"{'+' if way in INS else '−'}{n}" if (n := getattr(day, way)) else "" for way in ways),
            str(day.held),
            Text(bar(day.held, most), style="cyan"),
        )
        for day in flow.days
    ]
    view: Table = table(title, "Day", *(way.replace("_", " ").capitalize() for way in ways), "Held", "", rows=rows)
    return Group(view, Text(f"Held before: {flow.held_before}", style="dim"))


def of_many(flows: Sequence[pb.Flow], title: str) -> Table:
    """A line for each, with its course: a block a day, as high as the days of them all allow."""
    most_in = max((came(day) for flow in flows for day in flow.days), default=0)
    most_out = max((went(day) for flow in flows for day in flow.days), default=0)
    rows = [
        (
            flow.code or "no pool",
            str(flow.held_before),
            Text.assemble(f"+{sum(map(came, flow.days))} ", (spark([*map(came, flow.days)], most=most_in), "green")),
            Text.assemble(f"−{sum(map(went, flow.days))} ", (spark([*map(went, flow.days)], most=most_out), "red")),
            Text.assemble(f"{flow.days[-1].held} ", (spark([day.held for day in flow.days]), "cyan")),
        )
        for flow in flows
    ]
    return table(title, "", "Before", "In", "Out", "Held", rows=rows)


def present(one: pb.LimitSuggestion) -> str:
    """The limits that the reps have now."""
    if not one.HasField("lowest_present"):
        return "none"
    if one.lowest_present == one.highest_present:
        return str(one.lowest_present)
    return f"{one.lowest_present} – {one.highest_present}"
