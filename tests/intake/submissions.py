"""Submissions for tests: each of somebody new, valid by default, override what matters."""

import itertools
from typing import Any
from uuid import uuid4

import grpc.aio
import pytest
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncEngine

from clew.intake.v1 import intake_pb2 as pb
from clew.intake.v1.intake_pb2_grpc import IntakeServiceStub
from clew.lead.v1.lead_pb2 import LeadEvent, Source, SourceKind
from cli.refusals import Refusal, refusal_of
from services.intake.companies import check_digit
from tests.examples import Metadata, as_administrator, as_manager, as_marketer, as_service

_numbers = itertools.count(10_000_000)
MARKETER = as_marketer()


def new_id() -> str:
    return str(uuid4())


def new_mobile() -> str:
    """A number that no other test uses, in a segment that is given out."""
    return f"138{next(_numbers)}"


def new_credit_code() -> str:
    body = f"91310000M{next(_numbers)}"
    return body + check_digit(body)


def a_submission(channel: str = "web_form", source_event_id: str = "", **person: str) -> pb.SubmitLeadRequest:
    known = {"name": "韩梅梅", "phone": new_mobile(), **person}
    return pb.SubmitLeadRequest(
        request_id=new_id(),
        source=Source(kind=SourceKind.SOURCE_KIND_INDIRECT, channel=channel),
        source_event_id=source_event_id,
        person=pb.Person(**known),
        attributes=pb.Attributes(industry="制造业", company_size=120),
    )


async def submitted(
    intake: IntakeServiceStub, request: pb.SubmitLeadRequest | None = None, metadata: Metadata = MARKETER
) -> pb.SubmitLeadResponse:
    return await intake.SubmitLead(request or a_submission(), metadata=metadata)


async def refused(call: Any) -> Refusal:
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await call
    return refusal_of(error.value)


async def facts_of(intake: IntakeServiceStub, lead_id: str) -> pb.GetLeadFactsResponse:
    return await intake.GetLeadFacts(pb.GetLeadFactsRequest(lead_id=lead_id), metadata=as_service())


async def lead_as(intake: IntakeServiceStub, lead_id: str, metadata: Metadata | None = None) -> pb.Lead:
    """The lead as somebody sees it; by default a manager, who sees all."""
    answer = await intake.GetLead(pb.GetLeadRequest(lead_id=lead_id), metadata=metadata or as_manager())
    return answer.lead


async def events_of(intake: IntakeServiceStub, lead_id: str) -> list[LeadEvent]:
    request = pb.ListLeadEventsRequest(lead_id=lead_id, page_size=500)
    return list((await intake.ListLeadEvents(request, metadata=as_administrator())).events)


async def give_access(intake: IntakeServiceStub, lead_id: str, holder_id: str, epoch: int = 1) -> int:
    """The lead's run tells who holds it; with no holder, that the holding has ended."""
    request = pb.SetAccessRequest(
        request_id=new_id(),
        lead_id=lead_id,
        holder_id=holder_id,
        holder_code="L007" if holder_id else "",
        epoch=epoch,
    )
    return (await intake.SetAccess(request, metadata=as_service())).epoch


async def a_review(intake: IntakeServiceStub) -> tuple[str, pb.SubmitLeadResponse]:
    """A known lead's id, and a submission that may be the same person."""
    mobile = new_mobile()
    known = await submitted(intake, a_submission(phone=mobile))
    return known.lead_id, await submitted(intake, a_submission(phone=mobile, name="王建国"))


async def resolved(
    intake: IntakeServiceStub, review_id: str, resolution: str, lead_id: str = ""
) -> pb.ResolveReviewResponse:
    request = pb.ResolveReviewRequest(
        request_id=new_id(), review_id=review_id, resolution=f"RESOLUTION_{resolution}", lead_id=lead_id
    )
    return await intake.ResolveReview(request, metadata=MARKETER)


async def rows(engine: AsyncEngine, question: str, **values: Any) -> list[Row[Any]]:
    async with engine.begin() as db:
        answered = await db.execute(text(question), values)
        return list(answered.all()) if answered.returns_rows else []
