"""Holdings as the rules see them: policies, and follow-ups received one after another."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from services.routing.holdings.entries import Entry, EntryKind
from services.routing.holdings.follow_ups import ATTEMPTS, Because, Direction, Outcome
from services.routing.holdings.schedule import Schedule, compute_schedule, weigh
from services.routing.policy import AfterPercent, BeforeDeadline, Period, Policy

START = datetime(2026, 3, 25, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Received:
    """A follow-up, so long after the start of the holding."""

    after: timedelta
    outcome: Outcome = Outcome.CONNECTED
    direction: Direction = Direction.OUTBOUND


@dataclass(frozen=True)
class Released:
    """A conversion that ended without effect."""

    after: timedelta


@dataclass(frozen=True)
class Changed:
    """Something else: a lock (for so long), an exemption, a suspension, or the end of one."""

    after: timedelta
    kind: EntryKind
    lasts: timedelta = timedelta(0)


def follow(policy: Policy, course: Iterable[Received | Released | Changed], start: datetime = START) -> Schedule:
    """The schedule after everything that happened, in order, as the store arrives at it."""
    schedule = compute_schedule(policy, "standard@1", start)
    for happened in course:
        if isinstance(happened, Released):
            released = Entry(EntryKind.CONVERSION_RELEASED, start + happened.after)
            schedule = compute_schedule(policy, "standard@1", start, (*schedule.entries, released))
        elif isinstance(happened, Changed):
            at = start + happened.after
            changed = Entry(happened.kind, at, until=at + happened.lasts if happened.lasts else None)
            schedule = compute_schedule(policy, "standard@1", start, (*schedule.entries, changed))
        else:
            schedule, _ = receive(policy, schedule, happened)
    return schedule


def receive(policy: Policy, schedule: Schedule, received: Received) -> tuple[Schedule, tuple[Because, ...]]:
    """The schedule after one more follow-up, and why it counted or did not."""
    at = schedule.started_at + received.after
    entry = Entry(EntryKind.FOLLOW_UP, at, outcome=received.outcome, direction=received.direction)
    return weigh(policy, schedule, entry)


def periods(most: timedelta = timedelta(days=40)) -> st.SearchStrategy[Period]:
    return st.timedeltas(timedelta(seconds=1), most).map(Period)


def instants() -> st.SearchStrategy[timedelta]:
    """Instants, as the time since the start of a holding."""
    return st.timedeltas(timedelta(0), timedelta(days=45))


reminders = st.one_of(st.integers(1, 99).map(AfterPercent), periods().map(BeforeDeadline))

policies = st.builds(
    Policy,
    first_response=periods(),
    protection=periods(),
    extension=periods(),
    attempt_extension=periods(),
    attempts_counted=st.integers(0, 5),
    attempt_interval=periods(most=timedelta(days=2)),
    maximum=periods(),
    reminders=st.lists(reminders, max_size=8).map(tuple),
    claim_cooldown=periods(),
    notice_floor=periods(most=timedelta(days=3)),
)


@st.composite
def received(draw: st.DrawFn) -> Received:
    direction = draw(st.sampled_from(Direction))
    outcomes = [o for o in Outcome if direction is Direction.OUTBOUND or o not in ATTEMPTS]
    return Received(draw(instants()), draw(st.sampled_from(outcomes)), direction)


follow_ups = st.lists(received(), max_size=12).map(lambda course: sorted(course, key=lambda each: each.after))
courses = st.lists(st.one_of(received(), instants().map(Released)), max_size=12).map(
    lambda course: sorted(course, key=lambda each: each.after)
)


# What follows each of them, so that none begins twice or ends before it began.
TURNS = {
    EntryKind.EXEMPTED: EntryKind.EXEMPTION_ENDED,
    EntryKind.SUSPENDED: EntryKind.RESUMED,
    EntryKind.LOCKED: EntryKind.UNLOCKED,
}


@st.composite
def everything(draw: st.DrawFn) -> list[Received | Released | Changed]:
    """A course with locks, exemptions and suspensions, each begun and ended in turn."""
    course: list[Received | Released | Changed] = list(draw(courses))
    for begins, ends in TURNS.items():
        for number, after in enumerate(sorted(draw(st.lists(instants(), max_size=4)))):
            lasts = (
                draw(st.timedeltas(timedelta(seconds=1), timedelta(days=30))) if begins is EntryKind.LOCKED else None
            )
            kind = ends if number % 2 else begins
            course.append(Changed(after, kind, lasts if lasts and kind is begins else timedelta(0)))
    return sorted(course, key=lambda each: each.after)
