"""New notices as they come, by looking again every second: for so many streams at once, and not for ever."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from services.routing.notices.notice import RecordedNotice
from services.routing.notices.store import NOTICES, notice_of
from services.routing.notices.store_contacts import Recipient
from services.shared.callers import current_caller
from services.shared.database import text
from services.shared.refusals import Exhausted

EVERY_SECONDS = 1.0
MOST_OF_ONE_CALLER, MOST = 3, 60
LONGEST_SECONDS = 1_500.0
# Ids are made before their commits: what is committed later than this after its id is not seen by a stream. A statement
# of ours may take ten seconds.
WINDOW = "(select uuidv7(interval '-1 minute'))"
AT_ONCE = 500


class TooManyStreams(Exhausted):
    def __init__(self, limit: int) -> None:
        super().__init__("TOO_MANY_STREAMS", f"{limit} streams are open already: end one first.", limit=str(limit))


class Watching:
    """`leaving` ends every stream, cleanly."""

    def __init__(self, engine: AsyncEngine, leaving: asyncio.Event) -> None:
        self._engine, self._leaving = engine, leaving
        self._open: Counter[str] = Counter()

    async def notices(self, recipient: Recipient | None, after: UUID | None) -> AsyncIterator[RecordedNotice]:
        """Those after a notice, or those from now on; None: everybody's. Raises TooManyStreams."""
        with self._place():
            clock = asyncio.get_running_loop().time
            until = clock() + LONGEST_SECONDS
            seen = set() if after else await self._ids_until_now()
            while not self._leaving.is_set() and clock() < until:
                found, seen = await self._look(recipient, seen, after)
                for notice in found:
                    yield notice
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._leaving.wait(), EVERY_SECONDS)

    async def _ids_until_now(self) -> set[UUID]:
        async with self._engine.begin() as db:
            return set(await db.scalars(text(f"select notice_id from routing.notice where notice_id >= {WINDOW}")))

    async def _look(
        self, recipient: Recipient | None, seen: set[UUID], after: UUID | None
    ) -> tuple[list[RecordedNotice], set[UUID]]:
        """What is new, the oldest first, and all that was seen of the last minute."""
        of_one = f"and n.{recipient.kind}_id = :recipient" if recipient else ""
        question = f"""
            {NOTICES} where n.notice_id >= {WINDOW} and n.notice_id > :after and n.notice_id <> all(:seen) {of_one}
            order by n.notice_id limit {AT_ONCE}
        """
        asked = {"seen": list(seen), "after": after or UUID(int=0)} | ({"recipient": recipient.id} if recipient else {})
        async with self._engine.begin() as db:
            rows = (await db.execute(text(question), asked)).all()
            floor = await db.scalar(text(f"select {WINDOW}"))
        found = [notice_of(row) for row in rows]
        return found, {one for one in seen | {notice.notice_id for notice in found} if one >= floor}

    @contextmanager
    def _place(self) -> Iterator[None]:
        caller = current_caller().id
        if self._open[caller] >= MOST_OF_ONE_CALLER:
            raise TooManyStreams(MOST_OF_ONE_CALLER)
        if self._open.total() >= MOST:
            raise TooManyStreams(MOST)
        self._open[caller] += 1
        try:
            yield
        finally:
            self._open[caller] -= 1
            if not self._open[caller]:
                del self._open[caller]
