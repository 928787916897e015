"""Field rules of the contract, checked before a method sees the message."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from protovalidate import Validator, Violation

from buf.validate import validate_pb2
from services.shared.refusals import FieldViolation, InvalidInput

_validator = Validator()


def violations(message: Message) -> list[FieldViolation]:
    """Every field that breaks its rule, or that cannot be stored: a NUL in a string, an instant that is none."""
    found = [
        FieldViolation(_path(violation), violation.proto.message)
        for violation in _validator.collect_violations(message)
    ]
    found += _unstorable(message)
    return found


def _path(violation: Violation) -> str:
    """Such as `person.phone` or `consents[3].purpose`; empty for a rule of the whole message."""
    field = violation.proto.field
    return ".".join(
        part.field_name + (f"[{part.subscript.value!r}]" if part.subscript else "")
        for part in (field.elements if field else ())
    )


def check(message: Message) -> None:
    """Raises InvalidInput (INVALID_FIELD) that names each field at fault."""
    if found := violations(message):
        refusal = InvalidInput("", f"{found[0].field}: {found[0].description}.")
        refusal.fields = tuple(found)
        raise refusal


def _unstorable(message: Message, prefix: str = "") -> Iterator[FieldViolation]:
    for descriptor, value in message.ListFields():
        if _checked_one_by_one(descriptor):
            continue
        path = f"{prefix}{descriptor.name}"
        for index, one in enumerate(value if descriptor.is_repeated else [value]):
            place = f"{path}[{index}]" if descriptor.is_repeated else path
            if descriptor.type == FieldDescriptor.TYPE_STRING and "\0" in one:
                yield FieldViolation(place, "must not contain a NUL character")
            elif isinstance(one, Timestamp | Duration):
                if not _in_range(one):
                    yield FieldViolation(place, "is out of range")
            elif descriptor.type == FieldDescriptor.TYPE_MESSAGE:
                yield from _unstorable(one, f"{place}.")


@cache
def _checked_one_by_one(field: FieldDescriptor) -> bool:
    """Rows that their method checks itself, so that a bad one does not spoil the others."""
    options: Any = field.GetOptions()  # generated types do not know extensions of options
    return bool(options.Extensions[validate_pb2.field].repeated.items.ignore == validate_pb2.IGNORE_ALWAYS)


def _in_range(time: Timestamp | Duration) -> bool:
    """Timestamps are of the years 1 to 9999; whatever protobuf cannot write as JSON is neither."""
    try:
        time.ToJsonString()
    except ValueError:
        return False
    return True
