"""A schedule in words: what a rep or a manager reads who asks why a lead is due, or was taken back."""

from collections.abc import Sequence
from datetime import UTC, datetime

from services.routing.holdings.entries import Entry, EntryKind
from services.routing.holdings.follow_ups import Because
from services.routing.policy import Policy


def in_words(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def beginning_in_words(policy: Policy, policy_version: str, started_at: datetime) -> str:
    calendar = f", by the calendar {policy.calendar}" if policy.calendar else ""
    return (
        f"Began {in_words(started_at)} under {policy_version}{calendar}: first response within "
        f"{policy.first_response}, protected for {policy.protection}, at most {policy.maximum}."
    )


def entry_in_words(
    policy: Policy,
    entry: Entry,
    because: Sequence[Because],
    *,
    protected_until: datetime,
    maximum_at: datetime,
    attempts: int,
    floor: datetime,
) -> str:
    """`floor`: the notice floor after the entry."""
    at = in_words(entry.at)
    if entry.kind is EntryKind.FOLLOW_UP:
        return _follow_up(policy, entry, because, protected_until, maximum_at, attempts)
    until = in_words(entry.until) if entry.until else ""
    after = str(policy.notice_floor)
    return {
        EntryKind.ACCEPTED: f"Accepted {at}: that is the first response." if because else f"Accepted {at}.",
        EntryKind.LOCKED: f"Locked {at} until {until}; then {after} are left.",
        EntryKind.UNLOCKED: f"Unlocked {at}; {after} are left at least.",
        EntryKind.EXTENSION_GRANTED: f"More time was granted {at}: protected until {in_words(protected_until)}.",
        EntryKind.CONVERSION_RELEASED: (
            f"A conversion ended without effect {at}: nothing is due before {in_words(floor)} ({after} later)."
        ),
        EntryKind.FOLLOW_UP_VOIDED: f"A follow-up was voided {at}: nothing is due before {until}.",
        EntryKind.REBASED: f"Computed anew {at} for {entry.cause}"
        + (f": nothing is due before {until}." if until else "."),
        EntryKind.SUSPENDED: f"The policy was disabled {at}: nothing is due until it is enabled again.",
        EntryKind.RESUMED: f"The policy was enabled again {at}: nothing is due before {in_words(floor)}.",
        EntryKind.EXEMPTED: f"The holder owns an open opportunity on the matched account, known {at}: nothing is due.",
        EntryKind.EXEMPTION_ENDED: (
            f"No open opportunity on the matched account is the holder's any more, known {at}: nothing is due before "
            f"{in_words(floor)} ({after} later)."
        ),
        EntryKind.UNWARNED: f"Due and never warned through an outage of ours, noticed {at}: postponed once to {until}.",
    }[entry.kind]


def _follow_up(
    policy: Policy,
    entry: Entry,
    because: Sequence[Because],
    protected_until: datetime,
    maximum_at: datetime,
    attempts: int,
) -> str:
    at, until = in_words(entry.at), in_words(protected_until)
    verdict = because[-1]
    extension = policy.attempt_extension if verdict is Because.ATTEMPT_EXTENDED else policy.extension
    limit = "the maximum" if protected_until == maximum_at else f"{extension} after receipt"
    moved = {
        Because.EXTENDED: f"Follow-up received {at}: protected until {until} ({limit}).",
        Because.ATTEMPT_EXTENDED: (
            f"Attempt {attempts} of {policy.attempts_counted} received {at}: protected until {until} ({limit})."
        ),
        Because.NOT_LATER: f"Follow-up received {at}: protection lasts longer already, until {until}.",
        Because.AT_MAXIMUM: f"Follow-up received {at}: the maximum is reached, it extends nothing.",
        Because.ATTEMPTS_EXHAUSTED: f"Attempt received {at}: all {policy.attempts_counted} that count are used up.",
        Because.ATTEMPT_TOO_SOON: (
            f"Attempt received {at}: within {policy.attempt_interval} after the last one, it extends nothing."
        ),
        Because.SYSTEM: f"A machine's message of {at} never counts.",
        Because.VOIDED: f"Follow-up received {at}: voided by a manager, it counts no more.",
    }[verdict]
    if Because.FIRST_RESPONSE_MET in because:
        first = f"First response received {at}."
        return first if verdict in {Because.NOT_LATER, Because.AT_MAXIMUM} else f"{first} {moved}"
    return moved
