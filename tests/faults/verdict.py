"""What is asked when the load has ended, and the words in which each promise is given."""

from collections.abc import Sequence

from tests.faults.figures import FaultResult, InvariantResult
from tests.faults.invariants import (
    EXAMPLES,
    Found,
    Window,
    acknowledged_is_there,
    changes_are_in_the_ledger,
    conversions_are_whole,
    events_are_delivered,
    held_is_counted,
    one_effect_per_request,
    one_holding_per_lead,
    recalled_in_time,
)
from tests.faults.resting import at_rest
from tests.faults.scene import Scene
from tests.faults.watching import Watch

AT_REST_WITHIN = 60.0
PROMISES = {
    "I1": "Nothing acknowledged is lost",
    "I2": "One effect per request id, and always the same answer",
    "I3": "At most one open holding per lead, at every look",
    "I4": "held = open holdings ≤ limit, at every look",
    "I5": "Recalled never early nor unwarned, within 5 s when due or healed",
    "I6": "A conversion makes one account link, contact and opportunity, or none",
    "I7": "Every event delivered, its effect once, in order per lead",
    "I8": "Something pending ⇔ one open run",
    "I11": "Every change of state has its audit row",
    "I17": "No acknowledged write lost over a PostgreSQL crash",
    "errors": "Every failure is typed: nothing INTERNAL, nothing UNKNOWN",
}


async def judge(scene: Scene, watch: Watch, faults: Sequence[FaultResult]) -> list[InvariantResult]:
    journal = scene.journal
    rest = await at_rest(scene.database, scene.temporal, within=AT_REST_WITHIN)
    windows = [Window(fault.began, fault.healed) for fault in faults]
    unknown = [f"{act.kind} {act.request_id} was never answered" for act in journal.unknown]
    async with scene.database.connect() as db:
        at_the_end = (await one_holding_per_lead(db)).violations, (await held_is_counted(db)).violations
        found = {
            "I1": _and(await acknowledged_is_there(db, journal), unknown),
            "I2": await one_effect_per_request(db, journal),
            "I3": watch.found([*watch.one_holding, *at_the_end[0]]),
            "I4": watch.found([*watch.counted, *at_the_end[1]]),
            "I5": await recalled_in_time(db, windows),
            "I6": await conversions_are_whole(db, journal),
            "I7": await events_are_delivered(db),
            "I8": rest,
            "I11": await changes_are_in_the_ledger(db),
        }
        if scene.postgres_crashed_at:
            crashes = len(scene.postgres_crashed_at)
            before = await acknowledged_is_there(db, journal, before=scene.postgres_crashed_at[-1])
            found["I17"] = Found(before.checked, before.violations, f"{crashes} crashes")
    found["errors"] = Found(len(journal.calls), journal.untyped_errors)
    return [
        InvariantResult(
            code, PROMISES[code], one.checked, len(one.violations), list(one.violations)[:EXAMPLES], one.figure
        )
        for code, one in found.items()
    ]


def _and(found: Found, more: Sequence[str]) -> Found:
    return Found(found.checked, [*found.violations, *more], found.figure)
