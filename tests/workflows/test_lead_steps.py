"""What a lead's run does next."""

from datetime import UTC, datetime, timedelta

import pytest

from services.shared.events import EVENT_KINDS, Wakes
from workflows.lead_steps import (
    OF_INTAKE,
    OF_ROUTING,
    OF_SCORING,
    Step,
    may_owe_facts,
    may_owe_score,
    sleeps_until,
    steps_due,
    wakes_at,
)
from workflows.refusals import Refusal
from workflows.rests import Rests
from workflows.work import LeadTask, LeadWork

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
A_SECOND = timedelta(seconds=1)


def steps(task: str, *owed: Step, may_exist: bool = True) -> list[Step]:
    return steps_due(
        LeadWork(task),
        may_exist=may_exist,
        facts_owed=Step.HAND_OVER_FACTS in owed,
        score_owed=Step.HAND_OVER_SCORE in owed,
        access_owed=[step for step in owed if step is Step.SET_ACCESS],
    )


@pytest.mark.parametrize(
    ("task", "step"),
    [
        (LeadTask.SCORE, Step.SCORE),
        (LeadTask.ROUTE, Step.ROUTE),
        (LeadTask.ADVANCE, Step.ADVANCE),
        (LeadTask.END_LEASE, Step.END_LEASE),
        (LeadTask.HAND_OVER, Step.HAND_OVER_FACTS),
    ],
)
def test_a_task_of_routing_is_a_step(task: LeadTask, step: Step) -> None:
    assert steps(task) == [step]


@pytest.mark.parametrize("task", [LeadTask.WAIT, LeadTask.NONE, "LEAD_TASK_99"])
def test_without_a_task_there_is_nothing_but_what_is_owed(task: str) -> None:
    assert steps(task) == []
    assert steps(task, Step.SET_ACCESS) == [Step.SET_ACCESS]


@pytest.mark.parametrize("task", [LeadTask.ROUTE, LeadTask.ADVANCE, LeadTask.END_LEASE])
def test_what_is_due_goes_before_what_is_owed(task: LeadTask) -> None:
    due, *owed = steps(task, Step.HAND_OVER_FACTS, Step.HAND_OVER_SCORE, Step.SET_ACCESS)

    assert due == steps(task)[0]
    assert owed == [Step.HAND_OVER_FACTS, Step.HAND_OVER_SCORE, Step.SET_ACCESS]


def test_facts_are_handed_over_before_a_lead_is_scored_on_them() -> None:
    assert steps(LeadTask.SCORE, Step.HAND_OVER_FACTS) == [Step.HAND_OVER_FACTS, Step.SCORE]


def test_a_lead_that_intake_does_not_know_either_leaves_nothing_to_do() -> None:
    assert steps(LeadTask.HAND_OVER, Step.HAND_OVER_SCORE, may_exist=False) == []


def test_a_run_sleeps_for_the_duration_that_routing_named() -> None:
    work = LeadWork(LeadTask.WAIT, wake_at=NOON - timedelta(hours=1), wake_in=30 * 86_400.0)

    wakes = wakes_at(work, NOON)

    assert wakes == NOON + timedelta(days=30)
    assert sleeps_until(work, wakes, Rests(), NOON) == wakes


def test_a_run_sleeps_no_longer_than_the_first_rest() -> None:
    rests = Rests()
    rests.begin(Step.SET_ACCESS, Refusal("UNAVAILABLE", "UNAVAILABLE"), NOON)

    assert sleeps_until(LeadWork(LeadTask.WAIT), NOON + timedelta(seconds=90), rests, NOON) == NOON + A_SECOND
    assert sleeps_until(LeadWork(LeadTask.NONE), None, rests, NOON) == NOON + A_SECOND


@pytest.mark.parametrize("task", [LeadTask.ROUTE, LeadTask.ADVANCE, LeadTask.END_LEASE, "LEAD_TASK_99"])
def test_what_is_due_already_names_no_instant_to_wake_at(task: str) -> None:
    assert wakes_at(LeadWork(task, wake_in=-1.0), NOON) is None


def test_a_task_that_is_not_known_here_is_asked_about_again_within_a_minute() -> None:
    assert sleeps_until(LeadWork("LEAD_TASK_99"), None, Rests(), NOON) == NOON + timedelta(minutes=1)


def test_every_kind_that_wakes_a_lead_is_somebody_s() -> None:
    waking = {kind for kind, wakes in EVENT_KINDS.items() if wakes is Wakes.LEAD}

    assert waking - (OF_ROUTING | OF_INTAKE | OF_SCORING) == {"work_nudged"}


@pytest.mark.parametrize(
    ("kind", "facts", "score"),
    [
        ("lead_claimed", False, False),
        ("lead_attached", True, False),
        ("maturity_reached", False, True),
        ("work_nudged", True, True),
        ("reconciled", True, True),
        ("of_a_newer_service", True, True),
    ],
)
def test_a_nudge_says_who_may_have_something_to_hand_over(kind: str, facts: bool, score: bool) -> None:
    assert (may_owe_facts(kind), may_owe_score(kind)) == (facts, score)
