"""The other captioned moments: a known person typed differently, and the refusals that a rep meets."""

import asyncio
import time

from rich.text import Text

from clew.intake.v1 import intake_pb2
from clew.routing.v1 import roster_pb2
from cli.demo.attempting import Refused, attempt
from cli.demo.named_lead import NamedLead, respelled
from cli.demo.setting import MANAGER, MARKETER, POOLS
from cli.demo.stage import Stage
from cli.demo.waiting import until
from cli.lead import match_text
from cli.output import facts
from cli.refusals import Refusal

CHECKS = 25
CHECK = "duplicate check"
# Whose limit is low, and who race for one lead.
LIMITED, RACERS = "L004", ("L001", "L002")

Met = list[tuple[str, Refused | None]]


async def known_in_another_spelling(stage: Stage, lead: NamedLead) -> None:
    """The same number typed otherwise: known within milliseconds, person and holder masked."""
    request = intake_pb2.CheckDuplicatesRequest(
        person=intake_pb2.Person(phone=respelled(lead.row.request)), country=lead.row.request.attributes.country
    )

    async def look() -> tuple[float, intake_pb2.KeyMatch] | None:
        began = time.perf_counter()
        answer = await attempt(
            stage.seen, stage.clew.call(stage.clew.intake.CheckDuplicates, request, as_=MARKETER), timed=CHECK
        )
        took = (time.perf_counter() - began) * 1000
        matches = [] if isinstance(answer, Refused) else answer.matches
        # Intake hears of a new holder a moment after routing: the lead's run tells it.
        held = [match for match in matches if match.lead_id == lead.lead_id and match.masked_holder]
        return (took, held[0]) if held else None

    found = await until(look, patience=5.0)
    if found is None:
        stage.show.say("The duplicate check did not name a holder within 5 s")
        return
    took, match = found
    for _ in range(CHECKS):
        await look()
    stage.show.moment(
        "The same phone, typed in another spelling",
        facts(
            "",
            [
                ("Submitted as", lead.shown(lead.row.request.person.phone)),
                ("Typed now", lead.shown(request.person.phone)),
                ("Answer", Text(f"in {took:.1f} ms: {match_text(match)}")),
            ],
        ),
    )


async def refusals(stage: Stage, met_before: Met) -> None:
    """Second claimer, full limit, cooldown: each with the reason, the numbers and the way out."""
    met = [
        ("Two claim one lead at once", await _second_claimer(stage)),
        (f"{LIMITED} claims one more than he may hold", await _one_too_many(stage)),
        *met_before,
    ]
    shown = [(what, refused.refusal) for what, refused in met if refused is not None]
    if not shown:
        stage.show.say("No lead was free for the refusals to be shown")
        return
    stage.show.moment(
        "The refusals that a rep meets", facts("", [(what, refusal_text(refusal)) for what, refusal in shown])
    )


def refusal_text(refusal: Refusal) -> Text:
    """The reason, the service's own sentence, and what it says to programs."""
    told = ", ".join(f"{name} {value}" for name, value in sorted(refusal.metadata.items()) if value)
    return Text.assemble((refusal.reason, "bold red"), f"\n{refusal.message}\n", (f"{told}\n", "dim"))


async def _second_claimer(stage: Stage) -> Refused | None:
    """Two claim the same lead at the same instant: one has it, the other is told who."""
    lead_id = await until(lambda: _free(stage), patience=8.0)
    if lead_id is None:
        return None
    answers = await asyncio.gather(*(stage.desks[code].claim(lead_id) for code in RACERS))
    return next((answer for answer in answers if isinstance(answer, Refused)), None)


async def _one_too_many(stage: Stage) -> Refused | None:
    rep = stage.setting.rep(LIMITED)
    for _ in range(rep.limit + 3):
        lead_id = await until(lambda: _free(stage), patience=4.0)
        if lead_id is None:
            return None
        answer = await stage.desks[LIMITED].claim(lead_id)
        if isinstance(answer, Refused) and answer.refusal.reason == "HOLDING_LIMIT_REACHED":
            return answer
    return None


async def _free(stage: Stage) -> str | None:
    """The lead that waited for the shortest time: nobody else looks at it yet."""
    for pool_code in (*POOLS, "default"):
        request = roster_pb2.ListPoolLeadsRequest(pool_code=pool_code, page_size=200)
        answer = await attempt(stage.seen, stage.clew.call(stage.clew.roster.ListPoolLeads, request, as_=MANAGER))
        waiting = [] if isinstance(answer, Refused) else [lead.lead_id for lead in answer.leads]
        for lead_id in reversed(waiting):
            if lead_id not in stage.shift.reserved:
                return lead_id
    return None


async def claim_a_free_one(stage: Stage, rep_code: str) -> bool:
    lead_id = await _free(stage)
    return lead_id is not None and not isinstance(await stage.desks[rep_code].claim(lead_id), Refused)
