"""How a limit of a rep stands, and whence it comes."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.routing.holdings.limits import LimitScope, Room
from services.shared.refusals import NotFound


class LimitSource(StrEnum):
    """The first that is there applies, from below."""

    TEAM = "TEAM"
    TABLE = "TABLE"
    SET = "SET"
    OVERRIDE = "OVERRIDE"


class ChangeKind(StrEnum):
    """What was done to a limit, or by a table to all."""

    SET = "SET"
    UNSET = "UNSET"
    OVERRIDDEN = "OVERRIDDEN"
    OVERRIDE_ENDED = "OVERRIDE_ENDED"
    TABLE_PUBLISHED = "TABLE_PUBLISHED"
    SEASON_CHANGED = "SEASON_CHANGED"


@dataclass(frozen=True)
class Standing:
    """One limit of one rep."""

    rep_code: str
    team_code: str
    scope: LimitScope
    key: str
    # As people know it: a pool's code, not its id.
    name: str
    room: Room
    source: LimitSource | None
    # The newest table's, where it comes from that.
    table_version: int | None
    # The end of the override that it comes from.
    until: datetime | None


@dataclass(frozen=True)
class Change:
    """An entry of the limits' ledger."""

    change_id: UUID
    kind: ChangeKind
    rep_code: str
    scope: LimitScope | None
    name: str
    limit_before: int | None
    limit: int | None
    held: int
    until: datetime | None
    reason: str
    table_version: int | None
    changed: int
    actor_id: str
    actor_role: str
    changed_at: datetime


class NoOverride(NotFound):
    def __init__(self, rep_code: str, scope: LimitScope, name: str) -> None:
        super().__init__(
            "NOT_FOUND",
            f"Rep {rep_code} has no override of the limit {scope}{' ' * bool(name)}{name}.",
            kind="override",
            id=rep_code,
        )
