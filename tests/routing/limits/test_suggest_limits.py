"""Suggestions from the holdings that are there."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from clew.routing.v1 import limits_pb2 as pb
from services.shared.ids import new_id
from tests.examples import as_manager
from tests.routing.office import Office, Rep, refused

DAY = timedelta(days=1)


async def had(
    office: Office, rep: Rep, number: int, *, began: float, lasted: float | None, cause: str = "converted", **of: str
) -> None:
    """So many holdings that began so many days ago and lasted so many days; those without a length last still."""
    leads = [new_id() for _ in range(number)]
    await office.run(
        """insert into routing.lead (lead_id, state, facts, facts_version, route_due)
           select unnest(cast(:leads as uuid[])), :state, '{}', 1, false""",
        leads=leads,
        state="CONVERTED" if lasted is not None else "HELD",
    )
    await office.run(
        """
        insert into routing.holding (holding_id, lead_id, epoch, rep_id, origin, policy_code, policy_version, grade,
          started_at, schedule, due_at, due_cause, reminders, reminder_steps, wake_at, claim_cooldown, ended_at,
          end_cause)
        select uuidv7(), lead_id, 1, cast(:rep_id as uuid), :origin, 'standard', 1, nullif(:grade, ''),
          clew.clew_now() - :began, '{}', clew.clew_now() + interval '9 days', 'PROTECTION', '{}', '{}',
          case when cast(:lasted as interval) is null then clew.clew_now() + interval '9 days' end, interval '7 days',
          clew.clew_now() - :began + cast(:lasted as interval),
          case when cast(:lasted as interval) is not null then :cause end
        from unnest(cast(:leads as uuid[])) as lead_id
        """,
        leads=leads,
        rep_id=UUID(rep.rep_id),
        origin=of.get("origin", "CLAIMED"),
        grade=of.get("grade", ""),
        began=began * DAY,
        lasted=None if lasted is None else lasted * DAY,
        cause=cause,
    )


async def suggest(office: Office, team_code: str = "", **asked: Any) -> list[pb.LimitSuggestion]:
    request = pb.SuggestLimitsRequest(team_code=team_code, **asked)
    return list((await office.limits.SuggestLimits(request, metadata=as_manager())).suggestions)


async def test_the_arithmetic_is_shown_with_what_it_stands_on(office: Office) -> None:
    team = await office.a_team(limit=40)
    one, other = await office.a_rep(team), await office.a_rep(team, limit=60)
    await had(office, one, 1, began=400, lasted=1, cause="returned")
    await had(office, one, 20, began=30, lasted=9.5)
    await had(office, other, 20, began=40, lasted=20)
    await had(office, other, 140, began=50, lasted=2, cause="recalled")
    await had(office, one, 180, began=5, lasted=None)

    [whole] = await suggest(office, team)

    assert (whole.conversions, whole.begun, whole.reps, whole.days) == (40, 360, 2, 90)
    assert whole.mean_days_to_convert == pytest.approx(14.75, abs=0.01)
    assert whole.begun_per_rep_and_day == pytest.approx(2)
    assert whole.raw == pytest.approx(29.5, abs=0.05)
    assert (whole.limit, whole.not_enough_data) == (30, False)
    assert (whole.lowest_present, whole.highest_present) == (40, 60)


async def test_of_each_grade_it_is_said_apart_and_honestly_where_there_is_too_little(office: Office) -> None:
    rep = await office.a_rep()
    await office.set_limit(rep, 7, grade="A")
    await had(office, rep, 30, began=20, lasted=5, grade="A")
    await had(office, rep, 19, began=20, lasted=5, grade="B")

    whole, of_grade_a, of_grade_b = await suggest(office, rep.team_code)

    assert [one.grade for one in (whole, of_grade_a, of_grade_b)] == ["", "A", "B"]
    assert (whole.conversions, of_grade_a.conversions, of_grade_b.conversions) == (49, 30, 19)
    assert (of_grade_a.lowest_present, of_grade_a.highest_present) == (7, 7)
    assert of_grade_b.not_enough_data
    assert not of_grade_b.HasField("limit")
    assert not of_grade_b.HasField("lowest_present")


async def test_of_one_grade_nothing_else_is_said(office: Office) -> None:
    rep = await office.a_rep()
    await had(office, rep, 20, began=20, lasted=5, grade="A")
    await had(office, rep, 20, began=20, lasted=9, grade="B")

    [found] = await suggest(office, rep.team_code, grade="B")

    assert (found.grade, found.conversions) == ("B", 20)
    assert found.mean_days_to_convert == pytest.approx(9, abs=0.01)


async def test_what_ended_before_the_window_and_reps_who_left_are_not_looked_at(office: Office) -> None:
    team = await office.a_team()
    rep, gone = await office.a_rep(team), await office.a_rep(team)
    await had(office, rep, 25, began=60, lasted=5)
    await had(office, gone, 25, began=10, lasted=5)
    await office.run("update routing.rep set active = false where code = :code", code=gone.code)

    [of_a_month] = await suggest(office, team, window=30 * DAY)

    assert (of_a_month.conversions, of_a_month.begun, of_a_month.reps) == (0, 0, 1)
    assert of_a_month.not_enough_data


async def test_a_team_without_any_holding_has_not_enough_data(office: Office) -> None:
    team = await office.a_team()

    [found] = await suggest(office, team)

    assert (found.reps, found.conversions, found.not_enough_data) == (0, 0, True)


async def test_of_all_reps_together_every_team_counts(office: Office) -> None:
    one, other = await office.a_rep(), await office.a_rep()
    await had(office, one, 10, began=20, lasted=5, grade="D")
    await had(office, other, 10, began=20, lasted=5, grade="D")

    [found] = await suggest(office, grade="D")

    assert found.conversions == 20


@pytest.mark.parametrize("window", [timedelta(hours=1), 367 * DAY])
async def test_a_window_is_a_day_at_least_and_a_year_at_most(office: Office, window: timedelta) -> None:
    told = await refused(suggest(office, window=window))

    assert [name for name, _ in told.fields] == ["window"]


async def test_an_unknown_team_is_not_found(office: Office) -> None:
    assert (await refused(suggest(office, "nowhere"))).reason == "NOT_FOUND"
