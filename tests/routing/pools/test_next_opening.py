"""When a pool opens next, as PostgreSQL computes it, against Python's own time zones."""

from datetime import UTC, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from tests.routing.office import Office
from tests.routing.pools.keeping import keep

DAY = timedelta(days=1)


def next_opening(after: datetime, opens_at: time, zone: ZoneInfo) -> datetime:
    today = after.astimezone(zone).date()
    days = (datetime.combine(today + number * DAY, opens_at, zone).astimezone(UTC) for number in range(3))
    return next(opening for opening in days if opening > after)


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"])
@pytest.mark.parametrize("opens_at", ["00:00", "09:30", "23:59"])
async def test_it_is_the_first_one_strictly_after_by_the_clock_of_the_zone(
    office: Office, zone: str, opens_at: str
) -> None:
    pool = await office.a_pool()
    await keep(office, pool, time_zone=zone, opens_at=opens_at)
    random, start = Random(f"{zone} {opens_at}"), datetime(2026, 1, 1, tzinfo=UTC)
    instants = [start + timedelta(seconds=random.randrange(2 * 366 * 86_400)) for _ in range(400)]
    at_openings = [next_opening(instant, time.fromisoformat(opens_at), ZoneInfo(zone)) for instant in instants[:50]]

    rows = await office.run(
        """
        select after, routing.next_opening(pool_id, after) as opening
        from routing.pool, unnest(cast(:instants as timestamptz[])) as after where code = :pool
        """,
        instants=instants + at_openings,
        pool=pool,
    )

    expected = {
        after: next_opening(after, time.fromisoformat(opens_at), ZoneInfo(zone))
        for after in (row.after for row in rows)
    }
    assert {row.after: row.opening for row in rows} == expected


async def test_a_pool_that_is_always_open_has_none(office: Office) -> None:
    [row] = await office.run(
        "select routing.next_opening(pool_id, clew.clew_now()) as opening from routing.pool where code = 'default'"
    )

    assert row.opening is None
