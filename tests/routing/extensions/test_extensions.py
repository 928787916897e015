"""Locks, more time, voided follow-ups and plans: what a word beside a follow-up does to a deadline."""

import asyncio
from datetime import datetime, timedelta

import grpc.aio

from clew.routing.v1 import extensions_pb2 as pb
from clew.routing.v1 import holdings_pb2
from cli.refusals import refusal_of
from services.routing.extensions.store_planning import tell_of_plans
from tests.examples import as_manager, as_rep
from tests.routing.office import Office, Rep, fresh, instant, refused
from tests.routing.stages.acts import accept, follow_up

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def a_working_holding(office: Office) -> tuple[Rep, holdings_pb2.Holding]:
    """First response met: due ten days after its start."""
    rep = await office.a_rep()
    _, holding = await office.a_held_lead(rep)
    return rep, (await accept(office, rep, holding)).holding


async def lock(office: Office, rep: Rep, holding: holdings_pb2.Holding, until: datetime) -> holdings_pb2.Schedule:
    request = pb.LockHoldingRequest(request_id=fresh(), holding_id=holding.holding_id, until=until)
    return (await office.extensions.LockHolding(request, metadata=as_rep(rep.rep_id))).schedule


async def unlock(office: Office, rep: Rep, holding: holdings_pb2.Holding) -> holdings_pb2.Schedule:
    request = pb.UnlockHoldingRequest(request_id=fresh(), holding_id=holding.holding_id)
    return (await office.extensions.UnlockHolding(request, metadata=as_rep(rep.rep_id))).schedule


async def ask(office: Office, rep: Rep, holding: holdings_pb2.Holding, until: datetime) -> pb.Extension:
    request = pb.RequestExtensionRequest(
        request_id=fresh(), holding_id=holding.holding_id, until=until, reason="CUSTOMER_TRAVELS"
    )
    return (await office.extensions.RequestExtension(request, metadata=as_rep(rep.rep_id))).extension


async def decide(office: Office, extension: pb.Extension, *, granted: bool = True) -> pb.DecideExtensionResponse:
    request = pb.DecideExtensionRequest(request_id=fresh(), extension_id=extension.extension_id, granted=granted)
    return await office.extensions.DecideExtension(request, metadata=as_manager())


async def void(office: Office, follow_up_id: str) -> holdings_pb2.Schedule:
    request = pb.VoidFollowUpRequest(request_id=fresh(), follow_up_id=follow_up_id, reason="TOKEN_NOTE")
    return (await office.extensions.VoidFollowUp(request, metadata=as_manager())).schedule


async def noticed(office: Office, kind: str, holding: holdings_pb2.Holding) -> int:
    rows = await office.run(
        "select 1 from routing.notice where kind = :kind and holding_id = :id", kind=kind, id=holding.holding_id
    )
    return len(rows)


async def test_a_locked_holding_is_not_due_until_a_notice_floor_after_the_lock(office: Office) -> None:
    rep, holding = await a_working_holding(office)
    until = await office.now() + 20 * DAY

    locked = await lock(office, rep, holding, until)

    assert instant(locked.locked_until) == until
    assert instant(locked.due_at) == until + DAY
    kinds = [(event.kind, event.wakes) for event in await office.events(holding.lead_id)]
    assert kinds[-1] == ("holding_locked", "lead")


async def test_unlocked_the_deadline_is_the_old_one_or_the_notice_floor(office: Office) -> None:
    rep, holding = await a_working_holding(office)
    await lock(office, rep, holding, await office.now() + 20 * DAY)

    soon = await unlock(office, rep, holding)
    await lock(office, rep, holding, await office.now() + 20 * DAY)
    await office.pass_time(15 * DAY)
    before = await office.now()
    late = await unlock(office, rep, holding)

    assert instant(soon.due_at) == instant(holding.due_at)
    assert timedelta(0) <= instant(late.due_at) - before - DAY < HOUR


async def test_a_lead_that_nobody_has_called_yet_cannot_be_locked(office: Office) -> None:
    rep = await office.a_rep()
    _, holding = await office.a_held_lead(rep)

    found = await refused(lock(office, rep, holding, await office.now() + DAY))

    assert found.reason == "FIRST_RESPONSE_AWAITED"


async def test_a_lock_is_no_longer_than_the_policy_says(office: Office) -> None:
    rep, holding = await a_working_holding(office)

    found = await refused(lock(office, rep, holding, await office.now() + 31 * DAY))

    assert (found.reason, [field for field, _ in found.fields]) == ("INVALID_FIELD", ["until"])


async def test_a_lead_is_not_locked_again_and_again(office: Office) -> None:
    rep, holding = await a_working_holding(office)
    await lock(office, rep, holding, await office.now() + 20 * DAY)
    await office.pass_time(15 * DAY)

    await lock(office, rep, holding, await office.now() + 14 * DAY)
    found = await refused(lock(office, rep, holding, await office.now() + 16 * DAY))

    assert [field for field, _ in found.fields] == ["until"]


async def test_of_many_locks_at_once_as_many_succeed_as_the_policy_allows(office: Office) -> None:
    rep = await office.a_rep()
    held = [(await office.a_held_lead(rep))[1] for _ in range(12)]
    await asyncio.gather(*(accept(office, rep, holding) for holding in held))
    until = await office.now() + DAY

    answers = await asyncio.gather(*(lock(office, rep, holding, until) for holding in held), return_exceptions=True)

    assert sum(isinstance(answer, holdings_pb2.Schedule) for answer in answers) == 5
    assert sum(isinstance(answer, grpc.aio.AioRpcError) for answer in answers) == 7


async def test_granted_time_goes_over_the_maximum_and_both_sides_hear_of_it(office: Office) -> None:
    rep, holding = await a_working_holding(office)
    until = await office.now() + 60 * DAY

    asked = await ask(office, rep, holding, until)
    decided = await decide(office, asked)

    assert (asked.state, decided.extension.state) == ("PENDING", "GRANTED")
    assert instant(decided.schedule.due_at) == until > instant(decided.schedule.maximum_at)
    assert await noticed(office, "EXTENSION_REQUESTED", holding) == 1
    assert await noticed(office, "EXTENSION_DECIDED", holding) == 1


async def test_refused_nothing_moves_and_asked_again_is_decided_anew(office: Office) -> None:
    rep, holding = await a_working_holding(office)
    until = await office.now() + 20 * DAY

    decided = await decide(office, await ask(office, rep, holding, until), granted=False)
    again = await refused(decide(office, decided.extension))
    asked = await ask(office, rep, holding, until)
    twice = await refused(ask(office, rep, holding, until))

    assert instant(decided.schedule.due_at) == instant(holding.due_at)
    assert (again.reason, twice.reason) == ("EXTENSION_DECIDED", "EXTENSION_PENDING")
    assert asked.state == "PENDING"


async def test_a_holding_is_extended_as_often_as_its_policy_says(office: Office) -> None:
    rep, holding = await a_working_holding(office)
    for days in (20, 30):
        await decide(office, await ask(office, rep, holding, await office.now() + days * DAY))

    found = await refused(ask(office, rep, holding, await office.now() + 40 * DAY))

    assert found.reason == "EXTENSIONS_EXHAUSTED"


async def test_what_nobody_decided_lapses_with_its_holding(office: Office) -> None:
    rep, holding = await a_working_holding(office)
    asked = await ask(office, rep, holding, await office.now() + 20 * DAY)
    await office.give_back(rep, holding)

    found = await refused(decide(office, asked))
    request = pb.ListExtensionsRequest(holding_id=holding.holding_id)
    [listed] = (await office.extensions.ListExtensions(request, metadata=as_manager())).extensions

    assert (found.reason, listed.state) == ("HOLDING_ENDED", "LAPSED")


async def test_a_voided_follow_up_counts_no_more_and_leaves_the_notice_floor(office: Office) -> None:
    rep, holding = await a_working_holding(office)
    await office.pass_time(9 * DAY + 12 * HOUR)
    logged = await follow_up(office, rep, holding)
    now = await office.now()

    voided = await void(office, logged.follow_up_id)
    again = await void(office, logged.follow_up_id)

    assert instant(logged.schedule.due_at) > instant(holding.due_at)
    assert timedelta(0) <= now + DAY - instant(voided.due_at) + HOUR < 2 * HOUR
    assert again.due_at == voided.due_at
    assert next(list(entry.because) for entry in voided.entries if entry.id == logged.follow_up_id) == ["VOIDED"]
    request = pb.ListFollowUpsRequest(holding_id=holding.holding_id)
    [listed] = (await office.extensions.ListFollowUps(request, metadata=as_rep(rep.rep_id))).follow_ups
    assert (listed.counted, listed.void_reason) == (True, "TOKEN_NOTE")
    assert await noticed(office, "FOLLOW_UP_VOIDED", holding) == 1


async def test_a_plan_is_told_when_it_is_due_and_done_by_the_next_follow_up(office: Office) -> None:
    rep, holding = await a_working_holding(office)
    request = pb.PlanFollowUpRequest(
        request_id=fresh(),
        holding_id=holding.holding_id,
        kind=holdings_pb2.FOLLOW_UP_KIND_CALL,
        due_at=await office.now() + DAY,
    )
    plan = (await office.extensions.PlanFollowUp(request, metadata=as_rep(rep.rep_id))).plan
    async with office.engine.begin() as db:
        await tell_of_plans(db)
    before = await noticed(office, "PLAN_DUE", holding)
    await office.pass_time(DAY + HOUR)
    for _ in range(2):
        async with office.engine.begin() as db:
            await tell_of_plans(db)
    listing = pb.ListPlansRequest(holding_id=holding.holding_id)
    [overdue] = (await office.extensions.ListPlans(listing, metadata=as_rep(rep.rep_id))).plans
    await follow_up(office, rep, holding)
    [done] = (await office.extensions.ListPlans(listing, metadata=as_rep(rep.rep_id))).plans

    assert (before, await noticed(office, "PLAN_DUE", holding)) == (0, 1)
    assert (plan.rep_code, overdue.overdue, done.overdue) == (rep.code, True, False)
    assert done.HasField("done_at")


async def test_a_plan_of_the_past_or_for_a_stranger_is_refused_by_name(office: Office) -> None:
    rep, holding = await a_working_holding(office)
    stranger = await office.a_rep()
    soon = await office.now() + HOUR

    async def plan(due_at: datetime, rep_code: str = "") -> object:
        request = pb.PlanFollowUpRequest(
            request_id=fresh(),
            holding_id=holding.holding_id,
            rep_code=rep_code,
            kind=holdings_pb2.FOLLOW_UP_KIND_CALL,
            due_at=due_at,
        )
        return await office.extensions.PlanFollowUp(request, metadata=as_rep(rep.rep_id))

    past = await refused(plan(soon - DAY))
    for_a_stranger = await refused(plan(soon, stranger.code))

    assert [field for field, _ in past.fields] == ["due_at"]
    assert [field for field, _ in for_a_stranger.fields] == ["rep_code"]


async def test_a_locked_holding_whose_first_response_is_voided_is_not_due_before_the_lock_has_ended(
    office: Office,
) -> None:
    rep = await office.a_rep()
    _, holding = await office.a_held_lead(rep)
    noted = await follow_up(office, rep, holding)
    until = await office.now() + 20 * DAY
    await lock(office, rep, holding, until)

    voided = await void(office, noted.follow_up_id)

    assert not voided.HasField("first_responded_at")
    assert instant(voided.due_at) == until + DAY


async def test_of_two_decisions_at_once_one_is_made_and_the_other_is_told_of_it(office: Office) -> None:
    rep, holding = await a_working_holding(office)
    until = instant(holding.due_at) + 5 * DAY
    asked = await ask(office, rep, holding, until)

    answers = await asyncio.gather(decide(office, asked), decide(office, asked, granted=False), return_exceptions=True)

    [told] = [refusal_of(answer) for answer in answers if isinstance(answer, grpc.aio.AioRpcError)]
    [made] = [answer for answer in answers if isinstance(answer, pb.DecideExtensionResponse)]
    assert told.reason == "EXTENSION_DECIDED"
    assert await noticed(office, "EXTENSION_DECIDED", holding) == 1
    request = holdings_pb2.GetScheduleRequest(holding_id=holding.holding_id)
    due_at = instant((await office.holdings.GetSchedule(request, metadata=as_manager())).schedule.due_at)
    assert due_at == (until if made is answers[0] else instant(holding.due_at))


async def test_a_follow_up_that_is_voided_by_two_at_once_is_voided_once(office: Office) -> None:
    rep, holding = await a_working_holding(office)
    noted = await follow_up(office, rep, holding)

    first, second = await asyncio.gather(void(office, noted.follow_up_id), void(office, noted.follow_up_id))

    assert first == second
    assert await noticed(office, "FOLLOW_UP_VOIDED", holding) == 1
    decided = [decision.verb for decision in await office.decisions(holding.lead_id)]
    assert decided.count("VoidFollowUp") == 1
