"""LimitService: translates, nothing else."""

from datetime import UTC, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from clew.routing.v1 import limits_pb2 as pb
from clew.routing.v1.limits_pb2_grpc import LimitServiceServicer
from services.routing import tables
from services.routing.limits.days import read_day, read_zone
from services.routing.limits.flow import FlowGroup, days_from
from services.routing.limits.limit_table import LimitTable, check_lines
from services.routing.limits.servicer_messages import (
    change_message,
    flow_message,
    limit_message,
    limited,
    line_message,
    line_of,
    slot_of,
    suggestion_message,
)
from services.routing.limits.standing import NoOverride
from services.routing.limits.store import find_table, publish_table
from services.routing.limits.store_changes import list_changes
from services.routing.limits.store_flow import flows
from services.routing.limits.store_setting import end_override, list_limits, override_limit
from services.routing.limits.store_suggesting import histories
from services.routing.limits.suggestion import suggest
from services.routing.roster.store import pool_id_of, rep_id_of, team_id_of
from services.shared.pages import next_page_token, page_size, read_position
from services.shared.requests import command, query

DEFAULT_WINDOW = timedelta(days=90)


class LimitServicer(LimitServiceServicer):
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine, self._requests = engine, tables.request

    @command(pb.PublishLimitsResponse)
    async def PublishLimits(self, request: pb.PublishLimitsRequest, db: AsyncConnection) -> pb.PublishLimitsResponse:
        lines = [line_of(message, f"lines[{index}]") for index, message in enumerate(request.lines)]
        check_lines(lines)
        for team_code in {line.team_code for line in lines if line.team_code}:
            await team_id_of(db, team_code)
        published, changed = await publish_table(db, LimitTable(lines, read_zone(request.time_zone, "time_zone")))
        return pb.PublishLimitsResponse(
            version=published.version, changed=changed, next_change_at=published.next_change_at
        )

    @query
    async def GetLimitTable(self, request: pb.GetLimitTableRequest, db: AsyncConnection) -> pb.GetLimitTableResponse:
        found = await find_table(db, request.version)
        if found is None:
            return pb.GetLimitTableResponse()
        return pb.GetLimitTableResponse(
            version=found.version,
            lines=[line_message(line) for line in found.table.lines],
            time_zone=found.table.zone.key,
            published_at=found.published_at,
            published_by=found.published_by,
            next_change_at=found.next_change_at,
        )

    @command(pb.OverrideLimitResponse)
    async def OverrideLimit(self, request: pb.OverrideLimitRequest, db: AsyncConnection) -> pb.OverrideLimitResponse:
        slot, until = await slot_of(db, request), request.until.ToDatetime(UTC)
        standing = await override_limit(db, slot, request.limit, until, request.reason)
        return pb.OverrideLimitResponse(limit=limit_message(standing))

    @command(pb.EndOverrideResponse)
    async def EndOverride(self, request: pb.EndOverrideRequest, db: AsyncConnection) -> pb.EndOverrideResponse:
        standing = await end_override(db, await slot_of(db, request))
        if standing is None:
            raise NoOverride(request.rep_code, *limited(request))
        return pb.EndOverrideResponse(limit=limit_message(standing))

    @query
    async def ListLimits(self, request: pb.ListLimitsRequest, db: AsyncConnection) -> pb.ListLimitsResponse:
        size, filters = page_size(request.page_size), [request.rep_code]
        rep_id = await rep_id_of(db, request.rep_code) if request.rep_code else None
        after = read_position(request.page_token, "ListLimits", filters, str, str, str)
        found = await list_limits(db, rep_id, after, size + 1)
        return pb.ListLimitsResponse(
            limits=[limit_message(standing) for standing in found[:size]],
            next_page_token=next_page_token(
                "ListLimits", filters, found, size, lambda one: [one.rep_code, one.scope, one.key]
            ),
        )

    @query
    async def ListLimitChanges(
        self, request: pb.ListLimitChangesRequest, db: AsyncConnection
    ) -> pb.ListLimitChangesResponse:
        size, filters = page_size(request.page_size), [request.rep_code]
        rep_id = await rep_id_of(db, request.rep_code) if request.rep_code else None
        [before] = read_position(request.page_token, "ListLimitChanges", filters, UUID) or [None]
        found = await list_changes(db, rep_id, before, size + 1)
        return pb.ListLimitChangesResponse(
            changes=[change_message(change) for change in found[:size]],
            next_page_token=next_page_token("ListLimitChanges", filters, found, size, lambda one: [str(one.change_id)]),
        )

    @query
    async def SuggestLimits(self, request: pb.SuggestLimitsRequest, db: AsyncConnection) -> pb.SuggestLimitsResponse:
        team_id = await team_id_of(db, request.team_code) if request.team_code else None
        window = request.window.ToTimedelta() if request.HasField("window") else DEFAULT_WINDOW
        found = await histories(db, team_id, request.grade, window)
        return pb.SuggestLimitsResponse(suggestions=[suggestion_message(suggest(one)) for one in found])

    @query
    async def GetFlow(self, request: pb.GetFlowRequest, db: AsyncConnection) -> pb.GetFlowResponse:
        group = FlowGroup(pb.FlowGroup.Name(request.group).removeprefix("FLOW_GROUP_"))
        days = days_from(read_day(request.first_day, "first_day"), read_day(request.last_day, "last_day"))
        zone, size = read_zone(request.time_zone, "time_zone"), page_size(request.page_size)
        if request.code:
            await (rep_id_of if group is FlowGroup.REP else pool_id_of)(db, request.code)
        filters = [group, request.code, request.first_day, request.last_day, zone.key]
        [after] = read_position(request.page_token, "GetFlow", filters, str) or [None]
        found = await flows(db, group, days, zone, only=request.code, after=after, limit=size + 1)
        return pb.GetFlowResponse(
            flows=[flow_message(flow) for flow in found[:size]],
            next_page_token=next_page_token("GetFlow", filters, found, size, lambda flow: [flow.code]),
        )
