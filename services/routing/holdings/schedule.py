"""A holding's deadlines. This one function computes what is shown and what is enforced.

Three clocks run from the start of a holding:

- the first response: an attempt to reach the lead must be received before `first_response_due_at`;
- protection: lasts until `protected_until`, and each follow-up that counts may make it last longer;
- the maximum: over `maximum_at` no follow-up goes, only an exemption, a granted extension or a notice floor.

The earliest that applies is `due_at`: at that instant the lead is recalled. From the policy, the start, the working
time and what happened (entries.py) everything follows, so computing it again gives the same, and computing it with a
corrected calendar, an approved leave or another policy version gives what would have been.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from services.routing.calendars.working_time import Stop, WorkingTime
from services.routing.holdings.entries import Entry, EntryKind
from services.routing.holdings.explaining import beginning_in_words, entry_in_words
from services.routing.holdings.follow_ups import ATTEMPTS, MOVING, Because, Direction, Outcome
from services.routing.policy import Period, Policy

AS_IT_ELAPSES = WorkingTime(None)
# Of a holding of which nothing is due: any instant that nobody lives to see.
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
# A run that wakes early looks again and sleeps on: nobody wants timers of thousands of years.
LONGEST_SLEEP = timedelta(days=30)


class DueCause(StrEnum):
    """Which clock a deadline is of."""

    FIRST_RESPONSE = "FIRST_RESPONSE"
    PROTECTION = "PROTECTION"
    MAXIMUM = "MAXIMUM"


DUE_IN_WORDS: Mapping[DueCause, str] = {
    DueCause.FIRST_RESPONSE: "first response is due",
    DueCause.PROTECTION: "protection ends",
    DueCause.MAXIMUM: "the longest time of a holding ends",
}


@dataclass(frozen=True)
class ReminderTime:
    """A reminder of the present deadline."""

    step: str
    at: datetime


@dataclass(frozen=True)
class Told:
    """An entry, what became of it, and the same in words."""

    entry: Entry
    # Of a follow-up: why it counted, or why not.
    because: tuple[Because, ...]
    words: str


@dataclass(frozen=True)
class Schedule:
    """The deadlines of a holding and where they come from."""

    policy_version: str
    # Such as `cn@3`; empty where time passes as it elapses.
    calendar_version: str
    started_at: datetime
    told: tuple[Told, ...]
    first_response_due_at: datetime
    first_responded_at: datetime | None
    protected_until: datetime
    maximum_at: datetime
    # Nothing is due before: the end of a lock.
    locked_until: datetime | None
    due_at: datetime
    due_cause: DueCause
    # Ascending, between the last entry and the deadline: what would be late is dropped.
    reminders: tuple[ReminderTime, ...]
    attempts_counted: int
    # Closed time that the deadline was carried over: holidays, leave.
    passed_over: tuple[Stop, ...]
    # Years whose holidays were not published when this was computed: it may still move.
    provisional_years: tuple[int, ...]
    because: tuple[str, ...]

    @property
    def wake_at(self) -> datetime:
        """The first instant at which anything happens."""
        return self.reminders[0].at if self.reminders else self.due_at

    @property
    def entries(self) -> tuple[Entry, ...]:
        return tuple(told.entry for told in self.told)

    @property
    def nothing_due(self) -> bool:
        """Its policy is disabled, or its holder exempt: it is neither reminded of nor recalled."""
        return self.due_at == NEVER

    @property
    def due_in_text(self) -> str:
        """For an event; empty while nothing is due."""
        return "" if self.nothing_due else self.due_at.isoformat()

    @property
    def suspended(self) -> bool:
        """Its policy is disabled."""
        return self._begun(EntryKind.SUSPENDED, EntryKind.RESUMED)

    @property
    def exempt(self) -> bool:
        """The holder owns an open opportunity on the lead's matched account."""
        return self._begun(EntryKind.EXEMPTED, EntryKind.EXEMPTION_ENDED)

    def _begun(self, begins: EntryKind, ends: EntryKind) -> bool:
        last = next((entry.kind for entry in reversed(self.entries) if entry.kind in (begins, ends)), ends)
        return last is begins

    @property
    def postponed(self) -> bool:
        """It was due and unwarned: that postpones it once, whatever version it goes over to."""
        return any(entry.kind is EntryKind.UNWARNED for entry in self.entries)

    def released(self, conversion_id: str) -> bool:
        """That conversion has ended without effect here."""
        return any(entry.kind is EntryKind.CONVERSION_RELEASED and entry.id == conversion_id for entry in self.entries)


@dataclass(frozen=True)
class Clock:
    """A deadline, and since when it stands there."""

    since: datetime
    until: datetime

    def moved_to(self, until: datetime, at: datetime) -> "Clock":
        """Never earlier: what would be earlier moves nothing."""
        return Clock(at, until) if until > self.until else self


class _Course:
    """The clocks, as one entry after another moves them."""

    def __init__(self, policy: Policy, started_at: datetime, time: WorkingTime) -> None:
        self.policy, self.time = policy, time
        self.maximum_at = policy.maximum.after(started_at, time)
        self.first_response = Clock(started_at, policy.first_response.after(started_at, time))
        self.protection = Clock(started_at, min(policy.protection.after(started_at, time), self.maximum_at))
        self.first_responded_at: datetime | None = None
        self.attempts: list[datetime] = []
        self.lock: Clock | None = None
        # Since when nothing is due: the policy is disabled; the holder is exempt.
        self.suspended_at: datetime | None = None
        self.exempted_at: datetime | None = None

    def take(self, entry: Entry) -> tuple[Because, ...]:
        return self.TAKE[entry.kind](self, entry)

    def follow_up(self, entry: Entry) -> tuple[Because, ...]:
        if entry.voided:
            return (Because.VOIDED,)
        if entry.outcome is Outcome.SYSTEM:
            return (Because.SYSTEM,)
        met = entry.direction is Direction.OUTBOUND and self.first_responded_at is None
        if met:
            self.first_responded_at = entry.at
        verdict = self._extend(entry)
        return (Because.FIRST_RESPONSE_MET, verdict) if met else (verdict,)

    def _extend(self, entry: Entry) -> Because:
        """Only what makes protection last longer counts: an early attempt uses up none of those counted."""
        if self.protection.until >= self.maximum_at:
            return Because.AT_MAXIMUM
        attempt = entry.outcome in ATTEMPTS
        extension = self.policy.attempt_extension if attempt else self.policy.extension
        until = min(extension.after(entry.at, self.time), self.maximum_at)
        if until <= self.protection.until:
            return Because.NOT_LATER
        if attempt:
            if len(self.attempts) >= self.policy.attempts_counted:
                return Because.ATTEMPTS_EXHAUSTED
            if self.attempts and entry.at < self.policy.attempt_interval.after(self.attempts[-1], self.time):
                return Because.ATTEMPT_TOO_SOON
            self.attempts.append(entry.at)
        self.protection = Clock(entry.at, until)
        return Because.ATTEMPT_EXTENDED if attempt else Because.EXTENDED

    def accepted(self, entry: Entry) -> tuple[Because, ...]:
        if self.first_responded_at is not None:
            return ()
        self.first_responded_at = entry.at
        return (Because.FIRST_RESPONSE_MET,)

    def locked(self, entry: Entry) -> tuple[Because, ...]:
        assert entry.until is not None  # noqa: S101  # a lock has an end
        self.lock = Clock(entry.at, entry.until)
        return ()

    def unlocked(self, entry: Entry) -> tuple[Because, ...]:
        if self.lock is not None:
            self.lock = Clock(self.lock.since, min(self.lock.until, entry.at))
        return ()

    def granted(self, entry: Entry) -> tuple[Because, ...]:
        assert entry.until is not None  # noqa: S101  # a granted extension has an end
        self.protection = self.protection.moved_to(entry.until, entry.at)
        return ()

    def released(self, entry: Entry) -> tuple[Because, ...]:
        return self._not_before(self.policy.notice_floor.after(entry.at, self.time), entry.at)

    def suspended(self, entry: Entry) -> tuple[Because, ...]:
        self.suspended_at = entry.at
        return ()

    def resumed(self, entry: Entry) -> tuple[Because, ...]:
        self.suspended_at = None
        return self.released(entry)

    def exempted(self, entry: Entry) -> tuple[Because, ...]:
        self.exempted_at = entry.at
        return ()

    def exemption_ended(self, entry: Entry) -> tuple[Because, ...]:
        self.exempted_at = None
        return self.released(entry)

    def floored(self, entry: Entry) -> tuple[Because, ...]:
        return self._not_before(entry.until, entry.at) if entry.until is not None else ()

    def _not_before(self, until: datetime, at: datetime) -> tuple[Because, ...]:
        if self.first_responded_at is None:
            self.first_response = self.first_response.moved_to(until, at)
        self.protection = self.protection.moved_to(until, at)
        return ()

    def present(self) -> tuple[Clock, DueCause]:
        """The clock that is due first, and which it is."""
        protection, cause = self.protected(), DueCause.PROTECTION
        if (since := self.suspended_at or self.exempted_at) is not None:
            return Clock(since, NEVER), cause
        if protection.until >= self.maximum_at:
            cause = DueCause.MAXIMUM
        if self.first_responded_at is None and self.first_response.until <= protection.until:
            return self.first_response, DueCause.FIRST_RESPONSE
        return protection, cause

    def protected(self) -> Clock:
        """A lock that ends leaves a notice floor, whatever protection said meanwhile."""
        if self.lock is None:
            return self.protection
        return self.protection.moved_to(self.policy.notice_floor.after(self.lock.until, self.time), self.lock.since)

    TAKE: Mapping[EntryKind, Callable[["_Course", Entry], tuple[Because, ...]]] = {
        EntryKind.FOLLOW_UP: follow_up,
        EntryKind.ACCEPTED: accepted,
        EntryKind.LOCKED: locked,
        EntryKind.UNLOCKED: unlocked,
        EntryKind.EXTENSION_GRANTED: granted,
        EntryKind.CONVERSION_RELEASED: released,
        EntryKind.FOLLOW_UP_VOIDED: floored,
        EntryKind.REBASED: floored,
        EntryKind.UNWARNED: floored,
        EntryKind.SUSPENDED: suspended,
        EntryKind.RESUMED: resumed,
        EntryKind.EXEMPTED: exempted,
        EntryKind.EXEMPTION_ENDED: exemption_ended,
    }


def compute_schedule(
    policy: Policy,
    policy_version: str,
    started_at: datetime,
    entries: Sequence[Entry] = (),
    time: WorkingTime = AS_IT_ELAPSES,
) -> Schedule:
    course = _Course(policy, started_at, time)
    told: list[Told] = []
    for entry in entries:
        because = course.take(entry)
        words = entry_in_words(
            policy,
            entry,
            because,
            protected_until=course.protection.until,
            maximum_at=course.maximum_at,
            attempts=len(course.attempts),
            floor=policy.notice_floor.after(entry.at, time),
        )
        told.append(Told(entry, because, words))
    present, due_cause = course.present()
    protected = course.protected()
    return Schedule(
        policy_version=policy_version,
        calendar_version=str(time.calendar) if time.calendar else "",
        started_at=started_at,
        told=tuple(told),
        first_response_due_at=course.first_response.until,
        first_responded_at=course.first_responded_at,
        protected_until=protected.until,
        maximum_at=course.maximum_at,
        locked_until=course.lock.until if course.lock else None,
        due_at=present.until,
        due_cause=due_cause,
        reminders=()
        if present.until == NEVER
        else _reminders(policy, present, entries[-1].at if entries else started_at, time),
        attempts_counted=len(course.attempts),
        passed_over=_passed_over(policy, time, started_at, present.until),
        provisional_years=() if present.until == NEVER else time.provisional_years(started_at, present.until),
        because=(beginning_in_words(policy, policy_version, started_at), *(each.words for each in told if each.words)),
    )


def weigh(
    policy: Policy, schedule: Schedule, entry: Entry, time: WorkingTime = AS_IT_ELAPSES
) -> tuple[Schedule, tuple[Because, ...]]:
    """The schedule after a follow-up that was received now, and why it counted or did not.

    What is received at or after `due_at` is kept and moves nothing, also in the moment before the lead is taken back,
    so that a recall never depends on how busy the sweep was.
    """
    if entry.at >= schedule.due_at:
        return schedule, (Because.AFTER_THE_END,)
    after = compute_schedule(policy, schedule.policy_version, schedule.started_at, (*schedule.entries, entry), time)
    return after, after.told[-1].because


def counted(because: Sequence[Because]) -> bool:
    """It met the first response or moved the deadline."""
    return not MOVING.isdisjoint(because)


def floor_of(period: Period, schedule: Schedule, now: datetime, time: WorkingTime) -> datetime:
    """Until when nothing is due if the deadline becomes earlier now: the notice floor, but no later than it was."""
    return min(schedule.due_at, period.after(now, time))


def _reminders(policy: Policy, present: Clock, set_at: datetime, time: WorkingTime) -> tuple[ReminderTime, ...]:
    """Reminders of the present deadline. Two that fall on one instant are one."""
    by_instant: dict[datetime, ReminderTime] = {}
    for reminder in policy.reminders:
        at = reminder.at(present.since, present.until, time)
        if set_at < at < present.until:
            by_instant.setdefault(at, ReminderTime(reminder.step, at))
    return tuple(by_instant[at] for at in sorted(by_instant))


def _passed_over(policy: Policy, time: WorkingTime, start: datetime, end: datetime) -> tuple[Stop, ...]:
    if time == AS_IT_ELAPSES or end == NEVER:
        return ()
    return time.passed_over(start, end, elapsed=not policy.counts_working_time)
