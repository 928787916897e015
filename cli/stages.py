"""`clew lead accept …`: how far a lead has come, who else works on it, brought back, struck out."""

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.table import Table

from clew.lead.v1.lead_pb2 import LeadState
from clew.routing.v1 import leads_pb2
from clew.routing.v1 import stages_pb2 as pb
from cli.calling import Clew, Unusable, new_request_id
from cli.command import command
from cli.lead import LeadId
from cli.output import Output, due, facts, more, short, table, when

# These join the commands of `clew lead` and of `clew team`.
app = typer.Typer()
team = typer.Typer()
collaborator = typer.Typer(no_args_is_help=True, help="Reps who work on a held lead beside its holder.")

STAGES = {"MQL": pb.LEAD_STAGE_MQL, "SAL": pb.LEAD_STAGE_SAL, "SQL": pb.LEAD_STAGE_SQL}
FACTS = {
    "FIRST_RESPONSE_MET": pb.STAGE_FACT_FIRST_RESPONSE_MET,
    "CONNECTED_FOLLOW_UP": pb.STAGE_FACT_CONNECTED_FOLLOW_UP,
}

RepCode = Annotated[str, typer.Argument(help="Code of the rep.")]
ReasonCode = Annotated[str, typer.Option(help="A reason: `clew holding reasons`.")]
PageSize = Annotated[int, typer.Option(help="Rows, at most 500.")]
PageToken = Annotated[str, typer.Option(help="From the page before.")]


@command(app)
async def accept(clew: Clew, lead_id: LeadId) -> Output:
    """Take on a lead that was given to you: its first response is met, it is SAL."""
    request = pb.AcceptLeadRequest(request_id=new_request_id(), holding_id=await held(clew, lead_id))
    answer = await clew.call(clew.stages.AcceptLead, request)
    until_when = f"due {due(answer.holding.due_at)}" if answer.holding.HasField("due_at") else "nothing is due"
    return Output(answer, f"Accepted: {stage_text(answer.stage)}, {until_when}.")


@command(app)
async def reject(clew: Clew, lead_id: LeadId, reason: ReasonCode) -> Output:
    """Send a lead back to marketing; the reason is feedback for scoring."""
    request = pb.RejectLeadRequest(request_id=new_request_id(), holding_id=await held(clew, lead_id), reason=reason)
    answer = await clew.call(clew.stages.RejectLead, request)
    return Output(answer, f"Rejected: the lead is {short(LeadState.Name(answer.state))}.")


@command(app)
async def hand_off(clew: Clew, lead_id: LeadId, rep: RepCode) -> Output:
    """Hand a verified lead to another rep, and keep the credit."""
    request = pb.HandOffRequest(request_id=new_request_id(), holding_id=await held(clew, lead_id), rep_code=rep)
    answer = await clew.call(clew.stages.HandOff, request)
    view = facts(
        "Handed off",
        [
            ("Holder", answer.holding.rep_code),
            ("Holding", f"{answer.holding.holding_id}, epoch {answer.holding.epoch}"),
            ("Due", due(answer.holding.due_at)),
            ("Credit", answer.credited_rep_code),
        ],
    )
    return Output(answer, view)


@command(app)
async def advance(
    clew: Clew, lead_id: LeadId, stage: Annotated[str, typer.Argument(help="MQL, SAL or SQL.")] = "SQL"
) -> Output:
    """A held lead enters a later stage, such as SQL at a confirmed need."""
    request = pb.AdvanceStageRequest(
        request_id=new_request_id(), holding_id=await held(clew, lead_id), stage=stage_value(stage)
    )
    answer = await clew.call(clew.stages.AdvanceStage, request)
    return Output(answer, changes_view("Advanced", [answer.change]))


@command(app)
async def reopen(clew: Clew, lead_id: LeadId) -> Output:
    """Bring an invalid or dormant lead back: qualified and routed anew."""
    request = pb.ReopenLeadRequest(request_id=new_request_id(), lead_id=lead_id)
    answer = await clew.call(clew.stages.ReopenLead, request)
    return Output(answer, f"Lead {lead_id} is {short(LeadState.Name(answer.state))}.")


@command(app)
async def void(clew: Clew, lead_id: LeadId, reason: ReasonCode) -> Output:
    """Strike an open lead out (作废), as an administrator. Nothing but a review brings it back."""
    request = pb.VoidLeadRequest(request_id=new_request_id(), lead_id=lead_id, reason=reason)
    answer = await clew.call(clew.stages.VoidLead, request)
    return Output(answer, f"Lead {lead_id} is {short(LeadState.Name(answer.state))}.")


@command(app)
async def stages(clew: Clew, lead_id: LeadId, page_size: PageSize = 50, page_token: PageToken = "") -> Output:
    """How far a lead has come, and how it came there."""
    request = pb.ListStagesRequest(lead_id=lead_id, page_size=page_size, page_token=page_token)
    answer = await clew.call(clew.stages.ListStages, request)
    credit = f", handed off by {answer.credited_rep_code}" if answer.credited_rep_code else ""
    title = f"{stage_text(answer.stage)}{credit}{more(answer.next_page_token)}"
    return Output(answer, changes_view(title, answer.changes))


@command(collaborator, "add")
async def add_collaborator(clew: Clew, lead_id: LeadId, rep: RepCode) -> Output:
    """Let another rep log follow-ups and see the deadlines, as long as its holder has the lead."""
    request = pb.AddCollaboratorRequest(request_id=new_request_id(), holding_id=await held(clew, lead_id), rep_code=rep)
    answer = await clew.call(clew.stages.AddCollaborator, request)
    return Output(answer, f"{rep} collaborates since {when(answer.collaborator.since)}.")


@command(collaborator, "remove")
async def remove_collaborator(clew: Clew, lead_id: LeadId, rep: RepCode) -> Output:
    """He no longer does."""
    request = pb.RemoveCollaboratorRequest(
        request_id=new_request_id(), holding_id=await held(clew, lead_id), rep_code=rep
    )
    answer = await clew.call(clew.stages.RemoveCollaborator, request)
    return Output(answer, f"{rep} collaborated until {when(answer.collaborator.until)}.")


@command(collaborator, "list")
async def list_collaborators(
    clew: Clew, lead_id: LeadId, page_size: PageSize = 50, page_token: PageToken = ""
) -> Output:
    """Who works or worked on the lead beside its holder of now."""
    request = pb.ListCollaboratorsRequest(
        holding_id=await held(clew, lead_id), page_size=page_size, page_token=page_token
    )
    answer = await clew.call(clew.stages.ListCollaborators, request)
    rows = [(one.rep_code, when(one.since), when(one.until), one.added_by) for one in answer.collaborators]
    title = "Collaborators" + more(answer.next_page_token)
    return Output(answer, table(title, "Rep", "Since", "Until", "Added by", rows=rows))


@command(app)
async def publish_criteria(
    clew: Clew,
    condition: Annotated[
        list[str] | None, typer.Option(metavar="STAGE=CEL", help="Such as SQL=lead.intent.budget>0. Repeat it.")
    ] = None,
    fact: Annotated[
        list[str] | None,
        typer.Option(metavar="STAGE=FACT", help="FIRST_RESPONSE_MET or CONNECTED_FOLLOW_UP. Repeat it."),
    ] = None,
) -> Output:
    """Publish what a lead must meet to enter a stage. What is not named has no criteria any more."""
    by_stage: dict[str, pb.StageCriteria] = {}
    for text in condition or ():
        stage, expression = pair(text)
        criteria_of(by_stage, stage).expression = expression
    for text in fact or ():
        stage, name = pair(text)
        if name not in FACTS:
            raise Unusable(f"A fact is {' or '.join(FACTS)}, not {name}.")
        criteria_of(by_stage, stage).facts.append(FACTS[name])
    request = pb.PublishStageCriteriaRequest(request_id=new_request_id(), criteria=by_stage.values())
    answer = await clew.call(clew.stages.PublishStageCriteria, request)
    return Output(answer, answer.criteria_version)


@command(team)
async def verifies(
    clew: Clew,
    code: Annotated[str, typer.Argument(help="Code of the team.")],
    no_longer: Annotated[bool, typer.Option("--no-longer", help="Its members hand off no more.")] = False,
) -> Output:
    """A team verifies leads: its members may hand them off and keep the credit."""
    request = pb.SetVerificationTeamRequest(request_id=new_request_id(), team_code=code, verifies=not no_longer)
    answer = await clew.call(clew.stages.SetVerificationTeam, request)
    return Output(answer, f"Team {code} hands leads off{' no longer' if no_longer else ''}.")


async def held(clew: Clew, lead_id: str) -> str:
    """The holding that the lead is in now."""
    state = await clew.call(clew.leads.GetLeadState, leads_pb2.GetLeadStateRequest(lead_id=lead_id))
    if not state.holding.holding_id:
        raise Unusable(f"Lead {lead_id} is {short(LeadState.Name(state.state))}: nobody holds it.")
    return state.holding.holding_id


def criteria_of(by_stage: dict[str, pb.StageCriteria], stage: str) -> pb.StageCriteria:
    return by_stage.setdefault(stage, pb.StageCriteria(stage=stage_value(stage)))


def pair(text: str) -> tuple[str, str]:
    """`SQL=CONNECTED_FOLLOW_UP` in its two parts."""
    stage, separator, rest = text.partition("=")
    if not separator or not rest:
        raise Unusable(f"Name the stage and what it takes, such as SQL=CONNECTED_FOLLOW_UP; not {text!r}.")
    return stage.strip(), rest.strip()


def stage_value(name: str) -> pb.LeadStage:
    if name not in STAGES:
        raise Unusable(f"A stage is one of {', '.join(STAGES)}, not {name}.")
    return STAGES[name]


def stage_text(stage: pb.LeadStage) -> str:
    return pb.LeadStage.Name(stage).removeprefix("LEAD_STAGE_")


def changes_view(title: str, changes: Sequence[pb.StageChange]) -> Table:
    return table(
        title,
        "When",
        "From",
        "To",
        "By",
        "Cause",
        "Criteria",
        rows=[
            (
                when(one.changed_at),
                stage_text(one.from_stage),
                stage_text(one.to_stage),
                f"{one.actor_role} {one.actor_id}",
                one.cause,
                one.criteria_version,
            )
            for one in changes
        ],
    )
