"""`clew pool set | settings | members | delete | move | rest | next`: pools over time."""

from typing import Annotated

import typer
from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask

from clew.lead.v1.lead_pb2 import LeadState
from clew.routing.v1 import pools_pb2 as pb
from cli.calling import Clew, Unusable, new_request_id
from cli.command import command
from cli.holding import holding_view
from cli.output import Output, facts, length, short, when
from cli.periods import from_now, period
from cli.roster import pool

# `clew pool`, which roster.py begins.
app = pool

Code = Annotated[str, typer.Argument(help="The pool's code.")]
LeadId = Annotated[str, typer.Argument(help="The lead's id.")]
Number = Annotated[str, typer.Option(metavar="NUMBER|none", help="At most so many; `none`: no bound.")]
Length = Annotated[str, typer.Option(metavar="LENGTH|none", help="Such as 2h or 30d; `none`: no bound.")]
# Unsets a setting.
NONE = "none"


@command(app, "set")
async def set_pool(
    clew: Clew,
    code: Code,
    name: Annotated[str, typer.Option(help="Name for people.")] = "",
    policy: Annotated[str, typer.Option(help="Code of the follow-up policy of leads at home here.")] = "",
    visibility: Annotated[str, typer.Option(help="`public`, or `hidden` from all but members and managers.")] = "",
    time_zone: Annotated[str, typer.Option(help="Of its days and its opening, such as Asia/Shanghai.")] = "",
    opens_at: Annotated[str, typer.Option(metavar="HH:MM|none", help="Recalled leads may be claimed from then.")] = "",
    new_lead_freeze: Length = "",
    daily_claim_limit: Number = "",
    daily_view_limit: Number = "",
    max_holdings: Number = "",
    max_age: Length = "",
    dwell_reminder: Length = "",
    hygiene: Annotated[
        str, typer.Option(help="Of a lead that was given back too often or waits too long: `dormant`, or `review`.")
    ] = "",
) -> Output:
    """Change settings of a pool; what is left out stays as it is."""
    settings, named = pb.PoolSettings(), []
    texts = {"name": name, "policy_code": policy, "time_zone": time_zone, "opens_at": opens_at}
    numbers = {
        "daily_claim_limit": daily_claim_limit,
        "daily_view_limit": daily_view_limit,
        "max_holdings": max_holdings,
    }
    lengths = {"new_lead_freeze": new_lead_freeze, "max_age": max_age, "dwell_reminder": dwell_reminder}
    for setting, given in {"visibility": visibility, "hygiene": hygiene, **texts, **numbers, **lengths}.items():
        if not given:
            continue
        named.append(setting)
        if given == NONE and setting not in ("name", "policy_code", "visibility", "hygiene"):
            continue
        if setting in lengths:
            getattr(settings, setting).CopyFrom(period(given).elapsed)
        elif setting in numbers:
            setattr(settings, setting, number(given))
        elif setting == "visibility":
            settings.visibility = visibility_named(given)
        elif setting == "hygiene":
            settings.hygiene = hygiene_named(given)
        else:
            setattr(settings, setting, given)
    if not named:
        raise Unusable("Say what changes, such as --opens-at 09:00; `clew pool settings CODE` shows what is set.")
    answer = await clew.call(
        clew.pools.UpdatePool,
        pb.UpdatePoolRequest(
            request_id=new_request_id(), pool_code=code, settings=settings, update_mask=FieldMask(paths=named)
        ),
    )
    return Output(answer, facts(f"Pool {code}", settings_pairs(answer.settings)))


@command(app, "settings")
async def show_settings(clew: Clew, code: Code) -> Output:
    """How a pool is kept, and who its members are."""
    answer = await clew.call(clew.pools.GetPool, pb.GetPoolRequest(pool_code=code))
    members = [("Reps", ", ".join(answer.rep_codes)), ("Teams", ", ".join(answer.team_codes))]
    return Output(answer, facts(f"Pool {code}", [*settings_pairs(answer.settings), *members]))


@command(app, "members")
async def set_members(
    clew: Clew,
    code: Code,
    rep: Annotated[list[str] | None, typer.Option(help="Code of a rep. Repeat it.")] = None,
    team: Annotated[list[str] | None, typer.Option(help="Code of a team. Repeat it.")] = None,
) -> Output:
    """Say who the members are, in place of those before; nobody: a public pool is open to all."""
    answer = await clew.call(
        clew.pools.SetPoolMembers,
        pb.SetPoolMembersRequest(
            request_id=new_request_id(), pool_code=code, rep_codes=rep or [], team_codes=team or []
        ),
    )
    return Output(answer, f"Members of {code}: {', '.join([*(rep or ()), *(team or ())]) or 'none'}")


@command(app, "delete")
async def delete_pool(
    clew: Clew,
    code: Code,
    successor: Annotated[str, typer.Option(help="Code of the pool that takes its leads.")] = "default",
) -> Output:
    """Delete a pool; its leads, also held ones, go home to the successor."""
    answer = await clew.call(
        clew.pools.DeletePool,
        pb.DeletePoolRequest(request_id=new_request_id(), pool_code=code, successor_code=successor),
    )
    others = "; others follow within seconds" if answer.more_to_move else ""
    return Output(answer, f"Deleted {code}. Leads that moved to {successor}: {answer.moved}{others}")


@command(app, "move")
async def move_lead(
    clew: Clew, lead_id: LeadId, to: Annotated[str, typer.Argument(help="Code of its next pool.")]
) -> Output:
    """Move a waiting or held lead to another pool, or an unassigned one into a pool."""
    answer = await clew.call(
        clew.pools.MoveLead, pb.MoveLeadRequest(request_id=new_request_id(), lead_id=lead_id, pool_code=to)
    )
    return Output(answer, f"Lead {lead_id} is {short(LeadState.Name(answer.state))} and at home in {to}.")


@command(app, "rest")
async def rest_lead(
    clew: Clew,
    lead_id: LeadId,
    span: Annotated[str, typer.Argument(metavar="LENGTH|none", help="For how long, such as 30d; `none` ends it.")],
) -> Output:
    """Let a waiting lead rest: nobody is offered it meanwhile."""
    request = pb.RestLeadRequest(request_id=new_request_id(), lead_id=lead_id)
    if span != NONE:
        request.resting_until.CopyFrom(from_now(period(span)))
    answer = await clew.call(clew.pools.RestLead, request)
    until = when(answer.resting_until)
    return Output(answer, f"Lead {lead_id} rests until {until}." if until else f"Lead {lead_id} rests no more.")


@command(app, "next")
async def claim_next(clew: Clew, code: Annotated[str, typer.Argument(help="The pool's code.")] = "default") -> Output:
    """Take the best lead of a pool that you may claim (领取)."""
    answer = await clew.call(clew.pools.ClaimNext, pb.ClaimNextRequest(request_id=new_request_id(), pool_code=code))
    return Output(answer, holding_view(answer.holding))


def settings_pairs(settings: pb.PoolSettings) -> list[tuple[str, str]]:
    """What sets no bound is left out."""

    def bound(name: str) -> str:
        return str(getattr(settings, name)) if settings.HasField(name) else ""

    def span(of: Duration) -> str:
        return length(of) if of.seconds else ""

    return [
        ("Name", settings.name),
        ("Policy", settings.policy_code),
        ("Visibility", short(pb.PoolVisibility.Name(settings.visibility))),
        ("Time zone", settings.time_zone),
        ("Opens at", settings.opens_at),
        ("New leads frozen for", span(settings.new_lead_freeze)),
        ("Claims a day", bound("daily_claim_limit")),
        ("Leads shown a day", bound("daily_view_limit")),
        ("Given back at most", bound("max_holdings")),
        ("Waits at most", span(settings.max_age)),
        ("Otherwise", short(pb.PoolHygiene.Name(settings.hygiene))),
        ("Told of after", span(settings.dwell_reminder)),
    ]


def number(given: str) -> int:
    if not given.isdecimal():
        raise Unusable(f"A bound is a number or `none`, not {given!r}.")
    return int(given)


def visibility_named(given: str) -> pb.PoolVisibility:
    names = {"public": pb.POOL_VISIBILITY_PUBLIC, "hidden": pb.POOL_VISIBILITY_HIDDEN}
    if given not in names:
        raise Unusable(f"A pool is `public` or `hidden`, not {given!r}.")
    return names[given]


def hygiene_named(given: str) -> pb.PoolHygiene:
    names = {"dormant": pb.POOL_HYGIENE_DORMANT, "review": pb.POOL_HYGIENE_REVIEW}
    if given not in names:
        raise Unusable(f"A lead that a pool no longer bears is `dormant` or goes to `review`, not {given!r}.")
    return names[given]
