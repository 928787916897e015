"""A rep leaves, or comes back; and every way in which somebody is given a lead."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from clew.routing.v1 import pools_pb2
from clew.routing.v1 import roster_pb2 as pb
from tests.examples import as_manager, as_rep
from tests.routing.office import Office, Rep, fresh, to_team
from tests.routing.pools.keeping import assign, claim_next
from tests.routing.queue.waiting import an_unassigned_lead
from tests.routing.stages.acts import a_verifier, hand_off

# Sets up what is wanted; what it returns is to be called once, and gives the rep a lead.
Way = Callable[[Office, Rep], Awaitable[Callable[[], Awaitable[object]]]]


async def set_active(office: Office, rep: Rep, *, active: bool, request_id: str = "", by: str = "wang") -> pb.Rep:
    request = pb.UpdateRepRequest(request_id=request_id or fresh(), rep_code=rep.code, active=active)
    return (await office.roster.UpdateRep(request, metadata=as_manager(by))).rep


async def shown(office: Office, rep: Rep) -> pb.Rep:
    [found] = (await office.roster.ListReps(pb.ListRepsRequest(code=rep.code), metadata=as_manager())).reps
    return found


async def _by_a_claim(office: Office, rep: Rep) -> Callable[[], Awaitable[object]]:
    lead_id = await office.a_pooled_lead()
    return lambda: office.claim(rep, lead_id)


async def _by_a_claim_of_many(office: Office, rep: Rep) -> Callable[[], Awaitable[object]]:
    request = pools_pb2.ClaimLeadsRequest(request_id=fresh(), lead_ids=[await office.a_pooled_lead()])
    return lambda: office.pools.ClaimLeads(request, metadata=as_rep(rep.rep_id))


async def _by_the_next_claim(office: Office, rep: Rep) -> Callable[[], Awaitable[object]]:
    pool = await office.a_pool()
    await office.a_pooled_lead(pool)
    return lambda: claim_next(office, rep, pool)


async def _by_an_assignment(office: Office, rep: Rep) -> Callable[[], Awaitable[object]]:
    lead_id = await office.a_pooled_lead()
    return lambda: assign(office, lead_id, rep)


async def _by_an_assignment_out_of_the_queue(office: Office, rep: Rep) -> Callable[[], Awaitable[object]]:
    lead_id = await an_unassigned_lead(office, await office.a_team())
    return lambda: assign(office, lead_id, rep)


async def _by_an_assignment_of_many(office: Office, rep: Rep) -> Callable[[], Awaitable[object]]:
    item = pools_pb2.LeadAssignment(lead_id=await office.a_pooled_lead(), rep_code=rep.code)
    request = pools_pb2.AssignLeadsRequest(request_id=fresh(), items=[item])
    return lambda: office.pools.AssignLeads(request, metadata=as_manager())


async def _by_a_transfer(office: Office, rep: Rep) -> Callable[[], Awaitable[object]]:
    _, holding = await office.a_held_lead(await office.a_rep())
    item = pools_pb2.HoldingTransfer(holding_id=holding.holding_id, rep_code=rep.code)
    request = pools_pb2.TransferLeadsRequest(request_id=fresh(), items=[item])
    return lambda: office.pools.TransferLeads(request, metadata=as_manager())


async def _by_a_hand_off(office: Office, rep: Rep) -> Callable[[], Awaitable[object]]:
    verifier = await a_verifier(office)
    _, holding = await office.a_held_lead(verifier)
    return lambda: hand_off(office, verifier, holding, rep)


async def _by_a_rule(office: Office, rep: Rep) -> Callable[[], Awaitable[object]]:
    lead_id = await office.open()
    await office.publish_rules(to_team(rep.team_code))
    return lambda: office.route(lead_id)


async def _as_the_one_who_captured_it(office: Office, rep: Rep) -> Callable[[], Awaitable[object]]:
    lead_id = await office.open(captured_by=rep.rep_id)
    await office.publish_rules()
    return lambda: office.route(lead_id)


WAYS: Mapping[str, Way] = {
    way.__name__.removeprefix("_"): way
    for way in (
        _by_a_claim,
        _by_a_claim_of_many,
        _by_the_next_claim,
        _by_an_assignment,
        _by_an_assignment_out_of_the_queue,
        _by_an_assignment_of_many,
        _by_a_transfer,
        _by_a_hand_off,
        _by_a_rule,
        _as_the_one_who_captured_it,
    )
}


def refusals_in(answer: Any) -> list[str]:
    """Of an answer about many leads; of another one none."""
    return [one.refusal.reason for one in getattr(answer, "outcomes", []) if one.HasField("refusal")]
