"""Who calls: taken from the call's metadata, known to everything that the call does."""

from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum

from services.shared.refusals import Unauthenticated

CALLER_ID = "clew-caller-id"
CALLER_ROLE = "clew-caller-role"
MAX_ID_LENGTH = 64


class Role(StrEnum):
    REP = "rep"
    MANAGER = "manager"
    MARKETER = "marketer"
    ADMINISTRATOR = "administrator"
    SERVICE = "service"


@dataclass(frozen=True)
class Caller:
    """A rep's id is his rep_id; anybody else's is a code."""

    id: str
    role: Role


_current: ContextVar[Caller] = ContextVar("caller")


def current_caller() -> Caller:
    """Who made the call that is being answered. Work that a service does by itself runs `as_itself`."""
    return _current.get()


def set_caller(caller: Caller) -> None:
    _current.set(caller)


def caller_from(metadata: Sequence[tuple[str, str | bytes]]) -> Caller:
    """Read the caller out of a call's metadata. Raises Unauthenticated (CALLER_MISSING)."""
    found = {name: value for name, value in metadata if name in (CALLER_ID, CALLER_ROLE)}
    caller_id, role = found.get(CALLER_ID, ""), found.get(CALLER_ROLE, "")
    known = {str(one) for one in Role}
    if not isinstance(caller_id, str) or not caller_id or len(caller_id) > MAX_ID_LENGTH or role not in known:
        raise Unauthenticated(
            "CALLER_MISSING",
            f"Name the caller by metadata {CALLER_ID} (at most {MAX_ID_LENGTH} characters) and {CALLER_ROLE} "
            f"(one of {', '.join(sorted(known))}).",
        )
    return Caller(caller_id, Role(str(role)))
