"""`clew lead unassigned`: the managers' queue."""

from typing import Annotated

import typer

from clew.routing.v1 import queue_pb2
from cli.calling import Clew
from cli.command import command
from cli.output import Output, more, table, when

# It joins the commands of `clew lead`.
app = typer.Typer()


@command(app)
async def unassigned(
    clew: Clew,
    team: Annotated[str, typer.Option(help="Only those that wait for a rep of this team, by code.")] = "",
    pool: Annotated[str, typer.Option(help="Only those at home in this pool, by code.")] = "",
    page_size: Annotated[int, typer.Option(help="Rows, at most 500.")] = 50,
    page_token: Annotated[str, typer.Option(help="From the page before.")] = "",
) -> Output:
    """Leads that wait for a manager, the best first: no rep could take them, or their pool put them up for review."""
    answer = await clew.call(
        clew.queue.ListUnassigned,
        queue_pb2.ListUnassignedRequest(page_size=page_size, page_token=page_token, team_code=team, pool_code=pool),
    )
    rows = [
        (
            lead.lead_id,
            lead.reason,
            when(lead.unassigned_at),
            lead.facts.grade,
            lead.home_pool_code,
            lead.team_code,
            str(lead.holdings),
            when(lead.retry_at) or "by a manager alone",
        )
        for lead in answer.leads
    ]
    view = table(
        "Unassigned" + more(answer.next_page_token),
        "Lead",
        "Reason",
        "Since",
        "Grade",
        "Home pool",
        "Team",
        "Held before",
        "Tried again by",
        rows=rows,
    )
    return Output(answer, view)
