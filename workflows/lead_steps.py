"""What a lead's run does next, out of what routing answers and what the run owes others. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from workflows.limits import ASK_ABOUT_THE_UNKNOWN, LONGEST_SLEEP
from workflows.rests import Rests
from workflows.work import LeadTask, LeadWork


class Step(StrEnum):
    """A step, in the words that operators read."""

    ASK_AGAIN = "ask what is to be done"
    HAND_OVER_FACTS = "hand the facts over to routing"
    HAND_OVER_SCORE = "hand the score over to routing"
    SET_ACCESS = "tell intake who holds the lead"
    SET_ACCESS_IN_SCORING = "tell scoring who may know of the lead"
    SET_ACCESS_IN_CONVERSION = "tell conversion who may know of the lead"
    SCORE = "score the lead"
    ROUTE = "route the lead"
    ADVANCE = "remind or recall"
    END_LEASE = "end the conversion's lease"
    WAIT = "wait"


# Due at once: nothing else may hold them up.
DUE_NOW = {LeadTask.ROUTE: Step.ROUTE, LeadTask.ADVANCE: Step.ADVANCE, LeadTask.END_LEASE: Step.END_LEASE}


def steps_due(
    work: LeadWork, *, may_exist: bool, facts_owed: bool, score_owed: bool, access_owed: Sequence[Step]
) -> list[Step]:
    """Every step that is to be done now, the most urgent first. Empty: nothing but waiting, if anything."""
    if work.task == LeadTask.ASK_AGAIN:
        return [Step.ASK_AGAIN]
    if work.task == LeadTask.HAND_OVER:
        return [Step.HAND_OVER_FACTS] if may_exist else []
    steps = [step for task, step in DUE_NOW.items() if task == work.task]
    if facts_owed:
        steps.append(Step.HAND_OVER_FACTS)
    if score_owed:
        steps.append(Step.HAND_OVER_SCORE)
    steps += access_owed
    if work.task == LeadTask.SCORE:
        steps.append(Step.SCORE)
    return steps


def is_known(task: str) -> bool:
    return task in set(LeadTask)


def reason(work: LeadWork) -> str:
    """What the run waits for, in words."""
    return work.why if is_known(work.task) else f"this worker does not know the task {work.task}; {work.why}"


def wakes_at(work: LeadWork, answered_at: datetime) -> datetime | None:
    """The instant until which routing has nothing to be done, by the clock that the answer came by."""
    if work.task in (LeadTask.SCORE, LeadTask.WAIT) and work.wake_in is not None:
        return answered_at + timedelta(seconds=work.wake_in)
    return None


def sleeps_until(work: LeadWork, wakes: datetime | None, rests: Rests, now: datetime) -> datetime:
    """Until the instant that routing named, or the end of the first rest."""
    if wakes is None:
        # A newer routing knows more than this worker: what is unknown is asked about soon.
        wakes = now + (LONGEST_SLEEP if is_known(work.task) else ASK_ABOUT_THE_UNKNOWN)
    return min(wakes, rests.first_end() or wakes)


# By these kinds routing itself says that something changed there. Any other kind may come from intake or
# scoring, or from somebody who does not know whose nudges were lost: then both are asked.
OF_ROUTING = frozenset(
    {
        "access_changed",
        "collaborator_added",
        "collaborator_removed",
        "lead_opened",
        "facts_updated",
        "score_updated",
        "lead_routed",
        "lead_claimed",
        "lead_assigned",
        "lead_returned",
        "lead_reclaimed",
        "lead_transferred",
        "lead_recalled",
        "lead_disqualified",
        "lead_reopened",
        "lead_voided",
        "lead_accepted",
        "lead_rejected",
        "lead_handed_off",
        "follow_up_logged",
        "deadline_rebased",
        "holding_postponed",
        "holding_locked",
        "holding_unlocked",
        "holding_exempted",
        "exemption_ended",
        "extension_decided",
        "follow_up_voided",
        "holding_leased",
        "lease_released",
        "holding_converted",
    }
)
OF_INTAKE = frozenset({"lead_created", "lead_attached", "facts_changed"})
OF_SCORING = frozenset({"lead_scored", "grade_changed", "maturity_reached"})


def may_owe_facts(kind: str) -> bool:
    return kind not in OF_ROUTING | OF_SCORING


def may_owe_score(kind: str) -> bool:
    return kind not in OF_ROUTING | OF_INTAKE
