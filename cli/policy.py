"""`clew policy`: the deadlines of a holding, which of them counts for whom, and what a new version would do."""

import csv
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Group

from clew.routing.v1 import policies_pb2, roster_pb2
from cli.calling import Clew, Unusable, new_request_id
from cli.command import command
from cli.output import Output, facts, table, when
from cli.periods import period, reminder

app = typer.Typer(no_args_is_help=True, help="Follow-up policies: deadlines of a holding.")

PolicyCode = Annotated[str, typer.Argument(help="The policy's code; a new code begins a new policy.")]
Length = Annotated[
    str, typer.Option(metavar="LENGTH", help="Such as 90s, 30m, 2h, 10d; 8wh (working hours), 10wd (working days).")
]


class Live(StrEnum):
    """What a new version means for holdings that are open."""

    grandfather = "grandfather"
    rebase = "rebase"
    rebase_with_floor = "rebase-with-floor"


class Unwarned(StrEnum):
    postpone = "postpone"
    recall = "recall"


LiveHoldings = Annotated[
    Live,
    typer.Option(
        help="Open holdings: grandfather (they keep their version), rebase (from their original start), "
        "rebase-with-floor (the same, nothing due before the notice floor)."
    ),
]


@command(app, "publish")
async def publish(
    clew: Clew,
    code: PolicyCode,
    first_response: Length = "2h",
    protection: Length = "10d",
    extension: Length = "3d",
    attempt_extension: Length = "1d",
    attempts_counted: Annotated[int, typer.Option(help="Attempts that count, per holding.")] = 3,
    attempt_interval: Length = "4h",
    maximum: Length = "30d",
    claim_cooldown: Length = "7d",
    notice_floor: Length = "1d",
    remind: Annotated[
        list[str] | None, typer.Option(help="50% of the time, or a length before the deadline. Repeat it.")
    ] = None,
    calendar: Annotated[str, typer.Option(help="Code of the working calendar, such as cn.")] = "",
    unwarned: Annotated[Unwarned, typer.Option(help="Due and never warned through an outage of ours.")] = (
        Unwarned.postpone
    ),
    manager_copies: Annotated[
        bool, typer.Option("--manager-copies", help="Managers hear of the last reminder and of the recall too.")
    ] = False,
    live: LiveHoldings = Live.grandfather,
    preview: Annotated[bool, typer.Option("--preview", help="Only say what it would do.")] = False,
) -> Output:
    """Publish the next version of a follow-up policy, or look what it would do to open holdings."""
    policy = roster_pb2.Policy(
        first_response=period(first_response),
        protection=period(protection),
        extension=period(extension),
        attempt_extension=period(attempt_extension),
        attempts_counted=attempts_counted,
        attempt_interval=period(attempt_interval),
        maximum=period(maximum),
        claim_cooldown=period(claim_cooldown),
        notice_floor=period(notice_floor),
        reminders=[reminder(text) for text in remind or ()],
        calendar_code=calendar,
        manager_copies=manager_copies,
        unwarned=f"UNWARNED_{unwarned.upper()}",
    )
    live_holdings = f"LIVE_HOLDINGS_{live.replace('-', '_').upper()}"
    if preview:
        return _previewed(
            await clew.call(
                clew.roster.PreviewPolicy,
                roster_pb2.PreviewPolicyRequest(code=code, policy=policy, live_holdings=live_holdings),
            )
        )
    answer = await clew.call(
        clew.roster.PublishPolicy,
        roster_pb2.PublishPolicyRequest(
            request_id=new_request_id(), code=code, policy=policy, live_holdings=live_holdings
        ),
    )
    told = answer.policy_version
    if answer.rebasing_id:
        told += (
            f"; {answer.rebasing} open holdings are computed anew: `clew policy rebasing {answer.rebasing_id}` "
            "says how far that is"
        )
    return Output(answer, told)


@command(app, "disable")
async def disable(clew: Clew, code: PolicyCode) -> Output:
    """Nothing of its holdings is due until it is enabled again."""
    return await _switch(clew, code, enabled=False)


@command(app, "enable")
async def enable(clew: Clew, code: PolicyCode) -> Output:
    """Its holdings are due again by their original starts, none before the notice floor."""
    return await _switch(clew, code, enabled=True)


async def _switch(clew: Clew, code: str, *, enabled: bool) -> Output:
    request = policies_pb2.SwitchPolicyRequest(request_id=new_request_id(), policy_code=code, enabled=enabled)
    answer = await clew.call(clew.policies.SwitchPolicy, request)
    state = "enabled" if enabled else "disabled"
    if not answer.rebasing_id:
        return Output(answer, f"{code} was {state} before")
    return Output(answer, f"{code} is {state}; {answer.rebasing} open holdings are computed anew")


@command(app, "rebasing")
async def rebasing(
    clew: Clew, rebasing_id: Annotated[str, typer.Argument(help="From `clew policy publish`.")]
) -> Output:
    """How far the computing anew of live deadlines is."""
    answer = await clew.call(clew.roster.GetRebasing, roster_pb2.GetRebasingRequest(rebasing_id=rebasing_id))
    state = f"finished {when(answer.finished_at)}" if answer.HasField("finished_at") else "goes on"
    return Output(answer, f"{answer.cause}: {answer.done} done, {answer.moved} of them moved; {state}")


@command(app, "choose")
async def choose(
    clew: Clew,
    file: Annotated[
        Path | None, typer.Argument(help="CSV of rule_id,expression,policy_code, in order. Left out: show them.")
    ] = None,
) -> Output:
    """Publish which policy a holding begins under, or show the rules in force: the first that holds decides."""
    if file is not None:
        rules = _rules(file)
        answer = await clew.call(
            clew.policies.PublishPolicyRules,
            policies_pb2.PublishPolicyRulesRequest(request_id=new_request_id(), rules=rules),
        )
        return Output(answer, f"Policy rules version {answer.version}: {len(rules)} rules")
    found = await clew.call(clew.policies.GetPolicyRules, policies_pb2.GetPolicyRulesRequest())
    rows = [(rule.rule_id, rule.expression, rule.policy_code) for rule in found.rules]
    return Output(found, table(f"Policy rules version {found.version}", "Rule", "Holds when", "Policy", rows=rows))


def _rules(file: Path) -> list[policies_pb2.PolicyRule]:
    try:
        rows = list(csv.reader(file.read_text(encoding="utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Unusable(f"{file} cannot be read as CSV in UTF-8: {type(error).__name__}.") from None
    rules = []
    for line, row in enumerate(rows, start=1):
        if not row or row[0] == "rule_id":
            continue
        if len(row) != 3:
            raise Unusable(f"{file.name} line {line}: {len(row)} columns; it wants rule_id,expression,policy_code.")
        rules.append(policies_pb2.PolicyRule(rule_id=row[0], expression=row[1], policy_code=row[2]))
    return rules


def _previewed(answer: roster_pb2.PreviewPolicyResponse) -> Output:
    counts = facts(
        f"Of {answer.open_holdings} open holdings",
        [
            ("Computed", f"{answer.computed}, the nearest deadlines first"),
            ("Unchanged", str(answer.unchanged)),
            ("Later", str(answer.later)),
            ("Earlier", str(answer.earlier)),
            ("Recalled at once", str(answer.recalled_at_once)),
            ("Due within a day", str(answer.due_within_a_day)),
        ],
    )
    rows = [(one.rep_code, one.holding_id, when(one.due_at), when(one.would_be_due_at)) for one in answer.examples]
    lose_most = table("They would lose most", "Rep", "Holding", "Due", "Would be due", rows=rows)
    return Output(answer, Group(counts, lose_most) if rows else counts)
