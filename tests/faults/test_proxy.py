"""Each way to break the proxy, seen from both of its ends."""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from random import Random

import pytest

from tests.faults.proxy import Proxy

# More than the kernel holds for the two connections together.
MUCH = 32 * 1024 * 1024
# For what must not happen: a slow machine may hide it, never make it up.
A_WHILE = 0.3


class Echo:
    """Sends back what it reads, from when it may."""

    def __init__(self) -> None:
        self.may_read = asyncio.Event()
        self.may_read.set()
        self.endings: asyncio.Queue[str] = asyncio.Queue()

    async def __call__(self, reader: StreamReader, writer: StreamWriter) -> None:
        try:
            await self.may_read.wait()
            while chunk := await reader.read(65536):
                writer.write(chunk)
                await writer.drain()
            self.endings.put_nowait("closed")
        except ConnectionResetError:
            self.endings.put_nowait("reset")
        writer.close()


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest.fixture
async def proxy(echo: Echo) -> AsyncIterator[Proxy]:
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    async with server, Proxy(Random(7), f"{host}:{port}") as proxy:
        yield proxy


class Caller:
    def __init__(self, reader: StreamReader, writer: StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def asks(self, question: bytes) -> bytes:
        """What comes back; less than was asked if the connection is closed before."""
        self.writer.write(question)
        try:
            return await self.reader.readexactly(len(question))
        except asyncio.IncompleteReadError as short:
            return short.partial

    async def is_reset(self) -> bool:
        with pytest.raises(ConnectionResetError):
            await self.reader.read(1)
        return True

    async def hears_nothing(self) -> bool:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(self.reader.read(1), A_WHILE)
        return True


Call = Callable[[Proxy], Awaitable[Caller]]


@pytest.fixture
async def call() -> AsyncIterator[Call]:
    callers: list[Caller] = []

    async def call(proxy: Proxy) -> Caller:
        callers.append(Caller(*await asyncio.open_connection("127.0.0.1", proxy.port)))
        return callers[-1]

    yield call
    for caller in callers:
        caller.writer.transport.abort()


async def test_what_is_sent_passes_in_both_directions_until_both_have_closed(
    proxy: Proxy, call: Call, echo: Echo
) -> None:
    caller = await call(proxy)

    assert await caller.asks(b"is anybody there?") == b"is anybody there?"
    assert proxy.connections == 1
    caller.writer.write_eof()
    assert await caller.reader.read() == b""
    assert await echo.endings.get() == "closed"
    async with asyncio.timeout(10):
        while proxy.connections:  # noqa: ASYNC110 - it tells by a number, as the harness reads it
            await asyncio.sleep(0)


async def test_the_port_is_known_before_the_target_which_may_be_a_unix_socket(
    tmp_path: Path, call: Call, echo: Echo
) -> None:
    proxy = Proxy(Random(7))
    path = tmp_path / "socket"
    async with await asyncio.start_unix_server(echo, path), proxy:
        proxy.target = str(path)

        assert await (await call(proxy)).asks(b"hello") == b"hello"


async def test_a_target_that_is_not_there_resets_its_callers(proxy: Proxy, call: Call) -> None:
    with Proxy(Random(7))._socket as taken:
        proxy.target = f"127.0.0.1:{taken.getsockname()[1]}"

    assert await (await call(proxy)).is_reset()


async def test_a_sender_waits_for_a_receiver_that_does_not_read(proxy: Proxy, call: Call, echo: Echo) -> None:
    echo.may_read.clear()
    caller = await call(proxy)
    sent = asyncio.create_task(caller.asks(bytes(MUCH)))

    caller.writer.transport.set_write_buffer_limits(0)
    drained = asyncio.create_task(caller.writer.drain())
    assert not (await asyncio.wait({drained}, timeout=5 * A_WHILE))[0]
    echo.may_read.set()

    assert len(await sent) == MUCH
    await drained


async def test_a_delay_holds_for_live_connections_in_each_direction_and_keeps_the_order(
    proxy: Proxy, call: Call
) -> None:
    caller = await call(proxy)
    assert await caller.asks(b"0") == b"0"
    clock = asyncio.get_running_loop().time
    began = clock()

    proxy.delay(0.05, jitter=0.02)
    question = bytes(range(256))
    for byte in question:
        caller.writer.write(bytes([byte]))
        await asyncio.sleep(0)

    assert await caller.reader.readexactly(256) == question
    assert clock() - began >= 0.1


async def test_jitter_comes_from_the_seed(proxy: Proxy, call: Call) -> None:
    random = Random(11)
    proxy._random = random
    caller = await call(proxy)
    proxy.delay(0, jitter=0.001)

    for _ in range(3):
        await caller.asks(b"?")

    same = Random(11)
    there_and_back = [same.random() for _ in range(6)]
    assert len(there_and_back) == 6
    assert random.random() == same.random()


async def test_a_reset_breaks_every_connection_and_each_new_one_until_it_is_healed(
    proxy: Proxy, call: Call, echo: Echo
) -> None:
    caller = await call(proxy)
    await caller.asks(b"hello")

    proxy.reset()

    assert await caller.is_reset()
    assert await echo.endings.get() == "reset"
    assert await (await call(proxy)).is_reset()
    proxy.heal()
    assert await (await call(proxy)).asks(b"again") == b"again"


async def test_a_truncated_answer_ends_after_so_many_bytes(proxy: Proxy, call: Call) -> None:
    live = await call(proxy)
    assert await live.asks(b"before") == b"before"

    proxy.truncate(after_bytes=3)

    assert await live.asks(b"after") == b"aft"
    new = await call(proxy)
    assert await new.asks(b"ab") == b"ab"
    assert await new.asks(b"cd") == b"c"
    half_way = await call(proxy)
    assert await half_way.asks(b"ab") == b"ab"
    proxy.heal()
    assert await half_way.asks(b"cd") == b"cd"


async def test_a_half_open_connection_says_nothing_and_is_reset_when_the_peer_is_back(
    proxy: Proxy, call: Call, echo: Echo
) -> None:
    live = await call(proxy)
    await live.asks(b"hello")

    proxy.half_open()

    live.writer.write(b"are you there?")
    new = await call(proxy)
    new.writer.write(b"is anybody there?")
    assert await live.hears_nothing()
    assert await new.hears_nothing()
    assert proxy.connections == 2
    assert echo.endings.empty()
    proxy.heal()
    assert await live.is_reset()
    assert await new.is_reset()
    assert await echo.endings.get() == "reset"
    assert await (await call(proxy)).asks(b"again") == b"again"


async def test_healing_ends_a_delay_for_live_connections(proxy: Proxy, call: Call) -> None:
    proxy.delay(3600)
    caller = await call(proxy)
    proxy.heal()

    assert await caller.asks(b"hello") == b"hello"
    assert proxy.connections == 1
