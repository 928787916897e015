"""A calendar as it was imported, and what becomes of it when it extends another."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from services.routing.calendars.calendar import Calendar, Day, Span, Week, parse_spans, week_body, week_from
from services.shared.refusals import InvalidInput
from services.shared.zones import zone_named


@dataclass(frozen=True)
class ImportedDay:
    """A holiday, or a make-up day: open for its own hours, or without any for those of an ordinary day."""

    make_up: bool
    name: str
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True)
class Imported:
    """What is left empty is taken over from the calendar that it extends."""

    code: str
    name: str
    zone: str
    extends: str
    # Monday first; seven days, or none.
    week: Week
    days: Mapping[date, ImportedDay]
    published: frozenset[int]

    def resolved(self, version: int, base: Calendar | None) -> Calendar:
        """The calendar, on top of the one that it extends. Raises InvalidInput naming what is missing."""
        zone = zone_of(self.zone) if self.zone else base.zone if base else None
        if zone is None:
            raise InvalidInput("zone", "Name the zone, such as Asia/Shanghai, or a calendar that this one extends.")
        week = self.week or (base.week if base else ())
        if not any(week):
            raise InvalidInput("week", "Say when it is open, such as Mon-Fri 09:00-12:00,13:00-18:00.")
        hours = ordinary_hours(week)
        days = {day: Day((one.spans or hours) if one.make_up else (), one.name) for day, one in self.days.items()}
        published = self.published
        if base:
            days = {**_taken_over(base, hours), **days}
            published = published & base.published if published else base.published
        return Calendar(self.code, version, zone, week, days, published)

    def to_body(self) -> dict[str, Any]:
        """As JSON, without the code."""
        return {
            "name": self.name,
            "zone": self.zone,
            "extends": self.extends,
            "week": week_body(self.week),
            "days": {
                day.isoformat(): {"make_up": one.make_up, "name": one.name, "spans": [str(span) for span in one.spans]}
                for day, one in sorted(self.days.items())
            },
            "published": sorted(self.published),
        }

    @classmethod
    def from_body(cls, code: str, body: Mapping[str, Any]) -> "Imported":
        return cls(
            code=code,
            name=body["name"],
            zone=body["zone"],
            extends=body["extends"],
            week=week_from(body["week"]),
            days={
                date.fromisoformat(day): ImportedDay(one["make_up"], one["name"], parse_spans(one["spans"]))
                for day, one in body["days"].items()
            },
            published=frozenset(body["published"]),
        )


def ordinary_hours(week: Week) -> tuple[Span, ...]:
    """Of the first weekday that is open."""
    return next(filter(None, week))


def zone_of(name: str) -> ZoneInfo:
    """Raises InvalidInput."""
    zone = zone_named(name)
    if zone is None:
        raise InvalidInput("zone", f"{name!r} is no zone: write it as Asia/Shanghai.")
    return zone


def _taken_over(base: Calendar, hours: tuple[Span, ...]) -> dict[date, Day]:
    """Make-up days that are there as long as ordinary days are here as long as ordinary days are here."""
    theirs = ordinary_hours(base.week)
    return {day: Day(hours, one.name) if one.spans == theirs else one for day, one in base.days.items()}
