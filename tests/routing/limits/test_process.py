"""In the process that is shipped, what ends by itself ends by itself."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from grpc_health.v1 import health_pb2_grpc

from clew.routing.v1 import limits_pb2 as pb
from clew.routing.v1 import roster_pb2
from clew.routing.v1.limits_pb2_grpc import LimitServiceStub
from clew.routing.v1.roster_pb2_grpc import RosterServiceStub
from cli.stack.ports import free_ports
from services.shared import clock, database
from services.shared.channels import open_channel
from services.shared.database import make_engine
from tests.examples import as_manager
from tests.routing.office import fresh
from tests.routing.test_process import serving, settings, started

DAY = timedelta(days=1)


async def test_an_override_ends_and_a_season_begins_without_anybody_asking(fresh_database: str) -> None:
    [port] = free_ports(1)
    address, engine = f"127.0.0.1:{port}", make_engine(fresh_database)
    async with (
        started({**settings(fresh_database, address), "CLEW_TEST_CLOCK": "1"}),
        open_channel(address) as channel,
    ):
        await serving(health_pb2_grpc.HealthStub(channel))
        roster, limits = RosterServiceStub(channel), LimitServiceStub(channel)
        await roster.CreateTeam(
            roster_pb2.CreateTeamRequest(request_id=fresh(), code="east", name="华东一组", holding_limit=50),
            metadata=as_manager(),
        )
        await roster.CreateRep(
            roster_pb2.CreateRepRequest(request_id=fresh(), code="L007", display_name="李雷", team_code="east"),
            metadata=as_manager(),
        )
        async with engine.connect() as db:
            now = await database.now(db)
        tomorrow = str(now.date() + DAY)
        season = pb.Season(first_day=tomorrow, last_day=tomorrow)
        await limits.PublishLimits(
            pb.PublishLimitsRequest(
                request_id=fresh(), time_zone="UTC", lines=[pb.LimitLine(grade="A", limit=5, season=season)]
            ),
            metadata=as_manager(),
        )
        await limits.OverrideLimit(
            pb.OverrideLimitRequest(
                request_id=fresh(),
                rep_code="L007",
                scope=roster_pb2.LIMIT_SCOPE_REP,
                limit=80,
                until=now + timedelta(hours=1),
                reason="CAMPAIGN",
            ),
            metadata=as_manager(),
        )

        async def standing() -> list[tuple[str, int]]:
            listed = await limits.ListLimits(pb.ListLimitsRequest(), metadata=as_manager())
            return [(one.key, one.limit) for one in listed.limits]

        assert await standing() == [("", 80)]
        await clock.move(engine, DAY)

        await until(standing, [("A", 5), ("", 50)])
    await engine.dispose()


async def until(ask: Callable[[], Awaitable[object]], wanted: object) -> None:
    """Ask again until that is the answer."""
    for _ in range(600):
        if await ask() == wanted:
            return
        await asyncio.sleep(0.05)
    assert await ask() == wanted
