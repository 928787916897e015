"""Sends what is due on a channel: at least once, and beside everything else.

A channel has its own loop, its own connections and its own places, so that a server that hangs delays nothing but its
own messages; a recipient is sent to by one at a time. Messages are claimed with a lease, sent outside of any
transaction, and marked. Kill the process anywhere: the lease ends and the message goes again, under the same id.
"""

import asyncio
import random
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from services.routing.notices import store_deliveries as store
from services.routing.notices.arranging import Message
from services.routing.notices.bucket import Bucket
from services.routing.notices.contact import Channel
from services.routing.notices.port import Later, Outcome, Outgoing, Rejected, Sent
from services.routing.notices.ports import Line
from services.routing.notices.timing import wait_after
from services.routing.notices.wording import wording
from services.shared.crash_points import AFTER_SEND, crash_point
from services.shared.database import make_engine

# Messages that are being sent at once.
PLACES = 4
# Together within the lease (store_deliveries), with half a minute for the last to be sent.
BEGIN_WITHIN_SECONDS = 25.0
# Of one recipient: so many at once, then so many a minute; what comes meanwhile goes together.
RECIPIENT_AT_ONCE, RECIPIENT_PER_MINUTE = 5, 6
BURST_SECONDS = 5
DATABASE_SECONDS = 15.0
BUSY_SECONDS, IDLE_SECONDS, OUTAGE_SECONDS = 0.1, 0.5, 1.0
log = structlog.get_logger()


class Delivering:
    def __init__(self, engine: AsyncEngine, channel: Channel, line: Line) -> None:
        """`engine` says only where the database is: nobody else waits for these connections."""
        self._engine = make_engine(engine.url, pool_size=2)
        self._channel, self._port = channel, line.port
        self._clock = asyncio.get_running_loop().time
        most = max(line.per_minute * BURST_SECONDS / 60, 1.0)
        self._rate = Bucket.full(line.per_minute, most, self._clock())
        self._recipients: dict[UUID, Bucket] = {}
        self._under_way: dict[UUID, asyncio.Task[None]] = {}
        self._places = asyncio.Semaphore(PLACES)

    async def run(self) -> None:
        """Deliver until cancelled."""
        try:
            while True:
                try:
                    found = await self.look()
                    await asyncio.sleep(BUSY_SECONDS if found else IDLE_SECONDS)
                except Exception as error:  # an outage of the database is waited out
                    log.warning("delivering_waits", channel=self._channel, kind=type(error).__name__)
                    await asyncio.sleep(OUTAGE_SECONDS)
        finally:
            await self.close()

    async def close(self) -> None:
        for task in list(self._under_way.values()):
            task.cancel()
        await self.settled()
        await self._engine.dispose()

    async def settled(self) -> None:
        """Wait until nothing is under way."""
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    async def look(self) -> int:
        """Claim what is due and begin to send it. Returns how many deliveries were looked at."""
        if len(self._under_way) >= PLACES:
            return 0
        busy = self._under_way.keys() | {one for one, has in self._recipients.items() if not has.has_one(self._clock())}
        until = self._clock() + BEGIN_WITHIN_SECONDS
        async with asyncio.timeout(DATABASE_SECONDS), self._engine.begin() as db:
            claimed = await store.claim(db, self._channel, but_for=busy)
        of_each: dict[UUID, list[Message]] = defaultdict(list)
        for message in claimed.messages:
            of_each[message.contact_id].append(message)
        for contact_id, messages in of_each.items():
            assert claimed.lease is not None  # noqa: S101  # there are messages
            task = asyncio.create_task(self._send_all(contact_id, messages, claimed.lease, until))
            self._under_way[contact_id] = task
            task.add_done_callback(partial(self._ended, contact_id))
        return claimed.looked_at

    def _ended(self, contact_id: UUID, _: asyncio.Task[None]) -> None:
        del self._under_way[contact_id]
        now = self._clock()
        self._recipients = {one: has for one, has in self._recipients.items() if not has.is_full(now)}

    async def _send_all(self, contact_id: UUID, messages: Sequence[Message], lease: datetime, until: float) -> None:
        """To one recipient, one after the other."""
        now = self._clock()
        theirs = self._recipients.setdefault(contact_id, Bucket.full(RECIPIENT_PER_MINUTE, RECIPIENT_AT_ONCE, now))
        theirs.take(now, len(messages))
        for message in messages:
            try:
                await self._send(message, lease, until)
            except Exception as error:  # the lease ends and it is tried again
                log.warning("delivery_not_marked", channel=self._channel, kind=type(error).__name__)

    async def _send(self, message: Message, lease: datetime, until: float) -> None:
        async with self._places:
            now = self._clock()
            if now + (wait := self._rate.take(now)) > until:
                self._rate.take(now, -1)
                async with asyncio.timeout(DATABASE_SECONDS), self._engine.begin() as db:
                    await store.give_back(db, message.message_id, lease)
                return
            await asyncio.sleep(wait)
            outcome = await self._sent(message)
        crash_point(AFTER_SEND)
        async with asyncio.timeout(DATABASE_SECONDS), self._engine.begin() as db:
            match outcome:
                case Sent(provider_id, code):
                    await store.mark_sent(db, message.message_id, provider_id, code)
                case Rejected(code):
                    await store.mark_failed(db, message.message_id, code, lease)
                case Later(code, after):
                    wait_for = wait_after(message.attempts, jitter=random.random(), asked=after)
                    if wait_for is None:
                        await store.mark_failed(db, message.message_id, code, lease)
                    else:
                        await store.mark_later(db, message.message_id, code, wait_for, lease)

    async def _sent(self, message: Message) -> Outcome:
        try:
            return await self._port.send(outgoing(message))
        except Exception as error:  # a defect of ours must not send the same for ever without a trace
            log.error("port_failed", channel=self._channel, message_id=str(message.message_id), exc_info=error)
            return Later("DEFECT")


def outgoing(message: Message) -> Outgoing:
    first, notices = message.deliveries[0], [due.notice for due in message.deliveries]
    subject, body = wording(notices, first.preferences)
    return Outgoing(message.message_id, first.address or "", first.secret, subject, body, notices)
