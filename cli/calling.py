"""How a command reaches the services: who acts, which stack, and what a refusal looks like to a person."""

import getpass
import os
from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar
from uuid import uuid4

from clew.conversion.v1.conversion_pb2_grpc import ConversionServiceStub
from clew.conversion.v1.opportunities_pb2_grpc import OpportunityServiceStub
from clew.intake.v1.intake_pb2_grpc import IntakeServiceStub
from clew.routing.v1 import roster_pb2
from clew.routing.v1.calendars_pb2_grpc import CalendarServiceStub
from clew.routing.v1.deliveries_pb2_grpc import DeliveryServiceStub
from clew.routing.v1.extensions_pb2_grpc import ExtensionServiceStub
from clew.routing.v1.holdings_pb2_grpc import HoldingServiceStub
from clew.routing.v1.leads_pb2_grpc import LeadServiceStub
from clew.routing.v1.limits_pb2_grpc import LimitServiceStub
from clew.routing.v1.notices_pb2_grpc import NoticeServiceStub
from clew.routing.v1.policies_pb2_grpc import PolicyServiceStub
from clew.routing.v1.pools_pb2_grpc import PoolServiceStub
from clew.routing.v1.queue_pb2_grpc import QueueServiceStub
from clew.routing.v1.roster_pb2_grpc import RosterServiceStub
from clew.routing.v1.stages_pb2_grpc import StageServiceStub
from clew.scoring.v1.scoring_pb2_grpc import ScoringServiceStub
from cli.stack.addresses import Addresses, with_environment
from cli.stack.folder import running_stack
from services.shared.callers import Caller, Role
from services.shared.channels import caller_metadata, open_channel

CALL_SECONDS = 10
ACTING_ROLES = {
    "rep": Role.REP,
    "manager": Role.MANAGER,
    "marketer": Role.MARKETER,
    "admin": Role.ADMINISTRATOR,
}

RequestT_contra = TypeVar("RequestT_contra", contravariant=True)
ResponseT_co = TypeVar("ResponseT_co", covariant=True)


class Unusable(Exception):
    """What was typed cannot be used; the text says what to type instead."""


class NoStack(Exception):
    """No running stack could be found."""


class Method(Protocol[RequestT_contra, ResponseT_co]):
    """A unary method of a stub."""

    def __call__(
        self, request: RequestT_contra, *, timeout: float, metadata: tuple[tuple[str, str], ...]
    ) -> Awaitable[ResponseT_co]: ...


@dataclass(frozen=True)
class Clew:
    """The four services, called as one caller."""

    caller: Caller
    addresses: Addresses
    intake: IntakeServiceStub
    scoring: ScoringServiceStub
    roster: RosterServiceStub
    leads: LeadServiceStub
    holdings: HoldingServiceStub
    notices: NoticeServiceStub
    pools: PoolServiceStub
    limits: LimitServiceStub
    stages: StageServiceStub
    policies: PolicyServiceStub
    extensions: ExtensionServiceStub
    calendars: CalendarServiceStub
    deliveries: DeliveryServiceStub
    queue: QueueServiceStub
    conversion: ConversionServiceStub
    opportunities: OpportunityServiceStub

    async def call(
        self,
        method: Method[RequestT_contra, ResponseT_co],
        request: RequestT_contra,
        *,
        as_: Caller | None = None,
    ) -> ResponseT_co:
        """Call once, as the command's caller unless another is given."""
        metadata = caller_metadata(as_ or self.caller)
        return await method(request, timeout=CALL_SECONDS, metadata=metadata)


def new_request_id() -> str:
    """One per intended act: a retry of the same act must carry the same."""
    return str(uuid4())


@asynccontextmanager
async def connected(addresses: Addresses, caller: Caller) -> AsyncIterator[Clew]:
    """Channels to the four services, closed at the end."""
    async with AsyncExitStack() as channels:
        intake, scoring, routing, conversion = [
            await channels.enter_async_context(open_channel(addresses.of(service)))
            for service in ("intake", "scoring", "routing", "conversion")
        ]
        yield Clew(
            caller=caller,
            addresses=addresses,
            intake=IntakeServiceStub(intake),
            scoring=ScoringServiceStub(scoring),
            roster=RosterServiceStub(routing),
            leads=LeadServiceStub(routing),
            holdings=HoldingServiceStub(routing),
            notices=NoticeServiceStub(routing),
            pools=PoolServiceStub(routing),
            limits=LimitServiceStub(routing),
            stages=StageServiceStub(routing),
            policies=PolicyServiceStub(routing),
            extensions=ExtensionServiceStub(routing),
            calendars=CalendarServiceStub(routing),
            deliveries=DeliveryServiceStub(routing),
            queue=QueueServiceStub(routing),
            conversion=ConversionServiceStub(conversion),
            opportunities=OpportunityServiceStub(conversion),
        )


@asynccontextmanager
async def acting(who: str | None) -> AsyncIterator[Clew]:
    """The running stack, called as `who`: `rep:L007`, `manager:wang`; else as this login's administrator."""
    addresses = with_environment(running_stack())
    if addresses is None:
        raise NoStack(
            "No running stack was found. Start one with `clew up`, or name the services by "
            "CLEW_INTAKE_ADDRESS, CLEW_SCORING_ADDRESS, CLEW_ROUTING_ADDRESS and CLEW_CONVERSION_ADDRESS."
        )
    role_name, _, code = (who or os.environ.get("CLEW_AS") or f"admin:{getpass.getuser()}").partition(":")
    if role_name not in ACTING_ROLES or not code:
        raise Unusable(f"--as takes ROLE:CODE with a role of {', '.join(ACTING_ROLES)}; for example rep:L007.")
    async with connected(addresses, Caller(code, ACTING_ROLES[role_name])) as clew:
        if role_name == "rep":
            # A rep calls by his id; people know his code.
            rep = await rep_of(clew, code, as_=Caller("cli", Role.ADMINISTRATOR))
            yield replace(clew, caller=Caller(rep.rep_id, Role.REP))
        else:
            yield clew


async def rep_of(clew: Clew, code: str, *, as_: Caller | None = None) -> roster_pb2.Rep:
    """The rep with this code."""
    answer = await clew.call(clew.roster.ListReps, roster_pb2.ListRepsRequest(code=code), as_=as_)
    if not answer.reps:
        raise Unusable(f"There is no rep with the code {code}. `clew rep list` shows all.")
    return answer.reps[0]
