"""Holidays and make-up days out of an iCalendar file (RFC 5545), as calendar programs and portals give it.

Only events that last whole days mean something here. What the format allows beyond that is refused by line, save
what changes no date.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from cli.calendar_file import FileDay
from cli.calling import Unusable

WORKING_SUMMARY = r"补班|调休上班|[（(]班[)）]"
# A mark of the kind at the end of a name says nothing more there.
MARKS = re.compile(r"\s*([（(][休班][)）]|补班|调休上班)\s*$")
# How Apple's calendar of China marks days off and make-up days; without the mark an event is only a festival.
SPECIAL_DAYS = {"WORK-HOLIDAY": False, "ALTERNATE-WORKDAY": True}
LONGEST_DAYS = 60


@dataclass(frozen=True)
class Property:
    line: int
    value: str
    parameters: str = ""


@dataclass
class Event:
    line: int
    properties: dict[str, Property] = field(default_factory=dict)


def read_icalendar_days(path: Path, working_summary: str = WORKING_SUMMARY) -> list[FileDay]:
    """The dates of all whole-day events. Raises Unusable naming the line."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise Unusable(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise Unusable(f"{path.name} is not in UTF-8, as iCalendar files are.") from None
    try:
        working = re.compile(working_summary)
    except re.error as error:
        raise Unusable(f"--working-summary {working_summary!r} is no pattern: {error}.") from None
    events = list(_events(path.name, text))
    marked = any("X-APPLE-SPECIAL-DAY" in event.properties for event in events)
    return [day for event in events for day in _days_of(path.name, event, working, marked)]


def _events(name: str, text: str) -> Iterator[Event]:
    event: Event | None = None
    inside: list[str] = []
    for line, content in _unfolded(text):
        key, parameters, value = _split(name, line, content)
        if key == "BEGIN":
            inside.append(value.upper())
            event = Event(line) if inside == ["VCALENDAR", "VEVENT"] else event
        elif key == "END":
            if not inside or inside.pop() != value.upper():
                raise Unusable(f"{name} line {line}: END:{value} ends nothing that began.")
            if value.upper() == "VEVENT" and event is not None:
                yield event
        elif inside == ["VCALENDAR", "VEVENT"] and event is not None:
            event.properties[key] = Property(line, value, parameters)
    if inside:
        raise Unusable(f"{name} ends within {inside[-1]}: the file is cut off.")


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Logical lines, each with the number of its first: one that begins with a blank goes on the line before."""
    start, logical = 0, ""
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        if line[:1] in {" ", "\t"}:
            logical += line[1:]
            continue
        if logical.strip():
            yield start, logical
        start, logical = number, line
    if logical.strip():
        yield start, logical


def _split(name: str, line: int, content: str) -> tuple[str, str, str]:
    """`DTSTART;VALUE=DATE:20261001` as its name, parameters, value. A quoted parameter may contain colons."""
    parts = re.fullmatch(r'([A-Za-z0-9-]+)((?:;[^":;]+(?:"[^"]*"[^":;]*)*)*):(.*)', content, re.DOTALL)
    if parts is None:
        raise Unusable(f"{name} line {line}: {content[:60]!r} is no line of an iCalendar file.")
    return parts[1].upper(), parts[2].upper(), parts[3]


def _days_of(name: str, event: Event, working: re.Pattern[str], marked: bool) -> Iterator[FileDay]:
    properties = event.properties
    if _value(properties, "STATUS") == "CANCELLED":
        return
    special = _value(properties, "X-APPLE-SPECIAL-DAY")
    if marked and special not in SPECIAL_DAYS:
        return
    for unknown in ("RRULE", "RDATE"):
        if unknown in properties:
            raise Unusable(
                f"{name} line {properties[unknown].line}: {unknown} repeats an event; "
                "holidays are published year by year: export them as single events."
            )
    summary = _unescaped(properties["SUMMARY"].value) if "SUMMARY" in properties else ""
    categories = _value(properties, "CATEGORIES").split(",")
    make_up = bool(working.search(summary)) or "WORKING" in categories or SPECIAL_DAYS.get(special, False)
    first, days = _span_of(name, event)
    for n in range(days):
        yield FileDay(event.line, first + timedelta(n), make_up, MARKS.sub("", summary) or summary)


def _span_of(name: str, event: Event) -> tuple[date, int]:
    """The first date, and how many there are. DTEND is the date after the last."""
    start = event.properties.get("DTSTART")
    if start is None:
        raise Unusable(f"{name} line {event.line}: this event has no DTSTART.")
    first, days = _date(name, start), 1
    if end := event.properties.get("DTEND"):
        days = (_date(name, end) - first).days or 1
        line = end.line
    elif length := event.properties.get("DURATION"):
        written = re.fullmatch(r"P(\d{1,4})([DW])", length.value.upper())
        if written is None:
            raise Unusable(f"{name} line {length.line}: {length.value!r} is not a length of whole days, such as P3D.")
        days, line = int(written[1]) * (7 if written[2] == "W" else 1), length.line
    else:
        line = start.line
    if not 1 <= days <= LONGEST_DAYS:
        raise Unusable(f"{name} line {line}: an event from {first} lasts {days} days; 1 to {LONGEST_DAYS} are read.")
    return first, days


def _date(name: str, written: Property) -> date:
    if re.fullmatch(r"\d{8}", written.value):
        try:
            return date(int(written.value[:4]), int(written.value[4:6]), int(written.value[6:]))
        except ValueError:
            pass
    elif re.fullmatch(r"\d{8}T\d{6}Z?", written.value):
        raise Unusable(f"{name} line {written.line}: the event has a time of day; only whole-day events are read.")
    raise Unusable(f"{name} line {written.line}: {written.value!r} is no date: write it as 20261001.")


def _value(properties: Mapping[str, Property], key: str) -> str:
    return properties[key].value.strip().upper() if key in properties else ""


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: " " if found[1] in "nN" else found[1], text).strip()
