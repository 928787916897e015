"""Scoring through its stub: published rules, scores that explain themselves, engagements, maturity handed over once."""

import asyncio
from typing import Any
from uuid import uuid4

import grpc.aio
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from clew.lead.v1 import lead_pb2
from clew.scoring.v1 import scoring_pb2 as pb
from clew.scoring.v1.scoring_pb2_grpc import ScoringServiceStub
from cli.refusals import refusal_of
from services.scoring import store
from services.scoring.access import METHODS
from services.scoring.score import compute_score
from services.scoring.servicer import _holds
from services.scoring.store_scoring import nudge_untaken
from services.shared.callers import Caller, Role, set_caller
from services.shared.channels import caller_metadata
from tests.examples import as_administrator, as_manager, as_marketer, as_service


def new_id() -> str:
    return str(uuid4())


def facts(**known: Any) -> lead_pb2.LeadFacts:
    return lead_pb2.LeadFacts(**{"lead_id": new_id(), "company_size": 200, "region": "上海", **known})


async def publish(scoring: ScoringServiceStub) -> int:
    answer = await scoring.PublishRules(
        pb.PublishRulesRequest(
            request_id=new_id(),
            fit_rules=[
                pb.FitRule(rule_id="large_company", expression="lead.company_size > 50", points=30),
                pb.FitRule(rule_id="home_region", expression="lead.region == '上海'", points=10),
            ],
            behavior_rules=[
                pb.BehaviorRule(rule_id="reads", engagement_kind="white_paper_download", points=15, max_points=60)
            ],
            grades=pb.GradeThresholds(a=80, b=50, c=20),
            maturity=pb.MaturityThresholds(enter=80, leave=60),
        ),
        metadata=as_marketer(),
    )
    return answer.version


async def score(scoring: ScoringServiceStub, known: lead_pb2.LeadFacts) -> pb.Score:
    answer = await scoring.ScoreLead(pb.ScoreLeadRequest(request_id=new_id(), facts=known), metadata=as_service())
    return answer.score


async def engage(scoring: ScoringServiceStub, lead_id: str, source_event_id: str = "") -> pb.RecordEngagementResponse:
    return await scoring.RecordEngagement(
        pb.RecordEngagementRequest(
            request_id=new_id(), lead_id=lead_id, kind="white_paper_download", source_event_id=source_event_id
        ),
        metadata=as_marketer(),
    )


async def test_a_score_explains_itself_with_contributions_that_add_up(scoring: ScoringServiceStub) -> None:
    version = await publish(scoring)
    known = facts()
    await engage(scoring, known.lead_id)

    scored = await score(scoring, known)
    explained = await scoring.ExplainScore(pb.ExplainScoreRequest(lead_id=known.lead_id), metadata=as_manager())

    assert (scored.fit_score, scored.behavior_score, scored.grade) == (40, 15, "B")
    assert scored.rules_version == version
    assert {(one.rule_id, one.part, one.points) for one in explained.contributions} == {
        ("large_company", "fit", 30),
        ("home_region", "fit", 10),
        ("reads", "behavior", 15),
    }
    assert explained.facts.region == "上海"


async def test_a_stored_score_is_what_computing_it_again_gives(
    scoring: ScoringServiceStub, engine: AsyncEngine
) -> None:
    await publish(scoring)
    known = facts(company_size=10)
    await score(scoring, known)
    await asyncio.gather(*(engage(scoring, known.lead_id) for _ in range(6)))

    set_caller(Caller("the test", Role.SERVICE))
    async with engine.connect() as db:
        lead = await store.find_lead(db, known.lead_id)  # type: ignore[arg-type]  # the driver takes its text
        rules = await store.rules_at(db, lead.rules_version)
        counts = await store.engagement_counts(db, lead.lead_id)
        assert lead.facts is not None
        again = compute_score(rules, lambda expression: _holds(lead.facts or {}, expression), counts)

        assert (lead.fit_score, lead.behavior_score, lead.grade) == (
            again.fit_score,
            again.behavior_score,
            again.grade,
        )
        assert set(await store.contributions_of(db, lead)) == set(again.contributions)


async def test_a_repeated_source_event_counts_once_even_at_once(scoring: ScoringServiceStub) -> None:
    await publish(scoring)
    known = facts()
    await score(scoring, known)

    answers = await asyncio.gather(*(engage(scoring, known.lead_id, "click-7") for _ in range(8)))

    assert len({answer.engagement_id for answer in answers}) == 1
    assert answers[-1].score.behavior_score == 15


async def test_clicks_that_change_no_grade_are_no_news_for_routing(
    scoring: ScoringServiceStub, engine: AsyncEngine
) -> None:
    await publish(scoring)
    known = facts(company_size=0, region="")
    first = await score(scoring, known)

    after = (await engage(scoring, known.lead_id)).score

    assert after.behavior_score == 15
    assert after.version == first.version
    async with engine.connect() as db:
        woken = await db.scalar(
            text("select count(*) from scoring.event where lead_id = :id and wakes <> 'none'"), {"id": known.lead_id}
        )
    assert woken == 0


async def test_maturity_is_counted_when_it_is_reached_and_not_again_before_it_was_lost(
    scoring: ScoringServiceStub,
) -> None:
    await publish(scoring)
    known = facts()
    await score(scoring, known)

    seen = [(await engage(scoring, known.lead_id)).score for _ in range(5)]

    assert [one.maturities for one in seen] == [0, 0, 1, 1, 1]
    assert [one.mature for one in seen] == [False, False, True, True, True]


async def test_fifty_engagements_at_once_lose_none(scoring: ScoringServiceStub) -> None:
    await publish(scoring)
    known = facts()
    await score(scoring, known)

    await asyncio.gather(*(engage(scoring, known.lead_id) for _ in range(50)))

    explained = await scoring.ExplainScore(pb.ExplainScoreRequest(lead_id=known.lead_id), metadata=as_manager())
    reads = next(one for one in explained.contributions if one.rule_id == "reads")
    assert (reads.engagements, reads.points) == (50, 60)


async def test_what_routing_has_taken_never_goes_back(scoring: ScoringServiceStub) -> None:
    known = facts()
    scored = await score(scoring, known)

    async def take(version: int) -> int:
        request = pb.MarkTakenRequest(request_id=new_id(), lead_id=known.lead_id, version=version)
        return (await scoring.MarkTaken(request, metadata=as_service())).taken_version

    assert await take(scored.version) == scored.version
    assert await take(1) == scored.version
    # A version that was never given out is not taken.
    assert await take(scored.version + 9) == scored.version


async def test_a_score_that_routing_does_not_take_is_told_again(
    scoring: ScoringServiceStub, engine: AsyncEngine
) -> None:
    known = facts()
    await score(scoring, known)
    set_caller(Caller("scoring", Role.SERVICE))
    async with engine.begin() as db:
        await db.execute(
            text("update scoring.lead set changed_at = changed_at - interval '11 seconds' where lead_id = :id"),
            {"id": known.lead_id},
        )
        assert await nudge_untaken(db) == 1
        # Backed off: not again at once.
        assert await nudge_untaken(db) == 0

    events = await scoring.ListLeadEvents(pb.ListLeadEventsRequest(lead_id=known.lead_id), metadata=as_administrator())
    assert [event.kind for event in events.events] == ["lead_scored", "work_nudged"]


@pytest.mark.parametrize(
    ("expression", "part"),
    [
        ("lead.regon == '上海'", "regon"),
        ("lead.company_size > 'a'", "overload"),
        ("lead.company_size + 1", "condition"),
        ("lead.region.matches('[')", "missing ]"),
    ],
)
async def test_a_rule_that_cannot_decide_is_refused_when_it_is_published(
    scoring: ScoringServiceStub, expression: str, part: str
) -> None:
    rule = pb.FitRule(rule_id="broken", expression=expression, points=1)

    with pytest.raises(grpc.aio.AioRpcError) as error:
        await scoring.PublishRules(
            pb.PublishRulesRequest(request_id=new_id(), fit_rules=[rule]), metadata=as_marketer()
        )

    told = refusal_of(error.value)
    assert (told.status, told.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "RULE_INVALID")
    assert told.metadata["rule"] == "broken"
    assert part in told.message


async def test_thresholds_that_contradict_each_other_are_refused(scoring: ScoringServiceStub) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await scoring.PublishRules(
            pb.PublishRulesRequest(request_id=new_id(), maturity=pb.MaturityThresholds(enter=10, leave=20)),
            metadata=as_marketer(),
        )

    assert [name for name, _ in refusal_of(error.value).fields] == ["maturity.leave"]


async def test_a_lead_that_nobody_scored_has_no_score(scoring: ScoringServiceStub) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await scoring.GetScore(pb.GetScoreRequest(lead_id=new_id()), metadata=as_manager())

    assert refusal_of(error.value).status is grpc.StatusCode.NOT_FOUND


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("method", sorted(METHODS))
async def test_a_method_is_open_to_the_roles_of_the_access_table_and_to_no_other(
    scoring: ScoringServiceStub, method: str, role: Role
) -> None:
    request = getattr(pb, f"{method}Request")()

    with pytest.raises(grpc.aio.AioRpcError) as error:
        await getattr(scoring, method)(request, metadata=caller_metadata(Caller(new_id(), role)))

    # An empty request is refused by its fields, but only after the role was let in.
    expected = "INVALID_FIELD" if role in METHODS[method] else "ROLE_NOT_ALLOWED"
    assert refusal_of(error.value).reason == expected
