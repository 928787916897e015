"""The holder notes a follow-up: when it was received decides."""

from datetime import timedelta
from uuid import uuid4

import pytest

from clew.routing.v1 import holdings_pb2 as pb
from services.routing.policy import Policy, Unwarned
from tests.examples import as_rep
from tests.routing.holdings.scenes import DAY, HOUR, Rep, Scene, instant, refused


async def a_holding(scene: Scene) -> tuple[Rep, pb.Holding]:
    """Under the policy of all defaults."""
    rep = await scene.a_rep()
    return rep, await scene.claim(rep, await scene.a_lead(await scene.a_pool(Policy(unwarned=Unwarned.RECALL))))


async def test_the_first_attempt_meets_the_first_response_and_protection_is_due_next(scene: Scene) -> None:
    rep, holding = await a_holding(scene)

    noted = await scene.follow_up(rep, holding, "NO_ANSWER")

    found = (await scene.schedule(holding)).schedule
    assert noted.counted
    assert list(noted.because) == ["FIRST_RESPONSE_MET", "NOT_LATER"]
    assert noted.schedule == found
    assert instant(found.due_at) == instant(holding.started_at) + 10 * DAY
    assert found.due_cause == pb.DUE_CAUSE_PROTECTION
    assert [reminder.step for reminder in found.reminders] == ["50%", "1d before", "2h before"]
    assert found.wake_at == found.reminders[0].at


async def test_a_follow_up_near_the_end_extends_and_wakes_the_run(scene: Scene) -> None:
    rep, holding = await a_holding(scene)
    await scene.follow_up(rep, holding)
    await scene.pass_time(9 * DAY)

    noted = await scene.follow_up(rep, holding, "MET")

    [row] = await scene.run("select received_at from routing.follow_up where follow_up_id = :id", id=noted.follow_up_id)
    *_, event = await scene.events(holding.lead_id)
    assert list(noted.because) == ["EXTENDED"]
    assert instant(noted.schedule.due_at) == row.received_at + 3 * DAY
    assert (event.kind, event.wakes) == ("follow_up_logged", "lead")
    assert event.data["due_at"] == instant(noted.schedule.due_at).isoformat()


async def test_what_happened_when_is_kept_and_moves_nothing(scene: Scene) -> None:
    rep, holding = await a_holding(scene)
    now = await scene.now()

    future = await scene.follow_up(rep, holding, occurred_at=now + 100 * DAY)
    past = await scene.follow_up(rep, holding, occurred_at=now - 100 * DAY)

    rows = await scene.run(
        "select * from routing.follow_up where holding_id = :id order by received_at", id=holding.holding_id
    )
    assert instant(future.schedule.due_at) == instant(holding.started_at) + 10 * DAY
    assert list(past.because) == ["NOT_LATER"]
    assert [row.occurred_at for row in rows] == [now + 100 * DAY, now - 100 * DAY]
    assert all(abs(row.received_at - now) < timedelta(minutes=1) for row in rows)


async def test_every_field_of_a_follow_up_is_kept(scene: Scene) -> None:
    rep, holding = await a_holding(scene)
    note_id = str(uuid4())

    noted = await scene.follow_up(rep, holding, "REPLIED", direction="INBOUND", note_id=note_id, evidence_ref="call/77")

    [row] = await scene.run("select * from routing.follow_up where holding_id = :id", id=holding.holding_id)
    assert (str(row.follow_up_id), row.rep_id) == (noted.follow_up_id, rep.rep_id)
    assert (row.kind, row.direction, row.outcome) == ("CALL", "INBOUND", "REPLIED")
    assert (str(row.note_id), row.evidence_ref) == (note_id, "call/77")
    assert row.occurred_at == row.received_at
    assert (row.counted, row.because, row.after_the_end) == (False, ["NOT_LATER"], False)


async def test_a_follow_up_after_the_recall_is_kept_and_says_so(scene: Scene) -> None:
    rep, holding = await a_holding(scene)
    await scene.pass_time(2 * HOUR)
    await scene.advance(holding)

    noted = await scene.follow_up(rep, holding)

    [row] = await scene.run("select * from routing.follow_up where holding_id = :id", id=holding.holding_id)
    assert (noted.counted, list(noted.because)) == (False, ["AFTER_THE_END"])
    assert instant(noted.schedule.due_at) == instant(holding.due_at)
    assert row.after_the_end
    assert await scene.state(holding.lead_id) == "POOLED"


async def test_a_follow_up_between_the_deadline_and_the_recall_rescues_nothing(scene: Scene) -> None:
    rep, holding = await a_holding(scene)
    await scene.pass_time(2 * HOUR)

    noted = await scene.follow_up(rep, holding)
    advanced = await scene.advance(holding)

    assert (noted.counted, list(noted.because)) == (False, ["AFTER_THE_END"])
    assert advanced.effect == pb.ADVANCE_EFFECT_RECALLED


async def test_a_follow_up_of_a_converting_lead_counts(scene: Scene) -> None:
    rep, holding = await a_holding(scene)
    leased = await scene.lease(holding, uuid4())

    noted = await scene.follow_up(rep, holding)

    assert list(noted.because) == ["FIRST_RESPONSE_MET", "NOT_LATER"]
    assert noted.schedule.wake_at == leased.lease_until


async def test_only_the_holder_notes_follow_ups(scene: Scene) -> None:
    _, holding = await a_holding(scene)

    answer = await refused(scene.follow_up(await scene.a_rep(), holding))

    assert answer.reason == "NOT_YOURS"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", 0),
        ("kind", 99),
        ("direction", 0),
        ("outcome", 0),
        ("evidence_ref", "a free text"),
        ("note_id", "note-7"),
        ("holding_id", "holding-7"),
    ],
)
async def test_a_field_that_breaks_its_rule_is_named(scene: Scene, field: str, value: int | str) -> None:
    rep, holding = await a_holding(scene)
    request = pb.LogFollowUpRequest(
        request_id=str(uuid4()),
        holding_id=holding.holding_id,
        kind=pb.FOLLOW_UP_KIND_CALL,
        direction=pb.FOLLOW_UP_DIRECTION_OUTBOUND,
        outcome=pb.FOLLOW_UP_OUTCOME_MET,
    )
    setattr(request, field, value)

    answer = await refused(scene.holdings.LogFollowUp(request, metadata=as_rep(rep.rep_id)))

    assert (answer.reason, answer.fields) == ("INVALID_FIELD", [field])


async def test_an_attempt_of_the_lead_is_no_attempt_of_ours(scene: Scene) -> None:
    rep, holding = await a_holding(scene)

    answer = await refused(scene.follow_up(rep, holding, "NO_ANSWER", direction="INBOUND"))

    assert (answer.reason, answer.fields) == ("INVALID_FIELD", ["outcome"])
