"""What operators filter runs by: "everything that rep L007 holds and that is due today"."""

from datetime import UTC, datetime
from typing import Any

from temporalio.common import SearchAttributeKey, SearchAttributeUpdate, TypedSearchAttributes

STATE = SearchAttributeKey.for_keyword("ClewState")
OWNER = SearchAttributeKey.for_keyword("ClewOwner")
DUE_AT = SearchAttributeKey.for_datetime("ClewDueAt")


def changes(
    known: TypedSearchAttributes, *, state: str, owner_code: str, due_at: datetime | None
) -> list[SearchAttributeUpdate[Any]]:
    """Only what differs: each upsert rewrites the run's row in every index."""
    wanted: list[tuple[SearchAttributeKey[Any], Any]] = [
        (STATE, state or None),
        (OWNER, owner_code or None),
        (DUE_AT, to_the_hour(due_at)),
    ]
    return [
        key.value_unset() if value is None else key.value_set(value) for key, value in wanted if known.get(key) != value
    ]


def to_the_hour(instant: datetime | None) -> datetime | None:
    """A deadline that moves by minutes is no other filter."""
    return instant and instant.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
