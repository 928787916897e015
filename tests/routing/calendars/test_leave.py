"""Leave of reps: approved, cancelled, listed; never two at once."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import grpc.aio
import pytest

from clew.routing.v1 import calendars_pb2 as pb
from services.routing.calendars import store_leave
from services.routing.calendars.working_time import Absence
from tests.examples import as_manager, as_rep
from tests.routing.calendars.desk import on_leave
from tests.routing.office import Office, Rep, fresh, refused

MONDAY = datetime(2026, 11, 16, tzinfo=UTC)
DAY = timedelta(days=1)


async def cancel(office: Office, leave_id: str) -> pb.Leave:
    request = pb.CancelLeaveRequest(request_id=fresh(), leave_id=leave_id)
    return (await office.calendars.CancelLeave(request, metadata=as_manager())).leave


async def leaves(office: Office, rep: Rep, *, by_himself: bool = False, with_cancelled: bool = False) -> list[str]:
    request = pb.ListLeavesRequest(rep_code="" if by_himself else rep.code, with_cancelled=with_cancelled)
    caller = as_rep(rep.rep_id) if by_himself else as_manager()
    return [leave.leave_id for leave in (await office.calendars.ListLeaves(request, metadata=caller)).leaves]


async def absences(office: Office, rep: Rep) -> tuple[Absence, ...]:
    async with office.engine.connect() as db:
        return await store_leave.absences_of(db, UUID(rep.rep_id))


async def test_approved_leave_is_an_absence_until_it_is_cancelled(office: Office) -> None:
    rep = await office.a_rep()

    leave = await on_leave(office, rep, MONDAY, 5 * DAY)
    assert (leave.rep_code, leave.state, leave.approved_by) == (rep.code, pb.LEAVE_STATE_APPROVED, "wang")
    assert await absences(office, rep) == (Absence(MONDAY, MONDAY + 5 * DAY),)

    cancelled = await cancel(office, leave.leave_id)
    assert (cancelled.state, cancelled.cancelled_by) == (pb.LEAVE_STATE_CANCELLED, "wang")
    assert await absences(office, rep) == ()


async def test_cancelled_twice_it_is_cancelled_once(office: Office) -> None:
    leave = await on_leave(office, await office.a_rep(), MONDAY, DAY)

    assert await cancel(office, leave.leave_id) == await cancel(office, leave.leave_id)


@pytest.mark.parametrize(("starts", "days"), [(-1, 2), (0, 5), (1, 1), (4, 3), (-1, 9)])
async def test_leave_that_overlaps_is_refused_by_the_one_it_overlaps(office: Office, starts: int, days: int) -> None:
    rep = await office.a_rep()
    leave = await on_leave(office, rep, MONDAY, 5 * DAY)

    told = await refused(on_leave(office, rep, MONDAY + starts * DAY, days * DAY))

    assert (told.reason, told.metadata) == ("LEAVE_OVERLAPS", {"leave_id": leave.leave_id})


async def test_leave_may_follow_leave_take_a_cancelled_ones_place_and_be_a_colleagues(office: Office) -> None:
    rep = await office.a_rep()
    leave = await on_leave(office, rep, MONDAY, 5 * DAY)

    await on_leave(office, rep, MONDAY + 5 * DAY, DAY)
    await on_leave(office, await office.a_rep(), MONDAY, 5 * DAY)
    await cancel(office, leave.leave_id)
    await on_leave(office, rep, MONDAY, 2 * DAY)

    assert await absences(office, rep) == (
        Absence(MONDAY, MONDAY + 2 * DAY),
        Absence(MONDAY + 5 * DAY, MONDAY + 6 * DAY),
    )


async def test_of_two_that_are_approved_at_once_one_counts(office: Office) -> None:
    rep = await office.a_rep()

    answers = await asyncio.gather(
        *(on_leave(office, rep, MONDAY + n * DAY, 5 * DAY) for n in range(4)), return_exceptions=True
    )

    assert sum(isinstance(answer, grpc.aio.AioRpcError) for answer in answers) == 3
    assert len(await absences(office, rep)) == 1


@pytest.mark.parametrize("days", [0, -1, 367])
async def test_leave_that_ends_too_early_or_too_late_is_refused_by_its_end(office: Office, days: int) -> None:
    told = await refused(on_leave(office, await office.a_rep(), MONDAY, days * DAY))

    assert (told.reason, [name for name, _ in told.fields]) == ("INVALID_FIELD", ["ends_at"])


async def test_leave_of_nobody_and_leave_that_is_none_are_not_found(office: Office) -> None:
    nobody = await refused(on_leave(office, Rep(fresh(), "nobody", ""), MONDAY, DAY))
    nothing = await refused(cancel(office, fresh()))

    assert [nobody.metadata["kind"], nothing.metadata["kind"]] == ["rep", "leave"]


async def test_leaves_are_listed_last_first_a_reps_own_and_cancelled_ones_when_asked(office: Office) -> None:
    rep, colleague = await office.a_rep(), await office.a_rep()
    early, late = [(await on_leave(office, rep, MONDAY + n * DAY, DAY)).leave_id for n in (0, 7)]
    await on_leave(office, colleague, MONDAY, DAY)
    gone = (await cancel(office, (await on_leave(office, rep, MONDAY + 3 * DAY, DAY)).leave_id)).leave_id

    assert await leaves(office, rep) == [late, early]
    assert await leaves(office, rep, by_himself=True) == [late, early]
    assert await leaves(office, rep, with_cancelled=True) == [late, gone, early]
    prying = pb.ListLeavesRequest(rep_code=rep.code)
    assert not (await office.calendars.ListLeaves(prying, metadata=as_rep(colleague.rep_id))).leaves


async def test_the_pages_of_a_list_are_the_list(office: Office) -> None:
    rep = await office.a_rep()
    approved = [(await on_leave(office, rep, MONDAY + n * DAY, DAY)).leave_id for n in range(5)]

    seen: list[str] = []
    token = ""
    while True:
        request = pb.ListLeavesRequest(rep_code=rep.code, page_size=2, page_token=token)
        page = await office.calendars.ListLeaves(request, metadata=as_manager())
        seen += [leave.leave_id for leave in page.leaves]
        token = page.next_page_token
        if not token:
            break

    assert seen == approved[::-1]
