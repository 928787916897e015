"""Each question of the harness finds what it looks for, and nothing where all is well."""

import time
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from clew.intake.v1 import intake_pb2
from clew.routing.v1 import holdings_pb2
from services.shared.ids import new_id
from tests.faults.acts import REGION, submission
from tests.faults.invariants import (
    Found,
    Window,
    acknowledged_is_there,
    changes_are_in_the_ledger,
    conversions_are_whole,
    events_are_delivered,
    held_is_counted,
    one_effect_per_request,
    one_holding_per_lead,
    recalled_in_time,
)
from tests.faults.journal import Act, Ended, Journal
from tests.faults.office import MANAGER
from tests.faults.planting import Planted, decide, execute, held_lead, note


def claimed(planted: Planted, *, ended: float = 0.0) -> Journal:
    """A client was told that its claim is this holding."""
    answer = holdings_pb2.ClaimLeadResponse(holding=holdings_pb2.Holding(holding_id=str(planted.holding_id)))
    request = holdings_pb2.ClaimLeadRequest(request_id=str(new_id()), lead_id=str(planted.lead_id))
    act = Act("claim", request, MANAGER, time.time(), ended or time.time(), Ended.OK, answer)
    return Journal(acts=[act])


async def all_found(db: AsyncConnection, journal: Journal) -> dict[str, Found]:
    return {
        "I1": await acknowledged_is_there(db, journal),
        "I2": await one_effect_per_request(db, journal),
        "I3": await one_holding_per_lead(db),
        "I4": await held_is_counted(db),
        "I5": await recalled_in_time(db, []),
        "I6": await conversions_are_whole(db, journal),
        "I7": await events_are_delivered(db),
        "I11": await changes_are_in_the_ledger(db),
    }


async def test_nothing_is_found_where_all_is_well(db: AsyncConnection) -> None:
    planted = await held_lead(db)

    found = await all_found(db, claimed(planted))

    assert {code: list(one.violations) for code, one in found.items() if one.violations} == {}
    assert all(found[code].checked for code in ("I1", "I2", "I3", "I4", "I7", "I11"))


async def test_an_acknowledged_holding_that_is_gone_is_lost(db: AsyncConnection) -> None:
    planted = await held_lead(db)
    journal = claimed(planted)
    await execute(db, "delete from routing.holding where holding_id = :id", id=planted.holding_id)

    assert len((await acknowledged_is_there(db, journal)).violations) == 1


async def test_what_was_acknowledged_after_the_instant_is_not_asked_for(db: AsyncConnection) -> None:
    planted = await held_lead(db)
    journal = claimed(planted, ended=200.0)

    assert (await acknowledged_is_there(db, journal, before=100.0)).checked == 0
    assert (await acknowledged_is_there(db, journal, before=300.0)).checked == 1


async def test_an_effect_more_than_answers_is_one_too_many(db: AsyncConnection) -> None:
    await held_lead(db)

    assert (await one_effect_per_request(db, Journal())).violations == [
        "0 times claim was answered, 1 effects are there"
    ]


async def test_a_submission_that_was_answered_and_is_not_there_is_missed(db: AsyncConnection) -> None:
    answer = intake_pb2.SubmitLeadResponse(lead_id=str(new_id()), submission_id=str(new_id()))
    act = Act("submit", submission("a@example.com", REGION), MANAGER, 0.0, 1.0, Ended.OK, answer)

    assert len((await acknowledged_is_there(db, Journal(acts=[act]))).violations) == 2


async def test_a_held_lead_without_a_holding_and_a_pooled_one_with_one_are_found(db: AsyncConnection) -> None:
    without, pooled = await held_lead(db), await held_lead(db)
    await execute(
        db,
        "update routing.holding set ended_at = :at, end_cause = 'returned', wake_at = null where holding_id = :id",
        at=without.at,
        id=without.holding_id,
    )
    await execute(
        db, "update routing.lead set state = 'POOLED', pooled_at = now() where lead_id = :id", id=pooled.lead_id
    )

    assert len((await one_holding_per_lead(db)).violations) == 2


async def test_a_count_that_is_wrong_and_a_limit_that_is_passed_are_found(db: AsyncConnection) -> None:
    miscounted, passed = await held_lead(db), await held_lead(db)
    await execute(db, "update routing.holding_limit set held = 2 where rep_id = :id", id=miscounted.rep_id)
    await execute(
        db, """update routing.holding_limit set set_limit = 0 where rep_id = :id and scope = 'REP'""", id=passed.rep_id
    )

    assert len((await held_is_counted(db)).violations) == 3


async def test_a_holding_that_the_limit_of_its_grade_does_not_count_is_found(db: AsyncConnection) -> None:
    planted = await held_lead(db)
    await execute(db, "update routing.holding set grade = 'A' where lead_id = :id", id=planted.lead_id)

    [violation] = (await held_is_counted(db)).violations

    assert violation.startswith("GRADE A of rep")


async def test_a_recall_before_its_time_is_found(db: AsyncConnection) -> None:
    planted = await held_lead(db)
    await decide(db, planted, "Recall", "HELD", "POOLED", after="10 s", due="11 s")

    assert len((await recalled_in_time(db, [])).violations) == 1


async def test_a_late_recall_is_found_unless_something_was_broken_until_shortly_before(db: AsyncConnection) -> None:
    planted = await held_lead(db)
    await decide(db, planted, "Recall", "HELD", "POOLED", after="30 s", due="10 s")
    due = (planted.at + timedelta(seconds=10)).timestamp()

    assert len((await recalled_in_time(db, [])).violations) == 1
    assert (await recalled_in_time(db, [Window(due - 1, due + 16)])).violations == []
    assert len((await recalled_in_time(db, [Window(due - 1, due + 14)])).violations) == 1
    assert len((await recalled_in_time(db, [Window(due - 9, due - 1)])).violations) == 1


async def test_a_recall_from_a_rep_who_was_not_reminded_is_found(db: AsyncConnection) -> None:
    planted = await held_lead(db)
    await execute(
        db,
        "update routing.holding set ended_at = started_at + interval '1 h', end_cause = 'recalled', wake_at = null "
        "where holding_id = :id",
        id=planted.holding_id,
    )

    [violation] = (await recalled_in_time(db, [])).violations
    await execute(
        db,
        """insert into routing.notice (notice_id, subject_id, kind, rep_id, lead_id, holding_id, created_at)
           values (:id, :holding_id, 'REMINDER', :rep_id, :lead_id, :holding_id, :at)""",
        id=new_id(),
        holding_id=planted.holding_id,
        rep_id=planted.rep_id,
        lead_id=planted.lead_id,
        at=planted.at,
    )

    assert violation == f"lead {planted.lead_id} was recalled from a rep who had not been reminded"
    assert (await recalled_in_time(db, [])).violations == []


async def test_an_open_holding_past_its_due_time_is_found(db: AsyncConnection) -> None:
    planted = await held_lead(db)
    await execute(
        db, "update routing.holding set due_at = now() - interval '10 s' where holding_id = :id", id=planted.holding_id
    )

    assert (await recalled_in_time(db, [])).violations == [f"lead {planted.lead_id} should have been recalled"]


async def test_a_conversion_without_its_contact_is_found(db: AsyncConnection) -> None:
    planted = await held_lead(db)
    await execute(
        db,
        """insert into conversion.conversion (conversion_id, lead_id, holding_id, epoch, state, account_id, contact_id,
             opportunity_id, account_choice, opportunity_choice, converter_id, by_manager, requested_at, committed_at,
             account_created, changed_at)
           values (:id, :lead_id, :holding_id, 1, 'COMPLETED', :id, :id, :id, 'NEW', 'NEW', 'tests', false, :at, :at,
             true, :at)""",
        id=new_id(),
        lead_id=planted.lead_id,
        holding_id=planted.holding_id,
        at=planted.at,
    )

    violations = (await conversions_are_whole(db, Journal())).violations

    assert any("with 0 contacts, 0 opportunities, 0 accounts" in one for one in violations)
    assert any("is HELD and has 1 completed conversions" in one for one in violations)


async def test_undelivered_missing_and_repeated_events_are_found(db: AsyncConnection) -> None:
    planted = await held_lead(db)
    await note(db, planted, 4, "lead_recalled", delivered=False)
    await note(db, planted, 6, "lead_opened")

    violations = (await events_are_delivered(db)).violations

    assert violations == [
        "routing has 1 events that were not delivered",
        f"routing: event 6 of lead {planted.lead_id} follows 4",
        f"lead {planted.lead_id}: lead_opened 2 times",
    ]


async def test_a_lead_that_was_routed_twice_for_one_event_is_found(db: AsyncConnection) -> None:
    planted = await held_lead(db)
    await decide(db, planted, "RouteLead", "QUALIFYING", "POOLED", after="-2 s")

    violations = (await events_are_delivered(db)).violations

    assert violations == [f"lead {planted.lead_id} was routed 2 times for 0 returns to be routed"]


async def test_a_change_without_its_decision_is_found(db: AsyncConnection) -> None:
    unexplained, broken_chain = await held_lead(db), await held_lead(db)
    await execute(db, "delete from routing.decision where lead_id = :id and verb = 'ClaimLead'", id=unexplained.lead_id)
    await decide(db, broken_chain, "ClaimLead", "QUALIFYING", "HELD", after="1 s")

    violations = (await changes_are_in_the_ledger(db)).violations

    assert sorted(violations) == sorted(
        [
            f"lead {unexplained.lead_id} is HELD, its last decision says POOLED",
            f"holding {unexplained.holding_id} has no decision that opened it",
            f"lead {broken_chain.lead_id}: ClaimLead from QUALIFYING after HELD",
        ]
    )
