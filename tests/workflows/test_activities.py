"""Activities: one call each, in the workflows' name; a failure keeps its reason and leaves its text behind."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import grpc
import pytest
from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from clew.conversion.v1 import conversion_pb2
from clew.routing.v1 import holdings_pb2, leads_pb2
from services.shared.channels import open_channel
from services.shared.refusals import Conflict, Denied, Exhausted, NotFound, NotReady, Refusal, Refused, Unavailable
from services.shared.runs import ConversionRun, LeadRun
from tests.workflows.fake_world import World
from workflows.activities_conversion import ConversionActivities
from workflows.activities_intake import IntakeActivities
from workflows.activities_routing import RoutingActivities
from workflows.activities_scoring import ScoringActivities
from workflows.limits import ONE_CALL, QUICK_CALL
from workflows.work import (
    COMMITTED,
    AbandonCause,
    Access,
    Advanced,
    ConversionTask,
    Effect,
    LeadTask,
    Match,
    OfConversion,
    SetAccess,
    TakeFacts,
    Taken,
    TakeScore,
    ToAbandon,
    ToAdvance,
    ToCommit,
    ToComplete,
    ToLease,
    ToRegister,
    ToRoute,
    ToScore,
)

CANARY = "+8613800138000"


@pytest.fixture
async def channel(services: str) -> AsyncIterator[grpc.aio.Channel]:
    async with open_channel(services) as opened:
        yield opened


def names(enum: EnumTypeWrapper, prefix: str) -> set[str]:
    """What the contract calls an enum's values, but for the one that is never used."""
    return {name.removeprefix(prefix) for name in enum.keys()} - {"UNSPECIFIED"}  # noqa: SIM118  # it is no mapping


def test_the_words_of_the_workflows_are_the_contract_s() -> None:
    own = {LeadTask.ASK_AGAIN}

    assert set(LeadTask) - own == names(leads_pb2.LeadTask, "LEAD_TASK_")
    assert set(ConversionTask) - own == names(conversion_pb2.ConversionTask, "CONVERSION_TASK_")
    assert set(Effect) == names(holdings_pb2.AdvanceEffect, "ADVANCE_EFFECT_")
    assert set(AbandonCause) == names(conversion_pb2.AbandonCause, "ABANDON_CAUSE_")
    assert names(conversion_pb2.ConversionState, "CONVERSION_STATE_") >= COMMITTED


def an_id() -> str:
    return str(uuid4())


async def run(activity: Callable[[Any], Awaitable[Any]], argument: object) -> Any:
    """The activity's answer, as a worker would have it."""
    environment = ActivityEnvironment()
    environment.info = replace(environment.info, activity_type="service.Method", start_to_close_timeout=ONE_CALL)
    return await environment.run(activity, argument)


async def test_a_lead_is_carried_from_intake_to_routing_and_back(world: World, channel: grpc.aio.Channel) -> None:
    intake, routing = IntakeActivities(channel), RoutingActivities(channel)
    lead = world.a_lead()

    before = await run(routing.get_work, LeadRun(lead.lead_id))
    facts = await run(intake.get_lead_facts, LeadRun(lead.lead_id))
    await run(routing.open_lead, TakeFacts(an_id(), facts))
    await run(intake.mark_taken, Taken(an_id(), lead.lead_id, facts.version))
    after = await run(routing.get_work, LeadRun(lead.lead_id))

    assert before.task == LeadTask.HAND_OVER
    assert (after.task, after.state) == (LeadTask.SCORE, "QUALIFYING")
    assert after.facts == facts.facts == {**facts.facts, "region": "上海", "company_size": 120, "tags": ["vip"]}
    assert 0 < after.wake_in <= 30
    assert lead.facts_taken == 1


async def test_a_score_is_carried_from_scoring_to_routing_and_back(world: World, channel: grpc.aio.Channel) -> None:
    scoring, routing = ScoringActivities(channel), RoutingActivities(channel)
    lead = world.a_lead()
    lead.state = "QUALIFYING"

    score = await run(scoring.score_lead, ToScore(an_id(), {"lead_id": lead.lead_id, "of_a_newer_service": 1}))
    await run(routing.update_score, TakeScore(an_id(), score))
    await run(scoring.mark_taken, Taken(an_id(), lead.lead_id, score.version))

    assert (score.fit_score, score.grade) == (42, "B")
    assert (lead.score_known, lead.score_taken) == (1, 1)
    assert (await run(scoring.get_score, LeadRun(lead.lead_id))).taken_version == 1


async def test_a_held_lead_s_work_names_the_holding_its_holder_and_the_deadline(
    world: World, channel: grpc.aio.Channel
) -> None:
    lead = world.a_held_lead("L007")
    assert lead.holding is not None

    work = await run(RoutingActivities(channel).get_work, LeadRun(lead.lead_id))

    assert (work.task, work.owner_code, work.epoch) == (LeadTask.WAIT, "L007", 1)
    assert (work.holding_id, work.due_at) == (lead.holding.holding_id, lead.holding.due_at)
    assert work.facts is None


async def test_a_step_of_a_holding_says_what_it_did(world: World, channel: grpc.aio.Channel) -> None:
    routing, lead = RoutingActivities(channel), world.a_held_lead()
    assert lead.holding is not None

    not_due = await run(routing.advance_holding, ToAdvance(an_id(), lead.holding.holding_id))
    ended = await run(routing.advance_holding, ToAdvance(an_id(), an_id()))
    routed = await run(routing.route_lead, ToRoute(an_id(), lead.lead_id))

    assert not_due.effect == "NOT_DUE"
    assert not_due.wake_in > 0
    assert ended == Advanced("ENDED", None)
    assert routed == "POOLED"


async def test_intake_is_told_who_holds_a_lead_and_what_it_became(world: World, channel: grpc.aio.Channel) -> None:
    intake, lead = IntakeActivities(channel), world.a_lead()

    await run(intake.set_access, SetAccess(an_id(), lead.lead_id, Access(an_id(), "L007", 1)))
    await run(intake.set_access, SetAccess(an_id(), lead.lead_id, Access("", "", 1)))
    await run(intake.register_keys, ToRegister(an_id(), lead.lead_id, an_id(), an_id(), an_id()))

    assert lead.access == [("L007", 1), ("", 1)]
    assert lead.keys_registered


async def test_a_conversion_is_leased_committed_finished_and_completed(world: World, channel: grpc.aio.Channel) -> None:
    conversions, routing = ConversionActivities(channel), RoutingActivities(channel)
    lead = world.a_held_lead()
    made = world.convert(lead)

    work = await run(conversions.get_work, ConversionRun(made.conversion_id, made.lead_id))
    lease = await run(
        routing.lease_holding,
        ToLease(
            an_id(),
            work.holding_id,
            work.epoch,
            work.conversion_id,
            work.converter_id,
            False,
            60.0,
            work.lead_id,
        ),
    )
    match = await run(IntakeActivities(channel).match_account, LeadRun(lead.lead_id))
    state = await run(conversions.commit_conversion, ToCommit(an_id(), made.conversion_id, lease.rep_id, match))
    await run(routing.finish_conversion, OfConversion(an_id(), work.holding_id, made.conversion_id))
    await run(conversions.complete_conversion, ToComplete(an_id(), made.conversion_id))

    assert work.task == "COMMIT"
    assert isinstance(match, Match)
    assert match.person_id
    assert state == "COMMITTED"
    assert (lead.state, made.state) == ("CONVERTED", "COMPLETED")


async def test_a_conversion_is_abandoned_and_its_lease_released(world: World, channel: grpc.aio.Channel) -> None:
    conversions, routing = ConversionActivities(channel), RoutingActivities(channel)
    lead = world.a_held_lead()
    made = world.convert(lead)

    to_abandon = ToAbandon(an_id(), made.conversion_id, AbandonCause.LEASE_REFUSED, "HOLDING_ENDED")
    state = await run(conversions.abandon_conversion, to_abandon)
    await run(routing.release_lease, OfConversion(an_id(), made.holding_id, made.conversion_id))

    assert (state, made.reason) == ("REFUSED", "HOLDING_ENDED")
    assert lead.trail[-1] == "lease released"


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (Refused("ILLEGAL_TRANSITION", CANARY, state="HELD", verb="RouteLead"), "FAILED_PRECONDITION"),
        (NotFound("NOT_FOUND", CANARY, kind="lead"), "NOT_FOUND"),
        (NotReady("NOT_READY_YET", CANARY), "NOT_FOUND"),
        (Exhausted("HOLDING_LIMIT_REACHED", CANARY, held="5", limit="5"), "RESOURCE_EXHAUSTED"),
        (Denied("ROLE_NOT_ALLOWED", CANARY), "PERMISSION_DENIED"),
    ],
    ids=lambda given: given.reason if isinstance(given, Refusal) else given,
)
async def test_a_refusal_is_final_and_keeps_its_reason_and_what_it_names(
    world: World, channel: grpc.aio.Channel, refusal: Refusal, status: str
) -> None:
    world.refused["routing.GetWork"] = refusal

    with pytest.raises(ApplicationError) as failed:
        await run(RoutingActivities(channel).get_work, LeadRun(an_id()))

    assert failed.value.non_retryable
    assert failed.value.type == refusal.reason
    assert failed.value.details == (status, dict(refusal.metadata))
    assert CANARY not in str(failed.value)


@pytest.mark.parametrize(
    "refusal",
    [Unavailable("DATABASE_UNAVAILABLE", CANARY), Conflict("BUSY", CANARY)],
    ids=lambda given: given.reason,
)
async def test_an_outage_is_tried_again(world: World, channel: grpc.aio.Channel, refusal: Refusal) -> None:
    world.refused["routing.GetWork"] = refusal

    with pytest.raises(ApplicationError) as failed:
        await run(RoutingActivities(channel).get_work, LeadRun(an_id()))

    assert not failed.value.non_retryable
    # The channel tries UNAVAILABLE again by itself, until the call's time is up.
    assert failed.value.type in (refusal.reason, "DEADLINE_EXCEEDED")
    assert CANARY not in str(failed.value)


async def test_a_defect_of_a_service_is_tried_again_under_its_incident(world: World, channel: grpc.aio.Channel) -> None:
    world.refused["routing.GetWork"] = ValueError(CANARY)

    with pytest.raises(ApplicationError) as failed:
        await run(RoutingActivities(channel).get_work, LeadRun(an_id()))

    assert not failed.value.non_retryable
    assert failed.value.type == "INTERNAL"
    assert "incident" in failed.value.details[1]


async def test_a_service_that_cannot_be_reached_is_tried_again() -> None:
    async with open_channel("127.0.0.1:1") as nowhere:
        environment = ActivityEnvironment()
        environment.info = replace(environment.info, start_to_close_timeout=QUICK_CALL)

        with pytest.raises(ApplicationError) as failed:
            await environment.run(RoutingActivities(nowhere).get_work, LeadRun(an_id()))

    assert not failed.value.non_retryable
    assert failed.value.type in ("UNAVAILABLE", "DEADLINE_EXCEEDED")
