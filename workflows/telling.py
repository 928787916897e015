"""Who sees a lead is told to the services that show something of it, each by itself. Runs inside a lead's run.

A service that is away keeps no other from being told, and the run does not end before all have been.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from temporalio import workflow
from temporalio.types import MethodAsyncSingleParam

from services.shared.runs import LeadRun
from workflows.activities_conversion import ConversionActivities
from workflows.activities_intake import IntakeActivities
from workflows.activities_scoring import ScoringActivities
from workflows.calls import call, new_request_id
from workflows.lead_steps import Step
from workflows.work import Access, LeadWork, SetAccess

BY: Mapping[Step, MethodAsyncSingleParam[Any, SetAccess, None]] = {
    Step.SET_ACCESS: IntakeActivities.set_access,
    Step.SET_ACCESS_IN_SCORING: ScoringActivities.set_access,
    Step.SET_ACCESS_IN_CONVERSION: ConversionActivities.set_access,
}


class Telling:
    def __init__(self, lead: LeadRun) -> None:
        self._lead = lead
        # A fresh run cannot know what was told before, so it tells again: what is old changes nothing there.
        self._told: dict[Step, Access] = {}

    def owed(self, work: LeadWork) -> list[Step]:
        """Whom to tell: intake shows persons, the others only whether there is such a lead."""
        # Before the first holding of a lead that is seen by all, nobody was ever told anything.
        if not work.epoch and not work.access_version:
            return []
        steps = [Step.SET_ACCESS]
        if work.access_version and workflow.patched("hidden-leads-told-to-all"):
            steps = list(BY)
        return [step for step in steps if self._told.get(step) != work.access]

    async def tell(self, step: Step, access: Access, until: datetime) -> None:
        await call(
            BY[step], SetAccess(new_request_id(), self._lead.lead_id, access), summary=in_words(access), until=until
        )
        self._told[step] = access


def in_words(access: Access) -> str:
    who = f"{access.holder_code} holds it" if access.holder_id else "nobody holds it"
    return f"{who}, epoch {access.epoch}{', hidden' if access.hidden else ''}"
