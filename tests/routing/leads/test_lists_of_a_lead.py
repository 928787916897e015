"""A lead's decisions and events, page by page."""

from collections.abc import Awaitable, Callable
from itertools import pairwise
from typing import Any

import pytest

from clew.lead.v1 import lead_pb2
from clew.routing.v1 import leads_pb2
from services.shared.ids import new_id
from tests.examples import as_manager
from tests.routing.office import Office, instant, refused


async def test_decisions_come_oldest_first_over_as_many_pages_as_are_asked_for(office: Office) -> None:
    lead_id = await a_lead_with_a_past(office)
    whole = await office.decisions(lead_id)

    pages = await pages_of(office.leads.ListDecisions, leads_pb2.ListDecisionsRequest(lead_id=lead_id, page_size=2))

    assert [decision for page in pages for decision in page.decisions] == whole
    assert [decision.verb for decision in whole] == [
        "RouteLead",
        "ClaimLead",
        "ReturnLead",
        "ClaimLead",
        "DisqualifyLead",
    ]
    assert [len(page.decisions) for page in pages] == [2, 2, 1]


async def test_every_change_of_state_has_its_decision_and_they_follow_one_another(office: Office) -> None:
    decisions = await office.decisions(await a_lead_with_a_past(office))

    assert decisions[0].from_state == lead_pb2.LEAD_STATE_QUALIFYING
    for before, after in pairwise(decisions):
        assert before.to_state == after.from_state
        assert instant(before.decided_at) < instant(after.decided_at)


async def test_a_decision_about_a_holding_carries_the_schedule_that_it_had(office: Office) -> None:
    rep = await office.a_rep()
    lead_id, holding = await office.a_held_lead(rep)
    await office.give_back(rep, holding)

    returned = (await office.decisions(lead_id))[-1]

    assert (returned.verb, returned.reason, returned.rep_code) == ("ReturnLead", "NOT_INTERESTED", rep.code)
    assert (returned.holding_id, returned.epoch) == (holding.holding_id, 1)
    assert returned.schedule.holding_id == holding.holding_id
    assert instant(returned.schedule.due_at) == instant(holding.due_at)
    assert returned.schedule.because


async def test_events_come_in_order_over_as_many_pages_as_are_asked_for(office: Office) -> None:
    lead_id = await a_lead_with_a_past(office)

    request = leads_pb2.ListLeadEventsRequest(lead_id=lead_id, page_size=2)
    pages = await pages_of(office.leads.ListLeadEvents, request)

    events = [event for page in pages for event in page.events]
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert [event.kind for event in events] == [
        "lead_opened",
        "lead_routed",
        "lead_claimed",
        "lead_returned",
        "lead_claimed",
        "lead_disqualified",
    ]
    assert {(event.service, event.lead_id) for event in events} == {("routing", lead_id)}
    assert (events[3].reason, events[3].actor_role) == ("NOT_INTERESTED", "rep")
    assert events[3].changes["state"] == "POOLED"


async def test_a_token_of_another_lead_or_method_is_refused(office: Office) -> None:
    lead_id, other = await a_lead_with_a_past(office), await office.open()
    request = leads_pb2.ListDecisionsRequest(lead_id=lead_id, page_size=1)
    token = (await office.leads.ListDecisions(request, metadata=as_manager())).next_page_token

    of_another_lead = leads_pb2.ListDecisionsRequest(lead_id=other, page_token=token)
    of_another_method = leads_pb2.ListLeadEventsRequest(lead_id=lead_id, page_token=token)

    for call in (
        office.leads.ListDecisions(of_another_lead, metadata=as_manager()),
        office.leads.ListLeadEvents(of_another_method, metadata=as_manager()),
    ):
        assert (await refused(call)).reason == "PAGE_TOKEN_INVALID"


@pytest.mark.parametrize("page_size", [-1, 501])
async def test_a_page_of_an_odd_size_is_refused(office: Office, page_size: int) -> None:
    request = leads_pb2.ListDecisionsRequest(lead_id=str(new_id()), page_size=page_size)

    told = await refused(office.leads.ListDecisions(request, metadata=as_manager()))

    assert (told.reason, [name for name, _ in told.fields]) == ("INVALID_FIELD", ["page_size"])


async def test_decisions_of_a_lead_that_routing_does_not_know_are_not_ready_yet(office: Office) -> None:
    assert (await refused(office.decisions(str(new_id())))).reason == "NOT_READY_YET"


async def a_lead_with_a_past(office: Office) -> str:
    """Routed, claimed, returned, claimed by somebody else, disqualified."""
    first, second = await office.a_rep(), await office.a_rep()
    lead_id, holding = await office.a_held_lead(first)
    await office.give_back(first, holding)
    await office.claim(second, lead_id)
    await office.disqualify(lead_id)
    return lead_id


async def pages_of(method: Callable[..., Awaitable[Any]], request: Any) -> list[Any]:
    """All pages, from the first to the one without a token."""
    pages = [await method(request, metadata=as_manager())]
    while token := pages[-1].next_page_token:
        request.page_token = token
        pages.append(await method(request, metadata=as_manager()))
    return pages
