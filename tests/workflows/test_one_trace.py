"""One trace from a call through outbox, relay, run and activity to the last call that it leads to.

Everything is real but the processes: services, relays and worker share this one, so that its spans can be kept.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from clew.conversion.v1 import conversion_pb2
from clew.conversion.v1.conversion_pb2_grpc import ConversionServiceStub, add_ConversionServiceServicer_to_server
from clew.conversion.v1.opportunities_pb2_grpc import OpportunityServiceStub
from clew.intake.v1.intake_pb2_grpc import IntakeServiceStub, add_IntakeServiceServicer_to_server
from clew.lead.v1.lead_pb2 import LeadState
from clew.routing.v1 import holdings_pb2
from clew.routing.v1.calendars_pb2_grpc import CalendarServiceStub
from clew.routing.v1.deliveries_pb2_grpc import DeliveryServiceStub
from clew.routing.v1.extensions_pb2_grpc import ExtensionServiceStub
from clew.routing.v1.holdings_pb2_grpc import HoldingServiceStub, add_HoldingServiceServicer_to_server
from clew.routing.v1.leads_pb2_grpc import LeadServiceStub, add_LeadServiceServicer_to_server
from clew.routing.v1.limits_pb2_grpc import LimitServiceStub
from clew.routing.v1.notices_pb2_grpc import NoticeServiceStub
from clew.routing.v1.policies_pb2_grpc import PolicyServiceStub
from clew.routing.v1.pools_pb2_grpc import PoolServiceStub
from clew.routing.v1.queue_pb2_grpc import QueueServiceStub
from clew.routing.v1.roster_pb2_grpc import RosterServiceStub, add_RosterServiceServicer_to_server
from clew.routing.v1.stages_pb2_grpc import StageServiceStub
from clew.scoring.v1.scoring_pb2_grpc import ScoringServiceStub, add_ScoringServiceServicer_to_server
from cli.calling import Clew, new_request_id
from cli.lead import conversion_end
from cli.stack.addresses import NAMESPACE, Addresses
from services.conversion import access as conversion_access
from services.conversion import tables as conversion_tables
from services.conversion.servicer import ConversionServicer
from services.intake import access as intake_access
from services.intake import tables as intake_tables
from services.intake.servicer import IntakeServicer
from services.routing import access as routing_access
from services.routing import tables as routing_tables
from services.routing.holdings.servicer import HoldingServicer
from services.routing.leads.servicer import LeadServicer
from services.routing.roster.servicer import RosterServicer
from services.scoring import access as scoring_access
from services.scoring import tables as scoring_tables
from services.scoring.servicer import ScoringServicer
from services.shared import relay as shared_relay
from services.shared import tracing
from services.shared.callers import Caller, Role
from services.shared.database import make_engine
from services.shared.grpc_server import Servicer, running
from services.shared.migrations import migrate
from services.shared.relay import Relay, Temporal
from tests.conftest import TemporalServer
from tests.end_to_end.people import a_lead, a_rep, in_state
from tests.workflows.driving import eventually
from workflows.worker import Channels, connected, make_worker

INTAKE, SCORING, CONVERSION = (
    "clew.intake.v1.IntakeService",
    "clew.scoring.v1.ScoringService",
    "clew.conversion.v1.ConversionService",
)
LEADS, HOLDINGS, ROSTER = (f"clew.routing.v1.{name}Service" for name in ("Lead", "Holding", "Roster"))
TABLES = {
    "intake": intake_tables.event,
    "scoring": scoring_tables.event,
    "routing": routing_tables.event,
    "conversion": conversion_tables.event,
}


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> TracerProvider:
    """Whoever asks for a tracer while the test runs gets one of this provider's."""
    made = TracerProvider()
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", made)
    for module in (tracing, shared_relay):
        monkeypatch.setattr(module, "tracer", made.get_tracer("test"))
    return made


@pytest.fixture
def spans(provider: TracerProvider) -> InMemorySpanExporter:
    exporter = InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return exporter


@pytest.fixture
async def clew(fresh_database: str, temporal: TemporalServer, provider: TracerProvider) -> AsyncIterator[Clew]:
    """All of Clew: four services on one database, a relay of each, and a worker."""
    engine = make_engine(fresh_database)
    for schema in TABLES:
        await migrate(engine, schema=schema, package=f"services.{schema}", test_clock=True)
    routing: list[Servicer] = [
        (add_LeadServiceServicer_to_server, LeadServicer(engine), LEADS),
        (add_HoldingServiceServicer_to_server, HoldingServicer(engine, routing_tables.request), HOLDINGS),
        (add_RosterServiceServicer_to_server, RosterServicer(engine), ROSTER),
    ]
    intake = IntakeServicer(engine, review_within=timedelta(hours=1))
    served: tuple[tuple[list[Servicer], Mapping[str, frozenset[Role]]], ...] = (
        ([(add_IntakeServiceServicer_to_server, intake, INTAKE)], intake_access.METHODS),
        ([(add_ScoringServiceServicer_to_server, ScoringServicer(engine), SCORING)], scoring_access.METHODS),
        (routing, routing_access.METHODS),
        (
            [(add_ConversionServiceServicer_to_server, ConversionServicer(engine), CONVERSION)],
            conversion_access.METHODS,
        ),
    )
    relays = [Relay(engine, table, Temporal(temporal.address, temporal.namespace)) for table in TABLES.values()]
    async with AsyncExitStack() as opened:
        to_intake, to_scoring, to_routing, to_conversion = [
            await opened.enter_async_context(running(servicers, methods)) for servicers, methods in served
        ]
        client = await connected(temporal.address, temporal.namespace)
        channels = Channels(to_intake, to_scoring, to_routing, to_conversion)
        await opened.enter_async_context(make_worker(client, channels))
        delivering = [asyncio.create_task(relay.run()) for relay in relays]
        yield Clew(
            caller=Caller("wang", Role.MANAGER),
            addresses=Addresses("", "", "", "", temporal.address, NAMESPACE, None, fresh_database),
            intake=IntakeServiceStub(to_intake),
            scoring=ScoringServiceStub(to_scoring),
            roster=RosterServiceStub(to_routing),
            leads=LeadServiceStub(to_routing),
            holdings=HoldingServiceStub(to_routing),
            notices=NoticeServiceStub(to_routing),
            pools=PoolServiceStub(to_routing),
            limits=LimitServiceStub(to_routing),
            stages=StageServiceStub(to_routing),
            policies=PolicyServiceStub(to_routing),
            extensions=ExtensionServiceStub(to_routing),
            calendars=CalendarServiceStub(to_routing),
            deliveries=DeliveryServiceStub(to_routing),
            queue=QueueServiceStub(to_routing),
            conversion=ConversionServiceStub(to_conversion),
            opportunities=OpportunityServiceStub(to_conversion),
        )
        for task in delivering:
            task.cancel()
        await asyncio.gather(*delivering, return_exceptions=True)
    await engine.dispose()


class Trace:
    """The spans of one trace, as paths from its beginning."""

    def __init__(self, spans: InMemorySpanExporter, beginning: trace.Span) -> None:
        self._exporter, self._trace_id = spans, beginning.get_span_context().trace_id

    def paths(self) -> set[tuple[str, ...]]:
        """Each span by its name and those of all above it. One whose parent is missing begins with `?`."""
        by_id = {
            span.context.span_id: span
            for span in self._exporter.get_finished_spans()
            if span.context and span.context.trace_id == self._trace_id
        }
        return {_path(span, by_id) for span in by_id.values()}

    async def reaches(self, *path: str) -> None:
        """Wait for a span; it is exported when it has ended."""
        await eventually(lambda: path in self.paths())

    async def is_whole(self) -> None:
        """Wait until every span hangs on another: a call ends, and is exported, before the step that makes it."""
        await eventually(lambda: all(path[0] == "button" for path in self.paths()))


def _path(span: ReadableSpan, by_id: Mapping[int, ReadableSpan]) -> tuple[str, ...]:
    if span.parent is None:
        return (span.name,)
    parent = by_id.get(span.parent.span_id)
    return (*(_path(parent, by_id) if parent else "?"), span.name)


def woken(workflow: str) -> tuple[str, ...]:
    """From an event in the outbox to its run. Spans of a run have no length: its steps stand beside its beginning."""
    return ("relay", f"SignalWithStartWorkflow:{workflow}")


def carried_out(workflow: str, activity: str, method: str) -> tuple[str, ...]:
    """From an event in the outbox to the call that it leads to."""
    return (*woken(workflow), f"StartActivity:{activity}", f"RunActivity:{activity}", method)


async def test_a_submission_is_one_trace_to_the_call_that_routes_the_lead(
    clew: Clew, provider: TracerProvider, spans: InMemorySpanExporter
) -> None:
    with provider.get_tracer("test").start_as_current_span("web form") as form:
        lead_id = await a_lead(clew)
    seen = Trace(spans, form)
    submitted = ("web form", f"{INTAKE}/SubmitLead")

    await seen.reaches(*submitted, *woken("LeadLifecycle"), "RunWorkflow:LeadLifecycle")
    for activity, method in (
        ("routing.GetWork", f"{LEADS}/GetWork"),
        ("intake.GetLeadFacts", f"{INTAKE}/GetLeadFacts"),
        ("routing.OpenLead", f"{LEADS}/OpenLead"),
        ("intake.MarkTaken", f"{INTAKE}/MarkTaken"),
        ("scoring.ScoreLead", f"{SCORING}/ScoreLead"),
        ("routing.UpdateScore", f"{LEADS}/UpdateScore"),
        ("scoring.MarkTaken", f"{SCORING}/MarkTaken"),
        ("routing.RouteLead", f"{LEADS}/RouteLead"),
    ):
        await seen.reaches(*submitted, *carried_out("LeadLifecycle", activity, method))

    assert (await in_state(clew, lead_id, LeadState.LEAD_STATE_POOLED)).lead_id == lead_id
    assert [path for path in seen.paths() if path[0] != "web form"] == []


async def test_a_conversion_is_one_trace_through_all_services(
    clew: Clew, provider: TracerProvider, spans: InMemorySpanExporter
) -> None:
    rep, lead_id = await a_rep(clew), await a_lead(clew)
    await in_state(clew, lead_id, LeadState.LEAD_STATE_POOLED)
    claim = holdings_pb2.ClaimLeadRequest(request_id=new_request_id(), lead_id=lead_id)
    holding = (await clew.call(clew.holdings.ClaimLead, claim, as_=rep.caller)).holding
    convert = conversion_pb2.ConvertLeadRequest(
        request_id=new_request_id(), lead_id=lead_id, holding_id=holding.holding_id, epoch=holding.epoch
    )
    with provider.get_tracer("test").start_as_current_span("button") as button:
        asked = await clew.call(clew.conversion.ConvertLead, convert, as_=rep.caller)
    seen = Trace(spans, button)
    converted = ("button", f"{CONVERSION}/ConvertLead")

    for activity, method in (
        ("routing.LeaseHolding", f"{HOLDINGS}/LeaseHolding"),
        ("intake.MatchAccount", f"{INTAKE}/MatchAccount"),
        ("conversion.CommitConversion", f"{CONVERSION}/CommitConversion"),
        ("routing.FinishConversion", f"{HOLDINGS}/FinishConversion"),
        ("intake.RegisterKeys", f"{INTAKE}/RegisterKeys"),
        ("conversion.CompleteConversion", f"{CONVERSION}/CompleteConversion"),
    ):
        await seen.reaches(*converted, *carried_out("Conversion", activity, method))
    # Its end is an event of routing's too: it wakes the lead's run, still in this trace.
    finished = carried_out("Conversion", "routing.FinishConversion", f"{HOLDINGS}/FinishConversion")
    await seen.reaches(*converted, *finished, *woken("LeadLifecycle"))

    end = await conversion_end(clew, asked.conversion.conversion_id)
    assert end.state == conversion_pb2.CONVERSION_STATE_COMPLETED
    await seen.is_whole()
