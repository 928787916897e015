"""Between protobuf and plain data, for the activities."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from google.protobuf.duration_pb2 import Duration
from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper
from google.protobuf.json_format import MessageToDict, ParseDict
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from clew.lead.v1.lead_pb2 import LeadFacts


def name_of(enum: EnumTypeWrapper, prefix: str, number: int) -> str:
    """`HELD` for LEAD_STATE_HELD; `LEAD_STATE_9` for a value that only a newer service knows."""
    known = enum.DESCRIPTOR.values_by_number.get(number)
    return known.name.removeprefix(prefix) if known else f"{prefix}{number}"


def instant(message: Message, field: str) -> datetime | None:
    """A timestamp's instant, None when it is not set."""
    if not message.HasField(field):
        return None
    stamp: Timestamp = getattr(message, field)
    return stamp.ToDatetime(UTC)


def seconds(message: Message, field: str) -> float | None:
    """A duration in seconds, None when it is not set."""
    if not message.HasField(field):
        return None
    duration: Duration = getattr(message, field)
    return duration.ToTimedelta().total_seconds()


def carried(facts: LeadFacts) -> dict[str, Any]:
    """Facts as JSON, to be handed on."""
    return MessageToDict(facts, preserving_proto_field_name=True)


def as_facts(facts: Mapping[str, Any]) -> LeadFacts:
    return ParseDict(dict(facts), LeadFacts(), ignore_unknown_fields=True)
