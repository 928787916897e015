"""Who may say how somebody is told, and what of it comes out again; notices as they come."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import grpc.aio
import pytest

from clew.routing.v1 import deliveries_pb2 as pb
from cli.refusals import refusal_of
from services.routing.notices import store_watching
from services.routing.notices.store_contacts import Recipient
from services.routing.notices.store_watching import Watching
from services.shared.callers import Caller, Role, set_caller
from services.shared.ids import new_id
from tests.examples import Metadata, as_manager, as_rep
from tests.routing.notices.servers import http_server
from tests.routing.office import Office, fresh, refused

SECRET = "canary-of-a-secret"
HOOK = pb.ContactChannel(channel=pb.CHANNEL_WEBHOOK, address="https://hooks.example/canary", secret=SECRET)


async def put(office: Office, caller: Metadata, contact: pb.Contact, **named: str) -> pb.SetContactResponse:
    request = pb.SetContactRequest(request_id=fresh(), recipient=pb.Recipient(**named), contact=contact)
    return await office.deliveries.SetContact(request, metadata=caller)


async def shown(office: Office, caller: Metadata, **named: str) -> pb.Contact:
    request = pb.GetContactRequest(recipient=pb.Recipient(**named))
    return (await office.deliveries.GetContact(request, metadata=caller)).contact


async def test_what_was_set_comes_back_but_for_the_secret(office: Office) -> None:
    rep = await office.a_rep()
    contact = pb.Contact(
        channels=[HOOK],
        language="en",
        zone="Europe/Berlin",
        quiet_from="22:00",
        quiet_to="07:30",
        urgent_waits=True,
        digest_every=timedelta(minutes=30),
    )

    await put(office, as_rep(rep.rep_id), contact)
    told = await shown(office, as_manager(), rep_code=rep.code)

    assert SECRET.encode() not in told.SerializeToString()
    told.channels[0].has_secret = False
    contact.channels[0].secret = ""
    assert told == contact


async def test_a_secret_stays_where_none_is_given_and_must_be_given_once(office: Office) -> None:
    rep = await office.a_rep()
    without = pb.Contact(channels=[pb.ContactChannel(channel=HOOK.channel, address="http://10.0.0.7/")])

    told = await refused(put(office, as_rep(rep.rep_id), without))
    await put(office, as_rep(rep.rep_id), pb.Contact(channels=[HOOK]))
    await put(office, as_rep(rep.rep_id), without)

    assert [name for name, _ in told.fields] == ["contact.channels[0].secret"]
    stored = await office.run("select address, secret from routing.contact_channel where address = 'http://10.0.0.7/'")
    assert [row.secret for row in stored] == [SECRET]


async def test_an_address_and_a_secret_are_in_one_table_and_in_no_kept_answer(office: Office) -> None:
    rep = await office.a_rep()
    await put(office, as_rep(rep.rep_id), pb.Contact(channels=[HOOK]))
    tables = await office.run("select table_name from information_schema.tables where table_schema = 'routing'")

    found = []
    for table in tables:
        rows = await office.run(f"select row_to_json(t)::text from routing.{table.table_name} t")
        if any("canary" in row[0] or b"canary".hex() in row[0] for row in rows):
            found.append(table.table_name)

    assert found == ["contact_channel"]


async def test_a_rep_sets_his_own_and_nobody_elses(office: Office) -> None:
    rep, colleague = await office.a_rep(), await office.a_rep()

    for named in ({"rep_code": colleague.code}, {"team_code": rep.team_code}):
        told = await refused(put(office, as_rep(rep.rep_id), pb.Contact(), **named))
        assert told.reason == "NOT_YOURS"
        assert (await refused(shown(office, as_rep(rep.rep_id), **named))).reason == "NOT_YOURS"


async def test_a_manager_sets_a_teams_and_a_pools_and_must_say_whose(office: Office) -> None:
    team, pool = await office.a_team(), await office.a_pool()
    for named in ({"team_code": team}, {"pool_code": pool}):
        await put(office, as_manager(), pb.Contact(channels=[HOOK]), **named)
        assert [way.address for way in (await shown(office, as_manager(), **named)).channels] == [HOOK.address]

    assert (await refused(put(office, as_manager(), pb.Contact()))).reason == "INVALID_FIELD"
    assert (await refused(put(office, as_manager(), pb.Contact(), rep_code="nobody"))).reason == "NOT_FOUND"


async def test_a_channel_without_a_server_is_named_when_it_is_set(office: Office) -> None:
    rep = await office.a_rep()
    way = pb.ContactChannel(channel=pb.CHANNEL_WECOM, address="LiLei")

    assert list((await put(office, as_rep(rep.rep_id), pb.Contact(channels=[way]))).off) == [pb.CHANNEL_WECOM]


async def test_a_test_message_tells_what_each_server_said(office: Office) -> None:
    rep = await office.a_rep()
    async with http_server(lambda _: (410, {}, "")) as server:
        ways = [
            pb.ContactChannel(channel=pb.CHANNEL_WEBHOOK, address=server.url, secret=SECRET),
            pb.ContactChannel(channel=pb.CHANNEL_WECOM, address="LiLei"),
        ]
        await put(office, as_rep(rep.rep_id), pb.Contact(channels=ways))
        answer = await office.deliveries.TestContact(pb.TestContactRequest(), metadata=as_rep(rep.rep_id))

    assert {(trial.channel, trial.state, trial.code) for trial in answer.trials} == {
        (pb.CHANNEL_WEBHOOK, pb.DELIVERY_STATE_FAILED, "HTTP_410"),
        (pb.CHANNEL_WECOM, pb.DELIVERY_STATE_SKIPPED, "CHANNEL_OFF"),
    }
    assert server.asked[0].json["notices"] == []


def watch(office: Office, caller: Metadata, **fields: Any) -> Any:
    return office.deliveries.WatchNotices(pb.WatchNoticesRequest(**fields), metadata=caller)


async def test_a_rep_sees_his_new_notices_as_they_come_each_once(office: Office) -> None:
    rep, colleague = await office.a_rep(), await office.a_rep()
    await office.a_held_lead(rep)
    stream = watch(office, as_rep(rep.rep_id))
    await stream.initial_metadata()
    seen: list[str] = []
    expected: list[str] = []
    while len(set(seen)) < 2:
        await office.a_held_lead(colleague)
        expected.append((await office.a_held_lead(rep))[0])
        seen.append((await asyncio.wait_for(stream.read(), 30)).notice.lead_id)
    stream.cancel()

    assert seen == sorted(set(seen), key=expected.index)


async def test_a_stream_goes_on_after_the_notice_that_was_seen_last(office: Office) -> None:
    rep = await office.a_rep()
    first, _ = await office.a_held_lead(rep)
    second, _ = await office.a_held_lead(rep)
    [seen] = await office.notices_of(first, "FIRST_RESPONSE_DUTY")

    stream = watch(office, as_rep(rep.rep_id), after_notice_id=seen.notice_id)
    told = await asyncio.wait_for(stream.read(), 30)
    stream.cancel()

    assert told.notice.lead_id == second


async def test_too_many_streams_of_one_caller_are_refused(office: Office) -> None:
    rep = await office.a_rep()
    lead_id, _ = await office.a_held_lead(rep)
    [before] = await office.notices_of(lead_id, "FIRST_RESPONSE_DUTY")
    earlier = str(UUID(int=UUID(before.notice_id).int - 1))
    streams = [watch(office, as_rep(rep.rep_id), after_notice_id=earlier) for _ in range(3)]
    # Each has its place once it has told something.
    for stream in streams:
        await asyncio.wait_for(stream.read(), 30)

    with pytest.raises(grpc.aio.AioRpcError) as failed:
        await watch(office, as_rep(rep.rep_id)).read()

    assert refusal_of(failed.value).reason == "TOO_MANY_STREAMS"
    for stream in streams:
        stream.cancel()


async def test_streams_end_cleanly_when_the_service_leaves(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_watching, "EVERY_SECONDS", 60)
    set_caller(Caller("wang", Role.MANAGER))
    leaving = asyncio.Event()
    watching = Watching(office.engine, leaving)

    async def all_of_nobody() -> list[object]:
        return [notice async for notice in watching.notices(Recipient("rep", new_id()), None)]

    stream = asyncio.create_task(all_of_nobody())
    await asyncio.sleep(0)
    leaving.set()

    assert await asyncio.wait_for(stream, 30) == []
