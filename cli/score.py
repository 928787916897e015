"""`clew score`: why a lead has the score that it has."""

from typing import Annotated

import typer
from rich.console import Group

from clew.scoring.v1 import scoring_pb2
from cli.calling import Clew
from cli.command import command
from cli.output import Output, table, when

app = typer.Typer(no_args_is_help=True, help="Scores and why.")


@app.callback()
def group() -> None:
    """Keeps `explain` a command of its own while it is the only one."""


@command(app)
async def explain(clew: Clew, lead_id: Annotated[str, typer.Argument(help="The lead's id.")]) -> Output:
    """A lead's score with each contribution; they add up to it."""
    answer = await clew.call(clew.scoring.ExplainScore, scoring_pb2.ExplainScoreRequest(lead_id=lead_id))
    score = answer.score
    total = score.fit_score + score.behavior_score
    view = table(
        f"Grade {score.grade}: {total} points",
        "Part",
        "Rule",
        "Points",
        "Because",
        rows=[
            *((c.part, c.rule_id, f"{c.points:+d}", because(c)) for c in answer.contributions),
            ("", "sum", f"{sum(c.points for c in answer.contributions):+d}", ""),
        ],
    )
    scored = f"Scored {when(score.scored_at)} by rules version {score.rules_version}"
    mature = f"mature: {'yes' if score.mature else 'no'}, {score.maturities} times so far"
    return Output(answer, Group(view, f"{scored}; {mature}"))


def because(contribution: scoring_pb2.Contribution) -> str:
    times = f" × {contribution.engagements}" if contribution.engagements else ""
    return f"{contribution.because}{times}"
