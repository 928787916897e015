"""Follow-up policies are published in versions, and none is ever changed."""

import asyncio
from datetime import timedelta

import pytest

from clew.routing.v1 import holdings_pb2
from clew.routing.v1 import roster_pb2 as pb
from tests.examples import as_manager
from tests.routing.office import MINUTE, Office, a_code, fresh, instant, lasting, refused

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def test_each_publication_is_the_next_version_of_its_policy(office: Office) -> None:
    code = a_code("policy")

    versions = [await office.publish_policy(code, pb.Policy()) for _ in range(3)]

    assert versions == [f"{code}@1", f"{code}@2", f"{code}@3"]


async def test_publications_at_once_are_numbered_one_after_another(office: Office) -> None:
    code = a_code("policy")

    versions = await asyncio.gather(*(office.publish_policy(code, pb.Policy()) for _ in range(6)))

    assert sorted(versions) == [f"{code}@{number}" for number in range(1, 7)]


async def test_a_holding_keeps_the_version_that_it_began_with(office: Office) -> None:
    rep = await office.a_rep()
    pool = await office.a_pool(pb.Policy(first_response=lasting(10 * MINUTE)))
    lead_id, before = await office.a_held_lead(rep, pool)

    await office.publish_policy(pool, pb.Policy(first_response=lasting(20 * MINUTE)))
    _, after = await office.a_held_lead(rep, pool)

    assert (await office.lead(lead_id)).holding == before
    assert (before.policy_version, after.policy_version) == (f"{pool}@1", f"{pool}@2")
    assert instant(before.due_at) - instant(before.started_at) == 10 * MINUTE
    assert instant(after.due_at) - instant(after.started_at) == 20 * MINUTE


async def test_what_is_left_out_takes_its_default(office: Office) -> None:
    pool = await office.a_pool(pb.Policy(protection=lasting(5 * DAY), attempts_counted=0))
    rep = await office.a_rep()
    _, holding = await office.a_held_lead(rep, pool)

    shown = await office.holdings.GetSchedule(
        holdings_pb2.GetScheduleRequest(holding_id=holding.holding_id), metadata=as_manager()
    )

    schedule, started = shown.schedule, instant(holding.started_at)
    assert instant(schedule.first_response_due_at) - started == 2 * HOUR
    assert instant(schedule.protected_until) - started == 5 * DAY
    assert instant(schedule.maximum_at) - started == 30 * DAY


async def test_every_field_that_is_given_is_kept(office: Office) -> None:
    code = a_code("policy")
    await office.publish_policy(
        code,
        pb.Policy(
            first_response=lasting(1 * MINUTE),
            protection=lasting(2 * MINUTE),
            extension=lasting(3 * MINUTE),
            attempt_extension=lasting(4 * MINUTE),
            attempts_counted=5,
            attempt_interval=lasting(6 * MINUTE),
            maximum=lasting(7 * MINUTE),
            reminders=[pb.Reminder(percent=80), pb.Reminder(before=lasting(8 * MINUTE))],
            claim_cooldown=lasting(9 * MINUTE),
            notice_floor=lasting(10 * MINUTE),
            lock_longest=lasting(11 * MINUTE),
            leave_longest=lasting(12 * MINUTE),
        ),
    )

    [row] = await office.run("select body, published_by from routing.policy where code = :code", code=code)

    minutes = {name: period["elapsed_seconds"] / 60 for name, period in row.body.items() if isinstance(period, dict)}
    assert minutes == {
        "first_response": 1,
        "protection": 2,
        "extension": 3,
        "attempt_extension": 4,
        "attempt_interval": 6,
        "maximum": 7,
        "claim_cooldown": 9,
        "notice_floor": 10,
        "lock_longest": 11,
        "leave_longest": 12,
    }
    assert row.body["attempts_counted"] == 5
    assert row.body["reminders"] == [{"percent": 80}, {"before": {"elapsed_seconds": 480}}]
    assert row.published_by == "wang"


@pytest.mark.parametrize(
    ("policy", "field"),
    [
        (pb.Policy(protection=lasting(40 * DAY)), "policy.protection"),
        (pb.Policy(maximum=lasting(HOUR)), "policy.first_response"),
        (pb.Policy(extension=pb.Period()), "policy.extension.elapsed"),
        (pb.Policy(extension=lasting(timedelta(0))), "policy.extension.elapsed"),
        (pb.Policy(extension=lasting(-DAY)), "policy.extension.elapsed"),
        (pb.Policy(maximum=lasting(400 * DAY)), "policy.maximum.elapsed"),
        (pb.Policy(notice_floor=pb.Period(elapsed={"nanos": 1})), "policy.notice_floor.elapsed"),
        (pb.Policy(reminders=[pb.Reminder(percent=50), pb.Reminder()]), "policy.reminders[1]"),
        (pb.Policy(reminders=[pb.Reminder(before=pb.Period())]), "policy.reminders[0].before.elapsed"),
        (pb.Policy(reminders=[pb.Reminder(percent=100)]), "policy.reminders[0].percent"),
        (pb.Policy(reminders=[pb.Reminder(percent=50)] * 9), "policy.reminders"),
        (pb.Policy(attempts_counted=-1), "policy.attempts_counted"),
    ],
)
async def test_a_policy_that_cannot_be_kept_is_refused_by_field(office: Office, policy: pb.Policy, field: str) -> None:
    code = a_code("policy")

    told = await refused(office.publish_policy(code, policy))

    assert (told.reason, [name for name, _ in told.fields]) == ("INVALID_FIELD", [field])
    assert await office.run("select 1 from routing.policy where code = :code", code=code) == []


async def test_a_policy_must_be_given(office: Office) -> None:
    request = pb.PublishPolicyRequest(request_id=fresh(), code="standard")

    told = await refused(office.roster.PublishPolicy(request, metadata=as_manager()))

    assert [name for name, _ in told.fields] == ["policy"]
