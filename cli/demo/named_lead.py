"""The captioned moment of one lead in full: held, reminded, taken back, explained; then held again and won."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import phonenumbers
from rich.table import Table
from rich.text import Text

from clew.conversion.v1 import conversion_pb2
from clew.intake.v1 import intake_pb2
from clew.lead.v1.lead_pb2 import LeadEvent, LeadState
from clew.routing.v1 import holdings_pb2, leads_pb2, notices_pb2
from cli.calling import new_request_id
from cli.demo.attempting import Refused, attempt
from cli.demo.manners import CONNECTED
from cli.demo.stage import Stage, clock_time
from cli.demo.submissions import Prepared
from cli.demo.submitting import submit_one
from cli.demo.waiting import until
from cli.output import facts, short, table
from cli.timeline import events_of

SLEEPER, CLOSER = "L003", "L001"
CANDIDATES = 3
CLOCKS = {
    "FIRST_RESPONSE": "first response: no attempt to reach the lead was received in time",
    "PROTECTION": "protection: no follow-up made it last longer",
    "MAXIMUM": "maximum: no holding lasts longer",
}


@dataclass(frozen=True)
class NamedLead:
    row: Prepared
    lead_id: str
    name: str  # as the demo may show it
    invented: bool
    holding: holdings_pb2.Holding

    def shown(self, phone: str) -> str:
        """A number as the demo may show it: an invented one in full, of others the end."""
        return phone if self.invented else "*" * (len(phone) - 4) + phone[-4:]


def reachable(row: Prepared) -> bool:
    """It has a valid phone number: it will be created, and its number can be spelled in another way."""
    request = row.request
    try:
        number = phonenumbers.parse(request.person.phone, request.attributes.country or "CN")
    except phonenumbers.NumberParseException:
        return False
    return bool(request.person.name) and phonenumbers.is_valid_number(number)


async def take_in(stage: Stage, rows: Sequence[Prepared], *, invented: bool) -> tuple[NamedLead | None, list[Prepared]]:
    """Submit the first row that can be the named lead, and give it to a rep who will sleep over it.

    Answers the rows that are left to submit. Real people's names are not shown, invented ones are.
    """
    left = list(rows)
    for row in [one for one in rows if reachable(one)][:CANDIDATES]:
        left.remove(row)
        submitted = await submit_one(stage.clew, row, stage.seen)
        if submitted is None or submitted.outcome != "CREATED":
            continue
        stage.shift.reserved.add(submitted.lead_id)
        name = row.request.person.name if invented else f"the person of line {row.line}"
        if (holding := await _held(stage, submitted.lead_id)) is not None:
            stage.show.say(
                f"Named lead: {name}, lead {submitted.lead_id}, is held by {holding.rep_code} until "
                f"{clock_time(holding.due_at)} ({short(holdings_pb2.DueCause.Name(holding.due_cause)).lower()})"
            )
            return NamedLead(row, submitted.lead_id, name, invented, holding), left
    return None, left


async def _held(stage: Stage, lead_id: str) -> holdings_pb2.Holding | None:
    """Claimed out of its pool; where a rule gave it to somebody, a manager puts it there first.

    A rule's lead that nobody answers goes to the next rep, and this is the story of one that goes back to its pool.
    """
    routed = await stage.until_in(lead_id, LeadState.LEAD_STATE_POOLED, LeadState.LEAD_STATE_HELD)
    if routed is None:
        return None
    if routed.state == LeadState.LEAD_STATE_HELD:
        request = holdings_pb2.ReclaimLeadRequest(
            request_id=new_request_id(), holding_id=routed.holding.holding_id, reason="MANAGER_DECISION"
        )
        await attempt(stage.seen, stage.clew.call(stage.clew.holdings.ReclaimLead, request))
    claimed = await stage.desks[SLEEPER].claim(lead_id)
    return None if isinstance(claimed, Refused) else claimed


async def reminded_and_recalled(stage: Stage, lead: NamedLead) -> None:
    """Nobody follows up: reminders come, then the recall, and the ledger says why."""
    told: dict[str, notices_pb2.Notice] = {}

    async def back_in_its_pool() -> leads_pb2.GetLeadStateResponse | None:
        for notice in await _notices(stage, lead):
            if notice.notice_id not in told and notice.kind == notices_pb2.NOTICE_KIND_REMINDER:
                stage.show.say(f"{lead.holding.rep_code} is reminded ({notice.step}) of {lead.name}")
            told[notice.notice_id] = notice
        state = await stage.state_of(lead.lead_id)
        return state if state and state.holding.holding_id != lead.holding.holding_id else None

    if await until(back_in_its_pool) is None:
        stage.show.say(f"{lead.name} was not recalled in time: see the report")
        return
    decision = await _recall_of(stage, lead)
    if decision is not None:
        reminders = [n for n in await _notices(stage, lead) if n.kind == notices_pb2.NOTICE_KIND_REMINDER]
        question = Text(f"{lead.holding.rep_code}: “{lead.name} was mine. Why was it taken from me?”", style="italic")
        stage.show.moment("One lead in full: reminded, recalled, explained", question, "", why(decision, reminders))


async def _notices(stage: Stage, lead: NamedLead) -> list[notices_pb2.Notice]:
    request = notices_pb2.ListNoticesRequest(rep_code=lead.holding.rep_code, page_size=100)
    answer = await attempt(stage.seen, stage.clew.call(stage.clew.notices.ListNotices, request))
    notices = [] if isinstance(answer, Refused) else answer.notices
    ours = [notice for notice in notices if notice.holding_id == lead.holding.holding_id]
    return sorted(ours, key=lambda notice: notice.created_at.ToNanoseconds())


async def _recall_of(stage: Stage, lead: NamedLead) -> leads_pb2.Decision | None:
    request = leads_pb2.ListDecisionsRequest(lead_id=lead.lead_id, page_size=100)
    answer = await attempt(stage.seen, stage.clew.call(stage.clew.leads.ListDecisions, request))
    decisions = [] if isinstance(answer, Refused) else answer.decisions
    ours = (one for one in decisions if one.verb == "Recall" and one.holding_id == lead.holding.holding_id)
    return next(ours, None)


def why(decision: leads_pb2.Decision, reminders: Sequence[notices_pb2.Notice]) -> Table:
    """The decision as the ledger keeps it, and the reminders that went before."""
    late = (decision.decided_at.ToNanoseconds() - decision.due_at.ToNanoseconds()) / 1_000_000
    by = "the run's timer" if decision.done_by == leads_pb2.DONE_BY_TIMER else "routing's sweep"
    return facts(
        "",
        [
            ("Policy", decision.rule_version),
            ("Clock", CLOCKS.get(decision.reason, decision.reason)),
            ("Held since", clock_time(decision.schedule.started_at)),
            ("Due", clock_time(decision.due_at)),
            ("Recalled", f"{clock_time(decision.decided_at)}, {late:.0f} ms later, by {by}"),
            *(("Because", line) for line in decision.schedule.because),
            *(("Reminded", f"{notice.step}, written {clock_time(notice.created_at)}") for notice in reminders),
        ],
    )


async def claimed_again(stage: Stage, lead: NamedLead) -> Refused | None:
    """Whoever lost it may not take it again at once."""
    answer = await stage.desks[lead.holding.rep_code].claim(lead.lead_id)
    return answer if isinstance(answer, Refused) else None


async def won_by_another(stage: Stage, lead: NamedLead) -> None:
    """Somebody else claims it, reaches the person, and converts it: an account, a contact, an opportunity."""
    desk = stage.desks[CLOSER if lead.holding.rep_code != CLOSER else "L002"]
    began = time.perf_counter()
    holding = await desk.claim(lead.lead_id)
    if isinstance(holding, Refused):
        return
    await desk.follow_up(holding, CONNECTED)
    conversion = await desk.convert(holding)
    if conversion is None or conversion.state != conversion_pb2.CONVERSION_STATE_COMPLETED:
        state = short(conversion_pb2.ConversionState.Name(conversion.state)) if conversion else "not at its end yet"
        stage.show.say(f"The conversion of {lead.name} is {state}")
        return
    took = time.perf_counter() - began
    events = await attempt(stage.seen, events_of(stage.clew, lead.lead_id))
    stage.show.moment(
        "The same lead, claimed by a colleague, reached and converted (一转三)",
        facts(
            "",
            [
                ("Who", f"{holding.rep_code}, holding epoch {holding.epoch}, {took:.1f} s from claim to completed"),
                ("Account", f"{conversion.account_id} ({'new' if conversion.account_created else 'existing'})"),
                ("Contact", conversion.contact_id),
                ("Opportunity", conversion.opportunity_id),
            ],
        ),
        "",
        story([] if isinstance(events, Refused) else events),
    )


def story(events: Sequence[LeadEvent]) -> Table:
    """The lead's whole timeline, from every service, in seconds since it began."""
    began = events[0].recorded_at.ToNanoseconds() if events else 0
    return table(
        "Its timeline",
        "After",
        "Service",
        "Event",
        "By",
        "Reason",
        "Version",
        rows=[
            (
                f"{(event.recorded_at.ToNanoseconds() - began) / 1e9:.2f} s",
                event.service,
                event.kind,
                event.actor_role,
                event.reason,
                event.rule_version,
            )
            for event in events
        ],
    )


def respelled(request: intake_pb2.SubmitLeadRequest) -> str:
    """The number as somebody else might type it: in full width, with dashes."""
    number = phonenumbers.parse(request.person.phone, request.attributes.country or "CN")
    digits = str(number.national_number)
    grouped = "-".join(filter(None, (digits[:3], digits[3:7], digits[7:])))
    typed = f"{grouped}" if number.country_code == 86 else f"+{number.country_code}-{grouped}"
    return typed.translate(str.maketrans("0123456789+-", "０１２３４５６７８９＋－"))
