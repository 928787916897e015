"""What a caller is told, whatever goes wrong behind the call."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import grpc
import grpc.aio
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from clew.routing.v1 import notices_pb2 as pb
from clew.routing.v1 import notices_pb2_grpc
from cli.refusals import Refusal, refusal_of
from services.shared import answering
from services.shared.database import make_engine
from services.shared.grpc_server import make_server, running
from services.shared.refusals import Exhausted
from tests.examples import Metadata, as_manager, as_rep
from tests.shared.sample import CANARY, METHODS, Servicer, added, nothing

Stub = notices_pb2_grpc.NoticeServiceStub
MANAGER = as_manager()
LISTED = pb.ListNoticesRequest()


async def refused(
    stub: Stub, request: pb.ListNoticesRequest = LISTED, metadata: Metadata = MANAGER, timeout: float | None = 5.0
) -> Refusal:
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await stub.ListNotices(request, metadata=metadata, timeout=timeout)
    return refusal_of(error.value)


async def wait_long(db: AsyncConnection) -> None:
    await asyncio.sleep(5)


async def test_an_unknown_failure_is_an_incident_number_and_never_its_text(stub: Stub, servicer: Servicer) -> None:
    async def crash(db: AsyncConnection) -> None:
        raise ValueError(f"cannot handle {CANARY}")

    servicer.look = crash

    told = await refused(stub)

    assert (told.status, told.reason) == (grpc.StatusCode.INTERNAL, "INTERNAL")
    assert told.metadata["incident"] in told.message
    assert CANARY not in f"{told}"
    assert "ValueError" not in f"{told}"


async def test_the_databases_words_about_a_row_are_no_answer(stub: Stub, servicer: Servicer) -> None:
    async def quote_it(db: AsyncConnection) -> None:
        await db.execute(text("select cast(cast(:phone as text) as uuid)"), {"phone": CANARY})

    servicer.look = quote_it

    told = await refused(stub)

    assert told.status is grpc.StatusCode.INTERNAL
    assert CANARY not in f"{told}"


async def test_an_answer_of_another_type_is_a_defect_of_ours(engine: AsyncEngine) -> None:
    class Wrong(notices_pb2_grpc.NoticeServiceServicer):
        async def ListNotices(self, request: pb.ListNoticesRequest, context: Any) -> Any:
            return CANARY

        async def AcknowledgeNotice(self, request: pb.AcknowledgeNoticeRequest, context: Any) -> Any: ...

    wrong = (notices_pb2_grpc.add_NoticeServiceServicer_to_server, Wrong(), "clew.routing.v1.NoticeService")
    async with running([wrong], METHODS) as channel:
        told = await refused(Stub(channel))

    assert told.reason == "INTERNAL"
    assert CANARY not in f"{told}"


async def test_a_lost_database_connection_is_unavailable_and_the_next_call_works(
    stub: Stub, servicer: Servicer
) -> None:
    lost = 0

    async def lose_it(db: AsyncConnection) -> None:
        nonlocal lost
        lost += 1
        await db.execute(text("select pg_terminate_backend(pg_backend_pid())"))

    servicer.look = lose_it

    told = await refused(stub)

    assert (told.status, told.reason) == (grpc.StatusCode.UNAVAILABLE, "DATABASE_UNAVAILABLE")
    assert lost == 5, "our channel tries again what is unavailable"
    servicer.look = nothing
    assert await stub.ListNotices(LISTED, metadata=MANAGER) == pb.ListNoticesResponse()


async def test_a_row_that_somebody_else_holds_too_long_is_busy(
    stub: Stub, servicer: Servicer, engine: AsyncEngine
) -> None:
    lock = text("select pg_advisory_xact_lock(7)")

    async def want_the_lock(db: AsyncConnection) -> None:
        await db.execute(text("set local lock_timeout = '50ms'"))
        await db.execute(lock)

    servicer.look = want_the_lock
    async with engine.begin() as db:
        await db.execute(lock)
        told = await refused(stub)

    assert (told.status, told.reason) == (grpc.StatusCode.ABORTED, "BUSY")


async def test_a_statement_that_takes_too_long_is_out_of_time(stub: Stub, servicer: Servicer) -> None:
    async def ask_too_much(db: AsyncConnection) -> None:
        await db.execute(text("set local statement_timeout = '50ms'"))
        await db.execute(text("select pg_sleep(5)"))

    servicer.look = ask_too_much

    told = await refused(stub)

    assert (told.status, told.reason) == (grpc.StatusCode.DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED")


async def test_a_database_that_is_not_there_is_unavailable() -> None:
    nowhere = make_engine("postgresql+psycopg://nobody@127.0.0.1:1/none")
    async with running([added(Servicer(nowhere))], METHODS) as channel:
        told = await refused(Stub(channel))

    assert (told.status, told.reason) == (grpc.StatusCode.UNAVAILABLE, "DATABASE_UNAVAILABLE")


async def test_a_call_without_a_caller_is_unauthenticated(stub: Stub) -> None:
    told = await refused(stub, metadata=())

    assert (told.status, told.reason) == (grpc.StatusCode.UNAUTHENTICATED, "CALLER_MISSING")


async def test_a_role_that_is_none_is_unauthenticated(stub: Stub) -> None:
    told = await refused(stub, metadata=(("clew-caller-id", "wang"), ("clew-caller-role", "emperor")))

    assert (told.status, told.reason) == (grpc.StatusCode.UNAUTHENTICATED, "CALLER_MISSING")


async def test_a_role_that_may_not_call_a_method_is_told_which_roles_may(stub: Stub) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await stub.AcknowledgeNotice(pb.AcknowledgeNoticeRequest(), metadata=MANAGER)

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
    raw = channel.unary_unary("/clew.routing.v1.NoticeService/ListNotices", bytes, bytes)

    with pytest.raises(grpc.aio.AioRpcError) as error:
        await raw(b"\xff\xff\xff", metadata=MANAGER)

    told = refusal_of(error.value)
    assert (told.status, told.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "MALFORMED_MESSAGE")


async def test_an_oversize_message_is_refused_with_its_size_and_the_limit(stub: Stub) -> None:
    told = await refused(stub, pb.ListNoticesRequest(page_token="x" * (1 << 20)))

    assert (told.status, told.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "TOO_LARGE")
    assert told.metadata["limit"] == str(1 << 20)


async def test_a_far_too_large_message_is_refused_before_it_is_read(stub: Stub) -> None:
    told = await refused(stub, pb.ListNoticesRequest(page_token="x" * (8 << 20)))

    assert told.status is grpc.StatusCode.RESOURCE_EXHAUSTED


async def test_a_slow_call_ends_with_its_callers_deadline(stub: Stub, servicer: Servicer) -> None:
    servicer.look = wait_long

    assert (await refused(stub, timeout=0.3)).status is grpc.StatusCode.DEADLINE_EXCEEDED


@pytest.mark.parametrize("timeout", [None, 1_000.0])
async def test_a_call_has_a_deadline_though_its_caller_gives_none_or_a_far_one(
    stub: Stub, servicer: Servicer, monkeypatch: pytest.MonkeyPatch, timeout: float | None
) -> None:
    monkeypatch.setattr(answering, "DEFAULT_SECONDS", 0.2)
    monkeypatch.setattr(answering, "LONGEST_SECONDS", 0.2)
    servicer.look = wait_long

    told = await refused(stub, timeout=timeout)

    assert (told.status, told.reason) == (grpc.StatusCode.DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED")


def test_a_method_that_the_access_table_does_not_list_keeps_the_server_from_starting(servicer: Servicer) -> None:
    with pytest.raises(RuntimeError, match="AcknowledgeNotice"):
        make_server([added(servicer)], {"ListNotices": METHODS["ListNotices"]})


async def test_a_method_that_does_not_exist_is_unimplemented(channel: grpc.aio.Channel) -> None:
    raw = channel.unary_unary("/clew.routing.v1.NoticeService/Nothing", bytes, bytes)

    with pytest.raises(grpc.aio.AioRpcError) as error:
        await raw(b"", metadata=MANAGER)

    assert error.value.code() is grpc.StatusCode.UNIMPLEMENTED


async def test_a_refusal_says_its_reason_its_values_and_a_message(stub: Stub, servicer: Servicer) -> None:
    async def refuse(db: AsyncConnection) -> None:
        raise Exhausted("HOLDING_LIMIT_REACHED", "L007 holds 5 of 5.", rep="L007", held="5", limit="5")

    servicer.deed = refuse

    with pytest.raises(grpc.aio.AioRpcError) as error:
        await stub.AcknowledgeNotice(
            pb.AcknowledgeNoticeRequest(request_id=str(uuid4()), notice_id=str(uuid4())), metadata=as_rep(uuid4())
        )

    told = refusal_of(error.value)
    assert (told.status, told.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "HOLDING_LIMIT_REACHED")
    assert told.metadata == {"rep": "L007", "held": "5", "limit": "5"}
    assert told.message == "L007 holds 5 of 5."


class Followed:
    """A streaming method, in both ways in which gRPC lets one be written."""

    async def generated(self, request: pb.ListNoticesRequest, context: Any) -> AsyncIterator[pb.ListNoticesResponse]:
        for token in "ab":
            yield pb.ListNoticesResponse(next_page_token=token)
        if request.rep_code == "crash":
            raise ValueError(CANARY)

    async def written(self, request: pb.ListNoticesRequest, context: Any) -> None:
        for token in "ab":
            await context.write(pb.ListNoticesResponse(next_page_token=token))
        if request.rep_code == "crash":
            raise ValueError(CANARY)


@pytest.fixture
async def streams() -> AsyncIterator[grpc.aio.Channel]:
    followed = Followed()
    handlers = {
        name: grpc.unary_stream_rpc_method_handler(
            behaviour, pb.ListNoticesRequest.FromString, pb.ListNoticesResponse.SerializeToString
        )
        for name, behaviour in {"Generated": followed.generated, "Written": followed.written}.items()
    }
    methods = dict.fromkeys(handlers, METHODS["ListNotices"])
    server = grpc.aio.server(interceptors=[answering.Answering(methods, 1 << 20)])
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("sample.Streams", handlers),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield channel
    await server.stop(None)


@pytest.mark.parametrize("name", ["Generated", "Written"])
async def test_a_streaming_method_passes_through_the_same_gate(streams: grpc.aio.Channel, name: str) -> None:
    follow: Any = streams.unary_stream(
        f"/sample.Streams/{name}", pb.ListNoticesRequest.SerializeToString, pb.ListNoticesResponse.FromString
    )

    assert [one.next_page_token async for one in follow(LISTED, metadata=MANAGER)] == ["a", "b"]
    seen, told = await until_refused(follow(pb.ListNoticesRequest(rep_code="crash"), metadata=MANAGER))
    assert (seen, told.reason) == (["a", "b"], "INTERNAL")
    assert CANARY not in f"{told}"
    seen, told = await until_refused(follow(pb.ListNoticesRequest(page_size=-1), metadata=MANAGER))
    assert (seen, told.reason) == ([], "INVALID_FIELD")
    seen, told = await until_refused(follow(LISTED))
    assert (seen, told.reason) == ([], "CALLER_MISSING")


async def until_refused(call: Any) -> tuple[list[str], Refusal]:
    seen = []
    try:
        async for one in call:
            seen += [one.next_page_token]
    except grpc.aio.AioRpcError as error:
        return seen, refusal_of(error)
    pytest.fail("the stream ended as if all were well")
