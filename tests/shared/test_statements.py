"""Statements that go straight to psycopg keep to SQLAlchemy's connection, transaction and view of what is lost."""

import asyncio
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from services.shared.statements import fetch, run


async def test_values_stand_by_name_beside_casts_and_percent_signs(engine: AsyncEngine) -> None:
    async with engine.connect() as db:
        [row] = await fetch(db, "select :one::int + 1 as two, 'a%' like :like as found", {"one": 1, "like": "a%"})

    assert (row.two, row.found) == (2, True)


async def test_what_is_written_is_rolled_back_with_the_transaction(engine: AsyncEngine) -> None:
    name = f"kept_{uuid4().hex}"
    async with engine.connect() as db:
        async with db.begin() as transaction:
            await run(db, f"create table {name} (n int)", {})
            assert await run(db, f"insert into {name} values (:n)", {"n": 1}) == 1
            await transaction.rollback()
        assert await db.scalar(text("select to_regclass(:name)"), {"name": name}) is None


async def test_a_lost_connection_is_told_as_sqlalchemy_tells_it_and_the_next_one_works(engine: AsyncEngine) -> None:
    async with engine.connect() as db:
        [own] = await fetch(db, "select pg_backend_pid() as pid", {})
        async with engine.connect() as other:
            await other.execute(text("select pg_terminate_backend(:pid)"), {"pid": own.pid})
        with pytest.raises(DBAPIError) as lost:
            await fetch(db, "select 1 as one", {})
        assert lost.value.connection_invalidated
    async with engine.connect() as db:
        assert (await fetch(db, "select 1 as one", {}))[0].one == 1


async def test_a_statement_that_fails_leaves_the_connection_to_others(engine: AsyncEngine) -> None:
    with pytest.raises(psycopg.errors.DivisionByZero):
        async with engine.connect() as db, db.begin():
            await fetch(db, "select 1 / :zero as nothing", {"zero": 0})
    async with engine.connect() as db:
        assert (await fetch(db, "select 1 as one", {}))[0].one == 1


async def test_a_statement_whose_caller_has_gone_is_ended_and_its_connection_serves_others(
    engine: AsyncEngine,
) -> None:
    async def sleep() -> None:
        async with engine.connect() as db, db.begin():
            await fetch(db, "select pg_sleep(:seconds)", {"seconds": 60})

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await sleep()
    async with engine.connect() as db:
        assert (await fetch(db, "select 1 as one", {}))[0].one == 1
        question = "select count(*) from pg_stat_activity where query like 'select pg_sleep%' and state = 'active'"
        assert await db.scalar(text(question)) == 0
