"""DeliveryService: translates, nothing else."""

from collections.abc import AsyncIterator
from typing import Literal, cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from clew.routing.v1 import deliveries_pb2 as pb
from clew.routing.v1.deliveries_pb2_grpc import DeliveryServiceServicer
from services.routing import tables
from services.routing.holdings.refusals import NotYours
from services.routing.notices import store_contacts, store_deliveries
from services.routing.notices.contact import Contact, check_contact
from services.routing.notices.ports import Lines
from services.routing.notices.servicer_messages import (
    channel_value,
    contact_from,
    contact_message,
    delivery_message,
    notice_message,
)
from services.routing.notices.store_contacts import Recipient
from services.routing.notices.store_watching import Watching
from services.routing.notices.trial import try_out
from services.shared.callers import Role, current_caller
from services.shared.ids import read_id
from services.shared.pages import next_page_token, page_size, read_position
from services.shared.refusals import InvalidInput
from services.shared.requests import Context, command, query


class DeliveryServicer(DeliveryServiceServicer):
    def __init__(self, engine: AsyncEngine, lines: Lines, watching: Watching) -> None:
        self._engine, self._requests = engine, tables.request
        self._lines, self._watching = lines, watching

    async def WatchNotices(
        self, request: pb.WatchNoticesRequest, context: Context
    ) -> AsyncIterator[pb.WatchNoticesResponse]:
        async with self._engine.begin() as db:
            recipient = await _recipient(db, request.recipient)
        after = read_id(request.after_notice_id, "after_notice_id") if request.after_notice_id else None
        # Let in; what was written from now on is seen, though perhaps not what was written a moment ago.
        await context.send_initial_metadata(())
        async for notice in self._watching.notices(recipient, after):
            yield pb.WatchNoticesResponse(notice=notice_message(notice))

    @command(pb.SetContactResponse)
    async def SetContact(self, request: pb.SetContactRequest, db: AsyncConnection) -> pb.SetContactResponse:
        contact = contact_from(request.contact)
        check_contact(contact)
        await store_contacts.set_contact(db, await _one(db, request.recipient), contact)
        return pb.SetContactResponse(
            off=[channel_value(way.channel) for way in contact.ways if way.channel not in self._lines]
        )

    @query
    async def GetContact(self, request: pb.GetContactRequest, db: AsyncConnection) -> pb.GetContactResponse:
        found = await store_contacts.read_contact(db, await _one(db, request.recipient))
        if found is None:
            return pb.GetContactResponse(contact=pb.Contact())
        contact, updated_at = found
        return pb.GetContactResponse(contact=contact_message(contact), updated_at=updated_at)

    async def TestContact(self, request: pb.TestContactRequest, context: Context) -> pb.TestContactResponse:
        async with self._engine.begin() as db:
            found = await store_contacts.read_contact(db, await _one(db, request.recipient))
        contact = found[0] if found else Contact()
        return pb.TestContactResponse(
            trials=[
                pb.Trial(
                    channel=channel_value(trial.channel),
                    state=f"DELIVERY_STATE_{trial.state}",
                    code=trial.code,
                    provider_id=trial.provider_id,
                )
                for trial in await try_out(contact, self._lines)
            ]
        )

    @query
    async def ListDeliveries(self, request: pb.ListDeliveriesRequest, db: AsyncConnection) -> pb.ListDeliveriesResponse:
        size = page_size(request.page_size)
        recipient = await _recipient(db, request.recipient)
        state = pb.DeliveryState.Name(request.state).removeprefix("DELIVERY_STATE_") if request.state else ""
        filters = [str(recipient and recipient.id), state, request.notice_id]
        [before] = read_position(request.page_token, "ListDeliveries", filters, UUID) or [None]
        found = await store_deliveries.list_deliveries(
            db,
            recipient=recipient,
            state=state,
            notice_id=read_id(request.notice_id, "notice_id") if request.notice_id else None,
            before=before,
            limit=size + 1,
        )
        return pb.ListDeliveriesResponse(
            deliveries=[delivery_message(delivery) for delivery in found[:size]],
            next_page_token=next_page_token("ListDeliveries", filters, found, size, lambda one: [str(one.delivery_id)]),
        )

    @command(pb.RetryDeliveryResponse)
    async def RetryDelivery(self, request: pb.RetryDeliveryRequest, db: AsyncConnection) -> pb.RetryDeliveryResponse:
        retried = await store_deliveries.retry(db, read_id(request.delivery_id, "delivery_id"), self._lines.keys())
        return pb.RetryDeliveryResponse(deliveries=[delivery_message(delivery) for delivery in retried])


async def _one(db: AsyncConnection, asked: pb.Recipient) -> Recipient:
    """Raises InvalidInput where nobody is named who could be meant."""
    recipient = await _recipient(db, asked)
    if recipient is None:
        raise InvalidInput("recipient", "Name a rep, a team or a pool.")
    return recipient


async def _recipient(db: AsyncConnection, asked: pb.Recipient) -> Recipient | None:
    """Whom a call is about: a rep himself, somebody else whoever is named. Raises NotFound, NotYours."""
    caller, named = current_caller(), asked.WhichOneof("one")
    own = Recipient("rep", read_id(caller.id, "clew-caller-id")) if caller.role is Role.REP else None
    if named is None:
        return own
    code: str = getattr(asked, named)
    kind = cast(Literal["rep", "team", "pool"], named.removesuffix("_code"))
    recipient = await store_contacts.recipient_of(db, kind, code)
    if own is not None and recipient != own:
        raise NotYours("contact of", code)
    return recipient
