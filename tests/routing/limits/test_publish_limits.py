"""A table of limits applies to every rep at once, and its seasons come and go by themselves."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from clew.routing.v1 import limits_pb2 as pb
from clew.routing.v1 import roster_pb2
from services.routing.limits.store import change_season
from services.routing.limits.store_setting import end_overrides
from services.shared.callers import Caller, Role, set_caller
from services.shared.sweep import Sweep
from tests.examples import as_manager
from tests.routing.office import Office, Rep, fresh, instant, refused

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
async def no_table(office: Office) -> AsyncIterator[None]:
    yield
    await publish(office)


async def publish(office: Office, *lines: pb.LimitLine, zone: str = "") -> pb.PublishLimitsResponse:
    request = pb.PublishLimitsRequest(request_id=fresh(), lines=lines, time_zone=zone)
    return await office.limits.PublishLimits(request, metadata=as_manager())


async def limits_of(office: Office, rep: Rep) -> dict[tuple[str, str], pb.Limit]:
    listed = await office.limits.ListLimits(
        pb.ListLimitsRequest(rep_code=rep.code, page_size=500), metadata=as_manager()
    )
    return {(roster_pb2.LimitScope.Name(one.scope)[12:], one.key): one for one in listed.limits}


async def sweep(office: Office) -> None:
    set_caller(Caller("routing", Role.SERVICE))
    async with office.engine.connect() as db:
        await Sweep(office.engine, "routing", [end_overrides, change_season]).look(db)


async def today(office: Office) -> date:
    return (await office.now()).astimezone(UTC).date()


def season(first: date, last: date) -> pb.Season:
    return pb.Season(first_day=str(first), last_day=str(last))


async def test_a_table_applies_to_each_rep_as_its_line_for_his_team_says(office: Office) -> None:
    rep, other = await office.a_rep(), await office.a_rep()

    published = await publish(
        office,
        pb.LimitLine(team_code=rep.team_code, limit=7),
        pb.LimitLine(limit=50),
        pb.LimitLine(grade="A", limit=5),
        pb.LimitLine(product="crm", limit=3, team_code=rep.team_code),
    )

    version = f"limits@{published.version}"
    of_the_rep, of_the_other = await limits_of(office, rep), await limits_of(office, other)
    assert {key: one.limit for key, one in of_the_rep.items()} == {
        ("GRADE", "A"): 5,
        ("PRODUCT", "crm"): 3,
        ("REP", ""): 7,
    }
    assert {key: one.limit for key, one in of_the_other.items()} == {("GRADE", "A"): 5, ("REP", ""): 50}
    assert {(one.source, one.table_version) for one in of_the_rep.values()} == {(pb.LIMIT_SOURCE_TABLE, version)}


async def test_the_next_table_takes_the_place_of_the_one_before_and_counts_what_it_changes(office: Office) -> None:
    rep = await office.a_rep(await office.a_team(limit=40))
    first = await publish(office, pb.LimitLine(grade="A", limit=5), pb.LimitLine(team_code=rep.team_code, limit=9))

    again = await publish(office, pb.LimitLine(grade="A", limit=5), pb.LimitLine(team_code=rep.team_code, limit=9))
    without = await publish(office)

    assert first.changed == without.changed > again.changed == 0
    assert [first.version, again.version, without.version] == [first.version + step for step in range(3)]
    [left] = (await limits_of(office, rep)).values()
    assert (left.limit, left.source) == (40, pb.LIMIT_SOURCE_TEAM)


async def test_what_was_set_for_a_rep_outranks_the_table_until_it_is_taken_back(office: Office) -> None:
    rep = await office.a_rep(limit=3)
    await publish(office, pb.LimitLine(limit=50))
    set_for_him = (await limits_of(office, rep))["REP", ""]

    await office.set_limit(rep, 0, unset=True)

    assert (set_for_him.limit, set_for_him.source) == (3, pb.LIMIT_SOURCE_SET)
    assert (await limits_of(office, rep))["REP", ""].limit == 50


async def test_a_rep_who_comes_later_has_the_limits_of_the_table(office: Office) -> None:
    team = await office.a_team()
    await publish(office, pb.LimitLine(team_code=team, limit=8), pb.LimitLine(product="crm", limit=2))

    rep = await office.a_rep(team)

    assert {key: one.limit for key, one in (await limits_of(office, rep)).items()} == {
        ("PRODUCT", "crm"): 2,
        ("REP", ""): 8,
    }


async def test_reps_who_come_while_tables_are_published_have_the_limits_of_the_last_one(office: Office) -> None:
    team = await office.a_team()

    *_, last = await asyncio.gather(
        *(office.a_rep(team) for _ in range(12)),
        *(publish(office, pb.LimitLine(team_code=team, limit=10 + number)) for number in range(4)),
    )

    newest = await office.limits.GetLimitTable(pb.GetLimitTableRequest(), metadata=as_manager())
    rows = await office.run(
        """select l."limit" from routing.holding_limit l join routing.rep using (rep_id)
           join routing.team using (team_id) where team.code = :team""",
        team=team,
    )
    assert isinstance(last, pb.PublishLimitsResponse)
    assert {row.limit for row in rows} == {newest.lines[0].limit}


async def test_a_season_begins_and_ends_by_itself_and_the_ledger_tells(office: Office) -> None:
    rep, day = await office.a_rep(), await today(office)
    published = await publish(
        office, pb.LimitLine(limit=10), pb.LimitLine(limit=99, season=season(day + 2 * DAY, day + 3 * DAY)), zone="UTC"
    )
    begins = datetime(day.year, day.month, day.day, tzinfo=UTC) + 2 * DAY
    assert instant(published.next_change_at) == begins

    seen = [(await limits_of(office, rep))["REP", ""].limit]
    for until in (begins, begins + 2 * DAY):
        await office.pass_time(until - await office.now() - timedelta(seconds=5))
        await sweep(office)
        seen.append((await limits_of(office, rep))["REP", ""].limit)
        await office.pass_time(timedelta(seconds=5))
        await sweep(office)
        seen.append((await limits_of(office, rep))["REP", ""].limit)

    assert seen == [10, 10, 99, 99, 10]
    changes = (await office.limits.ListLimitChanges(pb.ListLimitChangesRequest(), metadata=as_manager())).changes
    of_it = [one for one in changes if one.table_version == f"limits@{published.version}"]
    assert [(one.kind, one.actor_id) for one in of_it] == [
        (pb.LIMIT_CHANGE_KIND_SEASON_CHANGED, "routing"),
        (pb.LIMIT_CHANGE_KIND_SEASON_CHANGED, "routing"),
        (pb.LIMIT_CHANGE_KIND_TABLE_PUBLISHED, "wang"),
    ]
    newest = await office.limits.GetLimitTable(pb.GetLimitTableRequest(), metadata=as_manager())
    assert not newest.HasField("next_change_at")


async def test_seasons_that_began_and_ended_while_the_service_was_away_are_passed_over(office: Office) -> None:
    rep, day = await office.a_rep(), await today(office)
    await publish(
        office, pb.LimitLine(limit=10), pb.LimitLine(limit=99, season=season(day + DAY, day + 2 * DAY)), zone="UTC"
    )

    await office.pass_time(30 * DAY)
    await sweep(office)

    assert (await limits_of(office, rep))["REP", ""].limit == 10


async def test_sweeps_that_look_at_once_change_the_season_once(office: Office) -> None:
    await office.a_rep()
    day = await today(office)
    published = await publish(office, pb.LimitLine(limit=99, season=season(day + DAY, day + 2 * DAY)), zone="UTC")
    await office.pass_time(DAY)

    await asyncio.gather(*(sweep(office) for _ in range(4)))

    [row] = await office.run(
        "select count(*) as n from routing.limit_change where table_version = :version and kind = 'SEASON_CHANGED'",
        version=published.version,
    )
    assert row.n == 1


async def test_a_table_is_shown_as_it_was_published(office: Office) -> None:
    day = await today(office)
    line = pb.LimitLine(grade="B", limit=4, season=season(day, day))
    published = await publish(office, line, zone="Europe/Berlin")
    await publish(office)

    shown = await office.limits.GetLimitTable(pb.GetLimitTableRequest(version=published.version), metadata=as_manager())

    assert (list(shown.lines), shown.time_zone, shown.published_by) == ([line], "Europe/Berlin", "wang")
    assert not shown.HasField("next_change_at")


@pytest.mark.parametrize(
    ("line", "zone", "field"),
    [
        ({"grade": "A", "product": "crm"}, "", "lines[0].product"),
        ({"season": pb.Season(first_day="2026-02-30", last_day="2026-03-01")}, "", "lines[0].season.first_day"),
        ({"season": pb.Season(first_day="2026-03-02", last_day="2026-03-01")}, "", "lines[0].season"),
        ({"grade": "E"}, "", "lines[0].grade"),
        ({"limit": -1}, "", "lines[0].limit"),
        ({}, "Mars/Olympus", "time_zone"),
    ],
)
async def test_a_table_that_cannot_be_meant_is_refused_by_the_field(
    office: Office, line: dict[str, Any], zone: str, field: str
) -> None:
    told = await refused(publish(office, pb.LimitLine(**{"limit": 1, **line}), zone=zone))

    assert [name for name, _ in told.fields] == [field]


async def test_an_unknown_team_or_version_is_not_found(office: Office) -> None:
    unknown = pb.GetLimitTableRequest(version=1_000_000)

    assert (await refused(publish(office, pb.LimitLine(team_code="nowhere", limit=1)))).reason == "NOT_FOUND"
    assert (await refused(office.limits.GetLimitTable(unknown, metadata=as_manager()))).reason == "NOT_FOUND"


async def test_the_statement_that_applies_a_table_passes_nothing_over(office: Office) -> None:
    """Every limit of every rep is what the rule says for him."""
    reps = [await office.a_rep() for _ in range(3)]
    await publish(
        office,
        *(pb.LimitLine(team_code=rep.team_code, limit=10 + number) for number, rep in enumerate(reps)),
        pb.LimitLine(limit=1),
        pb.LimitLine(grade="A", limit=2),
    )

    rows = await office.run(
        """select l.scope, team.code, l.table_limit from routing.rep join routing.team using (team_id)
           left join routing.holding_limit l on l.rep_id = rep.rep_id and l.scope in ('GRADE', 'REP')
             and l.key in ('A', '')"""
    )

    own = {rep.team_code: 10 + number for number, rep in enumerate(reps)}
    expected = {(row.scope, row.code): own.get(row.code, 1) if row.scope == "REP" else 2 for row in rows}
    assert {(row.scope, row.code): row.table_limit for row in rows} == expected
