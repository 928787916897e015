"""`clew rep deactivate | activate | list` on a live service: a rep leaves, and his leads are handed over."""

import pytest

from cli import offboarding, roster
from cli.calling import Unusable
from cli.output import plain
from tests.routing.office import Office, Rep, fresh
from tests.routing.roster.leaving import set_active, shown
from tests.routing.typed import Typed, seen


@pytest.fixture
def typed(office: Office) -> Typed:
    return Typed(office)


async def holder_of(office: Office, lead_id: str) -> str:
    return (await office.lead(lead_id)).holding.rep_code


async def test_what_he_still_holds_is_told_with_the_command_that_hands_it_over(typed: Typed) -> None:
    rep = await typed.office.a_rep()
    lead_id, _ = await typed.office.a_held_lead(rep)

    output = await offboarding.deactivate(typed.as_manager(), rep.code)

    assert "holds 1 still: each until its deadline" in seen(output)
    assert f"clew rep deactivate {rep.code} --hand-over-to CODE" in seen(output)
    data = plain(output.data)
    assert (data["rep"]["active"], data["rep"]["held"], data["outcomes"]) == (False, 1, [])
    assert await holder_of(typed.office, lead_id) == rep.code


async def test_who_holds_nothing_is_told_as_such_and_takes_leads_again_when_activated(typed: Typed) -> None:
    rep = await typed.office.a_rep()

    gone = await offboarding.deactivate(typed.as_manager(), rep.code)
    back = await offboarding.activate(typed.as_manager(), rep.code)

    assert seen(gone) == f"Rep {rep.code} is inactive, and holds nothing.\n"
    assert seen(back) == f"Rep {rep.code} takes leads, and holds 0.\n"
    assert plain(back.data)["rep"]["active"] is True
    await typed.office.a_held_lead(rep)


@pytest.mark.parametrize("at_once", [2, 200])
async def test_all_that_he_holds_is_handed_over_in_batches(
    typed: Typed, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offboarding, "AT_ONCE", at_once)
    monkeypatch.setattr(offboarding, "PAGE", at_once)
    rep, successor = await typed.office.a_rep(), await typed.office.a_rep()
    leads = [lead_id for lead_id, _ in [await typed.office.a_held_lead(rep) for _ in range(5)]]

    output = await offboarding.deactivate(typed.as_manager(), rep.code, hand_over_to=successor.code)

    assert seen(output) == f"Rep {rep.code} is inactive. Handed over to {successor.code}: 5 of 5.\n"
    assert {await holder_of(typed.office, lead_id) for lead_id in leads} == {successor.code}
    data = plain(output.data)
    assert (data["rep"]["active"], data["rep"]["held"]) == (False, 0)
    assert sorted(one["holding"]["lead_id"] for one in data["outcomes"]) == sorted(leads)


async def test_what_could_not_be_moved_is_listed_with_why_and_what_to_do(typed: Typed) -> None:
    office = typed.office
    rep, successor = await office.a_rep(), await office.a_rep(limit=1)
    (leased, converting), *others = [await office.a_held_lead(rep) for _ in range(3)]
    await office.lease(converting, fresh())

    output = await offboarding.deactivate(typed.as_manager(), rep.code, hand_over_to=successor.code)

    assert f"Handed over to {successor.code}: 1 of 3." in seen(output)
    [full] = [lead_id for lead_id, _ in others if await holder_of(office, lead_id) == rep.code]
    [of_the_leased] = [line for line in seen(output).splitlines() if leased in line]
    [of_the_full] = [line for line in seen(output).splitlines() if full in line]
    assert "CONVERSION_IN_FLIGHT" in of_the_leased
    assert "Wait until its conversion has ended" in seen(output)
    assert "HOLDING_LIMIT_REACHED" in of_the_full
    assert "clew limit set" in seen(output)
    assert plain(output.data)["rep"]["held"] == 2


async def test_the_rest_is_handed_over_by_the_same_command_to_another(typed: Typed) -> None:
    rep, full, other = [await typed.office.a_rep(limit=limit) for limit in (10, 0, 10)]
    lead_id, _ = await typed.office.a_held_lead(rep)
    await offboarding.deactivate(typed.as_manager(), rep.code, hand_over_to=full.code)
    assert await holder_of(typed.office, lead_id) == rep.code

    output = await offboarding.deactivate(typed.as_manager(), rep.code, hand_over_to=other.code)

    assert "1 of 1" in seen(output)
    assert await holder_of(typed.office, lead_id) == other.code


async def test_nothing_is_done_when_there_is_nobody_to_hand_over_to(typed: Typed) -> None:
    rep, gone = await typed.office.a_rep(), await typed.office.a_rep()
    await set_active(typed.office, gone, active=False)

    for successor, said in (
        (rep.code, "another rep"),
        (gone.code, "is inactive"),
        ("nobody", "no rep with the code nobody"),
    ):
        with pytest.raises(Unusable, match=said):
            await offboarding.deactivate(typed.as_manager(), rep.code, hand_over_to=successor)

    assert (await shown(typed.office, rep)).active


async def test_the_list_tells_who_takes_no_leads_since_when_and_by_whom(typed: Typed) -> None:
    gone, there = await typed.office.a_rep(), await typed.office.a_rep()
    await offboarding.deactivate(typed.as_manager(), gone.code)

    listed = seen(await roster.list_reps(typed.as_manager(), page_size=500))

    assert "no, since 20" in line_of(listed, gone)
    assert "by wang" in line_of(listed, gone)
    assert line_of(listed, there).split()[-1] == "yes"


def line_of(listed: str, rep: Rep) -> str:
    [line] = [line for line in listed.splitlines() if rep.code in line]
    return line
