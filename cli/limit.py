"""`clew limit`: how many leads a rep may hold (保有量): set, published as a table, overridden, listed."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, NamedTuple

import typer
from google.protobuf.timestamp_pb2 import Timestamp

from clew.routing.v1 import limits_pb2 as pb
from clew.routing.v1 import roster_pb2
from cli.calling import Clew, Unusable, new_request_id
from cli.command import command
from cli.limit_file import read_limits
from cli.output import Output, more, short, table, until, when
from cli.periods import period

app = typer.Typer(no_args_is_help=True, help="How many leads a rep may hold (保有量).")

RepCode = Annotated[str, typer.Argument(help="Code of the rep.")]
OnlyRep = Annotated[str, typer.Argument(help="Code of a rep; all, when left out.")]
OfPool = Annotated[str, typer.Option("--pool", help="Only what is taken from this pool, by code.")]
OfGrade = Annotated[str, typer.Option("--grade", help="Only leads of this grade: A, B, C or D.")]
OfProduct = Annotated[str, typer.Option("--product", help="Only leads about this product, by code.")]
PageSize = Annotated[int, typer.Option(help="Rows, at most 500.")]
PageToken = Annotated[str, typer.Option(help="From the page before.")]


@command(app, "set")
async def set_limit(
    clew: Clew,
    rep: RepCode,
    most: Annotated[int, typer.Argument(help="The most that may be held.")],
    pool: OfPool = "",
    grade: OfGrade = "",
    product: OfProduct = "",
) -> Output:
    """Set how many leads a rep may hold: in all, or of one kind. It outranks the table; no lead is taken away."""
    which = limit_of(pool, grade, product)
    answer = await clew.call(
        clew.roster.SetLimit,
        roster_pb2.SetLimitRequest(request_id=new_request_id(), rep_code=rep, limit=most, **which._asdict()),
    )
    over = ", over cap: nothing is taken away, nothing more can be opened" if answer.over_cap else ""
    return Output(answer, f"{rep} holds {answer.held} of {answer.limit}{over}")


@command(app)
async def unset(clew: Clew, rep: RepCode, pool: OfPool = "", grade: OfGrade = "", product: OfProduct = "") -> Output:
    """Take a setting back: the table applies again, or else what the team gave."""
    which = limit_of(pool, grade, product)
    answer = await clew.call(
        clew.roster.SetLimit,
        roster_pb2.SetLimitRequest(request_id=new_request_id(), rep_code=rep, unset=True, **which._asdict()),
    )
    return Output(answer, f"{rep} holds {answer.held}; see what applies now with `clew limit list {rep}`")


@command(app)
async def publish(
    clew: Clew,
    file: Annotated[
        Path, typer.Argument(help="CSV: team,grade,product,from,to,limit, or 团队,等级,产品,开始,结束,上限.")
    ],
    zone: Annotated[str, typer.Option(help="Where the days of its seasons begin.")] = "Asia/Shanghai",
) -> Output:
    """Publish a table of limits for all reps, in place of the one before. An empty cell is any."""
    lines = read_limits(file)
    answer = await clew.call(
        clew.limits.PublishLimits, pb.PublishLimitsRequest(request_id=new_request_id(), lines=lines, time_zone=zone)
    )
    said = f"limits@{answer.version}: {len(lines)} lines, {answer.changed} limits are others now"
    if answer.HasField("next_change_at"):
        said += f"; a season begins or ends {when(answer.next_change_at)}"
    return Output(answer, said)


@command(app, "table")
async def show_table(
    clew: Clew, version: Annotated[int, typer.Option(help="An earlier version; the newest, when left out.")] = 0
) -> Output:
    """The published table."""
    answer = await clew.call(clew.limits.GetLimitTable, pb.GetLimitTableRequest(version=version))
    view = table(
        f"limits@{answer.version}, published by {answer.published_by} {when(answer.published_at)}"
        if answer.version
        else "No table is published",
        "Team",
        "Counts",
        "Season",
        "Limit",
        rows=[
            (
                line.team_code or "all",
                kind(line),
                f"{line.season.first_day} – {line.season.last_day}" if line.HasField("season") else "always",
                str(line.limit),
            )
            for line in answer.lines
        ],
    )
    return Output(answer, view)


@command(app, "list")
async def list_limits(clew: Clew, rep: OnlyRep = "", page_size: PageSize = 50, page_token: PageToken = "") -> Output:
    """What each limit counts and allows, and whence it comes."""
    answer = await clew.call(
        clew.limits.ListLimits, pb.ListLimitsRequest(rep_code=rep, page_size=page_size, page_token=page_token)
    )
    view = table(
        "Limits" + more(answer.next_page_token),
        "Rep",
        "Team",
        "Counts",
        "Holds",
        "From",
        rows=[(one.rep_code, one.team_code, counts(one), holds(one), source(one)) for one in answer.limits],
    )
    return Output(answer, view)


@command(app)
async def override(
    clew: Clew,
    rep: RepCode,
    most: Annotated[int, typer.Argument(help="The most that may be held meanwhile.")],
    until: Annotated[str, typer.Option(help="A day, which is the last one, or a length such as 30d.")],
    reason: Annotated[str, typer.Option(help="Why, as a code such as YEAR_END_CAMPAIGN.")],
    pool: OfPool = "",
    grade: OfGrade = "",
    product: OfProduct = "",
) -> Output:
    """Let a rep hold more, or fewer, until a day. It ends by itself, and no lead is taken away then."""
    which = limit_of(pool, grade, product)
    request = pb.OverrideLimitRequest(
        request_id=new_request_id(),
        rep_code=rep,
        limit=most,
        until=end_of(until),
        reason=reason,
        **which._asdict(),
    )
    answer = await clew.call(clew.limits.OverrideLimit, request)
    return Output(answer, standing(answer.limit))


@command(app)
async def end_override(
    clew: Clew, rep: RepCode, pool: OfPool = "", grade: OfGrade = "", product: OfProduct = ""
) -> Output:
    """End an override before its time."""
    which = limit_of(pool, grade, product)
    request = pb.EndOverrideRequest(request_id=new_request_id(), rep_code=rep, **which._asdict())
    answer = await clew.call(clew.limits.EndOverride, request)
    return Output(answer, standing(answer.limit))


@command(app)
async def changes(clew: Clew, rep: OnlyRep = "", page_size: PageSize = 50, page_token: PageToken = "") -> Output:
    """What was set, overridden, ended and published, by whom and why, the newest first."""
    answer = await clew.call(
        clew.limits.ListLimitChanges,
        pb.ListLimitChangesRequest(rep_code=rep, page_size=page_size, page_token=page_token),
    )
    view = table(
        "Changes of limits" + more(answer.next_page_token),
        "When",
        "What",
        "Rep",
        "Counts",
        "Limit",
        "By",
        "Why",
        rows=[
            (
                when(one.changed_at),
                short(pb.LimitChangeKind.Name(one.kind)).replace("_", " ").lower(),
                one.rep_code or "all",
                counts(one) if one.rep_code else one.table_version,
                step(one) if one.rep_code else f"{one.changed} changed",
                f"{one.actor_role} {one.actor_id}",
                one.reason,
            )
            for one in answer.changes
        ],
    )
    return Output(answer, view)


class Which(NamedTuple):
    """A limit of a rep, by the fields that name it in every request."""

    scope: roster_pb2.LimitScope
    pool_code: str
    grade: str
    product: str


def limit_of(pool: str, grade: str, product: str) -> Which:
    """Of the kind that is named; of all that he holds when none is."""
    scopes = [
        scope
        for scope, given in (
            (roster_pb2.LIMIT_SCOPE_POOL, pool),
            (roster_pb2.LIMIT_SCOPE_GRADE, grade),
            (roster_pb2.LIMIT_SCOPE_PRODUCT, product),
        )
        if given
    ]
    if len(scopes) > 1:
        raise Unusable("A limit is of a pool, of a grade or of a product: give one of --pool, --grade and --product.")
    return Which(scopes[0] if scopes else roster_pb2.LIMIT_SCOPE_REP, pool, grade.upper(), product)


def end_of(text: str) -> Timestamp:
    """The end of the day that is named, where this machine is; or so long from now."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        at = datetime.now(UTC) + period(text).elapsed.ToTimedelta()
    else:
        at = datetime.combine(day + timedelta(days=1), time()).astimezone()
    stamp = Timestamp()
    stamp.FromDatetime(at.astimezone(UTC))
    return stamp


def kind(line: pb.LimitLine) -> str:
    return f"grade {line.grade}" if line.grade else f"product {line.product}" if line.product else "all"


def counts(one: pb.Limit | pb.LimitChange) -> str:
    """Such as `grade A`."""
    return f"{short(roster_pb2.LimitScope.Name(one.scope)).lower()} {one.key}" if one.key else "all"


def holds(one: pb.Limit) -> str:
    of = f"/{one.limit}" if one.HasField("limit") else ", no limit"
    return f"{one.held}{of}{' over cap' if one.over_cap else ''}"


def source(one: pb.Limit) -> str:
    """Whence it comes; of an override, how long it lasts."""
    if one.source == pb.LIMIT_SOURCE_OVERRIDE:
        return f"override until {when(one.until)} ({until(one.until)})"
    if one.source == pb.LIMIT_SOURCE_UNSPECIFIED:
        return ""
    return one.table_version or short(pb.LimitSource.Name(one.source)).lower()


def standing(one: pb.Limit) -> str:
    return f"{one.rep_code}, {counts(one)}: {holds(one)}{', ' * bool(source(one))}{source(one)}"


def step(one: pb.LimitChange) -> str:
    """Such as `5 → 8`."""
    before = str(one.limit_before) if one.HasField("limit_before") else "none"
    return f"{before} → {one.limit if one.HasField('limit') else 'none'}"
