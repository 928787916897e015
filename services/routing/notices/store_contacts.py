"""Who wants to hear of notices how, in the database. Addresses and secrets are here and in no other table."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.notices.contact import Channel, Contact, Language, Preferences, QuietHours, Way
from services.routing.notices.notice import NoticeKind
from services.routing.roster.store import pool_id_of, rep_id_of, team_id_of
from services.shared.callers import current_caller
from services.shared.database import text
from services.shared.ids import new_id
from services.shared.refusals import InvalidInput


@dataclass(frozen=True)
class Recipient:
    """A rep, a team's managers or a pool's people."""

    kind: Literal["rep", "team", "pool"]
    id: UUID


async def recipient_of(db: AsyncConnection, kind: Literal["rep", "team", "pool"], code: str) -> Recipient:
    """Raises NotFound."""
    find = {"rep": rep_id_of, "team": team_id_of, "pool": pool_id_of}[kind]
    return Recipient(kind, await find(db, code))


async def set_contact(db: AsyncConnection, recipient: Recipient, contact: Contact) -> None:
    """Replaces what was set; a webhook's secret stays where none is given. Raises InvalidInput where there is none."""
    wanted = contact.preferences
    values = {
        "contact_id": new_id(),
        "recipient_id": recipient.id,
        "language": wanted.language,
        "zone": wanted.zone,
        "quiet_from": wanted.quiet and wanted.quiet.start,
        "quiet_to": wanted.quiet and wanted.quiet.end,
        "urgent_breaks_quiet": wanted.urgent_breaks_quiet,
        "digest_every": wanted.digest_every,
        "updated_by": current_caller().id,
    }
    contact_id = await db.scalar(text(SET_CONTACT[recipient.kind]), values)
    known = {row.channel: row.secret for row in await db.execute(text(SECRETS), {"contact_id": contact_id})}
    await db.execute(text("delete from routing.contact_channel where contact_id = :id"), {"id": contact_id})
    for index, way in enumerate(contact.ways):
        secret = way.secret or known.get(way.channel)
        if way.channel is Channel.WEBHOOK and not secret:
            raise InvalidInput(
                f"contact.channels[{index}].secret", "A webhook needs a secret of 16 characters or more."
            )
        await db.execute(
            text(ADD_CHANNEL),
            {
                "contact_id": contact_id,
                "channel": way.channel,
                "address": way.address,
                "secret": secret,
                "kinds": sorted(way.kinds),
            },
        )


async def read_contact(db: AsyncConnection, recipient: Recipient) -> tuple[Contact, datetime] | None:
    """With its secrets: they are for sending alone."""
    question = f"select * from routing.contact where {recipient.kind}_id = :id"
    row = (await db.execute(text(question), {"id": recipient.id})).one_or_none()
    if row is None:
        return None
    rows = await db.execute(text(CHANNELS), {"contact_id": row.contact_id})
    ways = [
        Way(Channel(one.channel), one.address, frozenset(map(NoticeKind, one.kinds)), one.secret or "") for one in rows
    ]
    return Contact(preferences_of(row), ways), row.updated_at


def preferences_of(row: Row[Any]) -> Preferences:
    return Preferences(
        Language(row.language),
        row.zone,
        QuietHours(row.quiet_from, row.quiet_to) if row.quiet_from is not None else None,
        row.urgent_breaks_quiet,
        row.digest_every,
    )


SET_CONTACT = {
    kind: f"""
insert into routing.contact (contact_id, {kind}_id, language, zone, quiet_from, quiet_to, urgent_breaks_quiet,
  digest_every, updated_at, updated_by)
values (:contact_id, :recipient_id, :language, :zone, :quiet_from, :quiet_to, :urgent_breaks_quiet,
  :digest_every, clew.clew_now(), :updated_by)
on conflict ({kind}_id) do update set language = excluded.language, zone = excluded.zone,
  quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to,
  urgent_breaks_quiet = excluded.urgent_breaks_quiet, digest_every = excluded.digest_every,
  updated_at = excluded.updated_at, updated_by = excluded.updated_by
returning contact_id
"""
    for kind in ("rep", "team", "pool")
}

SECRETS = "select channel, secret from routing.contact_channel where contact_id = :contact_id"

ADD_CHANNEL = """
insert into routing.contact_channel (contact_id, channel, address, secret, kinds)
values (:contact_id, :channel, :address, :secret, :kinds)
"""

CHANNELS = "select * from routing.contact_channel where contact_id = :contact_id order by channel"
