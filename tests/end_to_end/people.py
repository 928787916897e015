"""Teams, reps and leads for end-to-end tests: valid by default, each unlike any before."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import uuid4

from clew.intake.v1 import intake_pb2
from clew.lead.v1.lead_pb2 import LeadState, Source, SourceKind
from clew.routing.v1 import holdings_pb2, leads_pb2, roster_pb2
from cli.calling import Clew, new_request_id
from cli.periods import period
from services.shared.callers import Caller, Role
from tests.end_to_end.conftest import eventually

# Moves the clock of a run and the database's on together.
PassTime = Callable[[str, timedelta], Awaitable[None]]


@dataclass(frozen=True)
class ARep:
    rep_id: str
    code: str

    @property
    def caller(self) -> Caller:
        return Caller(self.rep_id, Role.REP)


async def a_rep(clew: Clew, *, holding_limit: int = 100) -> ARep:
    mark = uuid4().hex[:8]
    await clew.call(
        clew.roster.CreateTeam,
        roster_pb2.CreateTeamRequest(
            request_id=new_request_id(), code=f"t-{mark}", name="华东一组", holding_limit=holding_limit
        ),
    )
    made = await clew.call(
        clew.roster.CreateRep,
        roster_pb2.CreateRepRequest(
            request_id=new_request_id(), code=f"L-{mark}", display_name="李雷", team_code=f"t-{mark}"
        ),
    )
    return ARep(made.rep_id, f"L-{mark}")


async def publish_standard_policy(clew: Clew, *, first_response: str, protection: str, maximum: str) -> None:
    await clew.call(
        clew.roster.PublishPolicy,
        roster_pb2.PublishPolicyRequest(
            request_id=new_request_id(),
            code="standard",
            policy=roster_pb2.Policy(
                first_response=period(first_response),
                protection=period(protection),
                maximum=period(maximum),
            ),
        ),
    )


def a_submission(**person: str) -> intake_pb2.SubmitLeadRequest:
    """A new person, known by an e-mail address that nobody else has."""
    known = {"name": "韩梅梅", "email": f"{uuid4().hex}@example.com", **person}
    return intake_pb2.SubmitLeadRequest(
        request_id=new_request_id(),
        source=Source(kind=SourceKind.SOURCE_KIND_INDIRECT, channel="web_form"),
        person=intake_pb2.Person(**known),
        attributes=intake_pb2.Attributes(industry="制造业", company_size=120, region="上海"),
    )


async def a_lead(clew: Clew) -> str:
    """A lead, submitted just now. Returns its id."""
    answer = await clew.call(clew.intake.SubmitLead, a_submission())
    assert answer.outcome == intake_pb2.OUTCOME_CREATED
    return answer.lead_id


async def many_leads(clew: Clew, number: int) -> list[str]:
    """Submitted together, 500 at most. Returns their ids."""
    batch = intake_pb2.BatchSubmitLeadsRequest(rows=[a_submission() for _ in range(number)])
    answer = await clew.call(clew.intake.BatchSubmitLeads, batch)
    return [outcome.response.lead_id for outcome in answer.outcomes]


async def state_of(clew: Clew, lead_id: str) -> leads_pb2.GetLeadStateResponse:
    return await clew.call(clew.leads.GetLeadState, leads_pb2.GetLeadStateRequest(lead_id=lead_id))


async def in_state(clew: Clew, lead_id: str, wanted: LeadState) -> leads_pb2.GetLeadStateResponse:
    """Wait until a lead is in a state; routing knows of it a moment after intake does."""

    async def look() -> leads_pb2.GetWorkResponse:
        return await clew.call(
            clew.leads.GetWork, leads_pb2.GetWorkRequest(lead_id=lead_id), as_=Caller("tests", Role.SERVICE)
        )

    await eventually(look, lambda work: work.state == wanted, f"lead {lead_id} in {LeadState.Name(wanted)}")
    return await state_of(clew, lead_id)


async def let_it_fall_due(clew: Clew, pass_time: PassTime, holding: holdings_pb2.Holding) -> None:
    """Days pass, and the reminders come in them: a lead is taken from nobody who was not warned."""
    asked = holdings_pb2.GetScheduleRequest(holding_id=holding.holding_id)
    schedule = (await clew.call(clew.holdings.GetSchedule, asked)).schedule
    now = holding.started_at.ToDatetime(UTC)
    for reminder in schedule.reminders:
        now = await _pass_until(pass_time, holding, now, reminder.at.ToDatetime(UTC))
        await eventually(
            lambda: clew.call(clew.holdings.GetSchedule, asked),
            partial(_is_sent, reminder.step),
            f"reminder {reminder.step}",
        )
    await _pass_until(pass_time, holding, now, schedule.due_at.ToDatetime(UTC))


async def _pass_until(pass_time: PassTime, holding: holdings_pb2.Holding, now: datetime, instant: datetime) -> datetime:
    """A second later than the instant, for the time that the test itself takes is not counted."""
    after = instant + timedelta(seconds=1)
    await pass_time(f"lead/{holding.lead_id}", after - now)
    return after


def _is_sent(step: str, seen: holdings_pb2.GetScheduleResponse) -> bool:
    return any(reminder.sent for reminder in seen.schedule.reminders if reminder.step == step)
