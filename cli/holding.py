"""`clew holding`: claim, assign, return, reclaim, transfer, follow up; deadlines of what one holds."""

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Group
from rich.table import Table

from clew.lead.v1.lead_pb2 import LeadState
from clew.routing.v1 import holdings_pb2 as pb
from clew.routing.v1 import pools_pb2, roster_pb2
from cli.calling import Clew, Unusable, new_request_id
from cli.command import command
from cli.output import Output, due, facts, short, table, when
from cli.periods import from_now, period

app = typer.Typer(no_args_is_help=True, help="Holdings: claim, return, follow up, deadlines.")

LeadId = Annotated[str, typer.Argument(help="The lead's id.")]
HoldingId = Annotated[str, typer.Argument(help="The holding's id, as `clew inbox` shows it.")]
RepCode = Annotated[str, typer.Argument(help="Code of the rep.")]
ReasonCode = Annotated[str, typer.Option(help="A reason: `clew holding reasons`.")]


@command(app)
async def claim(clew: Clew, lead_id: LeadId) -> Output:
    """Take a lead out of a pool (领取)."""
    answer = await clew.call(clew.holdings.ClaimLead, pb.ClaimLeadRequest(request_id=new_request_id(), lead_id=lead_id))
    return Output(answer, holding_view(answer.holding))


@command(app, "claim-all")
async def claim_all(
    clew: Clew, lead_ids: Annotated[list[str], typer.Argument(help="Ids of leads, at most 200.")]
) -> Output:
    """Take many leads at once; one that is refused stands in the way of no other."""
    answer = await clew.call(
        clew.pools.ClaimLeads, pools_pb2.ClaimLeadsRequest(request_id=new_request_id(), lead_ids=lead_ids)
    )
    view = table(
        "Claimed",
        "Lead",
        "Outcome",
        rows=[
            (one.item_id, one.holding.holding_id or f"{one.refusal.reason}: {one.refusal.message}")
            for one in answer.outcomes
        ],
    )
    return Output(answer, view)


@command(app)
async def assign(clew: Clew, lead_id: LeadId, rep: RepCode) -> Output:
    """Give a pooled lead to a rep (分配)."""
    answer = await clew.call(
        clew.holdings.AssignLead,
        pb.AssignLeadRequest(request_id=new_request_id(), lead_id=lead_id, rep_code=rep),
    )
    return Output(answer, holding_view(answer.holding))


@command(app, "return")
async def return_lead(
    clew: Clew,
    holding_id: HoldingId,
    reason: ReasonCode,
    rest: Annotated[str, typer.Option(metavar="LENGTH", help="With NOT_READY: let it rest so long, such as 30d.")] = "",
) -> Output:
    """Give a lead back (退回), for a reason that says what becomes of it."""
    request = pb.ReturnLeadRequest(request_id=new_request_id(), holding_id=holding_id, reason=reason)
    if rest:
        request.resting_until.CopyFrom(from_now(period(rest)))
    answer = await clew.call(clew.holdings.ReturnLead, request)
    return Output(answer, f"Returned: the lead is {short(LeadState.Name(answer.state))}.")


@command(app)
async def reclaim(clew: Clew, holding_id: HoldingId, reason: ReasonCode) -> Output:
    """Take a lead back as a manager (收回)."""
    answer = await clew.call(
        clew.holdings.ReclaimLead,
        pb.ReclaimLeadRequest(request_id=new_request_id(), holding_id=holding_id, reason=reason),
    )
    return Output(answer, f"Reclaimed: the lead is {short(LeadState.Name(answer.state))}.")


@command(app)
async def transfer(clew: Clew, holding_id: HoldingId, rep: RepCode) -> Output:
    """Hand a held lead to another rep (转移), with fresh deadlines."""
    answer = await clew.call(
        clew.holdings.TransferLead,
        pb.TransferLeadRequest(request_id=new_request_id(), holding_id=holding_id, rep_code=rep),
    )
    return Output(answer, holding_view(answer.holding))


@command(app, "follow-up")
async def follow_up(
    clew: Clew,
    holding_id: HoldingId,
    outcome: Annotated[str, typer.Option(help="connected, replied, met, no_answer, wrong_number, system.")],
    kind: Annotated[str, typer.Option(help="call, email, message, meeting, visit.")] = "call",
    inbound: Annotated[bool, typer.Option("--inbound/--outbound", help="Who reached out.")] = False,
    note: Annotated[str, typer.Option(help="Id of a note.")] = "",
    evidence: Annotated[str, typer.Option(help="A pointer to proof, such as a call record's number.")] = "",
) -> Output:
    """Note a follow-up (跟进); when it is received decides what it moves."""
    answer = await clew.call(
        clew.holdings.LogFollowUp,
        pb.LogFollowUpRequest(
            request_id=new_request_id(),
            holding_id=holding_id,
            kind=named("FOLLOW_UP_KIND_", pb.FollowUpKind.keys(), kind),
            direction=pb.FOLLOW_UP_DIRECTION_INBOUND if inbound else pb.FOLLOW_UP_DIRECTION_OUTBOUND,
            outcome=named("FOLLOW_UP_OUTCOME_", pb.FollowUpOutcome.keys(), outcome),
            note_id=note,
            evidence_ref=evidence,
        ),
    )
    counted = "Counted" if answer.counted else "Kept, moves nothing"
    return Output(answer, Group(f"{counted}: {', '.join(answer.because)}", schedule_view(answer.schedule)))


def named(prefix: str, known: Sequence[str], name: str) -> str:
    """An enum value's full name by the short one that people type; the zero value comes first and is none."""
    full = prefix + name.upper().replace("-", "_")
    if full not in known[1:]:
        short_names = ", ".join(value.removeprefix(prefix).lower() for value in known[1:])
        raise Unusable(f"{name!r} is none of: {short_names}.")
    return full


@command(app)
async def schedule(clew: Clew, holding_id: HoldingId) -> Output:
    """A holding's deadlines and why, computed by the function that recalls."""
    answer = await clew.call(clew.holdings.GetSchedule, pb.GetScheduleRequest(holding_id=holding_id))
    return Output(answer, Group(holding_view(answer.holding), schedule_view(answer.schedule)))


@command(app)
async def reasons(clew: Clew) -> Output:
    """The catalogue of reasons, and what each makes of a lead."""
    answer = await clew.call(clew.roster.ListReasons, roster_pb2.ListReasonsRequest(page_size=500))
    view = table(
        f"Reasons, version {answer.version}",
        "Code",
        "中文",
        "English",
        "For",
        "Next",
        "Cooldown",
        rows=[
            (
                reason.code,
                reason.text_zh,
                reason.text_en,
                ", ".join(reason.verbs),
                short(roster_pb2.ReasonNext.Name(reason.next)).lower(),
                "yes" if reason.cooldown else "",
            )
            for reason in answer.reasons
        ],
    )
    return Output(answer, view)


def holding_view(holding: pb.Holding) -> Table:
    ended = f"{when(holding.ended_at)}, {holding.end_cause}" if holding.end_cause else ""
    return facts(
        f"Holding {holding.holding_id}",
        [
            ("Lead", holding.lead_id),
            ("Holder", f"{holding.rep_code}, epoch {holding.epoch}"),
            ("Began", f"{when(holding.started_at)}, {short(pb.HoldingOrigin.Name(holding.origin)).lower()}"),
            ("Policy", holding.policy_version),
            ("Due", "" if ended else due(holding.due_at, cause_text(holding))),
            ("Converting", holding.conversion_id),
            ("Ended", ended),
        ],
    )


def cause_text(holding: pb.Holding) -> str:
    return short(pb.DueCause.Name(holding.due_cause)).lower().replace("_", " ")


def schedule_view(schedule: pb.Schedule) -> Table:
    return facts(
        f"Deadlines by {schedule.policy_version}",
        [
            (
                "First response",
                when(schedule.first_responded_at) or f"awaited until {when(schedule.first_response_due_at)}",
            ),
            ("Protected until", when(schedule.protected_until)),
            ("Maximum", when(schedule.maximum_at)),
            ("Due", due(schedule.due_at, short(pb.DueCause.Name(schedule.due_cause)).lower())),
            *((f"Reminder {r.step}", when(r.at) + (" (sent)" if r.sent else "")) for r in schedule.reminders),
            *(
                ("Carried over", f"{stop.why}: {when(stop.starts_at)} to {when(stop.ends_at)}")
                for stop in schedule.passed_over
            ),
            *(("Provisional", f"the holidays of {year} are not published yet") for year in schedule.provisional_years),
            *(("Because", because) for because in schedule.because),
        ],
    )
