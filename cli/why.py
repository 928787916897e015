"""`clew lead why`: who had a lead, and why it was given, kept or taken away, from the ledger of decisions."""

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Group
from rich.table import Table

from clew.lead.v1.lead_pb2 import LeadState
from clew.routing.v1 import holdings_pb2, leads_pb2
from cli.calling import Clew
from cli.command import command
from cli.lead import LeadId
from cli.output import Output, facts, more, short, table, when

# It joins the commands of `clew lead`.
app = typer.Typer()
DONE_BY = {leads_pb2.DONE_BY_TIMER: "the lead's timer", leads_pb2.DONE_BY_SWEEP: "the sweep"}


@command(app)
async def why(
    clew: Clew,
    lead_id: LeadId,
    page_token: Annotated[str, typer.Option(help="From the page before.")] = "",
) -> Output:
    """Each decision about a lead, what led to the last that took it from a rep, and why nothing is due now if so."""
    answer = await clew.call(
        clew.leads.ListDecisions, leads_pb2.ListDecisionsRequest(lead_id=lead_id, page_token=page_token)
    )
    rows = [
        (
            when(one.decided_at),
            one.verb,
            f"{short(LeadState.Name(one.from_state))} → {short(LeadState.Name(one.to_state))}",
            one.rep_code,
            one.actor_role,
            one.reason,
            one.rule_version,
        )
        for one in answer.decisions
    ]
    view = table(
        "Decisions" + more(answer.next_page_token), "When", "What", "State", "Rep", "By", "Reason", "Rule", rows=rows
    )
    explained = [_explained(taken)] if (taken := _last_taken(answer.decisions)) else []
    if answer.decisions and _keeps(answer.decisions[-1]):
        explained.append(_kept(answer.decisions[-1]))
    return Output(answer, Group(view, *explained) if explained else view)


def _last_taken(decisions: Sequence[leads_pb2.Decision]) -> leads_pb2.Decision | None:
    return next((one for one in reversed(decisions) if one.verb in {"Recall", "ReclaimLead"}), None)


def _keeps(decision: leads_pb2.Decision) -> bool:
    """Since then somebody holds the lead, and nothing is due."""
    return (
        decision.to_state == LeadState.LEAD_STATE_HELD
        and decision.HasField("schedule")
        and not decision.schedule.HasField("due_at")
    )


def _kept(decision: leads_pb2.Decision) -> Table:
    because = [("Because", because) for because in decision.schedule.because]
    return facts(f"Why nothing is due for {decision.rep_code}", because)


def _explained(taken: leads_pb2.Decision) -> Table:
    schedule = taken.schedule
    pairs = [
        ("From", f"{taken.rep_code}, held since {when(schedule.started_at)}"),
        *([("Due", f"{when(taken.due_at)}: {_cause(schedule.due_cause)}")] if taken.HasField("due_at") else []),
        ("Taken", f"{when(taken.decided_at)} by {DONE_BY.get(taken.done_by, f'{taken.actor_role} {taken.actor_id}')}"),
        (
            "Policy",
            schedule.policy_version + (f", calendar {schedule.calendar_version}" if schedule.calendar_version else ""),
        ),
        *(
            ("Carried over", f"{stop.why}: {when(stop.starts_at)} to {when(stop.ends_at)}")
            for stop in schedule.passed_over
        ),
        *(("Because", because) for because in schedule.because),
    ]
    return facts(f"Why it was taken from {taken.rep_code}", pairs)


def _cause(cause: holdings_pb2.DueCause) -> str:
    return short(holdings_pb2.DueCause.Name(cause)).lower().replace("_", " ")
