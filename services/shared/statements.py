"""Statements on the way of every lead, straight to psycopg: SQLAlchemy's way to the same takes three times the CPU.

They run on the connection, and in the transaction, that SQLAlchemy gave; prepared, and written as everywhere with
`:name` for a value.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.shared.database import text

# Not a cast, which has two colons.
VALUE = re.compile(r"(?<!:):([a-z_]+)")


async def fetch(db: AsyncConnection, statement: str, values: Mapping[str, Any]) -> list[Any]:
    """The rows that a statement returns, each a named tuple."""
    return await (await _executed(db, statement, values)).fetchall()


async def run(db: AsyncConnection, statement: str, values: Mapping[str, Any]) -> int:
    """How many rows a statement wrote."""
    return (await _executed(db, statement, values)).rowcount


async def _executed(db: AsyncConnection, statement: str, values: Mapping[str, Any]) -> psycopg.AsyncCursor[Any]:
    connection = _driver_of(db)
    cursor = connection.cursor(row_factory=namedtuple_row)
    try:
        return await cursor.execute(_for_psycopg(statement), values, prepare=True)
    except psycopg.OperationalError:
        if connection.closed:
            # SQLAlchemy sees for itself that it is lost: it then forgets the others of its pool too.
            await db.execute(text("select 1"))
        raise


def _driver_of(db: AsyncConnection) -> psycopg.AsyncConnection[Any]:
    connection = db.sync_connection
    assert connection is not None  # noqa: S101  # a connection that was never opened or is closed
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.AsyncConnection)  # noqa: S101  # the dialect says so
    return driver


@cache
def _for_psycopg(statement: str) -> bytes:
    return VALUE.sub(r"%(\1)s", statement.replace("%", "%%")).encode()
