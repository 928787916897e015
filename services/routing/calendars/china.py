"""Mainland China's working calendar, as far as the State Council has published it."""

from chinese_calendar import Holiday, holidays, workdays

from services.routing.calendars.calendar import parse_spans
from services.routing.calendars.imported import Imported, ImportedDay

CODE = "cn"
_HOURS = parse_spans(("09:00-12:00", "13:00-18:00"))


def china() -> Imported:
    """With every year that is known; later years are provisional until a newer version of the data knows them."""
    names = {holiday.value: holiday.chinese for holiday in Holiday}  # type: ignore[attr-defined]  # set in its __new__
    days = {day: ImportedDay(make_up=False, name=names[holiday]) for day, holiday in holidays.items()}
    days |= {day: ImportedDay(make_up=True, name=names[holiday]) for day, holiday in workdays.items()}
    return Imported(
        code=CODE,
        name="中国大陆",
        zone="Asia/Shanghai",
        extends="",
        week=(*(_HOURS,) * 5, (), ()),
        days=days,
        published=frozenset(range(min(holidays).year, max(holidays).year + 1)),
    )
