"""Field rules of the contract, checked before a method sees the message."""

from collections.abc import Iterator

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from protovalidate import Validator, Violation

from services.shared.refusals import FieldViolation, InvalidInput

_validator = Validator()


def violations(message: Message) -> list[FieldViolation]:
    """Every field that breaks its rule, and every string with a NUL, which PostgreSQL cannot store."""
    found = [
        FieldViolation(_path(violation), violation.proto.message)
        for violation in _validator.collect_violations(message)
    ]
    found += [FieldViolation(path, "must not contain a NUL character") for path in _strings_with_nul(message)]
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


def _strings_with_nul(message: Message, prefix: str = "") -> Iterator[str]:
    for descriptor, value in message.ListFields():
        path = f"{prefix}{descriptor.name}"
        if descriptor.type == FieldDescriptor.TYPE_STRING:
            for index, text in enumerate(value if descriptor.is_repeated else [value]):
                if "\0" in text:
                    yield f"{path}[{index}]" if descriptor.is_repeated else path
        elif descriptor.type == FieldDescriptor.TYPE_MESSAGE:
            for index, nested in enumerate(value if descriptor.is_repeated else [value]):
                yield from _strings_with_nul(nested, f"{path}[{index}]." if descriptor.is_repeated else f"{path}.")
