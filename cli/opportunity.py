"""`clew opportunity …`: what a conversion opened, looked at and closed."""

from typing import Annotated

import typer
from rich.table import Table

from clew.conversion.v1 import opportunities_pb2 as pb
from cli.calling import Clew, new_request_id
from cli.command import command
from cli.output import Output, facts, short, when

app = typer.Typer(no_args_is_help=True, help="Opportunities (商机): open until they are won or lost.")

OpportunityId = Annotated[str, typer.Argument(help="From `clew lead convert`.")]


@command(app)
async def show(clew: Clew, opportunity_id: OpportunityId) -> Output:
    """Whose it is, and where it stands."""
    request = pb.GetOpportunityRequest(opportunity_id=opportunity_id)
    answer = await clew.call(clew.opportunities.GetOpportunity, request)
    return Output(answer, opportunity_view(answer.opportunity))


@command(app)
async def close(
    clew: Clew,
    opportunity_id: OpportunityId,
    won: Annotated[bool, typer.Option("--won/--lost", help="How it ended.")],
    reason: Annotated[str, typer.Option(help="A code, such as PRICE. A loss needs one.")] = "",
) -> Output:
    """It was won (赢单) or lost (输单): leads of its account that its owner holds fall due again, after a floor."""
    request = pb.CloseOpportunityRequest(
        request_id=new_request_id(),
        opportunity_id=opportunity_id,
        outcome=pb.OPPORTUNITY_STATE_WON if won else pb.OPPORTUNITY_STATE_LOST,
        reason=reason,
    )
    answer = await clew.call(clew.opportunities.CloseOpportunity, request)
    return Output(answer, opportunity_view(answer.opportunity))


def opportunity_view(opportunity: pb.Opportunity) -> Table:
    amount = f"{opportunity.amount_minor / 100:,.2f} {opportunity.currency}" if opportunity.amount_minor else ""
    closed = f"{when(opportunity.closed_at)} by {opportunity.closed_by}" if opportunity.closed_by else ""
    return facts(
        f"Opportunity {opportunity.opportunity_id}",
        [
            ("State", short(pb.OpportunityState.Name(opportunity.state))),
            ("Why", opportunity.reason),
            ("Account", opportunity.account_id),
            ("Owner", opportunity.owner_id),
            ("Amount", amount),
            ("Product", opportunity.product),
            ("Made", when(opportunity.created_at)),
            ("Closed", closed),
        ],
    )
