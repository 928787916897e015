"""Live deadlines computed anew: what a new policy version, a corrected calendar or a leave makes of a holding.

Everything is computed from the original start and all that happened (schedule.py), never from the old deadline. What
becomes earlier leaves a notice floor, unless the publisher of a policy wants it otherwise.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from services.routing.holdings.entries import Entry, EntryKind
from services.routing.holdings.holding import Holding
from services.routing.holdings.schedule import Schedule, compute_schedule, floor_of
from services.routing.policy import Policy, version_text


class Live(StrEnum):
    """What a new version of a policy means for holdings that are open."""

    GRANDFATHER = "GRANDFATHER"
    REBASE = "REBASE"
    REBASE_WITH_FLOOR = "REBASE_WITH_FLOOR"


@dataclass(frozen=True)
class NewTerms:
    """The version that holdings go over to."""

    version: int
    policy: Policy


def switched(holding: Holding, *, suspend: bool, now: datetime) -> Schedule:
    """The same where its policy was disabled, or enabled again: the original start and all that happened count on."""
    before = holding.schedule
    if before.suspended == suspend:
        return before
    entry = Entry(EntryKind.SUSPENDED if suspend else EntryKind.RESUMED, now)
    entries = (*before.entries, entry)
    return compute_schedule(holding.policy, holding.policy_text, holding.started_at, entries, holding.time)


def rebased(holding: Holding, terms: NewTerms | None, *, cause: str, with_floor: bool, now: datetime) -> Schedule:
    """The holding's schedule from now on; the same as before where nothing changes."""
    policy = terms.policy if terms else holding.policy
    version = version_text(holding.policy_code, terms.version) if terms else holding.policy_text
    before = holding.schedule
    anew = compute_schedule(policy, version, holding.started_at, before.entries, holding.time)
    # All that its people read of it, but for the version of a calendar that says the same.
    if terms is None and replace(anew, calendar_version=before.calendar_version) == before:
        return before
    floor = floor_of(policy.notice_floor, before, now, holding.time) if with_floor else None
    entry = Entry(EntryKind.REBASED, now, until=floor if floor and anew.due_at < floor else None, cause=cause)
    return compute_schedule(policy, version, holding.started_at, (*before.entries, entry), holding.time)
