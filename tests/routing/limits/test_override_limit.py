"""A manager lets a rep hold more, or fewer, for a time; it ends by itself, and the ledger has it all."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from clew.routing.v1 import limits_pb2 as pb
from clew.routing.v1 import roster_pb2
from services.routing.limits.store_setting import end_overrides
from services.shared.callers import Caller, Role, set_caller
from services.shared.sweep import Sweep
from tests.examples import as_manager
from tests.routing.office import Office, Rep, fresh, instant, refused

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
IN_ALL = {"scope": "LIMIT_SCOPE_REP"}


async def override(office: Office, rep: Rep, limit: int, until: datetime, by: str = "wang", **named: Any) -> pb.Limit:
    request = pb.OverrideLimitRequest(
        request_id=fresh(),
        rep_code=rep.code,
        limit=limit,
        until=until,
        reason="YEAR_END_CAMPAIGN",
        **(named or IN_ALL),
    )
    return (await office.limits.OverrideLimit(request, metadata=as_manager(by))).limit


async def end(office: Office, rep: Rep) -> pb.Limit:
    request = pb.EndOverrideRequest(request_id=fresh(), rep_code=rep.code, scope=roster_pb2.LIMIT_SCOPE_REP)
    return (await office.limits.EndOverride(request, metadata=as_manager())).limit


async def sweep(office: Office) -> None:
    set_caller(Caller("routing", Role.SERVICE))
    async with office.engine.connect() as db:
        await Sweep(office.engine, "routing", [end_overrides]).look(db)


async def limit_of(office: Office, rep: Rep) -> pb.Limit:
    listed = await office.limits.ListLimits(pb.ListLimitsRequest(rep_code=rep.code), metadata=as_manager())
    [in_all] = [one for one in listed.limits if one.scope == roster_pb2.LIMIT_SCOPE_REP]
    return in_all


async def changes(office: Office, rep: Rep) -> list[pb.LimitChange]:
    request = pb.ListLimitChangesRequest(rep_code=rep.code)
    return list((await office.limits.ListLimitChanges(request, metadata=as_manager())).changes)


async def test_an_override_outranks_what_was_set_until_its_end(office: Office) -> None:
    rep, until = await office.a_rep(limit=1), await office.now() + DAY
    await office.a_held_lead(rep)

    answer = await override(office, rep, 2, until)
    await office.a_held_lead(rep)
    await sweep(office)
    during = await limit_of(office, rep)
    await office.pass_time(DAY + timedelta(seconds=1))
    await sweep(office)
    after = await limit_of(office, rep)

    assert answer.source == during.source == pb.LIMIT_SOURCE_OVERRIDE
    assert (answer.held, answer.limit, instant(answer.until)) == (1, 2, until)
    assert (after.held, after.limit, after.source, after.over_cap) == (2, 1, pb.LIMIT_SOURCE_SET, True)
    assert not after.HasField("until")


async def test_once_it_has_ended_nothing_is_taken_away_and_nothing_opens(office: Office) -> None:
    rep = await office.a_rep(limit=0)
    await override(office, rep, 1, await office.now() + HOUR)
    lead_id, _ = await office.a_held_lead(rep)

    await office.pass_time(2 * HOUR)
    await sweep(office)

    assert await office.state(lead_id) == "HELD"
    assert (await refused(office.claim(rep, await office.a_pooled_lead()))).reason == "HOLDING_LIMIT_REACHED"


async def test_an_override_may_stop_a_rep_for_a_time(office: Office) -> None:
    rep = await office.a_rep(limit=9)

    await override(office, rep, 0, await office.now() + HOUR)

    assert (await refused(office.claim(rep, await office.a_pooled_lead()))).metadata["limit"] == "0"


async def test_the_ledger_has_who_did_what_and_what_applied_before_and_since(office: Office) -> None:
    rep, until = await office.a_rep(await office.a_team(limit=20)), await office.now() + HOUR
    await office.set_limit(rep, 5)
    await override(office, rep, 8, until, by="li")
    await office.pass_time(2 * HOUR)
    await sweep(office)
    await office.set_limit(rep, 0, unset=True)

    told = [
        (pb.LimitChangeKind.Name(one.kind)[18:], one.actor_id, one.limit_before, one.limit)
        for one in await changes(office, rep)
    ]
    [_, ended, overridden, _] = await changes(office, rep)

    assert told == [
        ("UNSET", "wang", 5, 20),
        ("OVERRIDE_ENDED", "routing", 8, 5),
        ("OVERRIDDEN", "li", 5, 8),
        ("SET", "wang", 20, 5),
    ]
    assert (overridden.reason, instant(overridden.until)) == ("YEAR_END_CAMPAIGN", until)
    assert instant(ended.changed_at) >= until


async def test_an_override_is_ended_by_a_manager_once(office: Office) -> None:
    rep = await office.a_rep(limit=3)
    await override(office, rep, 9, await office.now() + DAY)

    assert (await end(office, rep)).limit == 3
    told = await refused(end(office, rep))

    assert (told.reason, told.metadata) == ("NOT_FOUND", {"kind": "override", "id": rep.code})


async def test_a_second_override_takes_the_place_of_the_first(office: Office) -> None:
    rep, now = await office.a_rep(limit=3), await office.now()
    await override(office, rep, 9, now + HOUR)
    await override(office, rep, 7, now + DAY)

    await office.pass_time(2 * HOUR)
    await sweep(office)

    assert (await limit_of(office, rep)).limit == 7


async def test_sweeps_at_once_end_an_override_once(office: Office) -> None:
    reps = [await office.a_rep(limit=3) for _ in range(5)]
    for rep in reps:
        await override(office, rep, 9, await office.now() + HOUR)
    await office.pass_time(2 * HOUR)

    await asyncio.gather(*(sweep(office) for _ in range(4)))
    await sweep(office)

    for rep in reps:
        kinds = [one.kind for one in await changes(office, rep)]
        assert kinds.count(pb.LIMIT_CHANGE_KIND_OVERRIDE_ENDED) == 1


async def test_an_override_is_of_the_limit_that_it_names(office: Office) -> None:
    rep, pool = await office.a_rep(), await office.a_pool()
    until = await office.now() + DAY

    of_pool = await override(office, rep, 1, until, scope="LIMIT_SCOPE_POOL", pool_code=pool)
    of_grade = await override(office, rep, 2, until, scope="LIMIT_SCOPE_GRADE", grade="A")
    of_product = await override(office, rep, 3, until, scope="LIMIT_SCOPE_PRODUCT", product="crm")

    assert [(one.key, one.limit) for one in (of_pool, of_grade, of_product)] == [(pool, 1), ("A", 2), ("crm", 3)]


@pytest.mark.parametrize("away", [-HOUR, timedelta(0), 367 * DAY])
async def test_it_ends_in_the_future_and_within_a_year(office: Office, away: timedelta) -> None:
    told = await refused(override(office, await office.a_rep(), 1, await office.now() + away))

    assert (told.reason, [name for name, _ in told.fields]) == ("INVALID_FIELD", ["until"])


async def test_without_an_end_or_a_reason_there_is_none(office: Office) -> None:
    rep = await office.a_rep()
    request = pb.OverrideLimitRequest(request_id=fresh(), rep_code=rep.code, scope=roster_pb2.LIMIT_SCOPE_REP, limit=1)

    told = await refused(office.limits.OverrideLimit(request, metadata=as_manager()))

    assert {name for name, _ in told.fields} == {"until", "reason"}
