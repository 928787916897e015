"""The others in the company: a manager who takes back, hands over and decides reviews, a marketer who sees clicks."""

import asyncio
from collections.abc import Sequence
from itertools import cycle
from random import Random

from clew.intake.v1 import intake_pb2
from clew.routing.v1 import holdings_pb2, leads_pb2, roster_pb2
from clew.scoring.v1 import scoring_pb2
from cli.calling import Clew, new_request_id
from cli.demo.attempting import Refused, attempt
from cli.demo.reps import Shift
from cli.demo.seen import Seen
from cli.demo.setting import MANAGER, MARKETER
from cli.output import short

RESOLUTIONS = (intake_pb2.RESOLUTION_NEW, intake_pb2.RESOLUTION_ATTACH, intake_pb2.RESOLUTION_REJECT)
MOST_REVIEWS_DECIDED = 5
ENGAGEMENTS = 45
KINDS = ("white_paper_download", "webinar_attended", "webinar_attended", "price_page_visit")


class SalesManager:
    """Acts a few times, whatever he finds: each verb of his is shown at least once when there is a lead for it."""

    def __init__(self, clew: Clew, seen: Seen, shift: Shift) -> None:
        self._clew, self._seen, self._shift = clew, seen, shift

    async def work(self) -> None:
        await asyncio.sleep(3.0)
        await self._assign("default", "L002")
        await self._disqualify_from("default")
        await self._reclaim_from("L003")
        await self._transfer("L005", "L001")
        await asyncio.sleep(4.0)
        await self._transfer("L007", "L002")
        await self._assign("east-public", "L008")
        await self._reclaim_from("L003")

    async def _assign(self, pool_code: str, rep_code: str) -> None:
        if lead_id := await self._waiting_in(pool_code):
            request = holdings_pb2.AssignLeadRequest(request_id=new_request_id(), lead_id=lead_id, rep_code=rep_code)
            await attempt(self._seen, self._clew.call(self._clew.holdings.AssignLead, request, as_=MANAGER))

    async def _disqualify_from(self, pool_code: str) -> None:
        if lead_id := await self._waiting_in(pool_code):
            request = leads_pb2.DisqualifyLeadRequest(
                request_id=new_request_id(), lead_id=lead_id, reason="NOT_A_BUYER"
            )
            answer = await attempt(self._seen, self._clew.call(self._clew.leads.DisqualifyLead, request, as_=MANAGER))
            if not isinstance(answer, Refused):
                self._seen.invalid.add(lead_id)

    async def _reclaim_from(self, rep_code: str) -> None:
        if holding := await self._held_by(rep_code):
            request = holdings_pb2.ReclaimLeadRequest(
                request_id=new_request_id(), holding_id=holding.holding_id, reason="NEGLECTED"
            )
            await attempt(self._seen, self._clew.call(self._clew.holdings.ReclaimLead, request, as_=MANAGER))

    async def _transfer(self, from_code: str, to_code: str) -> None:
        if holding := await self._held_by(from_code):
            request = holdings_pb2.TransferLeadRequest(
                request_id=new_request_id(), holding_id=holding.holding_id, rep_code=to_code
            )
            await attempt(self._seen, self._clew.call(self._clew.holdings.TransferLead, request, as_=MANAGER))

    async def _waiting_in(self, pool_code: str) -> str:
        """A lead that nobody has looked at for longest, or empty."""
        request = roster_pb2.ListPoolLeadsRequest(pool_code=pool_code, page_size=50)
        answer = await attempt(self._seen, self._clew.call(self._clew.roster.ListPoolLeads, request, as_=MANAGER))
        waiting = [] if isinstance(answer, Refused) else [lead.lead_id for lead in answer.leads]
        return next((lead_id for lead_id in reversed(waiting) if lead_id not in self._shift.reserved), "")

    async def _held_by(self, rep_code: str) -> holdings_pb2.Holding | None:
        """The holding whose deadline is furthest: there is time left to do something about it."""
        request = holdings_pb2.ListHoldingsRequest(rep_code=rep_code, page_size=50)
        answer = await attempt(self._seen, self._clew.call(self._clew.holdings.ListHoldings, request, as_=MANAGER))
        held: Sequence[holdings_pb2.Holding] = () if isinstance(answer, Refused) else answer.holdings
        free = [one for one in held if one.lead_id not in self._shift.reserved and not one.conversion_id]
        return free[-1] if free else None

    async def decide_reviews(self) -> None:
        """Some are decided, one resolution after the other; the rest wait for their time limit."""
        resolutions = cycle(RESOLUTIONS)
        decided = 0
        while self._shift.working and decided < MOST_REVIEWS_DECIDED:
            request = intake_pb2.ListReviewsRequest(page_size=MOST_REVIEWS_DECIDED)
            page = await attempt(self._seen, self._clew.call(self._clew.intake.ListReviews, request, as_=MANAGER))
            for review in () if isinstance(page, Refused) else page.reviews[: MOST_REVIEWS_DECIDED - decided]:
                # A submission is known here a moment after intake answered it.
                if any(one.review_id == review.review_id for one in self._seen.submitted):
                    decided += await self._decide(review, next(resolutions))
            await asyncio.sleep(1.0)

    async def _decide(self, review: intake_pb2.Review, resolution: intake_pb2.Resolution) -> bool:
        lead_id = next((match.lead_id for match in review.matches if match.lead_id), "")
        if resolution == intake_pb2.RESOLUTION_ATTACH and not lead_id:
            resolution = intake_pb2.RESOLUTION_NEW
        request = intake_pb2.ResolveReviewRequest(
            request_id=new_request_id(),
            review_id=review.review_id,
            resolution=resolution,
            lead_id=lead_id if resolution == intake_pb2.RESOLUTION_ATTACH else "",
        )
        answer = await attempt(self._seen, self._clew.call(self._clew.intake.ResolveReview, request, as_=MANAGER))
        if isinstance(answer, Refused):
            return False
        self._seen.decide(review.review_id, short(intake_pb2.Outcome.Name(answer.outcome)), answer.lead_id)
        return True


async def note_engagements(clew: Clew, seen: Seen, shift: Shift, seed: int) -> None:
    """What some people do on the web site, until some of them are mature."""
    rng = Random(f"{seed} engagements")
    keen: list[str] = []
    for n in range(ENGAGEMENTS):
        if not shift.working:
            return
        await asyncio.sleep(0.25)
        known = [lead_id for lead_id in seen.created if lead_id not in shift.reserved]
        if len(keen) < ENGAGEMENTS // 3 and known:
            keen.append(rng.choice(known))
        if not keen:
            continue
        request = scoring_pb2.RecordEngagementRequest(
            request_id=new_request_id(), lead_id=rng.choice(keen), kind=rng.choice(KINDS), source_event_id=f"visit-{n}"
        )
        await attempt(seen, clew.call(clew.scoring.RecordEngagement, request, as_=MARKETER))
