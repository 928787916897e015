"""`clew team | rep | pool`: who may hold leads, where others wait."""

from typing import Annotated

import typer

from clew.routing.v1 import roster_pb2
from cli.calling import Clew, new_request_id
from cli.command import command
from cli.output import Output, more, table, when

team = typer.Typer(no_args_is_help=True, help="Teams.")
rep = typer.Typer(no_args_is_help=True, help="Reps.")
pool = typer.Typer(no_args_is_help=True, help="Public pools (公海).")

Code = Annotated[str, typer.Argument(help="A unique code.")]
PageSize = Annotated[int, typer.Option(help="Rows, at most 500.")]
PageToken = Annotated[str, typer.Option(help="From the page before.")]


@command(team, "create")
async def create_team(
    clew: Clew,
    code: Code,
    name: Annotated[str, typer.Option(help="Name for people.")],
    holding_limit: Annotated[int, typer.Option(help="What its new reps may hold.")] = 100,
) -> Output:
    """Create a team."""
    answer = await clew.call(
        clew.roster.CreateTeam,
        roster_pb2.CreateTeamRequest(request_id=new_request_id(), code=code, name=name, holding_limit=holding_limit),
    )
    return Output(answer, f"Team {code} {answer.team_id}")


@command(rep, "create")
async def create_rep(
    clew: Clew,
    code: Code,
    name: Annotated[str, typer.Option(help="Name for colleagues.")],
    team: Annotated[str, typer.Option(help="Code of the team.")],
) -> Output:
    """Create a rep, with the holding limit of the team."""
    answer = await clew.call(
        clew.roster.CreateRep,
        roster_pb2.CreateRepRequest(request_id=new_request_id(), code=code, display_name=name, team_code=team),
    )
    return Output(answer, f"Rep {code} {answer.rep_id}")


@command(rep, "list")
async def list_reps(clew: Clew, page_size: PageSize = 50, page_token: PageToken = "") -> Output:
    """Reps, with what they hold and may hold."""
    answer = await clew.call(
        clew.roster.ListReps, roster_pb2.ListRepsRequest(page_size=page_size, page_token=page_token)
    )
    view = table(
        "Reps" + more(answer.next_page_token),
        "Code",
        "Name",
        "Team",
        "Holds",
        "Takes leads",
        rows=[
            (
                r.code,
                r.display_name,
                r.team_code,
                f"{r.held}/{r.limit}{' over cap' if r.over_cap else ''}",
                "yes" if r.active else no_longer(r),
            )
            for r in answer.reps
        ],
    )
    return Output(answer, view)


def no_longer(rep: roster_pb2.Rep) -> str:
    """Since when and by whom he takes no leads."""
    return f"no, since {when(rep.active_changed_at)} by {rep.active_changed_by}" if rep.active_changed_by else "no"


@command(pool, "create")
async def create_pool(
    clew: Clew,
    code: Code,
    name: Annotated[str, typer.Option(help="Name for people.")],
    policy: Annotated[str, typer.Option(help="Code of the follow-up policy of leads at home here.")] = "standard",
) -> Output:
    """Create a pool."""
    answer = await clew.call(
        clew.roster.CreatePool,
        roster_pb2.CreatePoolRequest(request_id=new_request_id(), code=code, name=name, policy_code=policy),
    )
    return Output(answer, f"Pool {code} {answer.pool_id}")


@command(pool, "list")
async def list_pools(clew: Clew, page_size: PageSize = 50, page_token: PageToken = "") -> Output:
    """Pools, with how many leads wait in each."""
    answer = await clew.call(
        clew.roster.ListPools, roster_pb2.ListPoolsRequest(page_size=page_size, page_token=page_token)
    )
    view = table(
        "Pools" + more(answer.next_page_token),
        "Code",
        "Name",
        "Policy",
        "Waiting",
        "Held",
        rows=[(p.code, p.name, p.policy_version, str(p.waiting), str(p.held)) for p in answer.pools],
    )
    return Output(answer, view)


@command(pool, "show")
async def show_pool(clew: Clew, code: Code, page_size: PageSize = 50, page_token: PageToken = "") -> Output:
    """The leads waiting in a pool, the best first. No person is shown."""
    answer = await clew.call(
        clew.roster.ListPoolLeads,
        roster_pb2.ListPoolLeadsRequest(pool_code=code, page_size=page_size, page_token=page_token),
    )
    view = table(
        f"Pool {code}" + more(answer.next_page_token),
        "Lead",
        "Grade",
        "Industry",
        "Region",
        "Channel",
        "Waits since",
        "Held before",
        "Not claimed before",
        rows=[
            (
                lead.lead_id,
                lead.facts.grade,
                lead.facts.industry,
                lead.facts.region,
                lead.facts.source.channel,
                when(lead.pooled_at),
                str(lead.holdings),
                kept_until(lead),
            )
            for lead in answer.leads
        ],
    )
    return Output(answer, view)


def kept_until(lead: roster_pb2.PoolLead) -> str:
    """Until when it rests, is frozen or waits for its pool to open; a manager is shown these too."""
    kept = (("rests", lead.resting_until), ("new", lead.frozen_until), ("recalled", lead.release_at))
    return ", ".join(f"{when(until)} ({why})" for why, until in kept if until.seconds)
