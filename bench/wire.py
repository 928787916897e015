"""What a client says to PostgreSQL, counted: a proxy on a Unix socket that reads its client's half of the protocol.

A statement is a Query or an Execute message. A round trip is a Query, Sync or Flush message: each makes the server
answer at once, and a client that does not pipeline waits for that answer.
"""

import asyncio
import re
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

SOCKET = ".s.PGSQL.5432"
CHUNK = 1 << 16
A_COMMAND = re.compile(r"insert into \w+\.request\b")
PROTOCOL_3 = 3 << 16
# Of the transaction and of the driver (which forgets what it prepared after a rollback), not of the command.
FRAME = ("begin", "commit", "rollback", "deallocate all")


@dataclass(frozen=True)
class Said:
    """The statements in their order, and how often an answer was waited for."""

    statements: tuple[str, ...]
    round_trips: int

    @property
    def own_statements(self) -> tuple[str, ...]:
        """Without BEGIN, COMMIT and their like."""
        return tuple(statement for statement in self.statements if statement.lower() not in FRAME)


class Listener:
    """One connection's messages from the client, in whatever pieces they come."""

    def __init__(self) -> None:
        self.statements: list[str] = []
        self.round_trips = 0
        self._buffer, self._started = b"", False
        self._prepared: dict[bytes, str] = {}
        self._bound: dict[bytes, str] = {}

    def feed(self, data: bytes) -> None:
        self._buffer += data
        # A message has a letter and its length; those before the session begins have no letter.
        while len(self._buffer) >= (head := 5 if self._started else 4):
            (length,) = struct.unpack("!I", self._buffer[head - 4 : head])
            end = head - 4 + length
            if len(self._buffer) < end:
                return
            kind, body = self._buffer[: head - 4], self._buffer[head:end]
            self._buffer = self._buffer[end:]
            if self._started:
                self._take(kind, body)
            else:
                # Requests for encryption come before it, if at all.
                (code,) = struct.unpack("!I", body[:4])
                self._started = code >= PROTOCOL_3 and code >> 16 == 3

    def _take(self, kind: bytes, body: bytes) -> None:
        match kind:
            case b"Q":
                self.statements.append(_text(body))
            case b"P":
                name, _, rest = body.partition(b"\0")
                self._prepared[name] = _text(rest)
            case b"B":
                portal, _, rest = body.partition(b"\0")
                self._bound[portal] = self._prepared[rest.partition(b"\0")[0]]
            case b"E":
                self.statements.append(self._bound[body.partition(b"\0")[0]])
        if kind in (b"Q", b"S", b"H"):
            self.round_trips += 1


def _text(rest: bytes) -> str:
    return " ".join(rest.partition(b"\0")[0].decode().split())


class Proxy:
    """Listens to every connection, and tells those over which commands come from a service's own background work."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._listeners: list[Listener] = []
        self._of_commands: list[Listener] = []

    def new_listener(self) -> Listener:
        listener = Listener()
        self._listeners.append(listener)
        return listener

    def said_for_commands(self) -> Said:
        """All that was said since this was asked last, on connections over which a command has ever come.

        Every command writes its request; the sweep, the relay and the look at the database's health never do.
        """
        for listener in self._listeners:
            if listener not in self._of_commands and any(map(A_COMMAND.search, listener.statements)):
                self._of_commands.append(listener)
        statements = [statement for listener in self._of_commands for statement in listener.statements]
        round_trips = sum(listener.round_trips for listener in self._of_commands)
        for listener in self._listeners:
            listener.statements.clear()
            listener.round_trips = 0
        return Said(tuple(statements), round_trips)


@asynccontextmanager
async def listening(folder: Path, server: Path) -> AsyncIterator[Proxy]:
    """A proxy whose socket is in the new folder, of the PostgreSQL whose socket is in `server`."""
    folder.mkdir()  # noqa: ASYNC240  # before anybody is served
    proxy = Proxy(folder)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        listener = proxy.new_listener()
        upward, downward = await asyncio.open_unix_connection(str(server / SOCKET))
        try:
            async with asyncio.TaskGroup() as passing:
                passing.create_task(_pass_on(reader, downward, listener))
                passing.create_task(_pass_on(upward, writer, None))
        except* ConnectionError:
            pass  # either end may leave when it likes

    running = await asyncio.start_unix_server(serve, str(folder / SOCKET))
    try:
        yield proxy
    finally:
        running.close()


async def _pass_on(source: asyncio.StreamReader, target: asyncio.StreamWriter, listener: Listener | None) -> None:
    try:
        while data := await source.read(CHUNK):
            if listener:
                listener.feed(data)
            target.write(data)
            await target.drain()
    finally:
        target.close()
