"""Real servers that answer as they are told: SMTP, and HTTP for WeCom and webhooks."""

import asyncio
import email
import email.policy
import json
import ssl
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from services.routing.notices.mail import Security
from tests.shared.waiting import until

# Said to RCPT, or instead of it done.
HANG, DROP = "hang", "drop"
LOGIN = (b"clew", b"thread-4711")


@dataclass
class SmtpServer:
    """Takes mail; what it says to an address can be told, each answer once."""

    port: int = 0
    said: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    received: list[EmailMessage] = field(default_factory=list)
    # Who logged in before a mail.
    users: list[str] = field(default_factory=list)
    hanging: asyncio.Event = field(default_factory=asyncio.Event)

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.received if mail["To"] == address]

    def log_in(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
        accepted = (given.login, given.password) == LOGIN
        return AuthResult(success=accepted, handled=False, auth_data=given.login.decode())

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.said[address].pop(0) if self.said[address] else "250 ok"
        if answer == DROP:
            aborted(server)
        if answer == HANG:
            self.hanging.set()
        if answer in (DROP, HANG):
            await asyncio.Event().wait()
        envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        self.received.append(email.message_from_bytes(envelope.content, policy=email.policy.SMTP))
        self.users.append(str(session.auth_data))
        return "250 taken"


def aborted(connection: SMTP) -> None:
    if isinstance(connection.transport, asyncio.Transport):
        connection.transport.abort()


@asynccontextmanager
async def smtp_server(security: Security = "plain", tls: ssl.SSLContext | None = None) -> AsyncIterator[SmtpServer]:
    """With `starttls` it wants a login too."""
    told, connections = SmtpServer(), []

    def connected() -> SMTP:
        connection = SMTP(
            told,
            tls_context=tls if security == "starttls" else None,
            require_starttls=security == "starttls",
            auth_required=security == "starttls",
            authenticator=told.log_in,
        )
        connections.append(connection)
        return connection

    of_tls = tls if security == "tls" else None
    server = await asyncio.get_running_loop().create_server(connected, "127.0.0.1", 0, ssl=of_tls)
    told.port = server.sockets[0].getsockname()[1]
    try:
        yield told
    finally:
        server.close()
        for connection in connections:
            aborted(connection)
        await until(lambda: all(connection.transport is None for connection in connections))


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
