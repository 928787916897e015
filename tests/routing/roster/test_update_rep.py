"""A rep who leaves is given no lead in any way; what he holds stays held, and his managers may hand it over."""

import asyncio
import re

import grpc.aio
import pytest

from clew.routing.v1 import leads_pb2
from clew.routing.v1 import roster_pb2 as pb
from cli.refusals import refusal_of
from tests.examples import as_manager
from tests.routing.office import SECOND, Office, fresh, instant, refused, state_name, to_team, verdicts_of
from tests.routing.queue.waiting import a_look_later, an_unassigned_lead
from tests.routing.roster.leaving import WAYS, refusals_in, set_active, shown
from tests.routing.stages.acts import until_taken_back


@pytest.mark.parametrize("way", WAYS)
async def test_an_inactive_rep_is_given_no_lead(office: Office, way: str) -> None:
    rep = await office.a_rep()
    give = await WAYS[way](office, rep)
    await set_active(office, rep, active=False)

    [answer] = await asyncio.gather(give(), return_exceptions=True)

    if isinstance(answer, leads_pb2.RouteLeadResponse):
        assert dict(verdicts_of(answer.decision)) == {rep.code: "INACTIVE"}
    else:
        reasons = [refusal_of(answer).reason] if isinstance(answer, grpc.aio.AioRpcError) else refusals_in(answer)
        assert reasons == ["REP_INACTIVE"]
    assert (await shown(office, rep)).held == 0


@pytest.mark.parametrize("way", WAYS)
async def test_a_rep_who_came_back_is_given_leads_again(office: Office, way: str) -> None:
    rep = await office.a_rep()
    give = await WAYS[way](office, rep)
    await set_active(office, rep, active=False)
    await set_active(office, rep, active=True)

    await give()

    assert (await shown(office, rep)).held == 1


async def test_what_he_holds_stays_held_with_its_deadline_and_is_recalled_by_it(office: Office) -> None:
    rep = await office.a_rep()
    lead_id, holding = await office.a_held_lead(rep)

    answer = await set_active(office, rep, active=False)

    assert (answer.active, answer.held) == (False, 1)
    assert (await office.lead(lead_id)).holding == holding
    await until_taken_back(office, holding)
    assert (await office.state(lead_id), (await shown(office, rep)).held) == ("POOLED", 0)


async def test_what_a_rule_gave_him_goes_to_the_next_rep_when_nobody_answers(office: Office) -> None:
    team = await office.a_team()
    await office.publish_rules(to_team(team))
    gone, lead_id = await office.a_rep(team), await office.open()
    await office.route(lead_id)
    other, inactive = await office.a_rep(team), await office.a_rep(team)
    await set_active(office, gone, active=False)
    await set_active(office, inactive, active=False)

    await until_taken_back(office, (await office.lead(lead_id)).holding)
    decision = (await office.route(lead_id)).decision

    assert dict(verdicts_of(decision)) == {gone.code: "HELD_IT", inactive.code: "INACTIVE", other.code: "CHOSEN"}


async def test_the_managers_of_his_team_are_told_of_each_lead_with_their_number(office: Office) -> None:
    rep = await office.a_rep()
    held = [await office.a_held_lead(rep) for _ in range(2)]
    ended, holding = await office.a_held_lead(rep)
    await office.give_back(rep, holding)

    await set_active(office, rep, active=False)

    for lead_id, of_it in held:
        [told] = await office.notices_of(lead_id, "REP_INACTIVE")
        assert (told.team_code, told.rep_code, told.reason) == (rep.team_code, "", rep.code)
        assert (told.holding_id, told.due_at) == (of_it.holding_id, of_it.due_at)
        assert re.fullmatch(r"2 held at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", told.step)
    assert await office.notices_of(ended, "REP_INACTIVE") == []


async def test_they_are_told_anew_when_he_leaves_anew(office: Office) -> None:
    rep = await office.a_rep()
    lead_id, _ = await office.a_held_lead(rep)
    await set_active(office, rep, active=False)
    await set_active(office, rep, active=True)
    await office.pass_time(SECOND)

    await set_active(office, rep, active=False)

    assert len(await office.notices_of(lead_id, "REP_INACTIVE")) == 2


async def test_who_changed_it_and_when_is_kept_and_the_same_again_is_no_change(office: Office) -> None:
    rep = await office.a_rep()
    lead_id, _ = await office.a_held_lead(rep)
    new = await shown(office, rep)

    before = await office.now()
    first = await set_active(office, rep, active=False, by="wang")
    again = await set_active(office, rep, active=False, by="chen")
    after = await office.now()

    assert (new.active, new.HasField("active_changed_at"), new.active_changed_by) == (True, False, "")
    assert (first.active, first.active_changed_by) == (False, "wang")
    assert before <= instant(first.active_changed_at) <= after
    assert again == first == await shown(office, rep)
    assert len(await office.notices_of(lead_id, "REP_INACTIVE")) == 1
    back = await set_active(office, rep, active=True, by="chen")
    assert (back.active, back.active_changed_by) == (True, "chen")
    ledger = await office.run(
        "select c.active, c.actor_id, c.actor_role from routing.rep_change c join routing.rep using (rep_id) "
        "where rep.code = :code order by change_id",
        code=rep.code,
    )
    assert [tuple(row) for row in ledger] == [(False, "wang", "manager"), (True, "chen", "manager")]


async def test_the_same_request_answers_the_same_and_changes_nothing_later(office: Office) -> None:
    rep, request_id = await office.a_rep(), fresh()
    first = await set_active(office, rep, active=False, request_id=request_id)
    await set_active(office, rep, active=True)

    again = await set_active(office, rep, active=False, request_id=request_id)

    assert again == first
    assert (await shown(office, rep)).active


async def test_what_waits_in_the_queue_waits_for_somebody_who_takes_leads(office: Office) -> None:
    rep = await office.a_rep()
    await set_active(office, rep, active=False)
    lead_id = await an_unassigned_lead(office, rep.team_code)

    await a_look_later(office)
    assert await office.state(lead_id) == "UNASSIGNED"
    await set_active(office, rep, active=True)
    await a_look_later(office)

    lead = await office.lead(lead_id)
    assert (state_name(lead.state), lead.holding.rep_code) == ("HELD", rep.code)


async def test_a_rep_whom_nobody_knows_is_not_found(office: Office) -> None:
    request = pb.UpdateRepRequest(request_id=fresh(), rep_code="nobody", active=False)

    told = await refused(office.roster.UpdateRep(request, metadata=as_manager()))

    assert (told.reason, told.metadata) == ("NOT_FOUND", {"kind": "rep", "id": "nobody"})


async def test_left_out_it_is_no_deactivation(office: Office) -> None:
    rep = await office.a_rep()
    request = pb.UpdateRepRequest(request_id=fresh(), rep_code=rep.code)

    told = await refused(office.roster.UpdateRep(request, metadata=as_manager()))

    assert (told.reason, [name for name, _ in told.fields]) == ("INVALID_FIELD", ["active"])
    assert (await shown(office, rep)).active
