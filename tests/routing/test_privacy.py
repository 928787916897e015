"""Outside the roster a rep is a code: his name is in one table and leaves by one call."""

from typing import Any

from google.protobuf.message import Message

from clew.routing.v1 import holdings_pb2, leads_pb2, notices_pb2, roster_pb2
from tests.examples import as_manager
from tests.routing.office import Office, to_team

CANARY = "金丝雀"


async def test_a_reps_name_leaves_routing_by_the_list_of_reps_alone(office: Office) -> None:
    rep = await office.a_rep(name=CANARY)
    lead_id = await a_lead_with_a_past(office, rep)

    told = await everything_told(office, lead_id, rep.code)

    assert [method for method, answer in told.items() if CANARY in text_of(answer)] == ["ListReps"]


async def test_it_is_stored_in_one_table_and_never_in_an_event_a_decision_or_a_kept_answer(office: Office) -> None:
    rep = await office.a_rep(name=CANARY)
    await a_lead_with_a_past(office, rep)
    tables = await office.run("select table_name from information_schema.tables where table_schema = 'routing'")

    found = []
    for table in tables:
        rows = await office.run(f"select row_to_json(t)::text from routing.{table.table_name} t")
        if any(CANARY in row[0] for row in rows):
            found.append(table.table_name)

    assert found == ["rep"]


async def a_lead_with_a_past(office: Office, rep: Any) -> str:
    """Assigned by a rule, asked again, given back, claimed, disqualified."""
    await office.publish_rules(to_team(rep.team_code))
    lead_id = await office.open()
    await office.route(lead_id)
    await office.update_facts(lead_id, 2, reenquiries=1)
    await office.give_back(rep, (await office.lead(lead_id)).holding, "UNREACHABLE")
    await office.run("update routing.holding set may_claim_again_at = null where lead_id = :id", id=lead_id)
    await office.claim(rep, lead_id)
    return lead_id


async def everything_told(office: Office, lead_id: str, rep_code: str) -> dict[str, Message]:
    manager = as_manager()
    holding = (await office.lead(lead_id)).holding
    return {
        "ListReps": await office.roster.ListReps(roster_pb2.ListRepsRequest(code=rep_code), metadata=manager),
        "ListPools": await office.roster.ListPools(roster_pb2.ListPoolsRequest(), metadata=manager),
        "GetLeadState": await office.lead(lead_id),
        "GetWork": await office.work(lead_id),
        "ListDecisions": await office.leads.ListDecisions(
            leads_pb2.ListDecisionsRequest(lead_id=lead_id), metadata=manager
        ),
        "ListLeadEvents": await office.leads.ListLeadEvents(
            leads_pb2.ListLeadEventsRequest(lead_id=lead_id), metadata=manager
        ),
        "ListHoldings": await office.holdings.ListHoldings(
            holdings_pb2.ListHoldingsRequest(rep_code=rep_code), metadata=manager
        ),
        "GetSchedule": await office.holdings.GetSchedule(
            holdings_pb2.GetScheduleRequest(holding_id=holding.holding_id), metadata=manager
        ),
        "ListNotices": await office.notices.ListNotices(
            notices_pb2.ListNoticesRequest(rep_code=rep_code), metadata=manager
        ),
    }


def text_of(message: Message) -> str:
    return message.SerializeToString().decode(errors="ignore")
