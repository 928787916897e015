"""A rep takes a lead out of its pool."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from clew.routing.v1 import holdings_pb2 as pb
from services.routing.holdings.schedule import compute_schedule
from services.routing.policy import Period, Policy
from tests.examples import as_manager, as_rep
from tests.routing.holdings.scenes import CALM, DAY, Scene, instant, refused


async def test_a_claimed_lead_is_held_under_the_newest_policy_of_its_pool(scene: Scene) -> None:
    rep, pool = await scene.a_rep(), await scene.a_pool()
    lead_id = await scene.a_lead(pool)
    newest = Policy(protection=Period(3 * DAY))
    await scene.publish(newest, pool)

    holding = await scene.claim(rep, lead_id)

    expected = compute_schedule(newest, f"{pool.code}@2", instant(holding.started_at))
    assert await scene.state(lead_id) == "HELD"
    assert (holding.epoch, holding.rep_code, holding.taken_from_pool_code) == (1, rep.code, pool.code)
    assert holding.policy_version == f"{pool.code}@2"
    assert instant(holding.due_at) == expected.due_at
    assert holding.origin == pb.HOLDING_ORIGIN_CLAIMED


async def test_a_claim_leaves_its_decision_its_event_and_the_duty_to_respond(scene: Scene) -> None:
    rep, lead_id = await scene.a_rep(), await scene.a_lead()

    holding = await scene.claim(rep, lead_id)

    [decision] = await scene.decisions(lead_id)
    [event] = await scene.events(lead_id)
    [notice] = await scene.notices(rep)
    assert (decision.verb, decision.from_state, decision.to_state) == ("ClaimLead", "POOLED", "HELD")
    assert (str(decision.holding_id), decision.rule_version) == (holding.holding_id, holding.policy_version)
    assert (decision.actor_id, decision.actor_role) == (str(rep.rep_id), "rep")
    assert decision.schedule["due_at"] == instant(holding.due_at).isoformat()
    assert (event.kind, event.wakes, event.wake_id, event.seq) == ("lead_claimed", "lead", lead_id, 1)
    assert (notice.kind, str(notice.holding_id)) == ("FIRST_RESPONSE_DUTY", holding.holding_id)
    assert notice.due_at == instant(holding.due_at)


async def test_whoever_comes_second_hears_who_was_first_and_since_when(scene: Scene) -> None:
    first, second, lead_id = await scene.a_rep(), await scene.a_rep(), await scene.a_lead()
    holding = await scene.claim(first, lead_id)

    answer = await refused(scene.claim(second, lead_id))

    assert (answer.reason, answer.code) == ("ALREADY_HELD", "FAILED_PRECONDITION")
    assert answer.metadata == {"holder": first.code, "since": instant(holding.started_at).isoformat()}


async def test_the_same_request_answers_the_same_holding_and_takes_one_place(scene: Scene) -> None:
    rep, lead_id = await scene.a_rep(limit=1), await scene.a_lead()
    request = pb.ClaimLeadRequest(request_id=str(uuid4()), lead_id=str(lead_id))

    one = await scene.holdings.ClaimLead(request, metadata=as_rep(rep.rep_id))
    again = await scene.holdings.ClaimLead(request, metadata=as_rep(rep.rep_id))

    assert one == again
    assert len(await scene.decisions(lead_id)) == 1


async def test_a_lead_that_routing_does_not_know_is_not_ready_yet(scene: Scene) -> None:
    answer = await refused(scene.claim(await scene.a_rep(), uuid4()))

    assert (answer.reason, answer.code) == ("NOT_READY_YET", "NOT_FOUND")


@pytest.mark.parametrize("state", ["QUALIFYING", "CONVERTED", "INVALID"])
async def test_a_lead_that_is_not_in_a_pool_names_its_state_and_what_it_allows(scene: Scene, state: str) -> None:
    rep, lead_id = await scene.a_rep(), await scene.a_lead(state=state)

    answer = await refused(scene.claim(rep, lead_id))

    assert answer.reason == "ILLEGAL_TRANSITION"
    assert (answer.metadata["state"], answer.metadata["verb"]) == (state, "ClaimLead")
    assert "ClaimLead" not in answer.metadata["allowed"]


async def test_a_full_rep_is_refused_with_what_he_holds_and_may_hold(scene: Scene) -> None:
    rep, pool = await scene.a_rep(limit=2), await scene.a_pool()
    *held, one_more = await scene.leads(3, pool)
    for lead_id in held:
        await scene.claim(rep, lead_id)

    answer = await refused(scene.claim(rep, one_more))

    assert (answer.reason, answer.code) == ("HOLDING_LIMIT_REACHED", "RESOURCE_EXHAUSTED")
    assert answer.metadata == {"scope": "REP", "key": "", "rep": rep.code, "held": "2", "limit": "2"}
    assert await scene.state(one_more) == "POOLED"


async def test_a_pool_has_a_limit_of_its_own(scene: Scene) -> None:
    rep, narrow, wide = await scene.a_rep(), await scene.a_pool(), await scene.a_pool()
    await scene.limit(rep, narrow, 1)
    first, second = await scene.leads(2, narrow)
    await scene.claim(rep, first)

    answer = await refused(scene.claim(rep, second))
    elsewhere = await scene.claim(rep, await scene.a_lead(wide))

    assert answer.metadata == {"scope": "POOL", "key": narrow.code, "rep": rep.code, "held": "1", "limit": "1"}
    assert elsewhere.taken_from_pool_code == wide.code


async def test_a_rep_waits_out_the_cooldown_whoever_had_the_lead_meanwhile(scene: Scene) -> None:
    rep, colleague, lead_id = await scene.a_rep(), await scene.a_rep(), await scene.a_lead()
    await scene.give_back(rep, await scene.claim(rep, lead_id))
    given_back_at = await scene.now()
    await scene.give_back(colleague, await scene.claim(colleague, lead_id))

    answer = await refused(scene.claim(rep, lead_id))
    await scene.pass_time(CALM.cooldown)
    again = await scene.claim(rep, lead_id)

    assert answer.reason == "CLAIM_COOLDOWN"
    ends_at = answer.metadata["ends_at"]
    assert abs(datetime.fromisoformat(ends_at) - given_back_at - 7 * DAY) < timedelta(seconds=1)
    assert again.epoch == 3


async def test_a_reason_without_cooldown_lets_the_rep_claim_again(scene: Scene) -> None:
    rep, lead_id = await scene.a_rep(), await scene.a_lead()
    await scene.reclaim(await scene.claim(rep, lead_id), "MANAGER_DECISION")

    assert (await scene.claim(rep, lead_id)).epoch == 2


async def test_an_inactive_rep_takes_no_leads(scene: Scene) -> None:
    answer = await refused(scene.claim(await scene.a_rep(active=False), await scene.a_lead()))

    assert answer.reason == "REP_INACTIVE"


async def test_a_caller_who_is_no_rep_is_told_so(scene: Scene) -> None:
    lead_id = await scene.a_lead()
    request = pb.ClaimLeadRequest(request_id=str(uuid4()), lead_id=str(lead_id))

    unknown = await refused(scene.holdings.ClaimLead(request, metadata=as_rep(uuid4())))
    not_an_id = await refused(scene.holdings.ClaimLead(request, metadata=as_rep("li")))
    manager = await refused(scene.holdings.ClaimLead(request, metadata=as_manager()))

    assert (unknown.reason, unknown.metadata["kind"]) == ("NOT_FOUND", "rep")
    assert (not_an_id.reason, not_an_id.fields) == ("INVALID_FIELD", ["clew-caller-id"])
    assert manager.reason == "ROLE_NOT_ALLOWED"


async def test_an_id_that_is_none_is_refused_by_name(scene: Scene) -> None:
    rep = await scene.a_rep()
    request = pb.ClaimLeadRequest(request_id=str(uuid4()), lead_id="lead-7")

    answer = await refused(scene.holdings.ClaimLead(request, metadata=as_rep(rep.rep_id)))

    assert (answer.reason, answer.fields) == ("INVALID_FIELD", ["lead_id"])


async def test_a_claim_is_six_statements_those_of_its_request_id_among_them(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    rep, lead_id = await scene.a_rep(), await scene.a_lead()
    by_connection: dict[int, list[str]] = {}
    execute = psycopg.AsyncCursor.execute

    async def count(self: psycopg.AsyncCursor[Any], query: Any, *rest: Any, **named: Any) -> Any:
        by_connection.setdefault(id(self.connection), []).append(str(query))
        return await execute(self, query, *rest, **named)

    monkeypatch.setattr(psycopg.AsyncCursor, "execute", count)
    await scene.claim(rep, lead_id)

    [claim] = [made for made in by_connection.values() if any("routing.holding_limit" in one for one in made)]
    assert len(claim) == 6, claim
