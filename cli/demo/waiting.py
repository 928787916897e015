"""How to wait for what comes a moment later."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")
PATIENCE = 20.0
ASKS_EVERY = 0.1


async def until(
    look: Callable[[], Awaitable[T | None]], patience: float = PATIENCE, *, every: float = ASKS_EVERY
) -> T | None:
    """Look again and again until there is something to see, or patience ends."""
    clock = asyncio.get_running_loop().time
    give_up = clock() + patience
    while True:
        if (found := await look()) is not None or clock() > give_up:
            return found
        await asyncio.sleep(every)
