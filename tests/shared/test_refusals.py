"""Each kind of refusal has its status, and each reason that is sent is one of the contract."""

import grpc
import pytest
from google.rpc import error_details_pb2, status_pb2

from clew.lead.v1.error_reason_pb2 import ErrorReason
from services.shared import refusals
from services.shared.grpc_errors import code_of, refusal_for, status_of
from services.shared.ids import new_id, read_id
from services.shared.refusals import InvalidInput, Refusal

KINDS = [
    (refusals.NotFound, grpc.StatusCode.NOT_FOUND),
    (refusals.NotReady, grpc.StatusCode.NOT_FOUND),
    (refusals.AlreadyExists, grpc.StatusCode.ALREADY_EXISTS),
    (refusals.Refused, grpc.StatusCode.FAILED_PRECONDITION),
    (refusals.Exhausted, grpc.StatusCode.RESOURCE_EXHAUSTED),
    (refusals.Denied, grpc.StatusCode.PERMISSION_DENIED),
    (refusals.Unauthenticated, grpc.StatusCode.UNAUTHENTICATED),
    (refusals.Conflict, grpc.StatusCode.ABORTED),
    (refusals.Unavailable, grpc.StatusCode.UNAVAILABLE),
    (refusals.OutOfTime, grpc.StatusCode.DEADLINE_EXCEEDED),
]


@pytest.mark.parametrize(("kind", "code"), KINDS, ids=lambda one: getattr(one, "__name__", ""))
def test_a_refusal_of_each_kind_has_its_status(kind: type[Refusal], code: grpc.StatusCode) -> None:
    class OfARule(kind):  # type: ignore[misc, valid-type]  # the kind is what is tested
        pass

    assert code_of(OfARule("NOT_FOUND", "No.")) is code


def details(status: status_pb2.Status) -> dict[str, object]:
    found: dict[str, object] = {}
    for kind in (error_details_pb2.ErrorInfo, error_details_pb2.BadRequest, error_details_pb2.RetryInfo):
        for packed in status.details:
            message = kind()
            if packed.Unpack(message):
                found[kind.__name__] = message
    return found


def test_a_status_carries_each_detail_at_most_once_and_only_what_helps() -> None:
    at_fault = details(status_of(InvalidInput("person.phone", "no number")))
    later = details(status_of(refusals.NotReady("NOT_READY_YET", "Not yet.")))
    never = details(status_of(refusals.Refused("ALREADY_HELD", "Held.", holder="L007")))

    assert set(at_fault) == {"ErrorInfo", "BadRequest"}
    assert set(later) == {"ErrorInfo", "RetryInfo"}
    assert set(never) == {"ErrorInfo"}
    assert never["ErrorInfo"] == error_details_pb2.ErrorInfo(
        reason="ALREADY_HELD", domain="clew", metadata={"holder": "L007"}
    )


@pytest.mark.parametrize("error", [TimeoutError(), ConnectionResetError(), ValueError(), KeyError("x")])
def test_what_is_told_of_any_failure_has_a_reason_of_the_contract(error: Exception) -> None:
    assert f"ERROR_REASON_{refusal_for(error).reason}" in ErrorReason.keys()  # noqa: SIM118  # an enum, no mapping


def test_ids_made_later_sort_later_and_are_of_version_7() -> None:
    ids = [new_id() for _ in range(1_000)]

    assert {one.version for one in ids} == {7}
    # Only two within a quarter of a microsecond may stand either way.
    assert [one.int >> 64 for one in ids] == sorted(one.int >> 64 for one in ids)
    assert len(set(ids)) == 1_000


def test_a_text_that_is_no_id_is_refused_by_its_field() -> None:
    with pytest.raises(InvalidInput) as refused:
        read_id("L-8F2", "lead_id")

    assert refused.value.fields[0].field == "lead_id"
