"""Statements and round trips, counted on the wire: a conversation that is known, and a real one."""

import struct
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest

from bench.wire import Listener, Proxy, Said, listening
from cli.stack.postgres import Cluster


def message(kind: bytes, *body: bytes) -> bytes:
    content = b"".join(body)
    return kind + struct.pack("!I", len(content) + 4) + content


def beginning(code: int, *body: bytes) -> bytes:
    return message(b"", struct.pack("!I", code), *body)


ENCRYPTED_PLEASE = beginning(80877103)
HELLO = beginning(3 << 16, b"user\0postgres\0\0")
BEGIN, COMMIT = (message(b"Q", text, b"\0") for text in (b"BEGIN", b"COMMIT"))
SYNC, FLUSH = message(b"S"), message(b"H")
EXECUTE = message(b"E", b"\0", b"\0\0\0\0")


def parse(name: bytes, statement: bytes) -> bytes:
    return message(b"P", name, b"\0", statement, b"\0\0\0")


def bind(name: bytes) -> bytes:
    return message(b"B", b"\0", name, b"\0", b"\0\0\0\0\0\0")


def heard(*messages: bytes) -> Listener:
    listener = Listener()
    listener.feed(b"".join(messages))
    return listener


CONVERSATION = (
    ENCRYPTED_PLEASE,
    HELLO,
    BEGIN,
    parse(b"", b"insert  into a\n values ($1)"),
    bind(b""),
    EXECUTE,
    SYNC,
    parse(b"_pg3_0", b"update b set c = $1"),
    SYNC,
    bind(b"_pg3_0"),
    EXECUTE,
    SYNC,
    bind(b"_pg3_0"),
    EXECUTE,
    SYNC,
    COMMIT,
)
STATEMENTS = ["BEGIN", "insert into a values ($1)", "update b set c = $1", "update b set c = $1", "COMMIT"]


def test_a_statement_is_what_is_executed_and_a_round_trip_is_what_must_be_answered() -> None:
    listener = heard(*CONVERSATION)

    assert listener.statements == STATEMENTS
    assert listener.round_trips == len(STATEMENTS) + 1  # and one by which a statement was prepared


def test_the_pieces_in_which_a_conversation_comes_make_no_difference() -> None:
    listener = Listener()
    for byte in b"".join(CONVERSATION):
        listener.feed(bytes([byte]))

    assert listener.statements == STATEMENTS


def test_statements_that_are_sent_together_are_one_round_trip() -> None:
    together = [parse(b"", b"select 1"), bind(b""), EXECUTE] * 3

    assert heard(HELLO, *together, SYNC).round_trips == 1
    assert heard(HELLO, *together, FLUSH, SYNC).round_trips == 2
    assert heard(HELLO, *together, SYNC).statements == ["select 1"] * 3


def test_a_transaction_is_not_the_commands_own() -> None:
    said = Said(("BEGIN", "insert into a", "savepoint b", "ROLLBACK", "DEALLOCATE ALL"), 5)

    assert said.own_statements == ("insert into a", "savepoint b")


@pytest.fixture
async def proxy(stack_folder: Path, database_cluster: Cluster) -> AsyncIterator[Proxy]:
    async with listening(stack_folder / "wire", database_cluster.socket) as made:
        yield made


async def test_only_connections_over_which_commands_come_are_counted(proxy: Proxy) -> None:
    conninfo = f"host={proxy.folder} user=postgres dbname=postgres"
    async with (
        await psycopg.AsyncConnection.connect(conninfo) as commands,
        await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as sweep,
    ):
        await commands.execute("create temporary table request (number int)")
        await commands.commit()
        await sweep.execute("select 1")
        before = proxy.said_for_commands()

        await commands.execute("insert into pg_temp.request values (%s)", [1])
        await commands.execute("select * from request where number > %s", [0])
        await sweep.execute("select 2")
        await commands.commit()
        said = proxy.said_for_commands()

    assert before == Said((), 0)
    assert said.own_statements == (
        "insert into pg_temp.request values ($1)",
        "select * from request where number > $1",
    )
    assert said.round_trips == 4
    assert proxy.said_for_commands() == Said((), 0)
