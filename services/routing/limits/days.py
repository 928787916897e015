"""Days of a time zone."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from services.shared.refusals import InvalidInput
from services.shared.zones import zone_named

DEFAULT_ZONE = "Asia/Shanghai"
A_DAY = timedelta(days=1)


def read_zone(name: str, field: str) -> ZoneInfo:
    """A zone by its IANA name; empty is the default. Raises InvalidInput."""
    zone = zone_named(name or DEFAULT_ZONE)
    if zone is None:
        raise InvalidInput(field, f"There is no time zone {name!r}; {DEFAULT_ZONE} is one.")
    return zone


def read_day(text: str, field: str) -> date:
    """Such as `2026-11-01`, from 1970 to 9998. Raises InvalidInput."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if not 1970 <= day.year <= 9998:
        raise InvalidInput(field, f"{text} is no day; 2026-11-01 is one.")
    return day


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which the day begins there. Where clocks skip midnight it is the first that there is."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
