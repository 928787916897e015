"""A notice is seen once, by whom it is for."""

import asyncio

from clew.routing.v1 import notices_pb2 as pb
from services.shared.ids import new_id
from tests.examples import Metadata, as_manager, as_rep
from tests.routing.office import Office, Rep, fresh, instant, refused


async def test_a_seen_notice_says_when_it_was_seen(office: Office) -> None:
    rep, notice = await a_notice(office)

    seen = await acknowledge(office, notice, as_rep(rep.rep_id))

    assert (seen.notice_id, seen.rep_code) == (notice.notice_id, rep.code)
    assert instant(seen.acknowledged_at) >= instant(seen.created_at)
    assert not notice.HasField("acknowledged_at")


async def test_seen_twice_the_first_time_stays(office: Office) -> None:
    rep, notice = await a_notice(office)

    first = await acknowledge(office, notice, as_rep(rep.rep_id))
    again = await acknowledge(office, notice, as_manager())

    assert first == again


async def test_seen_many_times_at_once_it_is_noted_once_and_wakes_nobody(office: Office) -> None:
    rep, notice = await a_notice(office)

    await asyncio.gather(*(acknowledge(office, notice, as_rep(rep.rep_id)) for _ in range(5)))

    noted = [event for event in await office.events(notice.lead_id) if event.kind == "notice_acknowledged"]
    assert [(event.wakes, event.actor_id) for event in noted] == [("none", rep.rep_id)]
    assert noted[0].data == {"notice_id": notice.notice_id, "kind": "FIRST_RESPONSE_DUTY", "step": ""}


async def test_a_rep_may_not_acknowledge_for_another(office: Office) -> None:
    _, notice = await a_notice(office)

    told = await refused(acknowledge(office, notice, as_rep((await office.a_rep()).rep_id)))

    assert (told.reason, told.status.name) == ("NOT_YOURS", "PERMISSION_DENIED")
    assert told.metadata == {"kind": "notice", "id": notice.notice_id}


async def test_a_pools_notice_is_for_managers_to_acknowledge(office: Office) -> None:
    lead_id = await office.a_pooled_lead()
    await office.update_facts(lead_id, 2, reenquiries=1)
    [notice] = await office.notices_of(lead_id, "REENQUIRY")

    told = await refused(acknowledge(office, notice, as_rep((await office.a_rep()).rep_id)))
    seen = await acknowledge(office, notice, as_manager())

    assert told.reason == "NOT_YOURS"
    assert seen.HasField("acknowledged_at")


async def test_a_notice_that_is_none_is_not_found(office: Office) -> None:
    notice = pb.Notice(notice_id=str(new_id()))

    told = await refused(acknowledge(office, notice, as_manager()))

    assert (told.reason, told.metadata) == ("NOT_FOUND", {"kind": "notice", "id": notice.notice_id})


async def a_notice(office: Office) -> tuple[Rep, pb.Notice]:
    rep = await office.a_rep()
    lead_id, _ = await office.a_held_lead(rep)
    [notice] = await office.notices_of(lead_id, "FIRST_RESPONSE_DUTY")
    return rep, notice


async def acknowledge(office: Office, notice: pb.Notice, caller: Metadata) -> pb.Notice:
    request = pb.AcknowledgeNoticeRequest(request_id=fresh(), notice_id=notice.notice_id)
    return (await office.notices.AcknowledgeNotice(request, metadata=caller)).notice
