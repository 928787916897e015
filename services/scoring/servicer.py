"""ScoringService: translates, nothing else."""

import json
from collections.abc import Mapping
from datetime import UTC
from typing import Any

from google.protobuf import json_format
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from clew.lead.v1 import lead_pb2
from clew.scoring.v1 import scoring_pb2 as pb
from clew.scoring.v1.scoring_pb2_grpc import ScoringServiceServicer
from services.scoring import store, tables
from services.scoring.rules import check_rules
from services.scoring.score import BehaviorRule, Contribution, FitRule, GradeThresholds, MaturityThresholds, Rules
from services.scoring.store import ScoredLead
from services.scoring.store_scoring import record_engagement, score_lead
from services.shared import expressions
from services.shared.callers import current_caller
from services.shared.hidden_leads import read_access, set_access
from services.shared.ids import read_id
from services.shared.requests import command, query
from services.shared.servicer_events import events_page


class ScoringServicer(ScoringServiceServicer):
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine, self._requests = engine, tables.request

    @command(pb.PublishRulesResponse)
    async def PublishRules(self, request: pb.PublishRulesRequest, db: AsyncConnection) -> pb.PublishRulesResponse:
        rules = _rules(request)
        check_rules(rules)
        for rule in rules.fit:
            expressions.check_expression(rule.rule_id, rule.expression)
        return pb.PublishRulesResponse(version=await store.publish_rules(db, rules, current_caller().id))

    @command(pb.ScoreLeadResponse)
    async def ScoreLead(self, request: pb.ScoreLeadRequest, db: AsyncConnection) -> pb.ScoreLeadResponse:
        lead_id = read_id(request.facts.lead_id, "facts.lead_id")
        return pb.ScoreLeadResponse(score=_score(await score_lead(db, lead_id, _stored(request.facts), _holds)))

    @command(pb.RecordEngagementResponse)
    async def RecordEngagement(
        self, request: pb.RecordEngagementRequest, db: AsyncConnection
    ) -> pb.RecordEngagementResponse:
        engagement_id, lead = await record_engagement(
            db,
            read_id(request.lead_id, "lead_id"),
            request.kind,
            request.occurred_at.ToDatetime(UTC) if request.HasField("occurred_at") else None,
            request.source_event_id,
            _holds,
        )
        seen = store.not_scored(lead.lead_id) if lead.hidden else lead
        return pb.RecordEngagementResponse(engagement_id=str(engagement_id), score=_score(seen))

    @query
    async def GetScore(self, request: pb.GetScoreRequest, db: AsyncConnection) -> pb.GetScoreResponse:
        return pb.GetScoreResponse(score=_score(await store.find_lead(db, read_id(request.lead_id, "lead_id"))))

    @query
    async def ExplainScore(self, request: pb.ExplainScoreRequest, db: AsyncConnection) -> pb.ExplainScoreResponse:
        lead = await store.find_lead(db, read_id(request.lead_id, "lead_id"))
        return pb.ExplainScoreResponse(
            score=_score(lead),
            contributions=[_contribution(one) for one in await store.contributions_of(db, lead)],
            facts=_facts(lead.facts) if lead.facts is not None else None,
        )

    @command(pb.MarkTakenResponse)
    async def MarkTaken(self, request: pb.MarkTakenRequest, db: AsyncConnection) -> pb.MarkTakenResponse:
        taken = await store.mark_taken(db, read_id(request.lead_id, "lead_id"), request.version)
        return pb.MarkTakenResponse(taken_version=taken)

    @command(pb.SetAccessResponse)
    async def SetAccess(self, request: pb.SetAccessRequest, db: AsyncConnection) -> pb.SetAccessResponse:
        await set_access(db, "scoring", read_access(request))
        return pb.SetAccessResponse()

    @query
    async def ListLeadEvents(self, request: pb.ListLeadEventsRequest, db: AsyncConnection) -> pb.ListLeadEventsResponse:
        events, next_page_token = await events_page(db, tables.event, request, only=store.events_seen())
        return pb.ListLeadEventsResponse(events=events, next_page_token=next_page_token)


def _rules(request: pb.PublishRulesRequest) -> Rules:
    grades, maturity = GradeThresholds(), MaturityThresholds()
    if request.HasField("grades"):
        grades = GradeThresholds(request.grades.a, request.grades.b, request.grades.c)
    if request.HasField("maturity"):
        maturity = MaturityThresholds(request.maturity.enter, request.maturity.leave)
    return Rules(
        fit=tuple(FitRule(rule.rule_id, rule.expression, rule.points) for rule in request.fit_rules),
        behavior=tuple(
            BehaviorRule(rule.rule_id, rule.engagement_kind, rule.points, rule.max_points)
            for rule in request.behavior_rules
        ),
        grades=grades,
        maturity=maturity,
    )


def _score(lead: ScoredLead) -> pb.Score:
    return pb.Score(
        lead_id=str(lead.lead_id),
        version=lead.version,
        taken_version=lead.taken_version,
        fit_score=lead.fit_score,
        behavior_score=lead.behavior_score,
        grade=lead.grade,
        mature=lead.mature,
        maturities=lead.maturities,
        rules_version=lead.rules_version,
        scored_at=lead.scored_at,
    )


def _contribution(one: Contribution) -> pb.Contribution:
    return pb.Contribution(
        rule_id=one.rule_id, part=one.part, points=one.points, engagements=one.engagements, because=one.because
    )


def _stored(facts: lead_pb2.LeadFacts) -> Mapping[str, Any]:
    stored: Mapping[str, Any] = json.loads(json_format.MessageToJson(facts, preserving_proto_field_name=True))
    return stored


def _facts(stored: Mapping[str, Any]) -> lead_pb2.LeadFacts:
    return json_format.ParseDict(dict(stored), lead_pb2.LeadFacts(), ignore_unknown_fields=True)


def _holds(facts: Mapping[str, Any], expression: str) -> bool:
    return expressions.holds(expression, _facts(facts))
