"""Limits as messages."""

from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from clew.routing.v1 import limits_pb2 as pb
from clew.routing.v1 import roster_pb2
from services.routing.holdings.holding import EndCause, Origin
from services.routing.holdings.limits import LimitScope, Slot
from services.routing.limits.days import read_day
from services.routing.limits.flow import Flow, FlowDay
from services.routing.limits.limit_table import Line, Season
from services.routing.limits.standing import Change, Standing
from services.routing.limits.suggestion import Suggestion
from services.routing.roster.store import pool_id_of, rep_id_of
from services.shared.refusals import InvalidInput


class NamesALimit(Protocol):
    """A request that says by these fields which limit of which rep it is about."""

    @property
    def rep_code(self) -> str: ...
    @property
    def scope(self) -> roster_pb2.LimitScope: ...
    @property
    def pool_code(self) -> str: ...
    @property
    def grade(self) -> str: ...
    @property
    def product(self) -> str: ...


async def slot_of(db: AsyncConnection, request: NamesALimit) -> Slot:
    """The limit that is named. Raises Unknown (rep, pool), InvalidInput naming the field."""
    rep_id = await rep_id_of(db, request.rep_code)
    scope, name = limited(request)
    return Slot(scope, str(await pool_id_of(db, name)) if scope is LimitScope.POOL else name, rep_id)


def limited(request: NamesALimit) -> tuple[LimitScope, str]:
    """The scope, and what is counted by its name; empty for scope REP."""
    scope = LimitScope(roster_pb2.LimitScope.Name(request.scope).removeprefix("LIMIT_SCOPE_"))
    name = ""
    for field, of_scope, given in (
        ("pool_code", LimitScope.POOL, request.pool_code),
        ("grade", LimitScope.GRADE, request.grade),
        ("product", LimitScope.PRODUCT, request.product),
    ):
        if (scope is of_scope) != bool(given):
            raise InvalidInput(field, f"A {of_scope.lower()} is named with the scope {of_scope}, and only then.")
        name = name or given
    return scope, name


def line_of(message: pb.LimitLine, at: str) -> Line:
    """`at`: where it stands in the request, such as `lines[3]`."""
    season = None
    if message.HasField("season"):
        season = Season(
            read_day(message.season.first_day, f"{at}.season.first_day"),
            read_day(message.season.last_day, f"{at}.season.last_day"),
        )
    return Line(message.limit, message.team_code, message.grade, message.product, season)


def line_message(line: Line) -> pb.LimitLine:
    season = line.season
    return pb.LimitLine(
        team_code=line.team_code,
        grade=line.grade,
        product=line.product,
        season=pb.Season(first_day=str(season.first), last_day=str(season.last)) if season else None,
        limit=line.limit,
    )


def limit_message(standing: Standing) -> pb.Limit:
    return pb.Limit(
        rep_code=standing.rep_code,
        team_code=standing.team_code,
        scope=f"LIMIT_SCOPE_{standing.scope}",
        key=standing.name,
        held=standing.room.held,
        limit=standing.room.limit,
        source=f"LIMIT_SOURCE_{standing.source}" if standing.source else None,
        table_version=version_text(standing.table_version),
        until=standing.until,
        over_cap=standing.room.over_cap,
    )


def change_message(change: Change) -> pb.LimitChange:
    return pb.LimitChange(
        change_id=str(change.change_id),
        kind=f"LIMIT_CHANGE_KIND_{change.kind}",
        rep_code=change.rep_code,
        scope=f"LIMIT_SCOPE_{change.scope}" if change.scope else None,
        key=change.name,
        limit_before=change.limit_before,
        limit=change.limit,
        held=change.held,
        until=change.until,
        reason=change.reason,
        table_version=version_text(change.table_version),
        changed=change.changed,
        actor_id=change.actor_id,
        actor_role=change.actor_role,
        changed_at=change.changed_at,
    )


def suggestion_message(suggestion: Suggestion) -> pb.LimitSuggestion:
    history = suggestion.history
    return pb.LimitSuggestion(
        grade=history.grade,
        conversions=history.conversions,
        mean_days_to_convert=history.mean_days,
        begun=history.begun,
        reps=history.reps,
        days=history.days,
        begun_per_rep_and_day=suggestion.begun_per_rep_and_day,
        raw=suggestion.raw,
        limit=suggestion.limit,
        not_enough_data=suggestion.limit is None,
        lowest_present=history.lowest_present,
        highest_present=history.highest_present,
    )


def flow_message(flow: Flow) -> pb.Flow:
    return pb.Flow(code=flow.code, held_before=flow.held_before, days=[_day_message(day) for day in flow.days])


def _day_message(flow: FlowDay) -> pb.FlowDay:
    """What is counted under no name of its own is counted as other: nothing is left out."""
    began, ended = dict(flow.began), dict(flow.ended)
    return pb.FlowDay(
        day=str(flow.day),
        claimed=began.pop(Origin.CLAIMED, 0),
        assigned=began.pop(Origin.ASSIGNED, 0),
        routed_in=began.pop(Origin.RULE, 0) + began.pop(Origin.CAPTURED, 0),
        transferred_in=began.pop(Origin.TRANSFERRED, 0),
        other_in=sum(began.values()),
        returned=ended.pop(EndCause.RETURNED, 0),
        recalled=ended.pop(EndCause.RECALLED, 0),
        reclaimed=ended.pop(EndCause.RECLAIMED, 0),
        transferred_out=ended.pop(EndCause.TRANSFERRED, 0),
        converted=ended.pop(EndCause.CONVERTED, 0),
        disqualified=ended.pop(EndCause.DISQUALIFIED, 0),
        rejected=ended.pop(EndCause.REJECTED, 0),
        voided=ended.pop(EndCause.VOIDED, 0),
        unanswered=ended.pop(EndCause.UNANSWERED, 0),
        other_out=sum(ended.values()),
        held=flow.held,
    )


def version_text(version: int | None) -> str:
    """Such as `limits@3`; empty without one."""
    return f"limits@{version}" if version else ""
