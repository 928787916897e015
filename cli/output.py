"""What a command prints: tables for people, JSON for programs, refusals for both."""

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from google.protobuf import json_format
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from rich.console import Console, RenderableType
from rich.table import Table

# Without markup: what people are called may contain brackets.
console = Console(markup=False)
complaints = Console(stderr=True, markup=False)


@dataclass(frozen=True)
class Output:
    """The same answer twice: as data and as something to look at."""

    data: Message | Sequence[Message] | dict[str, Any]
    view: RenderableType

    def print(self, *, as_json: bool) -> None:
        if as_json:
            sys.stdout.write(json.dumps(plain(self.data), ensure_ascii=False, indent=2) + "\n")
        else:
            console.print(self.view)


def plain(data: Any) -> Any:
    """Messages as JSON-ready dictionaries, with the field names of the contract."""
    if isinstance(data, Message):
        return json_format.MessageToDict(
            data, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
        )
    if isinstance(data, dict):
        return {name: plain(value) for name, value in data.items()}
    if isinstance(data, Iterable) and not isinstance(data, str):
        return [plain(value) for value in data]
    return data


def table(title: str, *columns: str, rows: Iterable[Sequence[RenderableType]]) -> Table:
    made = Table(title=title, title_justify="left", header_style="bold", show_edge=False)
    for column in columns:
        made.add_column(column, overflow="fold")
    for row in rows:
        made.add_row(*row)
    return made


def more(page_token: str) -> str:
    """What a table's title adds when there is another page."""
    return f" (next: --page-token {page_token})" if page_token else ""


def facts(title: str, pairs: Iterable[tuple[str, RenderableType]]) -> Table:
    """Names and values, one pair a line; empty values are left out."""
    made = Table(title=title, title_justify="left", show_header=False, show_edge=False, box=None)
    made.add_column(style="bold")
    made.add_column(overflow="fold")
    for name, value in pairs:
        if value:
            made.add_row(name, value)
    return made


def when(instant: Timestamp | None) -> str:
    """An instant in this machine's zone, with the zone; empty when unset."""
    if instant is None or not (instant.seconds or instant.nanos):
        return ""
    return f"{instant.ToDatetime(UTC).astimezone():%Y-%m-%d %H:%M:%S %Z}"


def until(instant: Timestamp, now: datetime | None = None) -> str:
    """How far away an instant is, such as `in 2 h 5 min` or `3 min ago`."""
    left = instant.ToDatetime(UTC) - (now or datetime.now(UTC))
    return f"in {length(left)}" if left >= timedelta() else f"{length(-left)} ago"


def due(instant: Timestamp, cause: str = "") -> str:
    """A deadline, how far away it is and which one; of an exempt or suspended holding there is none."""
    if not instant.seconds:
        return "nothing is due"
    return f"{when(instant)} ({until(instant)})" + (f": {cause}" if cause else "")


def length(span: timedelta | Duration) -> str:
    """The two largest units of a length of time."""
    if isinstance(span, Duration):
        span = span.ToTimedelta()
    seconds = span.total_seconds()
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes, hours, days = int(seconds // 60), int(seconds // 3600), int(seconds // 86400)
    if minutes < 60:
        return f"{minutes} min {int(seconds % 60)} s"
    if hours < 24:
        return f"{hours} h {minutes % 60} min"
    return f"{days} d {hours % 24} h"


def short(name: str) -> str:
    """An enum value's name without its prefix: LEAD_STATE_HELD → HELD."""
    for prefix in PREFIXES:
        if name.startswith(prefix):
            return name.removeprefix(prefix)
    return name


PREFIXES = (
    "LEAD_STATE_",
    "SOURCE_KIND_",
    "OUTCOME_",
    "VERDICT_",
    "KEY_KIND_",
    "KEY_OWNER_",
    "HOLDING_ORIGIN_",
    "DUE_CAUSE_",
    "NOTICE_KIND_",
    "DELIVERY_STATE_",
    "CHANNEL_",
    "REASON_NEXT_",
    "POOL_VISIBILITY_",
    "POOL_HYGIENE_",
    "CONVERSION_STATE_",
    "OPPORTUNITY_STATE_",
    "DONE_BY_",
    "ADVANCE_EFFECT_",
    "LIMIT_SCOPE_",
    "LIMIT_SOURCE_",
    "LIMIT_CHANGE_KIND_",
    "DATE_KIND_",
    "LEAVE_STATE_",
)
