"""Submissions that come at once, in one transaction: those of somebody new.

Every other submission is left to `store_submitting`, which takes it by itself. The rules are the same ones; only the
statements are for many. Keys are taken in the order that everybody keeps, and who does not get all that tell who it
is was not first: he begins anew by himself.
"""

import json
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from services.intake import tables
from services.intake.identity import Match, Outcome, identify
from services.intake.keys import KeyKind, deciding
from services.intake.screening import Check, rejected
from services.intake.store_creating import first_facts
from services.intake.store_keys import matches_of_many, take_keys_of_many
from services.intake.submission import Submission, Submitted, stored_match, stored_submission
from services.shared import database
from services.shared.callers import Caller
from services.shared.ids import new_id
from services.shared.outbox import channel_of, may_ring
from services.shared.requests_together import Key, forget_many, keeping, taking
from services.shared.statements import Question, ask

VERB = "SubmitLead"


@dataclass(frozen=True, eq=False)
class Asked:
    """A submission with its request. `traceparent`: of the call, for the event."""

    caller: Caller
    request: Key
    fingerprint: bytes
    submission: Submission
    checks: tuple[Check, ...]
    traceparent: str | None


def goes_together(submission: Submission, checks: tuple[Check, ...]) -> bool:
    """Whether it may be taken with others: nothing has to be looked up but who it is."""
    looked_up = submission.campaign_id or submission.source_event_id or submission.contacts.credit_code
    return not looked_up and not rejected(checks)


def touches(asked: Asked) -> Iterator[Hashable]:
    """What no two that are taken together may share: any of it would make the second somebody known."""
    yield asked.request
    submission = asked.submission
    for key in submission.contacts.keys:
        # Colleagues are no question; a namesake in one company is.
        namesake = submission.person.name if key.kind is KeyKind.COMPANY_NAME else ""
        yield submission.business_line, key, namesake


async def submit_together(
    db: AsyncConnection, all_asked: Sequence[Asked], as_answer: Callable[[Submitted, Caller], bytes]
) -> dict[Key, bytes]:
    """Take those of somebody new. Returns the kept answers."""
    new, known = await ask(
        db,
        taking(tables.request, VERB, {asked.request: asked.fingerprint for asked in all_asked}),
        matches_of_many([(asked.submission.contacts.keys, asked.submission.business_line) for asked in all_asked]),
    )
    wanted = {
        asked: _submitted(asked, matches)
        for asked, matches in zip(all_asked, known, strict=True)
        if asked.request in new and _is_new(asked.submission, matches)
    }
    created, now = await _first(db, wanted) if wanted else ({}, None)
    answers = {asked.request: as_answer(submitted, asked.caller) for asked, submitted in created.items()}
    if created and now:
        await ask(db, _creating(created, now), keeping(tables.request, VERB, answers))
    await forget_many(db, tables.request, VERB, new.difference(answers))
    return answers


async def _first(db: AsyncConnection, wanted: Mapping[Asked, Submitted]) -> tuple[dict[Asked, Submitted], datetime]:
    """Those who got all the keys that tell who they are, and the instant."""
    keys = {
        submitted.lead_id: (asked.submission.business_line, asked.submission.contacts.keys)
        for asked, submitted in wanted.items()
        if submitted.lead_id is not None
    }
    needed = {lead_id: deciding(of_lead) for lead_id, (_, of_lead) in keys.items()}
    first = await take_keys_of_many(db, keys, needed)
    now = await database.now(db)
    return {asked: submitted for asked, submitted in wanted.items() if submitted.lead_id in first}, now


def _is_new(submission: Submission, matches: Sequence[Match]) -> bool:
    return identify(submission.person.name, submission.contacts.keys, matches).outcome is Outcome.CREATED


def _submitted(asked: Asked, matches: tuple[Match, ...]) -> Submitted:
    return Submitted(new_id(), Outcome.CREATED, new_id(), None, asked.checks, matches)


def _creating(created: Mapping[Asked, Submitted], now: datetime) -> Question[None]:
    rows = [_row(asked, submitted, now) for asked, submitted in created.items()]
    values = {
        "submissions": json.dumps(rows, ensure_ascii=False, default=str),
        "now": now,
        "ring": may_ring(tables.event),
        "channel": channel_of(tables.event),
    }
    return Question(CREATE, values, lambda _: None)


def _row(asked: Asked, submitted: Submitted, now: datetime) -> dict[str, Any]:
    submission, lead_id = asked.submission, submitted.lead_id
    assert lead_id is not None  # noqa: S101  # somebody new has one
    person = submission.cleaned_person
    return {
        **vars(person),
        **{f"stored_{name}": part for name, part in stored_submission(submission).items()},
        "submission_id": submitted.submission_id,
        "lead_id": lead_id,
        "person_id": new_id(),
        "organisation_id": new_id() if person.company else None,
        "touchpoint_id": new_id(),
        "business_line": submission.business_line,
        "source_kind": submission.source.kind,
        "source_channel": submission.source.channel,
        "detail_code": submission.source.detail_code,
        "occurred_at": (submission.occurred_at or now).isoformat(),
        "captured_by": submission.captured_by,
        "screening": [vars(check) for check in submitted.screening],
        "matches": [stored_match(match) for match in submitted.matches],
        "facts": first_facts(lead_id, submission, None, now),
        "actor_id": asked.caller.id,
        "actor_role": asked.caller.role,
        "traceparent": asked.traceparent,
    }


CREATE = """
with asked as materialized (
  select * from jsonb_to_recordset(cast(:submissions as jsonb)) as row (
    name text, phone text, email text, wecom_id text, company text, title text, stored_person jsonb,
    stored_contacts jsonb, stored_attributes jsonb, stored_consents jsonb, submission_id uuid, lead_id uuid,
    person_id uuid, organisation_id uuid, touchpoint_id uuid, business_line text, source_kind text,
    source_channel text, detail_code text, occurred_at timestamptz, captured_by uuid, screening jsonb, matches jsonb,
    facts jsonb, actor_id text, actor_role text, traceparent text)
), submitted as (
  insert into intake.submission (submission_id, business_line, source_kind, channel, detail_code, occurred_at,
    received_at, captured_by, person, contacts, attributes, consents, screening, outcome, lead_id, matches)
  select submission_id, business_line, source_kind, source_channel, detail_code, occurred_at, :now, captured_by,
    stored_person, stored_contacts, stored_attributes, stored_consents, screening, 'CREATED', lead_id, matches
  from asked
), person as (
  insert into intake.person (person_id, name, phone, email, wecom_id, company, credit_code, title)
  select person_id, name, phone, email, wecom_id, company, '', title from asked
), organisation as (
  insert into intake.organisation (organisation_id, name)
  select organisation_id, company from asked where organisation_id is not null
), created as (
  insert into intake.lead (lead_id, person_id, organisation_id, business_line, facts, channel, captured_by, created_at,
    changed_at)
  select lead_id, person_id, organisation_id, business_line, facts, source_channel, captured_by, :now, :now from asked
), touched as (
  insert into intake.touchpoint (touchpoint_id, lead_id, submission_id, channel, occurred_at, received_at)
  select touchpoint_id, lead_id, submission_id, source_channel, occurred_at, :now from asked
), consented as (
  insert into intake.consent (consent_id, person_id, purpose, channel, granted, text_version, given_at, received_at)
  select uuidv7(), person_id, said.purpose, said.channel, granted, text_version, coalesce(given_at, :now), :now
  from asked cross join lateral jsonb_to_recordset(stored_consents)
    as said (purpose text, channel text, granted boolean, text_version text, given_at timestamptz)
), noted as (
  insert into intake.event (event_id, lead_id, seq, kind, wakes, wake_id, actor_id, actor_role, data, recorded_at,
    traceparent)
  select uuidv7(), lead_id, 1, 'lead_created', 'lead', lead_id, actor_id, actor_role,
    jsonb_build_object('channel', source_channel, 'unreviewed', false), clew.clew_now(), traceparent
  from asked
)
select case when :ring then pg_notify(:channel, '') end
"""
