"""A held lead becomes an account, a contact and an opportunity, exactly once or not at all.

The holding is leased, so that nobody takes it away meanwhile; then one transaction of conversion's makes the three.
Before that commit anything may still end the conversion; after it there is only forward. Much later, when the
opportunity is closed, the next run under the same id tells intake.
"""

from collections import deque
from contextlib import suppress
from dataclasses import replace

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from services.shared.runs import CONVERSION, NUDGE, ConversionRun, LeadRun, Nudge
    from workflows import details
    from workflows.activities_conversion import ConversionActivities
    from workflows.activities_intake import IntakeActivities
    from workflows.activities_routing import RoutingActivities
    from workflows.calls import QuickCalls, call, new_request_id
    from workflows.limits import ASK_ABOUT_THE_UNKNOWN, EVENTS_IN_A_HISTORY, LEASE, SHORTEST_SLEEP
    from workflows.refusals import Refused
    from workflows.rests import Rests
    from workflows.work import (
        UNKNOWN,
        AbandonCause,
        ConversionTask,
        ConversionWork,
        Lease,
        OfConversion,
        OwnersTold,
        RunEnd,
        ToAbandon,
        ToCommit,
        ToComplete,
        ToLease,
        ToRegister,
        ToTell,
    )


@workflow.defn(name=CONVERSION)
class Conversion:
    @workflow.init
    def __init__(self, conversion: ConversionRun) -> None:
        self._conversion = conversion
        self._inbox: list[Nudge] = []
        self._work = ConversionWork(task="")
        self._quickly = QuickCalls(before_waiting=self._show)
        self._rests = Rests()
        self._happenings: deque[details.Happening] = deque(maxlen=5)

    @workflow.run
    async def run(self, conversion: ConversionRun) -> RunEnd:
        while True:
            self._inbox.clear()
            await self._ask_for_work()
            # From this look at the inbox to the end of the run there is no await.
            if self._work.task == ConversionTask.NONE and not self._inbox:
                self._show()
                return RunEnd(self._work.state, self._work.reason or "nothing is left to do")
            if workflow.info().get_current_history_length() > EVENTS_IN_A_HISTORY:
                workflow.continue_as_new(conversion)
            await self._do(self._work.task)

    @workflow.signal(name=NUDGE)
    def nudge(self, nudge: Nudge) -> None:
        """Something happened: noted, never acted on by its content."""
        self._inbox.append(nudge)
        self._rests.end()
        self._note(nudge.kind)

    @workflow.query
    def why(self) -> str:
        """What it is at, and what was refused."""
        return details.why(self._work.reason or self._work.state, self._rests)

    async def _ask_for_work(self) -> None:
        try:
            self._work = await self._quickly(
                ConversionActivities.get_work, self._conversion, summary="what is to be done?"
            )
        except Refused as refused:
            if refused.refusal.is_final:
                self._work = ConversionWork(ConversionTask.NONE, UNKNOWN, reason="there is no such conversion")
                return
            self._work = replace(self._work, task=ConversionTask.ASK_AGAIN)
            self._rests.begin(ConversionTask.ASK_AGAIN, refused.refusal, workflow.now())
        self._rests.forget_all_but([self._work.task])

    async def _do(self, task: str) -> None:
        """Do what is to be done. What is refused is shown, and tried again after a rest."""
        self._show()
        try:
            if self._rests.is_resting(task, workflow.now()):
                await self._wait()
            elif task == ConversionTask.COMMIT:
                await self._commit()
            elif task == ConversionTask.FINISH:
                await self._finish()
            # A worker that did not know this task waited.
            elif task == ConversionTask.TELL and workflow.patched("opportunity-owners-told"):
                await self._tell()
            elif task != ConversionTask.ASK_AGAIN:
                await self._wait()  # a newer conversion service knows more than this worker
        except Refused as refused:
            self._rests.begin(task, refused.refusal, workflow.now())

    async def _commit(self) -> None:
        """Nothing is made that the lease does not cover: when it ends first, somebody else may hold the lead."""
        lease = await self._lease()
        if lease is None:
            return
        work, until = self._work, workflow.now() + LEASE
        match = await call(
            IntakeActivities.match_account,
            LeadRun(work.lead_id),
            summary="whom do we know already?",
            until=until,
        )
        to_commit = ToCommit(new_request_id(), work.conversion_id, lease.rep_id, match)
        await call(
            ConversionActivities.commit_conversion,
            to_commit,
            summary="account, contact, opportunity",
            until=until,
        )
        self._note("committed")

    async def _lease(self) -> Lease | None:
        """Lease the holding. None: routing refused it for good, and the conversion has ended."""
        work = self._work
        to_lease = ToLease(
            new_request_id(),
            work.holding_id,
            work.epoch,
            work.conversion_id,
            work.converter_id,
            work.by_manager,
            LEASE.total_seconds(),
            work.lead_id,
        )
        try:
            return await call(RoutingActivities.lease_holding, to_lease, summary="lease the holding")
        except Refused as refused:
            if not refused.refusal.is_final:
                raise
            reason = refused.refusal.reason
        to_abandon = ToAbandon(new_request_id(), work.conversion_id, AbandonCause.LEASE_REFUSED, reason)
        await call(ConversionActivities.abandon_conversion, to_abandon, summary=f"lease refused: {reason}")
        self._note(f"lease refused: {reason}")
        return None

    async def _finish(self) -> None:
        """After the commit there is only forward, as often as it takes."""
        work = self._work
        of_conversion = OfConversion(new_request_id(), work.holding_id, work.conversion_id)
        await call(RoutingActivities.finish_conversion, of_conversion, summary="the lead is converted")
        to_register = ToRegister(
            new_request_id(),
            work.lead_id,
            work.account_id,
            work.contact_id,
            work.account_owner_id,
            work.opportunity_owners,
            work.opportunities_version,
        )
        known = await call(IntakeActivities.register_keys, to_register, summary="known by its keys from now on")
        to_complete = ToComplete(new_request_id(), work.conversion_id, known or 0)
        await call(ConversionActivities.complete_conversion, to_complete, summary="nothing is left to do")
        self._note("completed")

    async def _tell(self) -> None:
        """Who works on something with the account keeps its leads: what changes of that, intake is told."""
        work = self._work
        to_tell = ToTell(new_request_id(), work.account_id, work.opportunity_owners, work.opportunities_version)
        await call(IntakeActivities.set_opportunity_owners, to_tell, summary="who owns open opportunities")
        told = OwnersTold(new_request_id(), work.conversion_id, work.opportunities_version)
        await call(ConversionActivities.mark_owners_told, told, summary="intake knows it")
        self._note("told who owns open opportunities")

    async def _wait(self) -> None:
        """Until something happens or the rest is over."""
        self._show()
        first_end = self._rests.first_end()
        period = first_end - workflow.now() if first_end else ASK_ABOUT_THE_UNKNOWN
        with suppress(TimeoutError):
            await workflow.wait_condition(
                lambda: bool(self._inbox),
                timeout=max(period, SHORTEST_SLEEP),
                timeout_summary=details.summary_of(details.why(self._work.task, self._rests)),
            )

    def _note(self, what: str) -> None:
        self._happenings.append(details.Happening(workflow.now(), what))

    def _show(self) -> None:
        workflow.set_current_details(details.of_conversion(self._work.state, self._rests, self._happenings))
