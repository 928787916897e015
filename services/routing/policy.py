"""Follow-up policies: how long a holding lasts, what extends it, when its holder is reminded.

A policy is versioned data: publishing adds a version, and a holding keeps the one that it began with unless the
publisher says otherwise. What is stored names every field, so that a later change of a default changes no version
that was published before.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from services.routing.calendars.working_time import WorkingTime
from services.shared.refusals import InvalidInput


@dataclass(frozen=True)
class Period:
    """A length of time, counted in exactly one of three ways.

    `elapsed` as the calendar goes, `working_time` in the open time of the policy's calendar, `working_days` in its
    working days: the same share of the day, so many working days on. All three stand still while the rep is on
    leave, and `elapsed` while a policy's calendar is closed for more than 3 days.
    """

    elapsed: timedelta | None = None
    working_time: timedelta | None = None
    working_days: int | None = None

    def after(self, instant: datetime, time: WorkingTime) -> datetime:
        """The first instant at which so much has passed."""
        if self.elapsed is not None:
            return time.elapsed_after(instant, self.elapsed)
        if self.working_time is not None:
            return time.working_time_after(instant, self.working_time)
        return time.working_days_after(instant, self.working_days or 0)

    def before(self, instant: datetime, time: WorkingTime) -> datetime:
        """The last instant from which on so much passes until this one."""
        if self.elapsed is not None:
            return time.elapsed_before(instant, self.elapsed)
        if self.working_time is not None:
            return time.working_time_before(instant, self.working_time)
        return time.working_days_before(instant, self.working_days or 0)

    @property
    def needs_calendar(self) -> bool:
        return self.elapsed is None

    def longer_than(self, other: "Period") -> bool:
        """Surely longer: what is counted in different ways cannot be compared without a start."""
        if self.elapsed is not None and other.elapsed is not None:
            return self.elapsed > other.elapsed
        if self.working_time is not None and other.working_time is not None:
            return self.working_time > other.working_time
        if self.working_days is not None and other.working_days is not None:
            return self.working_days > other.working_days
        return False

    def __str__(self) -> str:
        """As people read it: `10d`, `2h`, `1d12h`, `1.5s`, `2h of working time`, `10 working days`."""
        if self.elapsed is not None:
            return _length(self.elapsed)
        if self.working_time is not None:
            return f"{_length(self.working_time)} of working time"
        return "1 working day" if self.working_days == 1 else f"{self.working_days} working days"


def _length(length: timedelta) -> str:
    minutes, seconds = divmod(length.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    exact_seconds = f"{seconds + length.microseconds / 1_000_000:g}"
    parts = ((str(length.days), "d"), (str(hours), "h"), (str(minutes), "m"), (exact_seconds, "s"))
    return "".join(amount + unit for amount, unit in parts if amount != "0") or "0s"


@dataclass(frozen=True)
class AfterPercent:
    """A reminder when this much of the time before a deadline is over."""

    percent: int

    @property
    def step(self) -> str:
        return f"{self.percent}%"

    def at(self, start: datetime, deadline: datetime, time: WorkingTime) -> datetime:
        return time.share_after(start, deadline, self.percent)


@dataclass(frozen=True)
class BeforeDeadline:
    """A reminder this long before a deadline."""

    before: Period

    @property
    def step(self) -> str:
        return f"{self.before} before"

    def at(self, start: datetime, deadline: datetime, time: WorkingTime) -> datetime:  # noqa: ARG002  # one question
        return self.before.before(deadline, time)


Reminder = AfterPercent | BeforeDeadline


class Unwarned(StrEnum):
    """What becomes of a holding that is due and whose last reminder was never written, through an outage of ours."""

    # It is written now, and the holding is due a notice floor later; once.
    POSTPONE = "POSTPONE"
    # It is recalled all the same.
    RECALL = "RECALL"


@dataclass(frozen=True)
class Policy:
    """The deadlines of a holding; the defaults are those of the contract (roster.proto)."""

    first_response: Period = Period(timedelta(hours=2))
    protection: Period = Period(timedelta(days=10))
    extension: Period = Period(timedelta(days=3))
    attempt_extension: Period = Period(timedelta(days=1))
    attempts_counted: int = 3
    attempt_interval: Period = Period(timedelta(hours=4))
    maximum: Period = Period(timedelta(days=30))
    reminders: tuple[Reminder, ...] = (
        AfterPercent(50),
        BeforeDeadline(Period(timedelta(days=1))),
        BeforeDeadline(Period(timedelta(hours=2))),
    )
    claim_cooldown: Period = Period(timedelta(days=7))
    notice_floor: Period = Period(timedelta(days=1))
    # Code of the calendar whose newest version counts; none: time passes as it elapses.
    calendar: str = ""
    unwarned: Unwarned = Unwarned.POSTPONE
    lock_longest: Period = Period(timedelta(days=30))
    locks_per_rep: int = 5
    extensions_granted: int = 2
    leave_longest: Period = Period(timedelta(days=7))
    # The managers of the rep's team are told of the last reminder and of the recall too.
    manager_copies: bool = False

    def to_body(self) -> dict[str, Any]:
        """What is stored of it: every field."""
        body: dict[str, Any] = {name: _period_body(getattr(self, name)) for name in PERIODS}
        body |= {name: getattr(self, name) for name in PLAIN}
        body["reminders"] = [_reminder_body(reminder) for reminder in self.reminders]
        return body

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> "Policy":
        """The stored one. A field that is not there takes its default: the first version is an empty body."""
        fields: dict[str, Any] = {name: _period(body[name]) for name in PERIODS if name in body}
        fields |= {name: body[name] for name in PLAIN if name in body}
        if "reminders" in body:
            fields["reminders"] = tuple(_reminder(stored) for stored in body["reminders"])
        if "unwarned" in body:
            fields["unwarned"] = Unwarned(body["unwarned"])
        return cls(**fields)

    @property
    def counts_working_time(self) -> bool:
        """Some deadline of it is counted in the open time of its calendar."""
        return any(getattr(self, name).needs_calendar for name in WITHIN_THE_MAXIMUM) or self.maximum.needs_calendar

    @property
    def cooldown(self) -> timedelta:
        """The claim cooldown: as it elapses, for no calendar is asked when somebody claims (check_policy)."""
        return self.claim_cooldown.elapsed or timedelta(0)


PERIODS = (
    "first_response",
    "protection",
    "extension",
    "attempt_extension",
    "attempt_interval",
    "maximum",
    "claim_cooldown",
    "notice_floor",
    "lock_longest",
    "leave_longest",
)
PLAIN = ("attempts_counted", "calendar", "unwarned", "locks_per_rep", "extensions_granted", "manager_copies")
# No deadline can be later than the maximum: a period that promises more would never be kept.
WITHIN_THE_MAXIMUM = ("first_response", "protection", "extension", "attempt_extension")
# Counted as they elapse: they are asked where no calendar is at hand.
ALWAYS_ELAPSED = ("claim_cooldown", "lock_longest", "leave_longest")


def check_policy(policy: Policy) -> None:
    """Refuse a policy that cannot be kept, naming the field."""
    for name in ALWAYS_ELAPSED:
        if getattr(policy, name).needs_calendar:
            raise InvalidInput(f"policy.{name}", f"{name} is counted as it elapses: give it as `elapsed`.")
    for name in WITHIN_THE_MAXIMUM:
        period: Period = getattr(policy, name)
        if period.longer_than(policy.maximum):
            raise InvalidInput(
                f"policy.{name}",
                f"{name} is {period}, longer than the maximum of {policy.maximum}: shorten it or raise the maximum.",
            )
    if policy.calendar:
        return
    reminders = [
        (f"reminders[{index}].before", reminder.before)
        for index, reminder in enumerate(policy.reminders)
        if isinstance(reminder, BeforeDeadline)
    ]
    for name, period in [*((name, getattr(policy, name)) for name in PERIODS), *reminders]:
        if period.needs_calendar:
            raise InvalidInput(
                f"policy.{name}",
                f"{name} is {period}, and the policy names no calendar: set `calendar`, or give it as `elapsed`.",
            )


def version_text(code: str, version: int) -> str:
    """How people and the ledger name a version, such as `standard@2`."""
    return f"{code}@{version}"


def _period_body(period: Period) -> dict[str, Any]:
    if period.elapsed is not None:
        return {"elapsed_seconds": period.elapsed.total_seconds()}
    if period.working_time is not None:
        return {"working_seconds": period.working_time.total_seconds()}
    return {"working_days": period.working_days}


def _period(stored: Mapping[str, Any]) -> Period:
    if "elapsed_seconds" in stored:
        return Period(elapsed=timedelta(seconds=stored["elapsed_seconds"]))
    if "working_seconds" in stored:
        return Period(working_time=timedelta(seconds=stored["working_seconds"]))
    return Period(working_days=stored["working_days"])


def _reminder_body(reminder: Reminder) -> dict[str, Any]:
    if isinstance(reminder, AfterPercent):
        return {"percent": reminder.percent}
    return {"before": _period_body(reminder.before)}


def _reminder(stored: Mapping[str, Any]) -> Reminder:
    if "percent" in stored:
        return AfterPercent(stored["percent"])
    return BeforeDeadline(_period(stored["before"]))
