"""Who comes while nothing is under way goes alone; who comes meanwhile goes with the others."""

import asyncio
from collections.abc import Sequence

from services.shared.together import Together


class Gate:
    """Carries batches out one by one, each when it is let through."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self._may_end = asyncio.Semaphore(0)

    async def carry_out(self, asked: Sequence[int]) -> Sequence[str | None]:
        self.batches.append(list(asked))
        await self._may_end.acquire()
        return [f"done {one}" for one in asked]

    def open(self, batches: int = 1_000) -> None:
        for _ in range(batches):
            self._may_end.release()


async def asked(together: Together[int, str], *numbers: int) -> list["asyncio.Task[str | None]"]:
    tasks = [asyncio.create_task(together.ask(number)) for number in numbers]
    await asyncio.sleep(0)
    return tasks


async def test_who_comes_first_goes_alone_and_who_comes_meanwhile_goes_together() -> None:
    gate = Gate()
    together = Together[int, str](gate.carry_out, touches=lambda one: [one])
    first = await asked(together, 1)
    later = await asked(together, 2, 3, 4)

    gate.open()
    answers = await asyncio.gather(*first, *later)

    assert gate.batches == [[1], [2, 3, 4]]
    assert answers == [f"done {number}" for number in (1, 2, 3, 4)]


async def test_no_two_of_a_batch_touch_the_same() -> None:
    gate = Gate()
    together = Together[int, str](gate.carry_out, touches=lambda one: [one % 10])
    tasks = [*await asked(together, 1), *await asked(together, 3, 13, 4, 23)]

    gate.open()
    await asyncio.gather(*tasks)

    assert gate.batches == [[1], [3, 4], [13], [23]]


async def test_when_a_batch_fails_each_is_left_to_itself() -> None:
    async def fails(_: Sequence[int]) -> Sequence[str | None]:
        raise ConnectionError

    together = Together[int, str](fails, touches=lambda one: [one])

    assert list(await asyncio.gather(*(together.ask(number) for number in range(3)))) == [None] * 3


async def test_who_stops_waiting_keeps_nobody_else_waiting() -> None:
    gate = Gate()
    together = Together[int, str](gate.carry_out, touches=lambda one: [one])
    [first] = await asked(together, 1)
    gone, stays = await asked(together, 10, 11)
    gone.cancel()

    gate.open()

    assert await stays == "done 11"
    assert gone.cancelled()
    assert await first == "done 1"
    assert gate.batches == [[1], [10, 11]]
