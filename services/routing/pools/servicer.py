"""PoolService: translates, nothing else."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from clew.routing.v1 import holdings_pb2
from clew.routing.v1 import pools_pb2 as pb
from clew.routing.v1.pools_pb2_grpc import PoolServiceServicer
from services.routing import tables
from services.routing.holdings.holding import Holding
from services.routing.holdings.servicer_messages import holding_message
from services.routing.holdings.store_claiming import assign_lead, claim_lead
from services.routing.holdings.store_handing import return_lead, transfer_lead
from services.routing.leads.servicer_messages import state_value
from services.routing.pools import store
from services.routing.pools.servicer_messages import changes_of, refusal_message, settings_message
from services.routing.pools.settings import DEFAULT_POOL
from services.routing.pools.store_hiding import begin_to_follow
from services.routing.pools.store_moving import delete_pool, move_lead, rest_lead
from services.routing.pools.store_next import claim_next
from services.routing.pools.store_next_together import NextClaim, claim_next_together
from services.shared.callers import current_caller
from services.shared.ids import read_id
from services.shared.outbox import current_traceparent
from services.shared.refusals import Refusal
from services.shared.requests import Context, command, fingerprint_of, once, query
from services.shared.requests_of_many import all_or_known, each, part_id
from services.shared.sweep import BATCH
from services.shared.together import Together


class PoolServicer(PoolServiceServicer):
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine, self._requests = engine, tables.request
        self._next_claims = Together(self._claim_next_together, touches=lambda claim: (claim.rep_id,))

    @command(pb.UpdatePoolResponse)
    async def UpdatePool(self, request: pb.UpdatePoolRequest, db: AsyncConnection) -> pb.UpdatePoolResponse:
        changes = changes_of(request.settings, request.update_mask)
        pool = await store.lock_pool(db, request.pool_code)
        settings = replace(pool.settings, **changes)
        await begin_to_follow(db, pool, settings.visibility)
        await store.save_settings(db, pool.pool_id, settings)
        return pb.UpdatePoolResponse(settings=settings_message(settings))

    @command(pb.SetPoolMembersResponse)
    async def SetPoolMembers(self, request: pb.SetPoolMembersRequest, db: AsyncConnection) -> pb.SetPoolMembersResponse:
        pool = await store.lock_pool(db, request.pool_code)
        await store.set_members(db, pool.pool_id, set(request.rep_codes), set(request.team_codes))
        return pb.SetPoolMembersResponse()

    @query
    async def GetPool(self, request: pb.GetPoolRequest, db: AsyncConnection) -> pb.GetPoolResponse:
        pool = await store.seen_pool(db, request.pool_code)
        members = await store.members_of(db, pool.pool_id)
        return pb.GetPoolResponse(
            pool_id=str(pool.pool_id),
            code=pool.code,
            settings=settings_message(pool.settings),
            rep_codes=members.rep_codes,
            team_codes=members.team_codes,
        )

    @command(pb.DeletePoolResponse)
    async def DeletePool(self, request: pb.DeletePoolRequest, db: AsyncConnection) -> pb.DeletePoolResponse:
        moved = await delete_pool(db, request.pool_code, request.successor_code or DEFAULT_POOL)
        return pb.DeletePoolResponse(moved=moved, more_to_move=moved == BATCH)

    @command(pb.MoveLeadResponse)
    async def MoveLead(self, request: pb.MoveLeadRequest, db: AsyncConnection) -> pb.MoveLeadResponse:
        state = await move_lead(db, read_id(request.lead_id, "lead_id"), request.pool_code)
        return pb.MoveLeadResponse(state=state_value(state))

    @command(pb.RestLeadResponse)
    async def RestLead(self, request: pb.RestLeadRequest, db: AsyncConnection) -> pb.RestLeadResponse:
        until = request.resting_until.ToDatetime(UTC) if request.HasField("resting_until") else None
        await rest_lead(db, read_id(request.lead_id, "lead_id"), until)
        return pb.RestLeadResponse(resting_until=until)

    async def ClaimNext(self, request: pb.ClaimNextRequest, context: Context) -> pb.ClaimNextResponse:
        caller_id = current_caller().id
        claim = NextClaim(
            (caller_id, UUID(request.request_id)),
            fingerprint_of(request),
            request.pool_code,
            read_id(caller_id, "clew-caller-id"),
            current_traceparent(),
        )
        if (answer := await self._next_claims.ask(claim)) is not None:
            return pb.ClaimNextResponse.FromString(answer)
        return await once(self, self._claim_next, pb.ClaimNextResponse, request, name="ClaimNext")

    async def _claim_next_together(self, claims: Sequence[NextClaim]) -> Sequence[bytes | None]:
        async with self._engine.begin() as db:
            answers = await claim_next_together(db, claims, lambda holding: _claimed_next(holding).SerializeToString())
        return [answers.get(claim.request) for claim in claims]

    async def _claim_next(self, request: pb.ClaimNextRequest, db: AsyncConnection) -> pb.ClaimNextResponse:
        rep_id = read_id(current_caller().id, "clew-caller-id")
        pool = await store.seen_pool(db, request.pool_code)
        return _claimed_next(await claim_next(db, pool, rep_id))

    async def ClaimLeads(self, request: pb.ClaimLeadsRequest, context: Context) -> pb.ClaimLeadsResponse:
        rep_id = read_id(current_caller().id, "clew-caller-id")

        async def one(item: holdings_pb2.ClaimLeadRequest, db: AsyncConnection) -> holdings_pb2.ClaimLeadResponse:
            holding = await claim_lead(db, read_id(item.lead_id, "lead_id"), rep_id)
            return holdings_pb2.ClaimLeadResponse(holding=holding_message(holding))

        async def all_of_them() -> pb.ClaimLeadsResponse:
            items = [
                holdings_pb2.ClaimLeadRequest(request_id=part_id(request.request_id, number), lead_id=lead_id)
                for number, lead_id in enumerate(request.lead_ids)
            ]
            outcomes = await each(self, one, holdings_pb2.ClaimLeadResponse, items, name="ClaimLeads")
            return pb.ClaimLeadsResponse(outcomes=_opened(request.lead_ids, outcomes))

        return await all_or_known(self, all_of_them, pb.ClaimLeadsResponse, request, name="ClaimLeads")

    async def AssignLeads(self, request: pb.AssignLeadsRequest, context: Context) -> pb.AssignLeadsResponse:
        async def one(item: holdings_pb2.AssignLeadRequest, db: AsyncConnection) -> holdings_pb2.AssignLeadResponse:
            holding = await assign_lead(db, read_id(item.lead_id, "lead_id"), item.rep_code)
            return holdings_pb2.AssignLeadResponse(holding=holding_message(holding))

        async def all_of_them() -> pb.AssignLeadsResponse:
            items = [
                holdings_pb2.AssignLeadRequest(
                    request_id=part_id(request.request_id, number), lead_id=item.lead_id, rep_code=item.rep_code
                )
                for number, item in enumerate(request.items)
            ]
            outcomes = await each(self, one, holdings_pb2.AssignLeadResponse, items, name="AssignLeads")
            return pb.AssignLeadsResponse(outcomes=_opened([item.lead_id for item in items], outcomes))

        return await all_or_known(self, all_of_them, pb.AssignLeadsResponse, request, name="AssignLeads")

    async def ReturnLeads(self, request: pb.ReturnLeadsRequest, context: Context) -> pb.ReturnLeadsResponse:
        rest_asked = request.resting_until.ToDatetime(UTC) if request.HasField("resting_until") else None

        async def one(item: holdings_pb2.ReturnLeadRequest, db: AsyncConnection) -> holdings_pb2.ReturnLeadResponse:
            holding_id = read_id(item.holding_id, "holding_id")
            state = await return_lead(db, holding_id, item.reason, rest_asked=rest_asked)
            return holdings_pb2.ReturnLeadResponse(state=state_value(state))

        async def all_of_them() -> pb.ReturnLeadsResponse:
            items = [
                holdings_pb2.ReturnLeadRequest(
                    request_id=part_id(request.request_id, number), holding_id=holding_id, reason=request.reason
                )
                for number, holding_id in enumerate(request.holding_ids)
            ]
            outcomes = await each(self, one, holdings_pb2.ReturnLeadResponse, items, name="ReturnLeads")
            return pb.ReturnLeadsResponse(
                outcomes=[
                    pb.StateOutcome(item_id=item_id, refusal=refusal_message(outcome))
                    if isinstance(outcome, Refusal)
                    else pb.StateOutcome(item_id=item_id, state=outcome.state)
                    for item_id, outcome in zip(request.holding_ids, outcomes, strict=True)
                ]
            )

        return await all_or_known(self, all_of_them, pb.ReturnLeadsResponse, request, name="ReturnLeads")

    async def TransferLeads(self, request: pb.TransferLeadsRequest, context: Context) -> pb.TransferLeadsResponse:
        async def one(item: holdings_pb2.TransferLeadRequest, db: AsyncConnection) -> holdings_pb2.TransferLeadResponse:
            holding = await transfer_lead(db, read_id(item.holding_id, "holding_id"), item.rep_code)
            return holdings_pb2.TransferLeadResponse(holding=holding_message(holding))

        async def all_of_them() -> pb.TransferLeadsResponse:
            items = [
                holdings_pb2.TransferLeadRequest(
                    request_id=part_id(request.request_id, number), holding_id=item.holding_id, rep_code=item.rep_code
                )
                for number, item in enumerate(request.items)
            ]
            outcomes = await each(self, one, holdings_pb2.TransferLeadResponse, items, name="TransferLeads")
            return pb.TransferLeadsResponse(outcomes=_opened([item.holding_id for item in items], outcomes))

        return await all_or_known(self, all_of_them, pb.TransferLeadsResponse, request, name="TransferLeads")


Opened = holdings_pb2.ClaimLeadResponse | holdings_pb2.AssignLeadResponse | holdings_pb2.TransferLeadResponse


def _opened(item_ids: Iterable[str], outcomes: Iterable[Opened | Refusal]) -> list[pb.HoldingOutcome]:
    return [
        pb.HoldingOutcome(item_id=item_id, refusal=refusal_message(outcome))
        if isinstance(outcome, Refusal)
        else pb.HoldingOutcome(item_id=item_id, holding=outcome.holding)
        for item_id, outcome in zip(item_ids, outcomes, strict=True)
    ]


def _claimed_next(holding: Holding) -> pb.ClaimNextResponse:
    return pb.ClaimNextResponse(holding=holding_message(holding))
