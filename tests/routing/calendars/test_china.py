"""The calendar that comes with the service: mainland China's."""

from datetime import date

import pytest

from services.routing.calendars.calendar import DateKind
from services.routing.calendars.china import china
from services.routing.calendars.working_time import WorkingTime
from tests.routing.calendars.calendars import in_shanghai

CHINA = china().resolved(1, None)


@pytest.mark.parametrize(
    ("day", "kind", "name"),
    [
        (date(2025, 10, 1), DateKind.HOLIDAY, "国庆节"),
        (date(2025, 10, 8), DateKind.HOLIDAY, "国庆节"),
        (date(2025, 10, 9), DateKind.WORKING, ""),
        (date(2025, 10, 11), DateKind.MAKE_UP, "国庆节"),
        (date(2025, 1, 26), DateKind.MAKE_UP, "春节"),
        (date(2025, 1, 28), DateKind.HOLIDAY, "春节"),
        (date(2025, 11, 8), DateKind.WEEKEND, ""),
    ],
)
def test_its_dates_are_those_that_the_state_council_published(day: date, kind: DateKind, name: str) -> None:
    assert (CHINA.kind_of(day), CHINA.name_of(day)) == (kind, name)


def test_it_knows_the_years_from_2004_to_2026_at_least() -> None:
    assert CHINA.published >= set(range(2004, 2027))


def test_three_working_days_over_the_national_holiday_end_on_the_make_up_saturday() -> None:
    assert WorkingTime(CHINA).working_days_after(in_shanghai(9, 30, 10), 3) == in_shanghai(10, 11, 10)
