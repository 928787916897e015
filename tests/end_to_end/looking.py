"""Looking for what must not be there: every place where something personal could turn up, as bytes, by name."""

import base64
import json
import re
from collections.abc import AsyncIterator, Collection, Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import grpc.aio
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client

# A name for what was looked at, and all that it says.
Seen = tuple[str, bytes]
# Shorter, digits are a part of ids and instants.
FEWEST_DIGITS = 8


def forms_of(canary: str) -> frozenset[bytes]:
    """Everything that somebody who reads bytes could take it for: as it is, escaped, as digits, encoded."""
    plain = {canary, json.dumps(canary)[1:-1], quote(canary)}
    digits = re.sub(r"\D", "", canary)
    if len(digits) >= FEWEST_DIGITS and not re.search("[a-zA-Z]", canary):
        plain.add(digits)
    written = {form.encode() for form in plain}
    encoded = {part for form in written for part in _within_base64(form)}
    return frozenset(written | encoded | {form.hex().encode() for form in written})


def _within_base64(form: bytes) -> Iterator[bytes]:
    """How it looks within something longer that was encoded: for each place where it may begin, what is surely its."""
    for before, belong_to_others in ((0, 0), (1, 2), (2, 3)):
        encoded = base64.b64encode(bytes(before) + form)
        whole = (before + len(form)) * 8 // 6
        yield encoded[belong_to_others:whole]
        yield encoded[belong_to_others:whole].translate(bytes.maketrans(b"+/", b"-_"))


def heard(canaries: Collection[str], seen: Iterable[Seen]) -> set[tuple[str, str]]:
    """Which canary sang where."""
    forms = {canary: forms_of(canary) for canary in canaries}
    return {
        (where, canary) for where, said in seen for canary, each in forms.items() if any(form in said for form in each)
    }


async def histories(client: Client) -> AsyncIterator[Seen]:
    """Every event of every run, with its payloads, headers, failures and summaries."""
    async for run in client.list_workflows():
        history = await client.get_workflow_handle(run.id, run_id=run.run_id).fetch_history()
        yield f"history of {run.id}", b"\n".join(event.SerializeToString() for event in history.events)


async def visibility(client: Client) -> AsyncIterator[Seen]:
    """What lists and pages of runs show: search attributes, memo, summaries."""
    async for run in client.list_workflows():
        shown = (await client.get_workflow_handle(run.id, run_id=run.run_id).describe()).raw_description
        yield f"visibility of {run.id}", run.raw_info.SerializeToString() + shown.SerializeToString()


def log_files(folder: Path) -> Iterator[Seen]:
    for path in sorted(folder.iterdir()):
        yield path.name, path.read_bytes()


async def rows(engine: AsyncEngine, tables: Collection[str]) -> AsyncIterator[Seen]:
    """Every column of every row of these tables."""
    async with engine.connect() as db:
        for table in tables:
            for row in await db.execute(text(f"select * from {table}")):
                yield table, b"\n".join(_as_bytes(value) for value in row)


async def tables_of(engine: AsyncEngine, *, but_for: str = "") -> list[str]:
    """Every table of every schema, save PostgreSQL's own and the one left out."""
    question = """
        select format('%I.%I', table_schema, table_name) from information_schema.tables
        where table_schema not in ('pg_catalog', 'information_schema', :but_for) order by 1
    """
    async with engine.connect() as db:
        return list((await db.execute(text(question), {"but_for": but_for})).scalars())


def refusal(error: grpc.aio.AioRpcError) -> Seen:
    """All that a refused call says."""
    trailing: Iterable[tuple[str, str | bytes]] = tuple(error.trailing_metadata() or ())  # type: ignore[arg-type]  # its stub
    said = [error.details(), error.debug_error_string(), *(value for _, value in trailing)]
    return f"a refusal with {error.code().name}", b"\n".join(_as_bytes(each or "") for each in said)


def _as_bytes(value: Any) -> bytes:
    if isinstance(value, bytes | memoryview):
        return bytes(value)
    return (value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)).encode()
