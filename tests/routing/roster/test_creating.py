"""Teams, reps and pools come into being, each code once."""

import asyncio
from uuid import UUID

import grpc.aio
import pytest

from clew.routing.v1 import roster_pb2 as pb
from cli.refusals import refusal_of
from tests.examples import as_administrator, as_manager
from tests.routing.office import Office, a_code, fresh, refused


async def test_a_rep_begins_with_the_limit_of_his_team(office: Office) -> None:
    rep = await office.a_rep(await office.a_team(limit=7))

    listed = await the_rep(office, rep.code)

    assert (listed.rep_id, listed.team_code, listed.display_name) == (rep.rep_id, rep.team_code, "李雷")
    assert (listed.held, listed.limit, listed.over_cap) == (0, 7, False)


async def test_a_pool_follows_the_standard_policy_unless_another_is_named(office: Office) -> None:
    policy = a_code("policy")
    await office.publish_policy(policy, pb.Policy())
    request = pb.CreatePoolRequest(request_id=fresh(), code=a_code("pool"), name="华东公海", policy_code=policy)
    await office.roster.CreatePool(request, metadata=as_administrator())

    own, standard = await the_pool(office, request.code), await the_pool(office, await office.a_pool())

    assert (own.policy_code, own.policy_version) == (policy, f"{policy}@1")
    assert (standard.policy_code, standard.policy_version) == ("standard", "standard@1")


async def test_the_default_pool_exists_always(office: Office) -> None:
    pool = await the_pool(office, "default")

    assert (pool.name, pool.policy_code) == ("公海", "standard")


async def test_ids_are_uuids_of_version_7(office: Office) -> None:
    assert UUID((await office.a_rep()).rep_id).version == 7


@pytest.mark.parametrize("kind", ["team", "rep", "pool"])
async def test_a_code_that_is_taken_is_refused_and_of_two_at_once_one_is_made(office: Office, kind: str) -> None:
    code, team = a_code(kind), await office.a_team()

    outcomes = await asyncio.gather(*(create(office, kind, code, team) for _ in range(4)), return_exceptions=True)

    refusals = [refusal_of(one) for one in outcomes if isinstance(one, grpc.aio.AioRpcError)]
    assert len(refusals) == 3
    for refusal in refusals:
        assert (refusal.reason, refusal.metadata) == ("ALREADY_EXISTS", {"kind": kind, "code": code})


@pytest.mark.parametrize("kind", ["team", "rep", "pool"])
async def test_asked_twice_with_one_request_id_it_is_made_once(office: Office, kind: str) -> None:
    code, team, request_id = a_code(kind), await office.a_team(), fresh()

    first = await create(office, kind, code, team, request_id)
    again = await create(office, kind, code, team, request_id)

    assert first == again


async def test_a_rep_of_an_unknown_team_and_a_pool_of_an_unknown_policy_are_not_found(office: Office) -> None:
    rep = await refused(create(office, "rep", a_code("L"), "nowhere"))
    request = pb.CreatePoolRequest(request_id=fresh(), code=a_code("pool"), name="x", policy_code="none")
    pool = await refused(office.roster.CreatePool(request, metadata=as_manager()))

    assert (rep.reason, rep.metadata) == ("NOT_FOUND", {"kind": "team", "id": "nowhere"})
    assert (pool.reason, pool.metadata) == ("NOT_FOUND", {"kind": "policy", "id": "none"})


@pytest.mark.parametrize(
    ("request_", "fields"),
    [
        (pb.CreateTeamRequest(code="", name="x"), {"request_id", "code"}),
        (pb.CreateTeamRequest(request_id=fresh(), code="华东", name="x"), {"code"}),
        (pb.CreateTeamRequest(request_id=fresh(), code="a", name=""), {"name"}),
        (pb.CreateTeamRequest(request_id=fresh(), code="a", name="x", holding_limit=-1), {"holding_limit"}),
        (pb.CreateTeamRequest(request_id=fresh(), code="a", name="华\0东"), {"name"}),
    ],
)
async def test_each_field_at_fault_is_named(office: Office, request_: pb.CreateTeamRequest, fields: set[str]) -> None:
    told = await refused(office.roster.CreateTeam(request_, metadata=as_manager()))

    assert {name for name, _ in told.fields} == fields


async def create(office: Office, kind: str, code: str, team: str, request_id: str = "") -> object:
    request_id = request_id or fresh()
    if kind == "team":
        return await office.roster.CreateTeam(
            pb.CreateTeamRequest(request_id=request_id, code=code, name="华东"), metadata=as_manager()
        )
    if kind == "rep":
        return await office.roster.CreateRep(
            pb.CreateRepRequest(request_id=request_id, code=code, display_name="韩梅梅", team_code=team),
            metadata=as_manager(),
        )
    return await office.roster.CreatePool(
        pb.CreatePoolRequest(request_id=request_id, code=code, name="公海"), metadata=as_manager()
    )


async def the_rep(office: Office, code: str) -> pb.Rep:
    [rep] = (await office.roster.ListReps(pb.ListRepsRequest(code=code), metadata=as_manager())).reps
    return rep


async def the_pool(office: Office, code: str) -> pb.Pool:
    listed = await office.roster.ListPools(pb.ListPoolsRequest(page_size=500), metadata=as_manager())
    return next(pool for pool in listed.pools if pool.code == code)
