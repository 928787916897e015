"""Follow-up policies: how long a holding lasts, what extends it, when its holder is reminded.

A policy is versioned data: publishing adds a version, and a holding keeps the one that it began with. What is
stored names every field, so that a later change of a default changes no version that was published before.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.shared.refusals import InvalidInput


@dataclass(frozen=True)
class Period:
    """A length of time, counted as it elapses on the calendar."""

    elapsed: timedelta

    def after(self, instant: datetime) -> datetime:
        return instant + self.elapsed

    def before(self, instant: datetime) -> datetime:
        return instant - self.elapsed

    def __str__(self) -> str:
        """As people read it: `10d`, `2h`, `1d12h`, `1.5s`."""
        minutes, seconds = divmod(self.elapsed.seconds, 60)
        hours, minutes = divmod(minutes, 60)
        exact_seconds = f"{seconds + self.elapsed.microseconds / 1_000_000:g}"
        parts = ((str(self.elapsed.days), "d"), (str(hours), "h"), (str(minutes), "m"), (exact_seconds, "s"))
        return "".join(amount + unit for amount, unit in parts if amount != "0") or "0s"


@dataclass(frozen=True)
class AfterPercent:
    """A reminder when this much of the time before a deadline is over."""

    percent: int

    @property
    def step(self) -> str:
        return f"{self.percent}%"

    def at(self, start: datetime, deadline: datetime) -> datetime:
        return start + (deadline - start) * self.percent / 100


@dataclass(frozen=True)
class BeforeDeadline:
    """A reminder this long before a deadline."""

    before: Period

    @property
    def step(self) -> str:
        return f"{self.before} before"

    def at(self, start: datetime, deadline: datetime) -> datetime:  # noqa: ARG002  # the same question to both kinds
        return self.before.before(deadline)


Reminder = AfterPercent | BeforeDeadline


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

    def to_body(self) -> dict[str, Any]:
        """What is stored of it: every field, periods in seconds."""
        body: dict[str, Any] = {name: _period_body(getattr(self, name)) for name in PERIODS}
        body["attempts_counted"] = self.attempts_counted
        body["reminders"] = [_reminder_body(reminder) for reminder in self.reminders]
        return body

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> "Policy":
        """The stored one. A field that is not there takes its default: the first version is an empty body."""
        fields: dict[str, Any] = {name: _period(body[name]) for name in PERIODS if name in body}
        if "attempts_counted" in body:
            fields["attempts_counted"] = body["attempts_counted"]
        if "reminders" in body:
            fields["reminders"] = tuple(_reminder(stored) for stored in body["reminders"])
        return cls(**fields)


PERIODS = (
    "first_response",
    "protection",
    "extension",
    "attempt_extension",
    "attempt_interval",
    "maximum",
    "claim_cooldown",
    "notice_floor",
)
# No deadline can be later than the maximum: a period that promises more would never be kept.
WITHIN_THE_MAXIMUM = ("first_response", "protection", "extension", "attempt_extension")


def check_policy(policy: Policy) -> None:
    """Refuse a policy that cannot be kept, naming the field."""
    for name in WITHIN_THE_MAXIMUM:
        period: Period = getattr(policy, name)
        if period.elapsed > policy.maximum.elapsed:
            raise InvalidInput(
                f"policy.{name}",
                f"{name} is {period}, longer than the maximum of {policy.maximum}: shorten it or raise the maximum.",
            )


def version_text(code: str, version: int) -> str:
    """How people and the ledger name a version, such as `standard@2`."""
    return f"{code}@{version}"


def _period_body(period: Period) -> dict[str, Any]:
    return {"elapsed_seconds": period.elapsed.total_seconds()}


def _period(stored: Mapping[str, Any]) -> Period:
    return Period(timedelta(seconds=stored["elapsed_seconds"]))


def _reminder_body(reminder: Reminder) -> dict[str, Any]:
    if isinstance(reminder, AfterPercent):
        return {"percent": reminder.percent}
    return {"before": _period_body(reminder.before)}


def _reminder(stored: Mapping[str, Any]) -> Reminder:
    if "percent" in stored:
        return AfterPercent(stored["percent"])
    return BeforeDeadline(_period(stored["before"]))
