"""What began and ended on each day, and what was held at its end."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from clew.routing.v1 import holdings_pb2, roster_pb2
from clew.routing.v1 import limits_pb2 as pb
from services.routing.holdings.holding import EndCause, Origin
from services.routing.limits.flow import Moved, days_from, flow_of
from services.routing.limits.servicer_messages import flow_message
from services.shared.refusals import InvalidInput
from tests.examples import as_manager
from tests.routing.office import Office, Rep, fresh, lasting, refused, to_team

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# Nothing falls due while a test passes days.
CALM = roster_pb2.Policy(first_response=lasting(30 * DAY), protection=lasting(30 * DAY), maximum=lasting(60 * DAY))


@pytest.fixture(autouse=True)
async def noon(office: Office) -> None:
    """Far from midnight, so that what a test does in a moment is of one day."""
    now = await office.now()
    await office.pass_time((12 - now.hour) % 24 * HOUR)


async def today(office: Office) -> date:
    return (await office.now()).astimezone(UTC).date()


async def flow(office: Office, code: str, first: date, last: date, **asked: Any) -> pb.Flow:
    request = pb.GetFlowRequest(
        **{"group": "FLOW_GROUP_REP", "time_zone": "UTC", **asked},
        code=code,
        first_day=str(first),
        last_day=str(last),
    )
    [found] = (await office.limits.GetFlow(request, metadata=as_manager())).flows
    return found


async def transfer(office: Office, holding: holdings_pb2.Holding, to: Rep) -> holdings_pb2.Holding:
    request = holdings_pb2.TransferLeadRequest(request_id=fresh(), holding_id=holding.holding_id, rep_code=to.code)
    return (await office.holdings.TransferLead(request, metadata=as_manager())).holding


async def assign(office: Office, rep: Rep, lead_id: str) -> holdings_pb2.Holding:
    request = holdings_pb2.AssignLeadRequest(request_id=fresh(), lead_id=lead_id, rep_code=rep.code)
    return (await office.holdings.AssignLead(request, metadata=as_manager())).holding


def counted(day: pb.FlowDay) -> dict[str, int]:
    """What is not 0, but for the day."""
    return {field.name: value for field, value in day.ListFields() if field.name != "day"}


async def test_every_way_in_and_out_is_counted_on_its_day(office: Office) -> None:
    rep, other, first = await office.a_rep(), await office.a_rep(), await today(office)
    pool = await office.a_pool(CALM)
    _, returned = await office.a_held_lead(rep, pool)
    _, transferred = await office.a_held_lead(rep, pool)
    _, converted = await office.a_held_lead(rep, pool)
    await assign(office, rep, await office.a_pooled_lead())
    await office.publish_rules(to_team(rep.team_code))
    await office.route(routed := await office.open())

    await office.pass_time(DAY)
    await office.give_back(rep, returned)
    back = await transfer(office, transferred, other)
    await office.convert(converted)
    await office.disqualify(routed)
    await office.pass_time(DAY)
    await transfer(office, back, rep)

    of_the_rep = await flow(office, rep.code, first - DAY, first + 2 * DAY)
    of_the_other = await flow(office, other.code, first, first + 2 * DAY)
    assert [counted(day) for day in of_the_rep.days] == [
        {},
        {"claimed": 3, "assigned": 1, "routed_in": 1, "held": 5},
        {"returned": 1, "transferred_out": 1, "converted": 1, "disqualified": 1, "held": 1},
        {"transferred_in": 1, "held": 2},
    ]
    assert [counted(day) for day in of_the_other.days] == [
        {},
        {"transferred_in": 1, "held": 1},
        {"transferred_out": 1},
    ]
    assert [day.day for day in of_the_rep.days] == [str(first + offset * DAY) for offset in range(-1, 3)]


async def test_what_was_held_before_is_where_the_days_begin(office: Office) -> None:
    rep = await office.a_rep()
    _, holding = await office.a_held_lead(rep)
    await office.a_held_lead(rep)
    await office.pass_time(DAY)
    second = await today(office)
    await office.give_back(rep, holding)

    found = await flow(office, rep.code, second, second)

    assert (found.held_before, [counted(day) for day in found.days]) == (2, [{"returned": 1, "held": 1}])


async def test_a_pool_counts_what_was_taken_from_it_until_it_ends(office: Office) -> None:
    rep, other, pool, day = await office.a_rep(), await office.a_rep(), await office.a_pool(), await today(office)
    _, holding = await office.a_held_lead(rep, pool)
    await office.a_held_lead(rep, pool)
    before = await flow_of_no_pool(office, day)

    await transfer(office, holding, other)

    found = await flow(office, pool, day, day, group="FLOW_GROUP_POOL")
    assert [counted(one) for one in found.days] == [{"claimed": 2, "transferred_out": 1, "held": 1}]
    after = await flow_of_no_pool(office, day)
    assert (after.transferred_in, after.held) == (before.transferred_in + 1, before.held + 1)


async def flow_of_no_pool(office: Office, day: date) -> pb.FlowDay:
    request = pb.GetFlowRequest(
        group="FLOW_GROUP_POOL", first_day=str(day), last_day=str(day), time_zone="UTC", page_size=1
    )
    [found] = (await office.limits.GetFlow(request, metadata=as_manager())).flows
    assert found.code == ""
    return found.days[0]


async def test_a_day_begins_at_midnight_of_the_zone_that_is_asked_for(office: Office) -> None:
    rep, day = await office.a_rep(), await today(office)
    at_eighteen = datetime(day.year, day.month, day.day, 18, tzinfo=UTC) - await office.now()
    await office.pass_time(at_eighteen)
    await office.a_held_lead(rep)

    by_utc = await flow(office, rep.code, day, day + DAY)
    by_shanghai = await flow(office, rep.code, day, day + DAY, time_zone="")

    assert [one.claimed for one in by_utc.days] == [1, 0]
    assert [one.claimed for one in by_shanghai.days] == [0, 1]


async def test_reps_come_page_by_page_each_with_all_its_days(office: Office) -> None:
    reps = [await office.a_rep() for _ in range(3)]
    day = await today(office)
    for rep in reps:
        await office.a_held_lead(rep)

    found: list[pb.Flow] = []
    token = ""
    while True:
        request = pb.GetFlowRequest(
            group="FLOW_GROUP_REP",
            first_day=str(day - DAY),
            last_day=str(day),
            time_zone="UTC",
            page_size=2,
            page_token=token,
        )
        page = await office.limits.GetFlow(request, metadata=as_manager())
        found += page.flows
        if not (token := page.next_page_token):
            break

    by_code = {one.code: one for one in found}
    assert len(by_code) == len(found)
    for rep in reps:
        assert [one.claimed for one in by_code[rep.code].days] == [0, 1]


async def test_held_at_the_end_of_today_is_what_the_limits_count(office: Office) -> None:
    rep, day = await office.a_rep(), await today(office)
    holdings = [(await office.a_held_lead(rep))[1] for _ in range(4)]
    await office.give_back(rep, holdings[0])

    found = await flow(office, rep.code, day - 3 * DAY, day)

    [row] = await office.run(
        "select held from routing.holding_limit where scope = 'REP' and rep_id = cast(:id as uuid)", id=rep.rep_id
    )
    assert found.days[-1].held == row.held == 3


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        ("2026-03-01", "2026-06-01", "last_day"),
        ("2026-03-02", "2026-03-01", "last_day"),
        ("2026-02-30", "2026-03-01", "first_day"),
        ("", "2026-03-01", "first_day"),
    ],
)
async def test_a_range_is_of_real_days_and_at_most_ninety_two(
    office: Office, first: str, last: str, field: str
) -> None:
    request = pb.GetFlowRequest(group="FLOW_GROUP_REP", first_day=first, last_day=last)

    told = await refused(office.limits.GetFlow(request, metadata=as_manager()))

    assert [name for name, _ in told.fields] == [field]


@pytest.mark.parametrize("group", ["FLOW_GROUP_REP", "FLOW_GROUP_POOL"])
async def test_an_unknown_rep_or_pool_is_not_found(office: Office, group: str) -> None:
    told = await refused(flow(office, f"no-{uuid4().hex[:6]}", date(2026, 3, 1), date(2026, 3, 1), group=group))

    assert told.reason == "NOT_FOUND"


@pytest.mark.parametrize("way", [*Origin, *EndCause])
def test_every_way_in_and_out_that_there_is_has_a_name_of_its_own(way: Origin | EndCause) -> None:
    day = date(2026, 3, 1)

    message = flow_message(flow_of("L007", 5, [day], [Moved(day, isinstance(way, Origin), way, 1)]))

    [told] = message.days
    assert (told.other_in, told.other_out) == (0, 0)
    assert sum(value for name, value in counted(told).items() if name != "held") == 1


def test_ninety_two_days_are_not_too_many() -> None:
    assert len(days_from(date(2026, 3, 1), date(2026, 5, 31))) == 92
    with pytest.raises(InvalidInput):
        days_from(date(2026, 3, 1), date(2026, 6, 1))


def test_a_way_that_has_no_name_of_its_own_still_moves_what_is_held() -> None:
    day = date(2026, 3, 1)

    found = flow_of("L007", 5, [day], [Moved(day, False, "unheard_of", 2), Moved(day, True, "NEW", 1)])

    assert found.days[0].held == 4
