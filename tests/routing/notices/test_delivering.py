"""Notices reach people: once in calm, again after a fault under the same id, together when there are many."""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from clew.routing.v1 import deliveries_pb2 as pb
from clew.routing.v1 import roster_pb2
from services.routing.holdings.store_sweep import sweep_steps
from services.routing.notices.contact import Channel
from services.routing.notices.mail import Mail, MailServer
from services.routing.notices.port import Port
from services.routing.notices.ports import Line
from services.routing.notices.store_deliveries import planning
from services.routing.notices.store_delivering import Delivering
from services.shared.crash_points import AFTER_SEND, VARIABLE
from services.shared.grpc_server import Background
from services.shared.sweep import Sweep
from tests.examples import as_manager, as_rep
from tests.routing.notices.servers import HANG, SmtpServer, smtp_server
from tests.routing.office import MINUTE, SECOND, Office, Rep, a_code, fresh, instant, lasting, refused
from tests.routing.test_process import settings, started
from tests.shared.waiting import until

ON = [Channel.EMAIL, Channel.WEBHOOK]
HOUR = timedelta(hours=1)


@pytest.fixture
async def smtp() -> AsyncIterator[SmtpServer]:
    async with smtp_server() as server:
        yield server


def mail_to(server: SmtpServer) -> Mail:
    return Mail(MailServer("127.0.0.1", "clew@corp.example", "plain", server.port))


@asynccontextmanager
async def delivering(office: Office, port: Port, channel: Channel = Channel.EMAIL) -> AsyncIterator[Delivering]:
    made = Delivering(office.engine, channel, Line(port, per_minute=60_000))
    yield made
    await made.close()


async def planned(office: Office) -> None:
    async with office.engine.begin() as db:
        await planning(ON)(db)


async def delivered(office: Office, smtp: SmtpServer) -> None:
    """Plan all that is new, and send all that is due."""
    await planned(office)
    async with delivering(office, mail_to(smtp)) as mail:
        while await mail.look():
            await mail.settled()


async def a_reachable_rep(office: Office, **preferences: Any) -> tuple[Rep, str]:
    rep = await office.a_rep()
    address = f"{a_code('rep')}@sales.example"
    await prefer(office, rep, address, **preferences)
    return rep, address


async def prefer(office: Office, rep: Rep, address: str, **preferences: Any) -> pb.SetContactResponse:
    ways = [pb.ContactChannel(channel=pb.CHANNEL_EMAIL, address=address)] if address else []
    request = pb.SetContactRequest(request_id=fresh(), contact=pb.Contact(channels=ways, **preferences))
    return await office.deliveries.SetContact(request, metadata=as_rep(rep.rep_id))


async def deliveries(office: Office, rep: Rep) -> list[pb.Delivery]:
    request = pb.ListDeliveriesRequest(recipient=pb.Recipient(rep_code=rep.code))
    return list((await office.deliveries.ListDeliveries(request, metadata=as_manager())).deliveries)


async def the_delivery(office: Office, rep: Rep) -> pb.Delivery:
    [delivery] = await deliveries(office, rep)
    return delivery


async def retry(office: Office, delivery: pb.Delivery) -> pb.RetryDeliveryResponse:
    request = pb.RetryDeliveryRequest(request_id=fresh(), delivery_id=delivery.delivery_id)
    return await office.deliveries.RetryDelivery(request, metadata=as_manager())


async def test_a_notice_is_delivered_once_and_names_the_lead_by_its_id(office: Office, smtp: SmtpServer) -> None:
    rep, address = await a_reachable_rep(office)
    lead_id, _ = await office.a_held_lead(rep)

    for _ in range(2):
        await delivered(office, smtp)

    [mail] = smtp.to(address)
    delivery = await the_delivery(office, rep)
    assert lead_id in mail.get_content()
    assert (delivery.state, delivery.attempts, delivery.error) == (pb.DELIVERY_STATE_SENT, 1, "")
    assert mail["Message-ID"] == f"<{delivery.message_id}@corp.example>"
    assert delivery.notice.lead_id == lead_id


async def test_what_is_not_taken_now_goes_later_under_the_same_id(office: Office, smtp: SmtpServer) -> None:
    rep, address = await a_reachable_rep(office)
    await office.a_held_lead(rep)
    smtp.said[address].append("451 greylisted")

    await delivered(office, smtp)
    waiting = await the_delivery(office, rep)
    await delivered(office, smtp)
    too_early = smtp.to(address)
    await office.pass_time(11 * SECOND)
    await delivered(office, smtp)

    [mail] = smtp.to(address)
    sent = await the_delivery(office, rep)
    assert (waiting.state, waiting.error, too_early) == (pb.DELIVERY_STATE_PENDING, "SMTP_451", [])
    assert (sent.state, sent.attempts) == (pb.DELIVERY_STATE_SENT, 2)
    assert mail["Message-ID"] == f"<{waiting.message_id}@corp.example>"


async def test_a_receiver_who_does_not_exist_is_seen_and_the_others_go_on(office: Office, smtp: SmtpServer) -> None:
    gone, address = await a_reachable_rep(office)
    other, reachable = await a_reachable_rep(office)
    for rep in (gone, other):
        await office.a_held_lead(rep)
    smtp.said[address].append("550 no such user")

    await delivered(office, smtp)
    failed = await the_delivery(office, gone)
    await retry(office, failed)
    await delivered(office, smtp)

    assert len(smtp.to(reachable)) == 1
    assert (failed.state, failed.error) == (pb.DELIVERY_STATE_FAILED, "SMTP_550")
    assert len(smtp.to(address)) == 1
    told = await refused(retry(office, failed))
    assert told.reason == "DELIVERY_SENT"


async def test_after_many_attempts_it_has_failed(office: Office, smtp: SmtpServer) -> None:
    rep, address = await a_reachable_rep(office)
    await office.a_held_lead(rep)
    smtp.said[address] = ["451 no"] * 20

    for _ in range(14):
        await delivered(office, smtp)
        await office.pass_time(4 * HOUR)

    failed = await the_delivery(office, rep)
    assert (failed.state, failed.attempts, failed.error) == (pb.DELIVERY_STATE_FAILED, 13, "SMTP_451")


async def test_many_at_once_are_one_message(office: Office, smtp: SmtpServer) -> None:
    rep, address = await a_reachable_rep(office, language="en")
    leads = [(await office.a_held_lead(rep))[0] for _ in range(6)]

    await delivered(office, smtp)

    [mail] = smtp.to(address)
    assert mail["Subject"] == "Clew: 6 notices"
    assert all(lead_id[-8:] in mail.get_content() for lead_id in leads)
    assert {one.state for one in await deliveries(office, rep)} == {pb.DELIVERY_STATE_SENT}


async def test_a_digest_that_fails_goes_again_whole_under_one_id(office: Office, smtp: SmtpServer) -> None:
    rep, address = await a_reachable_rep(office, language="en")
    for _ in range(6):
        await office.a_held_lead(rep)
    smtp.said[address].append("451 no")

    await delivered(office, smtp)
    await office.a_held_lead(rep)
    await office.pass_time(11 * SECOND)
    await delivered(office, smtp)

    subjects = sorted(mail["Subject"] for mail in smtp.to(address))
    assert len(subjects) == 2
    assert subjects[0] == "Clew: 6 notices"
    assert len({one.message_id for one in await deliveries(office, rep)}) == 2


async def test_quiet_hours_hold_a_notice_until_their_end(office: Office, smtp: SmtpServer) -> None:
    now = await office.now()
    rep, address = await a_reachable_rep(
        office,
        zone="UTC",
        quiet_from=f"{now - MINUTE:%H:%M}",
        quiet_to=f"{now + HOUR:%H:%M}",
        urgent_waits=True,
    )
    await office.a_held_lead(rep)

    await delivered(office, smtp)
    waiting = await the_delivery(office, rep)
    quiet = list(smtp.to(address))
    await office.pass_time(HOUR)
    await delivered(office, smtp)

    assert (waiting.state, waiting.attempts, quiet) == (pb.DELIVERY_STATE_PENDING, 0, [])
    assert instant(waiting.next_attempt_at) == (now + HOUR).replace(second=0, microsecond=0)
    assert len(smtp.to(address)) == 1


async def test_what_somebody_wants_by_now_counts_not_what_he_wanted_then(office: Office, smtp: SmtpServer) -> None:
    moved, old = await a_reachable_rep(office)
    silent, unwanted = await a_reachable_rep(office)
    for rep in (moved, silent):
        await office.a_held_lead(rep)
    await planned(office)
    await prefer(office, moved, "new@sales.example", language="en")
    await prefer(office, silent, "")

    await delivered(office, smtp)

    assert (smtp.to(old), smtp.to(unwanted)) == ([], [])
    assert "a first response is due" in smtp.to("new@sales.example")[0]["Subject"].lower()
    assert (await the_delivery(office, silent)).why == "NO_ADDRESS"


async def test_what_was_seen_before_it_went_is_not_sent(office: Office, smtp: SmtpServer) -> None:
    rep, address = await a_reachable_rep(office)
    await office.a_held_lead(rep)
    await planned(office)
    await office.run("update routing.notice set acknowledged_at = clew.clew_now() where acknowledged_at is null")

    await delivered(office, smtp)

    assert smtp.to(address) == []
    assert (await the_delivery(office, rep)).why == "ACKNOWLEDGED"


async def test_without_an_address_it_is_seen_and_goes_once_there_is_one(office: Office, smtp: SmtpServer) -> None:
    rep = await office.a_rep()
    await office.a_held_lead(rep)
    await delivered(office, smtp)
    skipped = await the_delivery(office, rep)
    await prefer(office, rep, "late@sales.example")

    [anew] = (await retry(office, skipped)).deliveries
    await delivered(office, smtp)

    assert (skipped.state, skipped.why) == (pb.DELIVERY_STATE_SKIPPED, "NO_ADDRESS")
    assert (anew.state, anew.channel) == (pb.DELIVERY_STATE_PENDING, pb.CHANNEL_EMAIL)
    assert len(smtp.to("late@sales.example")) == 1


async def test_only_the_kinds_that_are_wanted_go_over_a_channel(office: Office, smtp: SmtpServer) -> None:
    rep = await office.a_rep()
    way = pb.ContactChannel(channel=pb.CHANNEL_EMAIL, address="k@sales.example", kinds=["NOTICE_KIND_RECALLED"])
    request = pb.SetContactRequest(request_id=fresh(), contact=pb.Contact(channels=[way]))
    await office.deliveries.SetContact(request, metadata=as_rep(rep.rep_id))
    await office.a_held_lead(rep)

    await delivered(office, smtp)

    assert smtp.to("k@sales.example") == []
    assert (await the_delivery(office, rep)).why == "NOT_WANTED"


async def test_a_mail_server_that_hangs_delays_no_recall(office: Office, smtp: SmtpServer) -> None:
    rep, address = await a_reachable_rep(office)
    pool = await office.a_pool(roster_pb2.Policy(first_response=lasting(MINUTE), unwarned=roster_pb2.UNWARNED_RECALL))
    smtp.said[address] = [HANG] * 5
    lead_id, _ = await office.a_held_lead(rep, pool)
    async with delivering(office, mail_to(smtp)) as mail:
        works = (
            Sweep(office.engine, "routing", sweep_steps(), every=0.05).run,
            Sweep(office.engine, "deliveries", [planning(ON)], every=0.05).run,
            mail.run,
        )
        async with beside(works):
            await asyncio.wait_for(smtp.hanging.wait(), 30)

            await office.pass_time(2 * MINUTE)
            await until(lambda: recalled(office, lead_id))

            assert (await deliveries(office, rep))[-1].state == pb.DELIVERY_STATE_PENDING


@asynccontextmanager
async def beside(works: Iterable[Background]) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(work()) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def recalled(office: Office, lead_id: str) -> bool:
    return await office.state(lead_id) == "POOLED"


async def test_killed_between_sending_and_marking_it_repeats_itself_recognisably(
    office: Office, smtp: SmtpServer, fresh_database: str, tmp_path: Path
) -> None:
    await planned(office)
    await office.run("update routing.delivery set state = 'SKIPPED', why = 'NOT_WANTED' where state = 'PENDING'")
    rep, address = await a_reachable_rep(office)
    await office.a_held_lead(rep)
    await asyncio.to_thread(Path(tmp_path, AFTER_SEND).touch)
    server = {"CLEW_SMTP_HOST": "127.0.0.1", "CLEW_SMTP_PORT": str(smtp.port), "CLEW_SMTP_SECURITY": "plain"}
    given = {**settings(fresh_database, "127.0.0.1:0"), **server, "CLEW_SMTP_FROM": "clew@corp.example"}

    async with started({**given, VARIABLE: str(tmp_path)}) as process:
        assert await asyncio.wait_for(process.wait(), 60) == -signal.SIGKILL
        await process.communicate()
    unmarked = await the_delivery(office, rep)
    await office.run("update routing.delivery set claimed_until = clock_timestamp() where claimed_until is not null")
    await delivered(office, smtp)

    first, second = smtp.to(address)
    assert unmarked.state == pb.DELIVERY_STATE_PENDING
    assert first["Message-ID"] == second["Message-ID"]
    assert (await the_delivery(office, rep)).state == pb.DELIVERY_STATE_SENT
