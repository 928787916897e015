"""What is handed over and not taken is told again; what nobody waits for is not."""

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from clew.intake.v1 import intake_pb2 as pb
from clew.intake.v1.intake_pb2_grpc import IntakeServiceStub
from services.intake.store import nudge_untaken
from services.shared import clock
from services.shared.callers import Caller, Role, set_caller
from tests.examples import as_service
from tests.intake.submissions import a_submission, events_of, new_id, new_mobile, rows, submitted

Stub = IntakeServiceStub


@pytest.fixture(autouse=True)
async def nothing_untaken(engine: AsyncEngine) -> None:
    await rows(engine, "update intake.lead set taken_version = version")


async def seconds_pass(engine: AsyncEngine, seconds: float) -> int:
    """The relay delivers what there is, time passes, and the sweep looks: how many leads does it nudge?"""
    await rows(engine, "update intake.event set delivered_at = recorded_at where delivered_at is null")
    await clock.move(engine, timedelta(seconds=seconds))
    set_caller(Caller("intake", Role.SERVICE))
    async with engine.begin() as db:
        return await nudge_untaken(db)


async def test_what_routing_has_not_taken_is_told_again_after_ten_seconds_then_less_and_less_often(
    intake: Stub, engine: AsyncEngine
) -> None:
    await submitted(intake)

    waits = [8, 4, 8, 4, 18, 4, 38, 4, 58, 4, 58, 4]
    nudged = [await seconds_pass(engine, seconds) for seconds in waits]

    assert nudged == [0, 1] * 6


async def test_a_nudge_wakes_the_leads_run(intake: Stub, engine: AsyncEngine) -> None:
    lead_id = (await submitted(intake)).lead_id

    await seconds_pass(engine, 11)

    nudge = (await events_of(intake, lead_id))[-1]
    assert (nudge.kind, nudge.reason, nudge.actor_id) == ("work_nudged", "LEAD_UNTAKEN", "intake")
    owed = "select wake_id::text from intake.event where kind = 'work_nudged' and delivered_at is null"
    assert await rows(engine, owed) == [(lead_id,)]


async def test_what_is_taken_is_not_told_again_until_something_changes(intake: Stub, engine: AsyncEngine) -> None:
    mobile = new_mobile()
    lead_id = (await submitted(intake, a_submission(phone=mobile))).lead_id
    await intake.MarkTaken(pb.MarkTakenRequest(request_id=new_id(), lead_id=lead_id, version=1), metadata=as_service())
    assert await seconds_pass(engine, 11) == 0

    await submitted(intake, a_submission(phone=mobile))

    assert await seconds_pass(engine, 11) == 1


async def test_a_lead_whose_event_is_not_delivered_yet_gets_no_second_one(intake: Stub, engine: AsyncEngine) -> None:
    """However long Temporal is away, the timeline stays as it is."""
    lead_id = (await submitted(intake)).lead_id
    set_caller(Caller("intake", Role.SERVICE))

    for _ in range(5):
        await clock.move(engine, timedelta(minutes=10))
        async with engine.begin() as db:
            assert await nudge_untaken(db) == 0

    assert [event.kind for event in await events_of(intake, lead_id)] == ["lead_created"]
