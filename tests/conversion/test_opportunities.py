"""An opportunity is open until it is closed, once; who owns open ones is told to intake, the newest last."""

import asyncio
from typing import Any

import grpc.aio
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from clew.conversion.v1 import conversion_pb2
from clew.conversion.v1 import opportunities_pb2 as pb
from clew.conversion.v1.conversion_pb2_grpc import ConversionServiceStub
from clew.conversion.v1.opportunities_pb2_grpc import OpportunityServiceStub
from cli.refusals import Refusal, refusal_of
from services.conversion.store_opportunities import nudge_untold
from services.shared.callers import Caller, Role, set_caller
from tests.conversion.test_converting import asked, committed, new_id
from tests.examples import Metadata, as_administrator, as_manager, as_rep, as_service

Stub = OpportunityServiceStub
OPEN, WON, LOST = pb.OPPORTUNITY_STATE_OPEN, pb.OPPORTUNITY_STATE_WON, pb.OPPORTUNITY_STATE_LOST


async def a_conversion(conversion: ConversionServiceStub, owner: str, **choices: Any) -> conversion_pb2.Conversion:
    """Complete, and intake was told."""
    wanted = await asked(conversion, new_id(), owner, **choices)
    made = await committed(conversion, wanted.conversion_id, owner)
    await completed(conversion, made, told=(await work_of(conversion, made)).opportunities_version)
    return made


async def completed(conversion: ConversionServiceStub, made: conversion_pb2.Conversion, *, told: int) -> None:
    request = conversion_pb2.CompleteConversionRequest(
        request_id=new_id(), conversion_id=made.conversion_id, told_version=told
    )
    await conversion.CompleteConversion(request, metadata=as_service())


async def work_of(conversion: ConversionServiceStub, made: conversion_pb2.Conversion) -> conversion_pb2.GetWorkResponse:
    request = conversion_pb2.GetWorkRequest(conversion_id=made.conversion_id)
    return await conversion.GetWork(request, metadata=as_service())


async def closed(
    opportunities: Stub,
    opportunity_id: str,
    outcome: pb.OpportunityState = LOST,
    reason: str = "PRICE",
    metadata: Metadata | None = None,
) -> pb.Opportunity:
    request = pb.CloseOpportunityRequest(
        request_id=new_id(), opportunity_id=opportunity_id, outcome=outcome, reason=reason
    )
    return (await opportunities.CloseOpportunity(request, metadata=metadata or as_manager())).opportunity


async def told_of(opportunities: Stub, made: conversion_pb2.Conversion, version: int) -> int:
    request = pb.MarkOwnersToldRequest(request_id=new_id(), conversion_id=made.conversion_id, version=version)
    return (await opportunities.MarkOwnersTold(request, metadata=as_service())).told_version


async def refused(call: Any) -> Refusal:
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await call
    return refusal_of(error.value)


async def test_an_opportunity_is_open_until_its_owner_closes_it(
    conversion: ConversionServiceStub, opportunities: Stub
) -> None:
    owner = new_id()
    made = await a_conversion(conversion, owner, new_opportunity=conversion_pb2.NewOpportunity(product="crm"))
    asked_for = pb.GetOpportunityRequest(opportunity_id=made.opportunity_id)
    before = (await opportunities.GetOpportunity(asked_for, metadata=as_rep(owner))).opportunity
    assert (before.state, before.owner_id, before.product, before.HasField("closed_at")) == (OPEN, owner, "crm", False)

    after = await closed(opportunities, made.opportunity_id, metadata=as_rep(owner))

    assert (after.state, after.reason, after.closed_by) == (LOST, "PRICE", owner)
    assert after.closed_at.ToDatetime() >= after.created_at.ToDatetime()
    events = await conversion.ListLeadEvents(
        conversion_pb2.ListLeadEventsRequest(lead_id=made.lead_id), metadata=as_administrator()
    )
    assert (events.events[-1].kind, events.events[-1].reason) == ("opportunity_closed", "PRICE")


async def test_another_rep_does_not_close_it_and_a_manager_does(
    conversion: ConversionServiceStub, opportunities: Stub
) -> None:
    made = await a_conversion(conversion, new_id())

    told = await refused(closed(opportunities, made.opportunity_id, metadata=as_rep(new_id())))
    assert (told.status, told.reason) == (grpc.StatusCode.PERMISSION_DENIED, "NOT_YOURS")

    assert (await closed(opportunities, made.opportunity_id, WON, "")).state == WON


async def test_a_loss_says_why(conversion: ConversionServiceStub, opportunities: Stub) -> None:
    made = await a_conversion(conversion, new_id())

    told = await refused(closed(opportunities, made.opportunity_id, LOST, ""))

    assert [name for name, _ in told.fields] == ["reason"]


async def test_closed_twice_it_ended_once_and_otherwise_it_is_refused(
    conversion: ConversionServiceStub, opportunities: Stub
) -> None:
    made = await a_conversion(conversion, new_id())
    first = await closed(opportunities, made.opportunity_id)

    assert await closed(opportunities, made.opportunity_id, reason="COMPETITOR") == first
    told = await refused(closed(opportunities, made.opportunity_id, WON, ""))

    assert (told.reason, told.metadata["state"]) == ("OPPORTUNITY_CLOSED", "LOST")
    assert (await work_of(conversion, made)).opportunities_version == 2


async def test_twenty_who_close_it_at_once_close_it_once(
    conversion: ConversionServiceStub, opportunities: Stub, engine: AsyncEngine
) -> None:
    made = await a_conversion(conversion, new_id())

    await asyncio.gather(*(closed(opportunities, made.opportunity_id) for _ in range(20)))

    async with engine.connect() as db:
        question = "select count(*) from conversion.event where lead_id = :id and kind = 'opportunity_closed'"
        assert await db.scalar(text(question), {"id": made.lead_id}) == 1
    assert (await work_of(conversion, made)).opportunities_version == 2


async def test_an_opportunity_that_is_not_there_is_not_found(opportunities: Stub) -> None:
    assert (await refused(closed(opportunities, new_id()))).reason == "NOT_FOUND"


async def test_nobody_converts_into_a_closed_opportunity(
    conversion: ConversionServiceStub, opportunities: Stub
) -> None:
    made = await a_conversion(conversion, new_id())
    await closed(opportunities, made.opportunity_id)

    told = await refused(asked(conversion, new_id(), new_id(), existing_opportunity_id=made.opportunity_id))

    assert told.reason == "OPPORTUNITY_CLOSED"


async def test_until_intake_was_told_of_a_change_there_is_something_to_do(
    conversion: ConversionServiceStub, opportunities: Stub
) -> None:
    owner = new_id()
    made = await a_conversion(conversion, owner)
    work = await work_of(conversion, made)
    assert (work.task, list(work.opportunity_owners)) == (conversion_pb2.CONVERSION_TASK_NONE, [owner])

    await closed(opportunities, made.opportunity_id)
    work = await work_of(conversion, made)
    assert (work.task, list(work.opportunity_owners), work.opportunities_version) == (
        conversion_pb2.CONVERSION_TASK_TELL,
        [],
        2,
    )

    assert await told_of(opportunities, made, work.opportunities_version) == 2
    assert (await work_of(conversion, made)).task == conversion_pb2.CONVERSION_TASK_NONE


async def test_what_was_told_before_a_change_or_not_at_all_leaves_it_to_be_told(
    conversion: ConversionServiceStub, opportunities: Stub
) -> None:
    owner = new_id()
    wanted = await asked(conversion, new_id(), owner)
    made = await committed(conversion, wanted.conversion_id, owner)
    read_before = (await work_of(conversion, made)).opportunities_version
    await closed(opportunities, made.opportunity_id)
    await completed(conversion, made, told=read_before)
    assert (await work_of(conversion, made)).task == conversion_pb2.CONVERSION_TASK_TELL

    # Neither an older version nor one that is yet to come settles it.
    assert await told_of(opportunities, made, read_before) == read_before
    assert await told_of(opportunities, made, 99) == 2


async def test_the_owners_are_those_of_every_open_opportunity_of_the_account(
    conversion: ConversionServiceStub, opportunities: Stub
) -> None:
    first_owner, second_owner = new_id(), new_id()
    first = await a_conversion(conversion, first_owner)
    second = await a_conversion(conversion, second_owner, existing_account_id=first.account_id)
    assert set((await work_of(conversion, first)).opportunity_owners) == {first_owner, second_owner}

    await closed(opportunities, first.opportunity_id)

    assert list((await work_of(conversion, second)).opportunity_owners) == [second_owner]


async def test_what_intake_was_not_told_is_nudged_by_the_sweep(
    conversion: ConversionServiceStub, opportunities: Stub, engine: AsyncEngine
) -> None:
    made = await a_conversion(conversion, new_id())
    await closed(opportunities, made.opportunity_id)
    set_caller(Caller("conversion", Role.SERVICE))
    past = "update conversion.account set opportunities_changed_at = opportunities_changed_at - interval '11 s'"
    delivered = "update conversion.event set delivered_at = recorded_at where lead_id = :id"

    async with engine.begin() as db:
        # Of the tests before, too.
        await db.execute(
            text("update conversion.account set owners_told = opportunities_version where account_id <> :id"),
            {"id": made.account_id},
        )
        assert await nudge_untold(db) == 0
        await db.execute(text(f"{past} where account_id = :id"), {"id": made.account_id})
        # What it was told first is still on its way.
        assert await nudge_untold(db) == 0
        await db.execute(text(delivered), {"id": made.lead_id})
        assert await nudge_untold(db) == 1
        # Backed off: not again at once, though that one has arrived.
        await db.execute(text(delivered), {"id": made.lead_id})
        assert await nudge_untold(db) == 0
        wakes = "select wake_id from conversion.event where lead_id = :id and reason = 'OWNERS_UNTOLD'"
        assert str(await db.scalar(text(wakes), {"id": made.lead_id})) == made.conversion_id
