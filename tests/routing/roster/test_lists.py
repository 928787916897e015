"""Reps, pools, waiting leads and reasons, page by page."""

from typing import Any

import pytest
from sqlalchemy import text

from clew.routing.v1 import roster_pb2 as pb
from services.routing.reasons import CATALOGUE, CATALOGUE_VERSION
from services.routing.roster.store import BEST_FIRST
from tests.examples import as_manager, as_marketer, as_rep
from tests.routing.office import Office, fresh, refused, to_pool


async def test_reps_come_by_code_with_what_they_hold_and_may_hold(office: Office) -> None:
    reps = [await office.a_rep() for _ in range(5)]
    await office.a_held_lead(reps[0])

    listed = [rep for page in await pages(office.roster.ListReps, pb.ListRepsRequest(page_size=2)) for rep in page.reps]

    codes = [rep.code for rep in listed]
    assert codes == sorted(codes)
    assert set(codes) >= {rep.code for rep in reps}
    assert len(codes) == len(set(codes))
    by_code = {rep.code: rep for rep in listed}
    assert (by_code[reps[0].code].held, by_code[reps[0].code].limit) == (1, 100)


async def test_one_rep_is_found_by_his_code_and_an_unknown_code_finds_nobody(office: Office) -> None:
    rep = await office.a_rep()

    found = await office.roster.ListReps(pb.ListRepsRequest(code=rep.code), metadata=as_rep(rep.rep_id))
    nobody = await office.roster.ListReps(pb.ListRepsRequest(code="nobody"), metadata=as_manager())

    assert [one.rep_id for one in found.reps] == [rep.rep_id]
    assert list(nobody.reps) == []


async def test_pools_show_how_many_leads_wait_and_are_held(office: Office) -> None:
    pool, rep = await office.a_pool(), await office.a_rep()
    for _ in range(3):
        await office.a_pooled_lead(pool)
    _, converting = await office.a_held_lead(rep, pool)
    await office.lease(converting, fresh())
    await office.a_held_lead(rep, pool)

    listed = [
        one for page in await pages(office.roster.ListPools, pb.ListPoolsRequest(page_size=2)) for one in page.pools
    ]

    shown = {one.code: one for one in listed}
    assert (shown[pool].waiting, shown[pool].held) == (3, 2)
    assert "default" in shown
    assert [one.code for one in listed] == sorted(shown)


async def test_the_best_grade_comes_first_then_whoever_waits_longest_and_the_unscored_last(office: Office) -> None:
    pool = await office.a_pool()
    leads: dict[str, str] = {}
    for name, grade in (("new", ""), ("d", "D"), ("a1", "A"), ("b", "B"), ("a2", "A"), ("new2", "")):
        leads[name] = await office.open()
        if grade:
            await office.update_score(leads[name], 1, grade=grade)
        await office.publish_rules(to_pool(pool))
        await office.route(leads[name])

    request = pb.ListPoolLeadsRequest(pool_code=pool, page_size=2)
    listed = [one for page in await pages(office.roster.ListPoolLeads, request) for one in page.leads]

    assert [one.lead_id for one in listed] == [leads[name] for name in ("a1", "a2", "b", "d", "new", "new2")]
    assert [one.facts.grade for one in listed] == ["A", "A", "B", "D", "", ""]


async def test_a_waiting_lead_shows_what_is_known_and_how_often_it_was_held_and_asked(office: Office) -> None:
    pool, rep = await office.a_pool(), await office.a_rep()
    lead_id = await office.a_pooled_lead(pool, region="上海")
    await office.give_back(rep, await office.claim(rep, lead_id))
    await office.update_facts(lead_id, 2, reenquiries=3, region="江苏")

    request = pb.ListPoolLeadsRequest(pool_code=pool)
    [shown] = (await office.roster.ListPoolLeads(request, metadata=as_rep(rep.rep_id))).leads

    assert (shown.lead_id, shown.facts.region) == (lead_id, "江苏")
    assert (shown.holdings, shown.reenquiries) == (1, 3)
    assert shown.HasField("pooled_at")


async def test_only_leads_that_wait_in_this_pool_are_listed(office: Office) -> None:
    pool, rep = await office.a_pool(), await office.a_rep()
    await office.a_pooled_lead()
    await office.a_held_lead(rep, pool)
    await office.disqualify(await office.a_pooled_lead(pool))

    listed = await office.roster.ListPoolLeads(pb.ListPoolLeadsRequest(pool_code=pool), metadata=as_marketer())

    assert list(listed.leads) == []


async def test_an_unknown_pool_is_not_found(office: Office) -> None:
    request = pb.ListPoolLeadsRequest(pool_code="nowhere")

    told = await refused(office.roster.ListPoolLeads(request, metadata=as_manager()))

    assert (told.reason, told.metadata) == ("NOT_FOUND", {"kind": "pool", "id": "nowhere"})


async def test_a_pool_is_read_in_order_by_its_index(office: Office) -> None:
    """Without sorting: a page of a pool of a million leads costs what a page of a small one does."""
    [pool] = await office.run("select pool_id from routing.pool where code = 'default'")
    async with office.engine.begin() as db:
        await db.execute(text("set local enable_seqscan = off"))
        await db.execute(text("set local enable_bitmapscan = off"))
        plan = await db.execute(
            text(
                f"""
                explain select lead_id from routing.lead where state = 'POOLED' and home_pool_id = :pool_id
                order by {BEST_FIRST} limit 50
                """
            ),
            {"pool_id": pool.pool_id},
        )
        lines = "\n".join(plan.scalars())

    assert "lead_in_pool" in lines
    assert "Sort" not in lines


async def test_the_catalogue_of_reasons_comes_by_code_in_both_languages(office: Office) -> None:
    found = await pages(office.roster.ListReasons, pb.ListReasonsRequest(page_size=5))

    listed = [reason for page in found for reason in page.reasons]
    assert {page.version for page in found} == {CATALOGUE_VERSION}
    assert [reason.code for reason in listed] == sorted(reason.code for reason in CATALOGUE)
    for reason in listed:
        assert reason.text_zh
        assert reason.text_en
        assert reason.next != pb.REASON_NEXT_UNSPECIFIED
        assert set(reason.verbs) <= {"ReturnLead", "ReclaimLead", "RejectLead", "DisqualifyLead", "VoidLead"}


@pytest.mark.parametrize("method", ["ListReps", "ListPools", "ListPoolLeads", "ListReasons"])
async def test_a_made_up_token_is_refused(office: Office, method: str) -> None:
    fields = {"pool_code": "default"} if method == "ListPoolLeads" else {}
    request = getattr(pb, f"{method}Request")(page_token="bm90IGEgdG9rZW4", **fields)

    told = await refused(getattr(office.roster, method)(request, metadata=as_manager()))

    assert (told.reason, [name for name, _ in told.fields]) == ("PAGE_TOKEN_INVALID", ["page_token"])


async def pages(method: Any, request: Any) -> list[Any]:
    found = [await method(request, metadata=as_manager())]
    while token := found[-1].next_page_token:
        request.page_token = token
        found.append(await method(request, metadata=as_manager()))
    return found
