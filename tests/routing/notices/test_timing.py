"""When a notice may go: quiet hours over midnight and over changes of the clocks, digests, waits after attempts."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.routing.notices.contact import Preferences, QuietHours
from services.routing.notices.notice import NoticeKind
from services.routing.notices.timing import (
    LONGEST_WAIT,
    MOST_ATTEMPTS,
    is_urgent,
    may_go_at,
    quiet_until,
    wait_after,
)

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NIGHT = QuietHours(time(22), time(8))
SHANGHAI = ZoneInfo("Asia/Shanghai")
ZONES = ("Asia/Shanghai", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/Santiago")

walls = st.integers(0, 24 * 60 - 1).map(lambda minute: time(minute // 60, minute % 60))
instants = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(  # noqa: DTZ001  # made UTC on the next line
    lambda at: at.replace(second=0, microsecond=0, tzinfo=UTC)
)


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2026-11-23T21:59", None),
        ("2026-11-23T22:00", "2026-11-24T08:00"),
        ("2026-11-23T23:59", "2026-11-24T08:00"),
        ("2026-11-24T00:00", "2026-11-24T08:00"),
        ("2026-11-24T07:59", "2026-11-24T08:00"),
        ("2026-11-24T08:00", None),
    ],
)
def test_a_night_goes_over_midnight(now: str, end: str | None) -> None:
    assert quiet_until(at(now), NIGHT, SHANGHAI) == (end and at(end))


def test_a_night_in_which_the_clocks_change_ends_by_the_clock_on_the_wall() -> None:
    berlin = ZoneInfo("Europe/Berlin")

    assert quiet_until(at("2026-03-28T23:00", berlin), NIGHT, berlin) == at("2026-03-29T08:00", berlin)
    assert at("2026-03-29T08:00", berlin) - at("2026-03-28T23:00", berlin) == 8 * HOUR
    assert at("2026-10-25T08:00", berlin) - at("2026-10-24T23:00", berlin) == 10 * HOUR
    assert quiet_until(at("2026-10-24T23:00", berlin), NIGHT, berlin) == at("2026-10-25T08:00", berlin)


def test_an_end_that_the_clocks_skip_or_repeat_comes_once() -> None:
    berlin, half_past_two = ZoneInfo("Europe/Berlin"), QuietHours(time(22), time(2, 30))

    assert quiet_until(at("2026-03-28T23:00", berlin), half_past_two, berlin) == at("2026-03-29T03:30", berlin)
    assert quiet_until(at("2026-10-24T23:00", berlin), half_past_two, berlin) == datetime(
        2026, 10, 25, 1, 30, tzinfo=UTC
    )


@given(instants, walls, walls, st.sampled_from(ZONES))
def test_nobody_is_woken_early_and_nobody_waits_longer_than_the_clocks_were_moved(
    now: datetime, start: time, end: time, name: str
) -> None:
    """Held against a look at the wall in every minute."""
    zone = ZoneInfo(name)
    free = (start.hour - end.hour) * 60 + start.minute - end.minute
    assume(free % (24 * 60) >= 120)

    def is_quiet(minute: datetime) -> bool:
        wall = minute.astimezone(zone).time()
        return start <= wall < end if start < end else wall >= start or wall < end

    told = quiet_until(now, QuietHours(start, end), zone)

    assert (told is not None) == is_quiet(now)
    if told is not None:
        woken = now
        while is_quiet(woken):
            woken += MINUTE
        assert woken <= told <= woken + HOUR


def test_what_is_urgent_breaks_the_quiet_where_it_may_and_waits_for_no_digest() -> None:
    now = at("2026-11-23T23:00")
    quiet = Preferences(quiet=NIGHT, digest_every=HOUR)
    strict = Preferences(quiet=NIGHT, urgent_breaks_quiet=False)

    assert may_go_at(now, now, quiet, urgent=True) == now
    assert may_go_at(now, now, strict, urgent=True) == at("2026-11-24T08:00")
    assert may_go_at(now, now, quiet, urgent=False) == at("2026-11-24T08:00")


def test_a_digest_goes_at_whole_multiples_of_its_interval() -> None:
    hourly = Preferences(digest_every=HOUR)
    written = at("2026-11-23T10:20")

    assert may_go_at(written, written, hourly, urgent=False) == at("2026-11-23T11:00")
    assert may_go_at(written, at("2026-11-23T11:00"), hourly, urgent=False) == at("2026-11-23T11:00")


def test_urgent_is_what_has_happened_or_is_due_within_four_hours() -> None:
    now = at("2026-11-23T10:00")

    assert is_urgent(NoticeKind.RECALLED, now, now - DAY)
    assert is_urgent(NoticeKind.REMINDER, now, now + 2 * HOUR)
    assert not is_urgent(NoticeKind.REMINDER, now, now + DAY)
    assert not is_urgent(NoticeKind.REENQUIRY, now, None)


def test_waits_grow_are_spread_and_end_within_about_a_day() -> None:
    longest = [wait_after(attempt, jitter=0) for attempt in range(1, MOST_ATTEMPTS)]
    spread = [wait_after(attempt, jitter=1) for attempt in range(1, MOST_ATTEMPTS)]

    assert longest == sorted(filter(None, longest))
    assert longest[-1] == LONGEST_WAIT
    assert 22 * HOUR < sum(filter(None, longest), timedelta()) < 24 * HOUR
    assert spread == [wait / 2 for wait in filter(None, longest)]
    assert wait_after(MOST_ATTEMPTS, jitter=0) is None


def test_a_provider_may_ask_for_a_longer_wait_but_not_for_ever() -> None:
    assert wait_after(1, jitter=0, asked=HOUR) == HOUR
    assert wait_after(1, jitter=0, asked=DAY) == LONGEST_WAIT
    assert wait_after(7, jitter=0, asked=MINUTE) == timedelta(seconds=7_290)
