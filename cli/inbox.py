"""`clew inbox`: what a rep holds, nearest deadline first, and the notices that wait for him."""

from collections.abc import Iterable
from typing import Annotated

import typer
from rich.console import Group
from rich.table import Table

from clew.routing.v1 import holdings_pb2, notices_pb2
from cli.calling import Clew, new_request_id
from cli.command import command
from cli.holding import cause_text
from cli.output import Output, short, table, until, when

app = typer.Typer()


@command(app, "inbox")
async def inbox(
    clew: Clew,
    rep: Annotated[str, typer.Option(help="As a manager: this rep's, by code.")] = "",
    seen: Annotated[bool, typer.Option("--seen", help="Acknowledge the notices shown.")] = False,
) -> Output:
    """What you hold, nearest deadline first, and the notices that wait for you."""
    holdings = await clew.call(clew.holdings.ListHoldings, holdings_pb2.ListHoldingsRequest(rep_code=rep))
    notices = await clew.call(clew.notices.ListNotices, notices_pb2.ListNoticesRequest(rep_code=rep, open_only=True))
    if seen:
        for notice in notices.notices:
            await clew.call(
                clew.notices.AcknowledgeNotice,
                notices_pb2.AcknowledgeNoticeRequest(request_id=new_request_id(), notice_id=notice.notice_id),
            )
    data = {"holdings": list(holdings.holdings), "notices": list(notices.notices)}
    return Output(data, Group(holdings_table(holdings.holdings), "", notices_table(notices.notices)))


def holdings_table(holdings: Iterable[holdings_pb2.Holding]) -> Table:
    return table(
        "Held, nearest deadline first",
        "Holding",
        "Lead",
        "Holder",
        "Due",
        "Left",
        "Why",
        rows=[(h.holding_id, h.lead_id, h.rep_code, *due_cells(h)) for h in holdings],
    )


def due_cells(holding: holdings_pb2.Holding) -> tuple[str, str, str]:
    """Due, how far away, and which clock; of an exempt or suspended holding nothing is due."""
    if not holding.HasField("due_at"):
        return "nothing is due", "", ""
    return when(holding.due_at), until(holding.due_at), cause_text(holding)


def notices_table(notices: Iterable[notices_pb2.Notice]) -> Table:
    return table(
        "Notices",
        "When",
        "For",
        "What",
        "Lead",
        "By",
        "Why",
        rows=[
            (
                when(n.created_at),
                n.rep_code or (f"team {n.team_code}" if n.team_code else f"pool {n.pool_code}"),
                f"{short(notices_pb2.NoticeKind.Name(n.kind)).lower().replace('_', ' ')} {n.step}".strip(),
                n.lead_id,
                when(n.due_at),
                n.reason,
            )
            for n in notices
        ],
    )
