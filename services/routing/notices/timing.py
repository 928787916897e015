"""When a notice may go to somebody, and when it is tried again."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.routing.notices.contact import Preferences, QuietHours
from services.routing.notices.notice import NoticeKind

# What somebody would be sorry to hear of in the morning.
URGENT = frozenset({NoticeKind.RECALLED, NoticeKind.RECLAIMED})
URGENT_WITHIN = timedelta(hours=4)

# With these waits, each three times the one before, the last attempt comes within a day of the first.
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=10), timedelta(hours=4)
MOST_ATTEMPTS = 13


def is_urgent(kind: NoticeKind, created_at: datetime, due_at: datetime | None) -> bool:
    """It has happened to a lead of theirs, or something must be done within four hours."""
    return kind in URGENT or (due_at is not None and due_at - created_at <= URGENT_WITHIN)


def may_go_at(created_at: datetime, now: datetime, preferences: Preferences, *, urgent: bool) -> datetime:
    """Not before this instant; `now` or earlier when it may go. What is urgent waits for no digest."""
    at = now
    if preferences.digest_every and not urgent:
        at = max(at, _next_digest(created_at, preferences.digest_every))
    if preferences.quiet and not (urgent and preferences.urgent_breaks_quiet):
        at = quiet_until(at, preferences.quiet, ZoneInfo(preferences.zone)) or at
    return at


def _next_digest(created_at: datetime, every: timedelta) -> datetime:
    """Digests go at whole multiples of their interval, so that what was written between two goes together."""
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return epoch - (epoch - created_at) // every * every


def quiet_until(at: datetime, quiet: QuietHours, zone: ZoneInfo) -> datetime | None:
    """The end of the quiet hours that an instant lies in; None outside of them.

    An end that a change of the clocks repeats is the second of the two; one that it skips comes as much later.
    """
    local = at.astimezone(zone)
    wall = local.time()
    over_midnight = quiet.start > quiet.end
    if over_midnight and wall >= quiet.start:
        return _instant(local.date() + timedelta(days=1), quiet.end, zone)
    if wall < quiet.end and (over_midnight or wall >= quiet.start):
        return _instant(local.date(), quiet.end, zone)
    return None


def _instant(day: date, wall: time, zone: ZoneInfo) -> datetime:
    both = (datetime.combine(day, wall.replace(fold=fold), zone).astimezone(UTC) for fold in (0, 1))
    return max(both)


def wait_after(attempts: int, *, jitter: float, asked: timedelta | None = None) -> timedelta | None:
    """How long after its nth attempt a delivery is tried again; None: it has failed.

    `jitter` from 0 to 1 takes up to half of the wait away. A provider may ask for a longer wait, up to the longest.
    """
    if attempts >= MOST_ATTEMPTS:
        return None
    wait: timedelta = min(FIRST_WAIT * 3 ** (attempts - 1), LONGEST_WAIT) * (1 - jitter / 2)
    return max(wait, min(asked or timedelta(0), LONGEST_WAIT))
