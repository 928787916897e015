"""Commands that come at once are carried out at once: one transaction, and one commit, for all of them.

Nobody waits for company. Whoever comes while nothing is under way goes alone; whoever comes meanwhile goes with the
others that did.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable, Sequence
from typing import Generic, TypeVar

import structlog

from services.shared.crash_points import AFTER_COMMIT, crash_point

AskedT = TypeVar("AskedT")
AnswerT = TypeVar("AnswerT")

AT_MOST = 32
# Longer than a statement may take: only a connection that hangs takes as long.
SECONDS = 15.0
log = structlog.get_logger()


class Together(Generic[AskedT, AnswerT]):
    """Gathers what is asked into batches.

    `carry_out` commits a batch and answers in its order; None is for what has to be carried out by itself, as
    everything is when a batch fails. `touches` names what no two of a batch may both touch.
    """

    def __init__(
        self,
        carry_out: Callable[[Sequence[AskedT]], Awaitable[Sequence[AnswerT | None]]],
        touches: Callable[[AskedT], Iterable[Hashable]],
    ) -> None:
        self._carry_out, self._touches = carry_out, touches
        self._waiting: list[tuple[AskedT, asyncio.Future[AnswerT | None]]] = []
        self._under_way: asyncio.Task[None] | None = None

    async def ask(self, asked: AskedT) -> AnswerT | None:
        """The answer; None when it has to be carried out by itself. Who stops waiting takes nothing back."""
        answer: asyncio.Future[AnswerT | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, answer))
        self._begin()
        return await answer

    def _begin(self) -> None:
        # One at a time: two at once are twice as many of half the size, and more work for the same.
        if self._waiting and self._under_way is None:
            self._under_way = asyncio.create_task(self._carry_out_one(self._next()))
            self._under_way.add_done_callback(self._ended)

    def _ended(self, _: asyncio.Task[None]) -> None:
        self._under_way = None
        self._begin()

    def _next(self) -> list[tuple[AskedT, asyncio.Future[AnswerT | None]]]:
        """The first that wait, without those that would meet another of the batch."""
        batch: list[tuple[AskedT, asyncio.Future[AnswerT | None]]] = []
        left: list[tuple[AskedT, asyncio.Future[AnswerT | None]]] = []
        touched: set[Hashable] = set()
        for one in self._waiting:
            touching = set(self._touches(one[0]))
            if len(batch) < AT_MOST and not touching & touched:
                batch.append(one)
                touched |= touching
            else:
                left.append(one)
        self._waiting = left
        return batch

    async def _carry_out_one(self, batch: list[tuple[AskedT, asyncio.Future[AnswerT | None]]]) -> None:
        answers: Sequence[AnswerT | None] = [None] * len(batch)
        try:
            async with asyncio.timeout(SECONDS):
                answers = await self._carry_out([asked for asked, _ in batch])
            crash_point(AFTER_COMMIT)
        except Exception as error:  # each finds out for itself what is wrong
            log.warning("batch_failed", kind=type(error).__name__, size=len(batch))
        finally:
            for (_, future), answer in zip(batch, answers, strict=True):
                if not future.done():
                    future.set_result(answer)
