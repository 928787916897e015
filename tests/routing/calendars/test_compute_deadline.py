"""A deadline that is tried out, with what it was carried over."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from clew.routing.v1 import calendars_pb2 as pb
from tests.examples import as_manager
from tests.routing.calendars.calendars import in_shanghai
from tests.routing.calendars.desk import a_calendar, on_leave
from tests.routing.office import Office, instant, refused

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def compute(office: Office, code: str, start: datetime, **fields: Any) -> pb.ComputeDeadlineResponse:
    request = pb.ComputeDeadlineRequest(calendar_code=code, start=start, **fields)
    return await office.calendars.ComputeDeadline(request, metadata=as_manager())


async def test_it_says_when_and_over_what_it_was_carried(office: Office) -> None:
    code = await a_calendar(office)

    answer = await compute(office, code, in_shanghai(9, 30, 10), working_days=3)

    assert instant(answer.deadline) == in_shanghai(10, 11, 10)
    assert [(instant(stop.starts_at), instant(stop.ends_at), stop.why) for stop in answer.passed_over] == [
        (in_shanghai(10, 1), in_shanghai(10, 9), "国庆节")
    ]
    assert (answer.calendar_version, answer.zone, list(answer.provisional_years)) == (f"{code}@1", "Asia/Shanghai", [])


@pytest.mark.parametrize(
    ("length", "deadline"),
    [
        ({"working_time": 2 * HOUR}, in_shanghai(10, 9, 10)),
        ({"elapsed": 2 * DAY}, in_shanghai(10, 10, 17)),
        ({"working_days": 1}, in_shanghai(10, 9, 17)),
    ],
)
async def test_each_way_to_count_stops_for_the_long_closure(
    office: Office, length: dict[str, Any], deadline: datetime
) -> None:
    code = await a_calendar(office)

    assert instant((await compute(office, code, in_shanghai(9, 30, 17), **length)).deadline) == deadline


async def test_a_year_that_is_not_published_is_flagged(office: Office) -> None:
    code = await a_calendar(office)

    answer = await compute(office, code, in_shanghai(12, 31, 10), working_days=1)

    assert (instant(answer.deadline), list(answer.provisional_years)) == (in_shanghai(1, 1, 10, year=2026), [2026])


async def test_a_reps_leave_counts_where_he_is_named(office: Office) -> None:
    code, rep = await a_calendar(office), await office.a_rep()
    await on_leave(office, rep, in_shanghai(11, 11), 2 * DAY)

    answer = await compute(office, code, in_shanghai(11, 10, 10), working_days=1, rep_code=rep.code)

    assert instant(answer.deadline) == in_shanghai(11, 13, 10)
    assert [stop.why for stop in answer.passed_over] == ["leave"]


async def test_a_deadline_that_never_comes_is_refused(office: Office) -> None:
    code = await a_calendar(office, week=[pb.WeekdayHours(weekday=1, spans=["09:00-09:01"])], days=[])

    told = await refused(compute(office, code, in_shanghai(11, 10, 10), working_time=30 * DAY))

    assert (told.reason, told.metadata) == ("DEADLINE_OUT_OF_REACH", {"calendar": code})


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "length"),
        ({"working_days": 0}, "working_days"),
        ({"working_days": 1001}, "working_days"),
        ({"elapsed": -HOUR}, "elapsed"),
        ({"start": datetime(2100, 1, 1, tzinfo=UTC), "working_days": 1}, "start"),
    ],
)
async def test_what_is_no_length_of_time_is_refused_by_its_field(
    office: Office, fields: dict[str, Any], field: str
) -> None:
    code = await a_calendar(office)

    told = await refused(compute(office, code, **{"start": in_shanghai(11, 10), **fields}))

    assert (told.reason, [name for name, _ in told.fields]) == ("INVALID_FIELD", [field])


async def test_an_unknown_calendar_or_rep_is_not_found(office: Office) -> None:
    code = await a_calendar(office)

    calendar = await refused(compute(office, "nowhere", in_shanghai(11, 10), working_days=1))
    rep = await refused(compute(office, code, in_shanghai(11, 10), working_days=1, rep_code="nobody"))

    assert [calendar.metadata["kind"], rep.metadata["kind"]] == ["calendar", "rep"]
