"""`clew notice`: what you are told, how it reaches you, and what became of it on the way."""

import sys
from collections.abc import Iterable
from typing import Annotated

import typer
from google.protobuf.duration_pb2 import Duration
from rich.table import Table

from clew.routing.v1 import deliveries_pb2, notices_pb2
from cli.calling import Clew, Unusable, new_request_id
from cli.command import command
from cli.output import Output, facts, length, more, short, table, when
from cli.periods import period
from services.shared.channels import caller_metadata

app = typer.Typer(no_args_is_help=True, help="Notices, and how they reach people.")
contact = typer.Typer(no_args_is_help=True, help="Over which channels somebody hears of notices, and when.")
app.add_typer(contact, name="contact")

Rep = Annotated[str, typer.Option(help="As a manager: this rep's, by code.")]
Team = Annotated[str, typer.Option(help="Of the managers of this team, by code.")]
Pool = Annotated[str, typer.Option(help="Of the people of this pool, by code.")]
PageSize = Annotated[int, typer.Option(help="Rows, at most 500.")]
PageToken = Annotated[str, typer.Option(help="From the page before.")]


@command(app, "list")
async def list_notices(
    clew: Clew,
    rep: Rep = "",
    team: Team = "",
    pool: Pool = "",
    open_: Annotated[bool, typer.Option("--open", help="Only those that nobody has seen.")] = False,
    page_size: PageSize = 50,
    page_token: PageToken = "",
) -> Output:
    """Notices, newest first, with their ids."""
    request = notices_pb2.ListNoticesRequest(
        rep_code=rep, team_code=team, pool_code=pool, open_only=open_, page_size=page_size, page_token=page_token
    )
    answer = await clew.call(clew.notices.ListNotices, request)
    rows = [
        (
            notice.notice_id,
            when(notice.created_at),
            notice.rep_code or notice.team_code or notice.pool_code,
            kind_text(notice),
            notice.lead_id,
            when(notice.due_at),
            when(notice.acknowledged_at),
        )
        for notice in answer.notices
    ]
    title = "Notices" + more(answer.next_page_token)
    return Output(answer, table(title, "Notice", "When", "For", "What", "Lead", "By", "Seen", rows=rows))


@command(app, "watch")
async def watch(clew: Clew, rep: Rep = "", team: Team = "", pool: Pool = "") -> Output:
    """Notices as they come, a line each, until you stop it or the service ends."""
    request = deliveries_pb2.WatchNoticesRequest(recipient=recipient(rep, team, pool))
    seen = []
    async for answer in clew.deliveries.WatchNotices(request, metadata=caller_metadata(clew.caller)):
        notice = answer.notice
        seen.append(notice)
        whom = notice.rep_code or notice.team_code or notice.pool_code
        told = [when(notice.created_at), whom, kind_text(notice), notice.lead_id, when(notice.due_at), notice.reason]
        sys.stderr.write("  ".join(filter(None, told)) + "\n")
    return Output({"notices": seen}, f"The service has ended the stream after {len(seen)} notices.")


@command(app, "ack")
async def acknowledge(clew: Clew, notice: Annotated[str, typer.Argument(help="Id of the notice.")]) -> Output:
    """Say that a notice was seen: what has not gone out yet is not sent any more."""
    request = notices_pb2.AcknowledgeNoticeRequest(request_id=new_request_id(), notice_id=notice)
    answer = await clew.call(clew.notices.AcknowledgeNotice, request)
    return Output(answer, f"Seen {when(answer.notice.acknowledged_at)}")


@command(app, "deliveries")
async def list_deliveries(
    clew: Clew,
    rep: Rep = "",
    team: Team = "",
    pool: Pool = "",
    state: Annotated[str, typer.Option(help="Only pending, sent, failed or skipped.")] = "",
    page_size: PageSize = 50,
    page_token: PageToken = "",
) -> Output:
    """What became of notices on each channel, newest first."""
    wanted = f"DELIVERY_STATE_{state.upper() or 'UNSPECIFIED'}"
    if wanted not in set(deliveries_pb2.DeliveryState.keys()):
        raise Unusable("--state takes pending, sent, failed or skipped.")
    request = deliveries_pb2.ListDeliveriesRequest(
        recipient=recipient(rep, team, pool), state=wanted, page_size=page_size, page_token=page_token
    )
    answer = await clew.call(clew.deliveries.ListDeliveries, request)
    return Output(answer, deliveries_table(answer.deliveries, more(answer.next_page_token)))


@command(app, "retry")
async def retry(clew: Clew, delivery: Annotated[str, typer.Argument(help="Id of the delivery.")]) -> Output:
    """Send a failed, skipped or waiting delivery now, by what its recipient wants now."""
    request = deliveries_pb2.RetryDeliveryRequest(request_id=new_request_id(), delivery_id=delivery)
    answer = await clew.call(clew.deliveries.RetryDelivery, request)
    return Output(answer, deliveries_table(answer.deliveries, ""))


@command(app, "test")
async def try_out(
    clew: Clew, rep: Annotated[str, typer.Argument(help="Code of the rep.")] = "", team: Team = "", pool: Pool = ""
) -> Output:
    """Send a test message over every channel now, and say what each server answered."""
    request = deliveries_pb2.TestContactRequest(recipient=recipient(rep, team, pool))
    answer = await clew.call(clew.deliveries.TestContact, request)
    if not answer.trials:
        return Output(answer, "No channel is set: `clew notice contact set` sets one.")
    rows = [
        (
            short(deliveries_pb2.Channel.Name(trial.channel)).lower(),
            TRIALS[trial.state],
            trial.code,
            trial.provider_id,
        )
        for trial in answer.trials
    ]
    return Output(answer, table("Tried", "Channel", "Its server", "Said", "Message", rows=rows))


TRIALS = {
    deliveries_pb2.DELIVERY_STATE_SENT: "took it",
    deliveries_pb2.DELIVERY_STATE_FAILED: "refuses it",
    deliveries_pb2.DELIVERY_STATE_PENDING: "did not take it now",
    deliveries_pb2.DELIVERY_STATE_SKIPPED: "is not set up",
}


@command(contact, "set")
async def set_contact(
    clew: Clew,
    rep: Rep = "",
    team: Team = "",
    pool: Pool = "",
    email: Annotated[str, typer.Option(help="E-mail address.")] = "",
    wecom: Annotated[str, typer.Option(help="WeCom user id; several separated by |.")] = "",
    webhook: Annotated[str, typer.Option(help="URL that signed requests go to.")] = "",
    secret: Annotated[
        str,
        typer.Option(envvar="CLEW_WEBHOOK_SECRET", help="Signs them, 16 characters or more; the one set before stays."),
    ] = "",
    only: Annotated[
        list[str] | None, typer.Option(help="Only this kind of notice, such as recalled. Repeat it.")
    ] = None,
    language: Annotated[str, typer.Option(help="zh or en.")] = "zh",
    zone: Annotated[str, typer.Option(help="IANA time zone.")] = "Asia/Shanghai",
    quiet: Annotated[str, typer.Option(metavar="FROM-TO", help="Such as 22:00-08:00.")] = "",
    urgent_waits: Annotated[bool, typer.Option(help="In quiet hours also what is urgent waits.")] = False,
    digest: Annotated[str, typer.Option(metavar="LENGTH", help="Gather so long, such as 30m; default at once.")] = "",
) -> Output:
    """Say how you want to hear of notices, or for whom you manage. Replaces what was said before."""
    names = {"EMAIL": email, "WECOM": wecom, "WEBHOOK": webhook}
    kinds = [f"NOTICE_KIND_{kind.upper().replace(' ', '_').replace('-', '_')}" for kind in only or ()]
    if unknown := [kind for kind in kinds if kind not in set(notices_pb2.NoticeKind.keys())]:
        raise Unusable(f"There is no kind of notice {short(unknown[0]).lower()}.")
    start, _, end = quiet.partition("-")
    wanted = deliveries_pb2.Contact(
        channels=[
            deliveries_pb2.ContactChannel(
                channel=f"CHANNEL_{name}", address=address, kinds=kinds, secret=secret if name == "WEBHOOK" else ""
            )
            for name, address in names.items()
            if address
        ],
        language=language,
        zone=zone,
        quiet_from=start,
        quiet_to=end,
        urgent_waits=urgent_waits,
        digest_every=gathered_for(digest),
    )
    request = deliveries_pb2.SetContactRequest(
        request_id=new_request_id(), recipient=recipient(rep, team, pool), contact=wanted
    )
    answer = await clew.call(clew.deliveries.SetContact, request)
    off = ", ".join(short(deliveries_pb2.Channel.Name(channel)).lower() for channel in answer.off)
    return Output(answer, "Set." + (f" No server is set up for {off}: nothing goes there." if off else ""))


@command(contact, "show")
async def show_contact(clew: Clew, rep: Rep = "", team: Team = "", pool: Pool = "") -> Output:
    """How somebody wants to hear of notices."""
    request = deliveries_pb2.GetContactRequest(recipient=recipient(rep, team, pool))
    answer = await clew.call(clew.deliveries.GetContact, request)
    wanted = answer.contact
    if not answer.HasField("updated_at"):
        return Output(answer, "Nothing is set.")
    pairs = [
        (short(deliveries_pb2.Channel.Name(way.channel)).lower(), way.address + kinds_text(way))
        for way in wanted.channels
    ]
    pairs += [
        ("Language", wanted.language),
        ("Zone", wanted.zone),
        ("Quiet", f"{wanted.quiet_from}-{wanted.quiet_to}" if wanted.quiet_from else ""),
        ("Digest", f"every {length(wanted.digest_every)}" if wanted.HasField("digest_every") else ""),
        ("Since", when(answer.updated_at)),
    ]
    return Output(answer, facts("Contact", pairs))


def gathered_for(text: str) -> Duration:
    """The length of a digest's wait; zero for none. People's mail knows no working time."""
    if not text:
        return Duration()
    wait = period(text)
    if not wait.HasField("elapsed"):
        raise Unusable("A digest gathers for so many m or h, such as 30m, not for working time.")
    return wait.elapsed


def recipient(rep: str, team: str, pool: str) -> deliveries_pb2.Recipient:
    """At most one of them is named."""
    named = {name: code for name, code in (("rep_code", rep), ("team_code", team), ("pool_code", pool)) if code}
    if len(named) > 1:
        raise Unusable("Name a rep, a team or a pool, one of them.")
    return deliveries_pb2.Recipient(**named)


def kinds_text(way: deliveries_pb2.ContactChannel) -> str:
    kinds = ", ".join(short(notices_pb2.NoticeKind.Name(kind)).lower() for kind in way.kinds)
    return f" ({kinds})" if kinds else ""


def kind_text(notice: notices_pb2.Notice) -> str:
    return f"{short(notices_pb2.NoticeKind.Name(notice.kind)).lower().replace('_', ' ')} {notice.step}".strip()


def deliveries_table(found: Iterable[deliveries_pb2.Delivery], title: str) -> Table:
    return table(
        "Deliveries" + title,
        "Delivery",
        "For",
        "What",
        "Channel",
        "State",
        "Tried",
        "Next or sent",
        rows=[
            (
                one.delivery_id,
                one.notice.rep_code or one.notice.team_code or one.notice.pool_code,
                kind_text(one.notice),
                short(deliveries_pb2.Channel.Name(one.channel)).lower() if one.channel else "",
                " ".join(
                    filter(None, (short(deliveries_pb2.DeliveryState.Name(one.state)).lower(), one.why, one.error))
                ),
                str(one.attempts),
                when(one.sent_at) or when(one.next_attempt_at),
            )
            for one in found
        ],
    )
