"""What cannot be stored is refused by name, before a method sees it."""

from typing import Any
from uuid import uuid4

import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from clew.intake.v1 import intake_pb2
from clew.lead.v1 import lead_pb2
from clew.routing.v1 import holdings_pb2, leads_pb2, roster_pb2
from services.shared.refusals import InvalidInput
from services.shared.validation import check, violations


def an_opening(**facts: Any) -> leads_pb2.OpenLeadRequest:
    return leads_pb2.OpenLeadRequest(request_id=str(uuid4()), facts=lead_pb2.LeadFacts(**facts), facts_version=1)


def fields_at_fault(request: leads_pb2.OpenLeadRequest) -> list[str]:
    return [violation.field for violation in violations(request)]


def test_a_request_that_keeps_its_rules_passes() -> None:
    check(an_opening(region="上海", tags=["vip"], created_at=Timestamp(seconds=1_800_000_000)))


def test_a_nul_is_found_at_any_depth_and_in_lists() -> None:
    request = an_opening(region="上\0海", tags=["vip", "a\0b"])

    assert fields_at_fault(request) == ["facts.region", "facts.tags[1]"]


@pytest.mark.parametrize(
    "instant",
    [Timestamp(seconds=10**18), Timestamp(seconds=-(10**12)), Timestamp(nanos=-1), Timestamp(nanos=2_000_000_000)],
)
def test_an_instant_that_is_none_is_refused(instant: Timestamp) -> None:
    assert fields_at_fault(an_opening(created_at=instant)) == ["facts.created_at"]


def test_a_length_of_time_that_is_none_is_refused_inside_a_list() -> None:
    reminder = roster_pb2.Reminder(before=roster_pb2.Period(elapsed=Duration(seconds=5, nanos=-1)))
    request = roster_pb2.PublishPolicyRequest(
        request_id=str(uuid4()), code="standard", policy=roster_pb2.Policy(reminders=[reminder])
    )

    assert "policy.reminders[0].before.elapsed" in [violation.field for violation in violations(request)]


def test_every_field_at_fault_is_named_at_once() -> None:
    request = holdings_pb2.LogFollowUpRequest(request_id="no", holding_id="neither", evidence_ref="a b")

    with pytest.raises(InvalidInput) as refused:
        check(request)

    named = {violation.field for violation in refused.value.fields}
    assert named == {"request_id", "holding_id", "kind", "direction", "outcome", "evidence_ref"}


def test_rows_of_a_batch_are_left_to_their_method() -> None:
    """Each is checked by itself there: a NUL in one row is that row's error."""
    bad = intake_pb2.SubmitLeadRequest(person=intake_pb2.Person(name="李\0雷"))

    check(intake_pb2.BatchSubmitLeadsRequest(rows=[bad]))
    with pytest.raises(InvalidInput):
        check(bad)
