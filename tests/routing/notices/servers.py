"""Real servers that answer as they are told: SMTP, and HTTP for WeCom and webhooks."""

import asyncio
import email
import email.policy
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.shared.waiting import until

# Said to RCPT, or instead of it done.
HANG, DROP = "hang", "drop"


@dataclass
class SmtpServer:
    """Takes mail; what it says to an address can be told, each answer once."""

    port: int = 0
    said: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    received: list[EmailMessage] = field(default_factory=list)
    hanging: asyncio.Event = field(default_factory=asyncio.Event)
    open: set[asyncio.StreamWriter] = field(default_factory=set)

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.received if mail["To"] == address]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open.add(writer)
        try:
            writer.write(b"220 test ESMTP\r\n")
            while line := (await reader.readline()).decode().strip():
                verb = line.partition(" ")[0].upper()
                if verb == "EHLO":
                    writer.write(b"250-test\r\n250 8BITMIME\r\n")
                elif verb == "RCPT":
                    address = line.partition("<")[2].partition(">")[0]
                    answer = self.said[address].pop(0) if self.said[address] else "250 ok"
                    if answer == DROP:
                        break
                    if answer == HANG:
                        self.hanging.set()
                        await reader.read()
                        break
                    writer.write(f"{answer}\r\n".encode())
                elif verb == "DATA":
                    writer.write(b"354 go on\r\n")
                    data = await reader.readuntil(b"\r\n.\r\n")
                    mail = email.message_from_bytes(data[:-5], policy=email.policy.SMTP)
                    self.received.append(mail)
                    writer.write(b"250 taken\r\n")
                elif verb == "QUIT":
                    break
                else:
                    writer.write(b"250 ok\r\n")
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.open.discard(writer)
            writer.close()


@asynccontextmanager
async def smtp_server() -> AsyncIterator[SmtpServer]:
    told = SmtpServer()
    server = await asyncio.start_server(told.serve, "127.0.0.1", 0)
    told.port = server.sockets[0].getsockname()[1]
    async with closing(server, told.open):
        yield told


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


# Status, headers, body; None: no answer at all.
Reply = tuple[int, dict[str, str], Any] | None


@dataclass
class HttpServer:
    answer: Callable[[Asked], Reply]
    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    open: set[asyncio.StreamWriter] = field(default_factory=set)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open.add(writer)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            first, *lines = head.strip().split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            method, target, _ = first.split(" ")
            parts = urlsplit(target)
            asked = Asked(method, parts.path, parse_qs(parts.query), headers, body)
            self.asked.append(asked)
            reply = self.answer(asked)
            if reply is None:
                await reader.read()
                return
            status, extra, content = reply
            data = json.dumps(content).encode()
            more = "".join(f"{name}: {value}\r\n" for name, value in extra.items())
            writer.write(f"HTTP/1.1 {status} x\r\nContent-Length: {len(data)}\r\n{more}\r\n".encode() + data)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.open.discard(writer)
            writer.close()


@asynccontextmanager
async def http_server(answer: Callable[[Asked], Reply]) -> AsyncIterator[HttpServer]:
    told = HttpServer(answer)
    server = await asyncio.start_server(told.serve, "127.0.0.1", 0)
    told.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with closing(server, told.open):
        yield told


@asynccontextmanager
async def closing(server: asyncio.Server, connections: set[asyncio.StreamWriter]) -> AsyncIterator[None]:
    try:
        yield
    finally:
        server.close()
        for writer in list(connections):
            writer.transport.abort()
        await server.wait_closed()
        await until(lambda: not connections)
