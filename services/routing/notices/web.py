"""An HTTP request of bounded time and size; redirects are answers like any other."""

import asyncio
import http.client
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Literal
from urllib.parse import urlsplit

from services.routing.notices.threads import in_thread

STEP_SECONDS = 8.0
SECONDS = 15.0
# More of an answer is not read.
READ_BYTES = 64 << 10


class NotReached(Exception):
    """No answer came; the code says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Answer:
    status: int
    retry_after: timedelta | None
    body: bytes


async def request(
    method: Literal["GET", "POST"], url: str, body: bytes = b"", headers: Mapping[str, str] | None = None
) -> Answer:
    """Raises NotReached."""
    connection = _connection(url)
    try:
        async with asyncio.timeout(SECONDS):
            return await in_thread(partial(_ask, connection, method, url, body, headers or {}))
    except TimeoutError:
        raise NotReached("TIMEOUT") from None
    except ssl.SSLError:
        raise NotReached("TLS") from None
    except http.client.HTTPException:
        raise NotReached("NO_HTTP") from None
    except OSError:
        raise NotReached("CONNECTION") from None
    finally:
        # A thread that still reads wakes up: somebody who answers a byte at a time would keep it.
        if isinstance(connection.sock, socket.socket):
            with suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)


def _connection(url: str) -> http.client.HTTPConnection:
    parts = urlsplit(url)
    assert parts.hostname is not None  # noqa: S101  # checked where the address was taken
    if parts.scheme == "https":
        trusted = ssl.create_default_context()
        return http.client.HTTPSConnection(parts.hostname, parts.port, timeout=STEP_SECONDS, context=trusted)
    return http.client.HTTPConnection(parts.hostname, parts.port, timeout=STEP_SECONDS)


def _ask(
    connection: http.client.HTTPConnection, method: str, url: str, body: bytes, headers: Mapping[str, str]
) -> Answer:
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request(method, path, body or None, {"User-Agent": "clew", "Connection": "close", **headers})
        response = connection.getresponse()
        return Answer(response.status, _seconds(response.getheader("Retry-After")), response.read(READ_BYTES))
    finally:
        connection.close()


def _seconds(retry_after: str | None) -> timedelta | None:
    """Seconds; its other form, a date, is left to our own patience."""
    if retry_after is None or not retry_after.isdecimal():
        return None
    return timedelta(seconds=min(int(retry_after), 86_400))
