"""`clew lead`: submit, look at, disqualify, convert."""

import asyncio
from typing import Annotated

import grpc
import grpc.aio
import typer
from rich.console import Group

from clew.conversion.v1 import conversion_pb2
from clew.intake.v1 import intake_pb2
from clew.lead.v1.lead_pb2 import LeadState, Source, SourceKind
from clew.routing.v1 import leads_pb2
from cli.calling import Clew, Unusable, new_request_id, rep_of
from cli.command import command
from cli.output import Output, due, facts, more, short, table, when
from cli.timeline import events_of, timeline_view

app = typer.Typer(no_args_is_help=True, help="Leads: submit, look at, disqualify, convert.")

LeadId = Annotated[str, typer.Argument(help="The lead's id.")]
CONVERSION_WAIT_SECONDS = 15.0
CONVERSION_ENDS = {
    conversion_pb2.CONVERSION_STATE_COMPLETED,
    conversion_pb2.CONVERSION_STATE_REFUSED,
    conversion_pb2.CONVERSION_STATE_ABANDONED,
}


@command(app)
async def submit(
    clew: Clew,
    name: Annotated[str, typer.Option(help="Full name.")] = "",
    phone: Annotated[str, typer.Option(help="In any spelling: 138 0013 8000, +86-138-0013-8000.")] = "",
    email: Annotated[str, typer.Option(help="E-mail address.")] = "",
    wecom_id: Annotated[str, typer.Option(help="WeCom external_userid.")] = "",
    company: Annotated[str, typer.Option(help="Company name.")] = "",
    credit_code: Annotated[str, typer.Option(help="Unified social credit code.")] = "",
    title: Annotated[str, typer.Option(help="Job title.")] = "",
    channel: Annotated[str, typer.Option(help="Where it came from, such as trade_show.")] = "manual",
    direct: Annotated[bool, typer.Option("--direct/--indirect", help="A referral, or an answer to publicity.")] = True,
    campaign: Annotated[str, typer.Option(help="The campaign's id.")] = "",
    captured_by: Annotated[str, typer.Option(help="Code of the rep who captured it.")] = "",
    industry: Annotated[str, typer.Option(help="Industry.")] = "",
    company_size: Annotated[int, typer.Option(help="Number of employees.")] = 0,
    region: Annotated[str, typer.Option(help="Province or region.")] = "",
    country: Annotated[str, typer.Option(help="ISO code; also how a number without country code is read.")] = "",
    business_line: Annotated[str, typer.Option(help="Line of business.")] = "",
) -> Output:
    """Submit a lead: created, attached to somebody we know, put in review, or rejected."""
    rep_id = (await rep_of(clew, captured_by)).rep_id if captured_by else ""
    answer = await clew.call(
        clew.intake.SubmitLead,
        intake_pb2.SubmitLeadRequest(
            request_id=new_request_id(),
            source=Source(
                kind=SourceKind.SOURCE_KIND_DIRECT if direct else SourceKind.SOURCE_KIND_INDIRECT,
                channel=channel,
            ),
            campaign_id=campaign,
            captured_by=rep_id,
            business_line=business_line,
            person=intake_pb2.Person(
                name=name,
                phone=phone,
                email=email,
                wecom_id=wecom_id,
                company=company,
                credit_code=credit_code,
                title=title,
            ),
            attributes=intake_pb2.Attributes(
                industry=industry, company_size=company_size, region=region, country=country
            ),
        ),
    )
    outcome = short(intake_pb2.Outcome.Name(answer.outcome))
    view = facts(
        outcome,
        [
            ("Lead", answer.lead_id),
            ("Review", answer.review_id),
            ("Submission", answer.submission_id),
            *((f"  {check.check}", screening_text(check)) for check in answer.screening),
            *(("  known by", match_text(match)) for match in answer.matches),
        ],
    )
    return Output(answer, view)


def screening_text(check: intake_pb2.ScreeningCheck) -> str:
    verdict = short(intake_pb2.Verdict.Name(check.verdict)).lower()
    return f"{verdict} ({check.evidence})" if check.evidence else verdict


def match_text(match: intake_pb2.KeyMatch) -> str:
    """Whom a key belongs to, masked: `MOBILE (strong): lead 0199…, 李* 138****8000, held by L**7`."""
    strength = "strong" if match.strong else "weak"
    holder = f", held by {match.masked_holder}" if match.masked_holder else ""
    kind, owner = short(intake_pb2.KeyKind.Name(match.key_kind)), short(intake_pb2.KeyOwner.Name(match.owner))
    return f"{kind} ({strength}): {owner.lower()} {match.owner_id}, {match.masked_person}{holder}"


@command(app)
async def show(clew: Clew, lead_id: LeadId) -> Output:
    """A lead's person (masked unless it is yours), what is known, its state, its holder, its deadline."""
    lead, state = await in_intake_and_routing(clew, lead_id)
    person, known, holding = lead.person, state.facts, state.holding
    why = state.invalid_reason or state.unassigned_reason
    view = facts(
        f"Lead {lead_id}",
        [
            (
                "State",
                short(LeadState.Name(state.state)) + (f" ({why})" if why else ""),
            ),
            ("Stage", known.lifecycle_stage),
            ("Person", " ".join(filter(None, [person.name, person.title]))),
            ("Reached by", ", ".join(filter(None, [person.phone, person.email, person.wecom_id]))),
            ("Company", person.company),
            ("Masked", "yes: not your lead" if lead.masked else ""),
            ("Industry", known.industry),
            ("Employees", str(known.company_size or "")),
            ("Region", " ".join(filter(None, [known.country, known.region, known.city]))),
            ("Source", f"{known.source.channel} {known.source.detail_code}".strip()),
            (
                "Grade",
                f"{known.grade} (fit {known.fit_score}, behaviour {known.behavior_score})" if known.grade else "",
            ),
            ("Touchpoints", str(lead.touchpoints or "")),
            ("Home pool", state.home_pool_code),
            ("Rests until", when(state.resting_until)),
            ("Not claimed before", when(max(state.frozen_until, state.release_at, key=lambda at: at.seconds))),
            ("Holder", holding.rep_code),
            ("Holding", f"{holding.holding_id}, epoch {holding.epoch}" if holding.holding_id else ""),
            ("Due", due(holding.due_at) if holding.holding_id else ""),
            ("Verbs", ", ".join(state.allowed_verbs)),
        ],
    )
    return Output({"intake": lead, "routing": state}, view)


async def in_intake_and_routing(clew: Clew, lead_id: str) -> tuple[intake_pb2.Lead, leads_pb2.GetLeadStateResponse]:
    """A lead as both know it. Of a hidden one that nobody holds a member of its pool finds nothing in intake."""
    answer, state = await asyncio.gather(
        clew.call(clew.intake.GetLead, intake_pb2.GetLeadRequest(lead_id=lead_id)),
        clew.call(clew.leads.GetLeadState, leads_pb2.GetLeadStateRequest(lead_id=lead_id)),
        return_exceptions=True,
    )
    hidden = isinstance(answer, grpc.aio.AioRpcError) and answer.code() is grpc.StatusCode.NOT_FOUND
    if hidden and not isinstance(state, BaseException):
        return intake_pb2.Lead(lead_id=lead_id, masked=True), state
    if isinstance(answer, BaseException):
        raise answer
    if isinstance(state, BaseException):
        raise state
    return answer.lead, state


@command(app, "list")
async def list_leads(
    clew: Clew,
    campaign: Annotated[str, typer.Option(help="Only of this campaign, by id.")] = "",
    channel: Annotated[str, typer.Option(help="Only from this channel.")] = "",
    page_size: Annotated[int, typer.Option(help="Rows, at most 500.")] = 50,
    page_token: Annotated[str, typer.Option(help="From the page before.")] = "",
) -> Output:
    """Leads, newest first, persons masked."""
    answer = await clew.call(
        clew.intake.ListLeads,
        intake_pb2.ListLeadsRequest(page_size=page_size, page_token=page_token, campaign_id=campaign, channel=channel),
    )
    view = table(
        "Leads" + more(answer.next_page_token),
        "Lead",
        "Created",
        "Person",
        "Channel",
        "Region",
        "Touches",
        "Holder",
        rows=[
            (
                lead.lead_id,
                when(lead.facts.created_at),
                f"{lead.person.name} {lead.person.phone or lead.person.email}",
                lead.facts.source.channel,
                lead.facts.region,
                str(lead.touchpoints),
                lead.holder_code,
            )
            for lead in answer.leads
        ],
    )
    return Output(answer, view)


@command(app)
async def timeline(clew: Clew, lead_id: LeadId) -> Output:
    """Every event of a lead from every service, in order, with actor, reason and version."""
    events = await events_of(clew, lead_id)
    if not events:
        raise Unusable(f"No service knows a lead {lead_id}.")
    return Output(events, timeline_view(lead_id, events))


@command(app)
async def check(
    clew: Clew,
    phone: Annotated[str, typer.Option(help="In any spelling.")] = "",
    email: Annotated[str, typer.Option(help="E-mail address.")] = "",
    company: Annotated[str, typer.Option(help="Company name.")] = "",
    credit_code: Annotated[str, typer.Option(help="Unified social credit code.")] = "",
) -> Output:
    """Do we know somebody by these keys? Persons and holders are masked."""
    person = intake_pb2.Person(phone=phone, email=email, company=company, credit_code=credit_code)
    answer = await clew.call(clew.intake.CheckDuplicates, intake_pb2.CheckDuplicatesRequest(person=person))
    if not answer.matches:
        return Output(answer, "Nobody we know.")
    return Output(answer, Group(*(match_text(match) for match in answer.matches)))


@command(app)
async def disqualify(
    clew: Clew,
    lead_id: LeadId,
    reason: Annotated[str, typer.Option(help="A reason: `clew holding reasons`.")],
) -> Output:
    """The lead is none: INVALID, its holding ends. A re-enquiry reopens it."""
    answer = await clew.call(
        clew.leads.DisqualifyLead,
        leads_pb2.DisqualifyLeadRequest(request_id=new_request_id(), lead_id=lead_id, reason=reason),
    )
    return Output(answer, f"Lead {lead_id} is {short(LeadState.Name(answer.state))}.")


@command(app)
async def convert(
    clew: Clew,
    lead_id: LeadId,
    account: Annotated[
        str, typer.Option(help="Into this account, by id. Default: the matching one, or a new one.")
    ] = "",
    new_account: Annotated[bool, typer.Option("--new-account", help="A new account, whatever matches.")] = False,
    opportunity: Annotated[str, typer.Option(help="Into this opportunity, by id. Default: a new one.")] = "",
    amount: Annotated[float, typer.Option(help="Expected amount of the new opportunity.")] = 0,
    currency: Annotated[str, typer.Option(help="ISO 4217.")] = "CNY",
    product: Annotated[str, typer.Option(help="Product code.")] = "",
) -> Output:
    """A held lead becomes an account, a contact and an opportunity (一转三), however often asked: once."""
    state = await clew.call(clew.leads.GetLeadState, leads_pb2.GetLeadStateRequest(lead_id=lead_id))
    request = conversion_pb2.ConvertLeadRequest(
        request_id=new_request_id(),
        lead_id=lead_id,
        holding_id=state.holding.holding_id,
        epoch=state.holding.epoch,
    )
    if state.state == LeadState.LEAD_STATE_CONVERTED:
        answer = await clew.call(clew.conversion.GetConversion, conversion_pb2.GetConversionRequest(lead_id=lead_id))
        return Output(answer, conversion_view(answer.conversion))
    if not state.holding.holding_id:
        name = short(LeadState.Name(state.state))
        raise Unusable(f"Lead {lead_id} is {name}: only a held lead converts. Claim it first: `clew holding claim`.")
    if account:
        request.existing_account_id = account
    elif new_account:
        request.new_account = True
    if opportunity:
        request.existing_opportunity_id = opportunity
    else:
        request.new_opportunity.CopyFrom(
            conversion_pb2.NewOpportunity(amount_minor=round(amount * 100), currency=currency, product=product)
        )
    asked = (await clew.call(clew.conversion.ConvertLead, request)).conversion
    ended = await conversion_end(clew, asked.conversion_id)
    return Output(ended, conversion_view(ended))


async def conversion_end(clew: Clew, conversion_id: str) -> conversion_pb2.Conversion:
    """Wait for a conversion's end; after a while answer it as far as it is."""
    clock = asyncio.get_running_loop().time
    give_up = clock() + CONVERSION_WAIT_SECONDS
    by_id = conversion_pb2.GetConversionRequest(conversion_id=conversion_id)
    while True:
        now = (await clew.call(clew.conversion.GetConversion, by_id)).conversion
        if now.state in CONVERSION_ENDS or clock() > give_up:
            return now
        await asyncio.sleep(0.1)


def conversion_view(conversion: conversion_pb2.Conversion) -> Group:
    state = short(conversion_pb2.ConversionState.Name(conversion.state))
    made = conversion.HasField("committed_at")
    title = f"{state}{f' ({conversion.reason})' if conversion.reason else ''}"
    account = f"{conversion.account_id} ({'new' if conversion.account_created else 'existing'})"
    return Group(
        facts(
            title,
            [
                ("Conversion", conversion.conversion_id),
                ("Account", account if made else ""),
                ("Contact", conversion.contact_id if made else ""),
                ("Opportunity", conversion.opportunity_id if made else ""),
            ],
        )
    )
