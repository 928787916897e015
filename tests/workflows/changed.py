"""LeadLifecycle at each stage of a change: before intake is told who holds the lead, it is asked something.

The order is that of CONTRIBUTING: patched, deprecated, removed. To all three, today's LeadLifecycle is the old code;
and whoever forgets the patch has at once what is right only at the end, `Removed`.
"""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from services.shared.runs import LEAD_LIFECYCLE, LeadRun
    from workflows.activities_intake import IntakeActivities
    from workflows.lead_lifecycle import LeadLifecycle
    from workflows.work import RunEnd

PATCH = "intake-asked-first"
# The activity by which the new way is known. No run of a lead calls it otherwise, also none that another test left.
NEW_WAY = "intake.MatchAccount"


@workflow.defn(name=LEAD_LIFECYCLE)
class Patched(LeadLifecycle):
    # The SDK looks for both in the class itself.
    @workflow.init
    def __init__(self, lead: LeadRun) -> None:
        super().__init__(lead)

    @workflow.run
    async def run(self, lead: LeadRun) -> RunEnd:
        return await super().run(lead)

    async def _set_access(self) -> None:
        if workflow.patched(PATCH):
            await self._quickly(IntakeActivities.match_account, self._lead, summary="who is it?")
        await super()._set_access()


@workflow.defn(name=LEAD_LIFECYCLE)
class Deprecated(LeadLifecycle):
    @workflow.init
    def __init__(self, lead: LeadRun) -> None:
        super().__init__(lead)

    @workflow.run
    async def run(self, lead: LeadRun) -> RunEnd:
        return await super().run(lead)

    async def _set_access(self) -> None:
        workflow.deprecate_patch(PATCH)
        await self._quickly(IntakeActivities.match_account, self._lead, summary="who is it?")
        await super()._set_access()


@workflow.defn(name=LEAD_LIFECYCLE)
class Removed(LeadLifecycle):
    @workflow.init
    def __init__(self, lead: LeadRun) -> None:
        super().__init__(lead)

    @workflow.run
    async def run(self, lead: LeadRun) -> RunEnd:
        return await super().run(lead)

    async def _set_access(self) -> None:
        await self._quickly(IntakeActivities.match_account, self._lead, summary="who is it?")
        await super()._set_access()
