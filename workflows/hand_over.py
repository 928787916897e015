"""What intake and scoring know of a lead is handed over to routing, each version once. Runs inside a lead's run.

Read there, tell routing, mark as taken there: ended anywhere between, it is done again and changes nothing twice.
"""

from datetime import datetime

from services.shared.runs import LeadRun
from workflows.activities_intake import IntakeActivities
from workflows.activities_routing import RoutingActivities
from workflows.activities_scoring import ScoringActivities
from workflows.calls import QuickCalls, new_request_id
from workflows.lead_steps import may_owe_facts, may_owe_score
from workflows.refusals import Refused
from workflows.work import Carried, Facts, Score, TakeFacts, Taken, TakeScore, ToScore

NOT_FOUND = "NOT_FOUND"


class HandOver:
    """What is owed is noted before it is asked for: a nudge that comes meanwhile owes it anew."""

    def __init__(self, lead: LeadRun, quickly: QuickCalls, *, owed: bool) -> None:
        self._lead = lead
        self._quickly = quickly
        self.facts_owed = self.score_owed = owed
        # Until intake says that it has no such lead.
        self.may_exist = True

    def nudged(self, kind: str) -> None:
        self.facts_owed |= may_owe_facts(kind)
        self.score_owed |= may_owe_score(kind)
        self.may_exist = True

    async def facts(self, *, opens: bool, until: datetime) -> None:
        """Routing learns what intake knows: a lead that is new to it, or what changed."""
        self.facts_owed = self.may_exist = False
        try:
            facts = await self._facts_in_intake(until)
            if facts is None:
                return
            self.may_exist = True
            if opens or facts.version > facts.taken_version:
                await self._take_facts(facts, opens=opens, until=until)
        except Refused:
            self.facts_owed = self.may_exist = True
            raise

    async def score(self, *, until: datetime) -> None:
        """Routing learns what scoring knows, if that has changed."""
        self.score_owed = False
        try:
            score = await self._score_in_scoring(until)
            if score is not None and score.version > score.taken_version:
                await self._take_score(score, until)
        except Refused:
            self.score_owed = True
            raise

    async def new_score(self, facts: Carried, *, until: datetime) -> None:
        """Scoring scores the lead on these facts, and routing learns it."""
        score = await self._quickly(
            ScoringActivities.score_lead, ToScore(new_request_id(), facts), summary="score the lead", until=until
        )
        try:
            await self._take_score(score, until)
        except Refused:
            self.score_owed = True
            raise

    async def _facts_in_intake(self, until: datetime) -> Facts | None:
        try:
            return await self._quickly(
                IntakeActivities.get_lead_facts, self._lead, summary="what does intake know?", until=until
            )
        except Refused as refused:
            if refused.refusal.reason == NOT_FOUND:
                return None
            raise

    async def _take_facts(self, facts: Facts, *, opens: bool, until: datetime) -> None:
        take = RoutingActivities.open_lead if opens else RoutingActivities.update_facts
        version = f"facts, version {facts.version}"
        await self._quickly(take, TakeFacts(new_request_id(), facts), summary=version, until=until)
        taken = Taken(new_request_id(), facts.lead_id, facts.version)
        await self._quickly(IntakeActivities.mark_taken, taken, summary=version, until=until)

    async def _score_in_scoring(self, until: datetime) -> Score | None:
        try:
            return await self._quickly(
                ScoringActivities.get_score, self._lead, summary="what does scoring know?", until=until
            )
        except Refused as refused:
            if refused.refusal.reason == NOT_FOUND:
                return None
            raise

    async def _take_score(self, score: Score, until: datetime) -> None:
        version = f"grade {score.grade}, version {score.version}"
        await self._quickly(
            RoutingActivities.update_score, TakeScore(new_request_id(), score), summary=version, until=until
        )
        taken = Taken(new_request_id(), score.lead_id, score.version)
        await self._quickly(ScoringActivities.mark_taken, taken, summary=version, until=until)
