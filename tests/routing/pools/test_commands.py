"""`clew pool` and `clew holding claim-all`, on a live service: what is typed is what is set."""

import pytest

from cli import holding, pool, roster
from cli.calling import Unusable
from cli.output import plain
from tests.routing.office import Office
from tests.routing.pools.keeping import DAY, home_of, rest, waiting_leads
from tests.routing.typed import Typed, seen


@pytest.fixture
def typed(office: Office) -> Typed:
    return Typed(office)


async def test_settings_are_set_shown_and_unset(typed: Typed) -> None:
    code, manager = await typed.office.a_pool(), typed.as_manager()

    await pool.set_pool(
        manager,
        code,
        name="重点公海",
        visibility="hidden",
        opens_at="09:00",
        new_lead_freeze="2h",
        daily_claim_limit="20",
        max_age="90d",
        hygiene="review",
    )
    shown = seen(await pool.show_settings(manager, code))
    changed = await pool.set_pool(manager, code, daily_claim_limit="none", max_holdings="none", opens_at="none")

    for text in (
        "重点公海",
        "HIDDEN",
        "Asia/Shanghai",
        "09:00",
        "2 h 0 min",
        "20",
        "90 d 0 h",
        "Otherwise             REVIEW",
    ):
        assert text in shown
    settings = plain(changed.data)["settings"]
    assert not {"daily_claim_limit", "max_holdings"} & set(settings)
    assert (settings["name"], settings["opens_at"], settings["max_age"]) == ("重点公海", "", "7776000s")


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"visibility": "secret"},
        {"max_holdings": "many"},
        {"max_age": "long"},
        {"hygiene": "burn"},
        {"daily_claim_limit": "-1"},
    ],
)
async def test_what_is_no_setting_is_refused_with_what_to_type(typed: Typed, given: dict[str, str]) -> None:
    with pytest.raises(Unusable):
        await pool.set_pool(typed.as_manager(), "default", **given)


async def test_members_are_set_and_shown(typed: Typed) -> None:
    code, rep, manager = await typed.office.a_pool(), await typed.office.a_rep(), typed.as_manager()

    await pool.set_members(manager, code, rep=[rep.code], team=[rep.team_code])

    shown = seen(await pool.show_settings(manager, code))
    assert rep.code in shown
    assert rep.team_code in shown


async def test_the_next_lead_is_claimed_and_many_are_claimed_each_with_its_outcome(typed: Typed) -> None:
    code, rep = await typed.office.a_pool(), await typed.office.a_rep(limit=2)
    first, second, third = await waiting_leads(typed.office, code, 3)

    taken = await pool.claim_next(typed.as_rep(rep), code)
    many = seen(await holding.claim_all(typed.as_rep(rep), [second, third]))

    assert first in seen(taken)
    assert second in many
    assert "HOLDING_LIMIT_REACHED" in many


async def test_a_lead_is_moved_set_at_rest_and_its_pool_deleted(typed: Typed) -> None:
    office, manager = typed.office, typed.as_manager()
    code, other = await office.a_pool(), await office.a_pool()
    [lead_id] = await waiting_leads(office, code, 1)

    await pool.move_lead(manager, lead_id, other)
    resting = seen(await pool.rest_lead(manager, lead_id, "30d"))
    listed = seen(await roster.show_pool(manager, other))
    awake = seen(await pool.rest_lead(manager, lead_id, "none"))
    deleted = seen(await pool.delete_pool(manager, other, successor=code))

    assert "rests until" in resting
    assert "(rests)" in listed
    assert "rests no more" in awake
    assert f"moved to {code}: 1" in deleted
    assert await home_of(office, lead_id) == code


async def test_a_return_says_how_long_the_lead_rests(typed: Typed) -> None:
    office = typed.office
    code, rep = await office.a_pool(), await office.a_rep()
    lead_id, held = await office.a_held_lead(rep, code)

    await holding.return_lead(typed.as_rep(rep), held.holding_id, "NOT_READY", rest="30d")

    [row] = await office.run("select resting_until from routing.lead where lead_id = :id", id=lead_id)
    assert abs(row.resting_until - await office.now() - 30 * DAY) < DAY
    await rest(office, lead_id)
