"""Every verb that names a holding, on one that has ended."""

from datetime import timedelta
from functools import partial
from uuid import uuid4

from services.routing.extensions.store_extending import request_extension
from services.routing.extensions.store_locking import lock, unlock
from services.routing.extensions.store_voiding import void_follow_up
from services.routing.holdings.follow_ups import Direction, Kind, Outcome
from services.routing.holdings.store_accepting import accept_lead
from services.routing.holdings.store_advancing import Advanced, advance_holding
from services.routing.holdings.store_collaborating import add_collaborator
from services.routing.holdings.store_following import FollowUp, Noted, log_follow_up
from services.routing.holdings.store_handing import reclaim_lead, reject_lead, return_lead, transfer_lead
from services.routing.holdings.store_leasing import lease_holding
from services.routing.servicer_facts import conditions_of
from tests.routing.holdings.machine.world import MANAGER, RUN, Held, World
from tests.routing.holdings.scenes import Rep

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
a_call = partial(FollowUp, Kind.CALL, Direction.OUTBOUND, occurred_at=None, note_id=None, evidence_ref="")


def name_in_every_verb(world: World, held: Held, other: Rep, outcome: Outcome) -> tuple[Noted, Advanced, set[str]]:
    """By who held it, by the manager, by the timer. What a follow-up answers, what the timer is told, all refusals."""
    holding_id, holder = held.holding_id, world.as_rep(held.rep)
    until = world.wait(world.scene.now()) + DAY
    noted = world.act(holder, lambda db: log_follow_up(db, holding_id, a_call(outcome=outcome), conditions_of))
    late = world.act(RUN, lambda db: advance_holding(db, holding_id))
    lease = partial(lease_holding, epoch=1, conversion_id=uuid4(), converter_id="wang", by_manager=True)
    by_holder = [
        lambda db: return_lead(db, holding_id, "NO_TIME"),
        lambda db: reject_lead(db, holding_id, "NO_NEED"),
        lambda db: accept_lead(db, holding_id, conditions_of),
        lambda db: request_extension(db, holding_id, until, "a word"),
        lambda db: add_collaborator(db, holding_id, other.code),
    ]
    by_manager = [
        lambda db: reclaim_lead(db, holding_id, "NEGLECTED"),
        lambda db: transfer_lead(db, holding_id, other.code),
        lambda db: lock(db, holding_id, until),
        lambda db: unlock(db, holding_id),
        lambda db: void_follow_up(db, noted.follow_up_id, "NOT_MADE"),
        lambda db: lease(db, holding_id, lease_for=HOUR),
    ]
    refused = {world.act(holder, verb) for verb in by_holder} | {world.act(MANAGER, verb) for verb in by_manager}
    return noted, late, refused
