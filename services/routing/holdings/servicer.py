"""HoldingService: translates, nothing else."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from clew.routing.v1 import holdings_pb2 as pb
from clew.routing.v1.holdings_pb2_grpc import HoldingServiceServicer
from services.routing.holdings import store
from services.routing.holdings.follow_ups import Direction, Kind, Outcome
from services.routing.holdings.holding import Holding
from services.routing.holdings.servicer_messages import holding_message, schedule_message
from services.routing.holdings.store_advancing import advance_holding
from services.routing.holdings.store_claiming import assign_lead, claim_lead
from services.routing.holdings.store_claiming_together import Claim, claim_together
from services.routing.holdings.store_collaborating import check_takes_part
from services.routing.holdings.store_following import FollowUp, log_follow_up
from services.routing.holdings.store_found import check_seen
from services.routing.holdings.store_handing import reclaim_lead, return_lead, transfer_lead
from services.routing.holdings.store_leasing import finish_conversion, lease_holding, release_lease
from services.routing.holdings.store_reading import (
    Place,
    check_own_code,
    list_open_holdings,
    reminded_of,
)
from services.routing.lead import LeadState
from services.routing.servicer_facts import conditions_of
from services.shared.callers import Role, current_caller
from services.shared.ids import read_id
from services.shared.outbox import current_traceparent
from services.shared.pages import next_page_token, page_size, read_position
from services.shared.requests import Context, command, fingerprint_of, once, query
from services.shared.together import Together


class HoldingServicer(HoldingServiceServicer):
    def __init__(self, engine: AsyncEngine, requests: Table) -> None:
        self._engine, self._requests = engine, requests
        self._claims = Together(self._claim_together, touches=lambda claim: (claim.lead_id, claim.rep_id))

    async def ClaimLead(self, request: pb.ClaimLeadRequest, context: Context) -> pb.ClaimLeadResponse:
        rep_id = read_id(current_caller().id, "clew-caller-id")
        claim = Claim(
            (current_caller().id, UUID(request.request_id)),
            fingerprint_of(request),
            read_id(request.lead_id, "lead_id"),
            rep_id,
            current_traceparent(),
        )
        if (answer := await self._claims.ask(claim)) is not None:
            return pb.ClaimLeadResponse.FromString(answer)
        return await once(self, self._claim, pb.ClaimLeadResponse, request, name="ClaimLead")

    async def _claim_together(self, claims: Sequence[Claim]) -> Sequence[bytes | None]:
        async with self._engine.begin() as db:
            answers = await claim_together(db, claims, lambda holding: _claimed(holding).SerializeToString())
        return [answers.get(claim.request) for claim in claims]

    async def _claim(self, request: pb.ClaimLeadRequest, db: AsyncConnection) -> pb.ClaimLeadResponse:
        rep_id = read_id(current_caller().id, "clew-caller-id")
        return _claimed(await claim_lead(db, read_id(request.lead_id, "lead_id"), rep_id))

    @command(pb.AssignLeadResponse)
    async def AssignLead(self, request: pb.AssignLeadRequest, db: AsyncConnection) -> pb.AssignLeadResponse:
        holding = await assign_lead(db, read_id(request.lead_id, "lead_id"), request.rep_code)
        return pb.AssignLeadResponse(holding=holding_message(holding))

    @command(pb.ReturnLeadResponse)
    async def ReturnLead(self, request: pb.ReturnLeadRequest, db: AsyncConnection) -> pb.ReturnLeadResponse:
        rest_asked = request.resting_until.ToDatetime(UTC) if request.HasField("resting_until") else None
        state = await return_lead(db, read_id(request.holding_id, "holding_id"), request.reason, rest_asked=rest_asked)
        return pb.ReturnLeadResponse(state=_state(state))

    @command(pb.ReclaimLeadResponse)
    async def ReclaimLead(self, request: pb.ReclaimLeadRequest, db: AsyncConnection) -> pb.ReclaimLeadResponse:
        state = await reclaim_lead(db, read_id(request.holding_id, "holding_id"), request.reason)
        return pb.ReclaimLeadResponse(state=_state(state))

    @command(pb.TransferLeadResponse)
    async def TransferLead(self, request: pb.TransferLeadRequest, db: AsyncConnection) -> pb.TransferLeadResponse:
        holding = await transfer_lead(db, read_id(request.holding_id, "holding_id"), request.rep_code)
        return pb.TransferLeadResponse(holding=holding_message(holding))

    @command(pb.LogFollowUpResponse)
    async def LogFollowUp(self, request: pb.LogFollowUpRequest, db: AsyncConnection) -> pb.LogFollowUpResponse:
        noted = await log_follow_up(db, read_id(request.holding_id, "holding_id"), _follow_up(request), conditions_of)
        holding = noted.holding
        return pb.LogFollowUpResponse(
            follow_up_id=str(noted.follow_up_id),
            counted=noted.counted,
            because=noted.because,
            schedule=schedule_message(
                holding.schedule,
                holding.holding_id,
                wake_at=holding.wake_at,
                reminded_of=await reminded_of(db, holding),
            ),
        )

    @query
    async def GetSchedule(self, request: pb.GetScheduleRequest, db: AsyncConnection) -> pb.GetScheduleResponse:
        holding = await store.find_holding(db, read_id(request.holding_id, "holding_id"))
        await check_seen(db, holding)
        await check_takes_part(db, holding)
        return pb.GetScheduleResponse(
            schedule=schedule_message(
                holding.schedule,
                holding.holding_id,
                wake_at=holding.wake_at,
                reminded_of=await reminded_of(db, holding),
            ),
            holding=holding_message(holding),
        )

    @query
    async def ListHoldings(self, request: pb.ListHoldingsRequest, db: AsyncConnection) -> pb.ListHoldingsResponse:
        caller = current_caller()
        rep_id = read_id(caller.id, "clew-caller-id") if caller.role is Role.REP else None
        if rep_id is not None and request.rep_code:
            await check_own_code(db, rep_id, request.rep_code)
        filters = [str(rep_id or ""), request.rep_code]
        after = read_position(request.page_token, "ListHoldings", filters, datetime.fromisoformat, UUID)
        size = page_size(request.page_size)
        found = await list_open_holdings(
            db,
            rep_id=rep_id,
            rep_code=request.rep_code or None,
            after=Place(*after) if after else None,
            limit=size + 1,
        )
        return pb.ListHoldingsResponse(
            holdings=[holding_message(holding) for holding in found[:size]],
            next_page_token=next_page_token("ListHoldings", filters, found, size, _position),
        )

    @command(pb.AdvanceHoldingResponse)
    async def AdvanceHolding(self, request: pb.AdvanceHoldingRequest, db: AsyncConnection) -> pb.AdvanceHoldingResponse:
        advanced = await advance_holding(db, read_id(request.holding_id, "holding_id"))
        return pb.AdvanceHoldingResponse(
            effect=f"ADVANCE_EFFECT_{advanced.effect}",
            wake_at=advanced.wake_at,
            wake_in=advanced.wake_in,
        )

    @command(pb.LeaseHoldingResponse)
    async def LeaseHolding(self, request: pb.LeaseHoldingRequest, db: AsyncConnection) -> pb.LeaseHoldingResponse:
        holding = await lease_holding(
            db,
            read_id(request.holding_id, "holding_id"),
            epoch=request.epoch,
            conversion_id=read_id(request.conversion_id, "conversion_id"),
            converter_id=request.converter_id,
            by_manager=request.by_manager,
            lease_for=request.lease_for.ToTimedelta(),
            lead_id=read_id(request.lead_id, "lead_id") if request.lead_id else None,
        )
        return pb.LeaseHoldingResponse(lease_until=holding.lease_until, rep_id=str(holding.rep_id))

    @command(pb.ReleaseLeaseResponse)
    async def ReleaseLease(self, request: pb.ReleaseLeaseRequest, db: AsyncConnection) -> pb.ReleaseLeaseResponse:
        due_at = await release_lease(
            db, read_id(request.holding_id, "holding_id"), read_id(request.conversion_id, "conversion_id")
        )
        return pb.ReleaseLeaseResponse(due_at=due_at)

    @command(pb.FinishConversionResponse)
    async def FinishConversion(
        self, request: pb.FinishConversionRequest, db: AsyncConnection
    ) -> pb.FinishConversionResponse:
        state = await finish_conversion(
            db, read_id(request.holding_id, "holding_id"), read_id(request.conversion_id, "conversion_id")
        )
        return pb.FinishConversionResponse(state=_state(state))


def _claimed(holding: Holding) -> pb.ClaimLeadResponse:
    return pb.ClaimLeadResponse(holding=holding_message(holding))


def _state(state: LeadState) -> str:
    return f"LEAD_STATE_{state}"


def _follow_up(request: pb.LogFollowUpRequest) -> FollowUp:
    return FollowUp(
        kind=Kind(pb.FollowUpKind.Name(request.kind).removeprefix("FOLLOW_UP_KIND_")),
        direction=Direction(pb.FollowUpDirection.Name(request.direction).removeprefix("FOLLOW_UP_DIRECTION_")),
        outcome=Outcome(pb.FollowUpOutcome.Name(request.outcome).removeprefix("FOLLOW_UP_OUTCOME_")),
        occurred_at=request.occurred_at.ToDatetime(UTC) if request.HasField("occurred_at") else None,
        note_id=read_id(request.note_id, "note_id") if request.note_id else None,
        evidence_ref=request.evidence_ref,
    )


def _position(holding: Holding) -> list[str]:
    return [holding.schedule.due_at.isoformat(), str(holding.holding_id)]
