"""CalendarService: translates, nothing else."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from clew.routing.v1 import calendars_pb2 as pb
from clew.routing.v1.calendars_pb2_grpc import CalendarServiceServicer
from services.routing import tables
from services.routing.calendars import store, store_leave
from services.routing.calendars.servicer_messages import (
    calendar_message,
    date_messages,
    imported_calendar,
    leave_message,
    read_date,
    stop_messages,
)
from services.routing.calendars.working_time import Absence, WorkingTime
from services.routing.holdings.store_long_leave import tell_of_long_leave
from services.routing.holdings.store_rebasing import ask_rebasing
from services.routing.roster.store import rep_id_of
from services.shared.callers import Role, current_caller
from services.shared.ids import read_id
from services.shared.pages import next_page_token, page_size, read_position
from services.shared.refusals import InvalidInput
from services.shared.requests import command, query

MOST_DATES = 400


class CalendarServicer(CalendarServiceServicer):
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine, self._requests = engine, tables.request

    @command(pb.ImportCalendarResponse)
    async def ImportCalendar(self, request: pb.ImportCalendarRequest, db: AsyncConnection) -> pb.ImportCalendarResponse:
        imported, *extended = await store.import_calendar(db, imported_calendar(request), current_caller().id)
        for calendar in (imported, *extended):
            await ask_rebasing(db, f"calendar {calendar}", calendar_code=calendar.code)
        return pb.ImportCalendarResponse(
            calendar_version=str(imported), extended_versions=[str(calendar) for calendar in extended]
        )

    @query
    async def GetCalendar(self, request: pb.GetCalendarRequest, db: AsyncConnection) -> pb.GetCalendarResponse:
        first, last = read_date(request.from_date, "from_date"), read_date(request.to_date, "to_date")
        if not 0 <= (last - first).days < MOST_DATES:
            raise InvalidInput("to_date", f"Ask for 1 to {MOST_DATES} dates, the last not before the first.")
        stored = await store.stored_calendar(db, request.code, request.version)
        return pb.GetCalendarResponse(
            calendar=calendar_message(stored), dates=date_messages(stored.calendar, first, last)
        )

    @query
    async def ListCalendars(self, request: pb.ListCalendarsRequest, db: AsyncConnection) -> pb.ListCalendarsResponse:
        size = page_size(request.page_size)
        [after] = read_position(request.page_token, "ListCalendars", [], str) or [""]
        found = await store.list_calendars(db, after, size + 1)
        return pb.ListCalendarsResponse(
            calendars=[calendar_message(stored) for stored in found[:size]],
            next_page_token=next_page_token("ListCalendars", [], found, size, lambda one: [one.calendar.code]),
        )

    @query
    async def ComputeDeadline(
        self, request: pb.ComputeDeadlineRequest, db: AsyncConnection
    ) -> pb.ComputeDeadlineResponse:
        calendar = await store.newest_calendar(db, request.calendar_code)
        absences: tuple[Absence, ...] = ()
        if request.rep_code:
            absences = await store_leave.absences_of(db, await rep_id_of(db, request.rep_code))
        time, start = WorkingTime(calendar, absences), request.start.ToDatetime(UTC)
        deadline = _deadline(time, start, request)
        elapsed = request.WhichOneof("length") == "elapsed"
        return pb.ComputeDeadlineResponse(
            deadline=deadline,
            passed_over=stop_messages(time.passed_over(start, deadline, elapsed=elapsed)),
            provisional_years=time.provisional_years(start, deadline),
            calendar_version=str(calendar),
            zone=calendar.zone.key,
        )

    @command(pb.SetLeaveResponse)
    async def SetLeave(self, request: pb.SetLeaveRequest, db: AsyncConnection) -> pb.SetLeaveResponse:
        rep_id = await rep_id_of(db, request.rep_code)
        starts_at, ends_at = request.starts_at.ToDatetime(UTC), request.ends_at.ToDatetime(UTC)
        leave = await store_leave.set_leave(db, rep_id, starts_at, ends_at, current_caller().id)
        await ask_rebasing(db, f"leave of {request.rep_code}", rep_id=rep_id)
        await tell_of_long_leave(db, rep_id, starts_at, ends_at)
        return pb.SetLeaveResponse(leave=leave_message(leave))

    @command(pb.CancelLeaveResponse)
    async def CancelLeave(self, request: pb.CancelLeaveRequest, db: AsyncConnection) -> pb.CancelLeaveResponse:
        leave, new = await store_leave.cancel_leave(db, read_id(request.leave_id, "leave_id"), current_caller().id)
        if new:
            await ask_rebasing(db, f"leave of {leave.rep_code}", rep_id=leave.rep_id)
        return pb.CancelLeaveResponse(leave=leave_message(leave))

    @query
    async def ListLeaves(self, request: pb.ListLeavesRequest, db: AsyncConnection) -> pb.ListLeavesResponse:
        size, caller = page_size(request.page_size), current_caller()
        own = read_id(caller.id, "clew-caller-id") if caller.role is Role.REP else None
        filters = [str(own), request.rep_code, str(request.with_cancelled)]
        found = await store_leave.list_leaves(
            db,
            rep_id=own,
            rep_code=request.rep_code,
            with_cancelled=request.with_cancelled,
            before=read_position(request.page_token, "ListLeaves", filters, datetime.fromisoformat, UUID),
            limit=size + 1,
        )
        return pb.ListLeavesResponse(
            leaves=[leave_message(leave) for leave in found[:size]],
            next_page_token=next_page_token(
                "ListLeaves", filters, found, size, lambda one: [one.starts_at.isoformat(), str(one.leave_id)]
            ),
        )


def _deadline(time: WorkingTime, start: datetime, request: pb.ComputeDeadlineRequest) -> datetime:
    if request.HasField("working_days"):
        return time.working_days_after(start, request.working_days)
    if request.HasField("working_time"):
        length: timedelta = request.working_time.ToTimedelta()
        return time.working_time_after(start, length)
    return time.elapsed_after(start, request.elapsed.ToTimedelta())
