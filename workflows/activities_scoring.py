"""What workflows ask of scoring."""

import grpc.aio
from temporalio import activity

from clew.scoring.v1 import scoring_pb2 as pb
from clew.scoring.v1.scoring_pb2_grpc import ScoringServiceStub
from services.shared.runs import LeadRun
from workflows.calling import ask
from workflows.messages import as_facts
from workflows.work import Score, SetAccess, Taken, ToScore


class ScoringActivities:
    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._scoring = ScoringServiceStub(channel)

    @activity.defn(name="scoring.ScoreLead")
    async def score_lead(self, to_score: ToScore) -> Score:
        """Score the lead on these facts."""
        answer = await ask(
            self._scoring.ScoreLead,
            pb.ScoreLeadRequest(request_id=to_score.request_id, facts=as_facts(to_score.facts)),
        )
        return _score(answer.score)

    @activity.defn(name="scoring.GetScore")
    async def get_score(self, lead: LeadRun) -> Score:
        """The lead's score, and what of it routing has not taken."""
        answer = await ask(self._scoring.GetScore, pb.GetScoreRequest(lead_id=lead.lead_id))
        return _score(answer.score)

    @activity.defn(name="scoring.MarkTaken")
    async def mark_taken(self, taken: Taken) -> None:
        """Routing has taken the score up to this version."""
        await ask(
            self._scoring.MarkTaken,
            pb.MarkTakenRequest(request_id=taken.request_id, lead_id=taken.lead_id, version=taken.version),
        )

    @activity.defn(name="scoring.SetAccess")
    async def set_access(self, told: SetAccess) -> None:
        """Who may know of the lead."""
        access = told.access
        await ask(
            self._scoring.SetAccess,
            pb.SetAccessRequest(
                request_id=told.request_id,
                lead_id=told.lead_id,
                holder_id=access.holder_id,
                epoch=access.epoch,
                hidden=access.hidden,
                access_version=access.version,
                collaborator_ids=access.collaborator_ids,
            ),
        )


def _score(score: pb.Score) -> Score:
    return Score(
        lead_id=score.lead_id,
        version=score.version,
        taken_version=score.taken_version,
        fit_score=score.fit_score,
        behavior_score=score.behavior_score,
        grade=score.grade,
        maturities=score.maturities,
        rules_version=score.rules_version,
    )
