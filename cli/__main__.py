"""The `clew` command."""

import typer

from cli import (
    calendars,
    doctor,
    extension,
    holding,
    inbox,
    lead,
    leave,
    limit,
    limit_figures,
    notice,
    offboarding,
    opportunity,
    policy,
    pool,
    queue,
    review,
    roster,
    score,
    stages,
    up,
    why,
)
from cli.demo.command import demo

app = typer.Typer(
    name="clew",
    help="Clew: the thread that leads a lead out of the maze. `clew demo` shows it, `clew up` runs it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("demo")(demo)
app.command("up")(up.up)
app.command("doctor")(doctor.doctor)
app.add_typer(inbox.app)
app.add_typer(lead.app, name="lead")
lead.app.add_typer(stages.app)
lead.app.add_typer(why.app)
lead.app.add_typer(queue.app)
lead.app.add_typer(stages.collaborator, name="collaborator")
app.add_typer(review.app, name="review")
holding.app.add_typer(extension.app)
app.add_typer(holding.app, name="holding")
app.add_typer(extension.plan, name="plan")
app.add_typer(notice.app, name="notice")
app.add_typer(score.app, name="score")
app.add_typer(opportunity.app, name="opportunity")
app.add_typer(pool.app, name="pool")
app.add_typer(offboarding.app, name="rep")
app.add_typer(roster.team, name="team")
limit.app.add_typer(limit_figures.app)
app.add_typer(limit.app, name="limit")
roster.team.add_typer(stages.team)
app.add_typer(policy.app, name="policy")
app.add_typer(calendars.app, name="calendar")
app.add_typer(leave.app, name="leave")


def main() -> None:
    app()


if __name__ == "__main__":
    main()
