"""The life of one lead, for as long as something is pending: handed over, scored, routed, held until a deadline.

The run holds no truth. Nudged or woken, it asks routing what is to be done and does that one step, by a call that
changes nothing when it comes late or twice. When nothing is pending it ends; the next event starts the next run under
the same id. So a run that is terminated, reset or begun anew needs to remember nothing.
"""

from collections import deque
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from services.shared.runs import LEAD_LIFECYCLE, NUDGE, LeadRun, Nudge
    from workflows import details, search_attributes
    from workflows.activities_conversion import ConversionActivities
    from workflows.activities_routing import RoutingActivities
    from workflows.calls import QuickCalls, call, new_request_id
    from workflows.hand_over import HandOver
    from workflows.lead_steps import Step, reason, sleeps_until, steps_due, wakes_at
    from workflows.limits import EVENTS_IN_A_HISTORY, PATIENCE, SHORTEST_SLEEP
    from workflows.refusals import Refused
    from workflows.rests import Rests
    from workflows.telling import Telling
    from workflows.work import (
        COMMITTED,
        UNKNOWN,
        AbandonCause,
        Effect,
        LeadTask,
        LeadWork,
        OfConversion,
        RunEnd,
        ToAbandon,
        ToAdvance,
        ToRoute,
    )


@workflow.defn(name=LEAD_LIFECYCLE)
class LeadLifecycle:
    @workflow.init
    def __init__(self, lead: LeadRun) -> None:
        self._lead = lead
        self._inbox: list[Nudge] = []
        self._work = LeadWork(task="")
        # The instant that routing named, by the run's own clock: only the duration is taken from routing's.
        self._wakes_at: datetime | None = None
        self._quickly = QuickCalls(before_waiting=self._show)
        # A continued run cannot know what was owed before, so it asks.
        self._hand_over = HandOver(lead, self._quickly, owed=workflow.info().continued_run_id is not None)
        self._telling = Telling(lead)
        self._rests = Rests()
        self._happenings: deque[details.Happening] = deque(maxlen=5)

    @workflow.run
    async def run(self, lead: LeadRun) -> RunEnd:
        while True:
            self._inbox.clear()
            await self._ask_for_work()
            steps = self._steps_due()
            # From this look at the inbox to the end of the run there is no await: what comes meanwhile makes the
            # server refuse the end, what comes later starts the next run.
            if not steps and not self._inbox and (end := self._end()):
                self._show()
                return end
            if workflow.info().get_current_history_length() > EVENTS_IN_A_HISTORY:
                # Nothing need be carried along: the continued run asks everybody.
                workflow.continue_as_new(lead)
            await self._do(self._first_awake(steps))

    @workflow.signal(name=NUDGE)
    def nudge(self, nudge: Nudge) -> None:
        """Something happened: noted, never acted on by its content."""
        self._inbox.append(nudge)
        self._hand_over.nudged(nudge.kind)
        self._rests.end()
        self._note(nudge.kind)

    @workflow.query
    def schedule(self) -> details.LeadSchedule:
        """Where the lead stands, and its next deadline."""
        work = self._work
        return details.LeadSchedule(work.state, work.owner_code, work.due_at, work.wake_at, reason(work))

    @workflow.query
    def why(self) -> str:
        """Why it waits, and what was refused."""
        return details.why(reason(self._work), self._rests)

    async def _ask_for_work(self) -> None:
        try:
            self._work = await self._quickly(RoutingActivities.get_work, self._lead, summary="what is to be done?")
        except Refused as refused:
            self._work = replace(self._work, task=LeadTask.ASK_AGAIN)
            self._rests.begin(Step.ASK_AGAIN, refused.refusal, workflow.now())
        self._wakes_at = wakes_at(self._work, workflow.now())

    def _steps_due(self) -> list[Step]:
        steps = steps_due(
            self._work,
            may_exist=self._hand_over.may_exist,
            facts_owed=self._hand_over.facts_owed,
            score_owed=self._hand_over.score_owed,
            access_owed=self._telling.owed(self._work),
        )
        self._rests.forget_all_but(steps)
        return steps

    def _end(self) -> RunEnd | None:
        if self._work.task == LeadTask.HAND_OVER:
            return RunEnd(UNKNOWN, "neither routing nor intake knows this lead")
        if self._work.task == LeadTask.NONE:
            return RunEnd(self._work.state, self._work.why or "nothing is pending")
        return None

    def _first_awake(self, steps: list[Step]) -> Step:
        now = workflow.now()
        return next((step for step in steps if not self._rests.is_resting(step, now)), Step.WAIT)

    async def _do(self, step: Step) -> None:
        """Do one step. A refused one is no failure of the run: it is shown, and tried again after a rest."""
        try:
            match step:
                case Step.ASK_AGAIN:
                    return
                case Step.HAND_OVER_FACTS:
                    opens = self._work.task == LeadTask.HAND_OVER
                    await self._hand_over.facts(opens=opens, until=self._patience_ends())
                case Step.HAND_OVER_SCORE:
                    await self._hand_over.score(until=self._patience_ends())
                case Step.SCORE:
                    await self._score()
                case Step.ROUTE:
                    await self._route()
                case Step.SET_ACCESS:
                    await self._set_access()
                case Step.SET_ACCESS_IN_SCORING | Step.SET_ACCESS_IN_CONVERSION:
                    await self._telling.tell(step, self._work.access, self._patience_ends())
                case Step.ADVANCE:
                    await self._advance()
                case Step.END_LEASE:
                    await self._end_lease()
                case Step.WAIT:
                    await self._wait(sleeps_until(self._work, self._wakes_at, self._rests, workflow.now()))
        except Refused as refused:
            self._rests.begin(step, refused.refusal, workflow.now())
        else:
            self._rests.forget(step)

    async def _score(self) -> None:
        """Within what is left of the qualification's budget: an outage of scoring never delays routing."""
        await self._hand_over.new_score(self._work.facts or {}, until=self._patience_ends())
        self._note("scored")

    async def _route(self) -> None:
        to_route = ToRoute(new_request_id(), self._lead.lead_id)
        state = await self._quickly(RoutingActivities.route_lead, to_route, summary="route the lead")
        self._note(f"routed: {state}")

    async def _set_access(self) -> None:
        """Who holds the lead sees the person behind it."""
        if workflow.patched("holder-shown-before-intake-is-told"):
            # Whoever filters by holder or state finds the lead at once, were intake away for ever.
            self._show()
        await self._telling.tell(Step.SET_ACCESS, self._work.access, self._patience_ends())

    async def _advance(self) -> None:
        """Routing looks again by its own clock: a reminder, the recall, or not yet."""
        to_advance = ToAdvance(new_request_id(), self._work.holding_id)
        advanced = await self._quickly(RoutingActivities.advance_holding, to_advance, summary="remind or recall")
        if advanced.effect == Effect.NOT_DUE:
            await self._wait(workflow.now() + timedelta(seconds=advanced.wake_in or 0))
        else:
            self._note(advanced.effect.lower())

    async def _end_lease(self) -> None:
        """The end of a lease frees nothing by itself: a conversion that is committed must be finished."""
        work = self._work
        to_abandon = ToAbandon(new_request_id(), work.conversion_id, AbandonCause.LEASE_ENDED)
        state = await call(
            ConversionActivities.abandon_conversion,
            to_abandon,
            summary="the lease has ended",
            until=self._patience_ends(),
        )
        of_conversion = OfConversion(new_request_id(), work.holding_id, work.conversion_id)
        then = RoutingActivities.finish_conversion if state in COMMITTED else RoutingActivities.release_lease
        await call(then, of_conversion, summary=f"the conversion is {state}")
        self._note(f"lease ended: {state}")

    async def _wait(self, until: datetime) -> None:
        """Until something happens, at most until this instant."""
        self._show()
        summary = f"{self._work.why or 'look again'}, {details.instant(self._work.wake_at or until)}"
        with suppress(TimeoutError):
            await workflow.wait_condition(
                lambda: bool(self._inbox),
                timeout=max(until - workflow.now(), SHORTEST_SLEEP),
                timeout_summary=details.summary_of(summary),
            )

    def _patience_ends(self) -> datetime:
        """Until when another service may keep the run from its next step."""
        now = workflow.now()
        return min(max(self._wakes_at or now + PATIENCE, now + SHORTEST_SLEEP), now + PATIENCE)

    def _note(self, what: str) -> None:
        self._happenings.append(details.Happening(workflow.now(), what))

    def _show(self) -> None:
        """To people in words; to filters only what differs, for each change costs."""
        work = self._work
        workflow.set_current_details(details.of_lead(self.schedule(), self._rests, self._happenings))
        known = workflow.info().typed_search_attributes
        if changed := search_attributes.changes(
            known, state=work.state, owner_code=work.owner_code, due_at=work.due_at
        ):
            workflow.upsert_search_attributes(changed)
