"""What a lead's run is told, read in one statement by the database's clock."""

from datetime import timedelta
from uuid import uuid4

import pytest
from google.protobuf.message import Message

from clew.lead.v1 import lead_pb2
from clew.routing.v1 import leads_pb2, roster_pb2
from services.shared.ids import new_id
from tests.examples import as_service
from tests.routing.office import MINUTE, SECOND, Office, fresh, instant, lasting, refused


async def test_a_lead_that_routing_does_not_know_is_to_be_handed_over_and_no_error(office: Office) -> None:
    work = await office.work(str(new_id()))

    assert work.task == leads_pb2.LEAD_TASK_HAND_OVER
    assert (work.state, work.holding_id, work.HasField("wake_in")) == (lead_pb2.LEAD_STATE_UNSPECIFIED, "", False)


async def test_a_new_lead_comes_with_its_facts_to_be_scored(office: Office) -> None:
    lead_id = await office.open(region="上海", company_size=80)

    work = await office.work(lead_id)

    assert work.task == leads_pb2.LEAD_TASK_SCORE
    assert (work.facts.lead_id, work.facts.region, work.facts.company_size) == (lead_id, "上海", 80)
    assert work.state == lead_pb2.LEAD_STATE_QUALIFYING


async def test_when_its_time_is_up_it_is_routed_unscored(office: Office) -> None:
    lead_id = await office.open()
    assert await office.task(lead_id) == "SCORE"

    await office.pass_time(31 * SECOND)

    assert await office.task(lead_id) == "ROUTE"


async def test_a_held_lead_waits_until_its_next_step_and_names_its_holder(office: Office) -> None:
    rep = await office.a_rep()
    lead_id, holding = await office.a_held_lead(rep)

    work = await office.work(lead_id)

    assert work.task == leads_pb2.LEAD_TASK_WAIT
    assert (work.holding_id, work.epoch) == (holding.holding_id, 1)
    assert (work.owner_id, work.owner_code) == (rep.rep_id, rep.code)
    assert instant(work.due_at) == instant(holding.due_at)
    assert work.why == "first response is due"
    left = instant(work.wake_at) - await office.now()
    assert abs(work.wake_in.ToTimedelta() - left) < SECOND


async def test_it_follows_the_databases_clock(office: Office) -> None:
    pool = await office.a_pool(roster_pb2.Policy(first_response=lasting(10 * MINUTE), reminders=[in_the_middle()]))
    lead_id, _ = await office.a_held_lead(await office.a_rep(), pool)
    before = (await office.work(lead_id)).wake_in.ToTimedelta()

    await office.pass_time(4 * MINUTE)
    later = await office.work(lead_id)
    await office.pass_time(MINUTE)

    assert abs(before - later.wake_in.ToTimedelta() - 4 * MINUTE) < SECOND
    assert await office.task(lead_id) == "ADVANCE"


async def test_a_leased_lead_names_its_conversion_and_after_the_lease_asks_what_became_of_it(office: Office) -> None:
    rep, conversion_id = await office.a_rep(), fresh()
    lead_id, holding = await office.a_held_lead(rep)
    await office.lease(holding, conversion_id)

    leased = await office.work(lead_id)
    await office.pass_time(3 * MINUTE)
    ended = await office.work(lead_id)

    assert (leased.task, leased.conversion_id) == (leads_pb2.LEAD_TASK_WAIT, conversion_id)
    assert timedelta(0) < leased.wake_in.ToTimedelta() <= 2 * MINUTE
    assert (ended.task, ended.conversion_id) == (leads_pb2.LEAD_TASK_END_LEASE, conversion_id)
    assert ended.owner_code == rep.code


async def test_after_a_conversion_the_converter_keeps_seeing_the_person(office: Office) -> None:
    rep = await office.a_rep()
    lead_id, holding = await office.a_held_lead(rep)
    await office.convert(holding)

    work = await office.work(lead_id)

    assert work.task == leads_pb2.LEAD_TASK_NONE
    assert (work.owner_id, work.owner_code, work.holding_id, work.epoch) == (rep.rep_id, rep.code, "", 1)


async def test_whoever_gave_a_lead_back_no_longer_sees_the_person(office: Office) -> None:
    rep = await office.a_rep()
    lead_id, holding = await office.a_held_lead(rep)
    await office.give_back(rep, holding)

    work = await office.work(lead_id)

    assert work.task == leads_pb2.LEAD_TASK_NONE
    assert (work.owner_id, work.owner_code, work.epoch) == ("", "", 1)


async def test_the_version_grows_with_every_change(office: Office) -> None:
    rep, lead_id = await office.a_rep(), await office.open()
    versions = [(await office.work(lead_id)).lead_version]
    await office.publish_rules()

    for change in (
        office.update_facts(lead_id, 2),
        office.update_score(lead_id, 1),
        office.route(lead_id),
        office.claim(rep, lead_id),
        office.disqualify(lead_id),
    ):
        await change
        versions.append((await office.work(lead_id)).lead_version)

    assert versions == sorted(set(versions))


@pytest.mark.parametrize(
    ("method", "request_type"),
    [("GetWork", leads_pb2.GetWorkRequest), ("RouteLead", leads_pb2.RouteLeadRequest)],
)
async def test_an_id_that_is_none_is_refused_by_name(office: Office, method: str, request_type: type[Message]) -> None:
    fields = {"lead_id": "lead-7", **({"request_id": str(uuid4())} if method == "RouteLead" else {})}

    told = await refused(getattr(office.leads, method)(request_type(**fields), metadata=as_service()))

    assert (told.reason, [name for name, _ in told.fields]) == ("INVALID_FIELD", ["lead_id"])


def in_the_middle() -> roster_pb2.Reminder:
    return roster_pb2.Reminder(percent=50)
