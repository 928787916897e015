"""ExtensionService: translates, nothing else."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from clew.routing.v1 import extensions_pb2 as pb
from clew.routing.v1 import holdings_pb2
from clew.routing.v1.extensions_pb2_grpc import ExtensionServiceServicer
from services.routing import tables
from services.routing.extensions import store_planning
from services.routing.extensions.store_extending import (
    Extension,
    decide_extension,
    list_extensions,
    request_extension,
)
from services.routing.extensions.store_locking import lock, unlock
from services.routing.extensions.store_planning import Plan
from services.routing.extensions.store_voiding import LoggedFollowUp, list_follow_ups, void_follow_up
from services.routing.holdings import store
from services.routing.holdings.follow_ups import Kind
from services.routing.holdings.holding import Holding
from services.routing.holdings.refusals import NotYours
from services.routing.holdings.servicer_messages import schedule_message
from services.routing.holdings.store_collaborating import check_takes_part
from services.routing.holdings.store_found import check_seen
from services.routing.roster.store import rep_id_of
from services.shared.callers import Role, current_caller
from services.shared.ids import read_id
from services.shared.pages import next_page_token, page_size, read_position
from services.shared.requests import command, query


class ExtensionServicer(ExtensionServiceServicer):
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine, self._requests = engine, tables.request

    @command(pb.LockHoldingResponse)
    async def LockHolding(self, request: pb.LockHoldingRequest, db: AsyncConnection) -> pb.LockHoldingResponse:
        holding = await lock(db, read_id(request.holding_id, "holding_id"), request.until.ToDatetime(UTC))
        return pb.LockHoldingResponse(schedule=_schedule(holding))

    @command(pb.UnlockHoldingResponse)
    async def UnlockHolding(self, request: pb.UnlockHoldingRequest, db: AsyncConnection) -> pb.UnlockHoldingResponse:
        return pb.UnlockHoldingResponse(schedule=_schedule(await unlock(db, read_id(request.holding_id, "holding_id"))))

    @command(pb.RequestExtensionResponse)
    async def RequestExtension(
        self, request: pb.RequestExtensionRequest, db: AsyncConnection
    ) -> pb.RequestExtensionResponse:
        holding_id, until = read_id(request.holding_id, "holding_id"), request.until.ToDatetime(UTC)
        return pb.RequestExtensionResponse(
            extension=_extension(await request_extension(db, holding_id, until, request.reason))
        )

    @command(pb.DecideExtensionResponse)
    async def DecideExtension(
        self, request: pb.DecideExtensionRequest, db: AsyncConnection
    ) -> pb.DecideExtensionResponse:
        extension, holding = await decide_extension(
            db,
            read_id(request.extension_id, "extension_id"),
            granted=request.granted,
            until=request.until.ToDatetime(UTC) if request.HasField("until") else None,
            reason=request.reason,
        )
        return pb.DecideExtensionResponse(extension=_extension(extension), schedule=_schedule(holding))

    @query
    async def ListExtensions(self, request: pb.ListExtensionsRequest, db: AsyncConnection) -> pb.ListExtensionsResponse:
        size = page_size(request.page_size)
        rep_id, holding_id = await _of(request, db)
        filters = [str(rep_id), request.holding_id, str(request.pending_only)]
        [before] = read_position(request.page_token, "ListExtensions", filters, UUID) or [None]
        found = await list_extensions(
            db,
            rep_id=rep_id,
            holding_id=holding_id,
            pending_only=request.pending_only,
            before=before,
            limit=size + 1,
        )
        return pb.ListExtensionsResponse(
            extensions=[_extension(one) for one in found[:size]],
            next_page_token=next_page_token(
                "ListExtensions", filters, found, size, lambda one: [str(one.extension_id)]
            ),
        )

    @command(pb.VoidFollowUpResponse)
    async def VoidFollowUp(self, request: pb.VoidFollowUpRequest, db: AsyncConnection) -> pb.VoidFollowUpResponse:
        holding = await void_follow_up(db, read_id(request.follow_up_id, "follow_up_id"), request.reason)
        return pb.VoidFollowUpResponse(schedule=_schedule(holding))

    @query
    async def ListFollowUps(self, request: pb.ListFollowUpsRequest, db: AsyncConnection) -> pb.ListFollowUpsResponse:
        size = page_size(request.page_size)
        holding = await store.find_holding(db, read_id(request.holding_id, "holding_id"))
        await check_seen(db, holding)
        await check_takes_part(db, holding)
        filters = [request.holding_id]
        after = read_position(request.page_token, "ListFollowUps", filters, datetime.fromisoformat, UUID)
        found = await list_follow_ups(db, holding.holding_id, after, size + 1)
        return pb.ListFollowUpsResponse(
            follow_ups=[_follow_up(one) for one in found[:size]],
            next_page_token=next_page_token(
                "ListFollowUps", filters, found, size, lambda one: [one.received_at.isoformat(), str(one.follow_up_id)]
            ),
        )

    @command(pb.PlanFollowUpResponse)
    async def PlanFollowUp(self, request: pb.PlanFollowUpRequest, db: AsyncConnection) -> pb.PlanFollowUpResponse:
        kind = Kind(holdings_pb2.FollowUpKind.Name(request.kind).removeprefix("FOLLOW_UP_KIND_"))
        holding_id, due_at = read_id(request.holding_id, "holding_id"), request.due_at.ToDatetime(UTC)
        plan = await store_planning.plan_follow_up(db, holding_id, request.rep_code, kind, due_at)
        return pb.PlanFollowUpResponse(plan=_plan(plan))

    @command(pb.CancelPlanResponse)
    async def CancelPlan(self, request: pb.CancelPlanRequest, db: AsyncConnection) -> pb.CancelPlanResponse:
        plan = await store_planning.cancel_plan(db, read_id(request.plan_id, "plan_id"))
        return pb.CancelPlanResponse(plan=_plan(plan))

    @query
    async def ListPlans(self, request: pb.ListPlansRequest, db: AsyncConnection) -> pb.ListPlansResponse:
        size = page_size(request.page_size)
        rep_id, holding_id = await _of(request, db)
        filters = [str(rep_id), request.holding_id, str(request.open_only)]
        found = await store_planning.list_plans(
            db,
            rep_id=rep_id,
            holding_id=holding_id,
            open_only=request.open_only,
            after=read_position(request.page_token, "ListPlans", filters, datetime.fromisoformat, UUID),
            limit=size + 1,
        )
        return pb.ListPlansResponse(
            plans=[_plan(one) for one in found[:size]],
            next_page_token=next_page_token(
                "ListPlans", filters, found, size, lambda one: [one.due_at.isoformat(), str(one.plan_id)]
            ),
        )


async def _of(
    request: pb.ListExtensionsRequest | pb.ListPlansRequest, db: AsyncConnection
) -> tuple[UUID | None, UUID | None]:
    """The rep and the holding that are asked about; a rep asks about himself. Raises NotYours."""
    rep_id = await rep_id_of(db, request.rep_code) if request.rep_code else None
    caller = current_caller()
    if caller.role is Role.REP:
        if rep_id is not None and str(rep_id) != caller.id:
            raise NotYours("list of rep", str(rep_id))
        rep_id = UUID(caller.id)
    return rep_id, read_id(request.holding_id, "holding_id") if request.holding_id else None


def _schedule(holding: Holding) -> holdings_pb2.Schedule:
    return schedule_message(holding.schedule, holding.holding_id, wake_at=holding.wake_at)


def _extension(extension: Extension) -> pb.Extension:
    state = {True: "GRANTED", False: "REFUSED", None: "LAPSED" if extension.lapsed else "PENDING"}[extension.granted]
    return pb.Extension(
        extension_id=str(extension.extension_id),
        holding_id=str(extension.holding_id),
        lead_id=str(extension.lead_id),
        rep_code=extension.rep_code,
        until=extension.until,
        reason=extension.reason,
        requested_at=extension.requested_at,
        state=state,
        granted_until=extension.decided_until,
        decided_at=extension.decided_at,
        decided_by=extension.decided_by,
        decision_reason=extension.decision_reason,
    )


def _follow_up(follow_up: LoggedFollowUp) -> pb.FollowUp:
    return pb.FollowUp(
        follow_up_id=str(follow_up.follow_up_id),
        rep_code=follow_up.rep_code,
        kind=f"FOLLOW_UP_KIND_{follow_up.kind}",
        direction=f"FOLLOW_UP_DIRECTION_{follow_up.direction}",
        outcome=f"FOLLOW_UP_OUTCOME_{follow_up.outcome}",
        occurred_at=follow_up.occurred_at,
        received_at=follow_up.received_at,
        counted=follow_up.counted,
        because=follow_up.because,
        voided_at=follow_up.voided_at,
        void_reason=follow_up.void_reason,
    )


def _plan(plan: Plan) -> pb.FollowUpPlan:
    return pb.FollowUpPlan(
        plan_id=str(plan.plan_id),
        holding_id=str(plan.holding_id),
        lead_id=str(plan.lead_id),
        rep_code=plan.rep_code,
        kind=f"FOLLOW_UP_KIND_{plan.kind}",
        due_at=plan.due_at,
        overdue=plan.overdue,
        done_at=plan.done_at,
        cancelled_at=plan.cancelled_at,
    )
