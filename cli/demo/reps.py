"""The simulated reps at work: each looks at what he holds, does what his manner says, and claims more."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from random import Random

from clew.conversion.v1 import conversion_pb2
from clew.lead.v1.lead_pb2 import LeadState
from clew.routing.v1 import holdings_pb2, roster_pb2
from cli.calling import Clew, new_request_id
from cli.demo.attempting import Refused, attempt
from cli.demo.manners import MANNERS, Convert, FollowUp, Return, Step
from cli.demo.seen import Seen
from cli.demo.setting import Rep
from cli.demo.waiting import until
from cli.lead import CONVERSION_ENDS

LOOKS_EVERY = 0.6
APPETITE = 4
POOLS_OF = {"east": ("east-public", "default", "overseas"), "south": ("south-public", "default", "overseas")}
OFFERED = 12
# Its run does the work; on a busy machine that takes its time.
CONVERTS_WITHIN = 30.0
# So many claims a rep makes by himself, so that a slow machine is not asked for more the longer it takes.
CLAIMS = 8


@dataclass
class Shift:
    """What is still done at this time of the demo. Reserved leads are those that a captioned moment is about."""

    claiming: bool = True
    working: bool = True
    reserved: set[str] = field(default_factory=set)


class Desk:
    """One rep's desk: his plans for what he holds."""

    def __init__(self, clew: Clew, rep: Rep, seen: Seen, shift: Shift, seed: int) -> None:
        self._clew = replace(clew, caller=rep.caller)
        self._rep, self._seen, self._shift = rep, seen, shift
        self._rng = Random(f"{seed} {rep.code}")
        self._plans: dict[str, tuple[float, list[Step]]] = {}
        self._claims = 0

    async def work(self) -> None:
        async with asyncio.TaskGroup() as waiting:
            while self._shift.working:
                held = await self._held()
                for holding in held:
                    if holding.lead_id not in self._shift.reserved and not holding.conversion_id:
                        await self._go_on(holding, waiting)
                if self._shift.claiming and self._claims < CLAIMS and len(held) < min(APPETITE, self._rep.limit):
                    await self._claim_one()
                await asyncio.sleep(LOOKS_EVERY * self._rng.uniform(0.8, 1.2))

    async def _held(self) -> Sequence[holdings_pb2.Holding]:
        request = holdings_pb2.ListHoldingsRequest(page_size=50)
        answer = await attempt(self._seen, self._clew.call(self._clew.holdings.ListHoldings, request))
        return () if isinstance(answer, Refused) else answer.holdings

    async def _go_on(self, holding: holdings_pb2.Holding, waiting: asyncio.TaskGroup) -> None:
        """Do the next step of the plan if its time has come. A plan is made when the holding is first seen."""
        now = asyncio.get_running_loop().time()
        since, plan = self._plans.setdefault(holding.holding_id, (now, MANNERS[self._rep.manner](self._rng)))
        if not plan or now - since < plan[0].after:
            return
        step = plan.pop(0)
        if isinstance(step.act, FollowUp):
            await self.follow_up(holding, step.act)
        elif isinstance(step.act, Return):
            await self._return(holding, step.act)
        elif isinstance(step.act, Convert):
            # Its end is waited for beside: a rep does other things meanwhile.
            waiting.create_task(self.convert(holding))

    async def follow_up(self, holding: holdings_pb2.Holding, act: FollowUp) -> None:
        request = holdings_pb2.LogFollowUpRequest(
            request_id=new_request_id(),
            holding_id=holding.holding_id,
            kind=act.kind,
            direction=holdings_pb2.FOLLOW_UP_DIRECTION_OUTBOUND,
            outcome=act.outcome,
        )
        answer = await attempt(self._seen, self._clew.call(self._clew.holdings.LogFollowUp, request), timed="follow-up")
        if not isinstance(answer, Refused):
            self._seen.responded(answer)

    async def _return(self, holding: holdings_pb2.Holding, act: Return) -> None:
        request = holdings_pb2.ReturnLeadRequest(
            request_id=new_request_id(), holding_id=holding.holding_id, reason=act.reason
        )
        answer = await attempt(self._seen, self._clew.call(self._clew.holdings.ReturnLead, request))
        if not isinstance(answer, Refused) and answer.state == LeadState.LEAD_STATE_INVALID:
            self._seen.invalid.add(holding.lead_id)

    async def convert(self, holding: holdings_pb2.Holding) -> conversion_pb2.Conversion | None:
        """Ask for the conversion and wait for its end."""
        request = conversion_pb2.ConvertLeadRequest(
            request_id=new_request_id(),
            lead_id=holding.lead_id,
            holding_id=holding.holding_id,
            epoch=holding.epoch,
            new_opportunity=conversion_pb2.NewOpportunity(amount_minor=self._rng.randrange(5, 80) * 1_000_000),
        )
        asked = await attempt(self._seen, self._clew.call(self._clew.conversion.ConvertLead, request))
        if isinstance(asked, Refused):
            return None
        ended = await until(lambda: self._ended(asked.conversion.conversion_id), CONVERTS_WITHIN, every=0.3)
        if ended is not None and ended.state == conversion_pb2.CONVERSION_STATE_COMPLETED:
            self._seen.converted.add(holding.lead_id)
        return ended

    async def _ended(self, conversion_id: str) -> conversion_pb2.Conversion | None:
        request = conversion_pb2.GetConversionRequest(conversion_id=conversion_id)
        answer = await attempt(self._seen, self._clew.call(self._clew.conversion.GetConversion, request))
        if isinstance(answer, Refused) or answer.conversion.state not in CONVERSION_ENDS:
            return None
        return answer.conversion

    async def _claim_one(self) -> None:
        pool = self._rng.choice(POOLS_OF[self._rep.team])
        request = roster_pb2.ListPoolLeadsRequest(pool_code=pool, page_size=OFFERED)
        offered = await attempt(self._seen, self._clew.call(self._clew.roster.ListPoolLeads, request))
        if isinstance(offered, Refused):
            return
        free = [lead.lead_id for lead in offered.leads if lead.lead_id not in self._shift.reserved]
        if free:
            self._claims += 1
            await self.claim(self._rng.choice(free))

    async def claim(self, lead_id: str) -> holdings_pb2.Holding | Refused:
        request = holdings_pb2.ClaimLeadRequest(request_id=new_request_id(), lead_id=lead_id)
        answer = await attempt(self._seen, self._clew.call(self._clew.holdings.ClaimLead, request), timed="claim")
        return answer if isinstance(answer, Refused) else answer.holding
