"""One submission, one transaction, one outcome. The unique index over strong keys decides between two at once."""

import json
from dataclasses import asdict
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.intake import tables
from services.intake.identity import Identity, Match, Outcome, identify
from services.intake.keys import Key, deciding
from services.intake.screening import Check, rejected, screen
from services.intake.store_creating import attach, create_lead
from services.intake.store_keys import find_matches, take_keys
from services.intake.submission import (
    Submission,
    Submitted,
    read_check,
    read_match,
    stored_match,
    stored_submission,
)
from services.shared import database, outbox
from services.shared.database import text
from services.shared.hidden_leads import asking, hidden_in
from services.shared.ids import new_id
from services.shared.outbox import Event
from services.shared.refusals import NotFound
from services.shared.requests import LostTheRace
from services.shared.statements import fetch, run


class CampaignNotFound(NotFound):
    def __init__(self, campaign_id: UUID) -> None:
        super().__init__("NOT_FOUND", f"There is no campaign {campaign_id}.", kind="campaign", id=str(campaign_id))


async def submit(db: AsyncConnection, submission: Submission, *, review_within: timedelta) -> Submitted:
    """Raises CampaignNotFound, and LostTheRace when a key or the source event was taken a moment before."""
    checks = screened(submission)
    if submission.campaign_id:
        await _check_campaign(db, submission.campaign_id)
    if submission.source_event_id and (before := await _redelivered(db, submission)):
        return before
    now, keys = await database.now(db), submission.contacts.keys
    matches: tuple[Match, ...] = ()
    identity = Identity(Outcome.REJECTED)
    if not rejected(checks):
        matches = await find_matches(db, keys, submission.business_line)
        identity = identify(submission.person.name, keys, matches)
    lead_id = new_id() if identity.outcome is Outcome.CREATED else identity.lead_id
    if identity.outcome is Outcome.CREATED and lead_id:
        await _take_all_keys(db, keys, submission.business_line, lead_id)
    submitted = Submitted(
        submission_id=new_id(),
        outcome=identity.outcome,
        lead_id=lead_id,
        review_id=new_id() if identity.outcome is Outcome.IN_REVIEW else None,
        screening=checks,
        matches=matches,
    )
    await _keep(db, submission, submitted, now)
    if identity.outcome is Outcome.CREATED and lead_id:
        await create_lead(db, lead_id, submitted.submission_id, submission, now)
    elif identity.outcome is Outcome.ATTACHED and lead_id:
        await attach(db, lead_id, submitted.submission_id, submission, now)
    elif submitted.review_id and identity.cause:
        await _open_review(db, submitted, identity, now, now + review_within)
    return submitted


def screened(submission: Submission) -> tuple[Check, ...]:
    return screen(
        submission.person.name,
        submission.contacts,
        submission.source.channel,
        intent_known=submission.attributes.intent_known,
    )


async def _take_all_keys(db: AsyncConnection, keys: tuple[Key, ...], business_line: str, lead_id: UUID) -> None:
    """Somebody new has every key that tells who it is; one that is gone means that somebody else was first."""
    if not await take_keys(db, keys, business_line, lead_id) >= set(deciding(keys)):
        raise LostTheRace


async def _check_campaign(db: AsyncConnection, campaign_id: UUID) -> None:
    question = "select 1 from intake.campaign where campaign_id = :campaign_id"
    if await db.scalar(text(question), {"campaign_id": campaign_id}) is None:
        raise CampaignNotFound(campaign_id)


async def _redelivered(db: AsyncConnection, submission: Submission) -> Submitted | None:
    """The same event of the same source, submitted before: it is answered what it was answered then."""
    values = {"channel": submission.source.channel, "source_event_id": submission.source_event_id, **asking()}
    rows = await fetch(db, REDELIVERED, values)
    if not rows:
        return None
    row = rows[0]
    return Submitted(
        submission_id=row.submission_id,
        outcome=Outcome(row.outcome),
        lead_id=row.lead_id,
        review_id=row.review_id,
        screening=tuple(read_check(check) for check in row.screening),
        matches=tuple(read_match(match) for match in row.matches),
    )


async def _keep(db: AsyncConnection, submission: Submission, submitted: Submitted, now: datetime) -> None:
    """Kept whatever its outcome; the source event decides between two deliveries at once."""
    stored = {name: json.dumps(part, ensure_ascii=False) for name, part in stored_submission(submission).items()}
    kept = await run(
        db,
        KEEP,
        {
            **stored,
            "submission_id": submitted.submission_id,
            "business_line": submission.business_line,
            "source_kind": submission.source.kind,
            "channel": submission.source.channel,
            "detail_code": submission.source.detail_code,
            "source_event_id": submission.source_event_id or None,
            "occurred_at": submission.occurred_at or now,
            "received_at": now,
            "campaign_id": submission.campaign_id,
            "captured_by": submission.captured_by,
            "screening": json.dumps([asdict(check) for check in submitted.screening], ensure_ascii=False),
            "outcome": submitted.outcome,
            "lead_id": submitted.lead_id,
            "review_id": submitted.review_id,
            "matches": json.dumps([stored_match(match) for match in submitted.matches]),
        },
    )
    if not kept:
        raise LostTheRace


async def _open_review(
    db: AsyncConnection, submitted: Submitted, identity: Identity, now: datetime, decide_by: datetime
) -> None:
    await db.execute(
        text(OPEN_REVIEW),
        {
            "review_id": submitted.review_id,
            "submission_id": submitted.submission_id,
            "cause": identity.cause,
            "opened_at": now,
            "decide_by": decide_by,
        },
    )
    # It stands on the timeline of the lead that it may be about.
    perhaps = submitted.matches[0].lead_id
    await db.execute(text("select 1 from intake.lead where lead_id = :lead_id for no key update"), {"lead_id": perhaps})
    data = {"review_id": submitted.review_id, "decide_by": decide_by.isoformat()}
    await outbox.record(db, tables.event, Event(perhaps, "review_opened", data=data, reason=identity.cause))


# Whom it matched then, as far as the caller may know of them now.
REDELIVERED = f"""
select submission_id, outcome, lead_id, review_id, screening, array(
  select met from jsonb_array_elements(matches) with ordinality as one (met, place)
  where not exists (
    select from intake.lead where lead.lead_id = cast(met ->> 'lead_id' as uuid) and {hidden_in("lead")}
  )
  order by place
) as matches
from intake.submission
where channel = :channel and source_event_id = :source_event_id
"""

KEEP = """
insert into intake.submission (submission_id, business_line, source_kind, channel, detail_code, source_event_id,
  occurred_at, received_at, campaign_id, captured_by, person, contacts, attributes, consents, screening, outcome,
  lead_id, review_id, matches)
values (:submission_id, :business_line, :source_kind, :channel, :detail_code, :source_event_id, :occurred_at,
  :received_at, :campaign_id, :captured_by, cast(:person as jsonb), cast(:contacts as jsonb),
  cast(:attributes as jsonb), cast(:consents as jsonb), cast(:screening as jsonb), :outcome, :lead_id, :review_id,
  cast(:matches as jsonb))
on conflict (channel, source_event_id) where source_event_id is not null do nothing
"""

OPEN_REVIEW = """
insert into intake.review (review_id, submission_id, cause, opened_at, decide_by)
values (:review_id, :submission_id, :cause, :opened_at, :decide_by)
"""
