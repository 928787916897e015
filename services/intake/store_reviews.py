"""Reviews: submissions that a person decides; one that nobody decides in time becomes a lead, flagged."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.intake.facts import Source
from services.intake.identity import Match, Outcome, identify
from services.intake.keys import Person
from services.intake.store_creating import attach, create_lead
from services.intake.store_keys import find_matches, find_seen_matches_of_many, take_keys
from services.intake.submission import Submission, read_attributes, read_consent, read_stored_contacts
from services.shared import database
from services.shared.callers import current_caller
from services.shared.database import text
from services.shared.hidden_leads import asking, hidden_in
from services.shared.ids import new_id
from services.shared.refusals import InvalidInput, NotFound, Refused
from services.shared.sweep import BATCH

AT_ONCE = 20
log = structlog.get_logger()


class Resolution(StrEnum):
    NEW = "NEW"
    ATTACH = "ATTACH"
    REJECT = "REJECT"
    TIME_UP = "TIME_UP"


@dataclass(frozen=True)
class Review:
    review_id: UUID
    submission_id: UUID
    person: Person
    cause: str
    matches: tuple[Match, ...]
    opened_at: datetime
    decide_by: datetime


class ReviewNotFound(NotFound):
    def __init__(self, review_id: UUID) -> None:
        super().__init__("NOT_FOUND", f"There is no review {review_id}.", kind="review", id=str(review_id))


class ReviewResolved(Refused):
    def __init__(self, review_id: UUID, resolution: str) -> None:
        super().__init__(
            "REVIEW_RESOLVED",
            f"The review {review_id} was resolved before: {resolution}.",
            review_id=str(review_id),
            resolution=resolution,
        )


async def list_reviews(db: AsyncConnection, after: tuple[datetime, UUID] | None, limit: int) -> list[Review]:
    """Open ones, oldest first; whom they match is looked up anew. None about a lead that is hidden from the caller."""
    opened_at, review_id = after or (None, None)
    rows = (
        await db.execute(text(OPEN), {"opened_at": opened_at, "review_id": review_id, "limit": limit, **asking()})
    ).all()
    submissions = [_submission(row) for row in rows]
    matches = await find_seen_matches_of_many(db, [(one.contacts.keys, one.business_line) for one in submissions])
    return [_review(*found) for found in zip(rows, submissions, matches, strict=True)]


def _review(row: Row[Any], submission: Submission, matches: tuple[Match, ...]) -> Review:
    return Review(
        review_id=row.review_id,
        submission_id=row.submission_id,
        person=submission.cleaned_person,
        cause=row.cause,
        matches=matches,
        opened_at=row.opened_at,
        decide_by=row.decide_by,
    )


async def resolve_review(
    db: AsyncConnection, review_id: UUID, resolution: Resolution, attach_to: UUID | None
) -> tuple[Outcome, UUID | None]:
    """Raises ReviewNotFound (as also for one about a hidden lead), ReviewResolved, InvalidInput (lead_id)."""
    row = (await db.execute(text(LOCK), {"review_id": review_id, **asking()})).one_or_none()
    if row is None:
        raise ReviewNotFound(review_id)
    if row.resolved_at is not None:
        raise ReviewResolved(review_id, row.resolution)
    submission = _submission(row)
    if resolution is Resolution.ATTACH:
        await _check_lead(db, attach_to, submission.business_line)
    elif attach_to is not None:
        raise InvalidInput("lead_id", "A lead is named with ATTACH, and only then.")
    outcome, lead_id = await _carry_out(db, row.submission_id, submission, resolution, attach_to)
    await db.execute(
        text(RESOLVE),
        {
            "review_id": review_id,
            "resolution": resolution,
            "resolved_by": current_caller().id,
            "submission_id": row.submission_id,
            "outcome": outcome,
            "lead_id": lead_id,
        },
    )
    return outcome, lead_id


async def _carry_out(
    db: AsyncConnection,
    submission_id: UUID,
    submission: Submission,
    resolution: Resolution,
    attach_to: UUID | None,
) -> tuple[Outcome, UUID | None]:
    now, reason = await database.now(db), f"REVIEW_{resolution}"
    if resolution is Resolution.REJECT:
        return Outcome.REJECTED, None
    if resolution is Resolution.TIME_UP:
        attach_to = await _known_by_now(db, submission)
    if attach_to:
        await attach(db, attach_to, submission_id, submission, now, reason=reason)
        return Outcome.ATTACHED, attach_to
    lead_id = new_id()
    # Strong keys that another lead has stay with that one.
    await take_keys(db, submission.contacts.keys, submission.business_line, lead_id)
    unreviewed = resolution is Resolution.TIME_UP
    await create_lead(db, lead_id, submission_id, submission, now, reason=reason, unreviewed=unreviewed)
    return Outcome.CREATED, lead_id


async def _known_by_now(db: AsyncConnection, submission: Submission) -> UUID | None:
    """The lead that the same person became by another submission while this one waited."""
    keys = submission.contacts.keys
    matches = await find_matches(db, keys, submission.business_line)
    return identify(submission.person.name, keys, matches).lead_id


async def _check_lead(db: AsyncConnection, lead_id: UUID | None, business_line: str) -> None:
    known = None
    if lead_id is not None:
        known = await db.scalar(text(LEAD), {"lead_id": lead_id, "business_line": business_line, **asking()})
    if known is None:
        raise InvalidInput("lead_id", f"ATTACH names a lead of the business line {business_line}.")


async def decide_overdue(db: AsyncConnection) -> int:
    """A step of the sweep: reviews whose time is up become leads, so that none is ever left.

    Few at once, for each holds its person's keys until all are done. One that fails holds none of the others back.
    """
    rows = (await db.execute(text(OVERDUE), {"limit": AT_ONCE})).all()
    for row in rows:
        try:
            async with db.begin_nested():
                await resolve_review(db, row.review_id, Resolution.TIME_UP, None)
        except Exception as error:  # the next look tries again
            if db.invalidated or db.closed:
                raise
            log.error("review_not_decided", review_id=str(row.review_id), exc_info=error)
    return BATCH if len(rows) == AT_ONCE else len(rows)


def _submission(row: Row[Any]) -> Submission:
    return Submission(
        source=Source(row.source_kind, row.channel, row.detail_code),
        source_event_id=row.source_event_id or "",
        occurred_at=row.occurred_at,
        campaign_id=row.campaign_id,
        captured_by=row.captured_by,
        business_line=row.business_line,
        person=Person(**row.person),
        contacts=read_stored_contacts(row.contacts),
        attributes=read_attributes(row.attributes),
        consents=tuple(read_consent(consent) for consent in row.consents),
    )


REVIEWS = """
select r.review_id, r.submission_id, r.cause, r.opened_at, r.decide_by, r.resolved_at, r.resolution, s.source_kind,
  s.channel, s.detail_code, s.source_event_id, s.occurred_at, s.campaign_id, s.captured_by, s.business_line, s.person,
  s.contacts, s.attributes, s.consents
from intake.review r join intake.submission s using (submission_id)
"""
# Whom it matched when it came.
SEEN = f"""not exists (
  select from jsonb_array_elements(s.matches) met join intake.lead on lead.lead_id = cast(met ->> 'lead_id' as uuid)
  where {hidden_in("lead")}
)"""
OPEN = f"""
{REVIEWS}
where r.resolved_at is null and {SEEN}
  and (cast(:opened_at as timestamptz) is null
       or (r.opened_at, r.review_id) > (cast(:opened_at as timestamptz), cast(:review_id as uuid)))
order by r.opened_at, r.review_id limit :limit
"""
LOCK = f"{REVIEWS} where r.review_id = :review_id and {SEEN} for no key update of r"

LEAD = f"""
select 1 from intake.lead
where lead_id = :lead_id and business_line = :business_line and not {hidden_in("lead")} for no key update
"""

RESOLVE = """
with resolved as (
  update intake.review set resolved_at = clew.clew_now(), resolution = :resolution, resolved_by = :resolved_by
  where review_id = :review_id
)
update intake.submission set outcome = :outcome, lead_id = :lead_id where submission_id = :submission_id
"""

OVERDUE = """
select review_id from intake.review
where resolved_at is null and decide_by <= (select clew.clew_now())
order by decide_by limit :limit for no key update skip locked
"""
