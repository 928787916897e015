"""Lengths of time as they are typed: `90s`, `10d`, `8wh`, `10wd`."""

import re
from datetime import UTC, datetime, timedelta

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from clew.routing.v1 import roster_pb2
from cli.calling import Unusable

SECONDS_IN = {"s": 1, "m": 60, "h": 3600, "d": 86400, "wh": 3600, "wm": 60}


def period(text: str) -> roster_pb2.Period:
    """`2h` as it elapses, `8wh` in working time, `10wd` in working days."""
    matched = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd]|w[mh])|(\d+)wd", text)
    if matched is None:
        raise Unusable(
            f"A length of time is a number and s, m, h, d, wm, wh or wd, such as 90s, 10d, 8wh or 10wd; not {text!r}."
        )
    if matched[3]:
        return roster_pb2.Period(working_days=int(matched[3]))
    length = Duration()
    length.FromTimedelta(timedelta(seconds=float(matched[1]) * SECONDS_IN[matched[2]]))
    if matched[2].startswith("w"):
        return roster_pb2.Period(working_time=length)
    return roster_pb2.Period(elapsed=length)


def reminder(text: str) -> roster_pb2.Reminder:
    """`50%` or `2h` as a reminder."""
    if re.fullmatch(r"\d{1,2}%", text):
        return roster_pb2.Reminder(percent=int(text.rstrip("%")))
    return roster_pb2.Reminder(before=period(text))


def from_now(span: roster_pb2.Period) -> Timestamp:
    """The instant so far ahead, by this machine's clock."""
    instant = Timestamp()
    instant.FromDatetime(datetime.now(UTC) + span.elapsed.ToTimedelta())
    return instant
