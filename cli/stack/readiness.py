"""Questions that tell whether a program is ready: each returns a question to ask again and again."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

Question = Callable[[], Awaitable[bool]]
ONE_ANSWER = 1.0


async def is_serving(address: str) -> bool:
    """Ask a gRPC service for its health."""
    try:
        async with grpc.aio.insecure_channel(address) as channel:
            health = health_pb2_grpc.HealthStub(channel)
            answer = await health.Check(health_pb2.HealthCheckRequest(), timeout=ONE_ANSWER)
    except grpc.aio.AioRpcError:
        return False
    return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)


def serving(address: str) -> Question:
    return lambda: is_serving(address)


def listening(port: int) -> Question:
    async def ask() -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            return False
        writer.close()
        return True

    return ask


def wrote(ready_file: Path, *, or_alive_for: float) -> Question:
    """Ready when the program says so in a file, or, if it never does, when it has not died so long."""
    asked_first = 0.0

    async def ask() -> bool:
        nonlocal asked_first
        if await asyncio.to_thread(ready_file.exists):
            return True
        asked_first = asked_first or time.monotonic()
        return time.monotonic() - asked_first > or_alive_for

    return ask
