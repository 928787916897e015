"""`clew holding lock …`, `clew plan`: locks, more time, voided follow-ups, and follow-ups that are planned."""

from datetime import datetime
from typing import Annotated

import typer
from google.protobuf.timestamp_pb2 import Timestamp

from clew.routing.v1 import extensions_pb2 as pb
from clew.routing.v1 import holdings_pb2
from cli.calling import Clew, Unusable, new_request_id
from cli.command import command
from cli.holding import HoldingId, schedule_view
from cli.output import Output, more, table, when
from cli.periods import from_now, period

# These join the commands of `clew holding`.
app = typer.Typer()
plan = typer.Typer(no_args_is_help=True, help="Follow-up plans (跟进计划).")

RepCode = Annotated[str, typer.Option(help="Code of the rep.")]
Reason = Annotated[str, typer.Option(help="A code, such as CUSTOMER_TRAVELS.")]
Until = Annotated[
    str, typer.Argument(metavar="UNTIL", help="A length from now, such as 5d, or 2026-12-24T18:00+08:00.")
]
PageToken = Annotated[str, typer.Option(help="From the page before.")]
KINDS = ("call", "email", "message", "meeting", "visit")


@command(app)
async def lock(clew: Clew, holding_id: HoldingId, until: Until) -> Output:
    """Nothing is due until then, and a notice floor is left after it."""
    request = pb.LockHoldingRequest(request_id=new_request_id(), holding_id=holding_id, until=instant(until))
    answer = await clew.call(clew.extensions.LockHolding, request)
    return Output(answer, schedule_view(answer.schedule))


@command(app)
async def unlock(clew: Clew, holding_id: HoldingId) -> Output:
    """The lock ends now."""
    request = pb.UnlockHoldingRequest(request_id=new_request_id(), holding_id=holding_id)
    answer = await clew.call(clew.extensions.UnlockHolding, request)
    return Output(answer, schedule_view(answer.schedule))


@command(app)
async def ask_extension(clew: Clew, holding_id: HoldingId, until: Until, reason: Reason) -> Output:
    """Ask the manager for more time."""
    request = pb.RequestExtensionRequest(
        request_id=new_request_id(), holding_id=holding_id, until=instant(until), reason=reason
    )
    answer = await clew.call(clew.extensions.RequestExtension, request)
    return Output(answer, f"Extension {answer.extension.extension_id} is asked for; the managers are told.")


@command(app)
async def decide_extension(
    clew: Clew,
    extension_id: Annotated[str, typer.Argument(help="From `clew holding extensions`.")],
    grant: Annotated[bool, typer.Option("--grant/--refuse", help="What is decided.")],
    until: Annotated[str, typer.Option(help="Another instant than was asked for.")] = "",
    reason: Reason = "",
) -> Output:
    """Grant more time, or refuse it."""
    request = pb.DecideExtensionRequest(
        request_id=new_request_id(),
        extension_id=extension_id,
        granted=grant,
        until=instant(until) if until else None,
        reason=reason,
    )
    answer = await clew.call(clew.extensions.DecideExtension, request)
    return Output(answer, schedule_view(answer.schedule))


@command(app)
async def extensions(
    clew: Clew,
    rep: RepCode = "",
    pending: Annotated[bool, typer.Option("--pending", help="Only those to be decided.")] = False,
    page_token: PageToken = "",
) -> Output:
    """More time that was asked for."""
    request = pb.ListExtensionsRequest(rep_code=rep, pending_only=pending, page_token=page_token)
    answer = await clew.call(clew.extensions.ListExtensions, request)
    rows = [
        (e.extension_id, e.rep_code, e.holding_id, when(e.until), e.reason, e.state, when(e.granted_until))
        for e in answer.extensions
    ]
    title = "Extensions" + more(answer.next_page_token)
    return Output(
        answer, table(title, "Extension", "Rep", "Holding", "Until", "Reason", "State", "Granted until", rows=rows)
    )


@command(app)
async def void_follow_up(
    clew: Clew,
    follow_up_id: Annotated[str, typer.Argument(help="From `clew holding follow-ups`.")],
    reason: Reason,
) -> Output:
    """Strike out a follow-up: it counts no more."""
    request = pb.VoidFollowUpRequest(request_id=new_request_id(), follow_up_id=follow_up_id, reason=reason)
    answer = await clew.call(clew.extensions.VoidFollowUp, request)
    return Output(answer, schedule_view(answer.schedule))


@command(app)
async def follow_ups(clew: Clew, holding_id: HoldingId, page_token: PageToken = "") -> Output:
    """The follow-ups of a holding: which counted, which did not, and why."""
    request = pb.ListFollowUpsRequest(holding_id=holding_id, page_token=page_token)
    answer = await clew.call(clew.extensions.ListFollowUps, request)
    rows = [
        (
            when(one.received_at),
            one.follow_up_id,
            one.rep_code,
            holdings_pb2.FollowUpOutcome.Name(one.outcome).removeprefix("FOLLOW_UP_OUTCOME_"),
            "voided" if one.HasField("voided_at") else "counted" if one.counted else "did not count",
            one.void_reason or ", ".join(one.because),
        )
        for one in answer.follow_ups
    ]
    title = "Follow-ups" + more(answer.next_page_token)
    return Output(answer, table(title, "Received", "Follow-up", "Rep", "Outcome", "", "Why", rows=rows))


@command(plan)
async def add(
    clew: Clew,
    holding_id: HoldingId,
    due: Until,
    kind: Annotated[str, typer.Option(help="call, email, message, meeting or visit.")] = "call",
    rep: RepCode = "",
) -> Output:
    """Say who is to follow up next, and when."""
    if kind not in KINDS:
        raise Unusable(f"A follow-up is one of {', '.join(KINDS)}; not {kind!r}.")
    request = pb.PlanFollowUpRequest(
        request_id=new_request_id(),
        holding_id=holding_id,
        rep_code=rep,
        kind=f"FOLLOW_UP_KIND_{kind.upper()}",
        due_at=instant(due),
    )
    answer = await clew.call(clew.extensions.PlanFollowUp, request)
    return Output(answer, f"Plan {answer.plan.plan_id}: {answer.plan.rep_code}, {kind}, {when(answer.plan.due_at)}")


@command(plan)
async def cancel(clew: Clew, plan_id: Annotated[str, typer.Argument(help="From `clew plan list`.")]) -> Output:
    """It is not to be done any more."""
    answer = await clew.call(
        clew.extensions.CancelPlan, pb.CancelPlanRequest(request_id=new_request_id(), plan_id=plan_id)
    )
    return Output(answer, f"Plan {plan_id}: {_state(answer.plan)}")


@command(plan, "list")
async def list_plans(
    clew: Clew,
    rep: RepCode = "",
    every: Annotated[bool, typer.Option("--all", help="Those that are done or cancelled too.")] = False,
    page_token: PageToken = "",
) -> Output:
    """What is to be done, by due time."""
    request = pb.ListPlansRequest(rep_code=rep, open_only=not every, page_token=page_token)
    answer = await clew.call(clew.extensions.ListPlans, request)
    rows = [(when(p.due_at), p.plan_id, p.rep_code, p.lead_id, _state(p)) for p in answer.plans]
    title = "Plans" + more(answer.next_page_token)
    return Output(answer, table(title, "Due", "Plan", "Rep", "Lead", "", rows=rows))


def _state(one: pb.FollowUpPlan) -> str:
    if one.HasField("done_at"):
        return f"done {when(one.done_at)}"
    if one.HasField("cancelled_at"):
        return "cancelled"
    return "overdue" if one.overdue else "planned"


def instant(text: str) -> Timestamp:
    """A length from now, or an instant with its zone."""
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        return from_now(period(text))
    if given.tzinfo is None:
        raise Unusable(f"{text} has no zone: write it as {text}+08:00, or as a length from now such as 5d.")
    answer = Timestamp()
    answer.FromDatetime(given)
    return answer
