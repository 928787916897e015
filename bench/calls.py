"""The calls that the load generator knows: for each kind, so many slots, each a function that calls once."""

import itertools
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any
from uuid import uuid4

import grpc.aio
import psycopg
from google.protobuf.timestamp_pb2 import Timestamp

from clew.intake.v1 import intake_pb2
from clew.lead.v1.lead_pb2 import Intent, Source, SourceKind
from clew.routing.v1 import holdings_pb2, pools_pb2
from services.shared.callers import Caller, Role
from services.shared.channels import caller_metadata

Slot = Callable[[], Awaitable[None]]
Kind = Callable[[str, int, Mapping[str, Any]], AbstractAsyncContextManager[list[Slot]]]

SUBMIT_LEAD = "/clew.intake.v1.IntakeService/SubmitLead"
CHECK_DUPLICATES = "/clew.intake.v1.IntakeService/CheckDuplicates"
CLAIM_LEAD = "/clew.routing.v1.HoldingService/ClaimLead"
CLAIM_NEXT = "/clew.routing.v1.PoolService/ClaimNext"
MARKETER = caller_metadata(Caller("zhao", Role.MARKETER))
LEADS_PER_COMPANY = 50
# What is known of somebody who is looked for, and whether there is such a lead.
ASKED = [
    (keys, known)
    for keys in (("phone",), ("email",), ("company",), ("phone", "email", "company"))
    for known in (True, False)
]
# Whom the load generator makes up: each somebody else, as long as its process lives.
_numbers = itertools.count(10_000_000)


def a_submission(number: int) -> intake_pb2.SubmitLeadRequest:
    """Person `number` (eight digits), as a web form tells: three keys of nobody else, attributes, one consent."""
    given_at = Timestamp()
    given_at.GetCurrentTime()
    return intake_pb2.SubmitLeadRequest(
        request_id=str(uuid4()),
        source=Source(kind=SourceKind.SOURCE_KIND_INDIRECT, channel="web_form", detail_code="pricing"),
        person=intake_pb2.Person(
            name="韩梅梅",
            phone=f"138{number}",
            email=f"h{number}@example.com",
            company=f"杭州{number}科技有限公司",
            title="采购经理",
        ),
        attributes=intake_pb2.Attributes(
            industry="制造业",
            company_size=120,
            region="浙江",
            city="杭州",
            seniority="manager",
            intent=Intent(product="crm", horizon_days=90),
        ),
        consents=[
            intake_pb2.Consent(purpose="sales", channel="phone", granted=True, text_version="1", given_at=given_at)
        ],
    )


@asynccontextmanager
async def submit(address: str, in_flight: int, _given: Mapping[str, Any]) -> AsyncIterator[list[Slot]]:
    """SubmitLead, each somebody new."""
    async with grpc.aio.insecure_channel(address) as channel:
        await channel.channel_ready()
        method = channel.unary_unary(
            SUBMIT_LEAD,
            request_serializer=intake_pb2.SubmitLeadRequest.SerializeToString,
            response_deserializer=intake_pb2.SubmitLeadResponse.FromString,
        )

        async def call() -> None:
            answer = await method(a_submission(next(_numbers)), metadata=MARKETER, timeout=20)
            assert answer.outcome == intake_pb2.OUTCOME_CREATED, answer

        yield [call] * in_flight


@asynccontextmanager
async def insert(conninfo: str, in_flight: int, given: Mapping[str, Any]) -> AsyncIterator[list[Slot]]:
    """One INSERT and its commit, a connection for each slot, prepared; a row as large as a submission."""
    body = bytes(given["bytes"])
    async with AsyncExitStack() as connections:
        made = [
            await connections.enter_async_context(await psycopg.AsyncConnection.connect(conninfo, autocommit=True))
            for _ in range(in_flight)
        ]
        yield [_inserting(connection, body) for connection in made]


def _inserting(connection: psycopg.AsyncConnection[Any], body: bytes) -> Slot:
    async def call() -> None:
        await connection.execute("insert into inserted (id, body) values (%s, %s)", (uuid4(), body), prepare=True)

    return call


@asynccontextmanager
async def claim(address: str, in_flight: int, given: Mapping[str, Any]) -> AsyncIterator[list[Slot]]:
    """ClaimLead, each time the next lead, by one rep after another."""
    leads: Iterator[str] = iter(given["leads"])
    reps = itertools.cycle([caller_metadata(Caller(rep_id, Role.REP)) for rep_id in given["reps"]])
    async with grpc.aio.insecure_channel(address) as channel:
        await channel.channel_ready()
        method = channel.unary_unary(
            CLAIM_LEAD,
            request_serializer=holdings_pb2.ClaimLeadRequest.SerializeToString,
            response_deserializer=holdings_pb2.ClaimLeadResponse.FromString,
        )

        async def call() -> None:
            lead_id = next(leads)
            request = holdings_pb2.ClaimLeadRequest(request_id=str(uuid4()), lead_id=lead_id)
            answer = await method(request, metadata=next(reps), timeout=20)
            assert answer.holding.lead_id == lead_id, answer

        yield [call] * in_flight


@asynccontextmanager
async def claim_next(address: str, in_flight: int, given: Mapping[str, Any]) -> AsyncIterator[list[Slot]]:
    """ClaimNext out of one pool, by one rep after another."""
    reps = itertools.cycle([caller_metadata(Caller(rep_id, Role.REP)) for rep_id in given["reps"]])
    async with grpc.aio.insecure_channel(address) as channel:
        await channel.channel_ready()
        method = channel.unary_unary(
            CLAIM_NEXT,
            request_serializer=pools_pb2.ClaimNextRequest.SerializeToString,
            response_deserializer=pools_pb2.ClaimNextResponse.FromString,
        )

        async def call() -> None:
            request = pools_pb2.ClaimNextRequest(request_id=str(uuid4()), pool_code=given["pool"])
            answer = await method(request, metadata=next(reps), timeout=20)
            assert answer.holding.taken_from_pool_code == given["pool"], answer

        yield [call] * in_flight


@asynccontextmanager
async def check(address: str, in_flight: int, given: Mapping[str, Any]) -> AsyncIterator[list[Slot]]:
    """CheckDuplicates among so many leads (`seeding.known_leads`): by each kind of key, hits and misses in turn."""
    asked = itertools.cycle(ASKED)
    async with grpc.aio.insecure_channel(address) as channel:
        await channel.channel_ready()
        method = channel.unary_unary(
            CHECK_DUPLICATES,
            request_serializer=intake_pb2.CheckDuplicatesRequest.SerializeToString,
            response_deserializer=intake_pb2.CheckDuplicatesResponse.FromString,
        )

        async def call() -> None:
            keys, known = next(asked)
            number = random.randrange(given["leads"]) + (0 if known else given["leads"])
            person = intake_pb2.Person(**{key: value for key, value in keys_of(number).items() if key in keys})
            answer = await method(intake_pb2.CheckDuplicatesRequest(person=person), metadata=MARKETER, timeout=20)
            assert bool(answer.matches) is known, (person, answer)

        yield [call] * in_flight


def keys_of(number: int) -> dict[str, str]:
    """By what a seeded lead is known; its company has others of it."""
    return {
        "phone": f"138{number:08}",
        "email": f"h{number}@example.com",
        "company": f"杭州{number // LEADS_PER_COMPANY}科技",
    }


KINDS: Mapping[str, Kind] = {
    "submit": submit,
    "insert": insert,
    "claim": claim,
    "claim_next": claim_next,
    "check": check,
}
