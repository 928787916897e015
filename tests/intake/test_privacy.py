"""Nothing personal leaves intake but to those who may see it: canaries sung through every call."""

import re

import pytest
import structlog
from google.protobuf.message import Message
from sqlalchemy.ext.asyncio import AsyncEngine

from clew.intake.v1 import intake_pb2 as pb
from clew.intake.v1.intake_pb2_grpc import IntakeServiceStub
from services.intake.store_reviews import decide_overdue
from services.shared import logs
from services.shared.callers import Caller, Role, set_caller
from tests.examples import as_administrator, as_manager, as_marketer, as_rep, as_service
from tests.intake.submissions import (
    MARKETER,
    a_submission,
    give_access,
    lead_as,
    new_credit_code,
    new_id,
    new_mobile,
    refused,
    resolved,
    rows,
    submitted,
)

Stub = IntakeServiceStub
NAME, OTHER_NAME, COMPANY, TITLE, NOTE, PURPOSE = "金丝雀", "夜莺", "黄鹂鸟", "鸟类学家", "百灵鸟的歌", "布谷鸟叫"


class Canary:
    """Somebody with a known past, and everything personal about him."""

    def __init__(self) -> None:
        self.mobile, self.local, self.wecom_id = new_mobile(), f"canary{new_id()[:8]}", f"wm{new_id()}"
        self.credit_code = new_credit_code()
        self.holder = new_id()

    @property
    def songs(self) -> tuple[str, ...]:
        said = (NAME, OTHER_NAME, COMPANY, TITLE, NOTE, PURPOSE)
        return (*said, self.mobile, self.local, self.wecom_id, self.credit_code)

    def submission(self, **person: str) -> pb.SubmitLeadRequest:
        known = {
            "name": NAME,
            "phone": self.mobile,
            "email": f"{self.local}@example.com",
            "wecom_id": self.wecom_id,
            "company": f"{COMPANY}{self.local}有限公司",
            "credit_code": self.credit_code,
            "title": TITLE,
        }
        return a_submission(**{**known, **person})

    def heard_in(self, text: str) -> set[str]:
        return {song for song in self.songs if song in text}


@pytest.fixture
async def canary(intake: Stub, engine: AsyncEngine) -> tuple[Canary, str]:
    """Captured, asked again, under another name, checked, read, noted, converted, refused: the lead's id beside it."""
    bird = Canary()
    lead_id = (await submitted(intake, bird.submission())).lead_id
    await submitted(intake, bird.submission(phone=f"+86 {bird.mobile}"))
    in_review = await submitted(intake, bird.submission(name=OTHER_NAME))
    await submitted(intake, bird.submission(name=OTHER_NAME))
    await resolved(intake, in_review.review_id, "ATTACH", lead_id)
    await submitted(intake, bird.submission(name="测试"))
    await give_access(intake, lead_id, bird.holder)
    person_id = (await lead_as(intake, lead_id)).person_id
    await intake.GetPerson(pb.GetPersonRequest(person_id=person_id, purpose=PURPOSE), metadata=as_manager())
    note = pb.AddNoteRequest(request_id=new_id(), lead_id=lead_id, text=f"{NOTE} {bird.mobile}")
    await intake.AddNote(note, metadata=as_rep(bird.holder))
    register = pb.RegisterKeysRequest(
        request_id=new_id(), lead_id=lead_id, account_id=new_id(), contact_id=new_id(), account_owner=bird.holder
    )
    await intake.RegisterKeys(register, metadata=as_service())
    set_caller(Caller("intake", Role.SERVICE))
    async with engine.begin() as db:
        await decide_overdue(db)
    return bird, lead_id


async def test_what_runs_and_other_services_are_told_is_not_personal(intake: Stub, canary: tuple[Canary, str]) -> None:
    bird, lead_id = canary
    service = as_service()

    told: list[Message] = [
        await intake.GetLeadFacts(pb.GetLeadFactsRequest(lead_id=lead_id), metadata=service),
        await intake.MatchAccount(pb.MatchAccountRequest(lead_id=lead_id), metadata=service),
        await intake.ListLeadEvents(pb.ListLeadEventsRequest(lead_id=lead_id), metadata=as_administrator()),
        await submitted(intake, bird.submission(), service),
        await intake.CheckDuplicates(pb.CheckDuplicatesRequest(person=bird.submission().person), metadata=service),
    ]

    assert bird.heard_in("\n".join(map(as_text, told))) == set()


async def test_who_may_not_see_a_person_sees_masks(intake: Stub, canary: tuple[Canary, str]) -> None:
    bird, lead_id = canary
    one = pb.GetLeadRequest(lead_id=lead_id)

    told: list[Message] = [
        await intake.GetLead(one, metadata=as_rep(new_id())),
        await intake.GetLead(one, metadata=as_marketer()),
        await intake.ListLeads(pb.ListLeadsRequest(page_size=500), metadata=as_manager()),
        await intake.ListReviews(pb.ListReviewsRequest(page_size=500), metadata=as_manager()),
    ]

    assert bird.heard_in("\n".join(map(as_text, told))) == set()


async def test_no_refusal_repeats_what_was_typed(intake: Stub) -> None:
    bird = Canary()
    typed = [
        {"phone": f"{bird.mobile}999"},
        {"email": f"{bird.local}@nowhere"},
        {"credit_code": f"{bird.credit_code}X"},
        {"name": NAME * 100},
        {"name": f"{NAME}\0"},
    ]

    told = [await refused(submitted(intake, bird.submission(**person))) for person in typed]

    assert {one.reason for one in told} == {"INVALID_FIELD"}
    assert bird.heard_in("\n".join(map(str, told))) == set()


async def test_it_is_stored_where_it_belongs_and_never_in_an_event_or_a_kept_answer(
    engine: AsyncEngine, canary: tuple[Canary, str]
) -> None:
    bird, _ = canary
    tables = await rows(engine, "select table_name from information_schema.tables where table_schema = 'intake'")

    found = {}
    for table in tables:
        kept = await rows(engine, f"select row_to_json(t)::text from intake.{table.table_name} t")
        if heard := bird.heard_in("\n".join(row[0] for row in kept)):
            found[table.table_name] = heard

    assert set(found) == {"person", "submission", "identity_key", "organisation", "note", "person_read"}
    assert found["person_read"] == {PURPOSE}
    assert found["organisation"] == {COMPANY, bird.local, bird.credit_code}


async def test_a_kept_answer_has_masks_only(engine: AsyncEngine, canary: tuple[Canary, str]) -> None:
    bird, _ = canary
    kept = await rows(engine, "select response from intake.request where response is not null")

    assert bird.heard_in("\n".join(bytes(row.response).decode(errors="ignore") for row in kept)) == set()


async def test_logs_are_silent_about_it_also_when_something_fails(
    intake: Stub, engine: AsyncEngine, capfd: pytest.CaptureFixture[str]
) -> None:
    bird = Canary()
    structlog.configure(processors=[logs.without_texts, structlog.processors.JSONRenderer(default=str)])
    await rows(engine, "alter table intake.touchpoint rename to elsewhere")
    try:
        told = await refused(submitted(intake, bird.submission()))
    finally:
        await rows(engine, "alter table intake.elsewhere rename to touchpoint")
        structlog.reset_defaults()

    assert told.reason == "INTERNAL"
    logged = "".join(capfd.readouterr())
    assert told.metadata["incident"] in logged
    assert bird.heard_in(re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), logged)) == set()
    assert bird.heard_in(str(told)) == set()
    # Nothing was half done.
    assert (await submitted(intake, bird.submission(), MARKETER)).outcome == pb.OUTCOME_CREATED


def as_text(message: Message) -> str:
    return message.SerializeToString().decode(errors="ignore")
