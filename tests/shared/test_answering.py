"""What a caller is told, whatever goes wrong behind the call."""

import logging
from uuid import uuid4

import grpc
import grpc.aio
import pytest

from clew.routing.v1 import notices_pb2 as pb
from clew.routing.v1 import notices_pb2_grpc
from cli.refusals import Refusal, refusal_of
from services.shared.grpc_server import make_server
from tests.examples import Metadata, as_manager, as_rep
from tests.shared.conftest import CANARY, METHODS, Servicer

Stub = notices_pb2_grpc.NoticeServiceStub
MANAGER = as_manager()


async def refused(
    stub: Stub, request: pb.ListNoticesRequest, metadata: Metadata = MANAGER, timeout: float = 5.0
) -> Refusal:
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await stub.ListNotices(request, metadata=metadata, timeout=timeout)
    return refusal_of(error.value)


async def test_an_unknown_failure_is_an_incident_number_and_never_its_text(
    stub: Stub, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        told = await refused(stub, pb.ListNoticesRequest(rep_code="crash"))

    assert told.status is grpc.StatusCode.INTERNAL
    assert told.reason == "INTERNAL"
    assert told.metadata["incident"] in told.message
    assert CANARY not in f"{told}"
    assert "ValueError" not in f"{told}"


async def test_a_lost_database_connection_is_unavailable_and_the_next_call_works(stub: Stub) -> None:
    # One attempt: the shipped retries would hide it.
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await stub.ListNotices(pb.ListNoticesRequest(rep_code="lost"), metadata=as_manager(), timeout=1.0)

    assert refusal_of(error.value).status in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED)
    assert await stub.ListNotices(pb.ListNoticesRequest(), metadata=as_manager()) == pb.ListNoticesResponse()


async def test_a_call_without_a_caller_is_unauthenticated(stub: Stub) -> None:
    told = await refused(stub, pb.ListNoticesRequest(), metadata=())

    assert (told.status, told.reason) == (grpc.StatusCode.UNAUTHENTICATED, "CALLER_MISSING")


async def test_a_role_that_may_not_call_a_method_is_told_which_roles_may(stub: Stub) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await stub.AcknowledgeNotice(pb.AcknowledgeNoticeRequest(), metadata=as_manager())

    told = refusal_of(error.value)
    assert (told.status, told.reason) == (grpc.StatusCode.PERMISSION_DENIED, "ROLE_NOT_ALLOWED")
    assert told.metadata["allowed"] == "rep"


async def test_a_field_that_breaks_its_rule_is_named(stub: Stub) -> None:
    told = await refused(stub, pb.ListNoticesRequest(page_size=-1))

    assert (told.status, told.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELD")
    assert [name for name, _ in told.fields] == ["page_size"]


async def test_a_nul_in_a_string_is_named(stub: Stub) -> None:
    told = await refused(stub, pb.ListNoticesRequest(page_token="a\0b"))

    assert told.status is grpc.StatusCode.INVALID_ARGUMENT
    assert [name for name, _ in told.fields] == ["page_token"]


async def test_bytes_that_are_no_message_are_an_invalid_argument(channel: grpc.aio.Channel) -> None:
    raw = channel.unary_unary("/clew.routing.v1.NoticeService/ListNotices")

    with pytest.raises(grpc.aio.AioRpcError) as error:
        await raw(b"\xff\xff\xff", metadata=as_manager())

    told = refusal_of(error.value)
    assert (told.status, told.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "MALFORMED_MESSAGE")


async def test_an_oversize_message_is_refused_before_it_is_read(stub: Stub) -> None:
    told = await refused(stub, pb.ListNoticesRequest(page_token="x" * (2 << 20)))

    assert told.status is grpc.StatusCode.RESOURCE_EXHAUSTED


async def test_a_slow_call_ends_with_its_deadline(stub: Stub) -> None:
    told = await refused(stub, pb.ListNoticesRequest(rep_code="slow"), timeout=0.3)

    assert told.status is grpc.StatusCode.DEADLINE_EXCEEDED


def test_a_method_that_the_access_table_does_not_list_keeps_the_server_from_starting(servicer: Servicer) -> None:
    added = (notices_pb2_grpc.add_NoticeServiceServicer_to_server, servicer, "clew.routing.v1.NoticeService")

    with pytest.raises(RuntimeError, match="AcknowledgeNotice"):
        make_server([added], {"ListNotices": METHODS["ListNotices"]})


async def test_a_refusal_says_its_reason_its_values_and_a_message(stub: Stub, servicer: Servicer) -> None:
    servicer.refuse = True

    with pytest.raises(grpc.aio.AioRpcError) as error:
        await stub.AcknowledgeNotice(
            pb.AcknowledgeNoticeRequest(request_id=str(uuid4()), notice_id=str(uuid4())), metadata=as_rep(uuid4())
        )

    told = refusal_of(error.value)
    assert (told.status, told.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "HOLDING_LIMIT_REACHED")
    assert told.metadata == {"rep": "L007", "held": "5", "limit": "5"}
    assert told.message == "L007 holds 5 of 5."
