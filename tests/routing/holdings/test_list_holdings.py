"""Who holds what, the nearest deadline first; and one holding's deadlines."""

from uuid import uuid4

import pytest

from clew.routing.v1 import holdings_pb2 as pb
from services.routing.policy import Period, Policy
from services.shared.pages import page_token
from tests.examples import Metadata, as_manager, as_rep, as_service
from tests.routing.holdings.scenes import DAY, Rep, Scene, refused


async def listed(scene: Scene, caller: Metadata, **asked: object) -> pb.ListHoldingsResponse:
    return await scene.holdings.ListHoldings(pb.ListHoldingsRequest(**asked), metadata=caller)  # type: ignore[arg-type]


async def three_holdings(scene: Scene, rep: Rep) -> list[str]:
    """Their ids by deadline, which is not the order in which they began."""
    by_days = {}
    for days in (20, 5, 10):
        pool = await scene.a_pool(Policy(protection=Period(days * DAY), first_response=Period(30 * DAY)))
        by_days[days] = (await scene.claim(rep, await scene.a_lead(pool))).holding_id
    return [by_days[days] for days in sorted(by_days)]


async def test_a_rep_sees_his_own_open_holdings_by_deadline(scene: Scene) -> None:
    rep, colleague = await scene.a_rep(), await scene.a_rep()
    mine = await three_holdings(scene, rep)
    await three_holdings(scene, colleague)
    ended = await scene.claim(rep, await scene.a_lead())
    await scene.give_back(rep, ended)

    found = await listed(scene, as_rep(rep.rep_id))

    assert [holding.holding_id for holding in found.holdings] == mine
    assert found.next_page_token == ""


async def test_pages_go_on_where_the_last_one_ended(scene: Scene) -> None:
    rep = await scene.a_rep()
    mine = await three_holdings(scene, rep)

    first = await listed(scene, as_rep(rep.rep_id), page_size=2)
    second = await listed(scene, as_rep(rep.rep_id), page_size=2, page_token=first.next_page_token)

    assert [holding.holding_id for holding in (*first.holdings, *second.holdings)] == mine
    assert (len(first.holdings), second.next_page_token) == (2, "")


async def test_a_manager_sees_those_of_one_rep_or_of_all(scene: Scene) -> None:
    rep, colleague = await scene.a_rep(), await scene.a_rep()
    of_the_rep = set(await three_holdings(scene, rep))
    of_the_colleague = set(await three_holdings(scene, colleague))

    one = await listed(scene, as_manager(), rep_code=rep.code)
    everybody = await listed(scene, as_manager(), page_size=500)

    assert {holding.holding_id for holding in one.holdings} == of_the_rep
    assert {holding.holding_id for holding in everybody.holdings} >= of_the_rep | of_the_colleague


async def test_a_rep_sees_no_colleagues_holdings(scene: Scene) -> None:
    rep, colleague = await scene.a_rep(), await scene.a_rep()
    holding = await scene.claim(colleague, await scene.a_lead())
    asked = pb.GetScheduleRequest(holding_id=holding.holding_id)

    by_name = await refused(listed(scene, as_rep(rep.rep_id), rep_code=colleague.code))
    schedule = await refused(scene.holdings.GetSchedule(asked, metadata=as_rep(rep.rep_id)))
    own = await listed(scene, as_rep(colleague.rep_id), rep_code=colleague.code)

    assert by_name.reason == schedule.reason == "NOT_YOURS"
    assert [found.holding_id for found in own.holdings] == [holding.holding_id]


@pytest.mark.parametrize(
    "token",
    ["nonsense", page_token("ListPools", ["", ""], ["x", "y"]), page_token("ListHoldings", ["", ""], ["x", "y"])],
)
async def test_a_page_token_of_another_list_is_refused(scene: Scene, token: str) -> None:
    answer = await refused(listed(scene, as_manager(), page_token=token))

    assert (answer.reason, answer.fields) == ("PAGE_TOKEN_INVALID", ["page_token"])


async def test_a_schedule_tells_clocks_reminders_and_why(scene: Scene) -> None:
    rep = await scene.a_rep()
    holding = await scene.claim(rep, await scene.a_lead(await scene.a_pool(Policy())))
    await scene.follow_up(rep, holding)
    await scene.pass_time(5 * DAY)
    await scene.advance(holding)

    found = await scene.schedule(holding)

    assert found.holding.holding_id == found.schedule.holding_id == holding.holding_id
    assert [(reminder.step, reminder.sent) for reminder in found.schedule.reminders] == [
        ("50%", True),
        ("1d before", False),
        ("2h before", False),
    ]
    assert found.schedule.wake_at == found.schedule.reminders[1].at
    assert len(found.schedule.because) == 2


async def test_a_schedule_is_for_people_and_of_a_holding_that_is_there(scene: Scene) -> None:
    asked = pb.GetScheduleRequest(holding_id=str(uuid4()))

    unknown = await refused(scene.holdings.GetSchedule(asked, metadata=as_manager()))
    of_a_run = await refused(scene.holdings.GetSchedule(asked, metadata=as_service()))

    assert (unknown.reason, of_a_run.reason) == ("NOT_FOUND", "ROLE_NOT_ALLOWED")
