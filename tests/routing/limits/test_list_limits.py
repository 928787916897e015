"""What applies to whom, page by page."""

from clew.routing.v1 import limits_pb2 as pb
from clew.routing.v1 import roster_pb2
from tests.examples import as_manager, as_rep
from tests.routing.office import Office, refused


async def test_a_rep_sees_what_he_holds_of_each_kind_with_a_limit_or_without(office: Office) -> None:
    rep, pool = await office.a_rep(), await office.a_pool()
    await office.a_held_lead(rep, pool)
    await office.set_limit(rep, 5, grade="A")

    listed = await office.limits.ListLimits(pb.ListLimitsRequest(rep_code=rep.code), metadata=as_rep(rep.rep_id))

    seen = [(one.scope, one.key, one.held, one.limit if one.HasField("limit") else None) for one in listed.limits]
    assert seen == [
        (roster_pb2.LIMIT_SCOPE_GRADE, "A", 0, 5),
        (roster_pb2.LIMIT_SCOPE_POOL, pool, 1, None),
        (roster_pb2.LIMIT_SCOPE_REP, "", 1, 100),
    ]
    assert [one.source for one in listed.limits] == [
        pb.LIMIT_SOURCE_SET,
        pb.LIMIT_SOURCE_UNSPECIFIED,
        pb.LIMIT_SOURCE_TEAM,
    ]
    assert {one.team_code for one in listed.limits} == {rep.team_code}


async def test_a_lowered_limit_shows_that_more_is_held(office: Office) -> None:
    rep = await office.a_rep()
    await office.a_held_lead(rep)
    await office.set_limit(rep, 0)

    listed = await office.limits.ListLimits(pb.ListLimitsRequest(rep_code=rep.code), metadata=as_manager())

    assert {one.key: one.over_cap for one in listed.limits} == {"default": False, "": True}


async def test_pages_follow_one_another_without_gap_or_repeat(office: Office) -> None:
    for _ in range(3):
        rep = await office.a_rep()
        await office.set_limit(rep, 1, grade="A")
        await office.set_limit(rep, 1, product="crm")

    seen, token = [], ""
    while True:
        page = await office.limits.ListLimits(
            pb.ListLimitsRequest(page_size=2, page_token=token), metadata=as_manager()
        )
        seen += [(one.rep_code, one.scope, one.key) for one in page.limits]
        if not (token := page.next_page_token):
            break

    assert len(seen) == len(set(seen)) >= 9
    whole = await office.limits.ListLimits(pb.ListLimitsRequest(page_size=500), metadata=as_manager())
    assert seen == [(one.rep_code, one.scope, one.key) for one in whole.limits]


async def test_changes_come_page_by_page_the_newest_first(office: Office) -> None:
    rep = await office.a_rep()
    for limit in range(5):
        await office.set_limit(rep, limit)

    seen, token = [], ""
    while True:
        page = await office.limits.ListLimitChanges(
            pb.ListLimitChangesRequest(rep_code=rep.code, page_size=2, page_token=token), metadata=as_manager()
        )
        seen += [change.limit for change in page.changes]
        if not (token := page.next_page_token):
            break

    assert seen == [4, 3, 2, 1, 0]


async def test_an_unknown_rep_is_not_found(office: Office) -> None:
    unknown = pb.ListLimitsRequest(rep_code="nobody")

    assert (await refused(office.limits.ListLimits(unknown, metadata=as_manager()))).reason == "NOT_FOUND"
