"""Limits block, and take nothing away."""

import asyncio
from typing import Any

import grpc.aio
import pytest

from clew.routing.v1 import roster_pb2 as pb
from cli.refusals import refusal_of
from tests.examples import as_manager
from tests.routing.office import Office, fresh, refused


async def test_a_lowered_limit_takes_no_lead_away_but_lets_none_in(office: Office) -> None:
    rep = await office.a_rep()
    held = [await office.a_held_lead(rep) for _ in range(2)]

    answer = await office.set_limit(rep, 1)
    told = await refused(office.claim(rep, await office.a_pooled_lead()))
    [listed] = (await office.roster.ListReps(pb.ListRepsRequest(code=rep.code), metadata=as_manager())).reps

    assert (answer.held, answer.limit, answer.over_cap) == (2, 1, True)
    assert (told.reason, told.metadata["held"], told.metadata["limit"]) == ("HOLDING_LIMIT_REACHED", "2", "1")
    assert (listed.held, listed.limit, listed.over_cap) == (2, 1, True)
    assert {await office.state(lead_id) for lead_id, _ in held} == {"HELD"}


async def test_below_the_new_limit_he_may_claim_again(office: Office) -> None:
    rep = await office.a_rep()
    (_, first), (_, second) = [await office.a_held_lead(rep) for _ in range(2)]
    await office.set_limit(rep, 1)

    await office.give_back(rep, first)
    assert (await refused(office.claim(rep, await office.a_pooled_lead()))).reason == "HOLDING_LIMIT_REACHED"
    await office.give_back(rep, second)

    await office.claim(rep, await office.a_pooled_lead())


async def test_a_pools_limit_counts_what_was_taken_from_it_whenever_it_is_set(office: Office) -> None:
    rep, pool = await office.a_rep(), await office.a_pool()
    await office.a_held_lead(rep, pool)
    await office.a_held_lead(rep)

    answer = await office.set_limit(rep, 1, pool)
    told = await refused(office.a_held_lead(rep, pool))

    assert (answer.held, answer.limit, answer.over_cap) == (1, 1, False)
    assert (told.metadata["scope"], told.metadata["key"]) == ("POOL", pool)
    await office.a_held_lead(rep)


async def test_a_limit_of_zero_lets_nothing_in(office: Office) -> None:
    rep = await office.a_rep(limit=0)

    assert (await refused(office.claim(rep, await office.a_pooled_lead()))).reason == "HOLDING_LIMIT_REACHED"


async def test_a_limit_lowered_while_leads_are_claimed_counts_each_of_them(office: Office) -> None:
    rep = await office.a_rep()
    leads = [await office.a_pooled_lead() for _ in range(6)]

    *claims, _ = await asyncio.gather(
        *(office.claim(rep, lead_id) for lead_id in leads), office.set_limit(rep, 3), return_exceptions=True
    )

    refusals = {refusal_of(one).reason for one in claims if isinstance(one, grpc.aio.AioRpcError)}
    opened = [one for one in claims if not isinstance(one, BaseException)]
    assert refusals <= {"HOLDING_LIMIT_REACHED"}
    assert (await office.set_limit(rep, 3)).held == len(opened) >= 3


@pytest.mark.parametrize(
    ("scope", "named", "at_fault"),
    [
        ("REP", {"pool_code": "default"}, "pool_code"),
        ("POOL", {}, "pool_code"),
        ("POOL", {"pool_code": "default", "grade": "A"}, "grade"),
        ("GRADE", {}, "grade"),
        ("GRADE", {"grade": "A", "product": "crm"}, "product"),
        ("PRODUCT", {"grade": "A"}, "grade"),
        ("PRODUCT", {}, "product"),
    ],
)
async def test_what_is_counted_is_named_with_its_own_scope_alone(
    office: Office, scope: str, named: dict[str, Any], at_fault: str
) -> None:
    rep = await office.a_rep()
    request = pb.SetLimitRequest(request_id=fresh(), scope=f"LIMIT_SCOPE_{scope}", rep_code=rep.code, limit=1, **named)

    told = await refused(office.roster.SetLimit(request, metadata=as_manager()))

    assert (told.reason, [name for name, _ in told.fields]) == ("INVALID_FIELD", [at_fault])


async def test_a_grades_limit_counts_what_was_of_it_when_the_holding_began(office: Office) -> None:
    rep, lead_id = await office.a_rep(), await office.a_pooled_lead()
    await office.update_score(lead_id, 1, grade="A")
    await office.claim(rep, lead_id)
    await office.update_score(lead_id, 2, grade="B")

    assert (await office.set_limit(rep, 5, grade="A")).held == 1
    assert (await office.set_limit(rep, 5, grade="B")).held == 0


async def test_a_setting_that_is_taken_back_leaves_what_the_team_gave(office: Office) -> None:
    rep = await office.a_rep(await office.a_team(limit=7), limit=1)

    answer = await office.set_limit(rep, 0, unset=True)

    assert answer.limit == 7


async def test_a_setting_is_taken_back_without_a_new_limit(office: Office) -> None:
    told = await refused(office.set_limit(await office.a_rep(), 3, unset=True))

    assert (told.reason, [name for name, _ in told.fields]) == ("INVALID_FIELD", ["limit"])


async def test_an_unknown_rep_or_pool_is_not_found(office: Office) -> None:
    rep = await office.a_rep()
    no_rep = pb.SetLimitRequest(request_id=fresh(), scope="LIMIT_SCOPE_REP", rep_code="nobody", limit=1)

    told = await refused(office.roster.SetLimit(no_rep, metadata=as_manager()))
    no_pool = await refused(office.set_limit(rep, 1, "nowhere"))

    assert (told.reason, told.metadata) == ("NOT_FOUND", {"kind": "rep", "id": "nobody"})
    assert (no_pool.reason, no_pool.metadata) == ("NOT_FOUND", {"kind": "pool", "id": "nowhere"})
