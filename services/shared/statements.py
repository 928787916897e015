"""Statements on the way of every lead, straight to psycopg: SQLAlchemy's way to the same takes three times the CPU.

They run on the connection, and in the transaction, that SQLAlchemy gave; prepared, and written as everywhere with
`:name` for a value.
"""

import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar

import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.shared.database import text

T = TypeVar("T")
# Not a cast, which has two colons.
VALUE = re.compile(r"(?<!:):([a-z_]+)")


async def fetch(db: AsyncConnection, statement: str, values: Mapping[str, Any]) -> list[Any]:
    """The rows that a statement returns, each a named tuple."""
    async with _driver_of(db) as connection:
        return await (await _executed(connection, statement, values)).fetchall()


async def run(db: AsyncConnection, statement: str, values: Mapping[str, Any]) -> int:
    """How many rows a statement wrote."""
    async with _driver_of(db) as connection:
        return (await _executed(connection, statement, values)).rowcount


@dataclass(frozen=True)
class Question(Generic[T]):
    """A statement, and what its rows mean."""

    statement: str
    values: Mapping[str, Any]
    read: Callable[[list[Any]], T]


async def ask(db: AsyncConnection, *questions: Question[Any]) -> list[Any]:
    """The answers to several questions, all in one round trip, each on what the ones before it left."""
    async with _driver_of(db) as connection:
        async with connection.pipeline():
            cursors = [await _executed(connection, one.statement, one.values) for one in questions]
        rows = [await cursor.fetchall() if cursor.description else [] for cursor in cursors]
    return [question.read(of_it) for question, of_it in zip(questions, rows, strict=True)]


async def _executed(
    connection: psycopg.AsyncConnection[Any], statement: str, values: Mapping[str, Any]
) -> psycopg.AsyncCursor[Any]:
    cursor = connection.cursor(row_factory=namedtuple_row)
    return await cursor.execute(_for_psycopg(statement), values, prepare=True)


@asynccontextmanager
async def _driver_of(db: AsyncConnection) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    connection = db.sync_connection
    assert connection is not None  # noqa: S101  # a connection that was never opened or is closed
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.AsyncConnection)  # noqa: S101  # the dialect says so
    try:
        yield driver
    except psycopg.OperationalError:
        if driver.closed:
            # SQLAlchemy sees for itself that it is lost: it then forgets the others of its pool too.
            await db.execute(text("select 1"))
        raise


@cache
def _for_psycopg(statement: str) -> bytes:
    return VALUE.sub(r"%(\1)s", statement.replace("%", "%%")).encode()
