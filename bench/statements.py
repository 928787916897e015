"""Statements and round trips to PostgreSQL per command, counted on the wire."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import grpc.aio

from bench import seeding
from bench.alone import Database, running_database
from bench.calls import a_submission
from bench.comparison import Comparison, Effort
from bench.rounds import Say
from bench.wire import Proxy, Said, listening
from clew.conversion.v1 import conversion_pb2
from clew.conversion.v1.conversion_pb2_grpc import ConversionServiceStub
from clew.intake.v1 import intake_pb2
from clew.intake.v1.intake_pb2_grpc import IntakeServiceStub
from clew.lead.v1.lead_pb2 import LeadFacts
from clew.routing.v1 import holdings_pb2, leads_pb2
from clew.routing.v1.holdings_pb2_grpc import HoldingServiceStub
from clew.routing.v1.leads_pb2_grpc import LeadServiceStub
from cli.stack import postgres
from services.routing.policy import Period, Policy
from services.shared.callers import Caller, Role
from services.shared.channels import caller_metadata

MEASURED = """\
What a service says to PostgreSQL for one command, read on the wire by a proxy on the Unix socket. A statement is a
Query or Execute message, BEGIN and COMMIT not counted. A round trip is a Query, Sync or Flush message: those of BEGIN
and COMMIT too, and those by which the driver prepares statements and, after a rollback, forgets them. All commands are
called in turn, one at a time, {repeats} times after a warm-up. PostgreSQL, intake, routing and conversion run,
Temporal is away; what their sweeps and relays say, on connections of their own, is left out."""
# psycopg prepares a statement when it meets it for the sixth time.
WARM_UP = 7
# What a call still says after it has answered.
SETTLED_SECONDS = 0.03
# A holding of this policy is recalled before the sweep's grace of a second has passed.
SOON = timedelta(seconds=0.3)
AT_ONCE = Policy(first_response=Period(SOON), claim_cooldown=Period(timedelta(0)), reminders=())
RUN = caller_metadata(Caller("workflows", Role.SERVICE))
MARKETER = caller_metadata(Caller("zhao", Role.MARKETER))


class SweepWasFirst(Exception):
    """A holding was recalled before anything could be counted."""


class Counting:
    """What each command said, every time that it was called."""

    def __init__(self, proxy: Proxy) -> None:
        self._proxy = proxy
        self.said: dict[str, list[Said]] = {}

    @asynccontextmanager
    async def of(self, command: str) -> AsyncIterator[None]:
        """A command that fails is not counted."""
        self._proxy.said_for_commands()
        yield
        await asyncio.sleep(SETTLED_SECONDS)
        self.said.setdefault(command, []).append(self._proxy.said_for_commands())


@dataclass(frozen=True)
class Office:
    intake: IntakeServiceStub
    leads: LeadServiceStub
    holdings: HoldingServiceStub
    conversion: ConversionServiceStub
    rep_id: str
    due_at_once: str  # a lead of a pool whose holdings are

    @property
    def rep(self) -> tuple[tuple[str, str], ...]:
        return caller_metadata(Caller(self.rep_id, Role.REP))


async def measure(effort: Effort, say: Say) -> Comparison:
    repeats, warm_up = int(effort.of(10, 1)), int(effort.of(WARM_UP, 1))
    async with running_database(say) as database, AsyncExitStack() as channels:
        url = await postgres.make_database(database.cluster)
        proxy = await channels.enter_async_context(listening(database.folder / "wire", database.cluster.socket))
        office = await _office(database, proxy, channels, url)
        counting = Counting(proxy)
        for number in range(warm_up + repeats):
            await _submissions(office, counting, 10_000_000 + number)
            await _holdings(office, counting)
            while not await _recall(office, counting):
                say("the sweep was first: once more")
            say(f"round {number + 1} of {warm_up + repeats}")
    return _table({command: said[warm_up:] for command, said in counting.said.items()}, repeats)


async def _office(database: Database, proxy: Proxy, channels: AsyncExitStack, direct_url: str) -> Office:
    url = f"postgresql+psycopg://postgres@/{postgres.DATABASE}?host={proxy.folder}"
    intake, routing, conversion = [
        await channels.enter_async_context(grpc.aio.insecure_channel(await database.start_service(service, url=url)))
        for service in ("intake", "routing", "conversion")
    ]
    [rep_id] = await seeding.reps(direct_url, 1)
    [due_at_once] = await seeding.pooled_leads(direct_url, 1, await seeding.pool(direct_url, "at-once", AT_ONCE))
    return Office(
        IntakeServiceStub(intake),
        LeadServiceStub(routing),
        HoldingServiceStub(routing),
        ConversionServiceStub(conversion),
        rep_id,
        due_at_once,
    )


async def _submissions(office: Office, counting: Counting, number: int) -> None:
    """Somebody new; the same again; the same number under another name; a look for duplicates."""
    new, again, somebody = (a_submission(number) for _ in range(3))
    somebody.person.name = "王建国"
    for submission, outcome in ((new, "CREATED"), (again, "ATTACHED"), (somebody, "IN_REVIEW")):
        async with counting.of(f"SubmitLead, {outcome}"):
            answer = await office.intake.SubmitLead(submission, metadata=MARKETER)
        assert answer.outcome == intake_pb2.Outcome.Value(f"OUTCOME_{outcome}"), answer
    async with counting.of("CheckDuplicates"):
        found = await office.intake.CheckDuplicates(
            intake_pb2.CheckDuplicatesRequest(person=new.person), metadata=MARKETER
        )
    assert found.matches


async def _holdings(office: Office, counting: Counting) -> None:
    """A lead is routed to its pool, claimed, followed up, asked to be converted, returned."""
    lead_id = str(uuid4())
    facts = LeadFacts(lead_id=lead_id, industry="制造业", company_size=120)
    facts.created_at.GetCurrentTime()
    opening = leads_pb2.OpenLeadRequest(request_id=fresh(), facts=facts, facts_version=1)
    await office.leads.OpenLead(opening, metadata=RUN)
    async with counting.of("RouteLead"):
        await office.leads.RouteLead(leads_pb2.RouteLeadRequest(request_id=fresh(), lead_id=lead_id), metadata=RUN)
    claim = holdings_pb2.ClaimLeadRequest(request_id=fresh(), lead_id=lead_id)
    async with counting.of("ClaimLead"):
        holding = (await office.holdings.ClaimLead(claim, metadata=office.rep)).holding
    async with counting.of("GetWork"):
        await office.leads.GetWork(leads_pb2.GetWorkRequest(lead_id=lead_id), metadata=RUN)
    follow_up = holdings_pb2.LogFollowUpRequest(
        request_id=fresh(),
        holding_id=holding.holding_id,
        kind=holdings_pb2.FOLLOW_UP_KIND_CALL,
        direction=holdings_pb2.FOLLOW_UP_DIRECTION_OUTBOUND,
        outcome=holdings_pb2.FOLLOW_UP_OUTCOME_CONNECTED,
    )
    async with counting.of("LogFollowUp"):
        assert (await office.holdings.LogFollowUp(follow_up, metadata=office.rep)).counted
    conversion = conversion_pb2.ConvertLeadRequest(
        request_id=fresh(), lead_id=lead_id, holding_id=holding.holding_id, epoch=holding.epoch
    )
    async with counting.of("ConvertLead"):
        await office.conversion.ConvertLead(conversion, metadata=office.rep)
    back = holdings_pb2.ReturnLeadRequest(request_id=fresh(), holding_id=holding.holding_id, reason="NOT_INTERESTED")
    async with counting.of("ReturnLead"):
        await office.holdings.ReturnLead(back, metadata=office.rep)


async def _recall(office: Office, counting: Counting) -> bool:
    """A lead is claimed and recalled. False when the sweep was first: then nothing was counted."""
    claim = holdings_pb2.ClaimLeadRequest(request_id=fresh(), lead_id=office.due_at_once)
    holding = (await office.holdings.ClaimLead(claim, metadata=office.rep)).holding
    await asyncio.sleep(SOON.total_seconds())
    step = holdings_pb2.AdvanceHoldingRequest(request_id=fresh(), holding_id=holding.holding_id)
    with suppress(SweepWasFirst):
        async with counting.of("AdvanceHolding, recalled"):
            advanced = await office.holdings.AdvanceHolding(step, metadata=RUN)
            if advanced.effect == holdings_pb2.ADVANCE_EFFECT_ENDED:
                raise SweepWasFirst
        assert advanced.effect == holdings_pb2.ADVANCE_EFFECT_RECALLED, advanced
        return True
    return False


def fresh() -> str:
    return str(uuid4())


def _table(counted: dict[str, list[Said]], repeats: int) -> Comparison:
    fewest = {command: min(said, key=lambda one: one.round_trips) for command, said in counted.items()}
    most = {command: max(one.round_trips for one in said) for command, said in counted.items()}
    return Comparison(
        title="Statements and round trips per command",
        measured=MEASURED.format(repeats=repeats),
        head=["command", "statements", "round trips"],
        rows=[
            [
                command,
                str(len(said.own_statements)),
                f"{said.round_trips}" + (f" (at most {most[command]})" if most[command] > said.round_trips else ""),
            ]
            for command, said in fewest.items()
        ],
        how_often=f"{repeats} times each",
        rounds={
            command: {"round_trips": [one.round_trips for one in said], "statements": fewest[command].statements}
            for command, said in counted.items()
        },
    )
