"""`clew rep deactivate | activate`: a rep who leaves (离职), and what becomes of his leads."""

from collections.abc import Iterable, Sequence
from typing import Annotated

import typer
from rich.console import Group, RenderableType

from clew.routing.v1 import holdings_pb2, pools_pb2, roster_pb2
from cli.calling import Clew, Unusable, new_request_id, rep_of
from cli.command import command
from cli.output import Output, table
from cli.roster import rep

# `clew rep`, which roster.py begins.
app = rep

RepCode = Annotated[str, typer.Argument(help="The rep's code.")]
# As many as TransferLeads takes.
AT_ONCE = 200
PAGE = 500


@command(app)
async def deactivate(
    clew: Clew,
    code: RepCode,
    hand_over_to: Annotated[
        str, typer.Option(metavar="CODE", help="Transfer all that is held to this rep, with fresh deadlines.")
    ] = "",
) -> Output:
    """Give a rep no more leads. What is held stays held until its deadline, or is handed over (交接)."""
    if hand_over_to:
        # Before anything is done.
        await check_successor(clew, code, hand_over_to)
    left = await set_active(clew, code, active=False)
    if not hand_over_to:
        return Output({"rep": left, "outcomes": []}, told(left))
    held = await held_by(clew, code)
    outcomes = await handed_over(clew, [one.holding_id for one in held], hand_over_to)
    left = await rep_of(clew, code)
    moved = sum(one.HasField("holding") for one in outcomes)
    views: list[RenderableType] = [f"Rep {code} is inactive. Handed over to {hand_over_to}: {moved} of {len(held)}."]
    if moved < len(held):
        views += ["", not_moved(held, outcomes)]
    return Output({"rep": left, "outcomes": outcomes}, Group(*views))


@command(app)
async def activate(clew: Clew, code: RepCode) -> Output:
    """Let a rep take leads again."""
    again = await set_active(clew, code, active=True)
    return Output({"rep": again}, f"Rep {code} takes leads, and holds {again.held}.")


async def set_active(clew: Clew, code: str, *, active: bool) -> roster_pb2.Rep:
    request = roster_pb2.UpdateRepRequest(request_id=new_request_id(), rep_code=code, active=active)
    return (await clew.call(clew.roster.UpdateRep, request)).rep


async def check_successor(clew: Clew, code: str, successor: str) -> None:
    """Raises Unusable for somebody who can take nothing."""
    if successor == code:
        raise Unusable("--hand-over-to takes the code of another rep.")
    if not (await rep_of(clew, successor)).active:
        raise Unusable(f"Rep {successor} is inactive and takes no leads: name another.")


async def held_by(clew: Clew, code: str) -> list[holdings_pb2.Holding]:
    """All of a rep's open holdings, the nearest deadline first."""
    request = holdings_pb2.ListHoldingsRequest(rep_code=code, page_size=PAGE)
    held: list[holdings_pb2.Holding] = []
    while True:
        page = await clew.call(clew.holdings.ListHoldings, request)
        held += page.holdings
        if not page.next_page_token:
            return held
        request.page_token = page.next_page_token


async def handed_over(clew: Clew, holding_ids: Sequence[str], to: str) -> list[pools_pb2.HoldingOutcome]:
    """What became of each, in their order."""
    outcomes: list[pools_pb2.HoldingOutcome] = []
    for start in range(0, len(holding_ids), AT_ONCE):
        some = holding_ids[start : start + AT_ONCE]
        items = [pools_pb2.HoldingTransfer(holding_id=holding_id, rep_code=to) for holding_id in some]
        request = pools_pb2.TransferLeadsRequest(request_id=new_request_id(), items=items)
        outcomes += (await clew.call(clew.pools.TransferLeads, request)).outcomes
    return outcomes


def told(left: roster_pb2.Rep) -> str:
    if not left.held:
        return f"Rep {left.code} is inactive, and holds nothing."
    return (
        f"Rep {left.code} is inactive, and holds {left.held} still: each until its deadline. Hand them over with\n"
        f"  clew rep deactivate {left.code} --hand-over-to CODE"
    )


def not_moved(held: Iterable[holdings_pb2.Holding], outcomes: Iterable[pools_pb2.HoldingOutcome]) -> RenderableType:
    return table(
        "Not handed over",
        "Holding",
        "Lead",
        "Why",
        "What to do",
        rows=[
            (one.holding_id, one.lead_id, outcome.refusal.reason, NEXT_STEPS.get(outcome.refusal.reason, TO_ANOTHER))
            for one, outcome in zip(held, outcomes, strict=True)
            if outcome.HasField("refusal")
        ],
    )


TO_ANOTHER = "Name another: `clew holding transfer HOLDING CODE`, or `deactivate` again with another --hand-over-to."
NEXT_STEPS = {
    "HOLDING_LIMIT_REACHED": f"{TO_ANOTHER} Or raise the limit: `clew limit set`.",
    "CONVERSION_IN_FLIGHT": "Wait until its conversion has ended, then `deactivate` again.",
    "HOLDING_ENDED": "Nothing: it was given back or recalled meanwhile.",
}
