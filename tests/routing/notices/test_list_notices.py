"""A rep hears what is for him; a manager can look at any rep's, any pool's, or at all."""

from typing import Any

from clew.routing.v1 import notices_pb2 as pb
from tests.examples import Metadata, as_administrator, as_manager, as_rep
from tests.routing.office import Office, Rep, refused


async def test_a_rep_sees_his_own_alone_the_newest_first(office: Office) -> None:
    rep, colleague = await office.a_rep(), await office.a_rep()
    first, _ = await office.a_held_lead(rep)
    await office.a_held_lead(colleague)
    second, _ = await office.a_held_lead(rep)

    listed = await notices(office, as_rep(rep.rep_id))

    assert [notice.lead_id for notice in listed] == [second, first]
    assert {notice.rep_code for notice in listed} == {rep.code}
    assert {notice.kind for notice in listed} == {pb.NOTICE_KIND_FIRST_RESPONSE_DUTY}


async def test_a_rep_who_names_another_rep_or_a_pool_sees_nothing_of_theirs(office: Office) -> None:
    rep, colleague, pool = await office.a_rep(), await office.a_rep(), await office.a_pool()
    await office.a_held_lead(colleague)
    lead_id = await office.a_pooled_lead(pool)
    await office.update_facts(lead_id, 2, reenquiries=1)

    assert await notices(office, as_rep(rep.rep_id), rep_code=colleague.code) == []
    assert await notices(office, as_rep(rep.rep_id), pool_code=pool) == []


async def test_a_manager_filters_by_rep_by_pool_or_sees_all(office: Office) -> None:
    rep, pool = await office.a_rep(), await office.a_pool()
    held, _ = await office.a_held_lead(rep)
    pooled = await office.a_pooled_lead(pool)
    await office.update_facts(pooled, 2, reenquiries=1)

    of_the_rep = await notices(office, as_manager(), rep_code=rep.code)
    of_the_pool = await notices(office, as_administrator(), pool_code=pool)
    everybodys = await notices(office, as_manager(), page_size=500)

    assert [notice.lead_id for notice in of_the_rep] == [held]
    assert [(notice.lead_id, notice.kind) for notice in of_the_pool] == [(pooled, pb.NOTICE_KIND_REENQUIRY)]
    assert {held, pooled} <= {notice.lead_id for notice in everybodys}
    assert await notices(office, as_manager(), rep_code="nobody") == []


async def test_what_has_been_seen_can_be_left_out(office: Office) -> None:
    rep = await office.a_rep()
    first, _ = await office.a_held_lead(rep)
    second, _ = await office.a_held_lead(rep)
    newest, oldest = await notices(office, as_rep(rep.rep_id))
    request = pb.AcknowledgeNoticeRequest(request_id=newest.notice_id, notice_id=newest.notice_id)
    await office.notices.AcknowledgeNotice(request, metadata=as_rep(rep.rep_id))

    still_open = await notices(office, as_rep(rep.rep_id), open_only=True)

    assert (newest.lead_id, oldest.lead_id) == (second, first)
    assert still_open == [oldest]


async def test_pages_go_on_where_the_last_one_ended_while_new_notices_arrive(office: Office) -> None:
    rep = await office.a_rep()
    leads = [(await office.a_held_lead(rep))[0] for _ in range(5)]
    first = await a_page(office, rep, "")
    await office.a_held_lead(rep)

    second = await a_page(office, rep, first.next_page_token)
    third = await a_page(office, rep, second.next_page_token)

    listed = [notice.lead_id for page in (first, second, third) for notice in page.notices]
    assert listed == list(reversed(leads))
    assert third.next_page_token == ""


async def test_a_token_of_another_filter_is_refused(office: Office) -> None:
    rep = await office.a_rep()
    for _ in range(3):
        await office.a_held_lead(rep)
    token = (await a_page(office, rep, "")).next_page_token

    told = await refused(notices(office, as_manager(), page_token=token))

    assert told.reason == "PAGE_TOKEN_INVALID"


async def test_a_rep_whose_id_is_none_is_told_so(office: Office) -> None:
    told = await refused(notices(office, as_rep("li")))

    assert (told.reason, [name for name, _ in told.fields]) == ("INVALID_FIELD", ["clew-caller-id"])


async def notices(office: Office, caller: Metadata, **fields: Any) -> list[pb.Notice]:
    return list((await office.notices.ListNotices(pb.ListNoticesRequest(**fields), metadata=caller)).notices)


async def a_page(office: Office, rep: Rep, token: str) -> pb.ListNoticesResponse:
    request = pb.ListNoticesRequest(page_size=2, page_token=token)
    return await office.notices.ListNotices(request, metadata=as_rep(rep.rep_id))
