"""Submissions for tests: each of somebody new, valid by default, override what matters."""

import itertools
from uuid import uuid4

from clew.intake.v1 import intake_pb2 as pb
from clew.intake.v1.intake_pb2_grpc import IntakeServiceStub
from clew.lead.v1.lead_pb2 import Source, SourceKind
from tests.examples import Metadata, as_marketer

_numbers = itertools.count(10_000_000)
MARKETER = as_marketer()


def new_id() -> str:
    return str(uuid4())


def new_mobile() -> str:
    """A number that no other test uses, in a segment that is given out."""
    return f"138{next(_numbers)}"


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
