"""Calendars as they are imported, extended, shown and listed."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest

from clew.routing.v1 import calendars_pb2 as pb
from services.routing.calendars import store
from services.routing.calendars.calendar import parse_spans
from services.routing.calendars.imported import Imported
from tests.examples import as_manager
from tests.routing.calendars.desk import (
    OFFICE_HOURS,
    WEEK,
    a_calendar,
    an_import,
    holiday,
    imported,
    make_up,
    shown,
)
from tests.routing.office import Office, a_code, refused


async def test_each_date_is_shown_for_what_it_is(office: Office) -> None:
    code = await a_calendar(office)

    answer = await shown(office, code, "2025-10-08", "2025-10-12")

    assert [(one.date[5:], pb.DateKind.Name(one.kind)[10:], one.name, list(one.spans)) for one in answer.dates] == [
        ("10-08", "HOLIDAY", "国庆节", []),
        ("10-09", "WORKING", "", OFFICE_HOURS),
        ("10-10", "WORKING", "", OFFICE_HOURS),
        ("10-11", "MAKE_UP", "国庆节", OFFICE_HOURS),
        ("10-12", "WEEKEND", "", []),
    ]
    assert not any(one.provisional for one in answer.dates)
    assert (answer.calendar.zone, answer.calendar.exceptions, answer.calendar.version) == ("Asia/Shanghai", 10, 1)


async def test_a_year_that_is_not_published_is_as_its_weekdays_and_says_so(office: Office) -> None:
    code = await a_calendar(office)

    [new_year] = (await shown(office, code, "2026-01-01")).dates

    assert (new_year.kind, new_year.provisional) == (pb.DATE_KIND_WORKING, True)


async def test_an_import_replaces_the_whole_and_leaves_the_version_before_as_it_was(office: Office) -> None:
    code = await a_calendar(office)

    again = await imported(office, code, days=[holiday("2025-12-31", "盘点")])

    assert again.calendar_version == f"{code}@2"
    assert (await shown(office, code, "2025-10-01")).dates[0].kind == pb.DATE_KIND_WORKING
    assert (await shown(office, code, "2025-10-01", version=1)).dates[0].kind == pb.DATE_KIND_HOLIDAY


async def test_the_same_request_twice_is_one_version(office: Office) -> None:
    request = an_import()

    first, second = [await office.calendars.ImportCalendar(request, metadata=as_manager()) for _ in range(2)]

    assert first == second
    assert first.calendar_version.endswith("@1")


async def test_two_imports_at_once_are_two_versions_one_after_the_other(office: Office) -> None:
    code = a_code("cal")

    answers = await asyncio.gather(*(imported(office, code) for _ in range(4)))

    assert sorted(answer.calendar_version for answer in answers) == [f"{code}@{n}" for n in range(1, 5)]


async def test_a_region_takes_over_what_it_extends_and_adds_its_own(office: Office) -> None:
    base = await a_calendar(office)
    region = await a_calendar(office, extends=base, days=[holiday("2025-06-06", "古尔邦节")])

    answer = await shown(office, region, "2025-06-06", "2025-10-11")
    kinds = {one.date: (one.kind, one.name) for one in answer.dates}

    assert kinds["2025-06-06"] == (pb.DATE_KIND_HOLIDAY, "古尔邦节")
    assert kinds["2025-10-01"] == (pb.DATE_KIND_HOLIDAY, "国庆节")
    assert kinds["2025-10-11"] == (pb.DATE_KIND_MAKE_UP, "国庆节")
    assert (answer.calendar.extends, list(answer.calendar.published_years)) == (base, [2025])
    assert list(answer.calendar.week) == WEEK


async def test_a_region_with_hours_of_its_own_makes_up_for_them(office: Office) -> None:
    base = await a_calendar(office, days=[make_up("2025-10-11"), make_up("2025-10-12", "10:00-11:00")])
    region = await a_calendar(
        office, extends=base, days=[], week=[pb.WeekdayHours(weekday=1, spans=["10:00-14:00", "15:30-19:30"])]
    )

    saturday, sunday = (await shown(office, region, "2025-10-11", "2025-10-12")).dates

    assert list(saturday.spans) == ["10:00-14:00", "15:30-19:30"]
    assert list(sunday.spans) == ["10:00-11:00"]


async def test_a_new_version_of_the_base_is_a_new_version_of_whatever_extends_it(office: Office) -> None:
    base = await a_calendar(office)
    region = await a_calendar(office, extends=base, days=[holiday("2025-06-06", "古尔邦节")])
    city = await a_calendar(office, extends=region, days=[])

    corrected = await imported(office, base, days=[holiday("2025-10-09")], published_years=[2025, 2026])

    assert list(corrected.extended_versions) == [f"{region}@2", f"{city}@2"]
    answer = await shown(office, city, "2025-06-06", "2025-10-09")
    assert {one.date for one in answer.dates if one.kind == pb.DATE_KIND_HOLIDAY} == {"2025-06-06", "2025-10-09"}
    assert list(answer.calendar.published_years) == [2025, 2026]


async def test_a_region_that_stands_alone_now_is_not_made_anew(office: Office) -> None:
    base = await a_calendar(office)
    region = await a_calendar(office, extends=base)
    await imported(office, region)

    assert list((await imported(office, base)).extended_versions) == []


async def test_a_region_knows_no_year_that_its_base_does_not_know(office: Office) -> None:
    base = await a_calendar(office)
    region = await a_calendar(office, extends=base, published_years=[2025, 2026])

    assert list((await shown(office, region, "2025-10-01")).calendar.published_years) == [2025]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"zone": "Asia/Shangai"}, "zone"),
        ({"zone": "../etc"}, "zone"),
        ({"zone": ""}, "zone"),
        ({"week": []}, "week"),
        ({"week": [WEEK[0], WEEK[0]]}, "week[1].weekday"),
        ({"week": [pb.WeekdayHours(weekday=1, spans=["13:00-18:00", "09:00-14:00"])]}, "spans"),
        ({"week": [pb.WeekdayHours(weekday=1, spans=["18:00-09:00"])]}, "spans"),
        ({"week": [pb.WeekdayHours(weekday=8, spans=["09:00-18:00"])]}, "week[0].weekday"),
        ({"days": [holiday("2025-10-01"), make_up("2025-10-01")]}, "days[1].date"),
        ({"days": [holiday("2025-02-30")]}, "days[0].date"),
        ({"days": [holiday("1925-10-01")]}, "days[0].date"),
        ({"days": [pb.ImportedDate(date="2025-10-01", kind="DATE_KIND_WEEKEND")]}, "days[0].kind"),
        ({"days": [pb.ImportedDate(date="2025-10-01", kind="DATE_KIND_HOLIDAY", spans=OFFICE_HOURS)]}, "days[0].spans"),
        ({"published_years": [25]}, "published_years[0]"),
    ],
)
async def test_what_makes_no_calendar_is_refused_by_its_field(
    office: Office, fields: dict[str, Any], field: str
) -> None:
    request = an_import(**{"days": [], **fields})

    told = await refused(office.calendars.ImportCalendar(request, metadata=as_manager()))

    assert (told.reason, [name for name, _ in told.fields]) == ("INVALID_FIELD", [field])
    assert (await refused(shown(office, request.code, "2025-10-01"))).reason == "NOT_FOUND"


async def test_as_many_dates_as_ten_years_of_holidays_would_need_are_taken_and_no_more(office: Office) -> None:
    days = [holiday((date(2020, 1, 1) + timedelta(n)).isoformat()) for n in range(5001)]

    code = await a_calendar(office, days=days[:5000])
    told = await refused(imported(office, code, days=days))

    assert (await shown(office, code, "2025-01-01")).calendar.exceptions == 5000
    assert (told.reason, [name for name, _ in told.fields]) == ("INVALID_FIELD", ["days"])


async def test_a_calendar_extends_one_that_is_there_and_never_itself(office: Office) -> None:
    base = await a_calendar(office)
    region = await a_calendar(office, extends=base)

    nowhere = await refused(imported(office, extends="nowhere"))
    circle = await refused(imported(office, base, extends=region))

    assert (nowhere.reason, nowhere.metadata) == ("NOT_FOUND", {"kind": "calendar", "id": "nowhere"})
    assert [name for name, _ in circle.fields] == ["extends"]


async def test_no_more_dates_are_answered_than_can_be_looked_at(office: Office) -> None:
    code = await a_calendar(office)

    for last in ("2026-02-05", "2024-12-31"):
        told = await refused(shown(office, code, "2025-01-01", last))
        assert [name for name, _ in told.fields] == ["to_date"]
    assert len((await shown(office, code, "2025-01-01", "2026-02-04")).dates) == 400


async def test_calendars_are_listed_once_each_in_pages_by_code(office: Office) -> None:
    codes = {await a_calendar(office) for _ in range(3)}
    await imported(office, min(codes))

    seen, token = [], ""
    while True:
        request = pb.ListCalendarsRequest(page_size=2, page_token=token)
        page = await office.calendars.ListCalendars(request, metadata=as_manager())
        seen += [(one.code, one.version) for one in page.calendars]
        token = page.next_page_token
        if not token:
            break

    assert seen == sorted(set(seen))
    assert {(code, 2 if code == min(codes) else 1) for code in codes} <= set(seen)


# The calendar that comes with the service


def a_default(code: str, *years: int) -> Imported:
    return Imported(code, "中国大陆", "Asia/Shanghai", "", (parse_spans(OFFICE_HOURS),) * 7, {}, frozenset(years))


async def test_the_default_is_added_once_and_again_when_it_knows_more_years(office: Office) -> None:
    code = a_code("cn")

    async def added(*years: int) -> list[str]:
        async with office.engine.begin() as db:
            return [str(calendar) for calendar in await store.add_default(db, a_default(code, *years))]

    assert sorted(await asyncio.gather(added(2025), added(2025))) == [[], [f"{code}@1"]]
    region = await a_calendar(office, extends=code)
    assert await added(2025, 2026) == [f"{code}@2", f"{region}@2"]
    assert await added(2025) == []


async def test_what_somebody_imported_in_its_place_is_left_alone(office: Office) -> None:
    code = await a_calendar(office)

    async with office.engine.begin() as db:
        assert await store.add_default(db, a_default(code, 2025, 2026, 2027)) == []


async def test_an_import_that_is_rolled_back_is_not_remembered(office: Office) -> None:
    code = await a_calendar(office)

    async with office.engine.connect() as db:
        await store.import_calendar(db, a_default(code, 2030), "wang")
        await store.newest_calendar(db, code)
        await db.rollback()
    await imported(office, code, days=[holiday("2025-12-31")])

    assert (await shown(office, code, "2025-12-31")).dates[0].kind == pb.DATE_KIND_HOLIDAY
