"""A lead that intake created becomes known to routing."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from clew.lead.v1 import lead_pb2
from clew.routing.v1 import leads_pb2
from services.shared.ids import new_id
from tests.examples import as_service
from tests.routing.office import SECOND, Office, fresh, instant, refused, state_name


async def test_an_opened_lead_is_qualifying_with_the_facts_it_came_with(office: Office) -> None:
    lead_id = await office.open(region="上海", company_size=80, tags=["vip"])

    lead = await office.lead(lead_id)
    assert state_name(lead.state) == "QUALIFYING"
    assert (lead.facts.region, lead.facts.company_size, list(lead.facts.tags)) == ("上海", 80, ["vip"])
    assert (lead.facts_version, lead.score_version, lead.home_pool_code) == (1, 0, "")
    assert list(lead.allowed_verbs) == ["DisqualifyLead", "RouteLead", "VoidLead"]


async def test_its_time_to_qualify_runs_from_when_intake_created_it(office: Office) -> None:
    created_at = await office.now() - 12 * SECOND
    lead_id = await office.open(created_at=created_at)

    work = await office.work(lead_id)

    assert work.task == leads_pb2.LEAD_TASK_SCORE
    assert abs(instant(work.wake_at) - created_at - 30 * SECOND) < timedelta(milliseconds=1)
    assert timedelta(0) < work.wake_in.ToTimedelta() <= 18 * SECOND


async def test_a_lead_opened_again_stays_what_it_is(office: Office) -> None:
    lead_id = await office.a_pooled_lead(region="上海")

    again = await office.leads.OpenLead(await office.an_opening(lead_id, region="北京"), metadata=as_service())

    assert state_name(again.state) == "POOLED"
    assert (await office.lead(lead_id)).facts.region == "上海"


async def test_a_lead_opened_again_with_newer_facts_takes_them(office: Office) -> None:
    lead_id = await office.open(region="上海")

    await office.leads.OpenLead(await office.an_opening(lead_id, facts_version=2, region="北京"), metadata=as_service())

    lead = await office.lead(lead_id)
    assert (lead.facts_version, lead.facts.region) == (2, "北京")


async def test_opened_many_times_at_once_it_is_one_lead_opened_once(office: Office) -> None:
    lead_id = str(new_id())
    openings = [await office.an_opening(lead_id, facts_version=version) for version in (1, 2, 1, 3, 1, 2)]

    await asyncio.gather(*(office.leads.OpenLead(opening, metadata=as_service()) for opening in openings))

    assert [event.kind for event in await office.events(lead_id)].count("lead_opened") == 1
    assert (await office.lead(lead_id)).facts_version == 3


async def test_the_opening_is_written_for_the_leads_own_run_and_wakes_nobody(office: Office) -> None:
    [event] = await office.events(await office.open())

    assert (event.kind, event.by_run, event.wakes, event.seq) == ("lead_opened", True, "none", 1)
    assert (event.actor_id, event.actor_role) == ("workflows", "service")


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        (lead_pb2.LeadFacts(lead_id=str(uuid4())), "facts.created_at"),
        (lead_pb2.LeadFacts(lead_id="lead-7", created_at={"seconds": 1}), "facts.lead_id"),
        (lead_pb2.LeadFacts(created_at={"seconds": 1}), "facts.lead_id"),
        (lead_pb2.LeadFacts(lead_id=str(uuid4()), created_at={"seconds": 10**18}), "facts.created_at"),
        (lead_pb2.LeadFacts(lead_id=str(uuid4()), created_at={"seconds": 1}, region="上\0海"), "facts.region"),
    ],
)
async def test_facts_that_cannot_be_kept_are_refused_by_field(
    office: Office, facts: lead_pb2.LeadFacts, field: str
) -> None:
    request = leads_pb2.OpenLeadRequest(request_id=fresh(), facts=facts, facts_version=1)

    told = await refused(office.leads.OpenLead(request, metadata=as_service()))

    assert (told.reason, [name for name, _ in told.fields]) == ("INVALID_FIELD", [field])


async def test_a_request_id_used_for_another_lead_is_refused(office: Office) -> None:
    first = await office.an_opening(str(new_id()))
    other = await office.an_opening(str(new_id()))
    other.request_id = first.request_id
    await office.leads.OpenLead(first, metadata=as_service())

    told = await refused(office.leads.OpenLead(other, metadata=as_service()))

    assert told.reason == "REQUEST_ID_REUSED"
