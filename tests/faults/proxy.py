"""A TCP proxy that can be broken and healed while connections live: what a network does to a caller.

    async with Proxy(Random(seed)) as proxy:
        proxy.target = "127.0.0.1:5432"     # or the path of a Unix socket
        proxy.half_open()
        ...
        proxy.heal()

Faults add up until `heal()`; each holds for the connections that are open and for those to come.
"""

import asyncio
import socket
import struct
from asyncio import StreamReader, StreamWriter
from contextlib import suppress
from dataclasses import dataclass
from random import Random
from typing import Self

CHUNK = 64 * 1024
# What one direction of a connection holds at most, beside the kernel's buffers; then its sender has to wait.
CHUNKS_HELD = 16
RST_AT_CLOSE = struct.pack("ii", 1, 0)


class Truncated(Exception):
    """As much of the answer has passed as was to pass."""


@dataclass(eq=False)
class Connection:
    client: StreamWriter
    # How much of the answer still passes; None: all of it.
    answer_left: int | None
    target: StreamWriter | None = None
    task: asyncio.Task[None] | None = None

    def sides(self) -> list[StreamWriter]:
        return [side for side in (self.client, self.target) if side is not None]

    def reset(self) -> None:
        """Both sides read ECONNRESET; what was on its way is lost."""
        for side in self.sides():
            # A side that has closed by itself has no socket to set anything on.
            with suppress(OSError):
                side.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RST_AT_CLOSE)
            side.transport.abort()
        if self.task is not None:
            self.task.cancel()


class Proxy:
    """Listens on a free port of 127.0.0.1 from its construction; passes on what comes while it is entered."""

    def __init__(self, random: Random, target: str = "") -> None:
        """`target` is host:port or the path of a Unix socket, and may be set any time before a connection comes."""
        self.target = target
        self._random = random
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._open: set[Connection] = set()
        self._delay = self._jitter = 0.0
        self._resets = False
        self._answer_limit: int | None = None
        self._passes = asyncio.Event()
        self._passes.set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, sock=self._socket, limit=CHUNK)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        tasks = [connection.task for connection in self._open if connection.task is not None]
        self._reset_all()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._server.wait_closed()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def connections(self) -> int:
        """How many clients are connected, those included whom nobody answers."""
        return len(self._open)

    def delay(self, seconds: float, jitter: float = 0.0) -> None:
        """What passes takes so much longer in each direction, and up to `jitter` seconds more; its order is kept."""
        self._delay, self._jitter = seconds, jitter

    def reset(self) -> None:
        """Every connection is reset, and each new one as soon as it is made."""
        self._resets = True
        self._reset_all()

    def truncate(self, after_bytes: int) -> None:
        """So many more bytes of the answers pass on each connection, which is then closed."""
        self._answer_limit = after_bytes
        for connection in self._open:
            connection.answer_left = after_bytes

    def half_open(self) -> None:
        """Connections stay, new ones are accepted, and nothing passes: the other side is gone without a word."""
        self._passes.clear()

    def heal(self) -> None:
        """All is well from here. Half-open connections are reset, as by a peer that has come back without them."""
        if not self._passes.is_set():
            self._reset_all()
            self._passes.set()
        self.delay(0)
        self._resets = False
        self._answer_limit = None
        for connection in self._open:
            connection.answer_left = None

    def _reset_all(self) -> None:
        for connection in self._open:
            connection.reset()

    def _accept(self, from_client: StreamReader, to_client: StreamWriter) -> None:
        connection = Connection(to_client, self._answer_limit)
        self._open.add(connection)
        connection.task = asyncio.create_task(self._serve(connection, from_client))

    async def _serve(self, connection: Connection, from_client: StreamReader) -> None:
        try:
            if self._resets:
                raise ConnectionResetError
            await self._passes.wait()
            from_target, connection.target = await self._connect()
            async with asyncio.TaskGroup() as both:
                both.create_task(self._pass_on(from_client, connection.target))
                both.create_task(self._pass_on(from_target, connection.client, answers_on=connection))
        except* OSError:
            # The target refuses, or one side has reset: so does the other.
            connection.reset()
        except* Truncated:
            pass
        finally:
            self._open.discard(connection)
            for side in connection.sides():
                side.close()

    async def _connect(self) -> tuple[StreamReader, StreamWriter]:
        if self.target.startswith("/"):
            return await asyncio.open_unix_connection(self.target, limit=CHUNK)
        host, port = self.target.rsplit(":", 1)
        return await asyncio.open_connection(host, int(port), limit=CHUNK)

    async def _pass_on(self, source: StreamReader, sink: StreamWriter, answers_on: Connection | None = None) -> None:
        held: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(CHUNKS_HELD)
        async with asyncio.TaskGroup() as both:
            both.create_task(self._take(source, held))
            both.create_task(self._give(held, sink, answers_on))

    async def _take(self, source: StreamReader, held: asyncio.Queue[tuple[float, bytes]]) -> None:
        while True:
            chunk = await source.read(CHUNK)
            longer = self._delay + (self._random.uniform(0, self._jitter) if self._jitter else 0)
            await held.put((asyncio.get_running_loop().time() + longer, chunk))
            if not chunk:
                return

    async def _give(
        self, held: asyncio.Queue[tuple[float, bytes]], sink: StreamWriter, answers_on: Connection | None
    ) -> None:
        while True:
            due, chunk = await held.get()
            await asyncio.sleep(due - asyncio.get_running_loop().time())
            await self._passes.wait()
            if not chunk:
                return sink.write_eof()
            if answers_on is not None and answers_on.answer_left is not None:
                chunk = chunk[: answers_on.answer_left]
                answers_on.answer_left -= len(chunk)
            sink.write(chunk)
            await sink.drain()
            if answers_on is not None and answers_on.answer_left == 0:
                raise Truncated
