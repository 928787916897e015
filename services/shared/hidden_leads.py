"""Who may know of a hidden lead, in the services that do not know pools.

Routing decides it; the lead's run brings a copy of what matters to each service. Pools' members change without any
run, so they browse hidden leads through routing alone: here a hidden lead is seen by its holder and his collaborators,
by managers, administrators and runs. To everybody else every method answers as if there were no such lead.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import sqlalchemy
from sqlalchemy import TextClause
from sqlalchemy.ext.asyncio import AsyncConnection

from services.shared.callers import Caller, Role, current_caller
from services.shared.database import text

# Whom nothing is hidden from.
SEES_ALL = frozenset({Role.MANAGER, Role.ADMINISTRATOR, Role.SERVICE})


@dataclass(frozen=True)
class Access:
    """Who sees a lead, as of its newest holding and of how often the others who see it have changed."""

    lead_id: UUID
    holder_id: UUID | None
    epoch: int
    hidden: bool
    version: int
    collaborator_ids: list[UUID]


class SetAccessRequest(Protocol):
    """Any service's."""

    lead_id: str
    holder_id: str
    epoch: int
    hidden: bool
    access_version: int

    @property
    def collaborator_ids(self) -> Iterable[str]: ...


class Hideable(Protocol):
    @property
    def hidden(self) -> bool: ...
    @property
    def holder_id(self) -> UUID | None: ...
    @property
    def collaborator_ids(self) -> Collection[UUID]: ...


def read_access(request: SetAccessRequest) -> Access:
    return Access(
        lead_id=UUID(request.lead_id),
        holder_id=UUID(request.holder_id) if request.holder_id else None,
        epoch=request.epoch,
        hidden=request.hidden,
        version=request.access_version,
        collaborator_ids=[UUID(rep_id) for rep_id in request.collaborator_ids],
    )


def works_on(rep_id: UUID | str, lead: Hideable) -> bool:
    """Whether a rep holds the lead or collaborates with who does."""
    return str(rep_id) in {str(one) for one in (lead.holder_id, *lead.collaborator_ids)}


def is_hidden_from(caller: Caller, lead: Hideable) -> bool:
    if not lead.hidden or caller.role in SEES_ALL:
        return False
    return caller.role is not Role.REP or not works_on(caller.id, lead)


def asking() -> dict[str, Any]:
    """What `hidden_in` is to know of the caller."""
    caller = current_caller()
    return {"sees_all": caller.role in SEES_ALL, "asking_rep": caller.id if caller.role is Role.REP else ""}


def hidden_in(row: str) -> str:
    """`is_hidden_from` as a condition on a row with these columns, for the caller."""
    part = f"cast({row}.holder_id as text) = :asking_rep or :asking_rep = any(cast({row}.collaborator_ids as text[]))"
    return f"({row}.hidden and not :sees_all and ({part}) is not true)"


def hidden_by(schema: str, lead_id: str) -> str:
    """The same of a lead, in a service that keeps `lead_access`."""
    return f"exists (select from {schema}.lead_access a where a.lead_id = {lead_id} and {hidden_in('a')})"


def events_seen(schema: str, own: str, **values: str) -> TextClause | None:
    """Which events the caller sees of a lead: all (None) or, when it is hidden from him, his `own`, a condition."""
    if current_caller().role in SEES_ALL:
        return None
    only = sqlalchemy.text(f"(not {hidden_by(schema, 'event.lead_id')} or {own})")
    return only.bindparams(**asking(), **values)


def LEAD_ACCESS_DDL(schema: str) -> str:  # noqa: N802  # reads as the constant that it is, but for the schema
    """The table for a service's migration. A lead that was never hidden and had no collaborator is not in it."""
    return f"""
create table {schema}.lead_access (
  lead_id uuid primary key,
  holder_id uuid,
  epoch bigint not null,
  hidden boolean not null,
  version bigint not null,
  collaborator_ids uuid[] not null
);
"""


async def set_access(db: AsyncConnection, schema: str, access: Access) -> None:
    """What was told before something newer changes nothing; of one epoch its end is the newer."""
    await db.execute(text(SET.format(schema=schema)), vars(access))


# All three only ever grow, so that they put everything that a run can tell in one order.
SET = """
insert into {schema}.lead_access as known (lead_id, holder_id, epoch, hidden, version, collaborator_ids)
values (:lead_id, :holder_id, :epoch, :hidden, :version, cast(:collaborator_ids as uuid[]))
on conflict (lead_id) do update set holder_id = excluded.holder_id, epoch = excluded.epoch, hidden = excluded.hidden,
  version = excluded.version, collaborator_ids = excluded.collaborator_ids
where (excluded.epoch, excluded.version, excluded.holder_id is null)
  > (known.epoch, known.version, known.holder_id is null)
"""
