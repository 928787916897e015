"""`clew calendar` and `clew leave` as people type them and read them."""

from pathlib import Path

import pytest
from rich.console import Console, RenderableType

from clew.routing.v1 import calendars_pb2 as pb
from cli import calendars, leave
from cli.calling import Clew, Unusable
from tests.routing.calendars.calendars import in_shanghai
from tests.routing.office import Office, a_code, instant
from tests.routing.typed import Typed

DAYS = "date,kind,name\n2026-10-01,holiday,国庆节\n2026-10-02,holiday,国庆节\n2026-10-10,working,国庆节\n"


@pytest.fixture
def clew(office: Office) -> Clew:
    """Routing alone, called as a manager; calendars and leave need no other service."""
    return Typed(office).as_manager()


@pytest.fixture
async def code(clew: Clew, tmp_path: Path) -> str:
    made = a_code("cal")
    await imported(clew, tmp_path, made)
    return made


async def imported(clew: Clew, folder: Path, code: str, days: str = DAYS, **options: str) -> pb.ImportCalendarResponse:
    file = folder / "days.csv"
    file.write_text(days)
    given = {"zone": "", "extends": "", "hours": "", "years": "", **options}
    answer = (await calendars.import_calendar(clew, file, code=code, name="上海", **given)).data
    assert isinstance(answer, pb.ImportCalendarResponse)
    return answer


def read(view: RenderableType) -> str:
    console = Console(width=120, markup=False)
    with console.capture() as captured:
        console.print(view)
    return captured.get()


async def test_an_imported_month_is_shown_week_by_week(clew: Clew, code: str) -> None:
    shown = read((await calendars.show(clew, code, month="2026-10", version=0)).view)

    assert shown.splitlines()[0].strip() == f"{code}@1 上海 · October 2026 · Asia/Shanghai"
    for part in ("1 休", "10 班", "国庆节", "11 –", "31 –", "Hours: 09:00-12:00, 13:00-18:00"):
        assert part in shown
    assert "not published" not in shown


async def test_a_month_that_is_not_published_says_so_on_each_date(clew: Clew, code: str) -> None:
    shown = read((await calendars.show(clew, code, month="2027-10", version=0)).view)

    assert "1?" in shown
    assert "not published yet" in shown


async def test_a_file_that_extends_adds_to_the_years_that_are_known(clew: Clew, code: str, tmp_path: Path) -> None:
    region = a_code("cal")
    await imported(clew, tmp_path, region, "日期,类型,名称\n2026-05-27,休,古尔邦节\n", extends=code)

    may = read((await calendars.show(clew, region, month="2026-05", version=0)).view)
    october = read((await calendars.show(clew, region, month="2026-10", version=0)).view)

    assert "古尔邦节" in may
    assert "国庆节" in october
    assert "not published" not in may + october


async def test_hours_and_years_can_be_said(clew: Clew, tmp_path: Path) -> None:
    code = a_code("cal")
    await imported(clew, tmp_path, code, hours="Mon-Sat 10:00-19:00", years="2026-2027", zone="Asia/Urumqi")

    listed = (await calendars.list_calendars(clew, page_size=500, page_token="")).data
    assert isinstance(listed, pb.ListCalendarsResponse)
    [one] = [calendar for calendar in listed.calendars if calendar.code == code]

    assert ([hours.weekday for hours in one.week], list(one.published_years)) == ([1, 2, 3, 4, 5, 6], [2026, 2027])
    assert one.zone == "Asia/Urumqi"


async def test_a_deadline_is_told_in_the_calendars_zone_with_what_it_was_carried_over(clew: Clew, code: str) -> None:
    told = read((await calendars.deadline(clew, code, "2026-09-30 10:00", "1wd", rep="")).view)

    assert told.splitlines()[0] == f"Mon 2026-10-05 10:00:00 Asia/Shanghai, by {code}@1"
    assert "国庆节" in told


async def test_a_deadline_in_a_year_that_is_not_published_may_move(clew: Clew, code: str) -> None:
    told = read((await calendars.deadline(clew, code, "2026-12-31 10:00", "8wh", rep="")).view)

    assert "Fri 2027-01-01 10:00:00" in told
    assert "Provisional: the holidays of 2027" in told


async def test_leave_until_a_date_lasts_until_its_end_and_is_listed_and_cancelled(clew: Clew, office: Office) -> None:
    rep = (await office.a_rep()).code
    answer = (await leave.set_leave(clew, rep, "2026-11-16", "2026-11-20", zone="Asia/Shanghai")).data
    assert isinstance(answer, pb.SetLeaveResponse)

    assert (instant(answer.leave.starts_at), instant(answer.leave.ends_at)) == (
        in_shanghai(11, 16, year=2026),
        in_shanghai(11, 21, year=2026),
    )
    assert answer.leave.leave_id in await leaves_of(clew, rep)

    await leave.cancel(clew, answer.leave.leave_id)
    assert answer.leave.leave_id not in await leaves_of(clew, rep)


async def leaves_of(clew: Clew, rep: str) -> str:
    listed = await leave.list_leaves(clew, rep=rep, cancelled=False, zone="Asia/Shanghai", page_size=50, page_token="")
    return read(listed.view)


@pytest.mark.parametrize(
    ("start", "end", "zone"), [("soon", "2026-11-20", "Asia/Shanghai"), ("2026-11-16", "2026-11-20", "Asia/Shangai")]
)
async def test_what_is_no_date_or_zone_is_refused_before_anything_is_called(
    clew: Clew, start: str, end: str, zone: str
) -> None:
    with pytest.raises(Unusable, match="write it as"):
        await leave.set_leave(clew, "L007", start, end, zone=zone)


async def test_a_month_that_is_none_is_refused(clew: Clew, code: str) -> None:
    with pytest.raises(Unusable, match="no month"):
        await calendars.show(clew, code, month="2026-13", version=0)
