"""Leads and persons as intake knows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy
from sqlalchemy import Row, TextClause
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.intake import tables
from services.intake.keys import Person
from services.intake.submission import Consent
from services.shared import outbox
from services.shared.callers import current_caller
from services.shared.database import text
from services.shared.hidden_leads import SEES_ALL, asking, hidden_in, is_hidden_from, works_on
from services.shared.ids import new_id
from services.shared.outbox import Event
from services.shared.refusals import AlreadyExists, Denied, NotFound
from services.shared.sweep import BATCH


@dataclass(frozen=True)
class Lead:
    lead_id: UUID
    person_id: UUID
    organisation_id: UUID | None
    person: Person
    facts: Mapping[str, Any]
    touchpoints: int
    captured_by: UUID | None
    account_owner: UUID | None
    # Reps who own open opportunities of the matched account.
    opportunity_owners: Sequence[UUID]
    unreviewed: bool
    holder_id: UUID | None
    holder_code: str
    access_epoch: int
    version: int
    taken_version: int
    reenquiries: int
    created_at: datetime
    # From all reps but these and from marketers, as the lead's run told it.
    hidden: bool
    access_version: int
    collaborator_ids: list[UUID]


class LeadNotFound(NotFound):
    def __init__(self, lead_id: UUID) -> None:
        super().__init__("NOT_FOUND", f"There is no lead {lead_id}.", kind="lead", id=str(lead_id))


class PersonNotFound(NotFound):
    def __init__(self, person_id: UUID) -> None:
        super().__init__("NOT_FOUND", f"There is no person {person_id}.", kind="person", id=str(person_id))


class NotYours(Denied):
    def __init__(self, kind: str, subject_id: UUID) -> None:
        super().__init__("NOT_YOURS", f"You do not hold a lead of {kind} {subject_id}.", kind=kind, id=str(subject_id))


async def find_lead(db: AsyncConnection, lead_id: UUID) -> Lead:
    """Raises LeadNotFound, also of one that is hidden from the caller."""
    return await _one_lead(db, lead_id, "")


async def lock_lead(db: AsyncConnection, lead_id: UUID) -> Lead:
    """Raises LeadNotFound, also of one that is hidden from the caller."""
    return await _one_lead(db, lead_id, "for no key update of l")


async def _one_lead(db: AsyncConnection, lead_id: UUID, lock: str) -> Lead:
    question = f"{LEADS} where l.lead_id = :lead_id {lock}"
    row = (await db.execute(text(question), {"lead_id": lead_id})).one_or_none()
    if row is None or is_hidden_from(current_caller(), lead := _lead(row)):
        raise LeadNotFound(lead_id)
    return lead


async def list_leads(
    db: AsyncConnection,
    *,
    campaign_id: UUID | None,
    channel: str,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> Sequence[Lead]:
    """Those that the caller may see, newest first, from before a position on. Empty filters let all through."""
    created_at, lead_id = before or (None, None)
    # Only what is asked stands in the statement, so that each kind of question has its index.
    wanted = [
        condition
        for asked, condition in (
            (campaign_id, "l.campaign_id = :campaign_id"),
            (channel, "l.channel = :channel"),
            (before, "(l.created_at, l.lead_id) < (:created_at, :lead_id)"),
            (current_caller().role not in SEES_ALL, "not l.hidden"),
        )
        if asked
    ]
    where = f"where {' and '.join(wanted)}" if wanted else ""
    values = {
        "campaign_id": campaign_id,
        "channel": channel,
        "created_at": created_at,
        "lead_id": lead_id,
        "limit": limit,
    }
    rows = await db.execute(text(f"{LEADS} {where} {NEWEST_FIRST}"), values)
    return [_lead(row) for row in rows]


async def read_person(
    db: AsyncConnection, person_id: UUID, purpose: str, *, only_of: UUID | None
) -> tuple[Person, list[Consent]]:
    """A person in full, and a record of the look. `only_of`: the rep who asks, for a person of a lead that he works on.

    Raises PersonNotFound, also of one whom the caller may not know of, and NotYours.
    """
    caller, rows = current_caller(), await db.execute(text(LEADS_OF), {"person_id": person_id})
    leads = [lead for row in rows if not is_hidden_from(caller, lead := _lead(row))]
    if not leads:
        raise PersonNotFound(person_id)
    if only_of is not None and not any(works_on(only_of, lead) for lead in leads):
        raise NotYours("person", person_id)
    await db.execute(
        text(READ),
        {
            "read_id": new_id(),
            "person_id": person_id,
            "reader_id": caller.id,
            "reader_role": caller.role,
            "purpose": purpose,
        },
    )
    await outbox.record(db, tables.event, Event(leads[0].lead_id, "person_read", data={"person_id": person_id}))
    consents = await db.execute(text(CONSENTS), {"person_id": person_id})
    return leads[0].person, [Consent(**row._mapping) for row in consents]


async def add_note(db: AsyncConnection, lead_id: UUID, body: str, *, only_of: UUID | None) -> UUID:
    """Raises LeadNotFound, NotYours for a rep who neither holds the lead nor collaborates on it."""
    lead = await lock_lead(db, lead_id)
    if only_of is not None and not works_on(only_of, lead):
        raise NotYours("lead", lead_id)
    caller, note_id = current_caller(), new_id()
    await db.execute(
        text(ADD_NOTE),
        {
            "note_id": note_id,
            "lead_id": lead_id,
            "author_id": caller.id,
            "author_role": caller.role,
            "body": body,
        },
    )
    await outbox.record(db, tables.event, Event(lead_id, "note_added", data={"note_id": note_id}))
    return note_id


async def create_campaign(db: AsyncConnection, code: str, name: str) -> UUID:
    """The unique index decides between two who want one code."""
    campaign_id = new_id()
    try:
        async with db.begin_nested():
            await db.execute(
                text("insert into intake.campaign (campaign_id, code, name) values (:campaign_id, :code, :name)"),
                {"campaign_id": campaign_id, "code": code, "name": name},
            )
    except IntegrityError:
        raise AlreadyExists(
            "ALREADY_EXISTS", f"There is a campaign with the code {code} already.", kind="campaign", code=code
        ) from None
    return campaign_id


def events_seen() -> TextClause | None:
    """Which events the caller sees of a lead: all (None) or, when it is hidden from him, none."""
    return None if current_caller().role in SEES_ALL else sqlalchemy.text(EVENTS_SEEN).bindparams(**asking())


async def mark_taken(db: AsyncConnection, lead_id: UUID, version: int) -> int:
    """Never back to a lower version. Raises LeadNotFound."""
    taken = await db.scalar(text(MARK_TAKEN), {"lead_id": lead_id, "version": version})
    if taken is None:
        raise LeadNotFound(lead_id)
    return int(taken)


async def nudge_untaken(db: AsyncConnection) -> int:
    """A step of the sweep: leads that routing has not taken for 10 s are told again."""
    due = (await db.execute(text(NUDGE), {"limit": BATCH})).all()
    for row in due:
        await outbox.record(db, tables.event, Event(row.lead_id, "work_nudged", reason="LEAD_UNTAKEN"))
    return len(due)


def _lead(row: Row[Any]) -> Lead:
    own = {name: value for name, value in row._mapping.items() if name not in PERSON_FIELDS}
    return Lead(**own, person=Person(**{name: row._mapping[name] for name in PERSON_FIELDS}))


PERSON_FIELDS = ("name", "phone", "email", "wecom_id", "company", "credit_code", "title")

LEADS = f"""
select l.lead_id, l.person_id, l.organisation_id, {", ".join(f"p.{name}" for name in PERSON_FIELDS)}, l.facts,
  l.reenquiries + 1 as touchpoints, l.captured_by, l.account_owner, l.opportunity_owners, l.unreviewed, l.holder_id,
  l.holder_code, l.access_epoch, l.version, l.taken_version, l.reenquiries, l.created_at, l.hidden, l.access_version,
  l.collaborator_ids
from intake.lead l join intake.person p using (person_id)
"""
NEWEST_FIRST = "order by l.created_at desc, l.lead_id desc limit :limit"
LEADS_OF = f"{LEADS} where l.person_id = :person_id order by l.created_at desc for no key update of l"

READ = """
insert into intake.person_read (read_id, person_id, reader_id, reader_role, purpose)
values (:read_id, :person_id, :reader_id, :reader_role, :purpose)
"""
CONSENTS = """
select purpose, channel, granted, text_version, given_at from intake.consent
where person_id = :person_id order by received_at desc, consent_id desc
"""
ADD_NOTE = """
insert into intake.note (note_id, lead_id, author_id, author_role, body)
values (:note_id, :lead_id, :author_id, :author_role, :body)
"""
MARK_TAKEN = """
update intake.lead set taken_version = greatest(taken_version, least(:version, version))
where lead_id = :lead_id returning taken_version
"""
EVENTS_SEEN = f"not exists (select from intake.lead where lead.lead_id = event.lead_id and {hidden_in('lead')})"
# A lead whose run is still owed an event needs no second one: the relay goes on with the first.
NUDGE = """
update intake.lead set nudged_at = clew.clew_now(), nudges = nudges + 1 where lead_id = any(array(
  select lead_id from intake.lead, (select clew.clew_now() as at) now
  where version > taken_version and changed_at < now.at - interval '10 seconds'
    and (nudges = 0 or nudged_at < now.at - least(60, 10 * power(2, least(nudges, 4) - 1)) * interval '1 second')
    and not exists (
      select from intake.event owed
      where owed.lead_id = lead.lead_id and owed.delivered_at is null and owed.wakes <> 'none')
  order by changed_at limit :limit for no key update of lead skip locked))
returning lead_id
"""
