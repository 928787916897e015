"""People about whom everything personal is said, in every way in which it can be said."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import uuid4

import grpc.aio
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client

from clew.conversion.v1 import conversion_pb2
from clew.intake.v1 import intake_pb2
from clew.lead.v1.lead_pb2 import LeadState
from clew.routing.v1 import holdings_pb2, leads_pb2, notices_pb2
from cli.calling import Clew, new_request_id
from cli.lead import conversion_end
from services.shared.callers import Caller, Role
from tests.end_to_end.conftest import eventually
from tests.end_to_end.looking import Seen, refusal
from tests.end_to_end.people import ARep, a_submission, in_state
from tests.intake.submissions import new_credit_code, new_mobile

MARKETER = Caller("zhao", Role.MARKETER)
FIELDS = ("name", "phone", "email", "wecom_id", "company", "credit_code", "title")


@dataclass
class Birds:
    """Everything personal that was said, and what was answered to it."""

    songs: list[str] = field(default_factory=list)
    told: list[Seen] = field(default_factory=list)

    def sing(self, song: str) -> str:
        self.songs.append(song)
        return song

    def a_person(self, **other: str) -> dict[str, str]:
        """Somebody with everything that a person can have."""
        mark = uuid4().hex[:10]
        person = {
            "name": f"鹂{mark}",
            "phone": new_mobile(),
            "email": f"bird.{mark}@example.com",
            "wecom_id": f"wm-{mark}-bird",
            "company": f"云雀{mark}科技有限公司",
            "credit_code": new_credit_code(),
            "title": f"首席{mark}鸟类学家",
            **other,
        }
        for name, said in person.items():
            # Of an address the part before the domain is enough to know somebody.
            self.sing(said.partition("@")[0] if name == "email" else said)
        return person

    async def refused(self, call: Awaitable[object]) -> grpc.StatusCode:
        with pytest.raises(grpc.aio.AioRpcError) as failed:
            await call
        self.told.append(refusal(failed.value))
        return failed.value.code()


async def submit(clew: Clew, **person: str) -> intake_pb2.SubmitLeadResponse:
    return await clew.call(clew.intake.SubmitLead, a_submission(**person))


async def said_twice_and_reviewed(clew: Clew, birds: Birds) -> None:
    person = birds.a_person()
    first = await submit(clew, **person)
    again = await submit(clew, **{**person, "phone": f"+86 {person['phone'][:3]}-{person['phone'][3:]}"})
    unlike = await submit(clew, **{**person, "name": birds.sing("杜鹃啼血")})
    resolve = intake_pb2.ResolveReviewRequest(
        request_id=new_request_id(), review_id=unlike.review_id, resolution=intake_pb2.RESOLUTION_NEW
    )
    rejected = await submit(clew, **{**birds.a_person(), "name": "测试"})
    # At once: the unique index decides, and PostgreSQL writes about it.
    racing = birds.a_person()
    await asyncio.gather(*(submit(clew, **racing) for _ in range(8)))
    batch = intake_pb2.BatchSubmitLeadsRequest(
        rows=[a_submission(**birds.a_person()), a_submission(**birds.a_person(email="not.an@address@all"))]
    )
    await clew.call(clew.intake.BatchSubmitLeads, batch)
    check = intake_pb2.CheckDuplicatesRequest(person=a_submission(**person).person)
    await clew.call(clew.intake.CheckDuplicates, check, as_=MARKETER)
    await clew.call(clew.intake.ResolveReview, resolve, as_=MARKETER)

    assert [first.outcome, again.outcome, unlike.outcome, rejected.outcome] == [
        intake_pb2.OUTCOME_CREATED,
        intake_pb2.OUTCOME_ATTACHED,
        intake_pb2.OUTCOME_IN_REVIEW,
        intake_pb2.OUTCOME_REJECTED,
    ]


async def refused_as_input(clew: Clew, birds: Birds) -> None:
    for person in (
        {"phone": f"{new_mobile()}99987"},
        {"email": f"{uuid4().hex}@nowhere"},
        {"credit_code": f"{new_credit_code()}X"},
        {"name": "金丝雀" * 100},
        {"name": "夜莺\0啼鸣"},
        {"title": "啄木鸟" * 50},
    ):
        assert await birds.refused(submit(clew, **birds.a_person(**person))) is grpc.StatusCode.INVALID_ARGUMENT
    same = a_submission(**birds.a_person())
    await clew.call(clew.intake.SubmitLead, same)
    same.person.name = birds.sing("另一只百灵")
    assert await birds.refused(clew.call(clew.intake.SubmitLead, same)) is grpc.StatusCode.INVALID_ARGUMENT


async def said_while_something_is_broken(clew: Clew, birds: Birds, database: AsyncEngine) -> None:
    """A table does not take what it should: the database complains, with all that it was given."""
    for breaks in (
        "alter table intake.touchpoint add constraint broken check (false) not valid",
        "alter table intake.person add constraint broken check (title not like '首席%') not valid",
    ):
        async with broken(database, breaks):
            assert await birds.refused(submit(clew, **birds.a_person())) is grpc.StatusCode.INTERNAL


@asynccontextmanager
async def broken(database: AsyncEngine, breaks: str) -> AsyncIterator[None]:
    """While a table refuses what it should take."""
    table = breaks.split()[2]
    async with database.begin() as db:
        await db.execute(text(breaks))
    try:
        yield
    finally:
        async with database.begin() as db:
            await db.execute(text(f"alter table {table} drop constraint broken"))


async def held_noted_and_converted(
    clew: Clew, birds: Birds, rep: ARep, database: AsyncEngine, temporal_client: Client
) -> None:
    lead_id = (await submit(clew, **birds.a_person())).lead_id
    await in_state(clew, lead_id, LeadState.LEAD_STATE_POOLED)
    holding = await claim(clew, lead_id, rep)
    await eventually(
        lambda: clew.call(clew.intake.GetLead, intake_pb2.GetLeadRequest(lead_id=lead_id)),
        lambda seen: seen.lead.holder_code == rep.code,
        "intake to know the holder",
    )
    note = intake_pb2.AddNoteRequest(
        request_id=new_request_id(), lead_id=lead_id, text=f"{birds.sing('布谷鸟说过的话')} {birds.sing(new_mobile())}"
    )
    noted = await clew.call(clew.intake.AddNote, note, as_=rep.caller)
    follow_up = holdings_pb2.LogFollowUpRequest(
        request_id=new_request_id(),
        holding_id=holding.holding_id,
        kind=holdings_pb2.FOLLOW_UP_KIND_CALL,
        direction=holdings_pb2.FOLLOW_UP_DIRECTION_OUTBOUND,
        outcome=holdings_pb2.FOLLOW_UP_OUTCOME_CONNECTED,
        note_id=noted.note_id,
    )
    await clew.call(clew.holdings.LogFollowUp, follow_up, as_=rep.caller)
    lead = (await clew.call(clew.intake.GetLead, intake_pb2.GetLeadRequest(lead_id=lead_id), as_=rep.caller)).lead
    look = intake_pb2.GetPersonRequest(person_id=lead.person_id, purpose=birds.sing("回访那只斑鸠"))
    await clew.call(clew.intake.GetPerson, look, as_=rep.caller)
    convert = conversion_pb2.ConvertLeadRequest(
        request_id=new_request_id(), lead_id=lead_id, holding_id=holding.holding_id, epoch=holding.epoch
    )
    # Its keys cannot be registered at first: the step fails, in the run's history, and is made again.
    async with broken(
        database, "alter table intake.identity_key add constraint broken check (owner = 'LEAD') not valid"
    ):
        asked = await clew.call(clew.conversion.ConvertLead, convert, as_=rep.caller)
        one = conversion_pb2.GetConversionRequest(conversion_id=asked.conversion.conversion_id)
        await eventually(
            lambda: clew.call(clew.conversion.GetConversion, one),
            lambda seen: seen.conversion.state == conversion_pb2.CONVERSION_STATE_COMMITTED,
            "the conversion to be committed",
        )
        # What operators are shown of a step that waits is nowhere else, once it has been made.
        run = temporal_client.get_workflow_handle(f"conversion/{one.conversion_id}")
        waiting = await eventually(
            run.describe,
            lambda seen: any(step.HasField("last_failure") for step in seen.raw_description.pending_activities),
            "the keys not to be registered",
        )
        birds.told.append(("a step that waits", waiting.raw_description.SerializeToString()))
    end = await conversion_end(clew, asked.conversion.conversion_id)
    assert end.state == conversion_pb2.CONVERSION_STATE_COMPLETED


async def said_where_it_does_not_belong(clew: Clew, birds: Birds, rep: ARep) -> None:
    """A form with its fields mixed up: the refusal may say which field, not what was in it."""
    phone, name = birds.sing(new_mobile()), birds.sing("文不对题的喜鹊")
    for call in (
        clew.call(clew.intake.GetLead, intake_pb2.GetLeadRequest(lead_id=phone)),
        clew.call(clew.leads.GetLeadState, leads_pb2.GetLeadStateRequest(lead_id=name)),
        clew.call(
            clew.holdings.ClaimLead,
            holdings_pb2.ClaimLeadRequest(request_id=phone, lead_id=str(uuid4())),
            as_=rep.caller,
        ),
        clew.call(
            clew.holdings.ReturnLead,
            holdings_pb2.ReturnLeadRequest(request_id=new_request_id(), holding_id=str(uuid4()), reason=name),
            as_=rep.caller,
        ),
        clew.call(
            clew.holdings.LogFollowUp,
            holdings_pb2.LogFollowUpRequest(request_id=new_request_id(), holding_id=str(uuid4()), evidence_ref=name),
            as_=rep.caller,
        ),
        clew.call(clew.notices.ListNotices, notices_pb2.ListNoticesRequest(page_token=name)),
    ):
        assert await birds.refused(call) is grpc.StatusCode.INVALID_ARGUMENT


async def claim(clew: Clew, lead_id: str, rep: ARep) -> holdings_pb2.Holding:
    request = holdings_pb2.ClaimLeadRequest(request_id=new_request_id(), lead_id=lead_id)
    return (await clew.call(clew.holdings.ClaimLead, request, as_=rep.caller)).holding
