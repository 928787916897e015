"""Notices, contacts and deliveries as messages of the contract, and back."""

from datetime import time

from clew.routing.v1 import deliveries_pb2, notices_pb2
from services.routing.notices.contact import Channel, Contact, Language, Preferences, QuietHours, Way
from services.routing.notices.notice import NoticeKind, RecordedNotice
from services.routing.notices.store_deliveries import Delivery
from services.shared.refusals import InvalidInput

pb = deliveries_pb2


def notice_message(notice: RecordedNotice) -> notices_pb2.Notice:
    return notices_pb2.Notice(
        notice_id=str(notice.notice_id),
        kind=f"NOTICE_KIND_{notice.kind}",
        step=notice.step,
        rep_code=notice.rep_code,
        pool_code=notice.pool_code,
        team_code=notice.team_code,
        lead_id=str(notice.lead_id),
        holding_id=str(notice.holding_id or ""),
        due_at=notice.due_at,
        reason=notice.reason,
        created_at=notice.created_at,
        acknowledged_at=notice.acknowledged_at,
    )


def contact_from(message: pb.Contact) -> Contact:
    """Raises InvalidInput where only one end of the quiet hours is given."""
    if bool(message.quiet_from) != bool(message.quiet_to):
        raise InvalidInput("contact.quiet_to", "Give both ends of the quiet hours, or neither.")
    quiet = None
    if message.quiet_from:
        quiet = QuietHours(time.fromisoformat(message.quiet_from), time.fromisoformat(message.quiet_to))
    preferences = Preferences(
        language=Language(message.language or Language.ZH),
        zone=message.zone or Preferences.zone,
        quiet=quiet,
        urgent_breaks_quiet=not message.urgent_waits,
        digest_every=message.digest_every.ToTimedelta(),
    )
    return Contact(preferences, [_way(one) for one in message.channels])


def _way(message: pb.ContactChannel) -> Way:
    kinds = (notices_pb2.NoticeKind.Name(kind).removeprefix("NOTICE_KIND_") for kind in message.kinds)
    return Way(_channel(message.channel), message.address, frozenset(map(NoticeKind, kinds)), message.secret)


def _channel(value: pb.Channel) -> Channel:
    return Channel(pb.Channel.Name(value).removeprefix("CHANNEL_"))


def contact_message(contact: Contact) -> pb.Contact:
    """Without its secrets."""
    wanted = contact.preferences
    message = pb.Contact(
        channels=[
            pb.ContactChannel(
                channel=channel_value(way.channel),
                address=way.address,
                kinds=[f"NOTICE_KIND_{kind}" for kind in sorted(way.kinds)],
                has_secret=bool(way.secret),
            )
            for way in contact.ways
        ],
        language=wanted.language,
        zone=wanted.zone,
        quiet_from=f"{wanted.quiet.start:%H:%M}" if wanted.quiet else "",
        quiet_to=f"{wanted.quiet.end:%H:%M}" if wanted.quiet else "",
        urgent_waits=not wanted.urgent_breaks_quiet,
    )
    if wanted.digest_every:
        message.digest_every.FromTimedelta(wanted.digest_every)
    return message


def channel_value(channel: Channel) -> pb.Channel:
    value: pb.Channel = pb.Channel.Value(f"CHANNEL_{channel}")  # type: ignore[assignment]  # its stub says int
    return value


def delivery_message(delivery: Delivery) -> pb.Delivery:
    return pb.Delivery(
        delivery_id=str(delivery.delivery_id),
        channel=channel_value(delivery.channel) if delivery.channel else pb.CHANNEL_UNSPECIFIED,
        state=f"DELIVERY_STATE_{delivery.state}",
        why=delivery.why,
        attempts=delivery.attempts,
        next_attempt_at=delivery.next_attempt_at,
        error=delivery.error,
        sent_at=delivery.sent_at,
        provider_id=delivery.provider_id,
        message_id=str(delivery.message_id or ""),
        notice=notice_message(delivery.notice),
    )
