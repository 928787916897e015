"""The end of the demo, asked of the services: each lead's state, each decision, and every count for itself."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Protocol, TypeVar

import grpc
from google.protobuf.timestamp_pb2 import Timestamp
from temporalio.client import Client
from temporalio.service import RPCError

from clew.intake.v1 import intake_pb2
from clew.lead.v1.lead_pb2 import LeadState
from clew.routing.v1 import holdings_pb2, leads_pb2, notices_pb2, roster_pb2
from cli.calling import Clew, Method
from cli.demo.report import PENDING_STATES, Counted, Observed, Recall
from cli.demo.seen import Seen
from cli.output import short
from cli.refusals import refusal_of
from cli.stack.addresses import Addresses

PAGE = 500
AT_ONCE = 16
# A run that has nothing left to do is closed at once, and Temporal's list says so a moment later.
RUNS_REST_WITHIN = 8.0
OPEN_RUNS = 'WorkflowType = "LeadLifecycle" AND ExecutionStatus = "Running"'


class PagedRequest(Protocol):
    page_token: str


class Page(Protocol):
    @property
    def next_page_token(self) -> str: ...


T = TypeVar("T")
R = TypeVar("R")
RequestT = TypeVar("RequestT", bound=PagedRequest)
PageT = TypeVar("PageT", bound=Page)


async def pages(clew: Clew, method: Method[RequestT, PageT], request: RequestT) -> AsyncIterator[PageT]:
    while True:
        page = await clew.call(method, request)
        yield page
        if not page.next_page_token:
            return
        request.page_token = page.next_page_token


async def gather_report(clew: Clew, addresses: Addresses, seen: Seen, source: str) -> Observed:
    created = list(seen.created)
    states = await states_of(clew, created)
    routed = [lead_id for lead_id, state in zip(created, states, strict=True) if state != "QUALIFYING"]
    ledgers = await _of_each(routed, lambda lead_id: _decisions(clew, lead_id))
    reminders = await _reminders(clew)
    decisions = [(lead_id, one) for lead_id, ledger in zip(routed, ledgers, strict=True) for one in ledger]
    recalls = [
        recall_from(lead_id, one, reminders.get(one.holding_id, ()))
        for lead_id, one in decisions
        if one.verb == "Recall"
    ]
    pending = sum(state in PENDING_STATES for state in states)
    return Observed(
        source=source,
        rows=seen.rows,
        bad_lines=sorted(seen.bad_lines, key=lambda one: one.line),
        outcomes=seen.outcomes,
        reviews_decided=seen.reviews_decided,
        states=Counter(states),
        counted=await _counted(clew, addresses, pending),
        recalls=sorted(recalls, key=lambda recall: recall.executed_at),
        seconds=seen.seconds,
        first_responses=list(seen.first_responses.values()),
        verbs=Counter(one.verb for _, one in decisions),
        refusals=seen.refusals,
        failures=seen.failures,
        phases=seen.phases,
        caught_by_a_crash=len(seen.caught_by_a_crash),
        went_on=sum(lead_id in routed for lead_id in seen.caught_by_a_crash),
    )


def recall_from(lead_id: str, decision: leads_pb2.Decision, reminders: Iterable[str]) -> Recall:
    return Recall(
        lead_id=lead_id,
        holding_id=decision.holding_id,
        rep_code=decision.rep_code,
        policy_version=decision.rule_version,
        cause=decision.reason,
        due_at=_instant(decision.due_at),
        executed_at=_instant(decision.decided_at),
        done_by=short(leads_pb2.DoneBy.Name(decision.done_by)),
        because=tuple(decision.schedule.because),
        reminders=tuple(reminders),
    )


async def open_seconds_holdings(clew: Clew, versions: frozenset[str]) -> int:
    """Holdings that began under a policy of seconds and have not ended."""
    request = holdings_pb2.ListHoldingsRequest(page_size=PAGE)
    listed = [h async for page in pages(clew, clew.holdings.ListHoldings, request) for h in page.holdings]
    return sum(holding.policy_version in versions for holding in listed)


async def states_of(clew: Clew, lead_ids: Sequence[str]) -> list[str]:
    return await _of_each(lead_ids, lambda lead_id: _state(clew, lead_id))


async def _of_each(items: Sequence[T], ask: Callable[[T], Awaitable[R]]) -> list[R]:
    """The answers in order, a few questions at a time."""
    room = asyncio.Semaphore(AT_ONCE)

    async def one(item: T) -> R:
        async with room:
            return await ask(item)

    return await asyncio.gather(*(one(item) for item in items))


async def _state(clew: Clew, lead_id: str) -> str:
    """A lead that its run has not handed over to routing yet is on its way to be qualified."""
    try:
        answer = await clew.call(clew.leads.GetLeadState, leads_pb2.GetLeadStateRequest(lead_id=lead_id))
    except grpc.aio.AioRpcError as error:
        if refusal_of(error).reason == "NOT_READY_YET":
            return "QUALIFYING"
        raise
    return short(LeadState.Name(answer.state))


async def _decisions(clew: Clew, lead_id: str) -> list[leads_pb2.Decision]:
    request = leads_pb2.ListDecisionsRequest(lead_id=lead_id, page_size=PAGE)
    return [one async for page in pages(clew, clew.leads.ListDecisions, request) for one in page.decisions]


async def _reminders(clew: Clew) -> dict[str, list[str]]:
    """The reminders that were written, by holding, in order."""
    request = notices_pb2.ListNoticesRequest(page_size=PAGE)
    listed = [one async for page in pages(clew, clew.notices.ListNotices, request) for one in page.notices]
    by_holding: dict[str, list[str]] = {}
    for notice in reversed(listed):  # newest first as listed
        if notice.kind == notices_pb2.NOTICE_KIND_REMINDER:
            by_holding.setdefault(notice.holding_id, []).append(notice.step)
    return by_holding


async def _counted(clew: Clew, addresses: Addresses, pending: int) -> Counted:
    leads = pages(clew, clew.intake.ListLeads, intake_pb2.ListLeadsRequest(page_size=PAGE))
    reviews = pages(clew, clew.intake.ListReviews, intake_pb2.ListReviewsRequest(page_size=PAGE))
    pools = pages(clew, clew.roster.ListPools, roster_pb2.ListPoolsRequest(page_size=PAGE))
    reps = pages(clew, clew.roster.ListReps, roster_pb2.ListRepsRequest(page_size=PAGE))
    return Counted(
        leads=sum([len(page.leads) async for page in leads]),
        open_reviews=sum([len(page.reviews) async for page in reviews]),
        waiting=sum([pool.waiting async for page in pools for pool in page.pools]),
        held=sum([rep.held async for page in reps for rep in page.reps]),
        open_runs=await _open_runs(addresses, pending),
    )


async def _open_runs(addresses: Addresses, expected: int) -> int | None:
    """How many lead runs Temporal lists as open, once it lists as many as are expected, or at last."""
    clock = asyncio.get_running_loop().time
    give_up = clock() + RUNS_REST_WITHIN
    try:
        client = await Client.connect(addresses.temporal, namespace=addresses.temporal_namespace)
        while True:
            counted = (await client.count_workflows(OPEN_RUNS)).count
            if counted == expected or clock() > give_up:
                return counted
            await asyncio.sleep(0.25)
    except (RPCError, RuntimeError):
        return None


def _instant(stamp: Timestamp) -> datetime:
    return stamp.ToDatetime(UTC)
