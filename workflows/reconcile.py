"""Runs that were terminated, cancelled, failed or timed out are begun again, with everything as it was.

The nudges that such a run had taken are gone with it, but nothing else is: the next run of the same id asks what is
pending. A schedule starts this every 20 seconds; each look begins a little before the last one ended.
"""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from workflows.activities_temporal import TemporalActivities
    from workflows.limits import EVENTS_IN_A_HISTORY, FIRST_LOOK, LOOKS_OVERLAP, ONE_LOOK, RETRIES
    from workflows.work import Drift, Look, LookOn


@workflow.defn(name="Reconcile")
class Reconcile:
    @workflow.run
    async def run(self, so_far: LookOn | None = None) -> Drift:
        look = so_far.look if so_far else self._since_the_last_look()
        begun_again = so_far.begun_again if so_far else 0
        while True:
            broken = await workflow.execute_activity_method(
                TemporalActivities.find_broken_runs,
                look,
                start_to_close_timeout=ONE_LOOK,
                retry_policy=RETRIES,
                summary=f"closed since {look.since}",
            )
            if broken.runs:
                begun_again += await workflow.execute_activity_method(
                    TemporalActivities.nudge_again,
                    broken.runs,
                    start_to_close_timeout=ONE_LOOK,
                    retry_policy=RETRIES,
                    summary=f"{len(broken.runs)} runs",
                )
            if not broken.next_page:
                return Drift(look.until, begun_again)
            look = Look(look.since, look.until, broken.next_page)
            if workflow.info().get_current_history_length() > EVENTS_IN_A_HISTORY:
                workflow.continue_as_new(LookOn(look, begun_again))

    def _since_the_last_look(self) -> Look:
        """What closed is found a moment later, so looks overlap; nobody is begun again twice."""
        now = workflow.now()
        last = workflow.get_last_completion_result(Drift)
        since = last.looked_until - LOOKS_OVERLAP if last else now - FIRST_LOOK
        return Look(since, now)
