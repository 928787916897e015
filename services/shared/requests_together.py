"""The requests of commands that are carried out together: begun, kept and forgotten as many (`requests.py`: as one)."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection

from services.shared.statements import Question, run

# Of a request: who calls, and the id that he gave it.
Key = tuple[str, UUID]


def taking(table: Table, name: str, asked: Mapping[Key, bytes]) -> Question[set[Key]]:
    """Begin several requests, given with their fingerprints. Answers those that are new."""
    values = {**_as_arrays(asked), "hashes": list(asked.values()), "method": name}
    return Question(
        TAKE_MANY.format(table=table.fullname),
        values,
        lambda rows: {(row.caller_id, row.request_id) for row in rows},
    )


def keeping(table: Table, name: str, answers: Mapping[Key, bytes]) -> Question[None]:
    """Keep the answers of several requests that were begun."""
    values = {**_as_arrays(answers), "responses": list(answers.values()), "method": name}
    return Question(KEEP_MANY.format(table=table.fullname), values, lambda _: None)


async def forget_many(db: AsyncConnection, table: Table, name: str, keys: Collection[Key]) -> None:
    """Of what was begun here and not carried out nothing stays."""
    if keys:
        await run(db, FORGET_MANY.format(table=table.fullname), {**_as_arrays(keys), "method": name})


def _as_arrays(keys: Collection[Key]) -> dict[str, Any]:
    return {"caller_ids": [caller_id for caller_id, _ in keys], "request_ids": [request_id for _, request_id in keys]}


# Says again what the join says: a plan that was kept since the table was empty then reads these rows and no others.
THESE = "request.caller_id = any(:caller_ids) and request.request_id = any(:request_ids)"
ASKED = "unnest(cast(:caller_ids as text[]), cast(:request_ids as uuid[])"
TAKE_MANY = f"""
insert into {{table}} (caller_id, method, request_id, request_hash, recorded_at)
select caller_id, :method, request_id, request_hash, clew.clew_now()
from {ASKED}, cast(:hashes as bytea[])) as asked (caller_id, request_id, request_hash)
order by caller_id, request_id
on conflict do nothing returning caller_id, request_id
"""
KEEP_MANY = f"""
update {{table}} set response = answered.response
from {ASKED}, cast(:responses as bytea[])) as answered (caller_id, request_id, response)
where request.method = :method and request.caller_id = answered.caller_id
  and request.request_id = answered.request_id and {THESE}
"""
FORGET_MANY = f"""
delete from {{table}} using {ASKED}) as begun (caller_id, request_id)
where request.method = :method and request.caller_id = begun.caller_id and request.request_id = begun.request_id
  and {THESE}
"""
