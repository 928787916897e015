"""A pool's settings and members: what the mask names changes, the rest stays."""

from typing import Any

import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from clew.routing.v1 import pools_pb2 as pb
from tests.examples import as_manager, as_rep
from tests.routing.office import Office, fresh, refused
from tests.routing.pools.keeping import DAY, HOUR, keep, set_members


async def shown(office: Office, pool: str) -> pb.GetPoolResponse:
    return await office.pools.GetPool(pb.GetPoolRequest(pool_code=pool), metadata=as_manager())


async def test_a_new_pool_is_public_in_shanghai_and_binds_little(office: Office) -> None:
    found = await shown(office, await office.a_pool())

    assert found.settings == pb.PoolSettings(
        name="华东公海",
        policy_code="standard",
        visibility="POOL_VISIBILITY_PUBLIC",
        time_zone="Asia/Shanghai",
        new_lead_freeze=0 * DAY,
        max_holdings=3,
        hygiene="POOL_HYGIENE_DORMANT",
    )
    assert (list(found.rep_codes), list(found.team_codes)) == ([], [])


async def test_what_the_mask_names_changes_and_what_it_leaves_out_stays(office: Office) -> None:
    pool = await office.a_pool()
    changes: dict[str, Any] = {
        "name": "重点公海",
        "visibility": "POOL_VISIBILITY_HIDDEN",
        "time_zone": "Europe/Berlin",
        "new_lead_freeze": 2 * HOUR,
        "daily_claim_limit": 0,
        "opens_at": "09:30",
        "max_holdings": 5,
        "max_age": 90 * DAY,
        "dwell_reminder": 7 * DAY,
        "daily_view_limit": 200,
        "hygiene": "POOL_HYGIENE_REVIEW",
    }

    answered = await keep(office, pool, **changes)
    await keep(office, pool, max_holdings=None, opens_at=None)

    assert answered == pb.PoolSettings(policy_code="standard", **changes)
    left = {name: value for name, value in changes.items() if name not in {"max_holdings", "opens_at"}}
    assert (await shown(office, pool)).settings == pb.PoolSettings(policy_code="standard", **left)


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"time_zone": "Mars/Olympus"}, "settings.time_zone"),
        ({"time_zone": ""}, "settings.time_zone"),
        ({"name": ""}, "settings.name"),
        ({"visibility": "POOL_VISIBILITY_UNSPECIFIED"}, "settings.visibility"),
        ({"hygiene": "POOL_HYGIENE_UNSPECIFIED"}, "settings.hygiene"),
        ({"opens_at": "25:00"}, "settings.opens_at"),
        ({"daily_claim_limit": -1}, "settings.daily_claim_limit"),
        ({"max_age": 0 * DAY}, "settings.max_age"),
    ],
)
async def test_a_setting_that_is_none_is_refused_by_its_name(
    office: Office, settings: dict[str, Any], field: str
) -> None:
    pool = await office.a_pool()
    before = await shown(office, pool)

    told = await refused(keep(office, pool, **settings))

    assert (told.reason, [field for field, _ in told.fields]) == ("INVALID_FIELD", [field])
    assert await shown(office, pool) == before


@pytest.mark.parametrize("paths", [[], ["closed_at"]])
async def test_a_mask_names_settings(office: Office, paths: list[str]) -> None:
    request = pb.UpdatePoolRequest(
        request_id=fresh(), pool_code="default", settings=pb.PoolSettings(), update_mask=FieldMask(paths=paths)
    )

    told = await refused(office.pools.UpdatePool(request, metadata=as_manager()))

    assert [field for field, _ in told.fields] == ["update_mask"]


async def test_what_a_pool_refers_to_must_be_there(office: Office) -> None:
    pool, rep = await office.a_pool(), await office.a_rep()

    policy = await refused(keep(office, pool, policy_code="nowhere"))
    team = await refused(set_members(office, pool, rep, teams=["nobody"]))
    none = await refused(keep(office, "nowhere", name="公海"))

    assert [told.metadata["kind"] for told in (policy, team, none)] == ["policy", "team", "pool"]
    assert list((await shown(office, pool)).rep_codes) == []


async def test_members_are_set_in_place_of_those_before(office: Office) -> None:
    pool = await office.a_pool()
    before, after = await office.a_rep(), await office.a_rep()
    await set_members(office, pool, before, teams=[before.team_code])

    await set_members(office, pool, after)

    found = await office.pools.GetPool(pb.GetPoolRequest(pool_code=pool), metadata=as_rep(after.rep_id))
    assert (list(found.rep_codes), list(found.team_codes)) == ([after.code], [])
