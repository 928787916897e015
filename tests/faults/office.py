"""The company that the load plays: one team, a pool under deadlines of seconds, a rep for each client."""

import asyncio
from dataclasses import dataclass

from google.protobuf.field_mask_pb2 import FieldMask

from clew.routing.v1 import pools_pb2, roster_pb2
from cli.calling import Clew, new_request_id
from cli.periods import period, reminder
from services.shared.callers import Caller, Role

TEAM, POOL = "fault-team", "default"
# Leads of this region wait in a pool whose deadlines are hours: what happens to their runs is not the clock's doing.
PATIENT_POOL, PATIENT_REGION = "patient", "浙江"
HOLDING_LIMIT = 12
MANAGER = Caller("wang", Role.MANAGER)
MARKETER = Caller("zhao", Role.MARKETER)

# Long enough that a rep can act, short enough that recalls are always about to happen.
POLICY = roster_pb2.Policy(
    first_response=period("6s"),
    protection=period("9s"),
    extension=period("5s"),
    attempt_extension=period("2s"),
    attempts_counted=2,
    attempt_interval=period("1s"),
    maximum=period("25s"),
    reminders=[reminder("50%"), reminder("2s")],
    claim_cooldown=period("1s"),
    notice_floor=period("2s"),
)


@dataclass(frozen=True)
class Rep:
    code: str
    rep_id: str

    @property
    def caller(self) -> Caller:
        return Caller(self.rep_id, Role.REP)


async def open_office(clew: Clew, reps: int) -> list[Rep]:
    """Make team, policy and reps."""
    await clew.call(
        clew.roster.CreateTeam,
        roster_pb2.CreateTeamRequest(
            request_id=new_request_id(), code=TEAM, name="华东一组", holding_limit=HOLDING_LIMIT
        ),
        as_=MANAGER,
    )
    await clew.call(
        clew.roster.PublishPolicy,
        roster_pb2.PublishPolicyRequest(request_id=new_request_id(), code="standard", policy=POLICY),
        as_=MANAGER,
    )

    await _open_patient_pool(clew)
    for pool in (POOL, PATIENT_POOL):
        await _let_leads_come_back(clew, pool)

    async def one(number: int) -> Rep:
        code = f"F{number:03}"
        request = roster_pb2.CreateRepRequest(
            request_id=new_request_id(), code=code, display_name="李雷", team_code=TEAM
        )
        return Rep(code, (await clew.call(clew.roster.CreateRep, request, as_=MANAGER)).rep_id)

    return list(await asyncio.gather(*(one(number) for number in range(reps))))


async def _let_leads_come_back(clew: Clew, pool_code: str) -> None:
    """However often: the load has few leads and deadlines of seconds, so that all would soon be dormant."""
    request = pools_pb2.UpdatePoolRequest(
        request_id=new_request_id(),
        pool_code=pool_code,
        settings=pools_pb2.PoolSettings(),
        update_mask=FieldMask(paths=["max_holdings"]),
    )
    await clew.call(clew.pools.UpdatePool, request, as_=MANAGER)


async def _open_patient_pool(clew: Clew) -> None:
    await clew.call(
        clew.roster.PublishPolicy,
        roster_pb2.PublishPolicyRequest(request_id=new_request_id(), code=PATIENT_POOL, policy=roster_pb2.Policy()),
        as_=MANAGER,
    )
    await clew.call(
        clew.roster.CreatePool,
        roster_pb2.CreatePoolRequest(
            request_id=new_request_id(), code=PATIENT_POOL, name="浙江公海", policy_code=PATIENT_POOL
        ),
        as_=MANAGER,
    )
    rule = roster_pb2.AssignmentRule(
        rule_id="patient", expression=f"lead.region == '{PATIENT_REGION}'", pool_code=PATIENT_POOL
    )
    await clew.call(
        clew.roster.PublishAssignmentRules,
        roster_pb2.PublishAssignmentRulesRequest(request_id=new_request_id(), rules=[rule]),
        as_=MANAGER,
    )
